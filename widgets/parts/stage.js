import { add, bounded, bytesOf, renewed, watched } from "./page.js";
import { EVERY, STILL, attend, begin, company, gazeOf, outbox, settle, shorter, step, take } from "./stage_acts.js";
import { draw, unpack } from "./stage_picture.js";

// The stage before an audience: characters that the canvas moves by itself, thirty pictures a second, and that turn to
// pointer and keys at once; the kernel's answer follows. `mount` serves the live widget and the copy in a saved page.

const LEAST = 0.02; // seconds between pictures: every second of sixty
const KEYS = { wave: 3, bow: 2.5, jump: 1.5, dance: 5, sulk: 5, approach: null, flee: null }; // by the numbers from 1 on: action, seconds
const STYLE = `
.animkit-stage { font: 13px/1.35 sans-serif; color: var(--jp-ui-font-color1, inherit); max-width: 100%; position: relative }
[data-jp-theme-light="false"] .animkit-stage { color-scheme: dark }
.animkit-stage canvas { width: 100%; display: block; touch-action: pan-y pinch-zoom; cursor: crosshair; border-radius: 4px; background: #16121f }
.animkit-stage canvas:focus-visible { outline: 3px solid #e69f00 }
.animkit-stage form { display: flex; gap: 6px; margin: 6px 0 2px }
.animkit-stage input { flex: 1; min-width: 8em; font: inherit; padding: 4px 6px }
.animkit-stage button, .animkit-stage select { font: inherit; min-height: 28px }
.animkit-stage .heard { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%) }
.animkit-stage [role=status] { min-height: 1.35em; font-size: 12px; overflow-wrap: anywhere }`;

// what is to be seen of it, and to be typed into
function furniture(el, { scene, label }, live) {
  const root = add(el, "div", { className: "animkit-stage", hidden: true }, { role: "group", "aria-label": "the stage" });
  add(root, "style", { textContent: STYLE });
  const keys = "arrow keys move your place, 1 to 7 are gestures, Enter goes to the text box, Escape leaves";
  const size = { width: scene.width * scene.scale, height: scene.height * scene.scale };
  const canvas = add(root, "canvas", { tabIndex: 0, ...size, title: keys }, { role: "img", "aria-label": `${label} ${keys}.` });
  const form = add(root, "form", { noValidate: true });
  const box = add(form, "input", { type: "text", placeholder: live ? "say something to them" : "a saved page: nobody answers", maxLength: 100000, autocomplete: "off" }, { "aria-label": "say something to the characters" });
  const to = add(form, "select", {}, { "aria-label": "to whom" });
  for (const name of ["everybody", ...scene.cast.map((one) => one.name)]) add(to, "option", { value: name, textContent: name });
  add(form, "button", { type: "submit", textContent: "say" });
  const gesture = add(form, "select", { title: "what they do at once; the keys 1 to 7 on the stage do the same" }, { "aria-label": "ask for a gesture" });
  add(gesture, "option", { value: "", textContent: "do …" });
  for (const name of Object.keys(KEYS)) add(gesture, "option", { value: name, textContent: name });
  const status = add(root, "div", {}, { role: "status" });
  const heard = add(root, "div", { className: "heard" }, { role: "log", "aria-live": "polite" });
  const aloud = (words) => {
    while (heard.childNodes.length > 7) heard.firstChild.remove();
    add(heard, "div", { textContent: words });
  };
  const say = (words) => {
    if (words !== status.textContent) status.textContent = words;
  };
  return { root, canvas, form, box, to, gesture, status, aloud, say };
}

// what was said and is not with the kernel yet, kept in the browser's memory while the kernel is away
function memory(scene, say) {
  const store = `animkit-stage ${scene.cast.map((one) => one.name)}`;
  return {
    recalled() {
      try {
        const found = JSON.parse(sessionStorage.getItem(store) ?? "[]");
        sessionStorage.removeItem(store);
        return Array.isArray(found) ? found : [];
      } catch {
        return [];
      }
    },
    keep(unsent) {
      try {
        if (unsent.length) sessionStorage.setItem(store, JSON.stringify(unsent));
        else sessionStorage.removeItem(store);
      } catch {
        say("what waits does not fit into this browser's memory: leave the page open until the kernel has it");
      }
    },
  };
}

// what goes to the kernel, and whether it is there; send is null in a saved page
function line(stage, { canvas, status, say }, send, before) {
  const { recalled, keep } = memory(stage.scene, say);
  const post = before?.post ?? outbox((message) => send(message), () => performance.now(), send ? recalled() : []);
  let [gone, kept, shownAt] = [false, 0, null]; // where the kernel knows the pointer to be
  const unsaid = () => post.unsent().filter((one) => one.text);
  function beat() {
    const { pointer } = stage;
    const moved = `${pointer}` !== `${shownAt}`;
    const told = { seconds: Number(stage.clock().toFixed(3)), draft: stage.draft, ...(moved && { pointer: pointer && pointer.slice(0, 2) }) };
    if (post.beat(told, stage.draft !== null || moved)) [stage.draft, shownAt] = [null, pointer];
    const away = gone || post.late();
    canvas.dataset.kernel = away ? "away" : "here";
    canvas.dataset.waiting = post.waiting();
    if (away) {
      const count = post.waiting();
      const left = count ? `; ${count} unsent ${count === 1 ? "message waits" : "messages wait"} for it` : "";
      say(`the kernel is busy or gone: they idle on${left} (run the cell again if it was restarted)`);
      if (post.waiting() !== kept) keep(unsaid());
      kept = post.waiting();
    } else if (status.textContent.startsWith("the kernel")) {
      say("");
      keep([]);
    }
  }
  const timer = send && setInterval(beat, EVERY);
  return {
    post,
    tell: (one) => send && post.put(one),
    lost: () => (gone = true),
    answered: (number) => {
      post.answered(number);
      gone = false;
    },
    stop(final) {
      if (final && send && unsaid().length) keep(unsaid());
      clearInterval(timer);
    },
  };
}

// the audience: where its pointer or finger is
function pointing(stage, canvas) {
  const { scene } = stage;
  const place = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [((event.clientX - frame.left) / frame.width) * scene.width, ((event.clientY - frame.top) / frame.height) * scene.height].map((v) => Number(v.toFixed(1)));
  };
  const point = (where) => {
    stage.pointer = where;
    for (const one of stage.people) if (["idle", "look"].includes(one.action)) one.side = gazeOf(stage, one);
    stage.ask(true);
  };
  canvas.onpointermove = (event) => point(place(event));
  let before = null;
  canvas.onpointerdown = (event) => {
    before = stage.pointer;
    canvas.focus({ preventScroll: true });
    point(place(event));
    attend(stage);
  };
  // a finger that is lifted has shown a place, and they go on looking there; one that scrolls the page has not
  canvas.onpointerleave = (event) => event.pointerType !== "touch" && !stage.pointer?.keyed && point(null);
  canvas.onpointercancel = () => point(before);
  return point;
}

// a gesture that is asked for is begun at once; the kernel is told
function asking(stage, { to, gesture: chosen }, tell) {
  const { people, scene } = stage;
  const ask = (gesture) => {
    const named = people.find((person) => person.name === to.value);
    const x = stage.pointer?.[0] ?? scene.width / 2;
    for (const who of named ? [named] : people) {
      stage.pending = stage.pending.filter((act) => act.one !== who); // as the kernel does: who is asked drops what was planned
      const away = who.at[0] < x ? 12 : scene.width - 12;
      const goal = { flee: [away, who.at[1]], approach: [x + 14 * (who.number - (people.length - 1) / 2), who.at[1]] }[gesture];
      begin(stage, who, { action: gesture, mood: who.mood, target: goal ?? null, seconds: KEYS[gesture] });
      tell({ key: gesture, to: who.name, target: goal ?? null, seconds: KEYS[gesture] });
    }
    stage.ask(true);
  };
  chosen.onchange = () => {
    if (chosen.value) ask(chosen.value);
    chosen.value = ""; // so that the same one can be chosen again
  };
  return ask;
}

// arrow keys, gestures by numbers, and the way between canvas and text box
function listenToKeys(stage, { canvas, box }, point, ask) {
  const { scene } = stage;
  canvas.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const far = event.shiftKey ? 20 : 6;
    const ways = { ArrowLeft: [-far, 0], ArrowRight: [far, 0], ArrowUp: [0, -far], ArrowDown: [0, far] };
    const gesture = Object.keys(KEYS)[Number(event.key) - 1];
    if (ways[event.key]) {
      const [x, y] = stage.pointer ?? [scene.width / 2, scene.floor - 20];
      const moved = [bounded(x + ways[event.key][0], 0, scene.width), bounded(y + ways[event.key][1], 0, scene.height)];
      point(Object.assign(moved, { keyed: true }));
    } else if (gesture) ask(gesture);
    else if (event.key === "Enter") box.focus();
    else if (event.key === "Escape") point(null);
    else return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has shortcuts of its own
  };
  box.onkeydown = (event) => {
    event.stopPropagation();
    if (event.key === "Escape") canvas.focus();
  };
}

// what is typed and said
function listenToWords(stage, { form, box, to, say }, { post, tell }, send) {
  box.oninput = () => {
    stage.draft = box.value.slice(0, 80);
    attend(stage);
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
    stage.own = { text: shorter(text, 60), until: stage.seconds + 2.5 };
    [box.value, stage.draft] = ["", null];
    attend(stage, 0.5);
  };
}

// draws when something moves and is in sight; `ask` is for the next picture, now if the last is not to be waited for
function pictures(stage, { root, canvas }, stop) {
  const pen = canvas.getContext("2d", { alpha: false });
  let [request, last, drawn, seen, urgent] = [0, null, 0, true, false];
  function show() {
    const start = performance.now();
    draw(stage, pen);
    const { people } = stage;
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
    if (gap > 1) settle(stage, gap);
    else step(stage, gap);
    show();
    ask();
  }
  function ask(now = false) {
    urgent ||= now;
    if (stage.art && seen && !request) request = requestAnimationFrame(loop);
  }
  const unwatch = watched(root, (now) => {
    seen = now; // out of sight nothing moves
    ask();
  });
  const end = () => {
    cancelAnimationFrame(request);
    unwatch();
  };
  return { show, ask, end };
}

// state: {scene, bytes, acts, label, look}; send(message) reaches the kernel, null in a saved page
export function mount(el, state, send = null, before = null) {
  const { scene } = state;
  const made = furniture(el, state, Boolean(send));
  const { root, canvas, box, to } = made;
  const stage = {
    scene, art: null, look: { ...state.look }, people: company(scene, before), aloud: made.aloud,
    seconds: before?.seconds ?? 0, // of what is shown
    begun: before?.begun ?? performance.now() / 1000 - scene.seconds, // when the kernel's clock began
    clock: () => performance.now() / 1000 - stage.begun, // the kernel's, by which acts come
    pointer: before?.pointer ?? null, own: null, draft: null, newest: before?.newest ?? -1, pending: [],
  };
  const kernel = line(stage, made, send, before);
  const stop = (final = false) => {
    kernel.stop(final);
    end();
    root.remove();
  };
  const { show, ask, end } = pictures(stage, made, stop);
  stage.ask = ask;
  const point = pointing(stage, canvas);
  listenToKeys(stage, made, point, asking(stage, made, kernel.tell));
  listenToWords(stage, made, kernel, send);
  const ready = unpack(scene, bytesOf(state.bytes)).then((unpacked) => {
    stage.art = unpacked;
    if (before) [box.value, to.value] = [before.text, before.to];
    take(stage, state.acts, !before);
    root.hidden = false;
    show();
    canvas.dataset.ready = "true";
    if (before?.focused) (before.focused === "box" ? box : canvas).focus({ preventScroll: true });
    ask();
  });
  const focused = () => (document.activeElement === box ? "box" : document.activeElement === canvas ? "canvas" : "");
  return {
    ready,
    take: (acts) => take(stage, acts, false),
    look: (value) => {
      stage.look = { ...value };
      ask(true);
    },
    answered: (number, now) => {
      kernel.answered(number);
      stage.begun -= Math.max(0, now - stage.clock()); // another view of this stage may be older
    },
    lost: kernel.lost,
    view() {
      const { people, seconds, begun, pointer, newest } = stage;
      return { people, seconds, begun, pointer, newest, post: kernel.post, text: box.value, to: to.value, focused: focused() };
    },
    stop: (final = true) => stop(final),
  };
}

function render({ model, el }) {
  const view = Math.random().toString(36).slice(2);
  const send = (message) => {
    try {
      model.send({ ...message, view });
    } catch {
      table().lost(); // after a restart of the kernel nobody is there to send to
    }
  };
  const mounted = (before) => {
    const state = Object.fromEntries(["scene", "acts", "look", "label"].map((name) => [name, model.get(name)]));
    return mount(el, { ...state, bytes: model.get("data") }, send, before);
  };
  const table = renewed(model, mounted, (old) => old.stop(false));
  model.on("change:acts", () => table().take(model.get("acts")));
  model.on("change:look", () => table().look(model.get("look")));
  model.on("msg:custom", (message) => message.view === view && table().answered(message.answered, message.seconds));
  model.on("comm_live_update", () => table().lost());
  return () => table().stop();
}

export default { render };
