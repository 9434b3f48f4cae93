// Questions for Python, one at a time: of those that wait, the last of each sort.

export class Engine {
  #worker; #now = null; #waiting = new Map(); #tell; #ready = false;

  // `tell` hears of {had}, {ready}, {failed}, {bug}, {busy}.
  constructor(tell) {
    this.#tell = tell;
    this.start();
  }

  start() {
    this.#worker?.terminate();
    this.#ready = false;
    // A worker made of a blob keeps to the policy of the page, wherever it is served from.
    const code = `import ${JSON.stringify(new URL("worker.js", import.meta.url).href)};`;
    const address = URL.createObjectURL(new Blob([code], {type: "text/javascript"}));
    this.#worker = new Worker(address, {type: "module"});
    this.#worker.onmessage = ({data}) => this.#hear(data);
    this.#worker.onerror = event => this.#hear({failed: event.message || "a file is missing"});
  }

  // The answer, as an object; null where a later question took its place, or it was stopped.
  ask(ask, question) {
    return new Promise(resolve => {
      this.#waiting.get(ask)?.resolve(null);
      this.#waiting.set(ask, {question: JSON.stringify({ask, ...question}), resolve});
      this.#next();
    });
  }

  // Python cannot be told to leave off: it is ended, and begun anew.
  stop() {
    for (const each of [this.#now, ...this.#waiting.values()]) each?.resolve(null);
    this.#now = null;
    this.#waiting.clear();
    this.start();
  }

  #hear(data) {
    if ("answer" in data) this.#now?.resolve(JSON.parse(data.answer));
    if ("ready" in data) this.#ready = true;
    this.#tell(data);
    if ("bug" in data) {
      // What Python is like after that nobody knows.
      this.stop();
    } else if ("answer" in data || "ready" in data) {
      this.#now = null;
      this.#tell({busy: false});
      this.#next();
    }
  }

  #next() {
    if (!this.#ready || this.#now || !this.#waiting.size) return;
    const [ask, next] = this.#waiting.entries().next().value;
    this.#waiting.delete(ask);
    this.#now = next;
    this.#tell({busy: true});
    this.#worker.postMessage(next.question);
  }
}
