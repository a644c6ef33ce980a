// Filters, search, deep links, folding and copying. The page reads the same without it. Nothing here writes
// markup: parts are shown and hidden, and texts are set as text.
(() => {
  "use strict";
  const byId = (id) => document.getElementById(id);
  const filters = byId("filters");
  const search = byId("search");
  const selects = filters ? [...filters.querySelectorAll("select")] : [];
  const items = [...document.querySelectorAll("[data-marks]")];
  const parts = [...document.querySelectorAll("[data-part]")];
  const lists = [...document.querySelectorAll("[data-list]")];
  const texts = new Map();
  let target = "";

  // The fragment is `#cause-0123456789ab`, `#severity=breaking&search=token`, or both with an ampersand.
  function readFragment() {
    const found = { target: "", choices: new Map() };
    for (const part of location.hash.slice(1).split("&")) {
      const at = part.indexOf("=");
      try {
        if (at < 0) found.target = found.target || decodeURIComponent(part);
        else found.choices.set(part.slice(0, at), decodeURIComponent(part.slice(at + 1)));
      } catch {
        // A broken escape is no name of anything.
      }
    }
    return found;
  }

  function writeFragment() {
    const parts = target ? [encodeURIComponent(target)] : [];
    for (const select of selects) {
      // Marks are numbers of this run; a link keeps the words, which other runs have too.
      if (select.value) parts.push(`${select.name}=${encodeURIComponent(select.selectedOptions[0].text)}`);
    }
    if (search.value.trim()) parts.push(`search=${encodeURIComponent(search.value.trim())}`);
    replaceFragment(parts.length ? `#${parts.join("&")}` : location.pathname);
  }

  function replaceFragment(fragment) {
    try {
      history.replaceState(null, "", fragment);
    } catch {
      // A preview may forbid it; the filters work all the same.
    }
  }

  function textOf(item) {
    if (!texts.has(item)) texts.set(item, item.textContent.toLowerCase());
    return texts.get(item);
  }

  function apply() {
    const wanted = selects.map((select) => select.value).filter(Boolean);
    const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
    for (const item of items) {
      const marks = ` ${item.dataset.marks} `;
      item.hidden = !(
        wanted.every((mark) => marks.includes(` ${mark} `)) && words.every((word) => textOf(item).includes(word))
      );
    }
    for (const part of parts) part.hidden = !part.querySelector("[data-marks]:not([hidden])");
    const counts = {};
    for (const list of lists) {
      const own = [...list.querySelectorAll("[data-marks]")];
      const shown = own.filter((item) => !item.hidden).length;
      list.hidden = own.length > 0 && shown === 0;
      const [seen, whole] = counts[list.dataset.list] || [0, 0];
      counts[list.dataset.list] = [seen + shown, whole + own.length];
    }
    const said = Object.entries(counts).map(([what, [seen, whole]]) => `${seen} of ${whole} ${what}`);
    byId("shown").textContent = `Shown here: ${said.join(", ")}`;
  }

  function reset() {
    for (const select of selects) select.value = "";
    search.value = "";
  }

  function choose(choices) {
    reset();
    for (const select of selects) {
      const text = choices.get(select.name);
      const option = [...select.options].find((each) => each.value && each.text === text);
      if (option) select.value = option.value;
    }
    search.value = choices.get("search") || "";
  }

  function show(id) {
    let found = byId(id);
    if (!found) return;
    if (found.tagName === "SPAN") {
      // A cause's other name. A browser that has not scrolled there yet must find what can have the focus.
      found = found.closest("[data-marks]");
      replaceFragment(location.hash.replace(id, found.id));
    }
    if (filters && found.closest("[hidden]") && !found.contains(filters)) {
      reset();
      apply();
    }
    for (let each = found; each; each = each.parentElement) {
      if (each.tagName === "DETAILS") each.open = true;
    }
    if (!found.hasAttribute("tabindex")) found.tabIndex = -1;
    found.focus({ preventScroll: true });
    settle(found, 60, 3);
  }

  // What comes into view for the first time gets its real height then, and moves what stands below it. That
  // may be a frame later: the place holds when it has not moved for some frames.
  function settle(found, times, still) {
    const before = found.getBoundingClientRect().top;
    found.scrollIntoView();
    const left = found.getBoundingClientRect().top === before ? still - 1 : 3;
    if (times && left) requestAnimationFrame(() => settle(found, times - 1, left));
  }

  function follow() {
    const wanted = readFragment();
    target = wanted.target;
    if (filters && (wanted.choices.size || !target)) {
      choose(wanted.choices);
      apply();
    }
    if (target) show(target);
  }

  function changed() {
    target = "";
    apply();
    writeFragment();
  }

  function fold(open) {
    for (const each of document.querySelectorAll("main details")) {
      if (!each.closest("[hidden]")) each.open = open;
    }
  }

  function offerCopies() {
    for (const text of document.querySelectorAll("pre.paste")) {
      const button = document.createElement("button");
      const frame = document.createElement("div");
      button.type = "button";
      button.textContent = "Copy";
      frame.className = "copied";
      text.before(frame);
      frame.append(text, button);
      button.addEventListener("click", async () => {
        try {
          await navigator.clipboard.writeText(text.textContent.trim());
          button.textContent = "Copied";
        } catch {
          getSelection().selectAllChildren(text);
        }
      });
    }
  }

  if (filters) {
    filters.hidden = false;
    for (const select of selects) select.addEventListener("change", changed);
    search.addEventListener("input", changed);
    byId("reset").addEventListener("click", () => {
      reset();
      changed();
    });
  } else {
    byId("tools").hidden = false;
  }
  byId("expand").addEventListener("click", () => fold(true));
  byId("collapse").addEventListener("click", () => fold(false));
  window.addEventListener("hashchange", follow);
  offerCopies();
  if (filters) apply();
  follow();
})();
