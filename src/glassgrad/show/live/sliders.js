// Sliders on leaves: the graph is computed again while one is moved.

const MOST_SLIDERS = 24;
const SHORT = 6; // letters of a name that has room beside its slider

class Sliders {
  constructor(list, graph, places, kinds, changed) {
    Object.assign(this, { list, graph, places, changed });
    this.leaves = kinds.flatMap((kind, i) =>
      graph.operands[i].length || kind === CONSTANT ? [] : [i]);
    this.rows = new Map();
  }

  // Show those whose name holds the text, and in any case the one that was selected.
  show(text, selected = -1) {
    const fits = (i) => this.graph.names[i].toLowerCase().includes(text.toLowerCase());
    const fitting = this.leaves.filter(fits);
    const shown = fitting.slice(0, MOST_SLIDERS);
    if (this.leaves.includes(selected) && !shown.includes(selected)) shown.unshift(selected);
    const focused = this.list.contains(document.activeElement);
    if (!focused) this.list.replaceChildren(...shown.map((i) => this.row(i).line));
    return fitting.length - fitting.slice(0, MOST_SLIDERS).length;
  }

  row(leaf) {
    if (this.rows.has(leaf)) return this.rows.get(leaf);
    const place = this.places.around(leaf);
    const name = `${place}${place && " "}${this.graph.names[leaf]}`;
    const line = document.createElement("label");
    const label = document.createElement("span");
    const slider = Object.assign(document.createElement("input"), { type: "range", min: -100, max: 100 });
    const exact = Object.assign(document.createElement("input"), { type: "number", step: "any" });
    label.textContent = label.title = name;
    line.classList.toggle("long", name.length > SHORT);
    slider.setAttribute("aria-label", `${name}, slider`);
    exact.setAttribute("aria-label", `${name}, number`);
    line.append(label, slider, exact);
    const start = this.graph.recorded[leaf];
    const middle = Number.isFinite(start) ? start : 0;
    const reach = roundReach(Math.max(1, 2 * Math.abs(middle)));
    const row = { line, slider, exact };
    slider.addEventListener("input", () => {
      const steps = Number(slider.value);
      const x = steps ? Number((middle + (steps * reach) / 100).toPrecision(12)) : start;
      this.set(leaf, x);
    });
    exact.addEventListener("input", () => {
      if (exact.value !== "" && Number.isFinite(Number(exact.value))) this.set(leaf, Number(exact.value));
    });
    row.write = (active) => { // what the reader holds is left alone
      const x = this.graph.data[leaf];
      if (active !== slider) slider.value = Math.round(((x - middle) / reach) * 100) || 0;
      if (active !== exact) exact.value = Number.isFinite(x) ? String(x) : "";
      exact.placeholder = exact.value === "" ? number(x) : "";
      slider.setAttribute("aria-valuetext", number(x));
    };
    row.write();
    this.rows.set(leaf, row);
    return row;
  }

  set(leaf, x) {
    this.graph.change(leaf, x);
    this.rows.get(leaf)?.write(document.activeElement);
    this.changed();
  }

  reset() {
    this.graph.restore();
    for (const row of this.rows.values()) row.write();
    this.changed();
  }
}

// The next of 1, 2, 5, 10, 20 …, so that a slider's steps are round.
function roundReach(x) {
  const power = 10 ** Math.floor(Math.log10(x));
  return power * [1, 2, 5, 10].find((digit) => digit * power >= x * (1 - 1e-9));
}
