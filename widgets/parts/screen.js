import { add, isDark } from "./page.js";

// The full-screen button of a lab. It tells the kernel whether the page is dark and how large the first plot is seen,
// so that plots are drawn in the page's colours and sharp at any width.

const [ENTER, LEAVE] = [
  "M1 5V1h4M9 1h4v4M13 9v4H9M5 13H1V9",
  "M5 1v4H1M9 1v4h4M13 9H9v4M5 13V9H1",
];

function render({ model, el }) {
  const button = add(el, "button", { type: "button", className: "animkit-full" });
  const lab = () => el.closest(".animkit-lab");
  const full = () => Boolean(lab()) && document.fullscreenElement === lab();

  function dress() {
    const words = full() ? "leave the full screen (Escape)" : "full screen";
    button.title = words;
    button.setAttribute("aria-label", words);
    const line = `fill="none" stroke="currentColor" stroke-width="1.6"`;
    button.innerHTML = `<svg width="14" height="14" aria-hidden="true"><path d="${full() ? LEAVE : ENTER}" ${line}/></svg>`;
  }
  button.onclick = () => (full() ? document.exitFullscreen() : lab().requestFullscreen());
  button.hidden = !document.fullscreenEnabled;
  dress();

  // sliders and play buttons of ipywidgets have no name for a screen reader
  function name() {
    for (const handle of lab()?.querySelectorAll(".noUi-handle:not([aria-label])") ?? []) {
      const words = handle.closest(".widget-slider")?.querySelector(".widget-label")?.textContent.trim();
      handle.setAttribute("aria-label", words || "value");
    }
    for (const bare of lab()?.querySelectorAll(".widget-play button:not([aria-label])") ?? []) {
      const icon = bare.querySelector("i")?.className.split("fa-")[1] ?? "";
      bare.setAttribute("aria-label", `${icon}: ${bare.closest("[title]")?.title ?? ""}`);
    }
  }

  function report() {
    const plot = lab()?.querySelector("img.animkit-figure");
    if (!lab() || !el.offsetParent) return;
    model.set("dark", isDark(lab()));
    const seen = ((plot?.clientWidth ?? 0) * devicePixelRatio) / Number(plot?.getAttribute("width") || 1);
    if (seen > 0.2) model.set("scale", Math.round(seen * 20) / 20);
    try {
      model.save_changes();
    } catch {
      // a saved notebook without its kernel: nobody listens
    }
  }
  let naming = 0;
  const renamed = () => {
    naming ||= setTimeout(() => { // not put off by a player, which changes its part of the page as it plays
      naming = 0;
      name();
    }, 200);
  };
  let waiting = 0;
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(report, 200); // while a window is dragged, once
  };
  const parts = new MutationObserver(() => {
    renamed();
    soon(); // a page may have been turned
  });
  const sizes = new ResizeObserver(() => {
    if (lab()) parts.observe(lab(), { childList: true, subtree: true });
    const plot = lab()?.querySelector("img.animkit-figure");
    if (plot) sizes.observe(plot);
    renamed();
    soon();
  });
  sizes.observe(el);
  const themes = new MutationObserver(soon);
  themes.observe(document.body, { attributes: true });
  const changed = () => {
    dress();
    soon();
  };
  document.addEventListener("fullscreenchange", changed);
  return () => {
    clearTimeout(naming);
    clearTimeout(waiting);
    sizes.disconnect();
    parts.disconnect();
    themes.disconnect();
    document.removeEventListener("fullscreenchange", changed);
  };
}

export default { render };
