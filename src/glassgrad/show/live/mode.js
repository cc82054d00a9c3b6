// Light or dark: as a notebook around the page says, or as the system is, until the reader chooses.

class Mode {
  constructor({ style }) {
    this.style = style;
    const { jpThemeLight, vscodeThemeKind } = document.body.dataset;
    const around = vscodeThemeKind ?? { true: "light", false: "dark" }[jpThemeLight];
    if (around && style.colorScheme === "light dark") this.choose(!around.includes("light"));
  }

  choose(dark) {
    this.style.colorScheme = dark ? "dark" : "light";
  }

  turn() {
    const system = matchMedia("(prefers-color-scheme: dark)").matches;
    const { colorScheme: now } = this.style;
    this.choose(!(now === "dark" || (now !== "light" && system)));
  }
}
