import { add, bounded } from "./page.js";

// The timeline of keys: kept stretches, keys that are dragged, and how fast each motion moves below. It knows nothing of
// skeletons; `desk` has the frames, and does what is asked.

const [HEIGHT, RULER, ROW, MARGIN, REACH] = [116, 18, 44, 14, 10]; // pixels
const OWN = "#e69f00";

// Mean speed of a skeleton's nodes from frame to frame, cm/s; of a clip without a unit, units a second.
function speedsOf({ points, joints, axes, count, square }, fps) {
  const centimetres = square ? 50 / square : 1;
  return Array.from({ length: count - 1 }, (_, frame) => {
    let sum = 0;
    for (let j = frame * joints; j < (frame + 1) * joints; j++) {
      let squared = 0;
      for (let a = 0; a < axes; a++) squared += (points[(j + joints) * axes + a] - points[j * axes + a]) ** 2;
      sum += Math.sqrt(squared);
    }
    return (sum / joints) * fps * centimetres;
  });
}

// desk: frame(), count(), fps(), keys() [{frame, own}], kept() [[first, last]], room(key) [low, high], go(frame),
// act(name, more), told(words)
export function timeline(el, desk) {
  const words = "click or drag: go there; drag a diamond: move the key; double click: new key; Delete: remove it; arrow keys step, with Shift they move the key";
  const canvas = add(el, "canvas", { tabIndex: 0, title: words }, { role: "img" });
  canvas.className = "animkit-timeline";
  canvas.style.cssText = `width:100%;height:${HEIGHT}px;display:block;touch-action:none;cursor:pointer`;
  const pen = canvas.getContext("2d");
  let [curves, held, width] = [[], null, 0];

  const last = () => Math.max(desk.count() - 1, 1);
  const placeOf = (frame) => MARGIN + (frame / last()) * (width - 2 * MARGIN);
  const frameAt = (x) => bounded(Math.round(((x - MARGIN) / (width - 2 * MARGIN)) * last()), 0, last());
  const seconds = (frame) => `${(frame / desk.fps()).toFixed(2)} s`;

  function ruler(ink) {
    let step = 1;
    for (const factor of [2, 2.5, 2]) while ((step * (width - 2 * MARGIN)) / last() < 76 && step * factor < 1e5) step = Math.round(step * factor);
    pen.textAlign = "center";
    pen.fillStyle = ink;
    for (let frame = 0; frame <= last(); frame += step) {
      pen.globalAlpha = 0.85;
      const text = `${frame} · ${(frame / desk.fps()).toFixed(1)} s`;
      const half = pen.measureText(text).width / 2;
      pen.fillText(text, bounded(placeOf(frame), half + 1, width - half - 1), 12);
      pen.globalAlpha = 0.35;
      pen.fillRect(placeOf(frame), RULER - 3, 1, 3);
    }
    pen.globalAlpha = 1;
  }

  function bars(ink) {
    const half = (width - 2 * MARGIN) / last() / 2;
    let before = null;
    for (const [first, end] of desk.kept()) {
      if (before !== null && first > before + 1) {
        const [left, right] = [placeOf(before) + half, placeOf(first) - half];
        pen.save();
        pen.beginPath();
        pen.rect(left, RULER + 4, right - left, ROW - RULER - 8);
        pen.clip();
        [pen.strokeStyle, pen.globalAlpha] = [ink, 0.28];
        pen.beginPath();
        for (let x = left - 30; x < right; x += 8) {
          pen.moveTo(x, ROW);
          pen.lineTo(x + 26, RULER);
        }
        pen.stroke();
        pen.restore();
        pen.save();
        [pen.fillStyle, pen.globalAlpha] = [ink, 0.07];
        pen.fillRect(left, ROW + 2, right - left, HEIGHT - ROW - 4);
        pen.restore();
      }
      before = end;
      if (end === first) continue;
      pen.fillStyle = "#56b4e9";
      pen.fillRect(placeOf(first) - half, RULER + 4, placeOf(end) - placeOf(first) + 2 * half, ROW - RULER - 8);
    }
  }

  function diamond(x, size, fill, ink) {
    const y = (RULER + ROW) / 2;
    pen.beginPath();
    for (const [dx, dy] of [[0, -size], [size, 0], [0, size], [-size, 0]]) pen.lineTo(x + dx, y + dy);
    pen.closePath();
    [pen.fillStyle, pen.strokeStyle, pen.lineWidth] = [fill, ink, 1.6];
    pen.fill();
    pen.stroke();
  }

  function speeds(ink) {
    const [top, low] = [ROW + 16, HEIGHT - 5];
    // a recording that begins in a T-pose leaps once: a few frames are cut, not all others flattened
    const sorted = curves.flatMap(({ values }) => values).sort((a, b) => a - b);
    const usual = 1.5 * (sorted[Math.floor(0.95 * sorted.length)] ?? 0);
    const fastest = Math.max(1, Math.min(sorted.at(-1) ?? 0, usual));
    let x = MARGIN;
    for (const { title, values, colour, dash, wide } of curves) {
      [pen.strokeStyle, pen.lineWidth] = [colour === "ink" ? ink : colour, wide ? 2.2 : 1.6];
      pen.setLineDash(dash);
      pen.beginPath();
      values.forEach((value, frame) => pen.lineTo(placeOf(frame + 0.5), low - Math.min(value / fastest, 1) * (low - top)));
      pen.stroke();
      pen.beginPath();
      pen.moveTo(x, ROW + 9);
      pen.lineTo(x + 22, ROW + 9);
      pen.stroke();
      pen.setLineDash([]);
      [pen.fillStyle, pen.textAlign] = [ink, "left"];
      pen.fillText(title, x + 26, ROW + 13);
      x += 40 + pen.measureText(title).width;
    }
    pen.textAlign = "right";
    pen.globalAlpha = 0.8;
    const cut = sorted.at(-1) > fastest ? ", faster is cut" : "";
    pen.fillText(`mean speed of the joints, up to ${fastest.toFixed(0)} cm/s${cut}`, width - 4, ROW + 13);
    pen.globalAlpha = 1;
  }

  function draw() {
    const ratio = Math.max(1, devicePixelRatio || 1);
    width = Math.max(canvas.clientWidth, 200);
    if (canvas.width !== Math.round(width * ratio)) [canvas.width, canvas.height] = [Math.round(width * ratio), HEIGHT * ratio];
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, HEIGHT);
    const { color: ink, fontSize } = getComputedStyle(canvas);
    pen.font = `${Math.max(12, 0.8 * parseFloat(fontSize))}px sans-serif`; // larger on a screen of its own
    ruler(ink);
    bars(ink);
    speeds(ink);
    const x = placeOf(held?.at ?? desk.frame());
    [pen.fillStyle, pen.strokeStyle] = ["#d55e00", "#d55e00"];
    pen.fillRect(x - 1, RULER, 2, HEIGHT - RULER);
    for (const { frame, own } of desk.keys()) {
      const shown = held?.key === frame ? held.at : frame;
      diamond(placeOf(shown), frame === desk.frame() || held?.key === frame ? 9 : 7, own ? OWN : "#222", own ? "#222" : "#fff");
    }
    if (held && held.at !== held.key) {
      const text = `${held.key} → ${held.at}, ${seconds(held.at)}`;
      const half = pen.measureText(text).width / 2 + 4;
      const middle = bounded(x, half, width - half);
      [pen.fillStyle, pen.textAlign] = ["#222", "center"];
      pen.fillRect(middle - half, 0, 2 * half, RULER - 1);
      pen.fillStyle = "#fff";
      pen.fillText(text, middle, 12);
    }
    const told = desk.keys().map(({ frame, own }) => `${frame}${own ? " (posed)" : ""}`).join(", ") || "none";
    const stretches = desk.kept().filter(([first, end]) => end > first).map(([first, end]) => `${first} to ${end}`).join(", ");
    canvas.setAttribute("aria-label", `Timeline of ${desk.count()} frames: keys ${told}${stretches && `; kept ${stretches}`}. ${words}.`);
    Object.assign(canvas.dataset, { keys: desk.keys().map(({ frame }) => frame), held: held ? held.at : "" });
  }

  const spot = (event) => {
    const frame = canvas.getBoundingClientRect();
    return [event.clientX - frame.left, event.clientY - frame.top];
  };
  const keyNear = (x, y, reach) => {
    if (y > ROW + 4) return null;
    const near = desk.keys().map(({ frame }) => [Math.abs(placeOf(frame) - x), frame]).sort((a, b) => a[0] - b[0])[0];
    return near && near[0] <= reach ? near[1] : null;
  };
  canvas.onpointerdown = (event) => {
    if (event.button) return;
    canvas.focus({ preventScroll: true });
    canvas.setPointerCapture(event.pointerId);
    const [x, y] = spot(event);
    const key = keyNear(x, y, event.pointerType === "touch" ? 2 * REACH : REACH);
    held = key === null ? { key: null } : { key, at: key, room: desk.room(key) };
    desk.go(key ?? frameAt(x));
    draw();
  };
  canvas.onpointermove = (event) => {
    const [x, y] = spot(event);
    if (!held) {
      canvas.style.cursor = keyNear(x, y, REACH) === null ? "pointer" : "ew-resize";
      return;
    }
    if (held.key === null) return desk.go(frameAt(x));
    if (!held.room) {
      if (Math.abs(x - placeOf(held.key)) > REACH) desk.told("the first and the last frame stay keys: motion in between needs both ends");
      return;
    }
    held.at = bounded(frameAt(x), ...held.room);
    draw();
  };
  canvas.onpointerup = () => {
    const done = held;
    held = null;
    if (done?.room && done.at !== done.key) desk.act("move", { frame: done.key, to: done.at });
    else draw();
  };
  canvas.onpointercancel = () => {
    held = null;
    draw();
  };
  canvas.ondblclick = (event) => {
    const [x, y] = spot(event);
    if (keyNear(x, y, REACH) === null) desk.act("key", { frame: frameAt(x) });
  };
  const step = (by) => desk.go(bounded(desk.frame() + by, 0, last()));
  const shift = (by) => {
    const [key, to] = [desk.keys().find(({ frame }) => frame === desk.frame()), desk.frame() + by];
    if (!key) return desk.told("no key here to move: step to a diamond first");
    const room = desk.room(key.frame);
    if (!room) return desk.told("the first and the last frame stay keys: motion in between needs both ends");
    if (to < room[0] || to > room[1]) return desk.told("another kept frame is there: two keys cannot share a frame");
    desk.act("move", { frame: key.frame, to });
  };
  canvas.onkeydown = (event) => {
    const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (desk.key(event)) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (by) (event.shiftKey ? shift : step)(by);
    else if (event.key === "Home" || event.key === "End") desk.go(event.key === "Home" ? 0 : last());
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const sizes = new ResizeObserver(draw);
  sizes.observe(canvas);
  return {
    draw,
    // other clips, seen when it is drawn next; looks are {colour, dash, wide}, one a clip
    show(clips, looks) {
      const moving = clips.map((clip, i) => ({ ...looks[i], title: clip.title, clip })).filter(({ clip }) => clip.points);
      curves = moving.map(({ clip, ...look }) => ({ ...look, values: speedsOf(clip, desk.fps()) }));
    },
    stop: () => sizes.disconnect(),
  };
}
