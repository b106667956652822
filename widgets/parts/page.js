// What the modules of several canvases share.

export function add(parent, kind, more = {}, attributes = {}) {
  const made = Object.assign(document.createElement(kind), more);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

export const bounded = (value, low, high) => Math.max(low, Math.min(high, value));

// what comes from a kernel or from a saved page, as bytes
export const bytesOf = (data) => new Uint8Array(data.buffer ?? data, data.byteOffset ?? 0, data.byteLength);

// Calls back whether a node is in sight: out of sight nothing need move. Returns what stops it.
export function watched(node, seen) {
  const watcher = new IntersectionObserver((entries) => seen(entries.at(-1).isIntersecting));
  watcher.observe(node);
  return () => watcher.disconnect();
}

// A mounted view of a model, mounted anew when other pictures come; the old one is seen until the new one can be.
// mounted(view of the old one): what `mount` gives; retired(old one); returns what gives the view that is shown
export function renewed(model, mounted, retired = (old) => old.stop()) {
  let [shown, waiting] = [null, 0];
  const begin = () => {
    const old = shown;
    shown = mounted(old?.view());
    shown.ready.then(() => old && retired(old));
  };
  const soon = () => {
    clearTimeout(waiting);
    waiting = setTimeout(begin, 0); // scene and data come in one message, and are heard one by one
  };
  begin();
  model.on("change:data", soon);
  model.on("change:scene", soon);
  return () => shown;
}

// Whether a node stands on a dark page: by the first background behind it that can be seen.
export function isDark(node) {
  for (let one = node; one; one = one.parentElement) {
    const [red, green, blue, opacity = 1] = getComputedStyle(one).backgroundColor.match(/[\d.]+/g)?.map(Number) ?? [];
    if (opacity > 0.5 && red !== undefined) return 0.3 * red + 0.59 * green + 0.11 * blue < 128;
  }
  return false;
}
