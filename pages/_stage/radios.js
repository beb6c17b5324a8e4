// A row of choices, one of them chosen; arrow keys move within it.
function radios(box, options, chosen, pick) {
  if (box.children.length !== options.length) box.replaceChildren(...options.map(() => Object.assign(document.createElement("button"), { type: "button" })));
  options.forEach(([label, value], k) => {
    const button = box.children[k];
    button.textContent = label;
    button.setAttribute("role", "radio");
    button.setAttribute("aria-checked", String(value === chosen));
    button.tabIndex = value === chosen ? 0 : -1;
    button.onclick = () => pick(value);
    button.onkeydown = (event) => {
      const by = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      if (!by) return;
      event.preventDefault(); event.stopPropagation();
      const next = (k + by + options.length) % options.length;
      pick(options[next][1]);
      box.children[next]?.focus();
    };
  });
}
