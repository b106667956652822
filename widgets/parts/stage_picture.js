import { bounded } from "./page.js";
import { STILL, gestureRow, moves, rowAt } from "./stage_acts.js";

// The stage as it is seen: wall, shadows, figures, effects, bubbles.

// How a shadow lies on the ground of who stands at a place: columns to the right, and rows up, for each row of height
export function shadowOf({ place, direction }, [x, y], seen) {
  const [right, up, out] = place ? [place[0] - x, y - place[1], place[2]] : direction;
  const height = Math.max(up, 1e-3);
  return [bounded(-right / height, -2, 2), bounded((seen * out) / height, -0.7, 0.7)];
}

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
  pen.textAlign = "center";
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
  told.forEach((line, k) => pen.fillText(line, left + width / 2, top + 20 + 19 * k));
}

// the score's row now; after a change of action, mood or side the old row fades into it
function rowOf(stage, one) {
  const now = rowAt(stage.art.scores, one.action, one.mood, one.side, STILL.matches ? 0 : Math.max(0, stage.seconds - one.since) * one.pace);
  const played = `${one.action} ${one.mood} ${one.side}`;
  if (played !== one.played) {
    one.off = one.row ? { since: stage.seconds, by: one.row.map((value, k) => value - now[k]) } : null;
    one.played = played;
  }
  const bent = gestureRow(one.gesture, one.side, STILL.matches ? 9 : stage.seconds - one.bent);
  const sunk = one.gaze === "down" && !moves(stage, one) ? 1.5 : 0;
  for (let k = 1; k < now.length; k++) now[k] += bent[k] + (k === 7 ? sunk : 0);
  const left = one.off && !STILL.matches ? Math.exp(-9 * (stage.seconds - one.off.since)) : 0;
  one.row = left > 0.01 ? now.map((value, k) => (k ? value + left * one.off.by[k] : value)) : now;
  return one.row;
}

function figure(stage, pen, one, [cell, x, y, lean, broad, high, headX, headY], ink) {
  const { art, scene } = stage;
  const hop = one.hop > 0 ? 3 * Math.sin((Math.PI * one.hop) / 0.3) : 0;
  const { cell: side, feet, scale } = scene;
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

function effect({ art, look, scene: { scale }, seconds }, pen, one) {
  const drawnOf = art.effects[one.effect];
  if (!drawnOf || seconds > one.faded || !look.effects) return;
  const { frames, side } = drawnOf;
  const frame = STILL.matches ? frames >> 1 : Math.floor(seconds * drawnOf.fps) % frames;
  const [x, y] = [one.at[0] - side / 2, one.at[1] - side + 2 - (drawnOf.above ? one.tall * 0.45 : 0)];
  pen.globalAlpha = bounded(2 * (one.faded - seconds), 0, 1);
  pen.drawImage(drawnOf.sheet, frame * side, 0, side, side, Math.round(x * scale), Math.round(y * scale), side * scale, side * scale);
  pen.globalAlpha = 1;
}

// a torch flickers over all
function flicker({ scene, seconds }, pen, wide, tall) {
  const flame = scene.flicker && !STILL.matches ? scene.flicker.reduce((sum, [size, rate, from]) => sum + size * Math.sin(2 * Math.PI * rate * seconds + from), 0) : 0;
  if (!flame) return;
  pen.fillStyle = flame < 0 ? `rgba(0, 0, 0, ${-flame})` : `rgba(255, 190, 110, ${flame / 2})`;
  pen.fillRect(0, 0, wide, tall);
}

function named(pen, one, x, y, wide, tall) {
  pen.font = "12px sans-serif";
  pen.textAlign = "center";
  [pen.lineWidth, pen.strokeStyle, pen.fillStyle] = [3, "rgba(16, 10, 28, .8)", "#fff8e6"];
  const told = `${one.name} · ${one.mood}`;
  const place = [bounded(x, 44, wide - 44), Math.min(tall - 5, y + 15)];
  pen.strokeText(told, ...place);
  pen.fillText(told, ...place);
}

// where the audience stands that moves by keys
function mark(pen, [x, y], scale) {
  [pen.lineWidth, pen.strokeStyle] = [3, "#fff"];
  pen.beginPath();
  pen.arc(scale * x, scale * y, 9, 0, 7);
  pen.moveTo(scale * x - 14, scale * y);
  pen.lineTo(scale * x + 14, scale * y);
  pen.stroke();
}

// the whole stage as it is now
function draw(stage, pen) {
  const { art, own, people, pointer, scene, seconds } = stage;
  const { scale } = scene;
  const [wide, tall] = [scene.width * scale, scene.height * scale];
  pen.imageSmoothingEnabled = false;
  const phase = STILL.matches ? 0 : Math.floor(seconds * 4) % scene.wall.phases;
  pen.drawImage(art.wall, 0, phase * scene.height, scene.width, scene.height, 0, 0, wide, tall);
  const order = [...people].sort((a, b) => a.at[1] - b.at[1]);
  const rows = order.map((one) => rowOf(stage, one));
  pen.globalAlpha = scene.dark;
  order.forEach((one, k) => figure(stage, pen, one, rows[k], true));
  pen.globalAlpha = 1;
  const heads = order.map((one, k) => {
    const behind = scene.effects[one.effect]?.behind;
    if (behind) effect(stage, pen, one);
    const head = figure(stage, pen, one, rows[k], false);
    if (!behind) effect(stage, pen, one);
    return head;
  });
  flicker(stage, pen, wide, tall);
  // text is as large as on a desk, however small the picture is shown
  const large = bounded(wide / (pen.canvas.clientWidth || wide), 1, 2);
  const [across, down] = [wide / large, tall / large];
  pen.scale(large, large);
  order.forEach((one, k) => named(pen, one, heads[k][0] / large, (scale * one.at[1]) / large, across, down));
  order.forEach((one, k) => {
    const told = one.until > seconds ? one.line : seconds - one.attends < 0.9 ? "…" : "";
    if (told) bubble(pen, told, heads[k][0] / large, heads[k][1] / large, across, false);
  });
  if (own && own.until > seconds) bubble(pen, own.text, across / 2, down - 8, across, true);
  pen.setTransform(1, 0, 0, 1, 0, 0);
  if (pointer?.keyed) mark(pen, pointer, scale);
}
