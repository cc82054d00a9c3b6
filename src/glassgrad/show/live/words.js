// The note at the edge of the picture: what a value or a group is, in words.

class Words {
  constructor(note, graph, packed) {
    Object.assign(this, { note, graph, packed });
  }

  show(box, grads) {
    const [lines, plain] = box ? this.describe(box, grads) : [[], []];
    this.note.hidden = lines.length + plain.length === 0;
    this.note.replaceChildren(
      ...lines.map((line) => this.paragraph(line, "")),
      ...plain.map((line) => this.paragraph(line, "plain")),
    );
  }

  spoken(box, grads) {
    return box ? this.describe(box, grads).flat().join("; ") : "";
  }

  paragraph(line, kind) {
    const made = document.createElement("p");
    made.textContent = line;
    made.className = kind;
    return made;
  }

  // Lines of formulas, and lines of prose.
  describe({ kind, box }, grads) {
    if (kind === "group") {
      const [, , title, note, level] = box;
      const hint = level < 0 ? "It is too large to be opened here." : "A click or Enter opens it.";
      return [[title, note], [hint]];
    }
    if (kind !== "node") return [[], []];
    const grad = grads[box] ?? null, full = this.packed.full[box];
    const scope = this.packed.scopes[this.packed.scope[box]];
    const prose = [...this.graph.moral(box, grad), ...(scope ? [`Made in ${scope}.`] : [])];
    return [[...(full ? [full] : []), ...this.graph.words(box, grad)], prose];
  }
}
