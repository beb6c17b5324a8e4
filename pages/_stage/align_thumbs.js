// Many small clips that play at once, out of one volume of frames; kept calm where asked.

const FRAME_MS = 100; // the world's ten frames a second
const CALM = matchMedia("(prefers-reduced-motion: reduce)");

class Thumbs {
  // clip: the published volume; moments: frames of each; canvases: one per clip, by `of`
  constructor(clip, moments) {
    Object.assign(this, { clip, moments, moment: moments >> 1, shown: new Map(), playing: !CALM.matches, backwards: false });
  }

  load() { return loadVolume(this.clip).then((pixels) => { this.pixels = pixels; this.draw(); }); }

  show(canvas, index) {
    canvas.width = this.clip.W; canvas.height = this.clip.H;
    this.shown.set(canvas, index);
    this.paint(canvas, index);
  }

  paint(canvas, index) {
    if (!this.pixels) return;
    const { W, H } = this.clip, n = W * H, image = (canvas.image ??= new ImageData(W, H)), out = image.data;
    const t = this.backwards ? this.moments - 1 - this.moment : this.moment;
    let j = (index * this.moments + t) * n * 3;
    for (let k = 0; k < 4 * n; k += 4) { out[k] = this.pixels[j++]; out[k + 1] = this.pixels[j++]; out[k + 2] = this.pixels[j++]; out[k + 3] = 255; }
    canvas.getContext("2d").putImageData(image, 0, 0);
  }

  draw() { for (const [canvas, index] of this.shown) this.paint(canvas, index); }

  play(on) {
    this.playing = on;
    clearInterval(this.timer);
    if (on) this.timer = setInterval(() => { this.moment = (this.moment + 1) % this.moments; this.draw(); }, FRAME_MS);
  }

  close() { clearInterval(this.timer); }
}
