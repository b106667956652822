// The stage before an audience: characters that the canvas moves by itself, thirty pictures a second, and that turn to
// pointer and keys at once; the kernel's answer follows. `mount` serves the live widget and the copy in a saved page.

const [LEAST, EVERY, PULSE, LATE] = [0.02, 100, 1000, 2500]; // seconds between pictures: every second of sixty; ms: between messages, between beats of the clock, until an answer is late
const [MOST, LETTERS, BATCH, KEPT] = [20000, 8e6, 200, 64]; // messages and letters that wait, messages at once, acts that wait
const [SHORT, LONG] = [110, 9000]; // letters and ms of a bubble
const STILL = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)") ?? {};
const KEYS = { wave: 3, bow: 2.5, jump: 1.5, dance: 5, sulk: 5, approach: null, flee: null }; // by the numbers from 1 on: action, seconds
const STYLE = `
.animkit-stage { font: 13px/1.35 sans-serif; color: var(--jp-ui-font-color1, inherit); max-width: 100%; position: relative }
[data-jp-theme-light="false"] .animkit-stage { color-scheme: dark }
.animkit-stage canvas { width: 100%; display: block; touch-action: none; cursor: crosshair; border-radius: 4px; background: #16121f }
.animkit-stage canvas:focus-visible { outline: 3px solid #e69f00 }
.animkit-stage form { display: flex; gap: 6px; margin: 6px 0 2px }
.animkit-stage input { flex: 1; min-width: 8em; font: inherit; padding: 4px 6px }
.animkit-stage button, .animkit-stage select { font: inherit; min-height: 28px }
.animkit-stage .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.animkit-stage [role=status] { min-height: 1.35em; font-size: 12px; overflow-wrap: anywhere }`;

function add(parent, kind, more = {}, attributes = {}) {
  const made = Object.assign(document.createElement(kind), more);
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  parent.append(made);
  return made;
}

const bounded = (value, low, high) => Math.max(low, Math.min(high, value));
const shorter = (text, most) => {
  const letters = [...text.slice(0, 4 * most)]; // whole letters, also those of two units
  return letters.length > most ? `${letters.slice(0, most - 1).join("")}…` : letters.join("");
};

// Row of a score at a moment, of which the cell is as it is and the rest lies between two rows.
// scores: {data, actions, moods, frames, fps, columns}; facing: -1 left, 0 front, 1 right
export function rowAt(scores, action, mood, facing, seconds) {
  const { data, actions, moods, frames, fps, columns } = scores;
  const loop = (Math.max(0, actions.indexOf(action)) * moods.length + Math.max(0, moods.indexOf(mood))) * 3 + facing + 1;
  const at = (seconds * fps) % frames;
  const [first, share] = [Math.floor(at), at % 1];
  const [one, two] = [first, (first + 1) % frames].map((frame) => (loop * frames + frame) * columns);
  return Array.from({ length: columns }, (_, k) => (k ? data[one + k] + share * (data[two + k] - data[one + k]) : data[one]));
}

// What a gesture adds to a row, from when it began on; animkit.studio.audience_film.gesture_row says the same
export function gestureRow(gesture, side, seconds) {
  const [once, swing] = [seconds < 1.2 ? Math.sin((Math.PI * seconds) / 1.2) : 0, Math.sin(4 * Math.PI * seconds)];
  const held = once ** 0.5;
  const added = {
    nod: { 7: 2 * once * Math.abs(swing) },
    shake: { 6: 1.6 * once * swing },
    shrug: { 2: 1.2 * held, 7: 1.5 * held },
    lean: { 3: 0.14 * held * (side || 0.4), 7: 0.6 * held },
    recoil: { 1: -3 * held * side, 3: -0.12 * held * side, 5: -0.04 * held },
    droop: { 5: -0.05 * held, 7: 2.5 * held },
  }[gesture];
  return Array.from({ length: 8 }, (_, k) => added?.[k] ?? 0);
}

// Where somebody is who goes from one place to another at a pace, pixels a second: slower at both ends
export function underway(from, to, pace, seconds) {
  const way = Math.hypot(to[0] - from[0], to[1] - from[1]);
  const share = way ? Math.min(1, (seconds * pace) / way) : 1;
  const eased = share * share * (3 - 2 * share);
  return { at: [0, 1].map((axis) => from[axis] + eased * (to[axis] - from[axis])), there: share === 1 };
}

// How a shadow lies on the ground of who stands at a place: columns to the right, and rows up, for each row of height
export function shadowOf({ place, direction }, [x, y], seen) {
  const [right, up, out] = place ? [place[0] - x, y - place[1], place[2]] : direction;
  const height = Math.max(up, 1e-3);
  return [bounded(-right / height, -2, 2), bounded((seen * out) / height, -0.7, 0.7)];
}

// --- what waits for the kernel: everything said is kept until the kernel has it, in order; beyond a bound nothing is taken

export function outbox(send, now, kept = []) {
  const [waiting, box] = [[...kept], { letters: kept.reduce((sum, one) => sum + (one.text?.length ?? 0), 0) }];
  let [number, flying, since, sent] = [0, 0, 0, -Infinity];
  const late = () => flying > 0 && now() - since > LATE;
  return Object.assign(box, {
    late,
    waiting: () => waiting.length,
    unsent: () => waiting.slice(),
    put(one) {
      const size = one.text?.length ?? 0;
      if (waiting.length >= MOST || (waiting.length && box.letters + size > LETTERS)) return false;
      waiting.push(one);
      box.letters += size;
      return true;
    },
    beat(more, soon) {
      if (flying || now() - sent < (waiting.length || soon ? EVERY : PULSE)) return false;
      let [count, size] = [0, 0];
      while (count < Math.min(waiting.length, BATCH) && (!count || size < LETTERS / 16)) size += waiting[count++].text?.length ?? 0;
      [flying, since, sent] = [count || 0.5, now(), now()]; // half: a beat of the clock alone
      number += 1;
      send({ ...more, number, said: waiting.slice(0, count) });
      return true;
    },
    answered(which) {
      if (which !== number || !flying) return;
      for (const one of waiting.splice(0, Math.floor(flying))) box.letters -= one.text?.length ?? 0;
      flying = 0;
    },
  });
}

// acts that wait, with one more: it takes the place of what its doer would have done later; what is due is still done
export const planned = (pending, act, now) => [...pending.filter((other) => other.one !== act.one || Math.min(other.at, act.at) <= now), act];

// --- pictures

async function unpack(scene, bytes) {
  const picture = ([start, length]) => createImageBitmap(new Blob([bytes.slice(start, start + length)], { type: "image/png" }));
  const dark = (bitmap) => {
    const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
    const pen = canvas.getContext("2d");
    pen.drawImage(bitmap, 0, 0);
    pen.globalCompositeOperation = "source-in";
    pen.fillRect(0, 0, bitmap.width, bitmap.height);
    return canvas;
  };
  const [start, length] = scene.scores.rows;
  const scores = { ...scene.scores, data: new Float32Array(bytes.slice(start, start + length).buffer) };
  const sheets = await Promise.all(scene.cast.map((one) => picture(one.sheet)));
  const effects = {};
  for (const [kind, one] of Object.entries(scene.effects)) effects[kind] = { ...one, sheet: await picture(one.sheet) };
  return { wall: await picture(scene.wall.sheet), sheets, effects, scores, shadows: sheets.map(dark) };
}

function lines(pen, text, wide, most) {
  const found = [""];
  for (const word of text.split(/\s+/).flatMap((one) => one.match(/.{1,18}/gsu) ?? [])) {
    const line = found.at(-1) ? `${found.at(-1)} ${word}` : word;
    if (!found.at(-1) || pen.measureText(line).width <= wide) found[found.length - 1] = line;
    else found.push(word);
  }
  return found.length > most ? [...found.slice(0, most - 1), `${found[most - 1]}…`] : found;
}

function bubble(pen, text, x, y, wide, own) {
  pen.font = "15px sans-serif";
  const told = lines(pen, text, 190, 3);
  const width = Math.max(...told.map((line) => pen.measureText(line).width)) + 18;
  const height = 19 * told.length + 10;
  const left = bounded(x - width / 2, 4, wide - width - 4);
  const top = Math.max(4, y - height - 8);
  pen.fillStyle = own ? "rgba(20, 24, 44, .86)" : "rgba(255, 253, 244, .95)";
  pen.strokeStyle = own ? "#8fb4e0" : "#2b2233";
  pen.lineWidth = 2;
  pen.beginPath();
  pen.roundRect(left, top, width, height, 8);
  if (!own) {
    pen.moveTo(bounded(x - 6, left + 8, left + width - 20), top + height);
    pen.lineTo(x, top + height + 9);
    pen.lineTo(bounded(x + 6, left + 20, left + width - 8), top + height);
  }
  pen.fill();
  pen.stroke();
  pen.fillStyle = own ? "#eef4ff" : "#1d1726";
  pen.textAlign = "center";
  told.forEach((line, k) => pen.fillText(line, left + width / 2, top + 20 + 19 * k));
}

// --- the stage

// state: {scene, bytes, acts, label, look}; send(message) reaches the kernel, null in a saved page
export function mount(el, state, send = null, before = null) {
  const { scene } = state;
  const scale = scene.scale;
  const [wide, tall] = [scene.width * scale, scene.height * scale];
  const root = add(el, "div", { className: "animkit-stage", hidden: true }, { role: "group", "aria-label": "the stage" });
  add(root, "style", { textContent: STYLE });
  const keys = "arrow keys move your place, 1 to 7 are gestures, Enter goes to the text box, Escape leaves";
  const canvas = add(root, "canvas", { tabIndex: 0, width: wide, height: tall, title: keys }, { role: "img", "aria-label": `${state.label} ${keys}.` });
  const pen = canvas.getContext("2d", { alpha: false });
  const form = add(root, "form", { noValidate: true });
  const box = add(form, "input", { type: "text", placeholder: send ? "say something to them" : "a saved page: nobody answers", maxLength: 100000, autocomplete: "off" }, { "aria-label": "say something to the characters" });
  const to = add(form, "select", {}, { "aria-label": "to whom" });
  for (const name of ["everybody", ...scene.cast.map((one) => one.name)]) add(to, "option", { value: name, textContent: name });
  add(form, "button", { type: "submit", textContent: "say" });
  const status = add(root, "div", {}, { role: "status" });
  const heard = add(root, "div", { className: "heard" }, { role: "log", "aria-live": "polite" });

  let [art, request, last, seconds, drawn, seen, urgent] = [null, 0, null, before?.seconds ?? 0, 0, true, false];
  let begun = before?.begun ?? performance.now() / 1000 - scene.seconds; // when the kernel's clock began
  const clock = () => performance.now() / 1000 - begun; // the kernel's, by which acts come; `seconds` are of what is shown
  let [pointer, own, newest, pending, timer] = [before?.pointer ?? null, null, -1, [], 0];
  let look = { ...state.look };
  const people = scene.cast.map((one, number) => ({
    ...one, number, at: [...one.home], from: [...one.home], to: [...one.home], action: "idle", since: 0, pace: 1, side: 0, lasts: null,
    gesture: "none", gaze: "audience", bent: 0, target: null, mood: one.mood, line: "", until: 0, effect: "", faded: 0, hop: 0, attends: -9, row: null, off: null, played: "",
  }));
  for (const old of before?.people ?? []) {
    const same = people.find((one) => one.name === old.name);
    if (same) for (const name of ["at", "from", "to", "action", "since", "pace", "side", "lasts", "gesture", "gaze", "bent", "target", "mood", "line", "until", "effect", "faded"]) same[name] = old[name];
  }
  if (before) newest = before.newest;

  // --- what they do

  const moves = (one) => scene.walks.includes(one.action);

  function begin(one, act) {
    let known = scene.scores.actions.includes(act.action) ? act.action : "idle";
    // who has missed an act goes to where the kernel has it
    const lost = act.stands && ["idle", "look"].includes(known) && Math.abs(act.stands[0] - one.at[0]) > 6;
    if (lost) known = "approach";
    Object.assign(one, { mood: act.mood ?? one.mood, gaze: act.gaze ?? "audience", target: act.target ?? null });
    Object.assign(one, { gesture: act.gesture ?? "none", bent: seconds, effect: act.effect ?? "", faded: seconds + scene.fades });
    if (known !== "look" || !moves(one)) {
      // a look turns the head of who walks, and stops nobody; what goes on goes on where it was
      if (known !== one.action) one.since = seconds;
      const [from, to] = [[...one.at], [...one.at]];
      Object.assign(one, { action: known, pace: act.pace ?? 1, lasts: act.seconds == null ? null : seconds + act.seconds, from, to });
      if (moves(one)) {
        one.since = seconds;
        const [x, y] = lost ? act.stands : Array.isArray(act.target) ? act.target : one.at;
        one.to = [bounded(x, 8, scene.width - 8), bounded(y, scene.floor, scene.height - 2)];
        one.side = Math.sign(Math.round(one.to[0] - one.at[0])) || one.side;
        if (STILL.matches) [one.at, one.from] = [[...one.to], [...one.to]];
      } else one.side = gazeOf(one);
    }
    if (act.line) {
      Object.assign(one, { line: shorter(act.line, SHORT), until: seconds + Math.min(LONG, 1800 + 55 * act.line.length) / 1000 });
      while (heard.childNodes.length > 7) heard.firstChild.remove();
      add(heard, "div", { textContent: `${one.name}, ${one.mood}: ${shorter(act.line, 400)}` });
    }
  }

  function take(acts, atOnce) {
    for (const act of acts) {
      if (act.id <= newest) continue;
      newest = act.id;
      if (act.action === "restart") {
        pending = [];
        for (const one of people) {
          const anew = { at: [...one.home], from: [...one.home], to: [...one.home], action: "idle", since: seconds, side: 0 };
          Object.assign(one, anew, { mood: "calm", line: "", effect: "", pace: 1 });
        }
      }
      const one = people.find((person) => person.name === act.who);
      if (!one) continue;
      if (atOnce) {
        begin(one, { ...act, line: "" });
        [one.at, one.from] = [[...one.to], [...one.to]];
      } else pending = planned(pending, { ...act, one }, clock());
    }
    if (pending.length > KEPT) pending = pending.slice(-KEPT);
    ask(true);
  }

  // the first reaction, before the kernel knows: they look up, with a little start
  function attend(strength = 1) {
    for (const one of people) {
      one.attends = seconds;
      if (!STILL.matches && one.hop === 0) one.hop = 0.001 + 0.1 * (1 - strength);
      if (!moves(one)) one.side = gazeOf({ ...one, gaze: "audience" });
    }
    ask(true);
  }
  // where somebody looks: the audience is where the pointer is; nobody there, and they look ahead
  function gazeOf(one) {
    const other = one.gaze === "other" && people.find((person) => person.name === one.target);
    const seen = other ? other.at : one.gaze === "other" && Array.isArray(one.target) ? one.target : pointer;
    if (!seen || one.gaze === "down") return 0;
    const side = Math.abs(seen[0] - one.at[0]) < 9 ? 0 : Math.sign(seen[0] - one.at[0]);
    return one.gaze === "away" ? -side : side;
  }

  function step(passed) {
    seconds += passed;
    if (passed > 0) {
      const now = clock();
      const due = pending.filter((act) => act.at <= now);
      if (due.length) pending = pending.filter((act) => act.at > now);
      for (const act of due) begin(act.one, act);
    }
    for (const one of people) {
      if (moves(one)) {
        const { at, there } = underway(one.from, one.to, scene.speed * one.pace, seconds - one.since);
        one.at = at;
        if (there) Object.assign(one, { action: "idle", since: seconds, from: [...at], pace: 1 });
      } else if (one.lasts !== null && seconds > one.lasts) Object.assign(one, { action: "idle", since: seconds, pace: 1, lasts: null });
      if (one.action === "idle" || one.action === "look") one.side = gazeOf(one);
      if (one.hop > 0) one.hop = one.hop + passed > 0.3 ? 0 : one.hop + passed;
    }
  }

  // after a rest nothing is caught up in a burst: who was on the way is there, who spoke has spoken
  function settle(gap) {
    seconds += gap;
    const now = clock();
    for (const act of pending.filter((one) => one.at <= now)) begin(act.one, { ...act, effect: "" });
    pending = pending.filter((one) => one.at > now);
    for (const one of people) {
      one.hop = 0;
      if (moves(one)) {
        [one.at, one.from] = [[...one.to], [...one.to]];
        Object.assign(one, { action: "idle", since: seconds, pace: 1, lasts: null });
      }
    }
    step(0);
  }

  // --- drawing

  // the score's row now; after a change of action, mood or side the old row fades into it
  function rowOf(one) {
    const now = rowAt(art.scores, one.action, one.mood, one.side, STILL.matches ? 0 : Math.max(0, seconds - one.since) * one.pace);
    const played = `${one.action} ${one.mood} ${one.side}`;
    if (played !== one.played) {
      one.off = one.row ? { since: seconds, by: one.row.map((value, k) => value - now[k]) } : null;
      one.played = played;
    }
    const bent = gestureRow(one.gesture, one.side, STILL.matches ? 9 : seconds - one.bent);
    const sunk = one.gaze === "down" && !moves(one) ? 1.5 : 0;
    for (let k = 1; k < now.length; k++) now[k] += bent[k] + (k === 7 ? sunk : 0);
    const left = one.off && !STILL.matches ? Math.exp(-9 * (seconds - one.off.since)) : 0;
    one.row = left > 0.01 ? now.map((value, k) => (k ? value + left * one.off.by[k] : value)) : now;
    return one.row;
  }

  function figure(one, [cell, x, y, lean, broad, high, headX, headY], ink) {
    const hop = one.hop > 0 ? 3 * Math.sin((Math.PI * one.hop) / 0.3) : 0;
    const [side, feet] = [scene.cell, scene.feet];
    const [column, row] = [one.at[0] + x, one.at[1] - (ink ? 0 : y + hop)];
    // body, then head; feet stay where they are, lean and stretch are around them
    for (const [part, across, down] of [[0, 0, 0], [1, headX, headY]]) {
      const [skew, up] = ink ? shadowOf(scene.lamp, one.at, scene.seen) : [lean, 1];
      pen.setTransform(scale * broad, 0, -scale * skew * high, scale * high * up, scale * (column + across), scale * (row + down * up));
      pen.drawImage((ink ? art.shadows : art.sheets)[one.number], scene.cells[cell] * side, part * side, side, side, -side / 2, -feet, side, side);
    }
    pen.setTransform(1, 0, 0, 1, 0, 0);
    return [scale * (column + lean * feet), scale * (row - one.tall * high)];
  }

  function effect(one) {
    const drawnOf = art.effects[one.effect];
    if (!drawnOf || seconds > one.faded || !look.effects) return;
    const { frames, side } = drawnOf;
    const frame = STILL.matches ? frames >> 1 : Math.floor(seconds * drawnOf.fps) % frames;
    const [x, y] = [one.at[0] - side / 2, one.at[1] - side + 2 - (drawnOf.above ? one.tall * 0.45 : 0)];
    pen.globalAlpha = bounded(2 * (one.faded - seconds), 0, 1);
    pen.drawImage(drawnOf.sheet, frame * side, 0, side, side, Math.round(x * scale), Math.round(y * scale), side * scale, side * scale);
    pen.globalAlpha = 1;
  }

  function draw() {
    const start = performance.now();
    pen.imageSmoothingEnabled = false;
    const phase = STILL.matches ? 0 : Math.floor(seconds * 4) % scene.wall.phases;
    pen.drawImage(art.wall, 0, phase * scene.height, scene.width, scene.height, 0, 0, wide, tall);
    const order = [...people].sort((a, b) => a.at[1] - b.at[1]);
    const rows = order.map(rowOf);
    pen.globalAlpha = scene.dark;
    order.forEach((one, k) => figure(one, rows[k], true));
    pen.globalAlpha = 1;
    const heads = order.map((one, k) => {
      const behind = scene.effects[one.effect]?.behind;
      if (behind) effect(one);
      const head = figure(one, rows[k], false);
      if (!behind) effect(one);
      return head;
    });
    const flame = scene.flicker && !STILL.matches ? scene.flicker.reduce((sum, [size, rate, from]) => sum + size * Math.sin(2 * Math.PI * rate * seconds + from), 0) : 0;
    if (flame) {
      pen.fillStyle = flame < 0 ? `rgba(0, 0, 0, ${-flame})` : `rgba(255, 190, 110, ${flame / 2})`;
      pen.fillRect(0, 0, wide, tall);
    }
    order.forEach((one, k) => {
      pen.font = "12px sans-serif";
      pen.textAlign = "center";
      [pen.lineWidth, pen.strokeStyle, pen.fillStyle] = [3, "rgba(16, 10, 28, .8)", "#fff8e6"];
      const told = `${one.name} · ${one.mood}`;
      const [x, y] = [bounded(heads[k][0], 44, wide - 44), Math.min(tall - 5, scale * one.at[1] + 15)];
      pen.strokeText(told, x, y);
      pen.fillText(told, x, y);
    });
    order.forEach((one, k) => {
      if (one.until > seconds) bubble(pen, one.line, heads[k][0], heads[k][1], wide, false);
      else if (seconds - one.attends < 0.9) bubble(pen, "…", heads[k][0], heads[k][1], wide, false);
    });
    if (own && own.until > seconds) bubble(pen, own.text, wide / 2, tall - 8, wide, true);
    if (pointer && pointer.keyed) {
      [pen.lineWidth, pen.strokeStyle] = [3, "#fff"];
      pen.beginPath();
      pen.arc(scale * pointer[0], scale * pointer[1], 9, 0, 7);
      pen.moveTo(scale * pointer[0] - 14, scale * pointer[1]);
      pen.lineTo(scale * pointer[0] + 14, scale * pointer[1]);
      pen.stroke();
    }
    Object.assign(canvas.dataset, { drawn: ++drawn, sides: people.map((one) => one.side), ms: (performance.now() - start).toFixed(2) });
    canvas.dataset.doing = people.map((one) => one.action);
    urgent = false;
  }

  function loop(time) {
    request = 0;
    if (!root.isConnected) return stop();
    if (last === null) last = time;
    const gap = (time - last) / 1000;
    if (gap < LEAST && !urgent) return ask();
    last = time;
    if (gap > 1) settle(gap);
    else step(gap);
    draw();
    ask();
  }
  function ask(now = false) {
    urgent ||= now;
    if (art && seen && !request) request = requestAnimationFrame(loop);
  }

  // --- the audience: pointer, touch, keys, text

  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * scene.width, ((event.clientY - frame.top) / frame.height) * scene.height].map((v) => Number(v.toFixed(1)));
  };
  const point = (where) => {
    pointer = where;
    for (const one of people) if (["idle", "look"].includes(one.action)) one.side = gazeOf(one);
    ask(true);
  };
  canvas.onpointermove = (event) => point(place(event));
  canvas.onpointerdown = (event) => {
    canvas.focus({ preventScroll: true });
    point(place(event));
    attend();
  };
  canvas.onpointerleave = canvas.onpointercancel = () => !pointer?.keyed && point(null);
  canvas.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 20 : 6;
    const ways = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
    const gesture = Object.keys(KEYS)[Number(event.key) - 1];
    if (ways[event.key]) {
      const [x, y] = pointer ?? [scene.width / 2, scene.floor - 20];
      const moved = [bounded(x + ways[event.key][0], 0, scene.width), bounded(y + ways[event.key][1], 0, scene.height)];
      point(Object.assign(moved, { keyed: true }));
    } else if (gesture) {
      const one = people.find((person) => person.name === to.value);
      const x = pointer?.[0] ?? scene.width / 2;
      for (const who of one ? [one] : people) {
        pending = pending.filter((act) => act.one !== who); // as the kernel does: who is asked drops what was planned
        const away = who.at[0] < x ? 12 : scene.width - 12;
        const goal = { flee: [away, who.at[1]], approach: [x + 14 * (who.number - (people.length - 1) / 2), who.at[1]] }[gesture];
        begin(who, { action: gesture, mood: who.mood, target: goal ?? null, seconds: KEYS[gesture] });
        tell({ key: gesture, to: who.name, target: goal ?? null, seconds: KEYS[gesture] });
      }
      ask(true);
    } else if (event.key === "Enter") box.focus();
    else if (event.key === "Escape") point(null);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has shortcuts of its own
  };
  box.onkeydown = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") canvas.focus();
  };
  box.oninput = () => {
    draft = box.value.slice(0, 80);
    attend();
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    event.stopPropagation();
    const text = box.value;
    if (!text.trim()) return;
    if (!send) {
      say("this page was saved: nobody answers, and they go on idling");
    } else if (!tell({ text, to: to.value === "everybody" ? null : to.value })) {
      say(`${post.waiting()} messages wait already: this one is not taken, it stays in the box`);
      return;
    }
    own = { text: shorter(text, 60), until: seconds + 2.5 };
    [box.value, draft] = ["", null];
    attend(0.5);
  };

  // --- the kernel

  let [said, draft] = ["", null];
  const say = (words) => {
    if (words !== said) status.textContent = said = words;
  };
  const store = `animkit-stage ${scene.cast.map((one) => one.name)}`;
  const remembered = () => {
    try {
      const found = JSON.parse(sessionStorage.getItem(store) ?? "[]");
      sessionStorage.removeItem(store);
      return Array.isArray(found) ? found : [];
    } catch {
      return [];
    }
  };
  const keep = (unsent) => {
    try {
      if (unsent.length) sessionStorage.setItem(store, JSON.stringify(unsent));
      else sessionStorage.removeItem(store);
    } catch {
      say("what waits does not fit into this browser's memory: leave the page open until the kernel has it");
    }
  };
  let shownAt = null; // where the kernel knows the pointer to be
  const post = before?.post ?? outbox((message) => send(message), () => performance.now(), send ? remembered() : []);
  const tell = (one) => send && post.put(one);
  let [gone, kept] = [false, 0];
  function beat() {
    const moved = `${pointer}` !== `${shownAt}`;
    const told = { seconds: Number(clock().toFixed(3)), draft, ...(moved && { pointer: pointer && pointer.slice(0, 2) }) };
    if (post.beat(told, draft !== null || moved)) [draft, shownAt] = [null, pointer];
    const away = gone || post.late();
    canvas.dataset.kernel = away ? "away" : "here";
    canvas.dataset.waiting = post.waiting();
    if (away) {
      say(`the kernel is busy or gone: they idle on; ${post.waiting()} unsent ${post.waiting() === 1 ? "message waits" : "messages wait"} for it (run the cell again if it was restarted)`);
      if (post.waiting() !== kept) keep(post.unsent().filter((one) => one.text));
      kept = post.waiting();
    } else if (said.startsWith("the kernel")) {
      say("");
      keep([]);
    }
  }
  if (send) timer = setInterval(beat, EVERY);

  const watcher = new IntersectionObserver((entries) => {
    seen = entries.at(-1).isIntersecting; // out of sight nothing moves
    ask();
  });
  watcher.observe(root);
  const bytes = new Uint8Array(state.bytes.buffer ?? state.bytes, state.bytes.byteOffset ?? 0, state.bytes.byteLength);
  function stop() {
    cancelAnimationFrame(request);
    clearInterval(timer);
    watcher.disconnect();
    root.remove();
  }
  const ready = unpack(scene, bytes).then((unpacked) => {
    art = unpacked;
    if (before) {
      [box.value, to.value] = [before.text, before.to];
      take(state.acts, false);
    } else take(state.acts, true);
    root.hidden = false;
    draw();
    canvas.dataset.ready = "true";
    if (before?.focused) (before.focused === "box" ? box : canvas).focus({ preventScroll: true });
    ask();
  });
  return {
    ready,
    take: (acts) => take(acts, false),
    look: (value) => {
      look = { ...value };
      ask(true);
    },
    answered: (number, now) => {
      post.answered(number);
      gone = false;
      begun -= Math.max(0, now - clock()); // another view of this stage may be older
    },
    lost: () => (gone = true),
    view: () => ({ people, seconds, begun, pointer, newest, post, text: box.value, to: to.value, focused: document.activeElement === box ? "box" : document.activeElement === canvas ? "canvas" : "" }),
    stop(final = true) {
      const unsent = post.unsent().filter((one) => one.text);
      if (final && send && unsent.length) keep(unsent);
      stop();
    },
  };
}

function render({ model, el }) {
  let [table, view] = [null, Math.random().toString(36).slice(2)];
  const begin = () => {
    const old = table;
    const state = Object.fromEntries(["scene", "acts", "look", "label"].map((name) => [name, model.get(name)]));
    const send = (message) => {
      try {
        model.send({ ...message, view });
      } catch {
        table.lost(); // after a restart of the kernel nobody is there to send to
      }
    };
    table = mount(el, { ...state, bytes: model.get("data") }, send, old?.view());
    table.ready.then(() => old?.stop(false)); // the old one is seen until the new one can be
  };
  begin();
  let waiting = 0; // scene and data come in one message, and are heard one by one
  const anew = () => {
    clearTimeout(waiting);
    waiting = setTimeout(begin, 0);
  };
  model.on("change:data", anew);
  model.on("change:scene", anew);
  model.on("change:acts", () => table.take(model.get("acts")));
  model.on("change:look", () => table.look(model.get("look")));
  model.on("msg:custom", (message) => message.view === view && table.answered(message.answered, message.seconds));
  model.on("comm_live_update", () => table.lost());
  return () => table.stop();
}

export default { render };
