// Shapes as SVG paths: each kind of value has an outline of its own, not only a colour.

const KINDS = ["input", "parameter", "constant", "inner", "output"];
const SVG = "http://www.w3.org/2000/svg";

function element(name, attributes = {}, ...children) {
  const made = document.createElementNS(SVG, name);
  for (const [key, x] of Object.entries(attributes)) made.setAttribute(key, x);
  made.append(...children);
  return made;
}

function text(kind, x, y, words, size) {
  const made = element("text", { class: kind, x: rounded(x), y: rounded(y) }, words);
  if (size) made.setAttribute("font-size", size);
  return made;
}

function outline(kind, x, y, w, h) {
  const [r, b] = [x + w, y + h];
  if (kind === "input") return `M${x + 9},${y}H${r}V${b}H${x + 9}L${x},${y + h / 2}Z`;
  if (kind === "parameter") {
    const c = 7;
    return `M${x + c},${y}H${r - c}L${r},${y + c}V${b - c}L${r - c},${b}H${x + c}L${x},${b - c}V${y + c}Z`;
  }
  const c = kind === "group" ? 10 : 3;
  return `M${x + c},${y}H${r - c}q${c},0 ${c},${c}V${b - c}q0,${c} ${-c},${c}`
    + `H${x + c}q${-c},0 ${-c},${-c}V${y + c}q0,${-c} ${c},${-c}Z`;
}

// The second line of an output, inside the first.
const inset = (x, y, w, h) => outline("output", x + 3, y + 3, w - 6, h - 6);

// A line of the legend.
function entry(kind) {
  const line = document.createElement("li");
  const sample = element("svg", { class: kind, viewBox: "0 0 40 20", "aria-hidden": "true" });
  sample.append(element("path", { class: "outline", d: outline(kind, 1, 1, 38, 18) }));
  if (kind === "output") sample.append(element("path", { class: "second", d: inset(1, 1, 38, 18) }));
  line.append(sample, { inner: "value on the way" }[kind] ?? kind);
  return line;
}

const rounded = (x) => Math.round(x * 10) / 10;

// An arrow in pieces, each with the place where it begins: level at both ends and where it bends;
// a way that goes back keeps its corners.
function pieces(points) {
  const [first, ...rest] = points.map(([x, y]) => [rounded(x), rounded(y)]);
  const onward = rest.every(([x], i) => x >= (i ? rest[i - 1] : first)[0]);
  const found = [];
  let [x, y] = first;
  rest.forEach(([a, b], i) => {
    const next = rest[i + 1];
    let path = `M${x},${y}L${a},${b}`;
    if (onward && b !== y) {
      const middle = rounded((x + a) / 2);
      path = `M${x},${y}C${middle},${y} ${middle},${b} ${a},${b}`;
    } else if (!onward && next) {
      const reach = Math.min(8, Math.hypot(a - x, b - y) / 2, Math.hypot(next[0] - a, next[1] - b) / 2);
      const toward = ([p, q]) => {
        const length = Math.hypot(p - a, q - b) || 1;
        return [rounded(a + ((p - a) / length) * reach), rounded(b + ((q - b) / length) * reach)];
      };
      const out = toward(next);
      path = `M${x},${y}L${toward([x, y])}Q${a},${b} ${out}`;
      [a, b] = out;
    }
    if (!next) path += `M${rounded(a - 6)},${rounded(b - 3.5)}l6,3.5l-6,3.5`;
    found.push({ path, at: [x, y] });
    [x, y] = [a, b];
  });
  return found;
}

const curve = (points) => pieces(points).map(({ path }) => path).join("");

// The point of a way that far from its end, on the curve that `pieces` draws.
function beforeTheEnd(points, distance) {
  const end = points.at(-1), x = end[0] - distance;
  const last = points.findLastIndex(([a], i) => a <= x && points[i + 1]?.[0] > x);
  if (last < 0) return [x, end[1]];
  const [[a, b], [c, d]] = points.slice(last);
  let low = 0, high = 1;
  for (let round = 0; round < 16; round++) {
    const t = (low + high) / 2;
    if (t * (1.5 - 1.5 * t + t * t) * (c - a) < x - a) low = t;
    else high = t;
  }
  return [x, b + (d - b) * low * low * (3 - 2 * low)];
}

const HALO = 6;

// What is written at an arrow: in a gap of the line, or above it.
function mark({ at: [x, y], place, words }) {
  if (words) return [text("mark", x, y - 8, words)];
  const halo = element("circle", { class: "halo", cx: rounded(x), cy: rounded(y), r: HALO });
  return [halo, text("mark", x, y, place)];
}
