// A network: a spec with its lines numbered, what is wrong where, and what it costs.

import {choices, find, later, make, save, showProblems} from "./dom.js";

const MOST_NUMBERED = 10_000;

export class Network {
  // `changed` is called when the spec has become another.
  constructor(engine, facts, changed) {
    Object.assign(this, {engine, changed});
    this.spec = find("spec");
    this.lines = find("lines");
    this.example = "";
    this.wrong = [];
    this.later = later(() => this.ask(), 350);
    this.away = new AbortController();
    choices(find("example"), [["", "your own"], ...facts.networks.map(name => [name, name])]);
    choices(find("network-format"), facts.networkFormats.map(name => [name, name]));
    this.spec.addEventListener("input", () => {
      this.#named("");
      this.#number();
      this.later();
    });
    this.spec.addEventListener("scroll", () => { this.lines.scrollTop = this.spec.scrollTop; });
    find("example").addEventListener("change", event => {
      if (event.target.value) this.open(event.target.value);
    });
    find("network-save").addEventListener("click", () => this.#file(find("network-format").value));
  }

  // A network that ships.
  async open(name) {
    const answer = await this.engine.ask("example", {name});
    if (answer?.text) this.show(answer.text, name);
    else if (answer) showProblems(find("network-problems"), answer.problems);
  }

  show(text, example = "") {
    this.spec.value = text;
    this.spec.scrollTop = 0;
    this.#named(example);
    this.#number();
    this.ask();
  }

  async ask() {
    this.changed();
    find("costs").classList.add("stale");
    const answer = await this.engine.ask("network", {text: this.spec.value});
    if (!answer) return;
    find("costs").classList.remove("stale");
    this.#tell(answer.problems ?? []);
    find("costs").hidden = "problems" in answer;
    if (answer.problems) return;
    // Tables that were there before are not to be printed any more.
    this.away.abort();
    this.away = new AbortController();
    find("costs").innerHTML = answer.markup;
    layOutAll(find("costs"), this.away.signal);
  }

  #named(example) {
    this.example = example;
    find("example").value = example;
  }

  #tell(problems) {
    showProblems(find("network-problems"), problems, (line, col) => this.#go(line, col));
    this.spec.ariaInvalid = String(problems.length > 0);
    this.wrong = problems.map(({line}) => line);
    this.#number();
  }

  #number() {
    const count = this.spec.value.split("\n").length, wrong = new Set(this.wrong), parts = [];
    let text = "";
    for (let line = 1; line <= Math.min(count, MOST_NUMBERED); line += 1) {
      if (wrong.has(line)) {
        parts.push(text, make("b", {}, String(line)));
        text = "";
      } else {
        text += `${line}\n`;
      }
    }
    this.lines.replaceChildren(...parts, text, "\n\n");
    this.lines.scrollTop = this.spec.scrollTop;
  }

  #go(line, col) {
    const lines = this.spec.value.split("\n");
    const start = lines.slice(0, line - 1).reduce((sum, each) => sum + each.length + 1, 0);
    // Columns count characters, and JavaScript halves of some.
    const before = [...lines[line - 1] ?? ""].slice(0, col - 1).join("").length;
    this.spec.focus();
    this.spec.setSelectionRange(start + before, start + (lines[line - 1] ?? "").length);
    const height = this.spec.scrollHeight / lines.length;
    this.spec.scrollTop = Math.max(0, (line - 4) * height);
  }

  async #file(format) {
    const text = this.spec.value;
    if (format === "spec") return save({name: "network.yaml", text});
    const answer = await this.engine.ask("network_file", {text, format});
    if (answer?.problems) this.#tell(answer.problems);
    else if (answer) save(answer);
    return undefined;
  }
}
