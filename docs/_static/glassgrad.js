// Answers are checked, and drawings in frames follow the page's light or dark.
(() => {
  "use strict";

  /** Read a number as `glassgrad.learn.answers` does: 0.25, 1/4, -3, 1e-3, a comma for the point. */
  const numberOf = (text) => {
    const parts = text.replaceAll("−", "-").replaceAll(",", ".").replace(/\s/g, "").split("/");
    const numbers = parts.map((part) => (part === "" ? NaN : Number(part)));
    return numbers.length > 2 ? NaN : numbers.reduce((top, bottom) => top / bottom);
  };

  const isClose = (given, answer, relative, absolute) => Math.abs(given - answer)
    <= Math.max(relative * Math.max(Math.abs(given), Math.abs(answer)), absolute);

  const verdict = (given, { choice, number, relative, absolute }) => {
    if (!given) return ["", "First an answer."];
    if (choice !== undefined) return given === choice ? ["right", "Right."] : ["", "Not this one."];
    const read = numberOf(given);
    if (!Number.isFinite(read)) return ["", "Write a number: 0.25, 1/4, -3 or 1e-3."];
    const right = isClose(read, Number(number), Number(relative), Number(absolute));
    return right ? ["right", "Right."] : ["", "Not yet. The hint may help."];
  };

  for (const form of document.querySelectorAll("form.check")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const given = (new FormData(form).get("answer") ?? "").trim();
      const output = form.querySelector("output");
      [output.className, output.textContent] = verdict(given, form.dataset);
    });
  }

  const follow = (frame) => {
    const { colorScheme } = getComputedStyle(document.body);
    const root = frame.contentDocument?.documentElement;
    if (!root) return;
    root.dataset.theme = colorScheme;
    for (const drawing of root.querySelectorAll(".glassgrad")) drawing.style.colorScheme = colorScheme;
  };
  const frames = document.querySelectorAll("iframe[srcdoc]");
  const all = () => frames.forEach(follow);
  frames.forEach((frame) => frame.addEventListener("load", () => follow(frame)));
  new MutationObserver(all).observe(document.body, { attributeFilter: ["data-theme"] });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", all);
  all();
})();
