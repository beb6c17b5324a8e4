// The arrays a stage draws: fetched once per page load, kept by content, shared by every stage.

const KEPT = 8; // volumes held in memory; the browser's own cache answers for older ones
const volumes = (globalThis.__vidcoreVolumes ??= new Map()); // url -> Promise<typed array>

// Streamlit may be served below a path; its own bundle says where.
function root() {
  const bundle = document.querySelector('script[src*="static/js/"]');
  return bundle ? new URL("../../", bundle.src) : new URL("/", location.href);
}

async function fetchVolume(spec) {
  const answer = await fetch(new URL(spec.url, root()));
  if (!answer.ok) throw new Error(`the server answered ${answer.status}`);
  const buffer = await answer.arrayBuffer();
  if (spec.dtype === "float32") return new Float32Array(buffer);
  return spec.dtype === "uint8" ? undelta(new Uint8Array(buffer), spec.step) : halves(new Uint16Array(buffer));
}

// Frames travel as differences to the frame before, modulo 256: a still background costs nothing.
function undelta(bytes, step) {
  for (let i = step; i < bytes.length; i++) bytes[i] += bytes[i - step];
  return bytes;
}

// float16 to float32 by table: sign, five bits of exponent, ten of fraction (IEEE 754).
function halves(words) {
  const out = new Float32Array(words.length);
  for (let i = 0; i < words.length; i++) {
    const w = words[i], exponent = (w >> 10) & 31, fraction = w & 1023;
    const size = exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -14 * (fraction / 1024);
    out[i] = w >> 15 ? -size : size;
  }
  return out;
}

function loadVolume(spec) {
  if (!volumes.has(spec.url)) {
    const pending = fetchVolume(spec);
    pending.catch(() => volumes.delete(spec.url));
    volumes.set(spec.url, pending);
    while (volumes.size > KEPT) volumes.delete(volumes.keys().next().value);
  }
  return volumes.get(spec.url);
}

const PATIENCE = 200; // milliseconds: what comes sooner needs no word, which would only flash

// Fetch all of them; `late` is called once if a visitor has to wait.
async function loadVolumes(specs, late) {
  const timer = setTimeout(late, PATIENCE);
  try { return await Promise.all(specs.map((spec) => spec && loadVolume(spec))); } finally { clearTimeout(timer); }
}
