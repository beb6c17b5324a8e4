// What the RAFT stages share: correlations of features, and a row that plays corrections.

const CELL = 8; // pixels of the image to a cell at 1/8 resolution; cell k stands at pixel 8 k

// The second frame's features averaged in blocks of 2 x 2: their products with f1 are the averaged
// correlations, for a product is linear in each of its factors.
function halved({ h, w, D, a }) {
  const H = h >> 1, W = w >> 1, out = new Float32Array(H * W * D);
  for (let i = 0; i < H; i++) for (let j = 0; j < W; j++) for (let d = 0; d < D; d++) {
    const at = (2 * i * w + 2 * j) * D + d;
    out[(i * W + j) * D + d] = (a[at] + a[at + D] + a[at + w * D] + a[at + w * D + D]) / 4;
  }
  return { h: H, w: W, D, a: out };
}

function pyramid(f2, levels) {
  const all = [f2];
  while (all.length < levels && Math.min(all.at(-1).h, all.at(-1).w) > 1) all.push(halved(all.at(-1)));
  return all;
}

// One cell of the first frame with every cell of the second.
function correlations(f1, i, j, f2) {
  const { D } = f1, from = (i * f1.w + j) * D, out = new Float32Array(f2.h * f2.w), scale = 1 / Math.sqrt(D);
  for (let k = 0; k < out.length; k++) {
    let sum = 0;
    for (let d = 0; d < D; d++) sum += f1.a[from + d] * f2.a[k * D + d];
    out[k] = sum * scale;
  }
  return out;
}

function softmax(a) {
  const most = Math.max(...a), e = Array.from(a, (v) => Math.exp(v - most)), sum = e.reduce((p, q) => p + q, 0);
  return e.map((v) => v / sum);
}

function ends(a) { let low = Infinity, high = -Infinity; for (const v of a) { if (v < low) low = v; if (v > high) high = v; } return [low, high]; }

// A map of w x h as heat, from its lowest to its highest.
function heated(map, w, h) {
  const [low, high] = ends(map);
  return heatmap(w, h, map.map((v) => v - low), high - low);
}

// One field of `(K, H, W, 2)` numbers as { W, H, u, v }.
function fieldAt(all, H, W, k, scale = 1) {
  const n = H * W, u = new Float32Array(n), v = new Float32Array(n);
  for (let i = 0, j = k * n * 2; i < n; i++, j += 2) { u[i] = scale * all[j]; v[i] = scale * all[j + 1]; }
  return { W, H, u, v };
}

const zero = (H, W) => ({ W, H, u: new Float32Array(H * W), v: new Float32Array(H * W) });
const signed = (v) => `${v < 0 ? "−" : "+"}${Math.abs(v).toFixed(2)}`;

// Mean error where the truth is known, of the pixels that `chosen` names.
function meanError(field, truth, valid, chosen) {
  let sum = 0, count = 0;
  for (let i = 0; i < valid.length; i++) if (valid[i] && (!chosen || chosen[i])) { sum += Math.hypot(field.u[i] - truth.u[i], field.v[i] - truth.v[i]); count++; }
  return count ? sum / count : NaN;
}

// A slider from 0 to `last` that plays; needs .play, .scrub and .count. Calls `draw` with each step.
class Player {
  constructor(find, draw) {
    this.find = find; this.draw = draw; this.k = 0; this.last = 0; this.visible = true;
    find("scrub").oninput = (event) => { this.stop(); this.go(Number(event.target.value)); };
    find("play").onclick = () => { if (this.playing) this.stop(); else this.start(); };
  }
  range(last, k) { this.last = last; this.find("scrub").max = last; this.go(Math.min(k, last)); }
  go(k) {
    this.k = k;
    const text = k ? `after ${k} correction${k > 1 ? "s" : ""}` : "before the first correction", scrub = this.find("scrub");
    scrub.value = k; scrub.setAttribute("aria-valuetext", text); this.find("count").textContent = `${k} / ${this.last}`;
    this.draw();
  }
  start() { if (this.k >= this.last) this.k = 0; this.playing = true; this.find("play").textContent = "Pause"; this.due = 0; requestAnimationFrame((now) => this.tick(now)); }
  stop() { this.playing = false; this.find("play").textContent = "Play"; }
  tick(now) {
    if (!this.playing) return;
    if (now > this.due && this.visible) {
      this.due = now + 420;
      this.go(this.k);
      if (this.k >= this.last) { this.stop(); return; }
      this.k++;
    }
    requestAnimationFrame((later) => this.tick(later));
  }
}
