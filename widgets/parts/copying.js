import { add } from "./page.js";

// A button that puts a line into the clipboard; where the page may not, the line stands there marked, to be copied.

export function mount(el, text) {
  const place = add(el, "span", { className: "animkit-copy" });
  const button = add(place, "button", { type: "button", textContent: "copy state" });
  button.className = "jupyter-button widget-button lm-Widget";
  button.title = "Copy the line that makes this lab, in this state, in a notebook's cell";
  const said = add(place, "span", {}, { role: "status", class: "animkit-said" });
  button.onclick = async () => {
    try {
      await navigator.clipboard.writeText(text());
      said.textContent = " copied";
      setTimeout(() => (said.textContent = ""), 1500);
    } catch {
      said.replaceChildren();
      const box = add(said, "input", { value: text(), readOnly: true }, { "aria-label": "This state, to be copied" });
      box.onblur = () => box.remove();
      box.select();
    }
  };
}

export default { render: ({ model, el }) => mount(el, () => model.get("text")) };
