// The trained text encoder, in the browser: the lines of vidcore/alignment/sentence.py, at every key.

const WORD = /[a-z]+(?:-[a-z]+)*/g; // "counter-clockwise" is one word, as in vocabulary.py
const BLOCK_EPS = 1e-6, LAST_EPS = 1e-5; // of the LayerNorms, as trained

class Sentences {
  // spec: { vocabulary, length, heads, layout: [[name, shape, offset], ...] }; flat: all weights in a row
  constructor(spec, flat) {
    this.spec = spec;
    this.numbers = new Map(spec.vocabulary.map((word, k) => [word, k]));
    this.weights = {};
    for (const [name, shape, offset] of spec.layout) {
      this.weights[name] = flat.subarray(offset, offset + shape.reduce((a, b) => a * b, 1));
    }
    this.depth = new Set(spec.layout.filter(([name]) => name.startsWith("blocks.")).map(([name]) => name.split(".")[1])).size;
    this.width = spec.layout.find(([name]) => name === "words.weight")[1][1];
  }

  // Words in order, each with whether it is read: known, and not beyond the last place.
  split(text) {
    let places = this.spec.length - 1; // the start mark takes one
    return (text.toLowerCase().match(WORD) ?? []).map((word) => ({ word, known: this.numbers.has(word), read: this.numbers.has(word) && places-- > 0 }));
  }

  ids(words) {
    const ids = new Array(this.spec.length).fill(0);
    ["<start>", ...words].forEach((word, k) => { ids[k] = this.numbers.get(word); });
    return ids;
  }

  // The direction of a sentence of known words: length 1.
  vector(words) {
    const { weights: w, width: D } = this, ids = this.ids(words), L = ids.length;
    let x = new Float64Array(L * D);
    ids.forEach((id, n) => { for (let d = 0; d < D; d++) x[n * D + d] = w["words.weight"][id * D + d] + w.places[n * D + d]; });
    for (let k = 0; k < this.depth; k++) x = this.block(x, L, `blocks.${k}.`);
    const z = this.linear(this.norm(x.subarray(0, D), 1, "norm", LAST_EPS), 1, "project");
    const length = Math.hypot(...z);
    return z.map((v) => v / length);
  }

  block(x, L, at) {
    const mixed = this.attend(this.norm(x, L, `${at}norm1`, BLOCK_EPS), L, `${at}attn.`);
    const middle = x.map((v, i) => v + mixed[i]);
    const hidden = this.linear(this.norm(middle, L, `${at}norm2`, BLOCK_EPS), L, `${at}mlp.fc1`).map(gelu);
    const out = this.linear(hidden, L, `${at}mlp.fc2`);
    return middle.map((v, i) => v + out[i]);
  }

  attend(x, L, at) {
    const D = this.width, H = this.spec.heads, d = D / H, qkv = this.linear(x, L, `${at}qkv`), mixed = new Float64Array(L * D);
    const scores = new Float64Array(L);
    for (let h = 0; h < H; h++) for (let i = 0; i < L; i++) {
      const q = i * 3 * D + h * d;
      for (let j = 0; j < L; j++) {
        const k = j * 3 * D + D + h * d;
        let sum = 0;
        for (let c = 0; c < d; c++) sum += qkv[q + c] * qkv[k + c];
        scores[j] = sum / Math.sqrt(d);
      }
      softmaxInto(scores);
      for (let j = 0; j < L; j++) for (let c = 0; c < d; c++) mixed[i * D + h * d + c] += scores[j] * qkv[j * 3 * D + 2 * D + h * d + c];
    }
    return this.linear(mixed, L, `${at}proj`);
  }

  linear(x, N, name) {
    const W = this.weights[`${name}.weight`], b = this.weights[`${name}.bias`], out = b.length, D = x.length / N, y = new Float64Array(N * out);
    for (let n = 0; n < N; n++) for (let o = 0; o < out; o++) {
      let sum = b[o];
      for (let d = 0; d < D; d++) sum += x[n * D + d] * W[o * D + d];
      y[n * out + o] = sum;
    }
    return y;
  }

  norm(x, N, name, eps) {
    const D = x.length / N, scale = this.weights[`${name}.weight`], shift = this.weights[`${name}.bias`], y = new Float64Array(x.length);
    for (let n = 0; n < N; n++) {
      let mean = 0, variance = 0;
      for (let d = 0; d < D; d++) mean += x[n * D + d] / D;
      for (let d = 0; d < D; d++) variance += (x[n * D + d] - mean) ** 2 / D;
      for (let d = 0; d < D; d++) y[n * D + d] = ((x[n * D + d] - mean) / Math.sqrt(variance + eps)) * scale[d] + shift[d];
    }
    return y;
  }
}

function softmaxInto(scores) {
  const top = Math.max(...scores);
  let sum = 0;
  for (let j = 0; j < scores.length; j++) sum += scores[j] = Math.exp(scores[j] - top);
  for (let j = 0; j < scores.length; j++) scores[j] /= sum;
}

// x times the normal distribution function; erf to 1.5e-7 (Abramowitz & Stegun 7.1.26).
function gelu(x) {
  const z = Math.abs(x) / Math.SQRT2, t = 1 / (1 + 0.3275911 * z);
  const tail = ((((1.061405429 * t - 1.453152027) * t + 1.421413741) * t - 0.284496736) * t + 0.254829592) * t * Math.exp(-z * z);
  return 0.5 * x * (1 + Math.sign(x) * (1 - tail));
}

// Cosines of one direction with many, packed in a row.
function cosines(z, packed) {
  const D = z.length, out = new Float64Array(packed.length / D);
  for (let n = 0; n < out.length; n++) for (let d = 0; d < D; d++) out[n] += z[d] * packed[n * D + d];
  return out;
}

const bestFirst = (values) => Array.from(values, (_, k) => k).sort((a, b) => values[b] - values[a] || a - b);
