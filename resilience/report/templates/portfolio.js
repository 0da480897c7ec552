"use strict";
// Choose councils and count what analysis/portfolio.py counts, by the same steps, so that both say the same.
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const by = (id) => document.getElementById(id);
  const councils = data.councils;
  const coded = new Map(councils.map((one) => [one.code, one]));
  const chosen = new Set();
  const ticks = new Map();
  const costs = { call: by("p-call"), miss: by("p-miss") };
  const usual = { call: costs.call.value, miss: costs.miss.value };
  const plural = (n, one, many) => n + " " + (n === 1 ? one : many);
  const listed = (parts) => parts.length < 2 ? parts.join("") : parts.slice(0, -1).join(", ") + " and " + parts.at(-1);

  // Names, as resilience.councils.resolve reads them.
  const plain = (text) => text.normalize("NFKD").replace(/[^\x00-\x7f]/g, "").toLowerCase().replace(/&/g, " and ")
    .replace(/[.'`]/g, "").replace(/[^a-z0-9]+/g, " ").trim().replace(/^saint /, "st ");
  const forms = data.forms.map(([rule, kinds]) => [new RegExp(rule), kinds]);
  const strip = (name) => {
    const kinds = [];
    for (let changed = true; changed;) {
      changed = false;
      for (const [rule, kind] of forms) {
        const shorter = name.replace(rule, "");
        if (!shorter || shorter === name) continue;
        [name, changed] = [shorter, true];
        if (kind.length) kinds.push(kind);
      }
    }
    return [name.replace(/^county /, ""), kinds];
  };
  const codes = new Map(), exact = new Map(), loose = new Map(), kindsOf = new Map();
  const put = (map, key, code) => { map.set(key, (map.get(key) || new Set()).add(code)); };
  for (const [code, kinds, every, names] of data.names) {
    kindsOf.set(code, kinds);
    every.slice(1).forEach((other) => codes.set(other, code));
    for (const name of names) {
      put(exact, name, code);
      const [stripped] = strip(name);
      if (stripped !== "london") put(loose, stripped, code); // the City of London is not London
    }
  }
  data.names.forEach(([code]) => codes.set(code, code));

  function resolve(text) {
    const code = codes.get(text.trim().toUpperCase());
    if (code) return [code];
    const key = plain(text);
    let found = [...(exact.get(key) || [])];
    if (!found.length && key) {
      const [stripped, kinds] = strip(key);
      const fits = (one) => kinds.every((kind) => kind.some((name) => kindsOf.get(one).includes(name)));
      found = [...(loose.get(stripped) || [])].filter(fits);
    }
    const living = found.filter((one) => coded.has(one));
    return found.length > 1 && living.length ? living : found;
  }

  // Names may hold a comma ("Bristol, City of"): two parts that are one council together are one.
  function pieces(text) {
    const found = [];
    for (const line of text.split(/[\n\r;\t]+/)) {
      const parts = /^\s*[A-Z]\d{4,8}([\s,]+[A-Z]\d{4,8})+\s*$/i.test(line) ? line.trim().split(/[\s,]+/) : line.split(",");
      for (let i = 0; i < parts.length; i += 1) {
        const both = i + 1 < parts.length ? parts[i] + "," + parts[i + 1] : "";
        const one = both && resolve(both).length === 1 ? both : parts[i];
        if (one === both) i += 1;
        if (plain(one)) found.push(one.trim());
      }
    }
    return found;
  }

  function take(text) {
    const wrong = [];
    let taken = 0;
    for (const piece of pieces(text)) {
      const found = resolve(piece);
      if (found.length === 1 && coded.has(found[0])) { chosen.add(found[0]); taken += 1; }
      else wrong.push("“" + piece + "” (" + (found.length > 1
        ? "fits " + listed(found.map((code) => coded.has(code) ? coded.get(code).name + ", " + code : data.called[code])) + "; give the code"
        : found.length ? "not in being on the day of the list" : "no council known by this name or code") + ")");
    }
    by("pasted").textContent = taken || wrong.length
      ? plural(taken, "council", "councils") + " ticked." + (wrong.length ? " Left out: " + wrong.join("; ") + "." : "")
      : "Nothing to tick: put names or codes in the box first.";
  }

  // The counting.
  function range(chances) {
    let found = [1];
    for (const p of chances) {
      const next = found.map((x) => x * (1 - p));
      next.push(0);
      found.forEach((x, k) => { next[k + 1] += x * p; });
      found = next;
    }
    return data.ends.map((end) => {
      let sum = 0;
      for (let k = 0; k < found.length - 1; k += 1) {
        sum += found[k];
        if (sum >= end) return k;
      }
      return found.length - 1;
    });
  }
  const expected = (x, most = Infinity) => x > most ? "over " + expected(most) : x === 0 ? "0"
    : x < 0.05 ? "under 0.1" : x.toFixed(x >= 9.95 ? 0 : 1);
  const chance = (one, pace) => 1 / (1 + Math.exp(-(one.at + pace.shift)));
  const add = (numbers) => numbers.reduce((sum, x) => sum + x, 0);
  const told = data.bands.every((share) => share);

  function amounts() {
    const [call, miss] = [costs.call, costs.miss].map((one) => one.value.trim() === "" ? NaN : Number(one.value));
    return call > 0 && miss > 0 && Number.isFinite(call / miss) ? [call, miss] : null;
  }

  function link(one) {
    const found = document.createElement(one.href ? "a" : "span");
    if (one.href) found.href = one.href;
    found.textContent = one.name;
    return found;
  }

  function countPaces(ranked) {
    const all = data.paces.map((pace) => {
      const chances = ranked.map((one) => chance(one, pace));
      const said = expected(add(chances), data.cap * ranked.length);
      const [low, high] = range(chances);
      const cells = document.querySelector(`[data-pace=${pace.name}]`).cells;
      cells[2].textContent = said;
      cells[3].textContent = low + "–" + high;
      return { said, low, high };
    });
    const ends = Math.min(...all.map((one) => one.low)) + "–" + Math.max(...all.map((one) => one.high));
    by("widest").textContent = all.length ? ends : "";
    if (by("by-record")) by("by-record").textContent = told ? expected(add(ranked.map((one) => data.bands[one.band][0]))) : "–";
    const from = all.length ? all[0].said : "", to = all.length ? all.at(-1).said : "";
    document.querySelector("[data-fact=expected]").replaceChildren(from === to ? from : from + " to " + to,
      small("on average, from a quiet to a busy time; ranges " + ends));
  }

  function small(text) {
    const found = document.createElement("small");
    found.textContent = text;
    return found;
  }

  // Names as far as they help: a dozen.
  function some(own) {
    const names = own.map((one) => one.name), shown = names.length > 13 ? 12 : names.length;
    return names.slice(0, shown).join(", ") + (shown < names.length ? " and " + (names.length - shown) + " more" : "");
  }

  function countBands(ranked) {
    Array.from(by("held").tBodies[0].rows).forEach((row, band) => {
      const held = ranked.filter((one) => one.band === band);
      row.querySelector(".why").textContent = some(held);
      row.cells[1].textContent = held.length;
      row.cells[4].textContent = data.bands[band] ? expected(held.length * data.bands[band][0]) : "–";
    });
  }

  function countCalls(ranked) {
    const given = amounts();
    const fact = document.querySelector("[data-fact=calls]");
    by("calls").replaceChildren();
    by("doubt").textContent = "";
    [costs.call, costs.miss].forEach((one) => one.setAttribute("aria-invalid", given ? "false" : "true"));
    if (!given) {
      by("ring").textContent = "Give both costs as amounts above zero.";
      fact.replaceChildren("–");
      return;
    }
    const [call, miss] = given;
    const pays = (share) => share * miss > call;
    const one_in = Number((miss / call).toPrecision(3));
    const byPace = data.paces.map((pace) => [pace.name, ranked.filter((one) => pays(Math.min(chance(one, pace), data.cap))).length]);
    const each = byPace.map(([name, n]) => n + " in a " + name + " time");
    const capped = data.cap < 1 ? ", none counted above " + data.cap * 10 + " in 10," : "";
    const model = each.length ? "By the model's own figures" + capped + " it would be " + listed(each) + "." : "";
    if (!told) {
      by("ring").textContent = "No past list's record is available to judge by.";
      by("doubt").textContent = model;
      fact.replaceChildren("–");
      return;
    }
    const [list, fewest, most] = [0, 1, 2].map((end) => ranked.filter((one) => pays(data.bands[one.band][end])));
    fact.replaceChildren(plural(list.length, "council", "councils"), small("of " + ranked.length + ", at your costs below"));
    by("ring").textContent = one_in < 1 ? "A call costs you more than a miss: ring nobody." :
      "A call pays where more than 1 in " + one_in + " such councils had a first event: ring " +
      (list.length ? plural(list.length, "council", "councils") + " of the " + ranked.length + " at risk." : "none of the " + ranked.length + " at risk.");
    by("doubt").textContent = (fewest.length === most.length ? "The list is as long at either end of the shares' ranges. "
      : "At the ends of the shares' ranges the list would be " + fewest.length + " or " + most.length + " long. ") + model;
    by("calls").replaceChildren(...list.map((one) => {
      const item = document.createElement("li");
      item.append(link(one), " ", small("ranked " + one.rank));
      return item;
    }));
  }

  function countApart(already, unscored) {
    by("apart").hidden = !already.length;
    Array.from(by("again").tBodies[0].rows).forEach((row, since) => {
      const own = already.filter((one) => one.since === since);
      row.hidden = own.length === 0;
      by("again-record").children[since].hidden = row.hidden;
      row.querySelector(".why").textContent = some(own);
      row.cells[1].textContent = own.length;
      data.again[since].forEach((share, i) => { row.cells[2 + i].textContent = share === null ? "–" : expected(own.length * share); });
    });
    by("unscored").hidden = !unscored.length;
    by("unscored").querySelector("ul").replaceChildren(...unscored.map((one) => {
      const item = document.createElement("li");
      item.append(link(one), ": " + one.why + ".");
      return item;
    }));
  }

  function count() {
    const own = councils.filter((one) => chosen.has(one.code));
    const ranked = own.filter((one) => one.rank), already = own.filter((one) => one.already), unscored = own.filter((one) => one.why);
    by("result").hidden = !own.length;
    document.querySelectorAll(".unscripted").forEach((one) => { one.hidden = own.length > 0; });
    by("count").textContent = own.length ? plural(own.length, "council", "councils") + " chosen: " + ranked.length +
      " at risk of a first event, " + already.length + " with an event already, " + unscored.length + " not scored."
      : "No council chosen yet. Tick some, paste a list, or take a class or region from the table below.";
    ticks.forEach(([box], code) => { box.checked = chosen.has(code); });
    if (!own.length) return;
    document.querySelector("[data-fact=at_risk]").replaceChildren(plural(ranked.length, "council", "councils"), small("of " + own.length + " chosen"));
    document.querySelector("[data-fact=already]").replaceChildren(plural(already.length, "council", "councils"), small("counted apart"));
    countPaces(ranked);
    countBands(ranked);
    countCalls(ranked);
    countApart(already, unscored);
  }

  // The choice in the address: a class or region by its name, any other by its codes.
  const groups = Array.from(document.querySelectorAll("[data-state]"), (row) => row.dataset.state);
  const members = (state) => councils.filter((one) => [...new URLSearchParams(state)].every(([key, value]) => key === "all" || one[key] === value));

  function remember() {
    const same = groups.find((state) => {
      const every = members(state);
      return every.length === chosen.size && every.every((one) => chosen.has(one.code));
    });
    const state = new URLSearchParams(chosen.size && same ? same : "");
    if (chosen.size && !same) state.set("c", [...chosen].sort().join("."));
    for (const name of ["call", "miss"]) if (costs[name].value !== usual[name]) state.set(name, costs[name].value);
    try {
      history.replaceState(null, "", state.size ? "#" + state : location.pathname + location.search);
    } catch { /* a page opened as a file may not change its address */ }
  }

  function read() {
    if (!location.hash.includes("=") && location.hash !== "#all") return;
    const state = new URLSearchParams(location.hash.slice(1));
    for (const name of ["call", "miss"]) costs[name].value = state.has(name) ? state.get(name) : usual[name];
    chosen.clear();
    by("pasted").textContent = "";
    const group = ["class", "region", "all"].filter((key) => state.has(key));
    if (group.length) members(new URLSearchParams(group.map((key) => [key, state.get(key)]))).forEach((one) => chosen.add(one.code));
    else if (state.get("c")) {
      const asked = state.get("c").split(/[.,]/).filter(Boolean);
      const unknown = asked.filter((one) => !coded.has(resolve(one)[0]) || resolve(one).length > 1);
      asked.filter((one) => !unknown.includes(one)).forEach((one) => chosen.add(resolve(one)[0]));
      if (unknown.length) by("pasted").textContent = "The address names what is no council of this list: " + unknown.join(", ") + ".";
    }
  }

  const update = () => { count(); remember(); };

  // The list to tick.
  councils.slice().sort((a, b) => a.name.localeCompare(b.name, "en-GB")).forEach((one) => {
    const item = document.createElement("li"), label = document.createElement("label"), box = document.createElement("input");
    const words = document.createElement("span");
    box.type = "checkbox";
    words.append(one.name + " ", small(one.rank ? "ranked " + one.rank : one.already ? "event already" : "not scored"));
    label.append(box, words);
    item.append(label);
    by("ticks").append(item);
    ticks.set(one.code, [box, item]);
    box.addEventListener("change", () => { chosen[box.checked ? "add" : "delete"](one.code); update(); });
  });
  const filters = [by("p-q"), by("p-class"), by("p-region")];
  function filter() {
    const wanted = plain(filters[0].value).split(" ").filter(Boolean);
    councils.forEach((one) => {
      const text = plain(one.name) + " " + one.code.toLowerCase();
      ticks.get(one.code)[1].hidden = !(wanted.every((word) => text.includes(word)) &&
        (!filters[1].value || one.class === filters[1].value) && (!filters[2].value || one.region === filters[2].value));
    });
  }
  const shown = (act) => () => { ticks.forEach(([, item], code) => { if (!item.hidden) act(code); }); update(); };
  filters.forEach((one) => one.addEventListener("input", filter));
  by("tick").addEventListener("click", shown((code) => chosen.add(code)));
  by("untick").addEventListener("click", shown((code) => chosen.delete(code)));
  by("clear").addEventListener("click", () => {
    chosen.clear();
    filters.forEach((one) => { one.value = ""; });
    by("p-list").value = by("pasted").textContent = "";
    filter();
    update();
  });
  by("take").addEventListener("click", () => { take(by("p-list").value); update(); });
  Object.values(costs).forEach((one) => one.addEventListener("input", update));
  document.querySelectorAll("[data-state]").forEach((row) => {
    const found = document.createElement("a");
    found.href = "#" + new URLSearchParams(row.dataset.state);
    found.append(row.cells[0].firstChild);
    row.cells[0].append(found);
    found.addEventListener("click", () => setTimeout(() => by("choose").scrollIntoView(), 0));
  });
  window.addEventListener("hashchange", () => { read(); count(); });
  read();
  by("choose").hidden = false;
  count();
})();
