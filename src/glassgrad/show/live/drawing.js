// The picture. Its lines are there as a whole, so that a move draws nothing and the browser paints
// ahead of it; so are the outlines that boxes are from afar. Boxes in full come and go.

const NEAR = 0.45; // from which scale on the text can be read
const FEW = 200; // so many boxes are always drawn in full
const BUNDLE = 48; // so many arrows or outlines are one path
const CELL = 1000; // what lies in a square of this size goes into the same paths
const READ = 4; // where so many arrows arrive, it can be read how many each stands for
const EDGE = 20; // pixels of the picture around the graph, for the width of lines
const BESIDE = 48; // how far left of a box something is written at its arrows
const MARGIN = 0.25; // how much of a screen is drawn beyond its edges; twice as much is kept
const AHEAD = 12; // so many boxes are drawn at a time before they are in sight
const PAUSE = 50; // milliseconds from one such time to the next: each has its price

const within = ({ left, top, right, bottom }, { x, y, width, height }) =>
  x - BESIDE < right && x + width > left && y < bottom && y + height > top;

// Many paths as few elements, each of what lies together, so that little is painted for a part.
function bundled(kind, paths) {
  const cells = Map.groupBy(paths, ({ at: [x, y] }) => `${Math.floor(x / CELL)},${Math.floor(y / CELL)}`);
  const made = [];
  for (const cell of cells.values()) {
    for (let i = 0; i < cell.length; i += BUNDLE) {
      const bundle = cell.slice(i, i + BUNDLE).map(({ path }) => path);
      made.push(element("path", { class: kind, d: bundle.join("") }));
    }
  }
  return made;
}

class Drawing {
  constructor(places, graph, names) {
    this.places = places;
    this.graph = graph;
    this.names = names;
    this.faces = new Faces(graph, names);
    this.world = element("g");
    this.svg = element("svg", { class: "world", role: "group" }, this.world);
    this.svg.setAttribute("aria-label", "Graph. Arrow keys walk along it, Enter opens a group.");
    // What is moved is not the picture itself: all of its text would be set again.
    this.sheet = Object.assign(document.createElement("div"), { className: "sheet" });
    this.sheet.append(this.svg);
    this.layers = ["ground", "frames", "arrows", "lit", "marks", "outlines", "boxes"]
      .map((name) => element("g", { class: name }));
    [this.ground, this.frames, this.lines, this.lit, this.signs, this.outlines, this.body] = this.layers;
    this.world.append(...this.layers);
    this.shown = new Map();
    this.stage = { grads: [], source: -1, target: -1, edge: null };
    this.selected = "";
  }

  // After groups were opened or closed: everything anew.
  rebuild() {
    this.layers.forEach((layer) => layer.replaceChildren());
    if (!this.places.found.has(this.selected)) this.selected = ""; // its group was closed
    this.shown.clear();
    this.scale = this.near = null; // nothing is drawn
    const { arrows } = this.places;
    this.arriving = Map.groupBy(arrows, ({ to }) => to.id);
    this.leaving = Map.groupBy(arrows, ({ from }) => from.id);
    this.lines.append(...bundled("", arrows.flatMap(({ points }) => pieces(points))));
  }

  sources(id) {
    return (this.arriving.get(id) ?? []).map(({ from }) => from);
  }

  users(id) {
    return (this.leaving.get(id) ?? []).map(({ to }) => to);
  }

  // Which operand an arrow is, where the order matters; or how many it stands for.
  marked({ to, position, count, points }) {
    if (count > 1) {
      if (this.arriving.get(to.id).length > READ) return [];
      return [{ at: beforeTheEnd(points, 24), words: `×${count.toLocaleString("en")}` }];
    }
    const ordered = to.kind === "node" && this.graph.operations[to.box].ordered;
    return ordered ? [{ at: beforeTheEnd(points, 22), place: String(position + 1) }] : [];
  }

  // Draw what lies in a rectangle of the world at this scale; what is near it follows soon.
  show(left, top, right, bottom, scale) {
    const near = scale >= NEAR || this.places.boxes.length <= FEW;
    if (this.scale !== scale) this.size(scale);
    if (this.near !== near) this.turn(near);
    if (!near) return;
    const grown = (by) => {
      const [w, h] = [(right - left) * by, (bottom - top) * by];
      return { left: left - w, top: top - h, right: right + w, bottom: bottom + h };
    };
    this.missing(grown(0)).forEach((box) => this.add(box));
    [this.soon, this.kept] = [grown(MARGIN), grown(2 * MARGIN)];
    this.waiting ??= setTimeout(() => this.ahead(), PAUSE);
  }

  // The picture is as large as the graph, and stays so: if its size changed, all would be painted.
  size(scale) {
    this.scale = scale;
    const { width, height } = this.places;
    const [w, h] = [width, height].map((length) => Math.ceil(length * scale) + 2 * EDGE);
    this.world.setAttribute("transform", `scale(${scale})`);
    this.svg.setAttribute("viewBox", `${-EDGE} ${-EDGE} ${w} ${h}`);
    this.svg.style.setProperty("--pixel", `${1 / scale}px`);
    const place = { left: `${-EDGE}px`, top: `${-EDGE}px`, width: `${w}px`, height: `${h}px` };
    Object.assign(this.svg.style, place);
  }

  // From boxes in full to outlines, or back.
  turn(near) {
    this.near = near;
    this.svg.classList.toggle("far", !near);
    for (const made of this.shown.values()) this.drop(made);
    for (const layer of [this.ground, this.outlines]) layer.replaceChildren();
    if (this.selected) this.elementOf(this.selected);
    if (!near) this.showOutlines();
  }

  showOutlines() {
    const kindOf = ({ kind, box }) => (kind === "node" ? KINDS[this.names.kinds[box]] : kind);
    for (const [kind, boxes] of Map.groupBy(this.places.boxes, kindOf)) {
      const frame = kind === "frame"; // it lies below what is in it, be that another frame
      const paths = boxes.map(({ x, y, width, height }) => (
        { path: outline(frame ? "group" : kind, x, y, width, height), at: [x, y] }));
      const parts = (frame ? paths.map((path) => [path]) : [paths])
        .flatMap((part) => bundled(`outline ${kind}`, part));
      (frame ? this.ground : this.outlines).append(...parts);
    }
  }

  missing(area) {
    return this.places.boxes.filter((box) => !this.shown.has(box.id) && within(area, box));
  }

  // Draw some of what may soon be in sight, and let go of what is far from it.
  ahead() {
    this.waiting = null;
    if (!this.near) return;
    const missing = this.missing(this.soon);
    missing.slice(0, AHEAD).forEach((box) => this.add(box));
    for (const made of this.shown.values()) if (!within(this.kept, made.box)) this.drop(made);
    if (missing.length > AHEAD) this.waiting = setTimeout(() => this.ahead(), PAUSE);
  }

  // The element of one box, made if it is not there: the focus may go to what was out of sight.
  elementOf(id) {
    if (!this.shown.has(id)) this.add(this.places.found.get(id));
    return this.shown.get(id).g;
  }

  add(box) {
    const g = element("g", { class: `box ${box.kind}`, "data-id": box.id, tabindex: -1 });
    g.setAttribute("transform", `translate(${rounded(box.x)},${rounded(box.y)})`);
    const arrows = this.near ? this.arriving.get(box.id) ?? [] : [];
    const made = { box, g, marks: arrows.flatMap((arrow) => this.marked(arrow)).flatMap(mark) };
    this.shown.set(box.id, made);
    this.faces.fill(made);
    (box.kind === "frame" ? this.frames : this.body).append(g);
    this.signs.append(...made.marks);
    this.write(made);
  }

  // What has the focus stays, and what the next Tab would give it to.
  drop({ box, g, marks }) {
    if (g === document.activeElement || box.id === this.selected) return;
    [g, ...marks].forEach((one) => one.remove());
    this.shown.delete(box.id);
  }

  // ---------------------------------------------------------------- what changes from step to step

  update(stage) {
    this.stage = stage;
    for (const made of this.shown.values()) this.write(made);
    this.light();
  }

  write(made) {
    const { g, box } = made;
    const { grads, source, target } = this.stage;
    const focus = [source, target].filter((node) => node >= 0).map((node) => this.places.seen(node)?.id);
    g.classList.toggle("focus", focus.includes(box.id));
    g.classList.toggle("selected", box.id === this.selected);
    g.setAttribute("tabindex", box.id === this.selected ? 0 : -1);
    if (box.kind !== "node") return;
    this.faces.write(made, grads[box.box] ?? null);
  }

  light() {
    const { edge } = this.stage;
    const arrows = edge ? this.places.along(...edge) : [];
    this.lit.replaceChildren(...arrows.map(({ points }) => (
      element("path", { class: "way", d: curve(points) }))));
  }

  select(id) {
    const before = this.shown.get(this.selected);
    this.selected = id;
    if (before) this.write(before);
    if (id && this.places.found.has(id)) this.write(this.shown.get(this.elementOf(id).dataset.id));
  }

  // Screen readers read this out after the name of the box that has the focus.
  describe(words) {
    this.described?.removeAttribute("aria-description");
    this.described = this.shown.get(this.selected)?.g;
    if (words) this.described?.setAttribute("aria-description", words);
  }
}
