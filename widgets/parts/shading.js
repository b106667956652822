// Light on pixels as `animkit.theory.shading` and `animkit.studio.lighting` have it, in whole scenes, without a page.

// as NumPy rounds: halves to the even number
const rint = (x) => (Math.abs(x % 1) === 0.5 ? 2 * Math.round(x / 2) : Math.round(x));

// how much of a lamp arrives at a share of its reach
function fall(share) {
  const left = 1 - Math.min(share, 1) * Math.min(share, 1);
  return left * left;
}

const colour = (hex) => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16) / 255);

export async function unpack(scene, bytes) {
  const plain = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
  const data = await new Response(plain).arrayBuffer();
  const part = ([offset, length]) => data.slice(offset, offset + length);
  const maps = (told) => ({
    normals: new Int16Array(part(told.normals)),
    albedo: new Uint16Array(part(told.albedo)),
    height: new Float32Array(part(told.height)),
  });
  const figures = scene.figures.map((told) => figureOf(told, new Uint8Array(part(told.picture)), told.maps.map(maps)));
  return { ...scene, wall: new Uint8Array(part(scene.wall)), figures };
}

function figureOf(told, picture, maps) {
  const { frames, height, width } = told;
  const size = height * width;
  const solid = []; // numbers of the pixels of each frame that are to be seen
  for (let frame = 0; frame < frames; frame++) {
    const list = [];
    for (let i = 0; i < size; i++) if (picture[4 * (frame * size + i) + 3]) list.push(i);
    solid.push(Int32Array.from(list));
  }
  const bottom = solid.map((list) => (list.length ? Math.floor(list[list.length - 1] / width) : height - 1));
  return { ...told, size, picture, maps, solid, bottom, kept: new Map() };
}

// a lamp as a picture sees it that begins at a column and a row of the scene
function seenFrom(lamp, left, top) {
  const power = colour(lamp.colour).map((value) => value * lamp.strength);
  if (!lamp.place) {
    const length = Math.hypot(...lamp.direction);
    return { power, towards: lamp.direction.map((value) => value / length), direction: lamp.direction };
  }
  return { power, place: [lamp.place[0] - left, lamp.place[1] - top, lamp.place[2]], reach: lamp.reach };
}

// a near lamp inside the figure is held before it
function outside(lamp, figure, maps, frame, clearance) {
  if (!lamp.place) return lamp;
  const [column, row] = [rint(lamp.place[0]), rint(lamp.place[1])];
  if (row < 0 || column < 0 || row >= figure.height || column >= figure.width) return lamp;
  const at = frame * figure.size + row * figure.width + column;
  if (!figure.picture[4 * at + 3]) return lamp;
  return { ...lamp, place: [lamp.place[0], lamp.place[1], Math.max(lamp.place[2], maps.height[at] + clearance)] };
}

// as `cast_shadow`: each pixel's ray to the lamp is followed over the heights
export function castShadow(height, solid, rows, columns, lamp) {
  const shadow = new Float32Array(rows * columns);
  const field = new Float64Array(rows * columns).fill(-Infinity);
  let highest = 0;
  for (const i of solid) {
    field[i] = height[i];
    highest = Math.max(highest, field[i]);
  }
  const most = Math.floor(Math.hypot(rows, columns));
  for (const i of solid) {
    const row = Math.floor(i / columns);
    const column = i - row * columns;
    const start = field[i];
    let across = lamp.place ? lamp.place[0] - column : lamp.towards[0];
    let down = lamp.place ? lamp.place[1] - row : -lamp.towards[1];
    const flat = Math.hypot(across, down);
    if (flat <= 1e-6) continue;
    const far = lamp.place ? flat : Infinity;
    const rise = (lamp.place ? lamp.place[2] - start : lamp.towards[2]) / flat;
    across /= flat;
    down /= flat;
    let blocked = 0;
    for (let step = 1; step <= most && step < far && start + step * rise < highest && blocked < 1; step++) {
      const y = row + step * down;
      const x = column + step * across;
      const top = Math.floor(y);
      const left = Math.floor(x);
      if (top < -1 || left < -1 || top >= rows || left >= columns) break;
      let total = 0;
      let weights = 0;
      for (let k = 0; k < 4; k++) {
        const r = top + (k >> 1);
        const c = left + (k & 1);
        if (r < 0 || c < 0 || r >= rows || c >= columns) continue;
        const value = field[r * columns + c];
        if (value === -Infinity) continue;
        const weight = (k >> 1 ? y - top : 1 - y + top) * (k & 1 ? x - left : 1 - x + left);
        total += value * weight;
        weights += weight;
      }
      if (weights > 1e-6) blocked = Math.max(blocked, total / weights - start - step * rise);
    }
    shadow[i] = Math.min(blocked, 1);
  }
  return shadow;
}

// as `ground_shadow`, numbers of the dark pixels: each sample of the body is thrown on the ground
export function groundShadow(scene, height, solid, columns, bottom, feet, lamp) {
  const { height: tall, width: wide, ground: seen, horizon } = scene;
  const marked = (scene.marked ??= new Uint8Array(wide * tall));
  const found = [];
  const [right, up, out] = lamp.direction ?? [0, 0, 0];
  if (lamp.direction && up <= 1e-6) return found;
  const steep = lamp.direction ? Math.ceil(Math.max(Math.abs(right), Math.abs(out)) / up) + 1 : 2;
  const fine = Math.min(Math.max(2, steep), 16);
  const ground = feet[1] + 0.5;
  const lampAbove = lamp.place ? ground - lamp.place[1] : 0;
  let thick = 0;
  for (const i of solid) thick = Math.max(thick, height[i]);
  const count = thick > 0 ? 2 * Math.ceil(seen * thick) + 1 : 1;
  const across = new Int32Array(2); // two a column will do: the light stretches rows
  for (const i of solid) {
    const down = Math.floor(i / columns);
    const column = i - down * columns + feet[0] - Math.floor(columns / 2);
    const deep = Math.max(height[i], 0);
    for (let part = 0; part < fine; part++) {
      const above = ground - (down + feet[1] - bottom + (part + 0.5) / fine - 0.5);
      if (lamp.place && above >= lampAbove - 1e-3) continue;
      const grown = lamp.place ? lampAbove / (lampAbove - above) : 1;
      for (let over = 0; over < 2; over++) {
        const x = column + (over + 0.5) / 2 - 0.5;
        const thrown = lamp.place ? lamp.place[0] + grown * (x - lamp.place[0]) : x - (above * right) / up;
        across[over] = Math.floor(thrown + 0.5);
      }
      let last = -1;
      for (let layer = 0; layer < count; layer++) {
        let depth = count > 1 ? deep * (-1 + (2 * layer) / (count - 1)) : 0;
        depth = lamp.place ? lamp.place[2] + grown * (depth - lamp.place[2]) : depth - (above * out) / up;
        const row = Math.floor(ground + seen * depth);
        if (row === last || row < horizon || row >= tall) continue;
        last = row;
        for (let over = 0; over < 2; over++) {
          const at = row * wide + across[over];
          if (across[over] < 0 || across[over] >= wide || marked[at]) continue;
          marked[at] = 1;
          found.push(at);
        }
      }
    }
  }
  for (const at of found) marked[at] = 0;
  return found;
}

// a shadow falls alike until the lamp moves, however bright it is; 200 are kept, of large figures fewer, but those of
// six lamps, on the figure and on the ground, for two surfaces
function kept(figure, key, make) {
  if (!figure.kept.has(key)) {
    if (figure.kept.size > Math.max(24, Math.min(200, (1 << 22) / figure.size))) figure.kept.clear();
    figure.kept.set(key, make());
  }
  return figure.kept.get(key);
}

const spot = (lamp) => (lamp.place ? lamp.place.join() : lamp.direction.join());

// a frame of a figure in the light, (height x width x 4) bytes; lamps as the figure sees them
function shadeFigure(figure, version, frame, lamps, look, scene) {
  const { size, width, height, solid } = figure;
  const maps = figure.maps[version];
  const [n, a] = [maps.normals.subarray(3 * frame * size), maps.albedo.subarray(3 * frame * size)];
  const lit = new Uint8ClampedArray(figure.picture.subarray(4 * frame * size, 4 * (frame + 1) * size)); // rounds as NumPy
  const ambient = colour(look.ambient);
  const near = lamps.map((one) => {
    const lamp = outside(one, figure, maps, frame, scene.clearance);
    if (!look.shadows) return lamp;
    const depth = maps.height.subarray(frame * size, (frame + 1) * size);
    const key = `${version} ${frame} ${spot(lamp)}`;
    return { ...lamp, shadow: kept(figure, key, () => castShadow(depth, solid[frame], height, width, lamp)) };
  });
  for (const i of solid[frame]) {
    const row = Math.floor(i / width);
    const column = i - row * width;
    const nx = n[3 * i] / 32767;
    const ny = n[3 * i + 1] / 32767;
    const nz = n[3 * i + 2] / 32767;
    let r = ambient[0];
    let g = ambient[1];
    let b = ambient[2];
    let mr = 0;
    let mg = 0;
    let mb = 0;
    for (const lamp of near) {
      let arrives = lamp.shadow ? 1 - lamp.shadow[i] : 1;
      let x, y, z;
      if (lamp.place) {
        x = lamp.place[0] - column;
        y = row - lamp.place[1];
        z = lamp.place[2];
        const far = Math.sqrt(x * x + y * y + z * z);
        if (far > 1e-6) {
          x /= far;
          y /= far;
          z /= far;
        } else z = 1;
        if (lamp.reach) arrives *= fall(far / lamp.reach);
      } else {
        x = lamp.towards[0];
        y = lamp.towards[1];
        z = lamp.towards[2];
      }
      const cosine = nx * x + ny * y + nz * z;
      if (cosine <= 0 || !arrives) continue;
      const { power } = lamp;
      r += arrives * cosine * power[0];
      g += arrives * cosine * power[1];
      b += arrives * cosine * power[2];
      if (!look.specular) continue;
      const long = Math.max(Math.sqrt(x * x + y * y + (z + 1) * (z + 1)), 1e-9);
      const shine = look.specular * arrives * Math.max((cosine + nz) / long, 0) ** look.shininess;
      mr += shine * power[0];
      mg += shine * power[1];
      mb += shine * power[2];
    }
    lit[4 * i] = 255 * ((a[3 * i] / 65535) * r + mr);
    lit[4 * i + 1] = 255 * ((a[3 * i + 1] / 65535) * g + mg);
    lit[4 * i + 2] = 255 * ((a[3 * i + 2] / 65535) * b + mb);
  }
  return lit;
}

// the wall behind, flat, with the figures' shadows on the ground
function shadeWall(pixels, scene, lamps, look, shadows) {
  const { width, height, wall } = scene;
  const light = (scene.light ??= new Float32Array(3 * width * height));
  const ambient = colour(look.ambient);
  for (let i = 0; i < light.length; i++) light[i] = ambient[i % 3];
  lamps.forEach((lamp, k) => addToWall(light, width, height, lamp, shadows?.[k]));
  for (let i = 0, to = 0; i < light.length; i += 3, to += 4) {
    pixels[to] = wall[i] * light[i];
    pixels[to + 1] = wall[i + 1] * light[i + 1];
    pixels[to + 2] = wall[i + 2] * light[i + 2];
    pixels[to + 3] = 255;
  }
}

function addToWall(light, width, height, { place, reach, power, towards }, dark) {
  const [r, g, b] = power;
  const [column, row, above] = place ?? [0, 0, 0];
  let cosine = place ? 0 : Math.max(towards[2], 0);
  if (!place && !cosine) return;
  for (let y = 0, i = 0; y < height; y++) {
    const flat = (row - y) * (row - y) + above * above;
    for (let x = 0; x < width; x++, i++) {
      if (dark && dark[i]) continue;
      if (place) {
        const away = Math.sqrt((column - x) * (column - x) + flat);
        cosine = away < 1e-6 ? 1 : Math.max(above / away, 0);
        if (reach) cosine *= fall(away / reach);
      }
      light[3 * i] += cosine * r;
      light[3 * i + 1] += cosine * g;
      light[3 * i + 2] += cosine * b;
    }
  }
}

// a map of a figure as a picture
function mapped(figure, version, frame, view) {
  const { size, solid } = figure;
  const { normals, albedo, height } = figure.maps[version];
  const shown = new Uint8ClampedArray(figure.picture.subarray(4 * frame * size, 4 * (frame + 1) * size));
  let highest = 1e-6;
  for (const i of solid[frame]) highest = Math.max(highest, height[frame * size + i]);
  for (const i of solid[frame]) {
    const at = frame * size + i;
    for (let k = 0; k < 3; k++) {
      if (view === "normals") shown[4 * i + k] = (normals[3 * at + k] / 32767) * 127.5 + 127.5;
      else shown[4 * i + k] = 255 * (view === "albedo" ? albedo[3 * at + k] / 65535 : Math.max(height[at], 0) / highest);
    }
  }
  return shown;
}

function layOver(pixels, scene, layer, figure, left, top) {
  for (let row = Math.max(0, -top); row < Math.min(figure.height, scene.height - top); row++) {
    for (let column = Math.max(0, -left); column < Math.min(figure.width, scene.width - left); column++) {
      const from = 4 * (row * figure.width + column);
      const to = 4 * ((row + top) * scene.width + column + left);
      const opacity = layer[from + 3];
      if (!opacity) continue;
      for (let k = 0; k < 3; k++) {
        pixels[to + k] = Math.floor((layer[from + k] * opacity + pixels[to + k] * (255 - opacity) + 127) / 255);
      }
    }
  }
}

// where a figure is in a tick, and which of its frames
function standing(figure, tick) {
  const frame = tick % figure.frames;
  const [column, row] = figure.places[tick % figure.places.length];
  const [left, top] = [column - Math.floor(figure.width / 2), row - 1 - figure.bottom[frame]];
  return { frame, column, row, left, top };
}

// the whole scene in one tick, (height x width x 4) bytes: "lit", "drawn" as it was, or a map's name
export function paint(art, tick, lamps, look, view = look.view, version = 0) {
  const pixels = new Uint8ClampedArray(art.width * art.height * 4);
  const of = (figure) => Math.min(version, figure.maps.length - 1);
  const placed = art.figures.map((figure) => ({ figure, ...standing(figure, tick) })).sort((a, b) => a.row - b.row);
  if (view === "lit") {
    const seen = lamps.map((lamp) => seenFrom(lamp, 0, 0));
    const thrown = look.shadows ? seen.map(() => new Uint8Array(art.width * art.height)) : null;
    for (const { figure, frame, column, row } of thrown ? placed : []) {
      const depth = figure.maps[of(figure)].height.subarray(frame * figure.size, (frame + 1) * figure.size);
      seen.forEach((lamp, k) => {
        const marks = kept(figure, `ground ${version} ${frame} ${column} ${row} ${spot(lamp)}`, () => {
          const { width, bottom, solid } = figure;
          return groundShadow(art, depth, solid[frame], width, bottom[frame], [column, row - 1], lamp);
        });
        for (const i of marks) thrown[k][i] = 1;
      });
    }
    shadeWall(pixels, art, seen, look, thrown);
  } else {
    const flat = { normals: [128, 128, 255], height: [0, 0, 0] }[view];
    for (let i = 0; i < art.width * art.height; i++) {
      for (let k = 0; k < 3; k++) pixels[4 * i + k] = flat ? flat[k] : art.wall[3 * i + k];
      pixels[4 * i + 3] = 255;
    }
  }
  for (const { figure, frame, left, top } of placed) {
    const near = lamps.map((lamp) => seenFrom(lamp, left, top));
    const layer =
      view === "lit"
        ? shadeFigure(figure, of(figure), frame, near, look, art)
        : view === "drawn"
          ? figure.picture.subarray(4 * frame * figure.size, 4 * (frame + 1) * figure.size)
          : mapped(figure, of(figure), frame, view);
    layOver(pixels, art, layer, figure, left, top);
  }
  return pixels;
}

// the lamps at a moment: a preset may let them flicker and wander about where they were put
export function lampsAt(look, presets, seconds) {
  const preset = look.moving ? presets[look.preset] : null;
  if (!preset?.track) return look.lamps;
  const now = preset.track[Math.floor(seconds * preset.rate) % preset.track.length];
  return look.lamps.map((lamp, k) => {
    if (k >= now.length) return lamp;
    const { strength, shift, colour: tone } = now[k];
    const place = lamp.place && shift ? lamp.place.map((value, axis) => value + shift[axis]) : lamp.place;
    const same = tone && lamp.colour === preset.lamps[k].colour;
    return { ...lamp, place, strength: lamp.strength * strength, colour: same ? tone : lamp.colour };
  });
}
