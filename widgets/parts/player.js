import { isDark } from "./page.js";

// The animation player: sprite frames and 2-D or 3-D skeletons, several clips in step. Everything that moves, moves here;
// the kernel sends the clips once. `mount` serves the live widget and the copy in a saved page alike.

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];
const BONE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];
const START = { yaw: 0.6, pitch: 0.25, zoom: 1 };
const LIGHT = { paper: "#f4f4f1", shadow: "#c4c7ca", grid: "#c8ccd0", ink: "#222", faint: "#696969", middle: "#3c3c3c", left: "#0072B2" };
const DARK = { paper: "#1c1c1e", shadow: "#3a3b3d", grid: "#4a4c4f", ink: "#e6e6e6", faint: "#a8a8a8", middle: "#c8c8c8", left: "#3d9be0" };
const PAGE = { ...LIGHT }; // a page has one theme for all its players
const side = (name) => ({ left: PAGE.left, right: "#D55E00" })[name] ?? PAGE.middle;

function decode(meta, bytes) {
  const part = bytes.slice(meta.offset, meta.offset + meta.bytes);
  if (meta.kind === "sprites") {
    const [count, height, width] = meta.shape;
    const picture = (offset, high, wide) => {
      const canvas = new OffscreenCanvas(wide, high);
      const pixels = new Uint8ClampedArray(part.buffer, part.byteOffset + offset, high * wide * 4);
      canvas.getContext("2d").putImageData(new ImageData(pixels, wide, high), 0, 0);
      return canvas;
    };
    const frames = Array.from({ length: count }, (_, i) => picture(i * height * width * 4, height, width));
    const backdrop = meta.backdrop && picture(count * height * width * 4, ...meta.backdrop);
    return { ...meta, count, width, height, frames, backdrop, backdropShape: meta.backdrop };
  }
  const [count, joints, axes] = meta.shape;
  const points = new Float32Array(part.buffer, part.byteOffset, count * joints * axes);
  return measured({ ...meta, count, joints, axes, points });
}

function decoded({ clips, bytes }) {
  const all = new Uint8Array(bytes.buffer ?? bytes, bytes.byteOffset ?? 0, bytes.byteLength);
  return clips.map((meta) => decode(meta, all));
}

function measured(clip) {
  const { points, axes } = clip;
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    low[i % axes] = Math.min(low[i % axes], points[i]);
    high[i % axes] = Math.max(high[i % axes], points[i]);
  }
  if (axes === 2) low[2] = high[2] = 0;
  const middle = low.map((value, i) => (value + high[i]) / 2);
  // of a figure that lies, its length
  const wide = [0, axes - 1].map((axis) => {
    const first = Array.from({ length: clip.joints }, (_, j) => points[j * axes + axis]);
    return Math.max(...first) - Math.min(...first);
  });
  const tall = Math.max(high[1] - low[1], ...wide) || 1;
  const reach = Math.max(Math.hypot(high[0] - low[0], high[2] - low[2]), tall);
  return { ...clip, low, middle, tall, reach };
}

// whole pixels as long as there is room
function enlarged(whole, width, height) {
  const fit = Math.min(width / whole.width, height / whole.height);
  return fit >= 1 ? Math.floor(fit) : fit;
}

// a frame at its place; -1 is the backdrop
function drawSprite(context, clip, frame, box, alpha) {
  const whole = clip.backdrop ?? clip;
  const scale = enlarged(whole, box.width, box.height);
  const left = box.x + ((box.width - Math.round(whole.width * scale)) >> 1);
  const top = box.y + box.height - Math.round(whole.height * scale);
  const picture = frame < 0 ? clip.backdrop : clip.frames[frame];
  const [x, y] = (frame >= 0 && clip.places?.[frame]) || [0, 0];
  context.save();
  context.beginPath();
  context.rect(left, top, Math.round(whole.width * scale), Math.round(whole.height * scale));
  context.clip(); // what leaves the backdrop is not to be seen
  context.globalAlpha = alpha;
  context.imageSmoothingEnabled = false;
  if (clip.tether && frame >= 0) {
    const middle = [left + (x + picture.width / 2) * scale, top + (y + picture.height / 2) * scale];
    line(context, [left + clip.tether[0] * scale, top + clip.tether[1] * scale], middle, "#6b5a4a", 2);
  }
  context.drawImage(
    picture,
    left + x * scale,
    top + y * scale,
    Math.round(picture.width * scale),
    Math.round(picture.height * scale),
  );
  context.restore();
}

// where the camera looks: at the middle of all, or along with the root, without its sway, which would rock the picture
function aim(clip, frame, follow) {
  if (!follow || clip.axes === 2) return clip.middle;
  const stride = clip.joints * 3;
  let [x, z] = [0, 0];
  const half = Math.min(8, frame, clip.count - 1 - frame);
  for (let at = (frame - half) * stride; at <= (frame + half) * stride; at += stride) {
    [x, z] = [x + clip.points[at] / (2 * half + 1), z + clip.points[at + 2] / (2 * half + 1)];
  }
  return [x, clip.low[1] + clip.tall / 2, z];
}

function projector(clip, box, view, [mx, my, mz], reach) {
  const scale = (Math.min(box.width, box.height) * 0.86 * view.zoom) / reach;
  const [sinY, cosY] = [Math.sin(view.yaw), Math.cos(view.yaw)];
  const [sinP, cosP] = [Math.sin(view.pitch), Math.cos(view.pitch)];
  return (x, y, z) => {
    [x, y, z] = [x - mx, y - my, z - mz];
    const right = clip.axes === 2 ? x : cosY * x + sinY * z;
    const near = clip.axes === 2 ? 0 : cosY * z - sinY * x;
    const up = clip.axes === 2 ? y : cosP * y - sinP * near;
    return [
      box.x + box.width / 2 + right * scale,
      box.y + box.height / 2 - up * scale,
      cosP * near + sinP * y, // the nearer, the larger
      scale,
    ];
  };
}

// a disc of lines that stay where they are in the world, also when the camera goes along
function drawGround(context, clip, project, [x, , z], reach) {
  const [floor, around] = [clip.floor, reach * 0.62];
  let step = clip.square || reach / 8;
  while (around / step > 14) step *= 2;
  context.strokeStyle = PAGE.grid;
  context.lineWidth = 1;
  context.beginPath();
  for (const [middle, other, across] of [[x, z, false], [z, x, true]]) {
    for (let i = Math.ceil((middle - around) / step); i * step <= middle + around; i++) {
      const half = Math.sqrt(Math.max(around ** 2 - (i * step - middle) ** 2, 0));
      const ends = [other - half, other + half].map((end) => (across ? [end, floor, i * step] : [i * step, floor, end]));
      const [from, to] = ends.map((end) => project(...end));
      context.moveTo(from[0], from[1]);
      context.lineTo(to[0], to[1]);
    }
  }
  context.stroke();
  return step;
}

function line(context, from, to, colour, width) {
  context.strokeStyle = colour;
  context.lineWidth = width;
  context.beginPath();
  context.moveTo(from[0], from[1]);
  context.lineTo(to[0], to[1]);
  context.stroke();
}

function drawSkeleton(context, clip, frame, project, alpha, colour) {
  const { points, joints, axes, parents, sides } = clip;
  const start = frame * joints * axes;
  const place = (j) => {
    const at = start + j * axes;
    return project(points[at], points[at + 1], axes === 3 ? points[at + 2] : 0);
  };
  const placed = Array.from({ length: joints }, (_, j) => place(j));
  const bones = parents.map((parent, j) => [j, parent]).filter(([, parent]) => parent >= 0);
  context.globalAlpha = alpha;
  context.lineCap = "round";
  if (!sides) {
    for (const [j, parent] of bones) line(context, placed[parent], placed[j], colour, 3);
    context.fillStyle = colour;
    for (const [x, y] of placed) context.fillRect(x - 2, y - 2, 4, 4);
    context.globalAlpha = 1;
    return;
  }
  const thick = Math.max(2.5, clip.tall * 0.026 * placed[0][3]);
  if (alpha === 1 && axes === 3) {
    const below = (j) => project(points[start + j * 3], clip.floor, points[start + j * 3 + 2]);
    for (const [j, parent] of bones) line(context, below(parent), below(j), PAGE.shadow, thick);
  }
  bones.sort((a, b) => placed[a[0]][2] + placed[a[1]][2] - placed[b[0]][2] - placed[b[1]][2]);
  for (const [j, parent] of bones) {
    const [a, b, where] = [placed[parent], placed[j], sides[j]];
    if (where === "head" && sides[parent] === "head") {
      context.beginPath();
      const radius = Math.max(Math.hypot(b[0] - a[0], b[1] - a[1]) * 0.5, thick * 1.8); // some heads end half-way
      context.arc((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, radius, 0, 2 * Math.PI);
      [context.fillStyle, context.strokeStyle, context.lineWidth] = [PAGE.paper, PAGE.middle, thick / 2];
      context.fill();
      context.stroke();
      continue;
    }
    // a margin along the middle of a bone sets it off from what it covers; right limbs are hollow, not red alone
    const inner = (share) => [a[0] + share * (b[0] - a[0]), a[1] + share * (b[1] - a[1])];
    context.lineCap = "butt";
    line(context, inner(0.2), inner(0.8), PAGE.paper, thick + 3);
    context.lineCap = "round";
    line(context, a, b, side(where), thick);
    if (where === "right") line(context, a, b, PAGE.paper, Math.max(thick - 2.5, 1));
  }
  context.globalAlpha = 1;
}

// drawn, for many fonts lack the glyphs
const [PLAY, PAUSE, BACK, NEXT] = ["M3 1v12l9-6z", "M3 1h3v12h-3zM8 1h3v12h-3z", "M10 1v12L3 7z", "M4 1v12l7-6z"];
const LOOP = "M11.8 4.2A5.6 5.6 0 1 0 12.6 7h-2A3.6 3.6 0 1 1 10.3 5.6L8.3 6.6L13.3 7.6L13.6 2.6z";
const [MINUS, PLUS] = ["M2 6h10v2H2z", "M6 2h2v4h4v2H8v4H6V8H2V6h4z"];
const ONION = "M7 1a6 6 0 1 0 0 12a6 6 0 0 0 0-12zm0 1.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9zM7 5a2 2 0 1 0 0 4a2 2 0 0 0 0-4z";
const FOLLOW = "M6.3 0h1.4v3.2h-1.4zM6.3 10.8h1.4V14h-1.4zM0 6.3h3.2v1.4H0zM10.8 6.3H14v1.4h-3.2zM7 4a3 3 0 1 0 0 6a3 3 0 0 0 0-6z";
const icon = (path) => `<svg width="14" height="14" aria-hidden="true"><path d="${path}" fill="currentColor"/></svg>`;

function button(parent, path, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.innerHTML = icon(path);
  made.title = label;
  made.setAttribute("aria-label", label);
  made.style.cssText =
    "min-width:30px;min-height:26px;padding:0 5px;line-height:0;color:inherit;border:1px solid #8888;border-radius:3px;cursor:pointer";
  made.style.background = "transparent";
  parent.append(made);
  return made;
}

// state: {clips, bytes, fps, loop, speed, onion, frame, playing, label}; changed(name, value) hears what a person does.
// A tool works on what is played: it is begun with the player, drawn over each clip, and asked first for pointer and keys
export function mount(el, state, changed = () => {}, tool = null) {
  const clips = decoded(state);
  let count = Math.max(...clips.map((clip) => clip.count));
  const now = { ...START, ...state, frame: Math.min(state.frame, count - 1) };
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) now.playing = false;

  const root = document.createElement("div");
  root.className = "animkit-player";
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", state.label);
  canvas.style.cssText = "border:1px solid #8886;max-width:calc(100% - 2px);display:block;touch-action:none";
  const cell = clips.some((clip) => clip.kind === "skeleton") ? 320 : 224;
  // pictures that are wider than high need no square
  const needed = (whole) => Math.round(whole.height * enlarged(whole, cell, cell));
  const high = Math.max(...clips.map((clip) => (clip.kind === "skeleton" ? cell : needed(clip.backdrop ?? clip))));
  const [width, height] = [cell * clips.length, high + 24];
  const ratio = Math.max(1, Math.round(devicePixelRatio || 1));
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  [canvas.style.width, canvas.style.aspectRatio] = [`${width}px`, `${width} / ${height}`];
  canvas.style.setProperty("--aspect", width / height);
  const context = canvas.getContext("2d");

  const bar = document.createElement("div");
  bar.style.cssText = "display:flex;flex-wrap:wrap;align-items:center;gap:4px;margin-top:4px;font:14px sans-serif";
  const play = button(bar, PLAY, "play or pause (space)");
  const back = button(bar, BACK, "one frame back (left arrow)");
  const next = button(bar, NEXT, "one frame on (right arrow)");
  const scrub = document.createElement("input");
  Object.assign(scrub, { type: "range", min: 0, max: count - 1, step: 1, title: "frame" });
  scrub.setAttribute("aria-label", "frame");
  scrub.style.flex = "1 1 160px";
  const where = document.createElement("span");
  where.style.cssText = "min-width:10em;font-variant-numeric:tabular-nums";
  const loop = button(bar, LOOP, "loop (L)");
  const slower = button(bar, MINUS, "slower (-)");
  const speed = document.createElement("span");
  const faster = button(bar, PLUS, "faster (+)");
  const onion = button(bar, ONION, "onion skin: neighbouring frames (O)");
  const follow = button(bar, FOLLOW, "the camera goes along (F)");
  if (!clips.some((clip) => clip.axes === 3)) follow.hidden = true;
  bar.insertBefore(scrub, loop);
  bar.insertBefore(where, loop);
  bar.insertBefore(speed, faster);
  root.append(canvas, bar);
  el.append(root);

  let drawn = 0;
  let seen = true;
  function draw() {
    if (seen) redraw();
    canvas.dataset.frame = String(now.frame);
    tool?.moved(now.frame);
    scrub.value = String(now.frame);
    where.textContent = `frame ${now.frame + now.first}/${count - 1 + now.first} · ${(now.frame / now.fps).toFixed(2)} s`;
  }
  function redraw() {
    // one scale for all skeletons, or a small movement would look as large as the big one beside it
    const reach = Math.max(...clips.map((clip) => (now.follow ? clip.tall * 1.1 : clip.reach) ?? 0));
    const lead = clips.find((clip) => clip.axes === 3);
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    clips.forEach((clip, i) => {
      const box = { x: i * cell, y: 24, width: cell, height: high };
      // a short cycle goes on beside a longer clip; a clip that does not loop waits at its end
      const frame = now.loop ? now.frame % clip.count : Math.min(now.frame, clip.count - 1);
      // side by side they go along with the first, so that it shows who falls behind
      const at = clip.kind === "skeleton" && aim(now.follow && lead ? lead : clip, frame, now.follow);
      const project = at && projector(clip, box, now, at, reach);
      if (at) clip.floor = (now.follow && lead ? lead : clip).low[1];
      context.save();
      context.beginPath();
      context.rect(box.x, box.y, box.width, box.height);
      context.clip();
      const step = project && drawGround(context, clip, project, at, reach);
      const paint = (at, alpha) =>
        project
          ? drawSkeleton(context, clip, at, project, alpha, BONE[i % BONE.length])
          : drawSprite(context, clip, at, box, alpha);
      if (clip.backdrop) paint(-1, 1);
      for (let k = now.onion; k > 0; k--) {
        for (const at of [frame - k, frame + k]) if (at >= 0 && at < clip.count) paint(at, 0.35 / k);
      }
      tool?.under(context, i, frame, project);
      paint(frame, 1);
      tool?.over(context, i, frame, project);
      context.restore();
      context.fillStyle = PAGE.ink;
      context.font = `${13 * letters}px sans-serif`;
      context.textAlign = "center";
      context.fillText(clip.title, box.x + cell / 2, 12 + 5 * letters, cell - 8);
      const note = clip.notes?.find(([first, last]) => first <= frame && frame <= last);
      if (note) context.fillText(note[2], box.x + cell / 2, 18 + 17 * letters, cell - 8);
      if (step && clip.square) {
        const side = (step / clip.square) * clip.metres;
        context.textAlign = "right";
        context.font = `${11 * letters}px sans-serif`;
        context.fillStyle = PAGE.faint;
        const told = side < 1 ? `${Math.round(side * 100)} cm` : `${side} m`;
        context.fillText(`squares of ${told}`, box.x + cell - 6, box.y + high - 7);
      }
    });
    canvas.dataset.drawn = String(++drawn);
  }
  const watcher = new IntersectionObserver((entries) => {
    seen = entries.at(-1).isIntersecting; // out of sight time passes, and nothing is painted
    dress();
  });
  watcher.observe(root);
  function dress() {
    Object.assign(PAGE, isDark(root) ? DARK : LIGHT);
    canvas.style.background = PAGE.paper;
    draw();
  }
  // several clips side by side are made smaller to fit; their titles are not
  let letters = 1;
  const sizes = new ResizeObserver(() => {
    letters = Math.min(1.8, Math.max(1, width / (canvas.clientWidth || width)));
    draw();
  });
  sizes.observe(canvas);
  const themes = new MutationObserver(() => requestAnimationFrame(dress));
  themes.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  function controls() {
    canvas.dataset.playing = String(now.playing);
    play.innerHTML = icon(now.playing ? PAUSE : PLAY);
    loop.setAttribute("aria-pressed", String(now.loop));
    loop.style.background = now.loop ? "#8884" : "transparent";
    onion.style.background = now.onion ? "#8884" : "transparent";
    onion.setAttribute("aria-pressed", String(now.onion > 0));
    follow.setAttribute("aria-pressed", String(Boolean(now.follow)));
    follow.style.background = now.follow ? "#8884" : "transparent";
    speed.textContent = `×${now.speed} at ${now.fps} fps`;
  }

  let request = 0;
  let clock = null;
  let owed = 0;
  function tick(time) {
    request = 0;
    if (!root.isConnected && clock !== null) return; // taken off the page: stop
    if (clock !== null) owed += ((time - clock) / 1000) * now.fps * now.speed;
    clock = time;
    const whole = Math.floor(owed);
    if (whole > 0) {
      owed -= whole;
      let frame = now.frame + whole;
      if (now.live && count - frame < now.fps * 0.7) hungry();
      if (frame >= count) {
        if (now.live) [frame, owed] = [count - 1, 0]; // more is on its way
        else if (now.loop) frame %= count;
        else {
          frame = count - 1;
          set("playing", false);
        }
      }
      now.frame = frame;
      draw();
    }
    if (now.playing) request = requestAnimationFrame(tick);
  }
  let asked = 0;
  // asks once for each end that comes near
  function hungry() {
    if (asked === count) return;
    asked = count;
    changed("wanted", count);
  }
  function more(bytes) {
    const clip = clips[0];
    const added = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    const points = new Float32Array(clip.points.length + added.length);
    points.set(clip.points);
    points.set(added, clip.points.length);
    clip.count += added.length / (clip.joints * clip.axes);
    clips[0] = measured({ ...clip, points });
    count = Math.max(...clips.map((clip) => clip.count));
    scrub.max = count - 1;
    draw();
  }
  function set(name, value, tell = true) {
    if (now[name] === value) return;
    now[name] = value;
    if (name === "playing") {
      [clock, owed] = [null, 0];
      if (value && !now.loop && now.frame === count - 1) now.frame = 0;
      if (value && !request) request = requestAnimationFrame(tick);
      if (!value && tell) changed("frame", now.frame);
    }
    controls();
    if (name === "frame" || name === "onion" || name === "follow") draw();
    if (name === "live" && value) {
      asked = 0;
      hungry();
    }
    if (tell) changed(name, value);
  }
  const go = (frame) => {
    set("playing", false);
    set("frame", Math.max(0, Math.min(count - 1, frame)));
  };
  const pace = (step) => {
    const at = SPEEDS.findIndex((value) => value >= now.speed);
    set("speed", SPEEDS[Math.max(0, Math.min(SPEEDS.length - 1, (at < 0 ? SPEEDS.length - 1 : at) + step))]);
  };
  const actions = {
    " ": () => set("playing", !now.playing),
    ArrowLeft: () => go(now.frame - 1),
    ArrowRight: () => go(now.frame + 1),
    Home: () => go(0),
    End: () => go(count - 1),
    l: () => set("loop", !now.loop),
    o: () => set("onion", now.onion ? 0 : 2),
    f: () => set("follow", !now.follow),
    "-": () => pace(-1),
    "+": () => pace(1),
    a: () => orbit(-0.15, 0),
    d: () => orbit(0.15, 0),
    w: () => orbit(0, 0.1),
    s: () => orbit(0, -0.1),
    r: () => {
      Object.assign(now, START);
      draw();
    },
  };
  function orbit(yaw, pitch) {
    now.yaw += yaw;
    now.pitch = Math.max(-1.5, Math.min(1.5, now.pitch + pitch));
    draw();
  }
  play.onclick = actions[" "];
  back.onclick = actions.ArrowLeft;
  next.onclick = actions.ArrowRight;
  loop.onclick = actions.l;
  onion.onclick = actions.o;
  follow.onclick = actions.f;
  slower.onclick = actions["-"];
  faster.onclick = actions["+"];
  scrub.oninput = () => go(Number(scrub.value));
  canvas.onkeydown = (event) => {
    const action = actions[event.key] ?? actions[event.key.toLowerCase()];
    if (tool?.key(event)) return;
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has shortcuts of its own
    action();
  };
  let drag = null;
  canvas.onpointerdown = (event) => {
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    if (!tool?.grab(event)) drag = [event.clientX, event.clientY];
  };
  canvas.onpointermove = (event) => {
    tool?.pull(event);
    if (!drag) return;
    orbit((event.clientX - drag[0]) * 0.01, (event.clientY - drag[1]) * 0.01);
    drag = [event.clientX, event.clientY];
  };
  canvas.onpointerup = canvas.onpointercancel = (event) => {
    drag = null;
    tool?.release(event);
  };
  if (clips.some((clip) => clip.axes === 3)) {
    canvas.onwheel = (event) => {
      event.preventDefault();
      now.zoom = Math.max(0.2, Math.min(8, now.zoom * Math.exp(-event.deltaY * 0.001)));
      draw();
    };
  }
  canvas.title = "space play · arrows step · L loop · O onion skin · F follow · +/- speed · drag or W A S D orbit · wheel zoom · R reset view";

  const begin = () => tool?.begin({ now, clips, canvas, bar, scrub, width, go, draw });
  // other clips of the same shapes, in the place of these: a page is not built anew for them
  function swap(other) {
    const alike = ({ kind, shape, backdrop }, i) =>
      kind === clips[i].kind && shape[0] === clips[i].count && `${shape}|${backdrop}` === `${clips[i].shape}|${clips[i].backdropShape}`;
    if (other.clips.length !== clips.length || !other.clips.every(alike)) return false;
    clips.splice(0, clips.length, ...decoded(other));
    now.first = other.first;
    if (!now.playing || now.live) now.frame = Math.min(other.frame, count - 1);
    canvas.setAttribute("aria-label", other.label);
    begin();
    draw();
    return true;
  }

  begin();
  dress();
  controls();
  if (now.playing) request = requestAnimationFrame(tick);
  return {
    set: (name, value) => set(name, value, false),
    more,
    swap,
    view: () => ({ yaw: now.yaw, pitch: now.pitch, zoom: now.zoom, frame: now.frame, focused: canvas.matches(":focus") }),
    focus: () => canvas.focus({ preventScroll: true }),
    stop: () => {
      cancelAnimationFrame(request);
      watcher.disconnect();
      themes.disconnect();
      sizes.disconnect();
      root.remove();
    },
  };
}
