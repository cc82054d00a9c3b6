// A picture of a network that answers: point at a neuron, or walk with the arrow keys.

/** Write a number so that it fits into a circle, as brief in svg.py does. */
function brief(x) {
  const size = Math.abs(x);
  const text = number(x, size >= 1e-3 && size < 99.5 ? 2 : 1);
  return size < 1 ? text.replace("0.", ".") : text;
}

/**
 * data: names (of each number), largest and widest (of the lines).
 * Returns show(numbers), which takes a function from a number's place to the number.
 */
function livingNetwork(root, data) {
  const svg = root.querySelector("svg.gg-network");
  const words = root.querySelector(".words");
  const lines = [...svg.querySelectorAll(".weight")];
  const neurons = [...svg.querySelectorAll(".neuron")];
  const byPlace = new Map(neurons.map((neuron) => [neuron.dataset.at, neuron]));
  const leading = new Map(neurons.map((neuron) => [neuron.dataset.at, []]));
  for (const line of lines) leading.get(line.dataset.to).push(line);
  for (const its of leading.values()) {
    its.sort((a, b) => indexOf(a.dataset.from) - indexOf(b.dataset.from));
  }
  let numbers = () => 0;
  let chosen = null;
  let alsoTold = () => ""; // what flows, where there are sliders
  let held = false; // whether the circles show something else than biases

  function indexOf(at) {
    return Number(at.split(".")[1]);
  }

  function sortOf(weight) {
    if (!Number.isFinite(weight)) return "nonfinite";
    return weight === 0 ? "zero" : weight > 0 ? "positive" : "negative";
  }

  function show(source) {
    numbers = source;
    for (const line of lines) {
      const place = line.dataset.n;
      const weight = numbers(place);
      const part = Number.isFinite(weight) ? Math.min(Math.abs(weight) / data.largest, 1) : 0.7;
      line.setAttribute("class", `weight ${sortOf(weight)}${line.matches(".on") ? " on" : ""}`);
      line.setAttribute("stroke-width", (0.5 + (data.widest - 0.5) * part).toFixed(2));
      line.setAttribute("stroke-opacity", (0.2 + 0.75 * part * part).toFixed(2));
      const from = byPlace.get(line.dataset.from).dataset.name;
      line.firstElementChild.textContent =
        `${data.names[place]} = ${number(weight)}, from ${from}`;
    }
    for (const neuron of neurons) {
      const { n, name, squash } = neuron.dataset;
      const bias = n === undefined ? "no bias" : `bias ${number(numbers(n))}`;
      neuron.setAttribute("aria-label", squash ? `${name}: ${squash}, ${bias}` : `input ${name}`);
    }
    showBiases();
    if (chosen) tell();
  }

  function showBiases() {
    for (const neuron of neurons) {
      const inside = neuron.querySelector(".inside");
      const { n } = neuron.dataset;
      if (inside && !held) inside.textContent = n === undefined ? "" : brief(numbers(n));
    }
  }

  function choose(neuron) {
    chosen = neuron;
    svg.classList.toggle("picked", Boolean(neuron));
    for (const line of lines) {
      const { from, to } = line.dataset;
      const at = neuron?.dataset.at;
      line.classList.toggle("on", to === at || (from === at && at.startsWith("0.")));
    }
    for (const other of neurons) {
      other.classList.toggle("on", other === neuron);
      if (neuron) other.setAttribute("tabindex", other === neuron ? "0" : "-1");
    }
    if (neuron) tell();
  }

  function tell() {
    const { at, name, squash, n } = chosen.dataset;
    const outgoing = at.startsWith("0.");
    const its = outgoing ? lines.filter((line) => line.dataset.from === at) : leading.get(at);
    const head = element("h2", name);
    const table = element("table", "");
    const caption = outgoing
      ? "An input. The weights that lead from it:"
      : `${squash === "linear" ? "The sum" : `${squash} of the sum`} of these:`;
    for (const line of its) {
      const other = byPlace.get(outgoing ? line.dataset.to : line.dataset.from);
      row(table, numbers(line.dataset.n), outgoing ? "to " : "times ", other);
    }
    const rest = Number(chosen.dataset.rest || 0);
    if (rest) table.append(note(`and ${rest.toLocaleString("en")} weights that are not drawn`));
    if (!outgoing) {
      if (n !== undefined) row(table, numbers(n), "bias", null);
      else table.append(note("no bias"));
    }
    words.replaceChildren(head, element("p", caption), table, element("p", alsoTold(at, squash)));
  }

  function row(table, weight, how, other) {
    const line = element("tr", "");
    const bar = element("span", "");
    const part = Number.isFinite(weight) ? Math.min(Math.abs(weight) / data.largest, 1) : 0;
    bar.className = `bar ${sortOf(weight)}`;
    bar.style.width = `${(100 * part).toFixed(1)}%`;
    const cell = element("td", "");
    cell.append(bar);
    line.append(element("td", number(weight)), cell, element("td", how + (other?.dataset.name ?? "")));
    table.append(line);
  }

  function note(text) {
    const line = element("tr", "");
    const cell = element("td", text);
    cell.colSpan = 3;
    line.append(cell);
    return line;
  }

  function element(tag, text) {
    const made = document.createElement(tag);
    made.textContent = text;
    return made;
  }

  /** Up and down within a column, left and right to the nearest neuron of the next. */
  function walk(event) {
    const steps = { ArrowUp: [0, -1], ArrowDown: [0, 1], ArrowLeft: [-1, 0], ArrowRight: [1, 0] };
    const step = steps[event.key];
    if (event.key === "Escape") choose(null);
    if (!step || !chosen) return;
    event.preventDefault();
    const column = Number(chosen.dataset.at.split(".")[0]);
    const there = neurons.filter((neuron) => neuron.dataset.at.startsWith(`${column + step[0]}.`));
    const y = (neuron) => neuron.transform.baseVal.consolidate().matrix.f;
    const next = step[0]
      ? there.sort((a, b) => Math.abs(y(a) - y(chosen)) - Math.abs(y(b) - y(chosen)))[0]
      : there[there.indexOf(chosen) + step[1]];
    next?.focus();
  }

  svg.setAttribute("role", "group");
  for (const neuron of neurons) {
    neuron.querySelector("title").remove(); // its words are beside the picture
    neuron.setAttribute("role", "img");
    neuron.setAttribute("tabindex", neuron === neurons[0] ? "0" : "-1");
    neuron.addEventListener("pointerenter", () => choose(neuron));
    neuron.addEventListener("focus", () => choose(neuron));
  }
  svg.addEventListener("keydown", walk);
  return {
    show,
    neurons,
    hold: (other) => { held = other; showBiases(); },
    tellAlso: (how) => { alsoTold = how; },
    tellAgain: () => { if (chosen) tell(); },
  };
}
