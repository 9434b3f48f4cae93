// Python, off the page's own thread, so that the page stays alive and can end what takes too long.

import {loadPyodide} from "./pyodide/pyodide.mjs";

const here = new URL(".", import.meta.url).href;
const STEP = 2 ** 17;
let had = 0, told = 0;
const fetchPlainly = self.fetch;

// What arrives is counted on its way, which also is what Python fetches of itself.
self.fetch = async (...asked) => {
  const response = await fetchPlainly(...asked);
  if (!response.ok || !response.body) return response;
  const counter = new TransformStream({
    transform(chunk, out) {
      had += chunk.byteLength;
      if (had - told >= STEP) postMessage({had: told = had});
      out.enqueue(chunk);
    },
  });
  return new Response(response.body.pipeThrough(counter), response);
};

async function packages() {
  const response = await fetch(`${here}packages.zip`);
  if (!response.ok) throw new Error(`packages.zip: ${response.status}`);
  return response.arrayBuffer();
}

async function begin() {
  const [python, packed] = await Promise.all([loadPyodide({indexURL: `${here}pyodide/`}), packages()]);
  python.unpackArchive(packed, "zip", {
    extractDir: python.runPython("import site; site.getsitepackages()[0]"),
  });
  const {answer} = python.pyimport("playground.answers");
  self.onmessage = ({data: question}) => {
    try {
      postMessage({answer: answer(question)});
    } catch (error) {
      postMessage({bug: error.message.trim().split("\n").at(-1)});
    }
  };
  postMessage({ready: true});
}

begin().catch(error => postMessage({failed: String(error)}));
