"""The viewer: sees in frames of a film where figures are, who they are, what they do over time, the place, the hour."""

from typing import NamedTuple

import keras
import numpy as np
from keras import ops

from animkit import losses
from animkit.training import KeepsSeeds, batch_mean, compiled, in_parts

STRIDE = 4  # art pixels of a cell of the heat map
CANVAS = (80, 160)  # rows and columns that a smaller frame is set into
PATCH = 48  # art pixels of what is cut out around somebody: what is held or seen over a head is in it
ASIDE = 6  # art pixels beside somebody's box in which what they hold out is seen
LOOK, POSE = (24, 48, 96), 128  # widths of the convolutions over patches, and of what they tell
STEP = 2  # frames from one to the next in which one looks at what somebody does
SURE = 16.0  # how sharply likeness is told, as a factor of the cosine
KINDS = ("person", "creature")
ACTIONS = ("stand", "walk", "run", "strike", "cast", "hide", "carry", "reel", "cheer", "lie", "sit", "eat", "make")
FACINGS = ("left", "front", "right")
HOURS = ("dawn", "day", "dusk", "night")
FRAMES_AT_ONCE, PATCHES_AT_ONCE = 32, 256


class Found(NamedTuple):
    """What is found in one frame, the surest first."""

    boxes: np.ndarray  # (n, 4) left, top, right, bottom, art pixels
    scores: np.ndarray  # (n,) 0 to 1
    kinds: np.ndarray  # (n,) places in KINDS


def cells_of(boxes):
    """The cell of the heat map in which boxes have their middle, (..., 2) row and column, and the box as seen from it.

    Args:
        boxes: (..., 4) left, top, right, bottom, art pixels.

    Returns:
        (..., 2) int32 and (..., 4) float32: the middle's column and row in the cell, width and height, all in cells.
    """
    boxes = np.asarray(boxes, "float32") / STRIDE
    middle, size = (boxes[..., 2:] + boxes[..., :2]) / 2, boxes[..., 2:] - boxes[..., :2]
    cell = np.floor(middle)
    return cell[..., ::-1].astype("int32"), np.concatenate([middle - cell, size], axis=-1)


def patch_around(frame, box):
    """What the viewer sees of somebody: (PATCH, PATCH, 3) around the middle of their box in a frame (h, w, 3)."""
    corner = corner_of(box, PATCH)
    return spotlit(cut_around(frame, box, PATCH), np.subtract(box, [*corner, *corner]))


def cut_around(frame, box, side):
    """Cut (side, side, 3) out of a frame (h, w, 3) around the middle of a box; what lies outside is black."""
    left, top = corner_of(box, side)
    patch = np.zeros((side, side, 3), np.uint8)
    part = frame[max(top, 0) : max(top + side, 0), max(left, 0) : max(left + side, 0)]
    patch[max(-top, 0) : max(-top, 0) + part.shape[0], max(-left, 0) : max(-left, 0) + part.shape[1]] = part
    return patch


def spotlit(patch, box):
    """Half the light far from the box of a patch (side, side, 3): of two who stand close it tells whom one looks at.

    Args:
        patch: (side, side, 3) uint8.
        box: left, top, right, bottom, pixels of the patch.

    Returns:
        (side, side, 3) uint8.
    """
    left, top, right, bottom = (int(max(round(float(edge)), 0)) for edge in np.add(box, [-ASIDE, 0, ASIDE, 0]))
    lit = patch // 2
    lit[top:bottom, left:right] = patch[top:bottom, left:right]
    return lit


def corner_of(box, side):
    """Left and top of the square, so many pixels wide, that is cut out around a box."""
    return [int(np.floor((box[i] + box[i + 2]) / 2)) - side // 2 for i in (0, 1)]


def moves_of(boxes):
    """How somebody moves from frame to frame, and how large they are: boxes (n, 4), art pixels -> (n, 4) float32."""
    boxes = np.asarray(boxes, "float32").reshape(-1, 4)
    middle, size = (boxes[:, 2:] + boxes[:, :2]) / 2, boxes[:, 2:] - boxes[:, :2]
    return np.concatenate([np.diff(middle, axis=0, prepend=middle[:1]).clip(-8, 8) / 4, size / PATCH], axis=1)


@keras.saving.register_keras_serializable(package="animkit")
class FilmViewer(KeepsSeeds, keras.Model):
    """Find figures by a heat map of their middles, know them by a code, and read what they do from a run of frames.

    Two networks that share nothing but their training: convolutions over whole frames, in art pixels, for where, hour
    and place; convolutions over what is cut out around each figure, in the same pixels, for a code of who it is, and a
    bidirectional LSTM over them, beside how the same one stands, for action and facing.

    Fit it on x, a dict of `frames` (n, h, w, 3) uint8, sides multiples of 8; `patches` (batch, time, PATCH, PATCH, 3)
    uint8, one figure's, `stands` (batch, views, PATCH, PATCH, 3) uint8, how they stand, `moves` (batch, time, 4) as
    from `moves_of`, `there` (batch, time); and y, a dict of `heat` (n, h / 4, w / 4, kinds), `cells` (n, slots) numbers
    of cells, `boxes` (n, slots, 4) as from `cells_of`, `figures` (n, slots) bool, `hour` and `place` (n,), `who`
    (batch,), `action` and `facing` (batch, time).

    Args:
        places: names of the places that it tells apart.
        people: how many characters it learns to tell apart; others it knows by their code.
        channels: of the convolutions over frames, from coarse to fine detail.
        code_dim: of the code of who somebody is.
        units: of the LSTM, each way.

    Raises:
        ValueError: the methods, for arrays of another kind.

    Source: Zhou et al. 2019 (objects as points); Zhang et al. 2021 (FairMOT); Wang et al. 2017 (cosine softmax).
    """

    def __init__(self, places, people, *, channels=(16, 32, 48, 64), code_dim=32, units=64, **model_options):
        super().__init__(**model_options)
        self.places, self.people = tuple(places), people
        self.channels, self.code_dim, self.units = tuple(channels), code_dim, units
        one, two, three, four = self.channels
        self.fine = [_convolve(one, strides=2), _convolve(two, strides=2), _convolve(three)]
        self.coarse = [_convolve(four, strides=2), _convolve(four), _convolve(four)]
        self.widen, self.join = keras.layers.Conv2D(three, 1), _convolve(four)
        # at first nearly nowhere is a figure: without that the many empty cells drown the few peaks
        rare = keras.initializers.Constant(-4.0)
        self.heat = keras.layers.Conv2D(len(KINDS), 1, bias_initializer=rare, dtype="float32")
        self.box = keras.layers.Conv2D(4, 1, dtype="float32")
        self.scene = keras.layers.Dense(four, activation="silu")
        self.hour = keras.layers.Dense(len(HOURS), dtype="float32")
        self.place = keras.layers.Dense(len(self.places), dtype="float32")
        self.look = [_convolve(width, strides=2) for width in LOOK]
        self.posed = keras.layers.Dense(POSE, activation="silu")
        self.code = keras.layers.Dense(code_dim, dtype="float32")
        self.known = keras.layers.Dense(people, use_bias=False, dtype="float32")
        self.differs = keras.layers.Dense(POSE, activation="silu")
        self.drop = keras.layers.Dropout(0.2)
        self.follow = keras.layers.Bidirectional(keras.layers.LSTM(units, return_sequences=True))
        self.action = keras.layers.Dense(len(ACTIONS), dtype="float32")
        self.facing = keras.layers.Dense(len(FACINGS), dtype="float32")
        self._build_layers()
        names = ("heat", "box", "scene", "who", "doing", "who_right", "doing_right", "scene_right")
        self.trackers = {name: keras.metrics.Mean(name=name) for name in names}
        self.built = True
        self._glance = compiled(self, self.glance)
        self._describe = compiled(self, self.describe)
        self._play = compiled(self, self.play)

    def _build_layers(self):
        one, two, three, four = self.channels
        in_turn = [(3, one, two), (three, four, four), (3, *LOOK[:-1])]
        for layers, widths in zip((self.fine, self.coarse, self.look), in_turn, strict=True):
            for layer, width in zip(layers, widths, strict=True):
                layer.build((None, None, None, width))
        self.widen.build((None, None, None, four))
        self.join.build((None, None, None, three))
        for layer in (self.heat, self.box):
            layer.build((None, None, None, four))
        self.scene.build((None, three + 2 * four))
        for layer in (self.hour, self.place):
            layer.build((None, four))
        self.posed.build((None, (PATCH // 8) ** 2 * LOOK[-1]))
        self.code.build((None, POSE))
        self.known.build((None, self.code_dim))
        self.differs.build((None, None, 2 * POSE))
        self.follow.build((None, None, POSE + 4))
        for layer in (self.action, self.facing):
            layer.build((None, None, 2 * self.units))

    def glance(self, frames):
        """Frames (n, h, w, 3) -> dict of logits: heat (n, h / 4, w / 4, kinds), box, hour and place."""
        x = _scaled(frames, self.compute_dtype)
        for layer in self.fine:
            x = layer(x)
        first, *rest = self.coarse
        deep = first(x)
        for layer in rest:
            deep = deep + layer(deep)
        seen = [ops.mean(x, axis=(1, 2)), ops.mean(deep, axis=(1, 2)), ops.max(deep, axis=(1, 2))]
        scene = self.scene(ops.concatenate(seen, axis=-1))
        wide = ops.repeat(ops.repeat(self.widen(deep), 2, axis=1), 2, axis=2)
        joined = self.join(x + wide)
        return {
            "heat": self.heat(joined),
            "box": self.box(joined),
            "hour": self.hour(scene),
            "place": self.place(scene),
        }

    def describe(self, patches):
        """Patches (n, PATCH, PATCH, 3) -> codes (n, code_dim) of length 1, and what is seen of the pose (n, POSE)."""
        x = _scaled(patches, self.compute_dtype)
        for layer in self.look:
            x = layer(x)
        posed = self.posed(ops.reshape(x, (-1, self.posed.kernel.shape[0])))
        return ops.normalize(self.code(posed), axis=-1), posed

    def play(self, posed, stands, moves, there, training=False):
        """Logits of action and facing, (n, time, ...).

        Args:
            posed: (n, time, POSE), as from `describe`.
            stands: (n, POSE), the mean of the same one's standing pictures: what they hold and do shows beside it.
            moves: (n, time, 4), as from `moves_of`.
            there: (n, time), where somebody is there.
            training: whether a part of what is seen is dropped.
        """
        x = self.differs(ops.concatenate([posed, stands[:, None] + ops.zeros_like(posed)], axis=-1))
        x = ops.concatenate([self.drop(x, training=training), ops.cast(moves, x.dtype)], axis=-1)
        x = self.follow(x, mask=ops.cast(there, "bool"))
        return self.action(x), self.facing(x)

    def call(self, x, training=False):
        batch, time = ops.shape(x["moves"])[0], x["moves"].shape[1]
        pictures = ops.concatenate([x["patches"], x["stands"]], axis=1)
        shape = batch, pictures.shape[1]
        codes, posed = self.describe(ops.reshape(pictures, (-1, PATCH, PATCH, 3)))
        codes, posed = ops.reshape(codes, (*shape, self.code_dim)), ops.reshape(posed, (*shape, POSE))
        action, facing = self.play(posed[:, :time], ops.mean(posed[:, time:], axis=1), x["moves"], x["there"], training)
        directions = ops.normalize(ops.cast(self.known.kernel, "float32"), axis=0)
        likeness = SURE * (codes @ directions)
        return {**self.glance(x["frames"]), "who": likeness, "action": action, "facing": facing}

    def compute_loss(self, x=None, y=None, y_pred=None, sample_weight=None, training=True):
        figures, there = ops.cast(y["figures"], "float32"), ops.cast(x["there"], "float32")
        count = ops.maximum(ops.sum(figures, axis=1), 1.0)
        flat = ops.reshape(y_pred["box"], (ops.shape(figures)[0], -1, 4))
        boxes = ops.take_along_axis(flat, ops.cast(y["cells"], "int32")[..., None], axis=1)
        # all are to be known where they are seen, and by how they stand
        shown = ops.concatenate([there, ops.ones_like(there[:, : x["stands"].shape[1]])], axis=1)
        who = ops.repeat(ops.cast(y["who"], "int32")[:, None], shown.shape[1], axis=1)
        doing = sum(losses.character_cross_entropy(y[name], y_pred[name], there) for name in ("action", "facing"))
        scene = ops.stack([y["hour"], y["place"]], axis=1)
        parts = {
            "heat": losses.heat_map_focal(y["heat"], y_pred["heat"]) / count,
            "box": losses.absolute_error(y["boxes"], boxes, y["figures"]) / count,
            "scene": losses.classification(ops.cast(scene, "int32"), [y_pred["hour"], y_pred["place"]]),
            "who": losses.character_cross_entropy(who, y_pred["who"], shown) / ops.sum(shown, axis=1),
            "doing": doing / ops.maximum(ops.sum(there, axis=1), 1.0),
        }
        right = {
            "who_right": _share(who, y_pred["who"], shown),
            "doing_right": _share(y["action"], y_pred["action"], there),
            "scene_right": (_share(y["hour"], y_pred["hour"]) + _share(y["place"], y_pred["place"])) / 2,
        }
        for name, part in {**parts, **right}.items():
            self.trackers[name].update_state(part)
        return sum(batch_mean(part) for part in parts.values())  # of frames there are not as many as of figures

    def find(self, frames, at_least=0.1):
        """Find figures in frames, and tell hour and place.

        Args:
            frames: (n, h, w, 3) uint8, art pixels.
            at_least: the least score of what is found.

        Returns:
            list of Found, (n, hours) and (n, places) probabilities.

        Raises:
            ValueError: frames of another kind.
        """
        frames = _pictures(frames, "frames")
        room = [max(least, side + -side % 8) - side for side, least in zip(frames.shape[1:3], CANVAS, strict=True)]
        padded = np.pad(frames, [(0, 0), (0, room[0]), (0, room[1]), (0, 0)])
        seen = in_parts(self._glance, padded, at_once=FRAMES_AT_ONCE)
        heat = 1 / (1 + np.exp(-seen["heat"]))
        found = [peaks(*each, at_least, frames.shape[1:3]) for each in zip(heat, seen["box"], strict=True)]
        return found, _softmax(seen["hour"]), _softmax(seen["place"])

    def know(self, patches):
        """Codes (n, code_dim) of length 1 and poses (n, POSE) of patches (n, PATCH, PATCH, 3) uint8.

        Raises:
            ValueError: patches of another kind.
        """
        patches = _pictures(patches, "patches")
        if patches.shape[1:3] != (PATCH, PATCH):
            raise ValueError(f"patches are {PATCH} x {PATCH} pixels; got {patches.shape}")
        return in_parts(self._describe, patches, at_once=PATCHES_AT_ONCE)

    def tell(self, posed, stands, moves):
        """What somebody does, in every STEP-th frame.

        Args:
            posed: (time, POSE), as from `know`, of every STEP-th frame.
            stands: (views, POSE), as from `know`, of how the same one stands.
            moves: (time, 4), as from `moves_of`, of the frames of `posed`.

        Returns:
            (time, actions) and (time, facings) probabilities.
        """
        # of a few lengths only: a graph is traced anew for each
        room = -len(posed) % 16
        posed, moves = (np.pad(np.asarray(part, "float32"), [(0, room), (0, 0)])[None] for part in (posed, moves))
        there = np.arange(posed.shape[1])[None] < posed.shape[1] - room
        stands = np.mean(stands, axis=0, dtype="float32")[None]
        told = [_softmax(ops.convert_to_numpy(part)[0]) for part in self._play(posed, stands, moves, there)]
        return tuple(part[: len(part) - room] for part in told)

    def get_config(self):
        kept = {"places": self.places, "people": self.people, "channels": self.channels}
        return {**super().get_config(), **kept, "code_dim": self.code_dim, "units": self.units}


def _convolve(width, strides=1):
    return keras.layers.Conv2D(width, 3, strides=strides, padding="same", activation="silu")


def _scaled(pictures, dtype):
    return ops.cast(pictures, dtype) / 127.5 - 1.0


def _share(labels, logits, mask=None):
    """Share of what counts that is told rightly."""
    right = ops.cast(ops.equal(ops.argmax(logits, axis=-1), ops.cast(labels, "int32")), "float32")
    mask = ops.ones_like(right) if mask is None else ops.cast(mask, "float32")
    return ops.sum(right * mask) / ops.maximum(ops.sum(mask), 1.0)


def _softmax(logits):
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return shifted / shifted.sum(axis=-1, keepdims=True)


def _pictures(pictures, what):
    pictures = np.asarray(pictures)
    if pictures.ndim != 4 or pictures.shape[-1] != 3 or pictures.dtype != np.uint8 or 0 in pictures.shape:
        raise ValueError(f"{what} are (n, height, width, 3) uint8; got {pictures.shape} {pictures.dtype}")
    return pictures


def peaks(heat, box, at_least, size):
    """Found of one frame: heat (rows, columns, kinds), box (rows, columns, 4), and the frame's height and width."""
    best = heat.max(axis=-1)
    around = np.pad(best, 1)
    shifts = [
        around[1 + down : 1 + down + len(best), 1 + right : 1 + right + best.shape[1]]
        for down in (-1, 0, 1)
        for right in (-1, 0, 1)
    ]
    rows, columns = np.nonzero((best >= np.max(shifts, axis=0)) & (best >= at_least))
    order = np.argsort(-best[rows, columns], kind="stable")
    rows, columns = rows[order], columns[order]
    across, down, wide, high = box[rows, columns].T
    x, y = columns + across, rows + down
    boxes = STRIDE * np.stack([x - wide / 2, y - high / 2, x + wide / 2, y + high / 2], axis=1)
    # figures are made of whole pixels
    height, width = size
    boxes = np.rint(boxes).clip(0, [width - 1, height - 1, width, height])
    boxes[:, 2:] = np.maximum(boxes[:, 2:], boxes[:, :2] + 1)
    return Found(boxes, best[rows, columns], heat[rows, columns].argmax(axis=-1))
