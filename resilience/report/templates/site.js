"use strict";
// Search, filter and sort the table of this page. Without it the table stands as it is.
(() => {
  const form = document.querySelector("form[data-filters]");
  const table = document.getElementById("list");
  const said = document.getElementById("count");
  if (!table || !form || !said) return;
  const body = table.tBodies[0];
  const rows = Array.from(body.rows);
  const heads = Array.from(table.tHead.rows[0].cells);
  const names = heads.map((head) => head.firstChild.textContent.trim().toLowerCase());
  const words = new Intl.Collator("en-GB", { numeric: true, sensitivity: "base" });
  const plain = (text) => text.normalize("NFKD").replace(/[\u0300-\u036f]/g, "").toLowerCase();
  const texts = rows.map((row) => plain(row.textContent + " " + (row.dataset.code || "")));
  const fields = Array.from(form.elements).filter((one) => one.name);
  let sorted = null;
  let waiting = 0;

  const key = (row, at) => {
    const cell = row.cells[at];
    return "sort" in cell.dataset ? cell.dataset.sort : cell.textContent.trim();
  };

  function compare(at, number) {
    return (a, b) => {
      const left = key(a, at), right = key(b, at);
      if (left === "" || right === "") return left === right ? 0 : left === "" ? Infinity : -Infinity;
      return number ? Number(left) - Number(right) : words.compare(left, right);
    };
  }

  function sort(at, down) {
    const order = compare(at, heads[at].dataset.kind === "number");
    const arranged = rows.slice().sort((a, b) => {
      const found = order(a, b);
      return Math.abs(found) === Infinity ? Math.sign(found) : down ? -found : found; // what is missing stays last
    });
    body.append(...arranged);
    heads.forEach((head, i) => {
      if (i === at) head.setAttribute("aria-sort", down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    });
    sorted = { at, down };
  }

  function filter() {
    const wanted = plain(form.elements.q ? form.elements.q.value.trim() : "").split(/\s+/).filter(Boolean);
    const chosen = fields.filter((one) => one.name !== "q" && one.value);
    let shown = 0;
    rows.forEach((row, i) => {
      const fits = wanted.every((word) => texts[i].includes(word)) &&
        chosen.every((one) => (" " + row.dataset[one.name] + " ").includes(" " + one.value + " "));
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    return shown;
  }

  function tell(shown) {
    const by = sorted ? ", sorted by " + names[sorted.at] +
      (sorted.down ? ", highest or last first" : ", lowest or first first") : "";
    said.textContent = (shown === 0 ? "No council fits" : shown === rows.length ? "All " + shown + " councils shown"
      : shown + " of " + rows.length + " councils shown") + by + ".";
  }

  function remember() {
    const state = new URLSearchParams();
    fields.forEach((one) => { if (one.value) state.set(one.name, one.value); });
    if (sorted) state.set("sort", (sorted.down ? "-" : "") + sorted.at);
    try {
      history.replaceState(null, "", state.size ? "#" + state : location.pathname + location.search);
    } catch { /* a page opened as a file may not change its address */ }
  }

  function update() {
    tell(filter());
    remember();
  }

  heads.forEach((head, at) => {
    const button = document.createElement("button");
    button.type = "button";
    button.append(head.firstChild);
    head.prepend(button);
    button.addEventListener("click", () => {
      const again = sorted && sorted.at === at;
      sort(at, again ? !sorted.down : head.dataset.first === "down");
      update();
    });
  });
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("reset", () => { setTimeout(update, 0); });
  form.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(update, 120); });

  if (location.hash.includes("=")) {
    const state = new URLSearchParams(location.hash.slice(1));
    fields.forEach((one) => { if (state.has(one.name)) one.value = state.get(one.name); });
    const by = state.get("sort");
    if (by !== null && /^-?\d+$/.test(by) && Math.abs(Number(by)) < heads.length) sort(Math.abs(Number(by)), by.startsWith("-"));
  }
  form.hidden = false;
  tell(filter());
})();
