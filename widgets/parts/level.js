// A level to play: what moves, moves here, sixty times a second, by the whole numbers of `animkit.metrics.levels`.
// `mount` serves the live widget and the copy in a saved page alike.

const WIDE = 384; // pixels of the level that are seen at once
const GRACE = 90; // frames at the beginning and after a fall in which no creature harms
const JUMP_BUFFER = 6; // frames that a press is remembered until the feet touch down

// one frame of a body, as `animkit.metrics.levels` has it: x, y of the upper left corner, speeds, whether it stands
export function advance(level, solid, body, side, jump, held) {
  const { physics: p } = level;
  let { x, y, vx, vy } = body;
  const rate = side * vx < 0 ? p.skid : p.acceleration;
  vx += Math.min(Math.max(side * p.run - vx, -rate), rate);
  if (jump && body.ground) vy = -p.jump - Math.floor(Math.abs(vx) / p.jump_of_run);
  vy = Math.min(vy + (held && vy < 0 ? p.gravity_held : p.gravity), p.fall);
  x += vx;
  const front = vx > 0 ? x + p.width - 1 : x;
  if (solid(front >> 8, y >> 8) || solid(front >> 8, (y + p.height - 1) >> 8)) {
    x = vx > 0 ? ((front >> 8) << 8) - p.width : ((front >> 8) + 1) << 8;
    vx = 0;
  }
  y += vy;
  const edge = vy > 0 ? y + p.height - 1 : y;
  const [left, right] = [solid(x >> 8, edge >> 8), solid((x + p.width - 1) >> 8, edge >> 8)];
  const hit = left || right;
  const bumped = hit && vy < 0 ? [edge >> 8, left ? x >> 8 : (x + p.width - 1) >> 8] : null;
  const ground = hit && vy > 0;
  if (hit) {
    y = vy > 0 ? ((edge >> 8) << 8) - p.height : ((edge >> 8) + 1) << 8;
    vy = 0;
  }
  return { x, y, vx, vy, ground, bumped };
}

// air above and to the right, a wall to the left, nothing below
export function world(level, codes) {
  return (column, row) => {
    if (column < 0) return true;
    if (row < 0 || row >= level.rows || column >= level.columns) return false;
    return Boolean(level.solid[codes[row * level.columns + column]]);
  };
}

// where the referees begin: over the lowest floor of the first three columns
export function beginning(level, solid) {
  const p = level.physics;
  for (let column = 0; column < Math.min(3, level.columns); column++) {
    for (let row = level.rows - 2; row >= 0; row--) {
      if (solid(column, row + 1) && !solid(column, row)) {
        return standing(p, column, row);
      }
    }
  }
  return standing(p, 1, 0); // no floor: it falls
}

function standing(p, column, row) {
  return { x: (column << 8) + ((256 - p.width) >> 1), y: ((row + 1) << 8) - p.height, vx: 0, vy: 0, ground: true };
}

// --- the game: everything that a picture does not show -----------------------------------------------------------------

export function game(level, codes) {
  const tiles = codes.slice();
  const solid = world(level, tiles);
  const { rows, columns, physics: p, codes: code } = level;
  const at = (row, column) => row * columns + column;
  const wanted = [...codes].filter((one) => one === code.coin || one === code.treasure).length;
  const now = {
    body: beginning(level, solid),
    safe: null,
    side: "right",
    walked: 0,
    coins: 0,
    wanted,
    frames: 0,
    falls: 0,
    done: false,
    cheered: 0,
    taken: new Set(), // numbers of cells whose thing is gone
    opened: new Set(),
    asleep: new Map(), // cell of a creature -> frame at which it fell asleep
    sparks: [],
    buffer: 0,
    grace: GRACE,
  };
  now.safe = { ...now.body };
  const enemies = [];
  codes.forEach((one, cell) => {
    if (one !== code.enemy) return;
    const [row, column] = [Math.floor(cell / columns), cell % columns];
    enemies.push({ cell, row, column, home: column * 256, flies: !solid(column, row + 1), reach: paces(row, column) });
  });
  now.enemies = enemies;

  // how far a walker may go to either side: floor under it, nothing in its way, two tiles at most
  function paces(row, column) {
    return [-1, 1].map((way) => {
      let far = 0;
      while (far < 2 && !solid(column + way * (far + 1), row) && solid(column + way * (far + 1), row + 1)) far++;
      const inside = way < 0 ? column : columns - 1 - column;
      return way * Math.min(far, inside) * 256;
    });
  }

  // where a creature is in a frame: upper left corner
  now.place = (enemy, frame = now.frames) => {
    const swing = Math.sin(frame / 55 + enemy.column);
    if (enemy.flies) return [enemy.home, enemy.row * 256 + Math.round(48 * Math.sin(frame / 22 + enemy.column))];
    const [low, high] = enemy.reach;
    return [enemy.home + Math.round((low + high) / 2 + (swing * (high - low)) / 2), enemy.row * 256];
  };

  function take(cell, row, column, what) {
    what.add(cell);
    now.coins++;
    for (let i = 0; i < 8; i++) now.sparks.push({ row, column, angle: (i * Math.PI) / 4, since: now.frames });
  }

  function touch(watching) {
    const { x, y, vy } = now.body;
    for (let row = y >> 8; row <= (y + p.height - 1) >> 8; row++) {
      for (let column = x >> 8; column <= (x + p.width - 1) >> 8; column++) {
        if (row < 0 || row >= rows || column < 0 || column >= columns) continue;
        const cell = at(row, column);
        if (tiles[cell] === code.coin && !now.taken.has(cell)) take(cell, row, column, now.taken);
      }
    }
    if (watching || now.grace > 0) return;
    for (const enemy of enemies) {
      if (now.asleep.has(enemy.cell)) continue;
      const [ex, ey] = now.place(enemy);
      if (x + p.width <= ex + 40 || x >= ex + 216 || y + p.height <= ey + 64 || y >= ey + 240) continue;
      if (vy > 0 && y + p.height < ey + 176) {
        now.asleep.set(enemy.cell, now.frames);
        now.body.vy = -p.jump;
      } else fall("Caught. Back to the last safe spot.");
      return;
    }
  }

  function fall(message) {
    now.falls++;
    now.grace = GRACE;
    now.body = { ...now.safe, vx: 0, vy: 0 };
    now.message = message;
  }

  now.step = (keys) => {
    if (now.done) return;
    now.frames++;
    now.grace = Math.max(0, now.grace - 1);
    if (keys.pressed) now.buffer = JUMP_BUFFER;
    const side = (keys.right ? 1 : 0) - (keys.left ? 1 : 0);
    const jump = now.buffer > 0 && now.body.ground;
    now.buffer = jump ? 0 : Math.max(0, now.buffer - 1);
    keys.pressed = false;
    now.body = advance(level, solid, now.body, side, jump, keys.jump);
    if (side) now.side = side < 0 ? "left" : "right";
    now.walked += Math.abs(now.body.vx);
    const { x, y, ground, bumped } = now.body;
    if (bumped) {
      const cell = at(...bumped);
      if (tiles[cell] === code.treasure && !now.opened.has(cell)) take(cell, bumped[0] - 1, bumped[1], now.opened);
    }
    touch(false);
    const firm = ground && solid(x >> 8, (y + p.height) >> 8) && solid((x + p.width - 1) >> 8, (y + p.height) >> 8);
    const quiet = enemies.every((one) => now.asleep.has(one.cell) || Math.abs(one.home - x) > 900 || one.flies);
    if (firm && quiet) now.safe = { ...now.body };
    if (y > rows * 256) fall("Fallen. Back to the last safe spot.");
    if (x + p.width > (columns - 1) * 256 && y + p.height <= rows * 256) now.done = true;
  };

  // the goal is often reached in the air
  now.land = () => {
    const { x, y, ground } = now.body;
    if (ground || y > (rows - 1) * 256) now.cheered++;
    else now.body = advance(level, solid, { ...now.body, vx: 0, x: Math.min(x, columns * 256 - p.width) }, 0, false, false);
  };

  // a frame of the path-finder's way: feet in tiles
  now.follow = (path, frame) => {
    now.frames++;
    const [x, y] = [Math.round(path[2 * frame] * 256 - p.width / 2), Math.round(path[2 * frame + 1] * 256 - p.height)];
    const vx = x - now.body.x;
    if (vx) now.side = vx < 0 ? "left" : "right";
    const ground = solid((x + 8) >> 8, (y + p.height) >> 8) || solid((x + p.width - 8) >> 8, (y + p.height) >> 8);
    now.body = { x, y, vx, vy: y - now.body.y, ground };
    now.walked += Math.abs(vx);
    touch(true);
    if (frame >= path.length / 2 - 1) now.done = true;
  };
  return now;
}

// --- pictures ----------------------------------------------------------------------------------------------------------

async function unpack(level, bytes) {
  const part = ([offset, length]) => bytes.slice(offset, offset + length);
  const picture = (where) => createImageBitmap(new Blob([part(where)], { type: "image/png" }));
  const numbers = (where) => new Uint16Array(part(where).buffer);
  const [atlas, figure, ...behind] = await Promise.all(
    [level.atlas, level.figure, ...level.behind.map((layer) => layer.picture)].map(picture),
  );
  return {
    atlas,
    figure,
    behind,
    moves: part(level.moves),
    tiles: part(level.tiles),
    scenery: numbers(level.scenery),
    blocks: numbers(level.blocks),
    things: numbers(level.things),
    path: level.path && new Float32Array(part(level.path).buffer),
  };
}

function drawBehind(context, level, art, camera, tick) {
  const tall = level.rows * level.side;
  level.behind.forEach((layer, i) => {
    const across = Math.round(camera * layer.speed + tick * layer.drift);
    const phase = Math.floor(tick / 3) % layer.phases;
    const wide = art.behind[i].width;
    for (let x = -(((across % wide) + wide) % wide); x < WIDE; x += wide) {
      context.drawImage(art.behind[i], 0, phase * tall, wide, tall, x, 0, wide, tall);
    }
  });
}

function drawTiles(context, level, art, camera, tick, now) {
  const { side, rows, columns, numbers } = level;
  const [first, last] = [Math.floor(camera / side), Math.min(columns - 1, Math.floor((camera + WIDE - 1) / side))];
  const put = (number, x, y) => {
    const moved = number + (art.moves[number] ? Math.floor(tick / level.ticks) % level.phases : 0);
    if (number) context.drawImage(art.atlas, 0, moved * side, side, side, Math.round(x), Math.round(y), side, side);
  };
  for (const name of ["scenery", "blocks", "things"]) {
    for (let row = 0; row < rows; row++) {
      for (let column = first; column <= last; column++) {
        const cell = row * columns + column;
        if (name === "things" && (art.tiles[cell] === level.codes.enemy || now.taken.has(cell))) continue;
        const number = name === "blocks" && now.opened.has(cell) ? numbers.crate : art[name][cell];
        put(number, column * side - camera, row * side);
      }
    }
  }
  for (const enemy of now.enemies) {
    const [x, y] = now.place(enemy).map((value) => (value * side) / 256);
    const since = now.asleep.get(enemy.cell);
    if (x < camera - side || x > camera + WIDE) continue;
    if (since !== undefined || now.watching) put(numbers.asleep, x - camera, y);
    else put(art.things[enemy.cell], x - camera, y);
  }
}

function drawFigure(context, level, art, camera, now) {
  const [frames, height, width] = level.frames;
  const { physics: p, side } = level;
  const { x, y, vx, ground } = now.body;
  let row = now.side === "left" ? 0 : 1;
  // a step each third of a tile; in the air the legs are apart; at the goal it cheers
  let frame = Math.abs(vx) < 3 ? 2 : Math.floor((now.walked * 3) / 256);
  if (!ground) frame = 0;
  if (now.cheered) [row, frame] = [2, Math.min(frames - 1, 3 + (Math.floor(now.cheered / 12) % 3))];
  const left = Math.round(((x + p.width / 2) * side) / 256 - width / 2 - camera);
  const top = Math.round(((y + p.height) * side) / 256 - height);
  if (now.falls && !now.done && now.grace % 12 > 7) return; // it blinks after a fall
  context.drawImage(art.figure, (frame % frames) * width, row * height, width, height, left, top, width, height);
}

function drawSparks(context, level, camera, now) {
  now.sparks = now.sparks.filter((spark) => now.frames - spark.since < 24);
  for (const { row, column, angle, since } of now.sparks) {
    const out = 3 + (now.frames - since) * 0.5;
    const [x, y] = [(column + 0.5) * level.side + out * Math.cos(angle), (row + 0.5) * level.side + out * Math.sin(angle)];
    context.fillStyle = (now.frames - since) % 8 < 4 ? "#ffd968" : "#fff6cf";
    context.fillRect(Math.round(x - camera), Math.round(y), 1, 1);
  }
}

const part = (value) => value - Math.floor(value);

function drawWeather(context, level, camera, tick) {
  const tall = level.rows * level.side;
  if (level.weather === "fog") {
    context.fillStyle = `rgba(${level.haze.map((c) => Math.round(c * 0.6 + 90)).join(",")},0.18)`;
    context.fillRect(0, 0, WIDE, tall);
    return;
  }
  if (level.weather === "clear") return;
  const rain = level.weather === "rain";
  for (let i = 0; i < (WIDE * tall) / 420; i++) {
    const [u, v, speed] = [part(i * 0.754877), part(i * 0.569840), 0.8 + 0.4 * part(i * 0.381966)];
    if (rain) {
      const y = part(v + (tick * 17 * speed) / tall) * tall;
      const x = part(u - (tick * 5 * speed + camera * 1.1) / WIDE) * WIDE;
      for (let k = 0; k < 7; k++) {
        context.fillStyle = `rgba(196,216,240,${(50 + 22 * k) / 255})`;
        context.fillRect(Math.round(x - k / 3), Math.round(y) + k, 1, 1);
      }
    } else {
      const y = part(v + (tick * 1.6 * speed) / tall) * tall;
      const x = part(u + (5 * Math.sin(tick / 9 + i) - tick * 0.4 - camera * 1.1) / WIDE) * WIDE;
      context.fillStyle = "rgba(255,255,255,0.92)";
      context.fillRect(Math.round(x), Math.round(y), i % 4 ? 1 : 2, i % 4 ? 1 : 2);
    }
  }
}

// --- the page ----------------------------------------------------------------------------------------------------------

function button(parent, text, label) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.title = label;
  made.setAttribute("aria-label", label);
  made.style.cssText = "min-width:2.6em;min-height:2.2em;font-size:15px;touch-action:none;user-select:none";
  parent.append(made);
  return made;
}

const KEYS = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "jump", " ": "jump" };

// state: {level, bytes, label, editing}; tell({tile: [row, column]}) hears which tile was clicked while editing
export function mount(el, state, tell = () => {}, before = null) {
  const { level } = state;
  const tall = level.rows * level.side;
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const root = document.createElement("div");
  root.className = "animkit-level";
  const canvas = document.createElement("canvas");
  canvas.tabIndex = 0;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", `${state.label} Arrow keys walk, up or space jumps, W watches the path-finder, R resets.`);
  [canvas.width, canvas.height] = [WIDE, tall];
  canvas.style.cssText =
    `width:${2 * WIDE}px;aspect-ratio:${WIDE}/${tall};max-width:calc(100% - 2px);display:block;image-rendering:pixelated;` +
    "border:1px solid #888;background:#223;touch-action:none";
  const context = canvas.getContext("2d");
  const bar = document.createElement("div");
  bar.style.cssText = "display:flex;flex-wrap:wrap;align-items:center;gap:5px;margin-top:5px;font:14px sans-serif";
  const pads = [["M10 1v12L3 7z", "walk left (left arrow)", "left"], ["M4 1v12l7-6z", "walk right (right arrow)", "right"], ["M1 11h12L7 3z", "jump (up arrow or space)", "jump"]];
  const made = pads.map(([path, label, key]) => {
    const pad = button(bar, "", label);
    pad.innerHTML = `<svg width="14" height="14" aria-hidden="true"><path d="${path}" fill="currentColor"/></svg>`;
    return [pad, key];
  });
  const watch = button(bar, "watch the path-finder", "watch the path-finder's way (W)");
  const reset = button(bar, "reset", "begin anew (R)");
  watch.disabled = !level.path;
  if (!level.path) watch.title = "the path-finder knows no way through this level";
  const told = document.createElement("span");
  told.setAttribute("role", "status");
  told.style.cssText = "font-variant-numeric:tabular-nums;margin-left:6px";
  bar.append(told);
  root.append(canvas, bar);
  root.hidden = Boolean(before);
  el.append(root);

  const keys = { left: false, right: false, jump: false, pressed: false };
  const cursor = before?.cursor ?? { row: level.rows >> 1, column: 6 };
  let [art, now, camera, tick, drawn, request, clock, owed, frame] = [null, null, 0, 0, 0, 0, null, 0, -1];
  let editing = Boolean(state.editing);
  let playing = false;

  function begin() {
    now = game(level, art.tiles);
    [frame, now.watching] = [-1, false];
    camera = 0;
  }

  function aim(close) {
    const middle = editing ? (cursor.column + 0.5) * level.side : ((now.body.x + level.physics.width / 2) * level.side) / 256;
    const ahead = editing ? 0 : now.side === "left" ? -24 : 24;
    const goal = Math.max(0, Math.min(level.columns * level.side - WIDE, middle + ahead - WIDE / 2));
    const step = (goal - camera) * 0.1;
    camera = close ? goal : camera + Math.max(-6, Math.min(6, step));
  }

  function draw() {
    const at = Math.round(camera);
    context.imageSmoothingEnabled = false;
    drawBehind(context, level, art, at, still ? 0 : tick);
    drawTiles(context, level, art, at, still ? 0 : tick, now);
    if (!editing) drawFigure(context, level, art, at, now);
    drawSparks(context, level, at, now);
    if (!still || level.weather === "fog") drawWeather(context, level, at, tick);
    if (editing) {
      const { side } = level;
      context.strokeStyle = "rgba(255,255,255,0.13)";
      context.lineWidth = 1;
      context.beginPath();
      for (let x = side - (at % side); x < WIDE; x += side) context.rect(x + 0.5, 0, 0, tall);
      for (let y = side; y < tall; y += side) context.rect(0, y + 0.5, WIDE, 0);
      context.stroke();
      context.strokeStyle = "#fff";
      context.strokeRect(cursor.column * side - at + 0.5, cursor.row * side + 0.5, side - 1, side - 1);
    }
    Object.assign(canvas.dataset, {
      drawn: String(++drawn),
      x: (now.body.x / 256).toFixed(3),
      y: (now.body.y / 256).toFixed(3),
      coins: String(now.coins),
      done: String(now.done),
      camera: String(at),
    });
  }

  let said = "";
  function say() {
    const time = `${(now.frames / 60).toFixed(0)} s`;
    let text = `coins ${now.coins}/${now.wanted} · ${time}`;
    if (now.watching) text = now.done ? `The path-finder is there: ${text}` : `the path-finder: ${text} · creatures sleep`;
    else if (now.done) text = `Goal reached: ${text} · ${now.falls} ${now.falls === 1 ? "fall" : "falls"}`;
    else if (now.message) text = `${now.message} ${text}`;
    if (editing) text = `row ${cursor.row + 1}, column ${cursor.column + 1}: click, or arrows and Enter, to set the tile`;
    if (text !== said) told.textContent = said = text;
  }

  function step() {
    tick += 12 / 60;
    if (editing) return;
    if (now.done) now.land();
    else if (now.watching) now.follow(art.path, Math.min(++frame, art.path.length / 2 - 1));
    else now.step(keys);
  }

  function loop(time) {
    request = 0;
    if (!root.isConnected) return; // taken off the page: stop
    if (clock !== null) owed += Math.min(time - clock, 100) * 0.06;
    clock = time;
    for (; owed >= 1; owed--) {
      step();
      aim(false);
    }
    draw();
    say();
    if (playing || now.watching) request = requestAnimationFrame(loop);
  }
  function wake() {
    if (!art || request) return;
    [clock, owed] = [null, 0];
    request = requestAnimationFrame(loop);
  }

  function press(name, down) {
    if (down && name === "jump" && !keys.jump) keys.pressed = true;
    if (down && now?.message) now.message = "";
    keys[name] = down;
    if (down && now?.watching) begin(); // whoever presses a key takes over, from the beginning
    playing = playing || down;
    wake();
  }
  const actions = {
    w: () => {
      if (!art.path) return;
      begin();
      now.watching = true;
      wake();
    },
    r: () => {
      begin();
      wake();
    },
  };
  function walk(key) {
    const [down, right] = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] }[key];
    cursor.row = Math.max(0, Math.min(level.rows - 1, cursor.row + down));
    cursor.column = Math.max(0, Math.min(level.columns - 1, cursor.column + right));
    aim(true);
    draw();
    say();
  }
  canvas.onkeydown = (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || !art) return;
    const name = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const known = name in KEYS || name in actions || (editing && (name === "Enter" || name === "ArrowDown"));
    if (!known) return;
    event.preventDefault();
    event.stopPropagation(); // the notebook has shortcuts of its own
    if (editing && (name === "Enter" || name === " ")) tell({ tile: [cursor.row, cursor.column] });
    else if (editing && name.startsWith("Arrow")) walk(name);
    else if (name in KEYS) press(KEYS[name], true);
    else actions[name]();
  };
  canvas.onkeyup = (event) => {
    if (event.key in KEYS) press(KEYS[event.key], false);
  };
  canvas.onfocus = () => {
    playing = true;
    wake();
  };
  canvas.onblur = () => {
    Object.assign(keys, { left: false, right: false, jump: false });
    playing = false; // who looks elsewhere needs no clock
  };
  canvas.onpointerdown = (event) => {
    canvas.focus({ preventScroll: true });
    if (!editing || !art) return;
    const box = canvas.getBoundingClientRect();
    const [x, y] = [((event.clientX - box.left) / box.width) * WIDE, ((event.clientY - box.top) / box.height) * tall];
    cursor.column = Math.max(0, Math.min(level.columns - 1, Math.floor((x + Math.round(camera)) / level.side)));
    cursor.row = Math.max(0, Math.min(level.rows - 1, Math.floor(y / level.side)));
    draw();
    say();
    tell({ tile: [cursor.row, cursor.column] });
  };
  for (const [pad, key] of made) {
    pad.onpointerdown = (event) => {
      event.preventDefault();
      canvas.focus({ preventScroll: true });
      if (!editing) press(key, true);
      else if (key === "jump") tell({ tile: [cursor.row, cursor.column] });
      else for (let i = 0; i < 4; i++) walk(key === "left" ? "ArrowLeft" : "ArrowRight");
    };
    pad.onpointerup = pad.onpointerleave = pad.onpointercancel = () => keys[key] && press(key, false);
  }
  watch.onclick = () => art && actions.w();
  reset.onclick = () => art && actions.r();
  canvas.title = "arrow keys walk · up or space jumps · W watch the path-finder · R reset";

  const bytes = new Uint8Array(state.bytes.buffer ?? state.bytes, state.bytes.byteOffset ?? 0, state.bytes.byteLength);
  const ready = unpack(level, bytes).then((unpacked) => {
    art = unpacked;
    begin();
    if (before && before.rows === level.rows && before.columns === level.columns) {
      [now.body, now.safe, camera] = [before.body, before.safe, before.camera];
    }
    if (!before) aim(true);
    draw();
    say();
    canvas.dataset.ready = "true";
    root.hidden = false;
    if (before?.focused) canvas.focus({ preventScroll: true });
  });
  return {
    ready,
    edit: (value) => {
      editing = value;
      if (!art) return;
      cursor.column = Math.max(0, Math.min(level.columns - 1, Math.round((camera + WIDE / 2) / level.side)));
      draw();
      say();
    },
    view: () => ({ rows: level.rows, columns: level.columns, cursor, camera, body: now?.body, safe: now?.safe, focused: canvas.matches(":focus") }),
    stop: () => {
      cancelAnimationFrame(request);
      root.remove();
    },
  };
}

function render({ model, el }) {
  let player = null;
  const begin = () => {
    const [old, before] = [player, player?.view() ?? null];
    const state = Object.fromEntries(["level", "label", "editing"].map((name) => [name, model.get(name)]));
    player = mount(el, { ...state, bytes: model.get("data") }, (message) => model.send(message), before?.body ? before : null);
    player.ready.then(() => old?.stop()); // the old one is seen until the new one can be
  };
  begin();
  model.on("change:data", begin);
  model.on("change:editing", () => player.edit(model.get("editing")));
  return () => player.stop();
}

export default { render };
