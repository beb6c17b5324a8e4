// The equation inspector's heart: an equation whose symbols can be hovered, focused and held.
// Under each symbol stands its value at the pointed pixel; whoever draws the arrays is told which
// symbol is looked at. Used by inspector_view.js on its own, and inside other stages.

class Equation {
  // `spec` comes from pages/_stage/inspector.py; `look(name or null)` is called when it changes.
  constructor(box, spec, look) {
    this.look = look;
    this.held = null;
    box.innerHTML = `<div class="formula" role="group" aria-label="Equation: choose a symbol to see its array">
      <math display="block">${spec.math}</math></div><p class="meaning" role="status"></p>`;
    this.meaning = box.querySelector(".meaning");
    this.symbols = [...box.querySelectorAll("[data-symbol]")].map((glyph) => this.equip(glyph));
    this.numbers = {};
    this.show(spec);
  }

  // The words may change with the data; the equation's shape does not.
  show(spec) {
    this.spec = spec;
    for (const { name, glyph } of this.symbols) glyph.setAttribute("aria-label", `${name}: ${spec.symbols[name].says}`);
    this.say();
  }

  equip(glyph) {
    const math = "http://www.w3.org/1998/Math/MathML", name = glyph.dataset.symbol;
    const under = document.createElementNS(math, "munder"), value = document.createElementNS(math, "mtext");
    glyph.replaceWith(under);
    value.setAttribute("class", "value");
    under.append(glyph, value);
    glyph.setAttribute("class", "symbol");
    glyph.setAttribute("tabindex", "0");
    glyph.setAttribute("role", "button");
    glyph.setAttribute("aria-pressed", "false");
    under.addEventListener("pointerenter", (event) => { if (event.pointerType === "mouse") this.turn(name); });
    under.addEventListener("pointerleave", (event) => { if (event.pointerType === "mouse") this.turn(this.held); });
    under.addEventListener("click", () => this.hold(name));
    glyph.addEventListener("focus", () => this.turn(name));
    glyph.addEventListener("blur", () => this.turn(this.held));
    glyph.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") this.hold(name);
      else if (event.key === "Escape") this.hold(this.held);
      else return;
      event.preventDefault();
    });
    return { name, glyph, value };
  }

  hold(name) {
    this.held = this.held === name ? null : name;
    for (const { name: own, glyph } of this.symbols) glyph.setAttribute("aria-pressed", String(own === this.held));
    this.turn(this.held);
  }

  turn(name) {
    if (this.active === name) return;
    this.active = name;
    for (const { name: own, glyph } of this.symbols) glyph.classList.toggle("active", own === name);
    this.say();
    this.look(name);
  }

  // Numbers by symbol, at the pointed pixel.
  values(numbers) {
    this.numbers = numbers;
    for (const { name, value } of this.symbols) value.textContent = short(numbers[name]);
    this.say();
  }

  say() {
    const name = this.active, number = this.numbers?.[name];
    this.meaning.textContent = name ? `${this.spec.symbols[name].says}${Number.isFinite(number) ? ` — here ${short(number)}` : ""}`
      : "Point at a symbol to see its array; click to keep it. The numbers are those of the pointed pixel.";
  }
}

// A number in about six characters, with a true minus sign: 12.3, 0.45, 0.0012, 3e−5.
function short(number) {
  if (number === undefined || number === null || Number.isNaN(number)) return "–";
  const size = Math.abs(number);
  const text = size >= 100 ? number.toFixed(0) : size >= 10 ? number.toFixed(1) : size >= 0.0995 ? number.toFixed(2)
    : size >= 0.001 ? number.toPrecision(2) : size > 1e-9 ? number.toExponential(0) : "0";
  return text.replaceAll("-", "−");
}
