"use strict";
// Councils side by side. The figures, already in words, stand in the page; the choice stands in its address.
(() => {
  const holder = document.getElementById("data");
  const input = document.getElementById("find");
  const list = document.getElementById("found");
  const said = document.getElementById("said");
  const side = document.querySelector(".side");
  const table = document.getElementById("side");
  if (!holder || !input || !list || !said || !side || !table) return;
  const data = JSON.parse(holder.textContent);
  const byCode = new Map(data.councils.map((one) => [one.code, one]));
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f'’.]/g, "").replace(/-/g, " ").toLowerCase();
  const words = new Intl.Collator("en-GB");
  const byName = data.councils.slice().sort((a, b) => words.compare(a.name, b.name));
  const texts = new Map(byName.map((one) => [one, plain([one.name, one.kind, one.region, one.code].join(" "))]));
  let chosen = [];
  let offered = [];
  let at = -1;

  // A figure and its unit stay on one line.
  const kept = (text) => (typeof text === "string" ? text.replace(/(\d) (%|years?\b|times\b)/g, "$1\u00a0$2") : text);

  function element(name, text, settings) {
    const made = Object.assign(document.createElement(name), settings);
    if (text) made.append(kept(text));
    return made;
  }

  // The choice.
  const room = () => chosen.length < data.most;

  function tell(before) {
    const count = chosen.length ? chosen.length + " of at most " + data.most + " councils chosen." : "No council is chosen yet.";
    said.textContent = (before ? before + " " : "") + count + (room() ? "" : " Remove one to add another.");
  }

  function choose(codes, before) {
    chosen = codes;
    show();
    tell(before);
    remember();
  }

  function remember() {
    const mark = chosen.length ? "#" + chosen.map((one) => one.code).join(",") : "";
    if (mark === location.hash) return;
    try {
      history.replaceState(null, "", mark || location.pathname + location.search);
    } catch { location.hash = mark; /* a page opened as a file may not replace its address */ }
  }

  function fromAddress() {
    const asked = [...new Set(location.hash.slice(1).split(",").map((code) => code.trim().toUpperCase()))];
    const codes = asked.filter((code) => /^E\d{8}$/.test(code));
    if (!codes.length && chosen.length && location.hash) { remember(); return; } // a place on the page, no choice
    const known = codes.filter((code) => byCode.has(code));
    const strange = codes.filter((code) => !byCode.has(code));
    const before = (strange.length ? "Not on this list: " + strange.join(", ") + "." : "") +
      (known.length > data.most ? " Only the first " + data.most + " are shown." : "");
    choose(known.slice(0, data.most).map((code) => byCode.get(code)), before.trim());
  }

  // The field: a combobox with a list of what fits.
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
    at = -1;
  }

  function mark(to) {
    at = to;
    Array.from(list.children).forEach((item, i) => item.setAttribute("aria-selected", String(i === at)));
    if (at < 0) { input.removeAttribute("aria-activedescendant"); return; }
    input.setAttribute("aria-activedescendant", list.children[at].id);
    list.children[at].scrollIntoView({ block: "nearest" });
  }

  function offer() {
    const wanted = plain(input.value).split(/\s+/).filter(Boolean);
    if (!wanted.length) { close(); tell(); return; }
    const fits = byName.filter((one) => !chosen.includes(one) && wanted.every((word) => texts.get(one).includes(word)));
    // Those whose name begins so come first.
    const first = (one) => (plain(one.name).startsWith(wanted.join(" ")) ? 0 : 1);
    offered = fits.sort((a, b) => first(a) - first(b)).slice(0, 50);
    list.replaceChildren(...offered.map((one, i) => {
      const item = element("li", one.name + " ", { id: "found-" + i });
      item.setAttribute("role", "option");
      item.append(element("span", one.kind + ", " + one.region));
      item.addEventListener("pointerdown", (event) => event.preventDefault()); // the field keeps the focus
      item.addEventListener("click", () => add(one));
      return item;
    }));
    list.hidden = !offered.length;
    input.setAttribute("aria-expanded", String(offered.length > 0));
    mark(offered.length ? 0 : -1);
    said.textContent = offered.length ? fits.length + (fits.length === 1 ? " council fits." : " councils fit.") : "No council fits.";
  }

  function add(one) {
    if (!room()) { tell(); return; }
    input.value = "";
    close();
    choose([...chosen, one], one.name + " added.");
  }

  function remove(one) {
    const place = chosen.indexOf(one);
    choose(chosen.filter((other) => other !== one), one.name + " removed.");
    const buttons = document.querySelectorAll(".chosen button");
    (buttons[Math.min(place, buttons.length - 1)] || input).focus();
  }

  input.addEventListener("input", offer);
  input.addEventListener("blur", close);
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!open) { offer(); return; }
      mark((at + (event.key === "ArrowDown" ? 1 : -1) + offered.length) % offered.length);
    } else if (event.key === "Enter") {
      event.preventDefault();
      if (open && at >= 0) add(offered[at]);
    } else if (event.key === "Escape") {
      if (open) close();
      else input.value = "";
    }
  });

  // The table.
  function row(label, note, cells) {
    const made = element("tr");
    const head = element("th", label, { scope: "row" });
    if (note) head.append(element("small", note));
    made.append(head, ...chosen.map((one, i) => {
      const cell = element("td");
      cell.append(...[cells(one, i)].flat());
      return cell;
    }));
    return made;
  }

  function group(text) {
    const made = element("tr", "", { className: "group" });
    const head = element("th", "", { scope: "colgroup", colSpan: chosen.length + 1 });
    head.append(element("span", text));
    made.append(head);
    return made;
  }

  function head() {
    const made = element("tr");
    made.append(element("td"), ...chosen.map((one) => {
      const cell = element("th", one.href ? element("a", one.name, { href: one.href }) : one.name, { scope: "col" });
      cell.append(element("small", one.kind + ", " + one.region));
      return cell;
    }));
    return made;
  }

  function signed(value) {
    const size = Math.abs(value).toFixed(1);
    return Number(size) === 0 ? size : (value < 0 ? "−" : "+") + size;
  }

  function bar(value) {
    if (value === null) return "no figure";
    const box = element("span", "", { className: "spread" });
    box.setAttribute("aria-hidden", "true");
    const piece = element("i", "", { className: value < 0 ? "better" : "worse" });
    const width = 50 * Math.min(Math.abs(value) / data.cut, 1);
    piece.style.left = (value < 0 ? 50 - width : 50) + "%";
    piece.style.width = width + "%";
    box.append(piece);
    return [box, signed(value)];
  }

  function figure(one, i) {
    const own = one.figures[i];
    const median = data.classes[one.class].medians[i];
    if (own === null) return element("small", "not asked of " + data.classes[one.class].plural);
    const middle = median === null ? [] : [element("small", "class median " + median)];
    if (!own.length) return ["no figure", ...middle];
    return [element("b", own[0]), element("small", data.years[own[1]] + ", " + data.kinds[own[2]]), ...middle];
  }

  function show() {
    document.querySelector(".chosen").replaceChildren(...chosen.map((one) => {
      const button = element("button", one.name + " ", { type: "button" });
      button.setAttribute("aria-label", "Remove " + one.name);
      button.append(element("span", "×"));
      button.addEventListener("click", () => remove(one));
      const item = element("li");
      item.append(button);
      return item;
    }));
    side.hidden = !chosen.length;
    document.querySelector(".key").hidden = !chosen.length;
    document.querySelector(".starts").hidden = chosen.length > 0;
    if (!chosen.length) return;
    const top = element("thead");
    top.append(head());
    const body = element("tbody");
    const none = (one) => element("small", one.status);
    const figures = (family) => data.indicators.map((one, i) => [one, i]).filter(([one]) => one.family === family)
      .map(([one, i]) => row(one.label, "", (council) => figure(council, i)));
    body.append(
      group("Where it stands"),
      row("Rank", "of " + data.of + " councils without an event", (one) => one.rank === null ? none(one) : element("b", String(one.rank))),
      row("Rank by plain reserves", "usable reserves over net revenue expenditure, lowest first",
        (one) => one.reserves === null ? "–" : element("b", String(one.reserves))),
      row("Band, and what followed", "", (one) => one.band === null ? "–" : [
        element("span", data.bands[one.band][0], { className: "band band-" + data.bands[one.band][0].replace(/[^a-z0-9]+/g, "-") }),
        element("small", data.bands[one.band][1])]),
    );
    data.families.forEach((family, i) => {
      body.append(
        group(family.label + ": " + family.asks),
        row("The family", "in spreads, + is worse", (one) => one.spreads === null ? element("small", "not scored") : bar(one.spreads[i])),
        ...figures(i),
      );
    });
    body.append(group("Not in the score"), ...figures(null));
    table.tHead?.remove();
    Array.from(table.tBodies).forEach((one) => one.remove());
    table.append(top, body);
  }

  document.getElementById("plain").remove();
  document.querySelector(".choose").hidden = false;
  window.addEventListener("hashchange", fromAddress);
  fromAddress();
})();
