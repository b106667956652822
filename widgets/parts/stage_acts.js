import { bounded } from "./page.js";

// What characters on the stage do, and what waits for the kernel: no picture is drawn here.

const [EVERY, PULSE, LATE] = [100, 1000, 2500]; // ms: between messages, between beats of the clock, until an answer is late
const [MOST, LETTERS, BATCH, KEPT] = [20000, 8e6, 200, 64]; // messages and letters that wait, messages at once, acts that wait
const [SHORT, LONG] = [110, 9000]; // letters and ms of a bubble
const STILL = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)") ?? {};

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

// --- who stands there, and what they do

function company(scene, before) {
  const people = scene.cast.map((one, number) => ({
    ...one, number, at: [...one.home], from: [...one.home], to: [...one.home], action: "idle", since: 0, pace: 1, side: 0, lasts: null,
    gesture: "none", gaze: "audience", bent: 0, target: null, mood: one.mood, line: "", until: 0, effect: "", faded: 0, hop: 0, attends: -9, row: null, off: null, played: "",
  }));
  for (const old of before?.people ?? []) {
    const same = people.find((one) => one.name === old.name);
    if (same) for (const name of ["at", "from", "to", "action", "since", "pace", "side", "lasts", "gesture", "gaze", "bent", "target", "mood", "line", "until", "effect", "faded"]) same[name] = old[name];
  }
  return people;
}

const moves = (stage, one) => stage.scene.walks.includes(one.action);

// where somebody looks: the audience is where the pointer is; nobody there, and they look ahead
function gazeOf(stage, one) {
  const other = one.gaze === "other" && stage.people.find((person) => person.name === one.target);
  const seen = other ? other.at : one.gaze === "other" && Array.isArray(one.target) ? one.target : stage.pointer;
  if (!seen || one.gaze === "down") return 0;
  const side = Math.abs(seen[0] - one.at[0]) < 9 ? 0 : Math.sign(seen[0] - one.at[0]);
  return one.gaze === "away" ? -side : side;
}

// seconds that a bubble stays
const lasts = (line) => Math.min(LONG, 1800 + 55 * line.length) / 1000;

// somebody begins what an act says
function begin(stage, one, act) {
  let known = stage.scene.scores.actions.includes(act.action) ? act.action : "idle";
  // who has missed an act goes to where the kernel has it
  const lost = act.stands && ["idle", "look"].includes(known) && Math.abs(act.stands[0] - one.at[0]) > 6;
  if (lost) known = "approach";
  Object.assign(one, { mood: act.mood ?? one.mood, gaze: act.gaze ?? "audience", target: act.target ?? null });
  Object.assign(one, { gesture: act.gesture ?? "none", bent: stage.seconds, effect: act.effect ?? "", faded: stage.seconds + stage.scene.fades });
  if (known !== "look" || !moves(stage, one)) {
    // a look turns the head of who walks, and stops nobody; what goes on goes on where it was
    if (known !== one.action) one.since = stage.seconds;
    const [from, to] = [[...one.at], [...one.at]];
    Object.assign(one, { action: known, pace: act.pace ?? 1, lasts: act.seconds == null ? null : stage.seconds + act.seconds, from, to });
    if (moves(stage, one)) {
      one.since = stage.seconds;
      const [x, y] = lost ? act.stands : Array.isArray(act.target) ? act.target : one.at;
      one.to = [bounded(x, 8, stage.scene.width - 8), bounded(y, stage.scene.floor, stage.scene.height - 2)];
      one.side = Math.sign(Math.round(one.to[0] - one.at[0])) || one.side;
      if (STILL.matches) [one.at, one.from] = [[...one.to], [...one.to]];
    } else one.side = gazeOf(stage, one);
  }
  if (act.line) {
    Object.assign(one, { line: shorter(act.line, SHORT), until: stage.seconds + lasts(act.line) });
    stage.aloud(`${one.name}, ${one.mood}: ${shorter(act.line, 400)}`);
  }
}

// acts from the kernel: planned for their time, or done at once by who has just come
function take(stage, acts, atOnce) {
  for (const act of acts) {
    if (act.id <= stage.newest) continue;
    stage.newest = act.id;
    if (act.action === "restart") {
      stage.pending = [];
      for (const one of stage.people) {
        const anew = { at: [...one.home], from: [...one.home], to: [...one.home], action: "idle", since: stage.seconds, side: 0 };
        Object.assign(one, anew, { mood: "calm", line: "", effect: "", pace: 1 });
      }
    }
    const one = stage.people.find((person) => person.name === act.who);
    if (!one) continue;
    if (atOnce) {
      begin(stage, one, { ...act, line: "" });
      [one.at, one.from] = [[...one.to], [...one.to]];
    } else stage.pending = planned(stage.pending, { ...act, one }, stage.clock());
  }
  if (stage.pending.length > KEPT) stage.pending = stage.pending.slice(-KEPT);
  stage.ask(true);
}

// the first reaction, before the kernel knows: they look up, with a little start
function attend(stage, strength = 1) {
  for (const one of stage.people) {
    one.attends = stage.seconds;
    if (!STILL.matches && one.hop === 0) one.hop = 0.001 + 0.1 * (1 - strength);
    if (!moves(stage, one)) one.side = gazeOf(stage, { ...one, gaze: "audience" });
  }
  stage.ask(true);
}

// time passes
function step(stage, passed) {
  stage.seconds += passed;
  if (passed > 0) {
    const now = stage.clock();
    const due = stage.pending.filter((act) => act.at <= now);
    if (due.length) stage.pending = stage.pending.filter((act) => act.at > now);
    for (const act of due) begin(stage, act.one, act);
  }
  for (const one of stage.people) {
    if (moves(stage, one)) {
      const { at, there } = underway(one.from, one.to, stage.scene.speed * one.pace, stage.seconds - one.since);
      one.at = at;
      if (there) Object.assign(one, { action: "idle", since: stage.seconds, from: [...at], pace: 1 });
    } else if (one.lasts !== null && stage.seconds > one.lasts) Object.assign(one, { action: "idle", since: stage.seconds, pace: 1, lasts: null });
    if (one.action === "idle" || one.action === "look") one.side = gazeOf(stage, one);
    if (one.hop > 0) one.hop = one.hop + passed > 0.3 ? 0 : one.hop + passed;
  }
}

// after a rest nothing is caught up in a burst: who was on the way is there, who spoke has spoken
function settle(stage, gap) {
  stage.seconds += gap;
  const now = stage.clock();
  for (const act of stage.pending.filter((one) => one.at <= now)) begin(stage, act.one, { ...act, effect: "", line: act.line && act.at + lasts(act.line) > now ? act.line : "" });
  stage.pending = stage.pending.filter((one) => one.at > now);
  for (const one of stage.people) {
    one.hop = 0;
    if (moves(stage, one)) {
      [one.at, one.from] = [[...one.to], [...one.to]];
      Object.assign(one, { action: "idle", since: stage.seconds, pace: 1, lasts: null });
    }
  }
  step(stage, 0);
}
