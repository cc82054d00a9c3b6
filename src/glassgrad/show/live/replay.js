// The graph in numbers: forward and backward again, and what each step of it says.
// The order is Python's, node by node and operand by operand, so that the numbers are too.

const LONGEST = 80; // letters of a rule: a longer one would hide what it is to explain
const CONSTANT = 2; // as in `shapes.js`

class Graph {
  constructor(packed) {
    this.count = packed.data.length;
    this.names = packed.names;
    this.output = packed.output;
    this.wrapped = new Set(packed.wrapped);
    this.constants = new Set();
    packed.names.forEach((name, i) => {
      const same = name === number(decoded(packed.data[i]));
      if (same && packed.kinds[i] === CONSTANT) this.constants.add(i);
    });
    this.operations = packed.operations.map((place) => OPERATIONS[place]);
    this.operands = packed.operands.map((places) => places || []);
    this.recorded = packed.data.map(decoded);
    this.recordedPartials = packed.partials.map((partials) => (partials || []).map(decoded));
    this.grads = packed.grads.map(decoded);
    this.changed = new Map();
    this.users = Array.from({ length: this.count }, () => []);
    this.operands.forEach((places, i) => places.forEach((place) => this.users[place].push(i)));
    this.edges = packed.still ? [] : this.walk();
    this.restore();
  }

  restore() {
    this.changed.clear();
    this.data = this.recorded.slice();
    this.partials = this.recordedPartials.slice();
  }

  // Give a leaf another number, and compute all that follows from the leaves.
  change(leaf, x) {
    this.changed.set(leaf, x);
    this.data[leaf] = x;
    for (let i = 0; i < this.count; i++) {
      const operation = this.operations[i];
      if (!operation) continue;
      const given = this.arguments(i);
      this.data[i] = operation.forward(...given);
      const partials = operation.partials(this.data[i], ...given);
      this.partials[i] = partials.slice(0, this.operands[i].length);
    }
  }

  arguments(i) {
    const { constants, conditions } = this.operations[i];
    const numbers = this.operands[i].map((place) => this.data[place]);
    return conditions ? [...constants, ...numbers] : [...numbers, ...constants];
  }

  // The backward pass as [node, position of an operand], from the newest node to the oldest.
  walk() {
    const reached = new Uint8Array(this.count);
    const edges = [];
    reached[this.output] = 1;
    for (let i = this.output; i >= 0; i--) {
      if (!reached[i]) continue;
      this.operands[i].forEach((place, position) => {
        reached[place] = 1;
        edges.push([i, position]);
      });
    }
    return edges;
  }

  // Step 0 shows values only, step 1 the output's own gradient, each further one a share.
  get steps() {
    return this.edges.length ? this.edges.length + 1 : 0;
  }

  // The step in which so many operations have handed their gradient on.
  stepAfter(operations) {
    if (!operations) return 0;
    let count = 0, last = -1;
    for (const [place, [node]] of this.edges.entries()) {
      if (node !== last && count++ === operations) return place + 1;
      last = node;
    }
    return this.steps;
  }

  share(node, position, gradient) {
    const partial = this.partials[node][position];
    const share = gradient * partial;
    return share !== share && this.skips(node, partial) ? 0 : share;
  }

  // What was not chosen receives nothing, even of an infinite gradient.
  skips(node, partial) {
    return partial === 0 && Boolean(this.operations[node].chooses);
  }

  gradients(step) {
    const found = new Array(this.count).fill(null);
    if (step > 0) found[this.output] = 1;
    for (const [node, position] of this.edges.slice(0, Math.max(0, step - 1))) {
      const operand = this.operands[node][position];
      const share = this.share(node, position, found[node]);
      found[operand] = found[operand] === null ? share : found[operand] + share;
    }
    return found;
  }

  // ------------------------------------------------------------------------------- in words

  // A node's name so that ".grad" may follow it.
  name(i) {
    return this.wrapped.has(i) ? `(${this.names[i]})` : this.names[i];
  }

  // A template with the names of a node's operands in it; a number stands for itself.
  written(template, node) {
    return template.replace(/\{(y|\d+)\}/g, (_, which) => {
      const i = which === "y" ? node : this.operands[node][Number(which)];
      return this.constants.has(i) ? this.names[i] : this.name(i);
    });
  }

  // The textbook's rule for a local derivative, alone or as a factor; its sign where there is none,
  // or it is long, or rounding has made something else of it.
  slope(node, position, asFactor = false) {
    const { slopes, rules } = this.operations[node];
    const given = [this.data[node], ...(slopes ? this.arguments(node) : [])];
    const texts = slopes ? slopes(...given)[position] : ["", ""];
    const rule = rules?.(...given)[position], partial = this.partials[node][position];
    const near = Math.max(1e-12, 1e-6 * Math.max(Math.abs(rule), Math.abs(partial)));
    const fits = Object.is(rule, partial) || Math.abs(rule - partial) <= near;
    const [text, factor] = texts.map((template) => this.written(template, node));
    if (text && fits && [...text].length <= LONGEST) return asFactor ? factor : text;
    return `∂${this.name(node)}/∂${this.name(this.operands[node][position])}`;
  }

  caption(step) {
    if (step === 0) return "values only; no gradient yet";
    const root = this.name(this.output);
    if (step === 1) return `d${root}/d${root} = 1`;
    const [node, position] = this.edges[step - 2];
    const before = this.gradients(step - 1);
    const operand = this.operands[node][position];
    const [y, x] = [this.name(node), this.name(operand)];
    const { symbol } = this.operations[node];
    const partial = this.partials[node][position];
    if (this.skips(node, partial)) {
      const why = this.operands[node].length === 1 ? "cut off" : "not chosen";
      return `${symbol}: ${x}.grad += 0, because ${x} was ${why}`;
    }
    const share = this.share(node, position, before[node]);
    const slope = this.slope(node, position, true);
    let text = `${symbol}: ${x}.grad += ${y}.grad = ${number(share)}`;
    if (slope !== "1") {
      const product = `${number(partial)} · ${number(before[node])}`;
      text = `${symbol}: ${x}.grad += ${slope} · ${y}.grad = ${product} = ${number(share)}`;
    }
    const known = before[operand];
    if (known === null) return text;
    return `${text}; ${x}.grad = ${number(known)} + ${number(share)} = ${number(known + share)}`;
  }

  // What a node is, and how it moves with its operands: lines for the reader.
  words(node, grad) {
    const y = this.name(node), root = this.name(this.output);
    const operation = this.operations[node];
    const value = number(this.data[node]);
    const meaning = operation ? `${this.written(operation.meaning, node)} = ` : "";
    const lines = [y === value ? y : `${y} = ${meaning}${value}`];
    this.operands[node].forEach((operand, position) => {
      const sign = `∂${y}/∂${this.name(operand)}`;
      const parts = [sign, this.slope(node, position), number(this.partials[node][position])];
      lines.push([...new Set(parts)].join(" = "));
    });
    if (grad !== null) lines.push(`d${root}/d${y} = ${number(grad)}`);
    return [...new Set(lines)];
  }

  // What a gradient means for who changes the value.
  moral(node, grad) {
    const y = this.name(node), root = this.name(this.output);
    if (grad === null || node === this.output || !Number.isFinite(grad)) return [];
    if (grad === 0) return [`A small change of ${y} does not move ${root}.`];
    const way = grad > 0 ? "up" : "down";
    return [`Raise ${y} a little, and ${root} goes ${way}, ${number(Math.abs(grad))} times as much.`];
  }
}
