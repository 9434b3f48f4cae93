// One layer: the form and its sliders, the kinds side by side, and one of them explained.

import {choices, find, later, make, save, showProblems} from "./dom.js";

const CHANNELS = [1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 160, 192, 256, 320, 384, 512, 640,
  768, 1024, 1280, 1536, 2048];
// Where a slider may stand; an empty text is none.
const STEPS = {
  in: CHANNELS,
  out: CHANNELS,
  k: [1, 2, 3, 4, 5, 6, 7, 8, 9, 11, 13, 15],
  size: ["", 1, 4, 7, 8, 14, 16, 28, 32, 56, 64, 112, 128, 224, 256, 384, 512, 1024],
  stride: [1, 2, 3, 4],
  dilation: [1, 2, 3, 4, 6, 8],
  groups: ["", 1, 2, 4, 8, 16, 32, 64, 128],
  padding: ["valid", "same", "same-tf", 1, 2, 3, 4, 5],
};
const KIND = /^([^[\]]*)(?:\[([^[\]]*)\])?$/;

function split(text) {
  const [, name, options = ""] = KIND.exec(text) ?? [null, text];
  const pairs = options.split(",").filter(Boolean).map(pair => pair.split("="));
  return {name: name.trim(), options: new Map(pairs.map(([key, ...value]) => [key, value.join("=")]))};
}

function joined({name, options}) {
  const pairs = [...options].filter(([, value]) => value !== "").map(pair => pair.join("="));
  return pairs.length ? `${name}[${pairs.join(",")}]` : name;
}

export class Layer {
  // `changed` is called when what is asked has changed, `use` with the spec that a kind is to become.
  constructor(engine, facts, changed, use) {
    Object.assign(this, {engine, facts, changed, use});
    this.usual = facts.kinds.filter(kind => kind.usual).map(kind => kind.name);
    this.state = facts.usual;
    this.form = find("form");
    this.texts = Object.keys(STEPS).map(name => this.form.elements[name]);
    this.later = later(() => this.ask());
    this.#listen();
    this.show(facts.usual);
    this.#clickable(facts.rows, facts.usual.shown || facts.shown);
  }

  // A state, as a link has it.
  show(state) {
    this.state = state;
    for (const text of this.texts) {
      text.value = state[text.name];
      this.#slide(text);
    }
    this.form.elements.bias.checked = state.bias;
    this.#showKinds();
  }

  async ask() {
    this.changed();
    find("compared").classList.add("stale");
    const answer = await this.engine.ask("layer", this.state);
    if (!answer) return;
    find("compared").classList.remove("stale");
    find("compared").hidden = "problems" in answer;
    showProblems(find("layer-problems"), answer.problems ?? []);
    if (!answer.problems) this.#render(answer);
  }

  #change(part) {
    this.state = {...this.state, ...part};
    this.later();
  }

  #listen() {
    this.form.addEventListener("submit", event => event.preventDefault());
    for (const text of this.texts) {
      const slider = this.form.querySelector(`[data-for=${text.name}]`);
      slider.max = STEPS[text.name].length - 1;
      text.addEventListener("input", () => {
        this.#slide(text);
        const left = text.value.trim();
        this.#change({[text.name]: left || (text.name === "size" ? "" : this.facts.usual[text.name])});
      });
      slider.addEventListener("input", () => {
        const step = STEPS[text.name][slider.value];
        const dims = text.name === "size" ? (this.state.size || "1x1").split("x").length : 1;
        text.value = step === "" ? "" : Array(dims).fill(step).join("x");
        slider.setAttribute("aria-valuetext", text.value || "none");
        this.#change({[text.name]: text.value});
      });
    }
    this.form.elements.bias.addEventListener("change",
      event => this.#change({bias: event.target.checked}));
    choices(find("add"), this.facts.kinds.map(({name}) => [name, name]));
    find("add").addEventListener("change", event => {
      this.#setKinds([...this.#kinds(), event.target.value]);
      event.target.value = "";
    });
    find("usual").addEventListener("click", () => this.#setKinds([]));
    choices(find("layer-format"), this.facts.layerFormats.map(name => [name, name]));
    find("layer-save").addEventListener("click", () => this.#file(find("layer-format").value, save));
    find("layer-use").addEventListener("click", () => this.#file("spec", file => this.use(file.text)));
  }

  async #file(format, act) {
    const answer = await this.engine.ask("layer_file", {...this.state, format});
    if (!answer) return;
    showProblems(find("layer-problems"), answer.problems ?? []);
    if (!answer.problems) act(answer);
  }

  // The slider goes to the step that is nearest to what is typed.
  #slide(text) {
    const slider = this.form.querySelector(`[data-for=${text.name}]`), steps = STEPS[text.name];
    const typed = Number.parseInt(text.value, 10), exact = steps.findIndex(step => `${step}` === text.value);
    const far = step => typeof step === "number" ? Math.abs(step - typed) : Infinity;
    const nearest = steps.reduce((best, step, at) => far(step) < far(steps[best]) ? at : best, 0);
    slider.value = exact >= 0 ? exact : nearest;
    slider.setAttribute("aria-valuetext", text.value || "none");
  }

  #kinds() {
    return this.state.kinds.length ? this.state.kinds : this.usual;
  }

  #setKinds(kinds) {
    this.#change({kinds});
    this.#showKinds();
  }

  #showKinds() {
    const kinds = this.#kinds();
    find("chosen").replaceChildren(...kinds.map((text, at) => this.#chosen(text, at)));
  }

  // A kind that is chosen, with its options and what leaves it out again.
  #chosen(text, at) {
    const kind = split(text), known = this.facts.kinds.find(({name}) => name === kind.name);
    const item = make("li", {title: known?.summary ?? ""}, make("strong", {}, kind.name));
    for (const option of known?.options ?? []) {
      const control = this.#option(option, kind.options.get(option.name) ?? "");
      control.title = option.doc;
      control.addEventListener("change", () => {
        kind.options.set(option.name, control.value.trim());
        this.#change({kinds: this.#kinds().with(at, joined(kind))});
      });
      item.append(make("label", {title: option.doc}, `${option.name} `, control));
    }
    const leave = make("button", {type: "button", className: "plain", ariaLabel: `Leave out ${text}`}, "×");
    leave.addEventListener("click", () => {
      this.#setKinds(this.#kinds().toSpliced(at, 1));
      (find("chosen").children[at] ?? find("kinds")).querySelector("button, summary").focus();
    });
    item.append(leave);
    return item;
  }

  #option({words, usual}, value) {
    if (!words.length) return make("input", {value, placeholder: usual});
    const select = make("select");
    choices(select, [["", usual], ...words.map(word => [word, word])]);
    select.value = value;
    return select;
  }

  #render({rows, markup, bars, command, explained}) {
    const focused = document.activeElement?.dataset?.kind;
    find("comparison").innerHTML = markup;
    find("bars").innerHTML = bars;
    find("command").textContent = command;
    this.#clickable(rows, explained.kind);
    if (focused) find("comparison").querySelector(`[data-kind="${CSS.escape(focused)}"]`)?.focus();
    find("drawn").innerHTML = explained.picture ?? "";
    find("explained").innerHTML = explained.markup ?? "";
    if (explained.problems) showProblems(find("layer-problems"), explained.problems);
  }

  // Rows of the comparison, that explain themselves.
  #clickable(rows, shown) {
    const lines = find("comparison").querySelector("tbody").rows;
    rows.forEach((kind, at) => {
      const line = lines[at], cell = line.cells[0];
      const button = make("button", {type: "button"}, ...cell.childNodes);
      button.dataset.kind = kind;
      button.ariaCurrent = String(kind === shown);
      line.classList.toggle("lit", kind === shown);
      cell.replaceChildren(button);
      line.addEventListener("click", async () => {
        this.state = {...this.state, shown: kind};
        await this.ask();
        find("explained").scrollIntoView({block: "nearest"});
      });
    });
  }
}
