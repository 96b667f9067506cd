<#
What a page does besides preview.js, where there are several: the card that it was opened for is looked up, and a link
leads back to the page that lists them all.

Variables: none. Don't write two less-than signs in a row: they begin a variable.
#>
(() => {
const back = document.createElement("a");
back.href = "../index.html";
back.style.color = "inherit";
back.textContent = "All cards";
document.querySelector("h1").after(back);

function look() {
  const card = decodeURIComponent(location.hash.slice(1));
  if (!card) return;
  const query = document.getElementById("query");
  query.value = card;
  query.dispatchEvent(new Event("input", {bubbles: true}));
}
addEventListener("hashchange", look);
look();
})();
