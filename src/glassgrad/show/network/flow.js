// The inputs flow through the network: sliders set them, and each neuron shows its output.

/** data: numbers, columns. squashes: the activations, printed from Python's own formulas. */
function flowing(root, form, data, squashes, living) {
  const sliders = [...form.querySelectorAll(".value")];
  const toggle = form.querySelector(".flowing");
  const legend = root.querySelector(".says");
  const saysBias = legend?.textContent;
  let outputs = [];
  let sums = [];

  /** Add up in Python's order, so that the last digits agree. */
  function compute() {
    const inputs = new Array(data.columns[0].weights[0].length).fill(0);
    for (const slider of sliders) inputs[slider.dataset.index] = Number(slider.value);
    outputs = [inputs];
    sums = [inputs];
    for (const { weights, biases, squash } of data.columns) {
      const x = outputs.at(-1);
      const total = weights.map((row, i) => row.reduce(
        (sum, place, j) => sum + decoded(data.numbers[place]) * x[j],
        biases[i] === null ? 0 : decoded(data.numbers[biases[i]]),
      ));
      sums.push(total);
      outputs.push(total.map((sum, i) => squashes[squash[i]](sum)));
    }
  }

  function paint() {
    living.hold(toggle.checked);
    if (legend) legend.textContent = toggle.checked ? "in a circle: its output" : saysBias;
    const sizes = outputs.map((column) => Math.max(...column.filter(Number.isFinite).map(Math.abs)));
    for (const neuron of living.neurons) {
      const [column, i] = neuron.dataset.at.split(".").map(Number);
      const x = outputs[column][i];
      const circle = neuron.querySelector("circle");
      neuron.dataset.output = x;
      if (!toggle.checked) {
        circle.style.fill = "";
        continue;
      }
      inside(neuron).textContent = brief(x);
      const part = Number.isFinite(x) && sizes[column] ? Math.abs(x) / sizes[column] : 0;
      const colour = x > 0 ? "positive" : "negative";
      const share = (45 * part).toFixed(0);
      circle.style.fill = `color-mix(in srgb, var(--${colour}) ${share}%, var(--paper))`;
    }
    for (const slider of sliders) {
      form.querySelector(`output[for="${slider.id}"]`).textContent = number(Number(slider.value));
    }
    living.tellAgain();
  }

  function inside(neuron) {
    let text = neuron.querySelector(".inside");
    if (!text) {
      text = document.createElementNS("http://www.w3.org/2000/svg", "text");
      text.setAttribute("class", "inside");
      text.setAttribute("y", "3.5");
      neuron.append(text);
    }
    return text;
  }

  function words(at, squash) {
    const [column, i] = at.split(".").map(Number);
    if (!toggle.checked || column === 0) return "";
    const [sum, output] = [sums[column][i], outputs[column][i]].map((x) => number(x));
    const made = squash === "linear" ? "and that is the output" : `and ${squash} makes ${output} of it`;
    return `With these inputs the sum is ${sum}, ${made}.`;
  }

  living.tellAlso(words);
  toggle.addEventListener("change", paint);
  for (const slider of sliders) {
    slider.addEventListener("input", () => { toggle.checked = true; compute(); paint(); });
  }
  compute();
  paint();
}
