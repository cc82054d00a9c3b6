// Looking around: pan and zoom by pointer, wheel, touch and keys.

const READABLE = 0.55;

class View {
  constructor(stage, drawing, places) {
    this.stage = stage;
    this.drawing = drawing;
    this.places = places;
    this.x = this.y = 0;
    this.scale = this.crisp = 1;
    this.pointers = new Map();
    this.whole = document.body.dataset.glassgrad === "page";
    this.moved = 0;
    this.listen();
    this.resized();
    new ResizeObserver(() => this.resized()).observe(stage);
  }

  // Until the reader has moved anything, the whole graph is kept in view.
  resized() {
    this.size = [this.stage.clientWidth, this.stage.clientHeight]; // asking while moving is slow
    if (this.touched) this.draw();
    else this.fit(true);
  }

  // The whole picture; at first, of a small graph that would not be readable, its end.
  fit(readable = false) {
    const [w, h] = this.size;
    const scale = Math.min((w - 40) / this.places.width, (h - 40) / this.places.height, 1.6);
    this.scale = Math.max(scale, 0.005);
    if (readable && this.scale < READABLE && this.places.boxes.length <= FEW) this.scale = READABLE;
    this.x = Math.min((w - this.places.width * this.scale) / 2, w - 20 - this.places.width * this.scale);
    this.y = (h - this.places.height * this.scale) / 2;
    this.draw();
  }

  zoom(factor, x = this.size[0] / 2, y = this.size[1] / 2) {
    const scale = Math.min(4, Math.max(0.005, this.scale * factor));
    this.x = x - ((x - this.x) * scale) / this.scale;
    this.y = y - ((y - this.y) * scale) / this.scale;
    this.scale = scale;
    this.touched = true;
    this.draw();
  }

  pan(dx, dy) {
    this.x += dx;
    this.y += dy;
    this.touched = true;
    this.draw();
  }

  // Bring a box into view, with some room around it, small enough to fit if it can still be read.
  reach(box, readable) {
    const [w, h] = this.size;
    const room = Math.min(40, w / 8, h / 8);
    const most = Math.min((w - 2 * room) / box.width, (h - 2 * room) / box.height);
    if (this.scale > most) this.zoom(Math.max(most, NEAR) / this.scale);
    if (readable && this.scale < NEAR) this.zoom(READABLE / this.scale);
    const into = (at, length, whole) => {
      if (at >= 8 && at + length <= whole - 8) return 0;
      return length + 2 * room > whole || at < room ? room - at : whole - room - at - length;
    };
    const dx = into(this.x + box.x * this.scale, box.width * this.scale, w);
    const dy = into(this.y + box.y * this.scale, box.height * this.scale, h);
    if (dx || dy) this.pan(dx, dy);
  }

  // A move is one change of style; while the scale changes, the picture is stretched at first.
  draw() {
    const stretch = this.scale / this.crisp;
    this.place(stretch);
    clearTimeout(this.settling);
    if (stretch === 1) this.settle();
    else this.settling = setTimeout(() => this.settle(), 90);
    if (!this.drawing.scale) this.settle();
  }

  // By whole pixels: between them, text is blurred.
  place(stretch) {
    const [x, y] = [this.x, this.y].map(Math.round);
    this.drawing.sheet.style.transform = `translate(${x}px, ${y}px) scale(${stretch})`;
  }

  settle() {
    if (this.crisp !== this.scale) {
      this.crisp = this.scale;
      this.place(1);
    }
    const [w, h] = this.size;
    const at = (x, y) => [(x - this.x) / this.scale, (y - this.y) / this.scale];
    if (w && h) this.drawing.show(...at(0, 0), ...at(w, h), this.scale);
  }

  listen() {
    const { stage } = this;
    const here = (event) => {
      const { left, top } = stage.getBoundingClientRect();
      return [event.clientX - left, event.clientY - top];
    };
    stage.addEventListener("wheel", (event) => {
      if (!this.whole && !event.ctrlKey && !event.metaKey) return; // who scrolls a notebook goes on
      event.preventDefault();
      const pixels = event.deltaY * (event.deltaMode === 1 ? 16 : 1);
      this.zoom(Math.exp(-pixels / (event.ctrlKey ? 120 : 480)), ...here(event));
    }, { passive: false });
    stage.addEventListener("pointerdown", (event) => {
      if (event.button > 0) return;
      if (!this.pointers.size) this.moved = 0;
      this.pointers.set(event.pointerId, here(event));
    });
    stage.addEventListener("pointermove", (event) => this.move(event, here(event)));
    for (const name of ["pointerup", "pointercancel", "pointerleave"]) {
      stage.addEventListener(name, (event) => {
        this.pointers.delete(event.pointerId);
        stage.classList.toggle("held", this.pointers.size > 0);
      });
    }
  }

  move(event, [x, y]) {
    const last = this.pointers.get(event.pointerId);
    if (!last) return;
    const dx = x - last[0], dy = y - last[1];
    this.moved += Math.abs(dx) + Math.abs(dy);
    if (this.moved > 4 && !this.stage.classList.contains("held")) {
      this.stage.classList.add("held");
      this.stage.setPointerCapture(event.pointerId);
    }
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, [x, y]);
    if (!other) {
      this.pan(dx, dy);
      return;
    }
    const before = Math.hypot(last[0] - other[0], last[1] - other[1]);
    const now = Math.hypot(x - other[0], y - other[1]);
    this.pan(dx / 2, dy / 2);
    this.zoom(now / Math.max(before, 1), (x + other[0]) / 2, (y + other[1]) / 2);
  }
}
