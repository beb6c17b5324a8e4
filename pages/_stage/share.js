// Copies the address of what the visitor sees; the address holds every setting.

export default function ({ parentElement }) {
  const find = (name) => parentElement.querySelector(name), say = find("p"), text = find("input");
  const copy = async (present) => {
    const url = new URL(location.href);
    present ? url.searchParams.set("present", "1") : url.searchParams.delete("present");
    try {
      await navigator.clipboard.writeText(url.href);
      say.textContent = "Copied.";
    } catch { // no permission, or not a secure page: the visitor copies by hand
      text.hidden = false; text.value = url.href; text.select();
      say.textContent = "Press Ctrl+C to copy.";
    }
  };
  find(".copy").onclick = () => copy(false);
  find(".present").onclick = () => copy(true);
}
