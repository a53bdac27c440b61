// The page of a lead stays fresh: the server tells that something happened, and the timeline is fetched again.
"use strict";

const talk = document.getElementById("talk");
const shown = () => document.getElementById("timeline");

// Forms say what their writer has seen, so that the server can tell him of what came meanwhile.
const noteSeen = () => {
  for (const field of document.querySelectorAll("input[name=seen]")) field.value = shown().dataset.last;
};

const refresh = async () => {
  const answer = await fetch(talk.dataset.timeline, { credentials: "same-origin", redirect: "error" });
  if (!answer.ok) return;
  const before = shown().dataset;
  talk.innerHTML = await answer.text(); // our own page, escaped by its template
  const now = shown().dataset;
  noteSeen();
  if (Number(now.heard) > Number(before.heard)) {
    const heard = document.getElementById("heard");
    heard.textContent = "";
    setTimeout(() => (heard.textContent = heard.dataset.said), 100); // said again where it was said before
  }
  if (now.state !== before.state) document.getElementById("changed").hidden = false;
};

if (talk) {
  const stream = new EventSource(talk.dataset.events);
  stream.addEventListener("message", (event) => {
    if (event.data !== shown().dataset.pulse) refresh().catch(() => {}); // the next message tries again
  });
  window.addEventListener("pagehide", () => stream.close());
  const print = document.getElementById("print");
  print.hidden = false;
  print.addEventListener("click", () => window.print());
}
