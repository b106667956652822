// Shows a recorded lab: a control goes to the nearest state that was computed, and its drawing and words are shown.

const UNITS = 4; // of the drawings in a pixel
const HEADS = 5; // tables before those of drawings: is it a message, words, greyed controls, hidden ones, state line
const LINE = 4; // that of the state lines
const AWAY = 3; // how much rather the moved control gives way than another one
const narrow = globalThis.matchMedia?.("(max-width: 52rem)");

async function unpacked(text) {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
}

function add(parent, kind, more = {}, attributes = {}) {
  const made = Object.assign(document.createElement(kind), more);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

function draw(parent, kind, attributes) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", kind);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

// --- drawings --------------------------------------------------------------------------------------------------------

function looks({ c, f, w, d, e }) {
  const found = [`fill:${f === undefined ? "none" : `var(--c${f})`}`];
  if (c !== undefined) found.push(`stroke:var(--c${c})`, `stroke-width:${w}`, "stroke-linejoin:round");
  if (d) found.push(`stroke-dasharray:${d}`);
  if (e) found.push(`stroke-linecap:${e}`);
  return found.join(";");
}

function note(parent, data, [kind, ...parts]) {
  if (kind === "i") {
    const [number, x, y, width, height, smooth] = parts;
    const href = `data:image/png;base64,${data.images[number]}`;
    const style = smooth ? "" : "image-rendering:pixelated";
    draw(parent, "image", { href, x, y, width, height, style, preserveAspectRatio: "none" });
    return;
  }
  const look = data.styles[parts[0]];
  const at = look.k ? draw(parent, "g", { "clip-path": `url(#cut-${parts[0]})` }) : parent;
  const style = looks(look);
  if (kind === "p") draw(at, "path", { d: parts[1], style });
  if (kind === "m") {
    const steps = parts[2].split(" ");
    let [x, y, line] = [0, 0, ""];
    for (let i = 0; i < steps.length; i += 2) {
      [x, y] = [x + Number(steps[i]), y + Number(steps[i + 1])];
      line += `M${x} ${y}${parts[1]}`;
    }
    draw(at, "path", { d: line, style });
  }
  if (kind === "t") {
    const [, x, y, words] = parts;
    const anchor = { l: "start", c: "middle", r: "end" }[look.a];
    const more = look.r ? { transform: `rotate(${look.r} ${x} ${y})` } : {};
    const text = { x, y, "font-size": look.s, "text-anchor": anchor, "font-weight": look.b ? 700 : 400, style };
    draw(at, "text", { ...text, ...more }).textContent = words;
  }
}

function figure(place, data) {
  const [width, height] = data.size;
  place.style.setProperty("--ratio", width / height);
  // on a narrow screen what stands below something else in the notebook stands there too, where the height allows it
  const order = data.panels.filter(Boolean).sort(([x, y], [u, v]) => Math.round((x - u) / 60) || y - v);
  const panels = data.panels.map((box) => {
    if (!box) return null;
    const [x, y, w, h] = box;
    const svg = draw(place, "svg", { viewBox: box.map((side) => side * UNITS).join(" "), "aria-hidden": true });
    // beside each other as in the notebook, or on a narrow screen one after the other, each large enough to read
    const most = data.panels.length > 1 ? 84 : 93;
    const wide = `min(max(${most}vw, ${Math.round(0.62 * w)}px), ${Math.round(1.3 * w)}px)`;
    const share = (part, whole) => `${(100 * part) / whole}%`;
    svg.style.cssText =
      `left:${share(x, width)};top:${share(y, height)};width:${share(w, width)};height:${share(h, height)};` +
      `--wide:${wide};--box:${w}/${h};order:${order.indexOf(box)}`;
    svg.setAttribute("font-family", "system-ui, sans-serif");
    return svg;
  });
  const defs = draw(panels.find(Boolean), "defs", {});
  data.styles.forEach(({ k }, number) => {
    if (!k) return;
    const [x, y, width, height] = k;
    draw(draw(defs, "clipPath", { id: `cut-${number}` }), "rect", { x, y, width, height });
  });
  const groups = data.panel_of.map((panel) => draw(panels[panel], "g", { class: "layer" }));
  const shown = [];
  const fill = (group, number, layer) => {
    group.replaceChildren();
    for (const each of data.tables[HEADS + layer][number]) note(group, data, each);
  };
  return {
    panel: (axes) => panels[data.panel_of[axes]],
    show(row) {
      groups.forEach((group, layer) => {
        const number = row[HEADS + layer];
        if (shown[layer] === number) return;
        shown[layer] = number;
        fill(group, number, layer);
      });
    },
    // what was frozen stands faint behind what moves; pictures and letters would only cover each other
    keep(row) {
      place.querySelectorAll(".before").forEach((old) => old.remove());
      if (!row) return;
      groups.forEach((group, layer) => {
        if (layer < data.panels.length) return;
        const before = draw(group.parentNode, "g", { class: "layer before" });
        group.before(before);
        fill(before, row[HEADS + layer], layer);
        before.querySelectorAll("image, text").forEach((each) => each.remove());
      });
    },
  };
}

// --- states ----------------------------------------------------------------------------------------------------------

// The nearest computed state to where controls were moved, [number, place] each.
export function nearest(states, counts, now, moves, allowed = () => true) {
  const count = states[0].length;
  const moved = new Map(moves);
  let [best, least] = [-1, Infinity];
  for (let state = 0; state < count; state++) {
    if (!allowed(state)) continue;
    let far = 0;
    for (let control = 0; control < states.length && far < least; control++) {
      const off = Math.abs(states[control][state] - (moved.get(control) ?? states[control][now]));
      if (!off) continue;
      const part = counts[control].slides ? off / (counts[control].words.length - 1) : 1;
      far += moved.has(control) ? part : AWAY * part + 0.02;
    }
    if (far < least) [best, least] = [state, far];
  }
  return best;
}

// Where one control was moved it moves on if it can, even where the stops are far apart.
export function onwards(states, counts, now, moved, place) {
  const find = (allowed) => nearest(states, counts, now, [[moved, place]], allowed);
  if (!counts[moved].slides) return find((state) => states[moved][state] === place);
  const way = Math.sign(place - states[moved][now]);
  const found = find();
  if (states[moved][found] !== states[moved][now] || !way) return found;
  const further = find((state) => Math.sign(states[moved][state] - states[moved][now]) === way);
  return further < 0 ? found : further;
}

// The pointer leads where it led in the lab itself. On a narrow screen fingers swipe from panel to panel, and a tap leads.
function follow(place, drag, moved) {
  const [x, y, width, height] = drag.box.map((side) => side * UNITS);
  const area = draw(place, "rect", { x, y, width, height, fill: "transparent", class: "drag" });
  const go = (event) => {
    const box = area.getBoundingClientRect();
    const at = (part) => Math.min(Math.max(Math.floor(part * drag.count), 0), drag.count - 1);
    const [column, row] = [at((event.clientX - box.left) / box.width), at((event.clientY - box.top) / box.height)];
    moved(drag.places[row * drag.count + column].map((place, n) => [drag.moved[n], place]));
  };
  const drags = (event) => event.buttons && !(event.pointerType === "touch" && narrow.matches);
  area.onpointerdown = (event) => {
    if (!drags(event)) return;
    area.setPointerCapture(event.pointerId);
    go(event);
  };
  area.onpointermove = (event) => drags(event) && go(event);
  area.onclick = go;
}

// --- the page --------------------------------------------------------------------------------------------------------

function inputs(place, data, moved) {
  return data.controls.map((control, number) => {
    const last = control.words.length - 1;
    const box = add(place, "div", { className: "control", title: control.help });
    const id = `control-${control.name}`;
    const label = add(box, "label", { textContent: control.label, htmlFor: id });
    const row = add(box, "div", { className: "row" });
    if (!control.slides) {
      const select = add(row, "select", { id });
      control.words.forEach((word, at) => add(select, "option", { textContent: word, value: at }));
      select.disabled = !last;
      select.onchange = () => moved(number, Number(select.value));
      return { set: (at) => (select.value = at), off: (is) => (select.disabled = is || !last), box };
    }
    const output = add(label, "output", { htmlFor: id });
    const range = add(row, "input", { id, type: "range", min: 0, max: last, step: 1, disabled: !last });
    range.oninput = () => moved(number, Number(range.value));
    const set = (at) => {
      range.value = at;
      output.textContent = control.words[at];
      range.setAttribute("aria-valuetext", control.words[at]);
    };
    if (control.label === data.runs) {
      let clock = 0;
      const play = add(row, "button", { type: "button", textContent: "play" });
      const stop = () => (clearInterval(clock), (clock = 0), (play.textContent = "play"));
      play.onclick = () => {
        if (clock) return stop();
        if (Number(range.value) === last) moved(number, 0);
        play.textContent = "pause";
        clock = setInterval(() => (Number(range.value) < last ? moved(number, Number(range.value) + 1) : stop()), 150);
      };
    }
    return { set, off: (is) => (range.disabled = is || !last), box };
  });
}

function mount(data) {
  const [place, controls, numbers, kept] = [".sheet", ".controls", ".numbers", ".kept"].map((name) =>
    document.querySelector(name),
  );
  const drawn = figure(place, data);
  const begun = data.tables[LINE].indexOf(document.documentElement.dataset.start);
  const start = begun < 0 ? data.presets[0][1] : data.rows[LINE].indexOf(begun);
  let [now, frozen] = [start, null];
  const rowOf = (state) => data.rows.map((column) => column[state]);
  const line = (state) => data.tables[LINE][data.rows[LINE][state]];

  function show(state, moved = []) {
    const others = data.controls
      .filter((_, n) => moved.length && !moved.includes(n) && data.states[n][state] !== data.states[n][now])
      .map((c) => `${c.label}: ${c.words[data.states[data.controls.indexOf(c)][state]]}`);
    said.textContent = others.length ? `Went along to the nearest that was computed: ${others.join("; ")}` : "";
    now = state;
    const row = rowOf(state);
    const [message, words, idle, hidden] = [0, 1, 2, 3].map((at) => data.tables[at][row[at]]);
    numbers.innerHTML = words;
    if (!message) drawn.show(row);
    made.forEach((control, n) => {
      control.set(data.states[n][state]);
      const off = idle.includes(data.controls[n].name);
      control.off(off);
      control.box.classList.toggle("off", off);
      control.box.hidden = hidden.includes(data.controls[n].name);
    });
    document.documentElement.dataset.state = state;
  }

  const top = add(controls, "div", { className: "control" });
  let preset = { value: "" };
  if (data.presets.length > 1) {
    add(top, "label", { textContent: "preset", htmlFor: "preset" });
    preset = add(top, "select", { id: "preset" });
    data.presets.forEach(([label], n) => add(preset, "option", { textContent: label || "choose ...", value: n || "" }));
    preset.onchange = () => preset.value && show(data.presets[Number(preset.value)][1]);
  }
  const made = inputs(controls, data, (number, at) => {
    preset.value = "";
    show(onwards(data.states, data.controls, now, number, at), [number]);
  });
  if (data.drag) {
    follow(drawn.panel(data.drag.axes), data.drag, (moves) => {
      preset.value = "";
      show(nearest(data.states, data.controls, now, moves), data.drag.moved);
    });
  }
  const buttons = add(controls, "div", { className: "buttons" });
  const button = (words, help, action) =>
    Object.assign(add(buttons, "button", { type: "button", textContent: words, title: help }), { onclick: action });
  button("reset", "Back to how the lab began", () => ((preset.value = ""), show(start)));
  const compare = button("keep to compare", "Leave this state faint behind the next ones", () => {
    frozen = frozen === null ? now : null;
    compare.setAttribute("aria-pressed", frozen !== null);
    compare.textContent = frozen === null ? "keep to compare" : "forget the kept one";
    drawn.keep(frozen === null ? null : rowOf(frozen));
    kept.hidden = frozen === null;
    kept.innerHTML = frozen === null ? "" : `<b>Kept:</b> ${numbers.innerHTML}`;
  });
  const copy = button("copy this state", "The line that makes this lab, in this state, in a notebook", async () => {
    try {
      await navigator.clipboard.writeText(line(now));
      copy.textContent = "copied";
      setTimeout(() => (copy.textContent = "copy this state"), 1500);
    } catch {
      const box = document.querySelector("textarea") ?? add(controls, "textarea", { rows: 3, readOnly: true });
      box.setAttribute("aria-label", "The line that makes this lab in this state");
      box.value = line(now);
      box.select();
    }
  });
  const said = add(controls, "p", { className: "moved" }, { role: "status" });
  if (narrow.matches) document.querySelector(".formula").open = false;
  const longest = data.tables[1].reduce((most, words) => (words.length > most.length ? words : most), "");
  new ResizeObserver(() => {
    // room for the longest words, so that the picture stays where it is
    const words = numbers.innerHTML;
    [numbers.style.minHeight, numbers.innerHTML] = ["", longest];
    [numbers.style.minHeight, numbers.innerHTML] = [`${numbers.scrollHeight}px`, words];
  }).observe(controls);
  show(start);
  document.documentElement.dataset.ready = "true";
}

if (typeof document !== "undefined") mount(await unpacked(document.getElementById("recorded").textContent));
