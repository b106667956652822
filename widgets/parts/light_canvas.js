import { add, bounded, bytesOf, renewed, watched } from "./page.js";
import { lampsAt, paint, unpack } from "./shading.js";

// Lamps that are dragged over a scene, which is shaded at once. `mount` serves the live widget and the copy in a saved
// page alike.

const AROUND = 0.9; // of half the picture: how far from its middle a far lamp's handle can be
const SETTLED = 150; // ms without a change until the kernel is told

const STYLE = `
.animkit-light { font: 13px/1.3 sans-serif; color: var(--jp-ui-font-color1, inherit); max-width: 100% }
[data-jp-theme-light="false"] .animkit-light { color-scheme: dark }
.animkit-light .stage { position: relative; touch-action: none; width: max(300px, min(100%, (100vh - 430px + var(--animkit-spare, 0px)) * var(--wide))) }
.animkit-light canvas { width: 100%; display: block; image-rendering: pixelated; cursor: crosshair }
.animkit-light .lamp { position: absolute; width: 24px; height: 24px; margin: -12px 0 0 -12px; padding: 0; cursor: grab;
  border: 2px solid #fff; outline: 1px solid #000; border-radius: 50%; font: bold 12px sans-serif; color: #000;
  touch-action: none; opacity: .8 }
.animkit-light .lamp.far { border-radius: 5px }
.animkit-light .lamp[aria-pressed=true] { outline: 3px solid #0072b2; opacity: 1 }
.animkit-light .lamp:focus-visible, .animkit-light canvas:focus-visible { outline: 3px solid #e69f00 }
.animkit-light .wipe { position: absolute; top: 0; bottom: 0; width: 0; border-left: 2px solid #fff; outline: 1px solid #000;
  pointer-events: none }
.animkit-light .bar { display: flex; flex-wrap: wrap; align-items: center; gap: 2px 8px; margin-top: 4px }
.animkit-light label { display: inline-flex; align-items: center; gap: 4px; white-space: nowrap }
.animkit-light label.off { opacity: .45 }
.animkit-light input[type=range] { width: clamp(56px, 8vw - 52px, 140px); margin: 0 }
.animkit-light input[type=color] { width: 30px; height: 22px; padding: 0 }
.animkit-light output { min-width: 2.2em; font-variant-numeric: tabular-nums }
.animkit-light .bar button { min-width: 26px; min-height: 24px; padding: 0 6px; font: inherit; color: inherit;
  border: 1px solid #8888; border-radius: 3px; background: var(--jp-layout-color2, #eee) }
.animkit-light .bar button:disabled { opacity: .45 }
.animkit-light select { font: inherit }
.animkit-light .bar button[aria-pressed=true] { font-weight: bold; outline: 2px solid #0072b2 }`;
const VIEWS = { lit: "lit", drawn: "as drawn", normals: "normals", height: "height", albedo: "albedo" };
const ICONS = { play: "M3 1v12l9-6z", pause: "M3 1h3v12h-3zM8 1h3v12h-3z", plus: "M6 1h2v5h5v2H8v5H6V8H1V6h5z", minus: "M1 6h12v2H1z" };
const icon = (name) => `<svg width="14" height="14" aria-hidden="true"><path d="${ICONS[name]}" fill="currentColor"/></svg>`;
const round = (value, digits = 1) => Number(value.toFixed(digits));

function button(parent, inside, label, act) {
  const made = add(parent, "button", { type: "button", innerHTML: inside, title: label, onclick: act });
  if (inside.startsWith("<")) made.setAttribute("aria-label", label);
  return made;
}

// a labelled control; `put` shows a value, or greys it where there is none
function control(parent, words, title, kind, more, heard) {
  const label = add(parent, "label", { title });
  label.append(words);
  const input = add(label, kind === "select" ? "select" : "input", kind === "select" ? {} : { type: kind });
  Object.assign(input, more, { title });
  const told = kind === "range" ? add(label, "output") : null;
  const value = () => (kind === "checkbox" ? input.checked : kind === "range" ? Number(input.value) : input.value);
  input.oninput = () => heard(value());
  return (now, most) => {
    input.disabled = now === undefined;
    label.className = input.disabled ? "off" : "";
    if (most) input.max = most;
    if (kind === "checkbox") input.checked = Boolean(now);
    else if (now !== undefined) input.value = now;
    if (told) told.textContent = now === undefined ? "" : `${round(now, 2)}`;
  };
}

// state: {scene, bytes, look, presets, label}; changed(look) hears what a person has set, when the hand rests
export function mount(el, state, changed = () => {}, before = {}) {
  const { scene, presets } = state;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let look = structuredClone(state.look);
  if (still) look = { ...look, playing: false, moving: false };
  let [art, chosen, tick, seconds, request, clock, owed, seen, timer] = [null, before.chosen ?? 0, before.tick ?? 0, 0, 0, null, 0, true, 0];
  let drawn = 0;
  const [wide, tall] = [scene.width, scene.height];

  const root = add(el, "div", { className: "animkit-light", hidden: true }, { role: "group", "aria-label": "light" });
  add(root, "style", { textContent: STYLE });
  const stage = add(root, "div", { className: "stage" });
  stage.style.setProperty("--wide", wide / tall); // as large as the screen allows with all controls under it
  const canvas = add(stage, "canvas", { tabIndex: 0, width: wide, height: tall }, { role: "img", "aria-label": state.label });
  const context = canvas.getContext("2d");
  const line = add(stage, "div", { className: "wipe" });
  const handles = [];
  const [first, second, third] = [0, 1, 2].map(() => add(root, "div", { className: "bar" }));
  const said = add(root, "div", {}, { role: "status" });

  // --- what can be set

  const lamp = () => look.lamps[chosen];
  const change = (values) => {
    look = { ...look, ...values };
    refresh();
    clearTimeout(timer);
    timer = setTimeout(() => changed(structuredClone(look)), SETTLED);
  };
  const changeLamp = (values) => change({ lamps: look.lamps.map((one, k) => (k === chosen ? { ...one, ...values } : one)) });
  const far = () => Boolean(lamp()?.direction);
  const elevation = ([x, y, z]) => round((Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI);

  const picked = add(first, "span", {}, { role: "group", "aria-label": "lamps" });
  const more = button(first, icon("plus"), "another lamp", () => {
    const aside = (look.lamps.length % 5) - 2; // not where the last one stands, which it would hide
    const place = [round(wide / 2 + (aside * wide) / 6), round(tall / 4), round(tall / 3)];
    chosen = look.lamps.length;
    change({ lamps: [...look.lamps, { colour: "#ffe0b0", strength: 1, place, reach: Math.max(wide, tall) }] });
    handles[chosen].focus();
  });
  const less = button(first, icon("minus"), "remove this lamp (Delete)", remove);
  const set = {
    kind: control(first, "", "near: it has a place; far: a direction, as the sun has", "select", {}, (kind) => {
      const { direction, place, reach, ...rest } = lamp();
      const now = kind === "far"
        ? { ...rest, direction: directionOf(...handleOf(lamp()), 1) }
        : { ...rest, place: [...handleOf(lamp()).map((v) => round(v)), round(tall / 3)], reach: Math.max(wide, tall) };
      change({ lamps: look.lamps.map((one, k) => (k === chosen ? now : one)) });
    }),
    colour: control(first, "colour", "the lamp's colour", "color", {}, (value) => changeLamp({ colour: value })),
    strength: control(first, "strength", "how bright the lamp is", "range", { min: 0, max: scene.strongest, step: 0.05 }, (value) => changeLamp({ strength: value })),
    height: control(first, "height", "near: pixels before the picture; far: degrees, behind the figure below 0 (+ and - on the lamp, or the wheel)", "range", { step: 1 }, raise),
    reach: control(first, "reach", "pixels to where nothing arrives", "range", { min: 8, step: 1, max: 4 * Math.max(wide, tall) }, (value) => changeLamp({ reach: value })),
    view: control(third, "view", "the light, or the maps it is made with: normals and heights as colours", "select", {}, (value) => change({ view: value })),
    wipe: control(third, "wipe", `left of it: ${scene.against}`, "range", { min: 0, max: 1, step: 0.01 }, (value) => change({ wipe: value })),
    ambient: control(third, "ambient", "light from everywhere", "color", {}, (value) => change({ ambient: value })),
    specular: control(third, "shine", "strength of highlights, 0 for a matte figure", "range", { min: 0, max: 1, step: 0.05 }, (value) => change({ specular: value })),
    shininess: control(third, "shininess", "the greater, the smaller the highlight", "range", { min: 1, max: 128, step: 1 }, (value) => change({ shininess: value })),
    shadows: control(second, "shadows", "on the figure itself and on the ground", "checkbox", {}, (value) => change({ shadows: value })),
  };
  for (const kind of ["near", "far"]) add(first.querySelector("select"), "option", { value: kind, textContent: kind });
  first.querySelector("select").setAttribute("aria-label", "near or far");
  for (const [value, textContent] of Object.entries(VIEWS)) add(third.querySelector("select"), "option", { value, textContent });
  const chosenPreset = Object.keys(presets).map((name) => {
    const made = button(second, name, `light: ${name}`, () => {
      chosen = 0;
      const { lamps, ambient } = structuredClone(presets[name]);
      change({ lamps, ambient, preset: name, moving: Boolean(presets[name].track) && !still });
    });
    second.insertBefore(made, second.querySelector("label"));
    return [name, made];
  });
  set.moving = control(second, "moves", "the preset's lamps flicker or wander", "checkbox", {}, (value) => change({ moving: value }));
  const play = button(second, icon("play"), "play or pause (space)", () => playing(!look.playing));
  const scrub = control(second, "frame", "frame of the walk", "range", { min: 1, step: 1, max: scene.ticks }, (value) => {
    playing(false);
    tick = value - 1;
    ask();
    refresh();
  });

  // --- lamps and where their handles are: a far one stands where its direction leaves a dome over the picture

  const radius = (AROUND * Math.min(wide, tall)) / 2;
  function handleOf({ place, direction }) {
    if (place) return [place[0], place[1]];
    const length = Math.hypot(...direction);
    return [wide / 2 + (radius * direction[0]) / length, tall / 2 - (radius * direction[1]) / length];
  }
  function directionOf(column, row, side) {
    let [x, y] = [(column - wide / 2) / radius, (tall / 2 - row) / radius];
    const length = Math.hypot(x, y);
    if (length > 0.999) [x, y] = [(0.999 * x) / length, (0.999 * y) / length];
    return [x, y, side * Math.sqrt(1 - x * x - y * y)].map((value) => round(value, 3));
  }
  function put(column, row) {
    if (!lamp()) return;
    if (far()) changeLamp({ direction: directionOf(column, row, lamp().direction[2] < 0 ? -1 : 1) });
    else changeLamp({ place: [round(bounded(column, 0, wide - 1)), round(bounded(row, 0, tall - 1)), lamp().place[2]] });
  }
  function raise(value) {
    if (!far()) return changeLamp({ place: [lamp().place[0], lamp().place[1], round(bounded(value, 0, 2 * tall))] });
    const [x, y] = lamp().direction;
    const flat = Math.hypot(x, y);
    const angle = (bounded(value, -89, 89) * Math.PI) / 180;
    const [right, up] = flat < 1e-3 ? [0, 1] : [x / flat, y / flat];
    changeLamp({ direction: [right * Math.cos(angle), up * Math.cos(angle), Math.sin(angle)].map((part) => round(part, 3)) });
  }
  const heightNow = () => (far() ? elevation(lamp().direction) : lamp().place[2]);
  function remove() {
    if (!lamp()) return;
    const lamps = look.lamps.filter((_, k) => k !== chosen);
    chosen = Math.max(0, chosen - 1);
    change({ lamps, preset: "", moving: false }); // a preset's movements go by the lamps' numbers
    (handles[chosen] ?? more).focus();
  }
  function choose(k) {
    chosen = k;
    refresh();
  }
  const keys = {
    ArrowLeft: (far) => put(handleOf(lamp())[0] - far, handleOf(lamp())[1]),
    ArrowRight: (far) => put(handleOf(lamp())[0] + far, handleOf(lamp())[1]),
    ArrowUp: (far) => put(handleOf(lamp())[0], handleOf(lamp())[1] - far),
    ArrowDown: (far) => put(handleOf(lamp())[0], handleOf(lamp())[1] + far),
    "+": (far) => raise(heightNow() + far),
    "-": (far) => raise(heightNow() - far),
    PageUp: () => raise(heightNow() + 5),
    PageDown: () => raise(heightNow() - 5),
    Delete: remove,
  };
  stage.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const act = event.key === " " && event.target === canvas ? () => playing(!look.playing) : lamp() && keys[event.key];
    if (!act) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has shortcuts of its own
    act(event.shiftKey ? 8 : 1);
  };

  // --- pointer: what is dragged is the lamp that is chosen, wherever on the picture

  const at = (event) => {
    const box = canvas.getBoundingClientRect();
    return [((event.clientX - box.left) / box.width) * wide - 0.5, ((event.clientY - box.top) / box.height) * tall - 0.5];
  };
  let dragged = false;
  stage.onpointerdown = (event) => {
    const handle = handles.indexOf(event.target);
    if (handle >= 0) choose(handle);
    (handles[chosen] ?? canvas).focus({ preventScroll: true });
    event.preventDefault();
    dragged = true;
    stage.setPointerCapture(event.pointerId);
    if (handle < 0) put(...at(event));
  };
  stage.onpointermove = (event) => dragged && put(...at(event));
  stage.onpointerup = stage.onpointercancel = () => (dragged = false);
  stage.onwheel = (event) => {
    if (!stage.contains(document.activeElement) || !lamp()) return; // until it is clicked the page scrolls
    event.preventDefault();
    raise(heightNow() - Math.sign(event.deltaY) * 2);
  };

  // --- drawing

  function draw() {
    const start = performance.now();
    const lamps = lampsAt(look, presets, seconds);
    const pixels = paint(art, tick, lamps, look);
    const edge = Math.round(look.wipe * wide);
    if (edge > 0) {
      const second = art.figures.some((figure) => figure.maps.length > 1);
      const other = second ? paint(art, tick, lamps, look, look.view, 1) : paint(art, tick, lamps, look, "drawn");
      for (let row = 0; row < tall; row++) pixels.set(other.subarray(4 * row * wide, 4 * (row * wide + edge)), 4 * row * wide);
    }
    context.putImageData(new ImageData(pixels, wide, tall), 0, 0);
    Object.assign(canvas.dataset, { drawn: ++drawn, frame: tick, ms: (performance.now() - start).toFixed(1) });
    lamps.forEach((one, k) => {
      const [column, row] = handleOf(one);
      [handles[k].style.left, handles[k].style.top] = [`${(100 * (column + 0.5)) / wide}%`, `${(100 * (row + 0.5)) / tall}%`];
      handles[k].style.background = one.colour;
    });
  }
  function ask() {
    if (art && !request) request = requestAnimationFrame(loop);
  }
  const runs = () => seen && ((look.playing && scene.ticks > 1) || (look.moving && presets[look.preset]?.track));
  function loop(time) {
    request = 0;
    if (!root.isConnected && clock !== null) return; // taken off the page: stop
    if (runs()) {
      const passed = clock === null ? 0 : Math.min(time - clock, 250) / 1000;
      const light = Math.floor(seconds * 12);
      seconds += passed;
      owed += look.playing ? passed * scene.fps : 0;
      const whole = Math.floor(owed);
      owed -= whole;
      tick = (tick + whole) % scene.ticks;
      if (whole) scrub(tick + 1);
      if (clock === null || whole || (look.moving && Math.floor(seconds * 12) !== light) || dirty) draw();
      clock = time;
      request = requestAnimationFrame(loop);
    } else {
      clock = null;
      draw();
    }
    dirty = false;
  }
  let dirty = false;
  function playing(value) {
    look = { ...look, playing: value };
    refresh();
  }
  function refresh() {
    while (handles.length < look.lamps.length) {
      const k = handles.length;
      handles.push(add(stage, "button", { type: "button", className: "lamp", textContent: `${k + 1}`, onfocus: () => chosen !== k && choose(k) }));
      button(picked, `${k + 1}`, `choose lamp ${k + 1}`, () => choose(k));
    }
    while (handles.length > look.lamps.length) [handles.pop(), picked.lastChild].forEach((one) => one.remove());
    chosen = bounded(chosen, 0, Math.max(0, look.lamps.length - 1));
    look.lamps.forEach((one, k) => {
      const where = one.place ? `at column ${one.place[0]}, row ${one.place[1]}, height ${one.place[2]}` : `far, from ${one.direction.join(", ")}`;
      handles[k].setAttribute("aria-label", `lamp ${k + 1}, ${where}; arrow keys move it, + and - its height`);
      handles[k].setAttribute("aria-pressed", String(k === chosen));
      handles[k].classList.toggle("far", Boolean(one.direction));
      picked.children[k].setAttribute("aria-pressed", String(k === chosen));
    });
    const now = lamp();
    set.kind(now && (far() ? "far" : "near"));
    set.colour(now?.colour);
    set.strength(now?.strength);
    const height = first.querySelectorAll("input[type=range]")[1];
    height.min = now && far() ? -89 : 0;
    set.height(now && heightNow(), now && far() ? 89 : 2 * tall);
    set.reach(now && !far() ? (now.reach ?? 4 * Math.max(wide, tall)) : undefined);
    for (const name of ["ambient", "specular", "view", "wipe", "shadows"]) set[name](look[name]);
    set.shininess(look.specular > 0 ? look.shininess : undefined);
    set.moving(presets[look.preset]?.track ? look.moving : undefined);
    [more.disabled, less.disabled] = [look.lamps.length >= scene.most_lamps, !now];
    for (const [name, made] of chosenPreset) {
      const same = ["lamps", "ambient"].every((part) => JSON.stringify(presets[name][part]) === JSON.stringify(look[part]));
      made.setAttribute("aria-pressed", String(look.preset === name && same));
    }
    [play.disabled, play.innerHTML] = [scene.ticks < 2, icon(look.playing ? "pause" : "play")];
    scrub(scene.ticks > 1 ? tick + 1 : undefined);
    line.style.left = `${100 * look.wipe}%`;
    line.hidden = look.wipe <= 0;
    said.textContent = now ? handles[chosen].getAttribute("aria-label").split(";")[0] : "no lamp: ambient light alone";
    if (look.wipe > 0) said.textContent += `; left of the wipe: ${scene.against}`;
    dirty = true;
    ask();
  }

  const unwatch = watched(root, (now) => {
    seen = now; // out of sight nothing moves
    ask();
  });
  const ready = unpack(scene, bytesOf(state.bytes)).then((unpacked) => {
    art = unpacked;
    tick %= scene.ticks;
    refresh();
    draw();
    root.hidden = false;
    canvas.dataset.ready = "true";
  });
  return {
    ready,
    set: (value) => {
      look = { ...structuredClone(value), playing: look.playing };
      refresh();
    },
    view: () => ({ chosen, tick }),
    stop: () => {
      cancelAnimationFrame(request);
      clearTimeout(timer);
      unwatch();
      root.remove();
    },
  };
}

function render({ model, el }) {
  const changed = (look) => {
    model.set("look", look);
    model.save_changes();
  };
  const mounted = (before) => {
    const state = Object.fromEntries(["scene", "look", "presets", "label"].map((name) => [name, model.get(name)]));
    return mount(el, { ...state, bytes: model.get("data") }, changed, before);
  };
  const table = renewed(model, mounted);
  model.on("change:look", () => table().set(model.get("look")));
  return () => table().stop();
}

export default { render };
