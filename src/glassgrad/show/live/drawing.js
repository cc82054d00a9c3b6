// The picture: what is near is drawn in full, what is far as outlines, what is out of sight not.

const NEAR = 0.45; // from which scale on the text can be read
const FEW = 200; // so many boxes are always drawn in full
const BUNDLE = 48; // so many arrows or outlines are one path
const MARGIN = 0.2; // how much of a screen is drawn beyond its edges

const seen = (area, left, top, right, bottom) =>
  left < area.right && right > area.left && top < area.bottom && bottom > area.top;

class Drawing {
  constructor(places, graph, names) {
    this.places = places;
    this.graph = graph;
    this.names = names;
    this.world = element("g");
    this.svg = element("svg", { class: "world", role: "group" }, this.world);
    this.svg.setAttribute("aria-label", "Graph. Arrow keys walk along it, Enter opens a group.");
    // What is moved is not the picture itself: all of its text would be set again.
    this.sheet = Object.assign(document.createElement("div"), { className: "sheet" });
    this.sheet.append(this.svg);
    this.layers = ["frames", "arrows", "lit", "boxes"].map((name) => element("g", { class: name }));
    [this.frames, this.lines, this.lit, this.body] = this.layers;
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
    if (box.kind === "node") this.addNode(made);
    else if (box.kind === "port") this.addPort(made);
    else this.addGroup(made);
    (box.kind === "frame" ? this.frames : this.body).append(g);
    this.write(made);
  }

  addNode(made) {
    const { g, box: { box: node, width: w, height: h } } = made;
    const kind = KINDS[this.names.kinds[node]];
    const operation = this.graph.operations[node];
    const x = operation ? 2 * LOOK.RADIUS + LOOK.LINK : 0;
    const label = x + this.names.labels[node], middle = h / 2;
    g.classList.add(kind);
    g.setAttribute("role", "img");
    g.append(element("path", { class: "outline", d: outline(kind, x, 0, w - x, h) }));
    if (kind === "output") g.append(element("path", { class: "second", d: inset(x, 0, w - x, h) }));
    g.append(element("path", { class: "grid", d: `M${label},4V${h - 4}M${label + 5},${middle}H${w - 6}` }));
    if (operation) {
      const [r, sign] = [LOOK.RADIUS, operation.symbol];
      const size = [...sign].length === 1 ? 17 : Math.max(6.5, Math.min(11, 46 / [...sign].length));
      g.append(
        element("path", { class: "link", d: `M${2 * r},${middle}H${x}` }),
        element("circle", { class: "operation", cx: r, cy: middle, r }),
        this.text("symbol", r, middle, sign, size),
      );
    }
    g.append(this.text("name", (x + label) / 2 + (kind === "input" ? 3 : 0), middle, this.names.names[node]));
    const room = w - label - 2 * LOOK.PADDING;
    for (const [field, y] of [["data", middle - 10], ["grad", middle + 10]]) {
      g.append(this.text("field", label + LOOK.PADDING, y, field));
      made[field] = this.text(`number ${field}`, w - LOOK.PADDING, y, "");
      g.append(made[field]);
    }
    made.room = room - 5 * LOOK.ADVANCE * LOOK.DIGITS;
  }

  addPort(made) {
    const { g, box: { box: [, , name, inward], width: w, height: h } } = made;
    g.setAttribute("role", "img");
    g.setAttribute("aria-label", inward ? `from outside: ${name}` : `to the outside: ${name}`);
    g.append(element("path", { class: "outline", d: outline("port", 0, 0, w, h) }));
    g.append(this.text("note", w / 2, h / 2, name));
  }

  addGroup(made) {
    const { g, box } = made;
    const [, , title, note, level] = box.box;
    const open = box.kind === "frame";
    g.setAttribute("role", "button");
    g.setAttribute("aria-label", `${title}: ${note}`);
    if (level >= 0) g.setAttribute("aria-expanded", String(open));
    g.append(element("path", { class: "outline", d: outline("group", 0, 0, box.width, box.height) }));
    if (open) {
      g.append(element("path", { class: "grid", d: `M1,${FRAME.bar - 4}H${box.width - 1}` }));
      g.append(this.text("title", FRAME.side, (FRAME.bar - 4) / 2, title));
      const cross = `M${box.width - 20},8l10,10m0,-10l-10,10`;
      g.append(element("rect", { class: "bar", width: box.width, height: FRAME.bar - 4 }));
      g.append(element("path", { class: "close", d: cross }));
      return;
    }
    g.append(this.text("title", box.width / 2, box.height / 2 - 9, title));
    g.append(this.text("note", box.width / 2, box.height / 2 + 10, note));
    if (level < 0) g.classList.add("shut");
  }

  text(kind, x, y, words, size) {
    const made = element("text", { class: kind, x: rounded(x), y: rounded(y) }, words);
    if (size) made.setAttribute("font-size", size);
    return made;
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
    const node = box.box;
    const [data, grad] = [this.graph.data[node], grads[node] ?? null];
    this.digits(made.data, number(data), made.room);
    this.digits(made.grad, number(grad), made.room);
    const sign = (x) => x === null || x === 0 ? "" : !Number.isFinite(x) ? "nonfinite" : x > 0 ? "positive" : "negative";
    made.grad.setAttribute("class", `number grad ${sign(grad)}`);
    made.data.setAttribute("class", `number data ${Number.isFinite(data) ? "" : "nonfinite"}`);
    g.classList.toggle("known", grad !== null);
    g.setAttribute("aria-label", this.spoken(node, data, grad));
  }

  spoken(node, data, grad) {
    const operation = this.graph.operations[node];
    const kind = operation ? `${KINDS[this.names.kinds[node]]}, ${operation.symbol}` : KINDS[this.names.kinds[node]];
    const known = grad === null ? "no gradient yet" : `gradient ${number(grad)}`;
    return `${this.graph.names[node]}, ${kind}, data ${number(data)}, ${known}`;
  }

  // A number that is longer than its room is set narrower.
  digits(made, text, room) {
    if (made.textContent === text) return;
    made.textContent = text;
    const length = text.length * LOOK.ADVANCE * LOOK.DIGITS;
    if (length <= room) made.removeAttribute("textLength");
    else made.setAttribute("textLength", rounded(room));
    made.setAttribute("lengthAdjust", "spacingAndGlyphs");
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
}
