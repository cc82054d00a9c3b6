// The report's scrubber: every picture shows the step at which it stands.
const data = JSON.parse(document.querySelector(".data").textContent);
const living = livingNetwork(document.querySelector(".network"), data);
const numbers = new Float64Array(unpacked(data.numbers).buffer);
const columnOf = new Map(data.places.map((place, column) => [String(place), column]));
const leads = data.map && unpacked(data.map.leads);
const slider = document.querySelector(".scrubber input");
const play = document.querySelector(".play");
const canvas = document.querySelector("canvas");
const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(`--${name}`);

function show(step) {
  const epoch = data.epochs[step];
  living.show((place) => numbers[step * data.places.length + columnOf.get(String(place))]);
  const last = Math.max(data.total - 1, 1);
  document.querySelector(".cursor").style.left = `${(100 * Math.min(epoch, last)) / last}%`;
  const parts = [
    epoch === 0 ? "before training" : `after ${epoch} of ${data.total} epochs`,
    `loss ${number(decoded(data.losses[step]))}${epoch < data.total ? "" : " in the last"}`,
  ];
  if (data.confusion) parts.push(`${(100 * share(data.confusion[step])).toFixed(1)}% right`);
  const words = parts.join(" · ");
  document.querySelector(".moment").textContent = words;
  slider.setAttribute("aria-valuetext", words);
  if (data.confusion) fill(data.confusion[step]);
  if (data.map) paintMap(step);
  if (data.scatter) paintScatter(step);
  canvas?.setAttribute("aria-label", words);
}

function share(counts) {
  const all = counts.flat().reduce((a, b) => a + b, 0);
  return counts.reduce((right, row, k) => right + row[k], 0) / all;
}

function fill(counts) {
  const cells = document.querySelectorAll(".confusion tbody td");
  counts.flat().forEach((count, k) => { cells[k].textContent = count; });
}

// ------------------------------------------------------------------- the map of two inputs

/** Paint each point in the colour of the class that leads there, stronger the more it leads. */
function paintMap(step) {
  const { grid, planes, colours, sides } = data.map;
  const context = canvas.getContext("2d");
  const size = canvas.width;
  const image = context.createImageData(size, size);
  const paints = colours.map((c) => [1, 3, 5].map((k) => parseInt(c.slice(k, k + 2), 16)));
  const start = step * planes * grid * grid;
  const line = colour("ink").trim().match(/\w\w/g).map((part) => parseInt(part, 16));
  let above = new Int16Array(size).fill(-1);
  for (let row = 0; row < size; row++) {
    const now = new Int16Array(size);
    for (let column = 0; column < size; column++) {
      const v = ((size - 0.5 - row) / size) * (grid - 1);
      const u = ((column + 0.5) / size) * (grid - 1);
      const [kind, lead] = leader(start, u, v);
      now[column] = kind;
      const edge = (column > 0 && now[column - 1] !== kind) || (row > 0 && above[column] !== kind);
      const paint = edge ? line : paints[kind % paints.length];
      const place = 4 * (row * size + column);
      image.data[place] = paint[0];
      image.data[place + 1] = paint[1];
      image.data[place + 2] = paint[2];
      image.data[place + 3] = edge ? 190 : 26 + 90 * lead;
    }
    above = now;
  }
  context.putImageData(image, 0, 0);
  data.map.x.forEach((point, k) => {
    const [x, y] = point.map((at, i) => (at - sides[i][0]) / (sides[i][1] - sides[i][0]));
    const kind = data.map.y[k];
    const wrong = data.map.wrong[step][k] === "1";
    mark(context, x * size, (1 - y) * size, kind, colours[kind % colours.length],
      data.map.held[k], wrong);
  });
}

/** Which class leads at a point between those of the grid, and how clearly: 0 to 1. */
function leader(start, u, v) {
  const { grid, planes } = data.map;
  const i = Math.min(Math.floor(u), grid - 2), j = Math.min(Math.floor(v), grid - 2);
  const a = u - i, b = v - j;
  let kind = 0, lead = -Infinity;
  for (let k = 0; k < planes; k++) {
    const at = start + k * grid * grid + j * grid + i;
    const level = (1 - b) * ((1 - a) * leads[at] + a * leads[at + 1])
      + b * ((1 - a) * leads[at + grid] + a * leads[at + grid + 1]) - 128;
    if (level > lead) [kind, lead] = [k, level];
  }
  if (planes === 1) return [lead > 0 ? 1 : 0, Math.abs(lead) / 127];
  return [kind, Math.max(lead, 0) / 127];
}

/** The marks of the classes: circle, square, triangle, diamond, plus, pentagon, cross. */
function mark(context, x, y, kind, paint, hollow, wrong) {
  const r = 8.5;
  const shape = new Path2D();
  const polygon = (count, turn) => {
    for (let k = 0; k < count; k++) {
      const angle = (2 * Math.PI * k) / count + turn;
      shape.lineTo(x + 1.15 * r * Math.sin(angle), y - 1.15 * r * Math.cos(angle));
    }
    shape.closePath();
  };
  const strokes = [4, 6].includes(kind % 7);
  if (kind % 7 === 0) shape.arc(x, y, r, 0, 7);
  else if (strokes) {
    for (let k = 0; k < 4; k++) {
      const angle = (Math.PI * k) / 2 + (kind % 7 === 6 ? Math.PI / 4 : 0);
      shape.moveTo(x, y);
      shape.lineTo(x + r * Math.sin(angle), y - r * Math.cos(angle));
    }
  } else polygon([0, 4, 3, 4, 0, 5][kind % 7], kind % 7 === 1 ? Math.PI / 4 : 0);
  context.lineWidth = hollow || strokes ? 3.5 : 2;
  context.fillStyle = hollow ? colour("paper") : paint;
  context.strokeStyle = hollow || strokes ? paint : colour("paper");
  if (!strokes) context.fill(shape);
  context.stroke(shape);
  if (!wrong) return;
  context.beginPath();
  context.arc(x, y, 15, 0, 7);
  context.lineWidth = 2.5;
  context.strokeStyle = colour("ink");
  context.stroke();
}

// ------------------------------------------------------------- predictions against targets

function paintScatter(step) {
  const { side, y, held, found } = data.scatter;
  const context = canvas.getContext("2d");
  const size = canvas.width;
  context.clearRect(0, 0, size, size);
  context.lineWidth = 2;
  context.strokeStyle = colour("line");
  context.beginPath();
  context.moveTo(0, size);
  context.lineTo(size, 0);
  context.stroke();
  const place = (at) => Math.min(Math.max((decoded(at) - side[0]) / (side[1] - side[0]), 0), 1);
  y.forEach((target, k) => {
    mark(context, place(target) * size, (1 - place(found[step][k])) * size, 0,
      colour("positive").trim(), held[k], false);
  });
}

// ------------------------------------------------------------------------------ scrubbing

let playing = null;

function stop() {
  clearInterval(playing);
  playing = null;
  play.textContent = "▶";
  play.setAttribute("aria-label", "Play the training");
}

play.addEventListener("click", () => {
  if (playing) return stop();
  if (slider.value === slider.max) slider.value = 0;
  play.textContent = "❚❚";
  play.setAttribute("aria-label", "Pause");
  show(Number(slider.value));
  playing = setInterval(() => {
    slider.value = Number(slider.value) + 1;
    show(Number(slider.value));
    if (slider.value === slider.max) stop();
  }, 120);
});
slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
document.documentElement.addEventListener("themechange", () => show(Number(slider.value)));
for (const medium of ["(prefers-color-scheme: dark)", "print"]) { // on paper it is light
  matchMedia(medium).addEventListener("change", () => show(Number(slider.value)));
}
show(Number(slider.value));
