// The animation player: sprite frames and 2-D or 3-D skeletons, several clips in step. Everything that moves, moves here;
// the kernel sends the clips once. `mount` serves the live widget and the copy in a saved page alike.

const SPEEDS = [0.1, 0.25, 0.5, 1, 2, 4];
const BONE = ["#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"];

function decode(meta, bytes) {
  const part = bytes.slice(meta.offset, meta.offset + meta.bytes);
  if (meta.kind === "sprites") {
    const [count, height, width] = meta.shape;
    const size = height * width * 4;
    const frames = Array.from({ length: count }, (_, i) => {
      const canvas = new OffscreenCanvas(width, height);
      const pixels = new Uint8ClampedArray(part.buffer, part.byteOffset + i * size, size);
      canvas.getContext("2d").putImageData(new ImageData(pixels, width, height), 0, 0);
      return canvas;
    });
    return { ...meta, count, width, height, frames };
  }
  const [count, joints, axes] = meta.shape;
  const points = new Float32Array(part.buffer, part.byteOffset, count * joints * axes);
  const low = [Infinity, Infinity, Infinity];
  const high = [-Infinity, -Infinity, -Infinity];
  for (let i = 0; i < points.length; i++) {
    low[i % axes] = Math.min(low[i % axes], points[i]);
    high[i % axes] = Math.max(high[i % axes], points[i]);
  }
  if (axes === 2) low[2] = high[2] = 0;
  const middle = low.map((value, i) => (value + high[i]) / 2);
  const reach = Math.max(Math.hypot(high[0] - low[0], high[2] - low[2]), high[1] - low[1]) || 1;
  return { ...meta, count, joints, axes, points, low, middle, reach };
}

function drawSprite(context, clip, frame, box, alpha) {
  const fit = Math.min(box.width / clip.width, box.height / clip.height);
  const scale = fit >= 1 ? Math.floor(fit) : fit; // whole pixels as long as there is room
  const width = Math.round(clip.width * scale);
  const height = Math.round(clip.height * scale);
  context.globalAlpha = alpha;
  context.imageSmoothingEnabled = false;
  context.drawImage(clip.frames[frame], box.x + ((box.width - width) >> 1), box.y + box.height - height, width, height);
  context.globalAlpha = 1;
}

function projector(clip, box, view) {
  const scale = (Math.min(box.width, box.height) * 0.86 * view.zoom) / clip.reach;
  const [sinY, cosY] = [Math.sin(view.yaw), Math.cos(view.yaw)];
  const [sinP, cosP] = [Math.sin(view.pitch), Math.cos(view.pitch)];
  const [mx, my, mz] = clip.middle;
  return (x, y, z) => {
    [x, y, z] = [x - mx, y - my, z - mz];
    const right = clip.axes === 2 ? x : cosY * x + sinY * z;
    const deep = clip.axes === 2 ? 0 : cosY * z - sinY * x;
    const up = clip.axes === 2 ? y : cosP * y - sinP * deep;
    return [box.x + box.width / 2 + right * scale, box.y + box.height / 2 - up * scale];
  };
}

function drawGround(context, clip, project) {
  const [floor, step] = [clip.low[1], clip.reach / 8];
  context.strokeStyle = "#c8ccd0";
  context.lineWidth = 1;
  context.beginPath();
  for (let i = -4; i <= 4; i++) {
    const [x, z] = [clip.middle[0] + i * step, clip.middle[2] + i * step];
    context.moveTo(...project(x, floor, clip.middle[2] - 4 * step));
    context.lineTo(...project(x, floor, clip.middle[2] + 4 * step));
    context.moveTo(...project(clip.middle[0] - 4 * step, floor, z));
    context.lineTo(...project(clip.middle[0] + 4 * step, floor, z));
  }
  context.stroke();
}

function drawSkeleton(context, clip, frame, project, alpha, colour) {
  const { points, joints, axes, parents } = clip;
  const start = frame * joints * axes;
  const place = (j) => {
    const at = start + j * axes;
    return project(points[at], points[at + 1], axes === 3 ? points[at + 2] : 0);
  };
  const placed = Array.from({ length: joints }, (_, j) => place(j));
  context.globalAlpha = alpha;
  context.strokeStyle = context.fillStyle = colour;
  context.lineWidth = 3;
  context.lineCap = "round";
  context.beginPath();
  for (let j = 0; j < joints; j++) {
    if (parents[j] < 0) continue;
    context.moveTo(...placed[parents[j]]);
    context.lineTo(...placed[j]);
  }
  context.stroke();
  for (const [x, y] of placed) context.fillRect(x - 2, y - 2, 4, 4);
  context.globalAlpha = 1;
}

function button(parent, text, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = label;
  made.setAttribute("aria-label", label);
  made.style.cssText = "min-width:2.4em;font-size:16px;margin-right:4px";
  parent.append(made);
  return made;
}

// state: {clips, bytes, fps, loop, speed, onion, frame, playing, label}; changed(name, value) hears what a person does
export function mount(el, state, changed = () => {}) {
  const bytes = new Uint8Array(state.bytes.buffer ?? state.bytes, state.bytes.byteOffset ?? 0, state.bytes.byteLength);
  const clips = state.clips.map((meta) => decode(meta, bytes));
  const count = Math.max(...clips.map((clip) => clip.count));
  // one scale for all skeletons, or a small movement would look as large as the big one beside it
  const reach = Math.max(...clips.map((clip) => clip.reach ?? 0));
  for (const clip of clips) clip.reach = reach;
  const now = { ...state, frame: Math.min(state.frame, count - 1), yaw: 0.6, pitch: 0.25, zoom: 1 };
  if (matchMedia("(prefers-reduced-motion: reduce)").matches) now.playing = false;

  const root = document.createElement("div");
  root.className = "animkit-player";
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", state.label);
  canvas.style.cssText = "background:#f4f4f1;border:1px solid #bbb;max-width:100%;display:block;touch-action:none";
  const cell = clips.some((clip) => clip.kind === "skeleton") ? 320 : 224;
  const [width, height] = [cell * clips.length, cell + 24];
  const ratio = Math.max(1, Math.round(devicePixelRatio || 1));
  [canvas.width, canvas.height] = [width * ratio, height * ratio];
  [canvas.style.width, canvas.style.aspectRatio] = [`${width}px`, `${width} / ${height}`];
  const context = canvas.getContext("2d");

  const bar = document.createElement("div");
  bar.style.cssText = "display:flex;flex-wrap:wrap;align-items:center;gap:4px;margin-top:4px;font:14px sans-serif";
  const play = button(bar, "▶", "play or pause (space)");
  const back = button(bar, "‹", "one frame back (left arrow)");
  const next = button(bar, "›", "one frame on (right arrow)");
  const scrub = document.createElement("input");
  Object.assign(scrub, { type: "range", min: 0, max: count - 1, step: 1, title: "frame" });
  scrub.setAttribute("aria-label", "frame");
  scrub.style.flex = "1 1 160px";
  const where = document.createElement("span");
  where.style.cssText = "min-width:11em;font-variant-numeric:tabular-nums";
  const loop = button(bar, "⟳", "loop (L)");
  const slower = button(bar, "−", "slower (-)");
  const speed = document.createElement("span");
  const faster = button(bar, "+", "faster (+)");
  const onion = button(bar, "◎", "onion skin: neighbouring frames (O)");
  bar.insertBefore(scrub, loop);
  bar.insertBefore(where, loop);
  bar.insertBefore(speed, faster);
  root.append(canvas, bar);
  el.append(root);

  let drawn = 0;
  function draw() {
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    clips.forEach((clip, i) => {
      const box = { x: i * cell, y: 24, width: cell, height: cell };
      // a short cycle goes on beside a longer clip; a clip that does not loop waits at its end
      const frame = now.loop ? now.frame % clip.count : Math.min(now.frame, clip.count - 1);
      const project = clip.kind === "skeleton" && projector(clip, box, now);
      if (project) drawGround(context, clip, project);
      const paint = (at, alpha) =>
        project
          ? drawSkeleton(context, clip, at, project, alpha, BONE[i % BONE.length])
          : drawSprite(context, clip, at, box, alpha);
      for (let k = now.onion; k > 0; k--) {
        for (const at of [frame - k, frame + k]) if (at >= 0 && at < clip.count) paint(at, 0.35 / k);
      }
      paint(frame, 1);
      context.fillStyle = "#222";
      context.font = "13px sans-serif";
      context.textAlign = "center";
      context.fillText(clip.title, box.x + cell / 2, 17, cell - 8);
    });
    canvas.dataset.drawn = String(++drawn);
    canvas.dataset.frame = String(now.frame);
    scrub.value = String(now.frame);
    where.textContent = `frame ${now.frame + 1}/${count} · ${(now.frame / now.fps).toFixed(2)} s`;
  }
  function controls() {
    canvas.dataset.playing = String(now.playing);
    play.textContent = now.playing ? "⏸" : "▶";
    loop.setAttribute("aria-pressed", String(now.loop));
    loop.style.fontWeight = now.loop ? "bold" : "normal";
    onion.setAttribute("aria-pressed", String(now.onion > 0));
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
      if (frame >= count) {
        if (now.loop) frame %= count;
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
    if (name === "frame" || name === "onion") draw();
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
    "-": () => pace(-1),
    "+": () => pace(1),
    a: () => orbit(-0.15, 0),
    d: () => orbit(0.15, 0),
    w: () => orbit(0, 0.1),
    s: () => orbit(0, -0.1),
    r: () => {
      Object.assign(now, { yaw: 0.6, pitch: 0.25, zoom: 1 });
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
  slower.onclick = actions["-"];
  faster.onclick = actions["+"];
  scrub.oninput = () => go(Number(scrub.value));
  canvas.onkeydown = (event) => {
    const action = actions[event.key] ?? actions[event.key.toLowerCase()];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has shortcuts of its own
    action();
  };
  let drag = null;
  canvas.onpointerdown = (event) => {
    canvas.focus();
    drag = [event.clientX, event.clientY];
    canvas.setPointerCapture(event.pointerId);
  };
  canvas.onpointermove = (event) => {
    if (!drag) return;
    orbit((event.clientX - drag[0]) * 0.01, (event.clientY - drag[1]) * 0.01);
    drag = [event.clientX, event.clientY];
  };
  canvas.onpointerup = () => (drag = null);
  if (clips.some((clip) => clip.axes === 3)) {
    canvas.onwheel = (event) => {
      event.preventDefault();
      now.zoom = Math.max(0.2, Math.min(8, now.zoom * Math.exp(-event.deltaY * 0.001)));
      draw();
    };
  }
  canvas.title = "space play · arrows step · L loop · O onion skin · +/- speed · drag or W A S D orbit · wheel zoom · R reset view";

  draw();
  controls();
  if (now.playing) request = requestAnimationFrame(tick);
  return {
    set: (name, value) => set(name, value, false),
    stop: () => {
      cancelAnimationFrame(request);
      root.remove();
    },
  };
}

const TRAITS = ["fps", "loop", "speed", "onion", "frame", "playing"];

function render({ model, el }) {
  let player = null;
  const begin = () => {
    player?.stop();
    const state = Object.fromEntries([...TRAITS, "clips", "label"].map((name) => [name, model.get(name)]));
    player = mount(el, { ...state, bytes: model.get("data") }, (name, value) => {
      model.set(name, value);
      model.save_changes();
    });
  };
  begin();
  model.on("change:data", begin);
  for (const name of TRAITS) model.on(`change:${name}`, () => player.set(name, model.get(name)));
  return () => player.stop();
}

export default { render };
