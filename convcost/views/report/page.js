
"use strict";
// The page is whole without this script, which lays out the layers that are packed in it so that
// they can be sorted, searched and explained. All text is set as text; what explains a layer is
// markup that was escaped when the page was made.

const ROWS_AT_ONCE = 200;
const ROWS_IN_PRINT = 2000;
const inOrder = new Intl.Collator("en", {numeric: true}).compare;

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

function labelled(words, control) {
  return make("label", {}, words, control);
}

async function unpacked(block) {
  const bytes = Uint8Array.from(atob(block.textContent), each => each.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  return JSON.parse(await new Response(stream).text());
}

// What a cell is sorted by: "≥ 1,024" as 1024, "<0.1%" below all that it could be, "?" below that.
function amount(text) {
  const digits = text.replace(/[^\d.-]/g, "");
  if (digits === "") return text === "" ? -2 : -1;
  return text.startsWith("<") ? Number(digits) / 2 : Number(digits);
}

function sorter(rows, column, isNumber) {
  if (!isNumber) return (left, right) => inOrder(rows[left][column], rows[right][column]);
  const amounts = rows.map(row => amount(row[column]));
  return (left, right) => amounts[left] - amounts[right]
    // Counts that are too large for a float are told apart by their digits.
    || rows[left][column].length - rows[right][column].length
    || (rows[left][column] < rows[right][column] ? -1 : 1);
}

const dialog = make("dialog");
const dialogTitle = make("h2", {id: "explained-title"});
const dialogBody = make("div");
dialog.setAttribute("aria-labelledby", dialogTitle.id);
const close = make("button", {className: "plain close", type: "button"}, "Close");
close.addEventListener("click", () => dialog.close());
dialog.append(close, dialogTitle, dialogBody);
// A click beside what the dialog shows is one on the dialog itself.
dialog.addEventListener("click", event => { if (event.target === dialog) dialog.close(); });

function explain(titles, row, markup) {
  const numbers = make("dl", {className: "numbers"});
  titles.forEach((title, at) => {
    if (at && row[at]) {
      numbers.append(make("div", {}, make("dt", {}, title), make("dd", {}, row[at])));
    }
  });
  dialogTitle.textContent = row[0];
  dialogBody.innerHTML = markup;
  dialogBody.prepend(numbers);
  dialog.showModal();
  dialog.scrollTop = 0;
}

function layOut(section, data, signal) {
  const {rows, right, inside} = data;
  const table = section.querySelector("table"), body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells], titles = heads.map(head => head.textContent);
  const texts = rows.map(row => `${row[0]}\n${row[1]}\n${row[2]}`.toLowerCase());
  const state = {column: -1, descending: false, page: 0, size: ROWS_AT_ONCE};
  let found = [];

  const search = make("input", {type: "search"});
  const kinds = make("select", {}, make("option", {value: ""}, "all kinds"));
  for (const kind of [...new Set(rows.map(row => row[1]))].sort(inOrder)) {
    kinds.append(make("option", {value: kind}, kind));
  }
  const count = make("output");
  const back = make("button", {className: "plain", type: "button"}, "Previous");
  const on = make("button", {className: "plain", type: "button"}, "Next");
  const pager = make("div", {className: "controls"}, back, on);
  const controls = make("div", {className: "controls"},
    labelled("Search", search), labelled("Kind", kinds), count);

  function line(at) {
    const row = rows[at], line = make("tr");
    line.dataset.at = at;
    titles.forEach((_, column) => {
      const cell = make("td", right[column] ? {className: "right"} : {});
      const text = row[column];
      cell.append(column ? text : make("button", {type: "button"}, text));
      line.append(cell);
    });
    return line;
  }

  function draw() {
    const from = state.page * state.size, to = Math.min(from + state.size, found.length);
    body.replaceChildren(...found.slice(from, to).map(line));
    const part = found.length > state.size ? `${from + 1} to ${to} of ` : "";
    const of = found.length < rows.length ? ` of ${rows.length.toLocaleString("en")}` : "";
    count.textContent = `${part}${found.length.toLocaleString("en")}${of} layers`;
    pager.hidden = found.length <= state.size;
    back.disabled = from === 0;
    on.disabled = to === found.length;
  }

  function choose() {
    const words = search.value.toLowerCase().split(/\s+/), kind = kinds.value;
    found = [...rows.keys()].filter(at => (kind === "" || rows[at][1] === kind)
      && words.every(word => texts[at].includes(word)));
    if (state.column >= 0) {
      const compare = sorter(rows, state.column, right[state.column]);
      found.sort(state.descending ? (left, other) => compare(other, left) : compare);
    }
    state.page = 0;
    draw();
  }

  function turn(by) {
    state.page += by;
    draw();
    table.parentElement.scrollTop = 0;
  }

  // Numbers are sorted from the largest, words from the first; a third time as the network has them.
  function sortBy(column) {
    const first = right[column];
    if (state.column !== column) Object.assign(state, {column, descending: first});
    else if (state.descending === first) state.descending = !first;
    else state.column = -1;
    heads.forEach((head, at) => {
      if (at !== state.column) head.removeAttribute("aria-sort");
      else head.setAttribute("aria-sort", state.descending ? "descending" : "ascending");
    });
    choose();
  }

  heads.forEach((head, column) => {
    const button = make("button", {type: "button"}, titles[column]);
    button.addEventListener("click", () => sortBy(column));
    head.replaceChildren(button);
  });
  body.addEventListener("click", event => {
    const line = event.target.closest("tr"), row = rows[line.dataset.at];
    explain(titles, row, inside[row[titles.length]]);
  });
  search.addEventListener("input", choose);
  kinds.addEventListener("change", choose);
  back.addEventListener("click", () => turn(-1));
  on.addEventListener("click", () => turn(1));
  addEventListener("beforeprint",
    () => { state.size = ROWS_IN_PRINT; state.page = 0; draw(); }, {signal});
  addEventListener("afterprint", () => { state.size = ROWS_AT_ONCE; draw(); }, {signal});
  table.parentElement.before(controls);
  table.parentElement.after(pager);
  table.classList.add("explained");
  section.querySelectorAll(".rolled").forEach(note => note.remove());
  choose();
}

// A page that takes a network away again says so by a signal.
function layOutAll(root, signal) {
  for (const block of root.querySelectorAll(".packed")) {
    unpacked(block).then(data => {
      if (signal?.aborted) return;
      layOut(block.closest("section"), data, signal);
      document.documentElement.classList.add("has-script");
    });
  }
}

document.body.append(dialog);
layOutAll(document);
