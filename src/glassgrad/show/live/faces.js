// What is written in a box: the record of a value, the name of a port, the title of a group.

class Faces {
  constructor(graph, names) {
    Object.assign(this, { graph, names });
  }

  fill(made) {
    if (made.box.kind === "node") this.node(made);
    else if (made.box.kind === "port") this.port(made);
    else this.group(made);
  }

  node(made) {
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
        text("symbol", r, middle, sign, size),
      );
    }
    g.append(text("name", (x + label) / 2 + (kind === "input" ? 3 : 0), middle, this.names.names[node]));
    const room = w - label - 2 * LOOK.PADDING;
    for (const [field, y] of [["data", middle - 10], ["grad", middle + 10]]) {
      g.append(text("field", label + LOOK.PADDING, y, field));
      made[field] = text(`number ${field}`, w - LOOK.PADDING, y, "");
      g.append(made[field]);
    }
    made.room = room - 5 * LOOK.ADVANCE * LOOK.DIGITS;
  }

  port(made) {
    const { g, box: { box: [, , name, inward], width: w, height: h } } = made;
    g.setAttribute("role", "img");
    g.setAttribute("aria-label", inward ? `from outside: ${name}` : `to the outside: ${name}`);
    g.append(element("path", { class: "outline", d: outline("port", 0, 0, w, h) }));
    g.append(text("note", w / 2, h / 2, name));
  }

  group(made) {
    const { g, box } = made;
    const [, , title, note, level] = box.box;
    const open = box.kind === "frame";
    g.setAttribute("role", "button");
    g.setAttribute("aria-label", `${title}: ${note}`);
    if (level >= 0) g.setAttribute("aria-expanded", String(open));
    g.append(element("path", { class: "outline", d: outline("group", 0, 0, box.width, box.height) }));
    if (open) {
      g.append(element("path", { class: "grid", d: `M1,${FRAME.bar - 4}H${box.width - 1}` }));
      g.append(text("title", FRAME.side, (FRAME.bar - 4) / 2, title));
      const cross = `M${box.width - 20},8l10,10m0,-10l-10,10`;
      g.append(element("rect", { class: "bar", width: box.width, height: FRAME.bar - 4 }));
      g.append(element("path", { class: "close", d: cross }));
      return;
    }
    g.append(text("title", box.width / 2, box.height / 2 - 9, title));
    g.append(text("note", box.width / 2, box.height / 2 + 10, note));
    if (level < 0) g.classList.add("shut");
  }

  // The numbers of a value as they are now.
  write(made, grad) {
    const { g, box: { box: node } } = made;
    const data = this.graph.data[node];
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
}
