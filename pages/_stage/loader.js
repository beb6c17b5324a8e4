// Fetches the component's own script once and hands over; Streamlit may be served below a path.
const bundle = document.querySelector('script[src*="static/js/"]');
const root = bundle ? new URL("../../", bundle.src) : new URL("/", location.href);
const script = import(new URL("ADDRESS", root));

export default function (component) {
  let close = () => {}, gone = false;
  script.then((module) => { const end = module.default(component) ?? close; gone ? end() : (close = end); })
    .catch(() => { component.parentElement.textContent = "This page is older than the server: reload it."; });
  return () => { gone = true; close(); };
}
