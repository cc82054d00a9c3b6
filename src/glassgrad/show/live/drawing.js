// The picture: what is near is drawn in full, what is far as outlines, what is out of sight not.

const NEAR = 0.45; // from which scale on the text can be read
const FEW = 200; // so many boxes are always drawn in full
const BUNDLE = 48; // so many arrows or outlines are one path
const READ = 4; // where so many arrows arrive, it can be read how many each stands for
const MARGIN = 0.2; // how much of a screen is drawn beyond its edges

const seen = (area, left, top, right, bottom) =>
  left < area.right && right > area.left && top < area.bottom && bottom > area.top;

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
    this.layers = ["frames", "arrows", "lit", "marks", "boxes"].map((name) => element("g", { class: name }));
    [this.frames, this.lines, this.lit, this.signs, this.body] = this.layers;
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
    this.drawn = null;
    this.users = new Map();
    this.sources = new Map();
    const push = (map, key, x) => map.has(key) ? map.get(key).push(x) : map.set(key, [x]);
    for (const arrow of this.places.arrows) {
      push(this.users, arrow.from.id, arrow.to);
      push(this.sources, arrow.to.id, arrow.from);
    }
    this.pieces = this.places.arrows.flatMap((arrow) => pieces(arrow.points));
    this.marks = this.places.arrows.flatMap((arrow) => this.marked(arrow));
  }

  // Which operand an arrow is, where the order matters; or how many it stands for.
  marked({ to, position, count, points }) {
    if (count > 1) {
      if (this.sources.get(to.id).length > READ) return [];
      return [{ at: beforeTheEnd(points, 24), words: `×${count.toLocaleString("en")}` }];
    }
    const ordered = to.kind === "node" && this.graph.operations[to.box].ordered;
    return ordered ? [{ at: beforeTheEnd(points, 22), place: String(position + 1) }] : [];
  }

  // Draw what lies in a rectangle of the world, and somewhat more, at this scale.
  show(left, top, right, bottom, scale) {
    const near = scale >= NEAR || this.places.boxes.length <= FEW;
    const inside = this.drawn && this.drawn.near === near && left >= this.drawn.left
      && top >= this.drawn.top && right <= this.drawn.right && bottom <= this.drawn.bottom;
    if (inside) return;
    const [w, h] = [(right - left) * MARGIN, (bottom - top) * MARGIN];
    const area = { near, left: left - w, top: top - h, right: right + w, bottom: bottom + h };
    if (!near || !this.drawn?.near) this.body.replaceChildren(), this.shown.clear();
    this.drawn = area;
    this.svg.classList.toggle("far", !near);
    this.svg.style.setProperty("--pixel", `${1 / scale}px`);
    this.frame(area, scale);
    this.lines.replaceChildren(...this.bundled("", this.pieces
      .filter(({ box: [l, t, r, b] }) => seen(area, l, t, r, b)).map(({ path }) => path)));
    this.signs.replaceChildren(...this.marks
      .filter(({ at: [x, y] }) => near && seen(area, x - HALO, y - HALO, x + HALO, y + HALO)).flatMap(mark));
    if (near) this.showBoxes(area);
    else this.showOutlines(area);
    this.light();
  }

  // The picture is as large as the area, and is painted once; a move only moves it.
  frame({ left, top, right, bottom }, scale) {
    const [x, y, w, h] = [left, top, right - left, bottom - top].map((length) => Math.round(length * scale));
    this.svg.setAttribute("viewBox", `${x} ${y} ${w} ${h}`);
    const place = { left: `${x}px`, top: `${y}px`, width: `${w}px`, height: `${h}px` };
    Object.assign(this.svg.style, place);
  }

  // Many paths as few elements.
  bundled(kind, paths) {
    const made = [];
    for (let i = 0; i < paths.length; i += BUNDLE) {
      made.push(element("path", { class: kind, d: paths.slice(i, i + BUNDLE).join("") }));
    }
    return made;
  }

  showBoxes(area) {
    const keep = document.activeElement?.dataset?.id;
    for (const box of this.places.boxes) {
      const inside = seen(area, box.x, box.y, box.x + box.width, box.y + box.height);
      const there = this.shown.get(box.id);
      if (inside && !there) this.add(box);
      else if (!inside && there && box.id !== keep) there.g.remove(), this.shown.delete(box.id);
    }
  }

  showOutlines(area) {
    const paths = new Map([["frame", []]]); // it lies below what is in it
    for (const { kind, box, x, y, width, height } of this.places.boxes) {
      if (!seen(area, x, y, x + width, y + height)) continue;
      const name = kind === "node" ? KINDS[this.names.kinds[box]] : kind;
      if (!paths.has(name)) paths.set(name, []);
      paths.get(name).push(outline(kind === "frame" ? "group" : name, x, y, width, height));
    }
    for (const [kind, all] of paths) this.body.append(...this.bundled(`outline ${kind}`, all));
    if (this.selected) this.add(this.places.found.get(this.selected));
  }

  // The element of one box, made if it is not there: the focus may go to what was out of sight.
  elementOf(id) {
    if (!this.shown.has(id)) this.add(this.places.found.get(id));
    return this.shown.get(id).g;
  }

  add(box) {
    const g = element("g", { class: `box ${box.kind}`, "data-id": box.id, tabindex: -1 });
    g.setAttribute("transform", `translate(${rounded(box.x)},${rounded(box.y)})`);
    const made = { box, g };
    this.shown.set(box.id, made);
    this.faces.fill(made);
    (box.kind === "frame" ? this.frames : this.body).append(g);
    this.write(made);
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
