// The page: what Python is at, the tabs, and the link that holds all of it.

import {Engine} from "./engine.js";
import {find, showProblems} from "./dom.js";
import {Layer} from "./layer.js";
import {layerLink, networkLink, read} from "./link.js";
import {Network} from "./network.js";

const ALL = 0.98; // of the bytes, which are told of in steps
const LONGEST_LINK = 32_000;
const facts = JSON.parse(find("facts").textContent);
const tabs = [find("tab-layer"), find("tab-network")];
let patience;

const engine = new Engine(told => {
  if ("had" in told) progress(told.had / facts.bytes);
  if ("ready" in told) say("Ready");
  if ("failed" in told) say(`Python could not be loaded: ${told.failed}`, {again: true});
  if ("bug" in told) say(`This should not have happened, and is a mistake of convcost: ${told.bug}`);
  if ("busy" in told) {
    clearTimeout(patience);
    if (told.busy) patience = setTimeout(() => say("Counting", {stop: true}), 400);
    else if (!find("status").textContent.startsWith("This")) say("Ready");
  }
});

function say(text, {stop = false, again = false, progress = false} = {}) {
  find("status").textContent = text;
  find("stop").hidden = !stop;
  find("again").hidden = !again;
  find("progress").hidden = !progress;
}

function load() {
  say(`Loading Python: ${Math.round(facts.bytes / 1e6)} MB the first time`, {progress: true});
  progress(0);
}

function progress(share) {
  if (share < ALL) {
    find("progress").value = share;
  } else {
    say("Starting Python", {progress: true});
    find("progress").removeAttribute("value");
  }
}

const layer = new Layer(engine, facts, relink, text => {
  choose(1);
  network.show(text);
});
const network = new Network(engine, facts, relink);

function chosen() {
  return tabs.findIndex(tab => tab.ariaSelected === "true");
}

function choose(at) {
  tabs.forEach((tab, place) => {
    const is = place === at;
    tab.ariaSelected = String(is);
    tab.tabIndex = is ? 0 : -1;
    find(tab.getAttribute("aria-controls")).hidden = !is;
  });
}

// The address follows what is shown; a reader's way back is not filled with every step of a slider.
async function relink() {
  find("shared").textContent = "";
  const link = chosen() === 0
    ? layerLink(layer.state, facts.usual)
    : await networkLink(network.spec.value, network.example);
  if (link.length <= LONGEST_LINK) history.replaceState(null, "", `#${link}`);
  return link.length <= LONGEST_LINK;
}

async function open() {
  const told = await read(location.hash.slice(1), facts.usual);
  if (told.wrong) {
    showProblems(find("layer-problems"), [{line: 0, message: told.wrong, hint: "", notes: []}]);
  } else if (told.layer) {
    choose(0);
    layer.show(told.layer);
    layer.ask();
  } else if ("text" in told) {
    choose(1);
    network.show(told.text);
  } else if (told.example) {
    choose(1);
    if (facts.networks.includes(told.example)) network.open(told.example);
    else showProblems(find("network-problems"), [{line: 0, message: "no network of that name ships with convcost", hint: "", notes: []}]);
  }
}

tabs.forEach((tab, at) => {
  tab.addEventListener("click", () => {
    choose(at);
    if (at === 1 && !network.spec.value) network.open(facts.example);
    else relink();
  });
  tab.addEventListener("keydown", event => {
    const to = {ArrowLeft: 0, ArrowRight: 1, Home: 0, End: 1}[event.key];
    if (to === undefined) return;
    event.preventDefault();
    tabs[to].click();
    tabs[to].focus();
  });
});
find("stop").addEventListener("click", () => { engine.stop(); load(); });
find("again").addEventListener("click", () => { engine.stop(); load(); });
find("share").addEventListener("click", async () => {
  if (!await relink()) {
    find("shared").textContent = "This is too long for a link: download the spec.";
    return;
  }
  try {
    await navigator.clipboard.writeText(location.href);
    find("shared").textContent = "Copied";
  } catch {
    find("shared").textContent = "The address of this page is the link";
  }
});
addEventListener("hashchange", open);
document.documentElement.classList.add("has-script");
load();
open();
