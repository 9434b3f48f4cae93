// The state of the page as the end of its address, which no server is told.

const LONGEST = 2 ** 20;
const TEXTS = ["in", "out", "k", "size", "stride", "padding", "dilation", "groups", "shown"];

async function whole(stream) {
  const decoder = new TextDecoder(), reader = stream.getReader();
  let text = "";
  for (;;) {
    const {done, value} = await reader.read();
    if (done) return text + decoder.decode();
    text += decoder.decode(value, {stream: true});
    if (text.length > LONGEST) throw new Error("too long");
  }
}

export async function pack(text) {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream("deflate-raw"));
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer());
  const signs = Array.from(bytes, each => String.fromCharCode(each)).join("");
  return btoa(signs).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export async function unpack(packed) {
  const signs = atob(packed.replaceAll("-", "+").replaceAll("_", "/"));
  const bytes = Uint8Array.from(signs, each => each.charCodeAt(0));
  return whole(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate-raw")));
}

export function layerLink(layer, usual) {
  const told = new URLSearchParams();
  for (const name of TEXTS) {
    if (layer[name] !== usual[name] || name === "in") told.set(name, layer[name]);
  }
  if (layer.bias) told.set("bias", "1");
  for (const kind of layer.kinds) told.append("kind", kind);
  return String(told);
}

export async function networkLink(text, example) {
  return example ? `network=${example}` : `spec=${await pack(text)}`;
}

// {layer}, {example} or {text}; {} for an address that says nothing, {wrong} for one that cannot
// be read.
export async function read(fragment, usual) {
  const told = new URLSearchParams(fragment);
  if (told.has("network")) return {example: told.get("network")};
  if (told.has("spec")) {
    try {
      return {text: await unpack(told.get("spec"))};
    } catch {
      return {wrong: "The spec in this link cannot be read: it is cut off, or too long."};
    }
  }
  if (!TEXTS.some(name => told.has(name)) && !told.has("kind")) return {};
  const texts = TEXTS.filter(name => told.has(name)).map(name => [name, told.get(name)]);
  const layer = {...usual, ...Object.fromEntries(texts), kinds: told.getAll("kind")};
  return {layer: {...layer, bias: told.get("bias") === "1"}};
}
