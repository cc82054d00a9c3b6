// The page itself: what the buttons, the keys and the pointer do.

class Page {
  constructor(root) {
    this.root = root;
    this.packed = JSON.parse(this.find(".data").textContent);
    const { packed } = this;
    this.graph = new Graph(packed);
    this.places = new Places(packed);
    this.drawing = new Drawing(this.places, this.graph, packed);
    this.opened = new Set(packed.opened);
    this.hovered = "";
    this.stage = this.find(".stage");
    this.stage.prepend(this.drawing.sheet);
    this.sliders = new Sliders(this.find(".list"), this.graph, this.places, packed.kinds, () => this.changed());
    this.words = new Words(this.find(".words"), this.graph, packed);
    this.search = new Search(this.root, packed, this.places, (node) => this.reveal(node));
    this.mode = new Mode(root);
    this.introduce();
    this.rebuild();
    this.view = new View(this.stage, this.drawing, this.places);
    this.listen();
    this.panel(root.clientWidth > 820);
    this.listSliders();
    this.step = this.graph.stepAfter(packed.after ?? (packed.seeded ? Infinity : 0));
    this.refresh();
    this.drawing.select(this.places.seen(this.graph.output)?.id ?? "0:0");
  }

  find(selector) {
    return this.root.querySelector(selector);
  }

  introduce() {
    const { names, output, values, levels } = this.packed;
    const groups = levels.length > 1 ? ", folded" : "";
    this.root.setAttribute("aria-label", `How ${names[output]} was computed`);
    this.find(".title").textContent = this.packed.full[output] ?? names[output];
    this.find(".count").textContent = `${values.toLocaleString("en")} value${values === 1 ? "" : "s"}${groups}`;
    Object.assign(this.find(".step"), { max: this.graph.steps, disabled: Boolean(this.packed.still) });
    const drawn = new Set(this.packed.kinds);
    this.find(".legend ul").append(...KINDS.flatMap((kind, i) => drawn.has(i) ? [entry(kind)] : []));
  }

  // ------------------------------------------------------------------------------ backward pass

  go(step) {
    this.step = Math.max(0, Math.min(this.graph.steps, step));
    this.refresh();
    const { source, target } = this.drawing.stage;
    for (const node of [source, target]) {
      const box = node >= 0 && this.places.seen(node);
      if (box) this.view.reach(box);
    }
  }

  refresh() {
    const { graph, step } = this;
    const { still, grads } = this.packed;
    const shown = { grads: still ? graph.grads : graph.gradients(step), source: -1, target: -1, edge: null };
    if (step === 1) shown.source = graph.output;
    if (step > 1) {
      const [node, position] = graph.edges[step - 2];
      const operand = graph.operands[node][position];
      Object.assign(shown, { source: node, target: operand, edge: [operand, node, position] });
    }
    this.drawing.update(shown);
    const caption = still || graph.caption(step);
    this.find(".caption").textContent = caption;
    this.find(".progress").textContent = still ? "" : `${step} / ${graph.steps}`;
    const bar = this.find(".step");
    bar.value = step;
    bar.setAttribute("aria-valuetext", caption);
    for (const [name, off] of [["first", step === 0], ["back", step === 0], ["next", step === graph.steps], ["last", step === graph.steps]]) {
      this.switchOff(name, Boolean(still) || off);
    }
    this.explain();
  }

  changed() {
    this.switchOff("reset", this.graph.changed.size === 0);
    this.refresh();
  }

  // A button that is off keeps the focus: who steps by keys would lose the way at either end.
  switchOff(name, off) {
    this.find(`[data-do="${name}"]`).setAttribute("aria-disabled", String(off));
  }

  // What is under the pointer, or was selected, in words; those of what has the focus are spoken.
  explain() {
    const { drawing: { selected, stage: { grads } }, places: { found } } = this;
    const id = this.hovered || (this.asked ? selected : "");
    this.words.show(found.get(id), grads);
    this.drawing.describe(this.words.spoken(found.get(selected), grads));
  }

  // Put the words away.
  hush() {
    this.hovered = "";
    this.asked = false;
    this.explain();
  }

  // -------------------------------------------------------------------------------------- groups

  rebuild() {
    this.places.arrange(this.opened);
    this.drawing.rebuild();
  }

  // Open or close a group; its corner stays where it is on the screen.
  toggle(level) {
    const id = this.places.parents.get(level).join(":");
    const before = this.places.found.get(id);
    if (!this.opened.delete(level)) this.opened.add(level);
    this.rebuild();
    const after = this.places.found.get(id);
    const { view } = this;
    view.touched = true;
    if (before && after) view.pan((before.x - after.x) * view.scale, (before.y - after.y) * view.scale);
    view.settle();
    this.drawing.select(id);
    if (after) view.reach(after);
    this.refresh();
  }

  // Make a node visible: open what it is in.
  reveal(node) {
    this.listSliders();
    if (node === undefined) return;
    for (const [level] of this.places.path(node)) if (level) this.opened.add(level);
    this.rebuild();
    this.view.settle();
    const box = this.places.seen(node);
    if (box) this.visit(box.id);
  }

  // ----------------------------------------------------------------------------- getting about

  visit(id, focus = false) {
    this.asked = true;
    this.drawing.select(id);
    this.view.reach(this.places.found.get(id), true);
    const { box } = this.places.found.get(id);
    this.listSliders(typeof box === "number" ? box : -1);
    this.explain();
    if (focus) this.drawing.elementOf(id).focus({ preventScroll: true });
  }

  walk(key) {
    const here = this.places.found.get(this.drawing.selected);
    if (!here) return;
    const middle = (box) => [box.x + box.width / 2, box.y + box.height / 2];
    const [x, y] = middle(here);
    const nearest = (boxes, far) => boxes.reduce((best, box) => (!best || far(box) < far(best) ? box : best), null);
    const apart = (box) => Math.hypot(middle(box)[0] - x, middle(box)[1] - y);
    let next = null;
    if (key === "ArrowLeft") next = nearest(this.drawing.sources(here.id), (box) => middle(box)[1]);
    if (key === "ArrowRight") next = nearest(this.drawing.users(here.id), apart);
    if (key === "ArrowUp" || key === "ArrowDown") {
      const down = key === "ArrowDown" ? 1 : -1;
      next = nearest(this.places.boxes.filter((box) => box.level === here.level
        && (middle(box)[1] - y) * down > 1 && box.x < here.x + here.width && box.x + box.width > here.x), apart);
    }
    if (next) this.visit(next.id, true);
  }

  press(id) {
    const box = this.places.found.get(id);
    const level = box?.kind === "group" || box?.kind === "frame" ? box.box[4] : -1;
    if (level >= 0) this.toggle(level);
    this.drawing.elementOf(id).focus({ preventScroll: true });
  }

  listSliders(selected = -1) {
    const { fixed, other } = this.packed;
    const more = fixed ? 0 : this.sliders.show(this.search.text, selected);
    const hint = `… and ${more.toLocaleString("en")} more: find one by its name, or choose it.`;
    const none = this.find(".list").childElementCount ? "" : "No value of this name can be changed.";
    this.find(".more").textContent = [fixed || (more ? hint : none), other].join(" ").trim();
  }

  panel(open) {
    this.find(".panel").hidden = !open;
    this.find('[data-do="panel"]').setAttribute("aria-expanded", String(open));
  }

  act(name) {
    const acts = {
      first: () => this.go(0),
      back: () => this.go(this.step - 1),
      next: () => this.go(this.step + 1),
      last: () => this.go(this.graph.steps),
      in: () => this.view.zoom(1.3),
      out: () => this.view.zoom(1 / 1.3),
      fit: () => { this.view.fit(); this.view.touched = false; },
      reset: () => this.sliders.reset(),
      panel: () => this.panel(this.find(".panel").hidden),
      theme: () => this.mode.turn(),
    };
    acts[name]?.();
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const onBox = event.target.dataset?.id;
    const typing = event.target.tagName === "INPUT" || event.target.tagName === "BUTTON";
    if (event.key === "Escape") {
      const parent = onBox && this.places.parents.get(this.places.found.get(onBox).level);
      if (parent) this.press(parent.join(":"));
      else return this.hush();
    } else if (typing) return;
    else if (onBox && event.key.startsWith("Arrow")) this.walk(event.key);
    else if (onBox && event.key === "Enter") this.press(onBox);
    else if (event.key === " ") this.act(event.shiftKey ? "back" : "next");
    else if (event.key === "+" || event.key === "=") this.act("in");
    else if (event.key === "-") this.act("out");
    else if (event.key === "0") this.act("fit");
    else return;
    event.preventDefault();
  }

  listen() {
    const { root, stage } = this;
    const boxOf = (event) => event.target.closest?.(".box")?.dataset.id ?? "";
    root.addEventListener("click", (event) => this.act(event.target.closest("button")?.dataset.do));
    root.addEventListener("keydown", (event) => this.key(event));
    stage.addEventListener("click", (event) => {
      const id = boxOf(event);
      if (this.view.moved > 4) return;
      if (!id) return this.hush();
      const bar = event.target.classList.contains("bar");
      this.visit(id);
      if (bar || this.places.found.get(id).kind === "group") this.press(id);
    });
    stage.addEventListener("focusin", (event) => { // a press of the pointer must not move things
      if (boxOf(event) && event.target.matches(":focus-visible")) this.visit(boxOf(event));
    });
    stage.addEventListener("pointerover", (event) => { this.hovered = boxOf(event); this.explain(); });
    stage.addEventListener("pointerleave", () => { this.hovered = ""; this.explain(); });
    this.find(".step").addEventListener("input", (event) => this.go(Number(event.target.value)));
  }
}

// A notebook may hold several pages: each script takes the one that it stands in.
const root = document.currentScript?.closest(".glassgrad")
  ?? document.querySelector(".glassgrad:not([data-live])");
root.dataset.live = "";
const live = new Page(root);
