// The small scenes of the visualizer, painted at any sub-pixel place: the textures, colours, shapes
// and anti-aliasing of vidcore.media.synthetic, whose parameters the server sends.

const SIDE = 64, RADIUS = 19, HALF_SIDE = 14, PERIOD = 160; // pixels
const PLACE = (SIDE - 1) / 2; // where the object is in frame 1
const cover = (distance) => within(0.5 - distance, 0, 1);
const SHAPES = {
  disc: (x, y) => cover(Math.hypot(x, y) - RADIUS),
  square: (x, y) => cover(Math.abs(x) - HALF_SIDE) * cover(Math.abs(y) - HALF_SIDE),
};

// A colour everywhere in the plane: sums of waves and bumps, each a function of x times one of y.
class Texture {
  constructor({ base, waves, bumps }) {
    this.terms = [
      { colour: base, x: () => 1, y: () => 1 },
      ...waves.flatMap(({ k: [kx, ky], phase, colour }) => [
        { colour, x: (x) => Math.cos(kx * x + phase), y: (y) => Math.cos(ky * y) },
        { colour, x: (x) => -Math.sin(kx * x + phase), y: (y) => Math.sin(ky * y) },
      ]),
      ...bumps.map(({ at: [cx, cy], sharpness, colour }) => {
        const bump = (d) => Math.exp(sharpness * (Math.cos((2 * Math.PI * d) / PERIOD) - 1));
        return { colour, x: (x) => bump(x - cx), y: (y) => bump(y - cy) };
      }),
    ];
  }
  // Colours on the crossings of columns and rows, [r, g, b] after one another, within [0, 1].
  at(columns, rows) {
    const w = columns.length, out = new Float64Array(3 * w * rows.length);
    for (const { colour: [r, g, b], x: across, y: along } of this.terms) {
      const line = columns.map(across);
      rows.forEach((row, j) => {
        const size = along(row);
        if (Math.abs(size) < 1e-6) return;
        for (let i = 0, k = 3 * j * w; i < w; i++, k += 3) { const s = size * line[i]; out[k] += r * s; out[k + 1] += g * s; out[k + 2] += b * s; }
      });
    }
    for (let i = 0; i < out.length; i++) out[i] = within(out[i], 0, 1);
    return out;
  }
}

const pixelsFrom = (from, to) => Array.from({ length: to - from + 1 }, (_, k) => from + k);

class Painter {
  constructor({ objects }) { this.objects = objects; this.grounds = {}; this.surfaces = {}; }
  ground(name) {
    const { ground } = this.objects[name];
    return (this.grounds[name] ??= ground.base ? new Texture(ground).at(pixelsFrom(0, SIDE - 1), pixelsFrom(0, SIDE - 1)) : Float64Array.from({ length: 3 * SIDE * SIDE }, (_, k) => ground[k % 3]));
  }
  // One frame with the object's origin at (cx, cy): colours, and how much of each pixel it covers.
  frame(name, cx, cy) {
    const { shape, surface } = this.objects[name], rgb = this.ground(name).slice(), covered = new Float64Array(SIDE * SIDE), reach = RADIUS + 1;
    const left = Math.max(0, Math.floor(cx - reach)), right = Math.min(SIDE - 1, Math.ceil(cx + reach)), top = Math.max(0, Math.floor(cy - reach)), bottom = Math.min(SIDE - 1, Math.ceil(cy + reach));
    const columns = pixelsFrom(left, right).map((x) => x - cx), rows = pixelsFrom(top, bottom).map((y) => y - cy);
    const colours = surface.base ? (this.surfaces[name] ??= new Texture(surface)).at(columns, rows) : null;
    for (let j = 0, k = 0; j < rows.length; j++) for (let i = 0; i < columns.length; i++, k += 3) {
      const a = SHAPES[shape](columns[i], rows[j]), at = (top + j) * SIDE + left + i;
      covered[at] = a;
      for (let c = 0; a && c < 3; c++) rgb[3 * at + c] += a * ((colours ? colours[k + c] : surface[c]) - rgb[3 * at + c]);
    }
    return { W: SIDE, H: SIDE, rgb, covered };
  }
}

// A part of a clip's frame, made `factor` times smaller by averaging; the border repeats.
function shrink({ W, H, bytes }, t, factor, left, top, w, h) {
  const rgb = new Float64Array(3 * w * h), share = 1 / (255 * factor * factor);
  for (let y = 0, k = 0; y < h; y++) for (let x = 0; x < w; x++, k += 3) {
    for (let dy = 0; dy < factor; dy++) for (let dx = 0; dx < factor; dx++) {
      const j = ((t * H + within(top + y * factor + dy, 0, H - 1)) * W + within(left + x * factor + dx, 0, W - 1)) * 3;
      rgb[k] += share * bytes[j]; rgb[k + 1] += share * bytes[j + 1]; rgb[k + 2] += share * bytes[j + 2];
    }
  }
  return { W: w, H: h, rgb };
}

function brightness({ W, H, rgb }) { // Rec. 601 luma
  const out = image(W, H);
  for (let i = 0, k = 0; i < W * H; i++, k += 3) out.a[i] = 0.299 * rgb[k] + 0.587 * rgb[k + 1] + 0.114 * rgb[k + 2];
  return out;
}

function colourImage({ W, H, rgb }) {
  const picture = new ImageData(W, H), out = picture.data;
  for (let i = 0, j = 0, k = 0; i < W * H; i++, k += 4) { out[k] = 255 * rgb[j++]; out[k + 1] = 255 * rgb[j++]; out[k + 2] = 255 * rgb[j++]; out[k + 3] = 255; }
  return picture;
}
