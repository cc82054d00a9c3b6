// Finding a value by its name, wherever it is; Enter goes on to the next one.

class Search {
  constructor(root, packed, places, reveal) {
    Object.assign(this, { names: packed.names, places, reveal, at: 0 });
    this.input = root.querySelector("input[type=search]");
    this.matches = root.querySelector(".matches");
    this.input.addEventListener("input", () => this.go(0));
    this.input.addEventListener("keydown", (event) => {
      if (event.key === "Enter") this.go(event.shiftKey ? -1 : 1);
    });
  }

  get text() {
    return this.input.value.trim().toLowerCase();
  }

  // The shortest names come first: they are most like what was typed.
  found() {
    const { text, names } = this;
    const fits = (name, i) => name.toLowerCase().includes(text) && this.places.homes.has(i);
    const all = text ? names.flatMap((name, i) => (fits(name, i) ? [i] : [])) : [];
    return all.sort((a, b) => names[a].length - names[b].length || a - b);
  }

  go(step) {
    const found = this.found();
    this.at = step && found.length ? (this.at + step + found.length) % found.length : 0;
    const told = found.length ? `${this.at + 1} of ${found.length}` : "none";
    this.matches.textContent = this.text ? told : "";
    this.reveal(found[this.at]);
  }
}
