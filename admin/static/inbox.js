// The inbox beyond a plain page: it tells what is new and never reorders under the reader's hands; keys move in it.
"use strict";

const news = document.getElementById("news");
const list = document.getElementById("list");
const rows = list ? [...list.querySelectorAll("tbody tr")] : [];
const keys = document.getElementById("keys");
const search = document.getElementById("search");
const title = document.title;

// What is new: said in a bar above the list, in words of the server.
const events = new EventSource(news.dataset.events);
events.addEventListener("message", (event) => {
  const told = JSON.parse(event.data);
  document.title = told.title + title;
  news.replaceChildren();
  if (!told.text) return;
  const link = document.createElement("a");
  link.className = "note news";
  link.href = news.dataset.show;
  link.textContent = told.text;
  news.append(link);
});
window.addEventListener("pagehide", () => events.close());

// One lead has the keyboard at a time.
for (const row of rows) row.tabIndex = -1;
const current = () => rows.indexOf(document.activeElement?.closest("#list tbody tr"));
const go = (place) => {
  const row = rows[Math.max(0, Math.min(place, rows.length - 1))];
  row?.focus({ preventScroll: true });
  row?.scrollIntoView({ block: "nearest" });
};
const press = (selector) => rows[current()]?.querySelector(selector)?.click();

const KEYS = {
  j: () => go(current() + 1),
  ArrowDown: () => go(current() + 1),
  k: () => go(current() - 1),
  ArrowUp: () => go(current() - 1),
  x: () => press("input[name=lead]"),
  t: () => press("button[name=take]"),
  "/": () => search.focus(),
  "?": () => keys.showModal(),
};

document.addEventListener("keydown", (event) => {
  const at = event.target;
  if (event.ctrlKey || event.metaKey || event.altKey || keys.open) return;
  const ticking = at.matches("input[type=checkbox]");
  if (!ticking && at.matches("input, select, textarea, [contenteditable]")) return;
  if (event.key === "Enter") {
    // on a link or a button Enter does what it always does
    if (current() < 0 || at.matches("a, button, summary")) return;
    event.preventDefault();
    press("th a");
    return;
  }
  const act = KEYS[event.key];
  if (!act || (!rows.length && act !== KEYS["/"] && act !== KEYS["?"])) return;
  event.preventDefault();
  act();
});

const showKeys = document.getElementById("show-keys");
showKeys.hidden = false;
showKeys.addEventListener("click", () => keys.showModal());

// All on this page at once.
const all = document.getElementById("tick-all");
if (all) {
  all.hidden = false;
  all.firstElementChild.addEventListener("change", (event) => {
    for (const box of list.querySelectorAll("input[name=lead]")) box.checked = event.target.checked;
  });
}
