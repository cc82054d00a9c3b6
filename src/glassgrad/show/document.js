// The button that changes between light and dark.
const themeButton = document.querySelector(".theme");
themeButton.addEventListener("click", () => {
  const page = document.documentElement;
  page.dataset.theme = getComputedStyle(page).colorScheme === "dark" ? "light" : "dark";
  page.dispatchEvent(new Event("themechange"));
});
