"""Two referees that say whether a level can be finished: a graph of tiles, and a body that runs and jumps.

Both let a runner through air, coins and enemies (which move, and can be jumped on) and stop it at everything else; both
start on the leftmost floor and end where the last column is reached. The graph knows how high and how far one jumps,
tile by tile. The body has a size and a speed and moves by `PHYSICS`, sixty frames a second, as it does when one plays.
"""

import heapq

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra

from animkit.data.mario_levels import LETTERS

SOLID = np.array([letter not in "-oE" for letter in LETTERS])  # by code

_PAIRS = np.array([[one + other for other in LETTERS] for one in LETTERS])
# what must not stand to the right of a tile, by codes: a half of a pipe without the other half
BESIDE = sum(np.char.startswith(_PAIRS, one) != np.char.endswith(_PAIRS, other) for one, other in ("<>", "[]")) > 0
# what must not stand above a tile: anything but the rest above the foot of a pipe or cannon, and these on air
_UP = ("[[", "[<", "]]", "]>", "bb", "bB", "X[", "X]", "X<", "X>", "Xb", "XB", "Bb", "BB")
ABOVE = np.array(
    [[(one in "[]b" or other in "[]<>Bb") and one + other not in _UP for other in LETTERS] for one in LETTERS]
)

TILE = 256  # units of length in a tile: a pixel of a tile of 16 has 16
# whole numbers, so that Python and a browser agree to the last bit; per frame, of which there are 60 a second
PHYSICS = {
    "width": 192,  # of the body; it is 12 x 15 pixels
    "height": 240,
    "run": 41,  # highest speed
    "acceleration": 2,  # towards the side that is pressed; what is lost when nothing is
    "skid": 4,  # the same, against the way one runs
    "jump": 64,  # speed upwards at take-off
    "jump_of_run": 8,  # a runner takes off faster by its speed over this
    "gravity_held": 2,  # while one rises and holds the key
    "gravity": 7,
    "fall": 64,  # highest speed downwards
}
WISHES = ("enemies", "jumps", "coins", "height")
RISE, ACROSS = 4, 1  # of a jump on the graph: tiles up, each with a step aside, and steps aside at its highest

# what the search of the physics referee tries from a floor: frames the jump is held (0: none), side pressed at first,
# frames until the other is, and that other side; the first eight at once, the rest where they lead no further
_MOVES = np.array(
    [(0, 1, 8, 1), (0, 1, 24, 1)]
    + [(held, 1, 99, 1) for held in (1, 8, 20, 40)]
    + [(40, 1, 24, 0), (40, 0, 16, 1)]
    + [(0, -1, 8, -1), (0, -1, 24, -1), (0, 0, 8, 0)]
    + [(held, 1, turn, 0) for held, turn in ((8, 12), (16, 12), (16, 24), (40, 12))]
    + [(held, 1, turn, -1) for held in (8, 16, 40) for turn in (16, 32)]
    + [(held, -1, 99, -1) for held in (8, 40)]
    + [(held, -1, turn, 1) for held in (8, 40) for turn in (12, 24)]
    + [(held, 0, turn, 1) for held, turn in ((8, 16), (8, 36), (40, 36))],
    np.int32,
)
_AT_FIRST, _LATER = 8, 5 * 256  # how far a floor falls behind once they are tried
_LONGEST = 240  # frames of one move, all of them done by then
_AT_ONCE = 4  # floors of a level that are left in one round


def tile_path(tiles):
    """Ask the graph of tiles for the way through with the fewest jumps, and among those the shortest.

    A node is a cell and what the runner does there: stand or fall, be `k` tiles up in a jump, or drift at its highest.

    Args:
        tiles: (height, width) of codes.

    Returns:
        (n, 2) x and y of the feet in tiles, from the left and from the top, at the middles of cells; a place comes
        twice where the runner lands. None without a way.

    Raises:
        ValueError: `tiles` is no level.
    """
    solid = _solid(tiles)
    height, width = solid.shape
    start = _start(solid)
    if start is None:
        return None
    layers = 1 + RISE + ACROSS  # 0 stands or falls, then RISE of rising, then ACROSS of drifting
    first, second, cost = _edges(solid)
    graph = csr_array((cost, (first, second)), shape=(layers * solid.size,) * 2)
    costs, before = dijkstra(graph, indices=start[0] * width + start[1], return_predecessors=True)
    ends = np.flatnonzero(np.isfinite(costs.reshape(layers, height, width)[:, :, -1]).ravel())
    if not len(ends):
        return None
    layer, row = np.divmod(ends, height)
    ends = (layer * height + row) * width + width - 1
    way = [ends[np.argmin(costs[ends])]]
    while before[way[-1]] >= 0:
        way.append(before[way[-1]])
    rows, columns = np.divmod(np.array(way[::-1]) % solid.size, width)
    return np.stack([columns + 0.5, rows + 1.0], axis=1)


def take_offs(path):
    """Where in a way through the tiles the runner jumps: (jumps,) indices into `tile_path`'s path."""
    rises = np.diff(path[:, 1], prepend=np.inf, append=np.inf) < 0
    return np.flatnonzero(rises[1:] & ~rises[:-1])


def _edges(solid):
    """The graph's edges: first and second nodes, and their cost, one for a jump and next to nothing for a step."""
    height, width = solid.shape
    free = np.pad(~solid, 1)  # no way through the sky, the sides or the bottom
    here, above, under = free[1:-1, 1:-1], free[:-2, 1:-1], free[2:, 1:-1]
    floor = np.zeros_like(here)
    floor[:-1] = solid[1:] & here[:-1]
    cell = np.arange(solid.size).reshape(height, width)
    edges = []

    def edge(where, layer, onto, dy, dx, cost=1e-4):
        rows, columns = np.nonzero(where & free[1 + dy : height + 1 + dy, 1 + dx : width + 1 + dx])
        first = cell[rows, columns] + layer * solid.size
        second = cell[rows + dy, columns + dx] + onto * solid.size
        edges.append((first, second, np.full(len(rows), cost)))

    for dx in (-1, 1):
        edge(floor, 0, 0, 0, dx)
    # a step aside comes after the step up or down, so both cells must be free
    for dx in (-1, 0, 1):
        edge(here & ~floor & under, 0, 0, 1, dx)
        edge(floor & above, 0, 1, -1, dx, cost=1)
        for layer in range(1, RISE):
            edge(here & above, layer, layer + 1, -1, dx)
    for layer in range(1, RISE + ACROSS + 1):
        edge(here, layer, 0, 0, 0)
        for dx in (-1, 1) if layer < RISE + ACROSS else ():
            edge(here, layer, max(layer, RISE) + 1, 0, dx)
    return (np.concatenate(each) for each in zip(*edges, strict=True))


def physics_paths(levels, *, effort=400):
    """Ask the body for a way through each of many levels, at once: a best-first search over the floors it lands on.

    From each floor it tries some thirty moves, such as a jump held for 16 frames towards the right that turns in the
    air, each frame by frame. What it finds can be played; a way that needs other moves, or a longer search, it misses.

    Args:
        levels: list of (height, width) of codes, of any sizes.
        effort: rounds of the search, in each of which some four floors of a level are left: after that, no way.

    Returns:
        A list: for each level (frames, 2) x and y of the middle of the feet in tiles, from the left and from the top,
        sixty a second; None without one.

    Raises:
        ValueError: a level is none.
    """
    solids = [_solid(tiles) for tiles in levels]
    paths = []
    for first in range(0, len(solids), 64):  # what fits into a processor's cache
        paths += _search(solids[first : first + 64], effort)
    return paths


def _solid(tiles):
    tiles = np.asarray(tiles)
    if tiles.ndim != 2 or min(tiles.shape) < 2 or not np.issubdtype(tiles.dtype, np.integer):
        raise ValueError(f"a level is (height, width) codes, two of each at least; got {tiles.dtype} {tiles.shape}")
    if tiles.min() < 0 or tiles.max() >= len(SOLID):
        raise ValueError(f"codes of tiles are 0 to {len(SOLID) - 1}, got {tiles.min()} to {tiles.max()}")
    return SOLID[tiles]


def _start(solid):
    """The cell above the lowest floor of the first column that has one, among the first three; None without one."""
    for column in range(min(3, solid.shape[1])):
        rows = np.flatnonzero(solid[1:, column] & ~solid[:-1, column])
        if len(rows):
            return rows[-1], column
    return None


class _World:
    """Levels side by side as one array, with six rows of air above, a wall to the left and nothing below."""

    AIR = 6

    def __init__(self, solids):
        height, width = (max(solid.shape[axis] for solid in solids) for axis in (0, 1))
        grid = np.zeros((len(solids), height + self.AIR + 2, width + 3), np.uint8)
        grid[:, :, 0] = 1
        for level, solid in zip(grid, solids, strict=True):
            level[self.AIR : self.AIR + len(solid), 1 : 1 + solid.shape[1]] = solid
            level[: self.AIR, 1 : 1 + solid.shape[1]] = 0
        self.rows, self.columns = grid.shape[1:]
        self.flat = grid.ravel()
        self.size = self.rows * self.columns
        self.bottom = np.array([len(solid) for solid in solids], np.int32) * TILE
        self.goal = np.array([solid.shape[1] - 1 for solid in solids], np.int32) * TILE

    def solid(self, origin, x, y):
        row = np.minimum(np.maximum((y >> 8) + self.AIR, 0), self.rows - 1)
        column = np.minimum((x >> 8) + 1, self.columns - 1)
        return self.flat[origin + row * self.columns + column]


def _advance(world, level, x, y, vx, vy, ground, side, jump, held):
    """One frame of many bodies: x and y of the upper left corner, speeds, whether it stands; and what is pressed."""
    wide, high = PHYSICS["width"], PHYSICS["height"]
    rate = np.where(side * vx < 0, PHYSICS["skid"], PHYSICS["acceleration"])
    vx = vx + np.minimum(np.maximum(side * PHYSICS["run"] - vx, -rate), rate)
    vy = np.where(jump & ground, -PHYSICS["jump"] - np.abs(vx) // PHYSICS["jump_of_run"], vy)
    vy = np.minimum(vy + np.where(held & (vy < 0), PHYSICS["gravity_held"], PHYSICS["gravity"]), PHYSICS["fall"])
    origin = level * world.size

    x = x + vx
    front = np.where(vx > 0, x + wide - 1, x)
    hit = (world.solid(origin, front, y) | world.solid(origin, front, y + high - 1)).astype(bool)
    x = np.where(hit, np.where(vx > 0, (front >> 8 << 8) - wide, ((front >> 8) + 1) << 8), x)
    vx = np.where(hit, 0, vx)

    y = y + vy
    edge = np.where(vy > 0, y + high - 1, y)
    hit = (world.solid(origin, x, edge) | world.solid(origin, x + wide - 1, edge)).astype(bool)
    ground = hit & (vy > 0)
    y = np.where(hit, np.where(vy > 0, (edge >> 8 << 8) - high, ((edge >> 8) + 1) << 8), y)
    vy = np.where(hit, 0, vy)
    return x, y, vx, vy, ground


def _pressed(moves, frame):
    held, side, turn, other = moves.T
    return np.where(frame < turn, side, other), (frame == 0) & (held > 0), frame < held


def _over(world, level, x, y, ground, moves, frame):
    """Which bodies have reached the goal, and which stand again and have made their move."""
    home = (x + PHYSICS["width"] > world.goal[level]) & (y + PHYSICS["height"] <= world.bottom[level])
    return home, ground & ~home & ((moves[:, 0] > 0) | (frame + 1 >= moves[:, 2]))


def _play(world, level, x, y, vx, moves):
    """Make moves from floors; where each ends: which, x, y, vx on the next floor, and which reach the goal."""
    which = np.arange(len(x), dtype=np.int32)
    vy, ground = np.zeros_like(x), np.ones(len(x), bool)
    landed, won = [], []
    for frame in range(_LONGEST):
        x, y, vx, vy, ground = _advance(world, level, x, y, vx, vy, ground, *_pressed(moves, frame))
        home, done = _over(world, level, x, y, ground, moves, frame)
        over = done | home | (y > world.bottom[level])
        if over.any():
            landed.append(np.stack([which, x, y, vx])[:, done])
            won.append(which[home])
            on = ~over
            which, level, x, y, vx, vy, ground, moves = (
                array[on] for array in (which, level, x, y, vx, vy, ground, moves)
            )
            if not len(x):
                break
    return np.concatenate(landed, axis=1), np.concatenate(won)


def _search(solids, effort):
    world = _World(solids)
    starts = [_start(solid) for solid in solids]
    # a node: x, y, vx of a body that stands, the node before it and the move from there
    nodes = [[] if cell is None else [(*_standing(*cell), 0, -1, -1)] for cell in starts]
    heaps = [[(0, 0, True)] if each else [] for each in nodes]
    seen = [set() for _ in solids]
    ends = [None] * len(solids)
    for _ in range(effort):
        share = max(_AT_ONCE, 96 // max(1, sum(map(bool, heaps))))  # a few levels have room for more
        chosen = [
            (level, *heapq.heappop(heap)) for level, heap in enumerate(heaps) for _ in range(min(share, len(heap)))
        ]
        if not chosen:
            break
        parts = []
        for level, priority, node, first in chosen:
            tried = range(_AT_FIRST) if first else range(_AT_FIRST, len(_MOVES))
            parts += [(level, node, move, *nodes[level][node][:3]) for move in tried]
            if first:
                heapq.heappush(heaps[level], (priority + _LATER, node, False))
        level, node, move, *body = np.array(parts, np.int32).T
        landed, won = _play(world, level, *body, _MOVES[move])
        for which in won.tolist():
            heaps[level[which]], ends[level[which]] = [], (int(node[which]), int(move[which]))
        for which, x, y, vx in landed.T.tolist():
            one = int(level[which])
            key = (x >> 7, y >> 8, vx // 14)
            if ends[one] is None and key not in seen[one]:
                seen[one].add(key)
                heapq.heappush(heaps[one], (-x, len(nodes[one]), True))
                nodes[one].append((x, y, vx, int(node[which]), int(move[which])))
    return _replay(world, nodes, ends)


def _standing(row, column):
    return column * TILE + (TILE - PHYSICS["width"]) // 2, (row + 1) * TILE - PHYSICS["height"]


def _replay(world, nodes, ends):
    """The frames of the moves that led to each end, of all levels at once."""
    won = [level for level, end in enumerate(ends) if end is not None]
    paths = [None] * len(ends)
    if not won:
        return paths
    chains = []
    for level in won:
        node, move = ends[level]
        chain = [move]
        while node:
            *_, node, move = nodes[level][node]
            chain.append(move)
        chains.append(chain[::-1])
    longest = max(map(len, chains))
    chains = np.array([chain + chain[-1:] * (longest - len(chain)) for chain in chains])
    level, each = np.array(won, np.int32), np.arange(len(won))
    x, y, vx = np.array([nodes[one][0][:3] for one in won], np.int32).T
    vy, ground, frame, at = np.zeros_like(x), np.ones(len(won), bool), np.zeros_like(x), np.zeros_like(x)
    places, home_at = [(x, y)], np.zeros(len(won), int)
    while not home_at.all():
        moves = _MOVES[chains[each, np.minimum(at, longest - 1)]]
        x, y, vx, vy, ground = _advance(world, level, x, y, vx, vy, ground, *_pressed(moves, frame))
        places.append((x, y))
        home, done = _over(world, level, x, y, ground, moves, frame)
        home_at = np.where((home_at == 0) & home, len(places), home_at)
        at, frame = at + done, np.where(done, 0, frame + 1)
    places = (np.array(places).transpose(2, 0, 1) + [PHYSICS["width"] / 2, PHYSICS["height"]]) / TILE
    for one, place, end in zip(won, places, home_at, strict=True):
        paths[one] = place[:end]
    return paths


def measure_wishes(tiles, path):
    """Measure in a level what one can wish for.

    Args:
        tiles: (height, width) of codes.
        path: (n, 2), its `tile_path`.

    Returns:
        dict of the names in WISHES: enemies and coins in the level, jumps one cannot do without, and the mean height
        of the way above the lowest floor that there can be, in tiles.
    """
    return {
        "enemies": int((tiles == LETTERS.index("E")).sum()),
        "jumps": len(take_offs(path)),
        "coins": int((tiles == LETTERS.index("o")).sum()),
        "height": float(len(tiles) - 1 - _heights(tiles, path).mean()),
    }


def is_met(asked, measured):
    """Say whether each wish is met: within 10 %, or within a half, of what was asked for.

    Args:
        asked: dict of some of the WISHES; None stands for no wish.
        measured: dict, see `measure_wishes`.

    Returns:
        dict of bools, one for each wish.
    """
    return {
        name: bool(abs(measured[name] - value) <= max(0.1 * value, 0.5))
        for name, value in asked.items()
        if value is not None
    }


def whole(tiles):
    """Say whether all pipes and cannons of a level are whole, and have their mouths on top: by BESIDE and ABOVE.

    Args:
        tiles: (height, width) of codes.

    Returns:
        bool.
    """
    padded = np.pad(tiles, 1)  # with air
    return not (BESIDE[padded[:, :-1], padded[:, 1:]].any() or ABOVE[padded[1:], padded[:-1]].any())


def patterns(levels, size):
    """Count the patterns of tiles in levels.

    Args:
        levels: list of (height, width) uint8 of codes.
        size: (rows, columns) of a pattern.

    Returns:
        dict: pattern -> how often it comes.
    """
    counts = {}
    for tiles in levels:
        windows = np.lib.stride_tricks.sliding_window_view(np.ascontiguousarray(tiles, np.uint8), size)
        flat = windows.reshape(-1, size[0] * size[1])
        for pattern, count in zip(*np.unique(flat, axis=0, return_counts=True), strict=True):
            counts[pattern.tobytes()] = counts.get(pattern.tobytes(), 0) + int(count)
    return counts


def pattern_kl(levels, reference, *, size=(2, 2), smoothing=1e-6):
    """How far the patterns of tiles in some levels are from those in others, both ways, in nats.

    The mean of KL(reference || levels) and KL(levels || reference). A pattern that one side lacks has the share
    `smoothing` / (patterns there + `smoothing`) in it.

    Args:
        levels, reference: lists of (height, width) of codes.
        size: (rows, columns) of a pattern.
        smoothing: a part of one pattern.

    Returns:
        Nats.

    Raises:
        ValueError: a level is smaller than a pattern, or there is none.

    Source: Lucas and Volz, "Tile Pattern KL-Divergence for Analysing and Evolving Game Levels" (2019).
    """
    if not levels or not len(reference):
        raise ValueError("a divergence needs levels on both sides")
    for tiles in (*levels, *reference):
        if any(have < need for have, need in zip(tiles.shape, size, strict=True)):
            raise ValueError(f"a level of {tiles.shape} has no pattern of {size}")
    one, other = patterns(levels, size), patterns(reference, size)
    total = {id(each): sum(each.values()) for each in (one, other)}

    def kl(first, second):
        n, m = total[id(first)], total[id(second)]
        return sum(
            count / n * np.log((count / n) / ((second.get(pattern, 0) + smoothing) / (m + smoothing)))
            for pattern, count in first.items()
        )

    return float((kl(one, other) + kl(other, one)) / 2)


def copied_share(levels, reference, *, width=14):
    """The share of windows of whole columns that stand just so in the reference.

    Args:
        levels, reference: lists of (height, width) of codes, all of one height.
        width: columns of a window; of 14 rows, it is the 14 x 14 of the corpus.

    Returns:
        0 to 1.
    """

    def windows(tiles):
        flat = np.ascontiguousarray(tiles.T, np.uint8)
        return [flat[first : first + width].tobytes() for first in range(len(flat) - width + 1)]

    known = {window for tiles in reference for window in windows(tiles)}
    made = [window in known for tiles in levels for window in windows(tiles)]
    return float(np.mean(made))


def novelty(levels, reference, *, width=14):
    """How far a window of whole columns is from the nearest one of the reference: the mean share of other tiles.

    Args:
        levels, reference: lists of (height, width) of codes, all of one height.
        width: columns of a window; those of `levels` lie edge to edge, those of the reference at every place.

    Returns:
        0 to 1.
    """
    codes = np.arange(len(LETTERS))
    cut = [tiles[:, first : first + width] for tiles in levels for first in range(0, tiles.shape[1] - width + 1, width)]
    known = [tiles[:, first : first + width] for tiles in reference for first in range(tiles.shape[1] - width + 1)]
    one, other = (
        (np.stack(each)[..., None] == codes).reshape(len(each), -1).astype(np.float32) for each in (cut, known)
    )
    alike = (one @ other.T).max(axis=1)
    return float(1 - alike.mean() / cut[0].size)


def diversity(levels, paths, *, share=0.4):
    """The share of pairs of levels whose ways are at other heights in two fifths of their columns, or more.

    Args:
        levels: list of (height, width) of codes, all of one size.
        paths: for each its `tile_path`; none of them None.
        share: of the columns.

    Returns:
        0 to 1.
    """
    heights = np.stack([_heights(tiles, path) for tiles, path in zip(levels, paths, strict=True)])
    apart = (heights[:, None] != heights[None]).mean(axis=2)
    return float((apart[np.triu_indices(len(heights), 1)] >= share).mean())


def _heights(tiles, path):
    """The row of the feet where a way first comes to each column, (width,)."""
    columns, first = np.unique(path[:, 0].astype(int), return_index=True)
    return np.interp(np.arange(tiles.shape[1]), columns, path[first, 1])
