"use strict";
// The browser chat. What is shown and what is still to be posted lie in localStorage, so that a reload, a dead battery
// or a road without signal loses nothing; the page is drawn from there alone.
(() => {
  const KEY = "saudagar-chat";
  const KEPT = 200; // bubbles
  const PATIENCE = 25_000; // milliseconds that a reply may take before the stream is opened anew
  const LONGEST_PAUSE = 30_000; // milliseconds between two tries
  const RIGHT_TO_LEFT = ["ur", "fa"];
  const LOCALES = { ur: "ur-PK-u-nu-latn", fa: "fa-IR-u-ca-persian", en: "en-GB" };
  const RATINGS = ["👍", "👎"];

  const $ = (id) => document.getElementById(id);
  const [log, bubbles, typing, down, notice, composer, text, locate] =
    ["log", "bubbles", "typing", "down", "notice", "composer", "text", "locate"].map($);
  const words = JSON.parse($("labels").textContent);
  const page = document.documentElement;

  // ---------------------------------------------------------------- what is kept

  let state = { last: 0, language: "", log: [], queue: [] };
  let storing = true; // not in a private window or on a full disk: then this page keeps it as long as it is open
  state = read();

  function read() {
    try {
      return storing ? { ...state, ...JSON.parse(localStorage.getItem(KEY)) } : state;
    } catch {
      return state;
    }
  }

  // Another tab may have written since: read, change and write in one go, and draw what came of it.
  function change(how) {
    state = read();
    how(state);
    state.log = state.log.slice(-KEPT);
    try {
      localStorage.setItem(KEY, JSON.stringify(state));
    } catch {
      storing = false;
    }
    draw();
  }

  addEventListener("storage", ({ key }) => {
    if (key !== KEY && key !== null) return; // null: everything was cleared
    state = read();
    draw();
    if (state.language) speak(state.language);
  });

  // ---------------------------------------------------------------- the page's own words

  // A screen reader reads out what changes; what stays the same must not seem to change.
  function put(element, words) {
    if (element.textContent !== words) element.textContent = words;
  }

  function speak(language) {
    const its = words[language];
    if (!its) return;
    page.lang = language;
    page.dir = RIGHT_TO_LEFT.includes(language) ? "rtl" : "ltr";
    days = new Intl.DateTimeFormat(LOCALES[language], { dateStyle: "long" });
    hours = new Intl.DateTimeFormat(LOCALES[language], { timeStyle: "short", hourCycle: "h23" });
    document.title = its.title;
    for (const element of document.querySelectorAll("[data-text]")) put(element, its[element.dataset.text]);
    for (const element of document.querySelectorAll("[data-name]")) {
      const name = its[element.dataset.name];
      element.setAttribute("aria-label", name);
      if (element === text) text.placeholder = name;
      else if (element !== log) element.title = name;
    }
    fit();
    draw();
  }

  let days, hours; // how dates and times are written
  const dayOf = (at) => new Date(at).toDateString();
  const dayName = (at) => (dayOf(at) === dayOf(Date.now()) ? words[page.lang].today : days.format(at));

  // The script of a reader's own words decides their font; Latin letters may be of any language.
  function guessed(words) {
    if (!/[\u0600-\u06ff]/.test(words)) return "";
    if (/[ٹڈڑںےھہ]/.test(words)) return "ur";
    return RIGHT_TO_LEFT.includes(page.lang) ? page.lang : "fa";
  }

  // ---------------------------------------------------------------- drawing

  const drawn = new Map(); // key of a bubble → its element
  let following = true; // whether the reader is at the end and wants to stay there

  function draw() {
    const keys = new Set(state.log.map((item) => item.key));
    for (const [key, element] of drawn) if (!keys.has(key)) element.remove(), drawn.delete(key);
    let day = "";
    for (const item of state.log) {
      let element = drawn.get(item.key);
      if (!element) {
        element = turn(item);
        drawn.set(item.key, element);
        bubbles.append(element);
      }
      const heading = element.querySelector(".day");
      heading.hidden = dayOf(item.at) === day;
      day = dayOf(item.at);
      put(heading, dayName(item.at));
      put(element.querySelector("time"), hours.format(item.at));
      if (item.mine) mark(element, item);
      for (const chip of element.querySelectorAll("[aria-pressed]"))
        chip.setAttribute("aria-pressed", String(chip.dataset.data === item.tapped));
    }
  }

  function make(tag, properties = {}, ...children) {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  }

  function turn(item) {
    const dir = item.mine ? "auto" : item.direction;
    const lang = item.language ?? guessed(item.text);
    const bubble = make("div", { className: "bubble" });
    if (item.html) bubble.append(make("div", { className: "text", dir, lang }, safe(item.html)));
    if (item.text) bubble.append(make("div", { className: "text", dir, lang }, item.text));
    if (item.place) bubble.append(place(item.place));
    if (item.document) bubble.append(attached(item.document));
    bubble.append(make("div", { className: "meta" }, make("time"), ...(item.mine ? [make("span", { className: "mark" })] : [])));
    const element = make("article", { className: `turn fresh${item.mine ? " mine" : ""}` }, make("p", { className: "day" }), bubble);
    if (item.choices?.length) element.append(choices(item, dir, lang));
    return element;
  }

  // The server sends b, i and a alone; nothing else gets in here either, whatever lies in the storage.
  function safe(html) {
    const copy = (node) => {
      if (node.nodeType === Node.TEXT_NODE) return node.data;
      const children = [...node.childNodes].map(copy);
      if (node.localName === "b" || node.localName === "i") return make(node.localName, {}, ...children);
      if (node.localName === "a" && /^(https?|mailto|tel):/i.test(node.getAttribute("href")))
        // in the direction of its own words: "Ministry of Commerce, Pakistan" in a right-to-left line
        return make("a", { href: node.getAttribute("href"), target: "_blank", rel: "noopener noreferrer", dir: "auto" }, ...children);
      return make("span", {}, ...children);
    };
    return copy(new DOMParser().parseFromString(html, "text/html").body);
  }

  function place([latitude, longitude]) {
    const shown = [latitude, longitude].map((number) => number.toFixed(4)).join(", ");
    const card = make("div", { className: "place" }, make("span", { className: "pin" }, "📍"), make("b", { dir: "ltr", lang: "" }, shown));
    const link = make("a", { target: "_blank", rel: "noopener noreferrer" }, words[page.lang].map);
    // Android hands geo: to the map app that its owner likes; elsewhere such a link leads nowhere.
    link.href = /Android/.test(navigator.userAgent)
      ? `geo:${latitude},${longitude}?q=${latitude},${longitude}`
      : `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=12/${latitude}/${longitude}`;
    link.dataset.text = "map";
    card.append(link);
    return card;
  }

  // The file came with the message and lies in the storage: it opens without a network, too.
  function attached({ name, media_type, content }) {
    const card = make("div", { className: "place" }, make("span", { className: "pin" }, "📎"), make("b", { dir: "ltr", lang: "" }, name));
    const link = make("a", { href: "#", download: name }, words[page.lang].document);
    link.addEventListener("click", () => {
      link.href = URL.createObjectURL(new Blob([content], { type: `${media_type};charset=utf-8` }));
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // some browsers read it only after a question
    });
    link.dataset.text = "document";
    card.append(link);
    return card;
  }

  function choices(item, dir, lang) {
    const rows = item.choices.map((row) => {
      const chips = row.map(({ label, data }) => {
        const chip = make("button", { type: "button", className: "chip" }, label);
        chip.dataset.data = data;
        if (RATINGS.includes(label)) chip.setAttribute("aria-pressed", "false");
        chip.addEventListener("click", () => tap(item, label, data));
        return chip;
      });
      return make("div", { className: "row" }, ...chips);
    });
    return make("div", { className: "choices", dir, lang }, ...rows);
  }

  // How far a reader's own message got.
  function mark(element, { state: how }) {
    if (element.dataset.state === how) return;
    element.dataset.state = how;
    element.querySelector(".trouble")?.remove();
    const label = { late: "not_sent", too_long: "too_long" }[how];
    if (!label) return;
    const trouble = make("p", { className: "trouble" }, words[page.lang][label]);
    trouble.dataset.text = label;
    element.append(trouble);
  }

  // ---------------------------------------------------------------- scrolling

  const atEnd = () => log.scrollHeight - log.scrollTop - log.clientHeight < 48;

  function toEnd() {
    log.scrollTop = log.scrollHeight;
    following = true;
  }

  // A long answer is read from its top: the question stays in view above it, and the reader goes down by himself.
  function reveal(element) {
    if (!following) return down.classList.add("news");
    toEnd();
    const question = element.previousElementSibling;
    const top = question?.matches(".mine") && question.offsetHeight < log.clientHeight / 3 ? question : element;
    const above = top.getBoundingClientRect().top - log.getBoundingClientRect().top - 8;
    if (above < 0) {
      log.scrollTop += above;
      following = false;
    }
  }

  log.addEventListener("scroll", () => {
    following = atEnd();
    down.hidden = following;
    if (following) down.classList.remove("news");
  }, { passive: true });

  down.addEventListener("click", () => {
    log.scrollTop = Math.max(log.scrollTop, log.scrollHeight - 2 * log.clientHeight); // only the last screen is glided
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    log.scrollTo({ top: log.scrollHeight, behavior: still ? "instant" : "smooth" });
  });

  // The keyboard of a phone opens, the composer grows: the end stays in view.
  const sizes = new ResizeObserver(() => following && toEnd());
  sizes.observe(log);
  sizes.observe(bubbles);

  // ---------------------------------------------------------------- posting

  const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  const newId = () => Array.from(crypto.getRandomValues(new Uint32Array(10)), (number) => ALPHABET[number % 62]).join("");
  const pause = (tries) => Math.min(LONGEST_PAUSE, 1000 * 2 ** tries) * (0.75 + Math.random() / 2);

  let awaited = 0; // replies
  let impatience, retrial;
  let posting = false;
  let tries = 0;

  function awaiting(difference) {
    awaited = Math.max(0, awaited + difference);
    typing.hidden = !awaited;
    if (awaited && following) toEnd();
    clearTimeout(impatience);
    // a stream can die without a word; one that is opened anew brings what was missed
    if (awaited) impatience = setTimeout(() => (awaiting(-awaited), connect()), PATIENCE);
  }

  // Queue what is to be posted; `bubble` is how it is shown, nothing for what is posted silently.
  function say(content, bubble) {
    const id = newId();
    change((state) => {
      state.queue.push({ id, ...content, language: navigator.language.slice(0, 35) });
      if (bubble) state.log.push({ key: id, mine: true, at: Date.now(), state: "waiting", ...bubble });
    });
    toEnd();
    post();
  }

  // One after the other, so that the order holds. The id stays the same: a message that arrived twice counts once.
  async function post() {
    if (posting || !state.queue.length || !navigator.onLine) return;
    posting = true;
    clearTimeout(retrial);
    try {
      while (state.queue.length && navigator.onLine) {
        const message = state.queue[0];
        awaiting(+1);
        const status = await posted(message);
        if (status === 202) settle(message, "sent");
        else awaiting(-1);
        if (status === 413) settle(message, "too_long"), giveBack(message.text);
        else if (status === 415 || status === 422) settle(message, "refused"); // trying again would change nothing
        else if (status === 401 && reloaded()) return;
        else if (status !== 202) {
          change((state) => state.log.filter(({ key }) => key === message.id).forEach((item) => (item.state = "late")));
          retrial = setTimeout(post, pause(tries++));
          return;
        }
        tries = 0;
      }
    } finally {
      posting = false;
    }
  }

  async function posted(message) {
    try {
      const response = await fetch("/chat/messages", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(message),
        signal: AbortSignal.timeout?.(20_000),
      });
      return response.status;
    } catch {
      return 0;
    }
  }

  function settle(message, how) {
    if (how === "sent") sessionStorage.removeItem(KEY);
    change((state) => {
      state.queue = state.queue.filter(({ id }) => id !== message.id);
      const at = state.log.findIndex(({ key }) => key === message.id);
      if (at >= 0) state.log[at].state = how;
      // he wanted nothing kept of him: this device forgets what was said before, too
      if (how === "sent" && message.data?.startsWith("settle:forget:") && at >= 0) state.log.splice(0, at);
    });
  }

  // Into the composer, to be shortened there.
  function giveBack(tooLong) {
    text.value ||= tooLong;
    fit();
  }

  // Without a session only the page can set the cookie; once, lest a browser without cookies reloads for ever.
  function reloaded() {
    if (sessionStorage.getItem(KEY)) return false;
    sessionStorage.setItem(KEY, "reloaded");
    location.reload();
    return true;
  }

  // ---------------------------------------------------------------- replies

  let stream, reconnecting;
  let misses = 0;

  function connect() {
    clearTimeout(reconnecting);
    stream?.close();
    const opened = (stream = new EventSource(`/chat/events?after=${state.last}`));
    show(navigator.onLine ? "connecting" : "offline");
    opened.onopen = () => {
      misses = 0;
      show("open");
      post();
    };
    opened.onmessage = ({ data }) => receive(JSON.parse(data));
    opened.onerror = () => {
      show(navigator.onLine && misses < 2 ? "connecting" : "offline");
      // the browser would try again by itself, but at one pace, and not at all after an error page
      opened.close();
      clearTimeout(reconnecting);
      reconnecting = setTimeout(connect, pause(misses++));
    };
  }

  function receive({ id, ...message }) {
    if (id <= read().last) return void draw(); // already here, perhaps by another tab
    awaiting(-1);
    change((state) => {
      state.last = id;
      state.language = message.language;
      state.log.push({ key: `reply-${id}`, at: Date.now(), ...message });
    });
    if (message.language !== page.lang) speak(message.language);
    reveal(drawn.get(`reply-${id}`));
  }

  let telling; // the connection is told of only when it takes long: most reconnections are over at once
  function show(connection) {
    clearTimeout(telling);
    telling = setTimeout(() => {
      document.body.dataset.connection = connection;
      const subtitle = $("subtitle");
      subtitle.dataset.text = connection === "open" ? "subtitle" : "connecting";
      put(subtitle, words[page.lang][subtitle.dataset.text]);
      if (connection === "offline") tell("offline");
      else if (notice.dataset.text === "offline") tell(null);
    }, connection === "connecting" ? 800 : 0);
  }

  function tell(label) {
    notice.hidden = !label;
    if (!label) return void delete notice.dataset.text;
    notice.dataset.text = label;
    put(notice, words[page.lang][label]);
  }

  addEventListener("online", () => (connect(), post()));
  addEventListener("offline", () => show("offline"));
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState === "visible" && stream?.readyState !== EventSource.OPEN) connect();
  });

  // ---------------------------------------------------------------- the reader's hand

  let lastTap = "";
  function tap(item, label, data) {
    if (lastTap === data) return; // a finger that trembles
    lastTap = data;
    setTimeout(() => (lastTap = ""), 700);
    if (RATINGS.includes(label)) change((state) => (state.log.find(({ key }) => key === item.key).tapped = data));
    say({ data }, { text: label, language: item.language });
  }

  function fit() {
    // an empty field shows its placeholder in the page's direction, a filled one its text in the text's own
    text.dir = text.value ? "auto" : page.dir;
    text.lang = text.value ? guessed(text.value) : page.lang;
    text.style.blockSize = "auto";
    text.style.blockSize = `${text.scrollHeight + 2}px`; // and its border
  }

  composer.addEventListener("submit", (event) => {
    event.preventDefault();
    const written = text.value.trim();
    text.focus();
    if (!written) return;
    text.value = "";
    fit();
    tell(navigator.onLine ? null : "offline");
    say({ text: written }, { text: written });
  });
  text.addEventListener("input", fit);
  text.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
    event.preventDefault();
    composer.requestSubmit();
  });

  locate.addEventListener("click", () => {
    const refused = () => (locate.removeAttribute("aria-busy"), tell("location_refused"));
    if (!navigator.geolocation) return refused();
    locate.setAttribute("aria-busy", "true");
    navigator.geolocation.getCurrentPosition(({ coords }) => {
      locate.removeAttribute("aria-busy");
      tell(null);
      // to some hundred metres: enough for the nearest crossing, and no more than that is asked of him
      const [latitude, longitude] = [coords.latitude, coords.longitude].map((number) => Math.round(number * 1000) / 1000);
      say({ latitude, longitude }, { place: [latitude, longitude], language: page.lang });
    }, refused, { timeout: 15_000, maximumAge: 300_000 });
  });

  $("language").addEventListener("click", () => say({ data: "settle:languages" }));

  // ---------------------------------------------------------------- begin

  composer.hidden = false;
  speak(state.language || page.lang);
  for (const element of drawn.values()) element.classList.remove("fresh");
  toEnd();
  requestAnimationFrame(() => log.setAttribute("aria-live", "polite")); // what was there is not read out again
  if (matchMedia("(hover: hover)").matches) text.focus(); // not on a phone: its keyboard would cover the welcome
  connect();
  if (!state.last && !state.log.length && !state.queue.length) say({ text: "/start" });
  else post();
})();
