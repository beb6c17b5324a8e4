// A clip that plays: its buttons, its slider, its keys and its clock. A stage extends this: it says
// `length` (frames), `pace` (milliseconds a frame) and whether it is `ready`, draws itself, and
// reports to the server where a visitor left it.

const LATE = 1000; // milliseconds: longer without a frame, and the tab was hidden

const clamp = (v, low, high) => Math.max(low, Math.min(high, v));
const calm = () => matchMedia("(prefers-reduced-motion: reduce)").matches;

class ClipPlayer {
  constructor(parent, name) {
    this.find = (part) => parent.querySelector(`.${part}`);
    this.box = this.find(name);
    this.at = 0; this.playing = false; this.visible = true;
    const asked = (act) => (event) => { if (this.ready) act(event); };
    this.find("play").onclick = asked(() => this.play(!this.playing));
    this.find("back").onclick = asked(() => this.step(-1));
    this.find("next").onclick = asked(() => this.step(1));
    this.find("scrub").oninput = asked((event) => this.seek(Number(event.target.value)));
    this.box.onkeydown = (event) => this.key(event);
    this.watcher = new IntersectionObserver(([entry]) => { this.visible = entry.isIntersecting; });
    this.watcher.observe(this.box);
  }

  get ready() { return Boolean(this.clip); }

  play(on) {
    this.playing = on;
    this.box.classList.toggle("playing", on);
    this.find("play").setAttribute("aria-label", on ? "Pause" : "Play");
    if (on) { this.due = performance.now(); this.tick(this.due); } else this.report();
  }

  tick(now) {
    if (!this.playing || this.gone) return;
    if (now - this.due > LATE) this.due = now; // no race to catch up
    if (now >= this.due && this.visible && this.ready) { this.go((this.at + 1) % this.length, false); this.due += this.pace; }
    requestAnimationFrame((t) => this.tick(t));
  }

  go(at, byHand = true) {
    this.at = clamp(Math.round(at), 0, this.length - 1);
    this.draw();
    if (byHand) this.report();
  }

  pause() { if (this.playing) this.play(false); }

  seek(at) { this.pause(); this.go(at); }

  step(by) { this.seek(this.at + by); }

  // What each key does while the stage itself has the focus.
  moves() {
    return { ArrowLeft: () => this.step(-1), ArrowRight: () => this.step(1), Home: () => this.seek(0), End: () => this.seek(this.length - 1), " ": () => this.play(!this.playing) };
  }

  key(event) {
    if (event.target !== this.box || !this.ready) return;
    const move = this.moves()[event.key];
    if (move) { event.preventDefault(); move(); }
  }

  close() { this.gone = true; this.playing = false; clearTimeout(this.resting); this.watcher.disconnect(); }
}
