// A line that is chosen shows its scalars: beside the lines where there is room, else below.
const lines = [...document.querySelectorAll(".line")];
const main = document.querySelector("main");

const panelOf = (line) => document.getElementById(line.getAttribute("aria-controls"));

/** Put the panel beside its line, but within the page. */
const placed = (line) => {
  const panel = panelOf(line);
  panel.style.top = "";
  if (getComputedStyle(panel).position !== "absolute") return;
  const top = line.getBoundingClientRect().top - main.getBoundingClientRect().top;
  const first = lines[0].getBoundingClientRect().top - main.getBoundingClientRect().top;
  const lowest = main.scrollHeight - panel.offsetHeight - 24;
  panel.style.top = `${Math.max(first, Math.min(top, lowest))}px`;
};

const choose = (chosen) => {
  for (const line of lines) {
    const on = line === chosen;
    line.setAttribute("aria-expanded", on);
    panelOf(line).hidden = !on;
  }
  if (chosen) placed(chosen);
};

for (const line of lines) {
  line.addEventListener("click", () => {
    const beside = getComputedStyle(panelOf(line)).position === "absolute";
    choose(!beside && line.getAttribute("aria-expanded") === "true" ? null : line);
  });
}

for (const cell of document.querySelectorAll(".cell")) {
  const show = () => {
    const panel = cell.closest(".scalars");
    for (const other of panel.querySelectorAll(".cell")) other.classList.toggle("on", other === cell);
    for (const sample of panel.querySelectorAll(".sample")) {
      sample.hidden = sample.dataset.sample !== cell.dataset.sample;
    }
  };
  cell.addEventListener("click", show);
  cell.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" && event.key !== " ") return;
    event.preventDefault();
    show();
  });
}

addEventListener("resize", () => {
  const chosen = lines.find((line) => line.getAttribute("aria-expanded") === "true");
  if (chosen) placed(chosen);
});
choose(lines[0] ?? null);
