import { view } from "./player_view.js";
import { timeline } from "./key_timeline.js";
import { add } from "./page.js";

// The player with keys to work on: a timeline under it, handles on one of its skeletons, and the poses of the keys before
// and after as ghosts. What a pull or a moved key makes of the motion, the kernel says.

const GHOSTS = ["#009e73", "#cc79a7"]; // the key before, the key after
const [HANDLE, NEAR, SLOW] = [6, 13, 100]; // pixels, pixels, milliseconds after which the wait is told
const ICONS = {
  key: "M7 1l6 6-6 6-6-6zM7 4.5v5M4.5 7h5",
  delete: "M7 1l6 6-6 6-6-6zM4.5 7h5",
  copy: "M4 4h8v9H4zM2 10V1h7",
  paste: "M3 3h8v10H3zM5 1h4v3H5zM5 8h4",
  mirror: "M7 0v14M5 3L1 11h4zM9 3l4 8H9z",
  joint: "M3 11L11 3M3 11m-2 0a2 2 0 1 0 4 0a2 2 0 1 0-4 0",
  ghosts: "M2 13V6a5 5 0 0 1 10 0v7l-2.5-2L7 13l-2.5-2z",
};

function tools(el, act, toggle) {
  const bar = add(el, "div", {}, { role: "group", "aria-label": "keys and poses" });
  bar.style.cssText = "display:flex;flex-wrap:wrap;gap:4px;align-items:center;margin:4px 0 2px;font:13px sans-serif";
  const button = (name, label, help, click) => {
    const made = add(bar, "button", { type: "button", title: help, onclick: click }, { "aria-label": `${label}: ${help}` });
    made.innerHTML = `<svg width="14" height="14" aria-hidden="true" style="vertical-align:-2px;margin-right:4px"><path d="${ICONS[name]}" fill="none" stroke="currentColor" stroke-width="1.4"/></svg>`;
    made.append(label);
    made.style.cssText = "font:inherit;color:inherit;background:transparent;min-height:26px;padding:1px 7px;border:1px solid #8888;border-radius:3px;cursor:pointer";
    return made;
  };
  button("key", "key", "a key here, with the pose that is shown (I, or a double click on the timeline)", () => act("key"));
  button("delete", "delete", "the key here is removed, the gap filled (Delete)", () => act("delete"));
  button("copy", "copy", "the pose here is kept for pasting (Ctrl+C)", () => act("copy"));
  button("paste", "paste", "the copied pose stands here, facing as this one does (Ctrl+V)", () => act("paste"));
  button("mirror", "mirror", "left and right of the pose here change places (M)", () => act("mirror"));
  const switches = {
    joint: button("joint", "one joint", "a handle turns one joint alone; off, it takes the limb along (J)", () => toggle("joint")),
    ghosts: button("ghosts", "ghosts", "the poses of the key before and the key after (G)", () => toggle("ghosts")),
  };
  return switches;
}

// what the notebook's kernel is asked, one thing at a time while a handle is dragged
function asker(model) {
  let [busy, next] = [false, null];
  const send = (message, act) => model.send({ act, ...message });
  return {
    send,
    pull(message) {
      if (busy) next = message;
      else [busy] = [true, send(message, "pull")];
    },
    answered() {
      busy = false;
      if (next) this.pull(next);
      next = null;
    },
    forget: () => (next = null),
  };
}

function render({ model, el }) {
  const place = add(el, "div");
  const below = add(el, "div");
  below.className = "animkit-keys";
  const on = { joint: false, ghosts: true };
  let [player, spots, chosen, held, waits] = [null, [], null, null, null];
  const ask = asker(model);
  const get = (name) => model.get(name);
  const posed = () => player?.clips[get("posed")];
  const frame = () => player?.now.frame ?? 0;
  const isKey = (at) => get("key_frames").some((key) => key.frame === at);
  const isKept = (at) => get("kept").some(([first, last]) => first <= at && at <= last);
  const canPose = (at) => Boolean(posed()) && (isKey(at) || !isKept(at));
  const besides = (at) => {
    const frames = [...get("key_frames").map((key) => key.frame), ...get("kept").flat()];
    return [Math.max(...frames.filter((one) => one < at)), Math.min(...frames.filter((one) => one > at))];
  };
  const switches = tools(below, (name) => act(name), toggle);

  const tell = (words) => (status.textContent = words);
  function toggle(name) {
    on[name] = !on[name];
    for (const [one, button] of Object.entries(switches)) {
      button.setAttribute("aria-pressed", String(on[one]));
      button.style.background = on[one] ? "#8884" : "transparent";
    }
    player?.draw();
  }

  // an action of the kernel's; how long its answer takes is told
  function act(name, more = {}) {
    if (waits) clearTimeout(waits.timer);
    const begun = performance.now();
    waits = { begun, timer: setTimeout(() => waits && tell("filling …"), SLOW) };
    below.dataset.filling = "true";
    ask.send({ frame: frame(), ...more }, name);
  }
  function answered(words) {
    if (!waits) return;
    clearTimeout(waits.timer);
    const took = performance.now() - waits.begun;
    waits = null;
    Object.assign(below.dataset, { filling: "false", ms: took.toFixed(0) });
    tell(words ?? `filled in ${took.toFixed(0)} ms`);
  }

  const desk = {
    frame,
    count: () => Math.max(...(player?.clips.map((clip) => clip.count) ?? [1])),
    fps: () => get("fps"),
    keys: () => get("key_frames"),
    kept: () => get("kept"),
    go: (at) => player.go(at),
    told: tell,
    act,
    key: onKey,
    // where a key may be dragged: between its neighbours, and never onto one
    room(key) {
      const [before, after] = besides(key);
      return Number.isFinite(before) && Number.isFinite(after) ? [before + 1, after - 1] : null;
    },
  };
  const track = timeline(below, desk);
  const status = add(below, "div", {}, { role: "status" });
  status.style.cssText = "font:12px/18px sans-serif;min-height:18px";

  function ghost(context, at, project, colour) {
    const { points, joints, parents } = posed();
    const spot = (j) => project(...points.subarray((at * joints + j) * 3, (at * joints + j) * 3 + 3));
    [context.strokeStyle, context.lineWidth, context.lineCap, context.globalAlpha] = [colour, 3, "round", 0.75];
    context.beginPath();
    parents.forEach((parent, j) => {
      if (parent < 0) return;
      context.moveTo(...spot(parent).slice(0, 2));
      context.lineTo(...spot(j).slice(0, 2));
    });
    context.stroke();
    const top = Array.from({ length: joints }, (_, j) => spot(j)).reduce((a, b) => (b[1] < a[1] ? b : a));
    words(context, `key ${at}`, top[0], top[1] - 8, colour);
    context.globalAlpha = 1;
  }
  // several clips side by side are made smaller to fit; handles and words are not
  const enlarged = () => Math.min(1.8, Math.max(1, player.width / (player.canvas.clientWidth || player.width)));
  function words(context, text, x, y, colour = "#222") {
    context.font = `bold ${12 * enlarged()}px sans-serif`;
    [context.textAlign, context.strokeStyle, context.lineWidth] = ["center", "#fff", 3];
    context.strokeText(text, x, y);
    context.fillStyle = colour;
    context.fillText(text, x, y);
  }

  // from pixels of the page to those that are drawn
  const seen = (event) => {
    const box = player.canvas.getBoundingClientRect();
    const scale = player.width / box.width;
    return [(event.clientX - box.left) * scale, (event.clientY - box.top) * scale, scale];
  };
  const nearest = ([x, y, scale], reach) => {
    const near = spots.map((spot) => [Math.hypot(spot.x - x, spot.y - y), spot]).sort((a, b) => a[0] - b[0])[0];
    return near && near[0] <= reach * scale ? near[1] : null;
  };
  const moved = ({ at, unit }, right, up) => {
    const { yaw, pitch } = player.now;
    const [sinY, cosY, sinP, cosP] = [Math.sin(yaw), Math.cos(yaw), Math.sin(pitch), Math.cos(pitch)];
    const [r, u] = [right / unit, up / unit];
    return [at[0] + r * cosY + u * sinP * sinY, at[1] + u * cosP, at[2] + r * sinY - u * sinP * cosY];
  };

  const tool = {
    begin(made) {
      player = made;
      made.scrub.hidden = true; // the timeline does it
      spots = [];
      track.show(made.clips, get("looks"));
      cancelAnimationFrame(request);
      [request, fresh] = [0, true];
      queueMicrotask(() => (fresh = false));
      answered();
    },
    moved: () => track.draw(),
    under(context, i, at, project) {
      if (i !== get("posed")) return;
      spots = [];
      if (player.now.playing || !canPose(at) || !on.ghosts) return;
      besides(at).forEach((other, which) => Number.isFinite(other) && ghost(context, other, project, GHOSTS[which]));
    },
    over(context, i, at, project) {
      if (i !== get("posed") || player.now.playing || !canPose(at)) return;
      const { points, joints } = posed();
      spots = get("handles").map(({ name, node, small }) => {
        const where = Array.from(points.subarray((at * joints + node) * 3, (at * joints + node) * 3 + 3));
        const [x, y, , unit] = project(...where);
        return { name, small, at: where, x, y, unit };
      });
      player.canvas.dataset.handles = JSON.stringify(Object.fromEntries(spots.map(({ name, x, y }) => [name, [x, y]])));
      for (const { name, small, x, y } of spots) {
        const strong = name === (held?.name ?? chosen);
        context.beginPath();
        context.arc(x, y, (small ? HANDLE - 2 : HANDLE) * enlarged(), 0, 2 * Math.PI);
        [context.fillStyle, context.strokeStyle, context.lineWidth] = [strong ? "#f0e442" : "#fff", "#222", 1.6];
        context.fill();
        context.stroke();
        if (strong) words(context, name, x, y - 11 * enlarged());
      }
    },
    grab(event) {
      const spot = event.button ? null : nearest(seen(event), event.pointerType === "touch" ? 2 * NEAR : NEAR);
      if (!spot) return false;
      const [x, y] = seen(event);
      held = { ...spot, x, y, frame: frame(), to: null };
      chosen = spot.name;
      player.draw();
      return true;
    },
    pull(event) {
      if (!held) {
        const name = nearest(seen(event), NEAR)?.name ?? null;
        player.canvas.style.cursor = name ? "move" : "";
        return;
      }
      const [x, y] = seen(event);
      held.to = moved(held, x - held.x, held.y - y);
      ask.pull({ frame: held.frame, handle: held.name, to: held.to, single: on.joint, done: false });
    },
    release(event) {
      const done = held;
      held = null;
      ask.forget();
      if (done && event.type === "pointercancel") shown.renew(); // as it was
      else if (done?.to) act("pull", { frame: done.frame, handle: done.name, to: done.to, single: on.joint, done: true });
      else if (done) player.draw();
    },
    key: onKey,
  };

  function onKey(event) {
    const letter = event.key.toLowerCase();
    if (event.ctrlKey || event.metaKey) {
      const name = { c: "copy", v: "paste", z: event.shiftKey ? "redo" : "undo", y: "redo" }[letter];
      if (!name || event.altKey) return false;
      act(name);
    } else if (event.altKey) return false;
    else if (event.key === "Delete" || event.key === "Backspace") act("delete");
    else if (letter === "i") act("key");
    else if (letter === "m") act("mirror");
    else if (letter === "j") toggle("joint");
    else if (letter === "g") toggle("ghosts");
    else if (letter === "h") choose(event.shiftKey ? -1 : 1);
    else if (letter === "n" || letter === "p") {
      const to = besides(frame())[letter === "n" ? 1 : 0];
      if (Number.isFinite(to)) player.go(to);
    } else if (event.shiftKey && event.key.startsWith("Arrow") && event.target === player.canvas) nudge(event.key);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
  function choose(by) {
    if (!spots.length) return tell(why());
    const at = spots.findIndex((spot) => spot.name === chosen);
    chosen = spots[(at + by + spots.length) % spots.length].name;
    tell(`${chosen}: Shift and the arrow keys pull it`);
    player.draw();
  }
  function nudge(key) {
    const spot = spots.find((one) => one.name === chosen);
    if (!spot) return tell(spots.length ? "choose a handle first (H)" : why());
    const by = { ArrowLeft: [-6, 0], ArrowRight: [6, 0], ArrowUp: [0, 6], ArrowDown: [0, -6] }[key];
    if (!waits) act("pull", { handle: spot.name, to: moved(spot, ...by), single: on.joint, done: true });
  }
  function why() {
    if (!posed()) return "nothing that is filled is shown: choose linear, cubic or ours";
    return isKept(frame()) && !isKey(frame()) ? "this frame lies in a kept stretch: go into a gap, or to a diamond" : "no handles here";
  }

  let [request, fresh] = [0, false]; // mostly other clips come in the same message, and draw everything
  const shown = view(model, place, tool);
  toggle("ghosts");
  toggle("ghosts");
  model.on("msg:custom", (message, buffers) => {
    if (message.pulled !== undefined) {
      if (held && buffers?.length && posed()) {
        const pose = new Float32Array(buffers[0].buffer.slice(buffers[0].byteOffset, buffers[0].byteOffset + buffers[0].byteLength));
        posed().points.set(pose, message.pulled * pose.length);
        player.draw();
      }
      ask.answered();
    }
    if (message.answered === undefined || !waits) return;
    answered(message.answered);
    if (message.failed) shown.renew(); // nothing has changed: what was dragged goes back
  });
  const later = () => {
    request = 0;
    player.draw();
  };
  const soon = () => fresh || (request ||= requestAnimationFrame(later));
  for (const name of ["key_frames", "kept"]) model.on(`change:${name}`, soon);
  return () => {
    track.stop();
    shown.stop();
  };
}

export default { render };
