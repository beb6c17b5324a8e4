// Attention from queries and keys, for one query at a time: dot products, softmax, and their chains.
// A row holds `values`, all its queries and keys in one array; a step says where its own begin.

const RESIDUAL = 0.5; // of a rollout: the share of the way past each attention

const gridOf = (row) => { const [T, R, C] = row.grid; return { T, R, C, N: R * C }; };
const at = (row, step, base, h, t, n) => base + ((h * row.grid[0] + t) * step.places + (step.places === 1 ? 0 : n)) * step.d;

function dot(row, step, h, t, n, u, m) {
  const { values } = row, q = at(row, step, step.q, h, t, n), k = at(row, step, step.k, h, u, m);
  let sum = 0;
  for (let i = 0; i < step.d; i++) sum += values[q + i] * values[k + i];
  return sum;
}

// The keys a query meets in one step: pairs [u, m], in the order of the grid.
function keysOf(row, step, t, n) {
  const { T, N } = gridOf(row), keys = [];
  for (let u = 0; u < T; u++) {
    if (!step.own && u === t) continue;
    if (step.pattern === "joint") for (let m = 0; m < N; m++) keys.push([u, m]);
    else if (step.pattern === "time") keys.push([u, n]);
    else if (step.pattern === "frames") keys.push([u, 0]);
    else if (u === t) for (let m = 0; m < N; m++) keys.push([u, m]);
  }
  return keys;
}

function softmax(scores) {
  let top = -Infinity, sum = 0;
  for (const s of scores) if (s > top) top = s;
  const out = new Float64Array(scores.length);
  for (let i = 0; i < out.length; i++) sum += out[i] = Math.exp(scores[i] - top);
  for (let i = 0; i < out.length; i++) out[i] /= sum;
  return out;
}

// One query's weights in one step and head, on the whole grid; zero where there is no pair.
function stepWeights(row, step, h, t, n) {
  const { T, N } = gridOf(row), out = new Float32Array(T * N), keys = keysOf(row, step, t, n), root = Math.sqrt(step.d);
  const weights = softmax(keys.map(([u, m]) => dot(row, step, h, t, n, u, m) / root));
  keys.forEach(([u, m], i) => {
    if (step.pattern === "frames") out.fill(weights[i] / N, u * N, (u + 1) * N); // shared evenly by its places
    else out[u * N + m] = weights[i];
  });
  return out;
}

const chosenSteps = (layer, view) => (view === "both" ? layer.steps : layer.steps.filter((s) => s.pattern === view));

// By head: one query's weights in a layer, through one step or through both.
function headWeights(row, layer, view, t, n) {
  const { T, N } = gridOf(row), steps = chosenSteps(layer, view), heads = steps[0].heads;
  const all = Array.from({ length: heads }, (_, h) => stepWeights(row, steps.find((s) => s.pattern !== "time") ?? steps[0], h, t, n));
  if (steps.length === 1) return all;
  const time = steps.find((s) => s.pattern === "time"), along = alongTime(row, layer, time, t);
  return all.map((across, h) => { // across the frame to m, and along time from there
    const out = new Float32Array(T * N), from = layer.paired ? along[h] : along[0];
    for (let m = 0; m < N; m++) for (let u = 0; u < T; u++) out[u * N + m] = across[t * N + m] * from[u * N + m];
    return out;
  });
}

// From every place of frame t to the other frames: by head, or their mean where heads do not pair.
function alongTime(row, layer, time, t) {
  const { T, N } = gridOf(row), by = [], root = Math.sqrt(time.d);
  for (let h = 0; h < time.heads; h++) {
    const out = new Float32Array(T * N);
    for (let m = 0; m < N; m++) {
      const scores = [];
      for (let u = 0; u < T; u++) scores.push(time.own || u !== t ? dot(row, time, h, t, m, u, m) / root : -Infinity);
      softmax(scores).forEach((w, u) => { out[u * N + m] = w; });
    }
    by.push(out);
  }
  return layer.paired ? by : [mixed(by, by.map(() => 1 / by.length))];
}

function mixed(maps, shares) {
  const out = new Float32Array(maps[0].length);
  maps.forEach((map, h) => { if (shares[h]) for (let i = 0; i < out.length; i++) out[i] += shares[h] * map[i]; });
  return out;
}

// How much each head counts: one of them, all alike, or as the copying layer's gate says.
function shares(row, layer, head, t, n) {
  const heads = layer.steps[0].heads, { N } = gridOf(row);
  if (head === "gate" && layer.gate !== null) {
    const gate = row.values.subarray(layer.gate + (t * N + n) * heads).slice(0, heads), sum = gate.reduce((a, b) => a + b, 0);
    return Array.from(gate, (g) => g / sum);
  }
  if (head === "mean" || head === "gate") return Array(heads).fill(1 / heads);
  return Array.from({ length: heads }, (_, h) => Number(h === Number(head)));
}

const layerWeights = (row, layer, view, head, t, n) => mixed(headWeights(row, layer, view, t, n), shares(row, layer, head, t, n));

// ---- rollout: what reaches the query through all layers, heads averaged ---------------------------
// One step's mean over heads, for all queries: a list of [query, weights] rows, made once and kept.
function meanMap(row, step) {
  if (!step.mean) {
    const { T, N } = gridOf(row), heads = Array(step.heads).fill(1 / step.heads);
    step.mean = Array.from({ length: T * (step.pattern === "frames" ? 1 : N) }, (_, i) => {
      const t = step.pattern === "frames" ? i : Math.floor(i / N), n = step.pattern === "frames" ? 0 : i % N;
      return mixed(Array.from({ length: step.heads }, (_, h) => stepWeights(row, step, h, t, n)), heads);
    });
  }
  return step.mean;
}

function throughStep(row, step, r) { // r <- (1 - residual) A^T r + residual r
  const map = meanMap(row, step), out = r.map((v) => RESIDUAL * v);
  for (let i = 0; i < r.length; i++) if (r[i] > 1e-9) { const a = map[i], s = (1 - RESIDUAL) * r[i]; for (let j = 0; j < out.length; j++) out[j] += s * a[j]; }
  return out;
}

function rolled(row, t, n) {
  const { T, N } = gridOf(row), layers = [...row.layers].reverse();
  let r = new Float32Array(T * N), slices = null;
  r[t * N + n] = 1;
  for (const layer of layers) {
    if (layer.gate !== null) { r = layerWeights(row, layer, "both", "gate", t, n); continue; } // it has no way past
    if (layer.steps[0].pattern === "frames") {
      slices ??= Float32Array.from({ length: T }, (_, u) => Number(u === t));
      const map = meanMap(row, layer.steps[0]), next = slices.map((v) => RESIDUAL * v);
      for (let u = 0; u < T; u++) for (let v = 0; v < T; v++) next[v] += (1 - RESIDUAL) * slices[u] * map[u][v * N] * N;
      slices = next;
      continue;
    }
    if (slices) { r = Float32Array.from({ length: T * N }, (_, i) => slices[Math.floor(i / N)] / N); slices = null; } // a slice is the mean of its places
    for (const step of [...layer.steps].reverse()) r = throughStep(row, step, r);
  }
  return r;
}

// ---- pairs: which exist at all ------------------------------------------------------------------
// 1 where the query has a score of its own with a patch, 0.45 where two steps reach it, else 0.
function reach(row, layer, view, t, n) {
  const { T, N } = gridOf(row), out = new Float32Array(T * N), steps = chosenSteps(layer, view);
  for (const step of steps) for (const [u, m] of keysOf(row, step, t, n)) {
    if (step.pattern === "frames") out.fill(0.45, u * N, (u + 1) * N); else out[u * N + m] = 1;
  }
  if (steps.length > 1) for (let i = 0; i < out.length; i++) if (!out[i] && (steps.every((s) => s.own) || Math.floor(i / N) !== t)) out[i] = 0.45;
  return out;
}

// Scores of the query, and of all queries of the layer, one head.
function pairCounts(row, layer, view) {
  const { T, N } = gridOf(row);
  let query = 0, all = 0;
  for (const step of chosenSteps(layer, view)) {
    const frames = step.own ? T : T - 1;
    const keys = { joint: frames * N, time: frames, space: N, frames }[step.pattern];
    query += keys;
    all += keys * (step.pattern === "frames" ? T : T * N);
  }
  return { query, all };
}
