// The arithmetic of a 3 x 3 x 3 kernel, as `vidcore.conv3d` defines it: correlation, four borders.
// A volume is {data, T, H, W}; places are those of the clip, so that an answer lies over its pixel.

const SIDE = 3, TAPS = 27;

// First frame a kernel reads for the answer at frame t: causal ones look back only.
const firstFrame = (padding, t) => (padding === "causal" ? t - 2 : t - 1);

// Whether the answer at a place exists: "valid" needs the whole window, "causal" the one in space.
function exists({ T, H, W }, padding, t, y, x) {
  if (padding === "zero" || padding === "replicate") return true;
  const inSpace = y > 0 && x > 0 && y < H - 1 && x < W - 1;
  return inSpace && (padding === "causal" || (t > 0 && t < T - 1));
}

// The place in the output array of `vidcore.conv3d` that lies over a place of the clip, and back.
const shiftOf = (padding) => (padding === "valid" ? [1, 1, 1] : padding === "causal" ? [0, 1, 1] : [0, 0, 0]);
const toOutput = (padding, at) => at.map((n, k) => n - shiftOf(padding)[k]);
const toClip = (padding, at) => at.map((n, k) => n + shiftOf(padding)[k]);

const held = (n, size) => Math.max(0, Math.min(size - 1, n));

// What one tap reads, border included.
function reads({ data, T, H, W }, padding, t, y, x) {
  if (padding === "replicate") return data[(held(t, T) * H + held(y, H)) * W + held(x, W)];
  const inside = t >= 0 && y >= 0 && x >= 0 && t < T && y < H && x < W;
  return inside ? data[(t * H + y) * W + x] : 0;
}

// The 27 inputs of one answer, in the kernel's order.
function windowOf(volume, padding, t, y, x) {
  const out = new Float64Array(TAPS), t0 = firstFrame(padding, t);
  for (let k = 0; k < TAPS; k++) out[k] = reads(volume, padding, t0 + Math.floor(k / 9), y - 1 + (Math.floor(k / 3) % 3), x - 1 + (k % 3));
  return out;
}

// Answers of rows y0 to y1 of frame t; NaN where there is none. Whole rows are added at once.
function answers(volume, kernel, padding, t, y0, y1) {
  const { data, T, H, W } = volume, out = new Float64Array((y1 - y0) * W), t0 = firstFrame(padding, t);
  if (padding === "valid" && (t < 1 || t > T - 2)) return out.fill(NaN);
  const copy = padding === "replicate";
  for (let a = 0; a < SIDE; a++) {
    if (!copy && (t0 + a < 0 || t0 + a >= T)) continue;
    const frame = held(t0 + a, T) * H;
    for (let y = y0; y < y1; y++) for (let b = 0; b < SIDE; b++) {
      const row = y - 1 + b;
      if (!copy && (row < 0 || row >= H)) continue;
      const from = (frame + held(row, H)) * W, to = (y - y0) * W, [left, middle, right] = kernel.subarray(a * 9 + b * 3, a * 9 + b * 3 + 3);
      for (let x = 1; x < W - 1; x++) out[to + x] += left * data[from + x - 1] + middle * data[from + x] + right * data[from + x + 1];
      const first = copy ? data[from] : 0, last = copy ? data[from + W - 1] : 0;
      out[to] += left * first + middle * data[from] + right * (W > 1 ? data[from + 1] : last);
      if (W > 1) out[to + W - 1] += left * data[from + W - 2] + middle * data[from + W - 1] + right * last;
    }
  }
  if (padding === "valid" || padding === "causal") {
    for (let y = y0; y < y1; y++) for (let x = 0; x < W; x++) if (!exists(volume, padding, t, y, x)) out[(y - y0) * W + x] = NaN;
  }
  return out;
}

// The size of nearly all answers away from the borders, in a few frames spread over the clip: the
// colours' common scale. A border of zeros answers more than anything in the picture.
function usual(volume, kernel, frames = 5, share = 0.995) {
  const sizes = [];
  for (let k = 0; k < frames; k++) {
    const t = Math.min(volume.T - 2, Math.max(1, Math.floor(((k + 0.5) * volume.T) / frames)));
    for (const v of answers(volume, kernel, "valid", t, 0, volume.H)) if (!Number.isNaN(v)) sizes.push(Math.abs(v));
  }
  const sorted = Float32Array.from(sizes).sort();
  return sorted[Math.floor(share * (sorted.length - 1))] || sorted.at(-1) || 1;
}

// A kernel turned, reversed or negated: what its weights become.
const CHANGES = {
  "Negate": (k) => k.map((v) => -v),
  "Reverse time": (k) => k.map((_, i) => k[(2 - Math.floor(i / 9)) * 9 + (i % 9)]),
  "Turn right": (k) => k.map((_, i) => k[Math.floor(i / 9) * 9 + (2 - (i % 3)) * 3 + (Math.floor(i / 3) % 3)]),
  "Clear": (k) => k.map(() => 0),
};
