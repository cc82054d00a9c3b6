// The button that changes between light and dark.
const themeButton = document.querySelector(".theme");
themeButton.addEventListener("click", () => {
  const page = document.documentElement;
  page.dataset.theme = getComputedStyle(page).colorScheme === "dark" ? "light" : "dark";
  page.dispatchEvent(new Event("themechange"));
});

/** Read bytes that Python wrote as text. */
const unpacked = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
