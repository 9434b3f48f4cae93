// What the parts of the page share: elements, problems, files. All text is set as text.

export const find = id => document.getElementById(id);

export function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

export function choices(select, words) {
  select.append(...words.map(([value, text]) => make("option", {value}, text)));
}

// The problems of an answer, each with what leads to its line, where it has one.
export function showProblems(list, problems, go) {
  const items = problems.map(({line, col, message, hint, notes}) => {
    const item = make("li");
    if (line) {
      const where = make("button", {type: "button"}, `line ${line}, column ${col}`);
      where.addEventListener("click", () => go(line, col));
      item.append(where, ": ");
    }
    item.append(message);
    if (hint) item.append(make("span", {className: "hint"}, `hint: ${hint}`));
    for (const note of notes) {
      const at = note.line ? `: line ${note.line}` : "";
      item.append(make("span", {className: "hint"}, `note: ${note.text}${at}`));
    }
    return item;
  });
  list.replaceChildren(...items.length ? [make("ul", {}, ...items)] : []);
}

export function save({name, text}) {
  const address = URL.createObjectURL(new Blob([text]));
  make("a", {href: address, download: name}).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}

export function later(act, wait = 200) {
  let timer;
  return () => {
    clearTimeout(timer);
    timer = setTimeout(act, wait);
  };
}
