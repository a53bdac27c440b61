// Announcements beyond plain pages: the preview follows the typing, and the page of one that goes out stays fresh.
"use strict";

const form = document.getElementById("compose");
const preview = document.getElementById("preview");

if (form && preview) {
  let timer;
  let asked = 0;
  let changed = false;

  const refresh = async () => {
    const mine = ++asked;
    const body = new URLSearchParams(new FormData(form));
    const answer = await fetch(preview.dataset.from, { method: "POST", body, credentials: "same-origin", redirect: "error" });
    if (answer.ok && mine === asked) preview.innerHTML = await answer.text(); // our own page, escaped by its template
  };
  form.addEventListener("input", () => {
    changed = true;
    clearTimeout(timer);
    timer = setTimeout(() => refresh().catch(() => {}), 400); // the next letter tries again
  });
  document.getElementById("show-preview").hidden = true;

  // A choice for readers without a text is asked for only while there is none; the preview goes with the writer.
  for (const written of form.querySelectorAll(".written")) {
    const text = written.querySelector("textarea");
    const settle = () => (written.querySelector(".stand-in").hidden = Boolean(text.value.trim()));
    text.addEventListener("input", settle);
    text.addEventListener("focus", () => {
      const sight = document.getElementById(`sight-${written.dataset.language}`);
      if (sight) preview.scrollTop = sight.offsetTop - preview.offsetTop;
    });
    settle();
  }

  // Who gives an hour wants it.
  const hour = form.elements.publish_at;
  hour.addEventListener("input", () => {
    if (hour.value) form.querySelector("input[name=when][value=at]").checked = true;
  });

  form.addEventListener("submit", () => (changed = false));
  window.addEventListener("beforeunload", (event) => {
    if (changed) event.preventDefault();
  });
}

const standing = document.getElementById("standing");

if (standing?.dataset.events) {
  const stream = new EventSource(standing.dataset.events);
  stream.addEventListener("message", (event) => (standing.innerHTML = event.data));
  stream.addEventListener("outdated", () => {
    stream.close();
    location.replace(standing.dataset.page); // its state and its buttons changed, too; one that is done opens no stream
  });
  window.addEventListener("pagehide", () => stream.close());
}
