// runs what the canvas works out without a page, and writes it as JSON
import { writeFileSync } from "node:fs";

const [source, out] = process.argv.slice(2);
const { gestureRow, outbox, planned, rowAt, shadowOf, underway } = await import(source);

const scores = { data: Float32Array.from({ length: 2 * 3 * 3 * 4 * 8 }, (_, k) => k), actions: ["idle", "dance"], moods: ["happy", "sad", "calm"], frames: 4, fps: 2, columns: 8 };

// a clock that the test turns, and what was sent
let [clock, sent] = [0, []];
const post = outbox((message) => sent.push(structuredClone(message)), () => clock, [{ text: "from before" }]);
const counts = [];
for (let second = 0; second < 3; second++) {
  for (let k = 0; k < 1000; k++) post.put({ text: `${second} ${k}` });
  for (let beat = 0; beat < 10; beat++) {
    clock += 100;
    post.beat({ seconds: clock / 1000 }, false);
    if (second < 2) post.answered(sent.length); // then the kernel is gone
  }
  counts.push(post.waiting());
}
const flood = { sent: sent.length, first: sent[0].said[0].text, texts: sent.flatMap((one) => one.said.map(({ text }) => text)), counts };
clock += 10_000;
flood.late = post.late();
let taken = 0;
while (post.put({ text: "x" })) taken += 1;
flood.most = post.waiting();
const huge = outbox(() => {}, () => 0);
flood.huge = Array.from({ length: 100 }, () => huge.put({ text: "x".repeat(100_000) })).filter(Boolean).length;

// both had something planned for 5 s; at 2 s Mira is told, in one message, what she does now and what right after
let pending = [["Mira", "old", 5], ["Pip", "his", 5]].map(([one, action, at]) => ({ one, action, at }));
for (const [action, at] of [["first", 1.9], ["words", 2.3]]) pending = planned(pending, { one: "Mira", action, at }, 2);

writeFileSync(out, JSON.stringify({
  row: rowAt(scores, "dance", "sad", 1, 0.75),
  gestures: ["nod", "shake", "shrug", "lean", "recoil", "droop", "none"].map((gesture) => [0, 0.4, 0.7, 3].map((at) => gestureRow(gesture, -1, at))),
  ways: [0, 0.5, 1.3, 9].map((at) => underway([10, 70], [60, 82], 30, at)),
  shadows: [shadowOf({ direction: [0.5, 0.8, 0.4] }, [80, 75], 0.5), shadowOf({ place: [24, 40, 36] }, [80, 75], 0.5)],
  flood,
  planned: pending.map(({ action }) => action),
}));
