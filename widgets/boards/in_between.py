"""The in-between board: drag and pose keys in a clip, compare what fills the gaps, export it as BVH and GIF."""

import contextlib
import html

import ipywidgets
import numpy as np

from animkit.motion.foot_lock import foot_contacts, lock_feet
from animkit.motion.interpolation import interpolate_smoothly, interpolate_straight
from animkit.motion.keys import Keys
from animkit.motion.posing import find_handles, mirror_pose, pull, put_pose, read_pose, with_poses
from animkit.motion.stretches import clear, frames_of, gaps, keep, read_stretches, tell_stretches
from animkit.studio.familiar import keys_to_set, unfamiliar
from animkit.studio.in_betweening import Remembering, in_between_anywhere, measure, usual_jump
from widgets.parts.board import row, seed_box, small
from widgets.parts.figure import COLOURS
from widgets.parts.key_player import KeyPlayer
from widgets.parts.lab import passed_in, slider, tabs
from widgets.parts.motion_board import MotionBoard

METHODS = ("original", "linear", "cubic", "ours")
MOST = 5  # skeletons side by side
AMBER = "background:#fff3d6;border-left:6px solid #e69f00;padding:0.3em 0.8em;margin:0.3em 0;color:#222"
LOOKS = {  # on the timeline
    "original": {"colour": "ink", "dash": [], "wide": True},
    "linear": {"colour": COLOURS["orange"], "dash": [6, 4], "wide": False},
    "cubic": {"colour": COLOURS["pink"], "dash": [8, 3, 2, 3], "wide": False},
    "ours": {"colour": "#2487cc", "dash": [], "wide": False},
}


class InBetweenBoard(MotionBoard):
    """The board that `in_between_board` makes.

    Args:
        model: `animkit.models.in_betweener.InBetweener`, or None.
        clip: pybvh.Bvh.
        name: of the clip.
        folder: where exports go.
        state: values of the controls.
        frame: where the player and the timeline stand.
        poses: pairs (frame, row).
        given: what the state line repeats by name.
    """

    kind = KeyPlayer

    def __init__(self, model, clip, name, folder, state, poses, frame, given):
        self.model, self.clip, self.name = model and Remembering(model), clip, name
        self.frames, self.fps = clip.frame_count, clip.fps
        self._filled, self._copied, self._source = {}, None, ((), clip)
        self._measured, self._standing = {}, None
        with contextlib.suppress(ValueError):  # a skeleton without legs
            self._standing = foot_contacts(clip)
        self._going = {}  # where the player is to stand when the next motions are shown
        self.notice = ipywidgets.HTML()  # where ours is not to be trusted, or is not the best
        self._proposed, self._nearest = [], None
        self.advised = [
            self.button("set these keys", "Keep the frames that the line above names", self.set_proposed, "key"),
            self.button("show the nearest", "Show what is nearest to the original", self.show_nearest, "eye"),
        ]
        bones = clip.node_index
        self._handles = [
            {"name": key, "node": bones[handle.joint], "small": handle.kind in ("elbow", "knee")}
            for key, handle in find_handles(clip).items()
        ]
        stretches = read_stretches(state["kept"], self.frames)
        for method in state["shown"]:  # what cannot be filled at all is no board
            self._fill(method, stretches, state["samples"], state["seed"], state["lock"])
        if "ours" in state["shown"] and gaps(stretches):
            # a gap of another length makes the graph for all lengths now, and not when the first key is let go
            first, last = gaps(stretches)[0]
            more = keep(stretches, first, (first + last) // 2, self.frames)
            self._fill("ours", more, 1, state["seed"], False)
        super().__init__(
            "In-between board",
            "in_between_board",
            _controls(self.frames, self.fps, model, state),
            self._draw,
            folder=folder,
            further={"poses": poses},
            more_state=lambda: given | self._where(),
        )
        for text in ("kept", "seed", "every"):
            self.controls[text].continuous_update = False
        self.player.frame = frame
        self.player.observe(lambda change: self._stand(), ["frame", "playing"])
        self.player.on_action(self.act)
        self._stand()
        self._arrange()

    def _arrange(self):
        button = self.button
        controls = self.controls
        here = "Keep the original's own frame where the player stands"
        keys = [
            button("original here", here, self.key_here, "plus"),
            button("empty the gap", "Let all frames of the gap be filled", self.empty_gap, "eraser"),
            button("keep the gap", "Keep all frames of the gap as they are", self.keep_gap, "lock"),
            button("keys only", "Keep nothing but a key every so many frames", self.keys_only, "ellipsis-h"),
        ]
        export = [
            button("BVH", "Each motion that is shown, but the original, as a BVH file", self.export_bvh, "male"),
            button("GIF", "What is shown, side by side, as a GIF that loops", self.export_gif, "film"),
        ]
        pages = {
            "keys": [*(controls[name] for name in ("kept", "gap", "every")), row(*keys)],
            "motions": [controls[name] for name in ("shown", "samples", "seed", "lock")],
            "export": [row(self.folder), row(*export), self.report],
        }
        self.arrange(
            [tabs(pages), row(self.undo_button, self.redo_button, self.reset_button), self.message],
            [self.player, self.notice, row(*self.advised)],
            self.numbers,
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    @property
    def stretches(self):
        """What is kept: pairs (first, last) of frame numbers."""
        return read_stretches(self.controls["kept"].value, self.frames)

    @property
    def keyed(self):
        """What is kept, and with which poses: `animkit.motion.keys.Keys`."""
        return Keys(self.clip, self.stretches, dict(self.further["poses"]))

    def key_here(self):
        """Keep the original's own frame at which the player stands."""
        self._keep(self.keyed.original(self._at()))

    def key(self, frame):
        """Set a key with the pose that is shown at a frame."""
        if frame in frames_of(self.stretches):
            raise ValueError(f"frame {frame} is kept already")
        self._keep(self.keyed.pose(frame, self._shown_pose(frame)))

    def delete(self, frame):
        """Let a frame be filled."""
        self._keep(self.keyed.delete(frame))

    def move(self, frame, to):
        """Move a key to another frame; the player goes along."""
        keys = self.keyed.move(frame, to)
        self._going = {"frame": to}
        try:
            self._keep(keys)
        finally:
            self._going = {}

    def copy(self, frame):
        """Remember the pose that is shown at a frame."""
        self._copied = self._shown_pose(frame)

    def paste(self, frame):
        """Put the copied pose where a frame's pose stands, facing as it does."""
        if self._copied is None:
            raise ValueError("nothing was copied: copy the pose of a frame first (Ctrl+C)")
        self._keep(self.keyed.pose(frame, put_pose(self.clip, self._copied, self._shown_pose(frame))))

    def mirror(self, frame):
        """Exchange left and right of a frame's pose."""
        self._keep(self.keyed.pose(frame, mirror_pose(self.clip, self._shown_pose(frame))))

    def pull(self, frame, handle, to, *, single=False):
        """Pull a frame's pose by a handle, see `animkit.motion.posing.pull`; the frame becomes a key."""
        self.keyed.check(frame)
        self._keep(self.keyed.pose(frame, pull(self.clip, self._shown_pose(frame), handle, to, single=single)))

    def empty_gap(self):
        """Let all frames of the gap be filled."""
        self._keep(self.keyed.keeping(clear(self.stretches, *self.controls["gap"].value, self.frames)))

    def keep_gap(self):
        """Keep all frames of the gap as they are."""
        self._keep(self.keyed.keeping(keep(self.stretches, *self.controls["gap"].value, self.frames)))

    def keys_only(self):
        """Keep a key every so many frames, and nothing else."""
        every = self.controls["every"].value
        keys = tell_stretches((frame, frame) for frame in range(0, self.frames, every))
        self._keep(self.keyed.keeping(read_stretches(keys, self.frames)))

    def set_proposed(self):
        """Keep the frames that are proposed where a gap lies outside what the network has seen."""
        stretches = self.stretches
        for frame in self._proposed:
            stretches = keep(stretches, frame, frame, self.frames)
        self._keep(self.keyed.keeping(stretches))

    def show_nearest(self):
        """Show, beside the original, the way to fill that is nearest to it over the filled frames."""
        self.set(shown=("original", self._nearest))

    def export_bvh(self):
        """Write each motion shown, but the original, as BVH, read it back and report.

        Returns:
            list of paths.

        Raises:
            ValueError: when nothing but the original is shown, or there is no folder's name.
            OSError: when it cannot be written.
        """
        named = [(f"{self.name} {title}", clip) for title, clip in self.motions if title != "original"]
        if not named:
            raise ValueError("only the original is shown: choose what shall be written")
        return self.write_bvhs(named)

    def export_gif(self):
        """Write what is shown, side by side, as a GIF; a long clip from a second before its first gap on.

        Returns:
            list of paths.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        between = gaps(self.stretches)
        first = max(0, between[0][0] - round(self.fps)) if between else 0
        return self.write_gif(f"{self.name} in-between", first=first)

    # --- how it works ------------------------------------------------------------------------------------------------

    def act(self, message):
        """Do what was asked for on the player or on the timeline, and answer.

        Args:
            message: see `KeyPlayer.on_action`.
        """
        name, frame = message.get("act"), message.get("frame")
        with self.lock:
            if name == "pull" and not message.get("done"):
                self.player.pull(frame, self._pulled(message))
                return
            self.message.value, before = "", self.everything()
            self.attempt(self._do, name, frame, message)
            failed = bool(self.message.value)
            told = f"the pose of frame {frame} is copied" if name == "copy" else ""
            if not failed and self.everything() == before:
                told = told or f"nothing to {name}"
            self.player.answer("not done: the reason stands beside the player" if failed else told, failed=failed)

    def _do(self, name, frame, message):
        if name in ("undo", "redo"):
            getattr(self, name)()
        elif not (isinstance(frame, int) and 0 <= frame < self.frames):
            raise ValueError(f"the clip's frames are 0 to {self.frames - 1}; got {frame!r}")
        elif name == "pull":
            self.pull(frame, message["handle"], message["to"], single=bool(message["single"]))
        elif name == "move":
            self.move(frame, message["to"])
        elif name in ("key", "delete", "copy", "paste", "mirror"):
            getattr(self, name)(frame)

    def _pulled(self, message):
        """Where the nodes of a frame would be, (nodes, 3), while a handle is dragged; None where that cannot be."""
        frame, single = message["frame"], bool(message["single"])
        try:
            self.keyed.check(frame)
            row = pull(self.clip, self._shown_pose(frame), message["handle"], message["to"], single=single)
        except ValueError:
            return None  # the end of the drag says why
        return np.asarray(with_poses(self.clip[frame : frame + 1], {0: row}).node_positions())[0]

    def _shown_pose(self, frame):
        """The row of a frame as the skeleton with the handles has it."""
        if self.player.posed < 0:
            raise ValueError("nothing that is filled is shown: choose linear, cubic or ours")
        return read_pose(self.motions[self.player.posed][1], frame)

    def _at(self):
        if self.player.playing:
            raise ValueError("the player is running: stop it (space) at the frame that you mean")
        return min(self.player.frame, self.frames - 1)

    def _keep(self, keys):
        self.set(kept=tell_stretches(keys.stretches), poses=_pairs(keys.poses))

    def _where(self):
        poses = dict(self.further["poses"])
        return ({"poses": poses} if poses else {}) | {"frame": self.player.frame if self.player else 0}

    def _stand(self):
        with self.lock:
            if not self.player.playing:
                self.show_state()

    def changed(self, name):
        if name == "kept":  # as it will be read, in order
            keys = self.keyed.keeping(self.stretches)
            return {"kept": tell_stretches(keys.stretches), "poses": _pairs(keys.poses)}
        return {}

    def _draw(self, *, kept, shown, samples, seed, lock, poses, **_):
        stretches = read_stretches(kept, self.frames)
        if not shown:
            raise ValueError("choose at least one motion to show")
        if "ours" in shown and self.model is None:
            raise ValueError("there is no network here: make the board with one, or choose linear or cubic")
        between = gaps(stretches)
        self._source = poses, with_poses(self.clip, dict(poses))
        self._measured, motions = {}, []
        for method in METHODS:
            if method in shown:
                motions += self._fill(method, stretches if between else None, samples, seed, lock)
        motions = motions[:MOST]  # the last are samples of ours
        self._play(motions, stretches, dict(poses))
        self._notify(stretches if between and "ours" in shown else (), samples, seed, lock)
        told = self._told_numbers(motions, stretches, between)
        if poses:
            told += "With keys that you posed, these are distances from what was there before, not errors. "
        if between and lock and "ours" in shown:
            told += self._told_lock(stretches, samples, seed)
        return small(told)

    def _play(self, motions, stretches, poses):
        """Show motions; the first of ours, or else the last that is filled, has the handles."""
        keys = Keys(self.clip, stretches, poses).frames
        notes = [(frame, frame, "key") for frame in poses]
        notes += [(first, last, f"in-between, {last - first + 1} frames") for first, last in gaps(stretches)]
        notes += [(first, last, "key" if first == last else "kept") for first, last in stretches]
        titles = [title for title, _ in motions]
        filled = [number for number, title in enumerate(titles) if title != "original"]
        own = [number for number in filled if titles[number].startswith("ours")]
        self.play(
            motions,
            notes=notes,
            key_frames=[{"frame": frame, "own": frame in poses} for frame in keys],
            kept=[list(one) for one in stretches],
            handles=self._handles,
            posed=own[0] if own else filled[-1] if filled else -1,
            looks=[_look(title) for title in titles],
            **self._going,
        )

    def _fill(self, method, stretches, samples, seed, lock):
        """Pairs (title, clip) by one method; what was computed once is kept. No stretches: nothing is to be filled."""
        poses, source = self._source
        if method == "original" or stretches is None:
            return [(method, self.clip if method == "original" else source)]
        key = method, stretches, poses, *((samples, seed, lock) if method == "ours" else ())
        if key not in self._filled:
            if len(self._filled) > 12:
                self._filled.pop(next(iter(self._filled)))
            keys = frames_of(stretches)
            if method == "linear":
                clips = [interpolate_straight(source, keys)]
            elif method == "cubic":
                clips = [interpolate_smoothly(source, keys)]
            elif lock:
                filled = self._fill(method, stretches, samples, seed, False)
                clips = [lock_feet(clip, keep=keys) for _, clip in filled]
            else:
                clips = in_between_anywhere(self.model, source, keys, samples=samples, seed=seed)
            titles = [f"{method} {n + 1}" for n in range(len(clips))] if len(clips) > 1 else [method]
            self._filled[key] = list(zip(titles, clips, strict=True))
        return self._filled[key]

    def _told_lock(self, stretches, samples, seed):
        """Say so where locking has found no foot to hold: keys that are near each other leave none to be held."""
        free, locked = (self._fill("ours", stretches, samples, seed, lock) for lock in (False, True))
        same = [
            np.allclose(before.node_positions(), after.node_positions())
            for (_, before), (_, after) in zip(free, locked, strict=True)
        ]
        if not all(same):
            return ""
        return "Feet locked: nothing has changed, for in these gaps no foot stands still long enough to be held."

    def _notify(self, stretches, samples, seed, lock):
        """Say where gaps are unlike what the network has seen, and which way to fill is nearer to the original."""
        strange, away, (poses, source) = [], {}, self._source
        if stretches:
            strange = unfamiliar(self.model.seen, source, stretches)
        if stretches and not poses:  # to be near the original is the aim as long as nothing was posed
            filled = {method: self._fill(method, stretches, samples, seed, lock)[0][1] for method in METHODS[1:]}
            away = {method: round(self._measure(clip, stretches).distance, 2) for method, clip in filled.items()}
        nearest = min(away, key=away.get, default="ours")
        self._nearest = nearest if away and away[nearest] < away["ours"] else None
        self._proposed = keys_to_set(self.model.seen, source, stretches) if strange or self._nearest else []
        told = [f"The network has not seen {'; '.join(strange)}."] if strange else []
        if self._nearest:
            times = f", {away['ours'] / away[nearest]:.2f} times as much" if away[nearest] else ""
            told.append(
                f"Here {nearest} is nearer to the original: {away[nearest]:.2f} cm; ours {away['ours']:.2f} cm{times}."
            )
        if self._proposed:
            first, *more = self._proposed
            named = ", ".join(map(str, self._proposed)) if len(more) < 8 else f"{first} to {more[-1]}"
            told.append(f"{len(more) + 1} keys at the frames {named}" if more else f"A key at frame {first}")
            told[-1] += " may help."
        self.notice.value = (
            f"<p role='status' style='{AMBER}'>&#9888; {html.escape(' '.join(told))}</p>" if told else ""
        )
        for button, wanted in zip(self.advised, (self._proposed, self._nearest), strict=True):
            button.layout.display = "" if wanted else "none"

    def _measure(self, clip, stretches):
        """How a motion fills the gaps; in one drawing it is measured once."""
        if id(clip) not in self._measured:
            self._measured[id(clip)] = clip, measure(self.clip, clip, stretches, standing=self._standing)
        return self._measured[id(clip)][1]

    def _told_numbers(self, motions, stretches, between):
        if not between:
            return "All frames are kept: there is nothing to fill. <i>Empty the gap</i>, or remove a key."
        linear = self._measure(self._fill("linear", stretches, 1, 0, False)[0][1], stretches)
        # what 95 % of the changes inside stay below, or what the original itself does at these very joins
        own = self._measure(self.clip, stretches).jump
        limit = None if own is None else max(usual_jump(self.clip), own)
        lines = []
        for title, clip in motions:
            found = self._measure(clip, stretches)
            cells = [html.escape(title)]
            if title == "original":
                cells += ["0", "0"]
            else:
                compared = title != "linear" and min(linear.distance, linear.l2q) > 1e-9
                for value, base in ((found.distance, linear.distance), (found.l2q, linear.l2q)):
                    cells.append(f"{value:.2f}" + (f" ({value / base:.2f} of linear)" if compared else ""))
            cells.append("-" if found.sliding is None else f"{found.sliding:.1f}")
            if found.jump is None or title == "original":
                cells.append("-" if found.jump is None else f"{found.jump:.1f}")
            else:  # as it is shown, so that a jump and a limit that read alike are alike
                jerk = round(found.jump, 1) > round(limit, 1)
                cells.append(f"{found.jump:.1f} {'&#9651; seen as a jerk' if jerk else '&#10003; as inside'}")
            lines.append("".join(f"<td>{cell}</td>" for cell in cells))
        count = sum(last - first + 1 for first, last in between)
        told = f"{count} frames to fill in {len(between)} gap{'s' if len(between) > 1 else ''}"
        beyond = "the original has at these joins, and more than 95 % of its changes inside"
        jerks = "" if limit is None else f" A jerk is a jump above {limit:.1f} cm/s, more than {beyond}."
        return (
            f"{told}. Distances are from the original, over the filled frames; feet are measured where the original's "
            f"stand.{jerks}<table><tr><th></th><th>joints, cm away</th><th>L2Q</th><th>feet slide, cm/s</th>"
            f"<th>velocity jumps at the joins, cm/s</th></tr><tr>{'</tr><tr>'.join(lines)}</tr></table>"
        )


def _look(title):
    """How a motion is drawn on the timeline; further samples of ours have dots and dashes."""
    name, _, number = title.partition(" ")
    return LOOKS[name] | ({"dash": [3 * int(number), 3]} if number not in ("", "1") else {})


def _pairs(poses):
    """Poses as the further state has them: pairs (frame, row), which can be compared."""
    return tuple(sorted(poses.items()))


def _controls(frames, fps, model, state):
    long = frames - 1
    kept = ipywidgets.Text(
        value=state["kept"],
        description="kept frames",
        tooltip="Frames and ranges that stay as they are: 0-29, 45, 60-89",
    )
    gap = ipywidgets.IntRangeSlider(
        value=state["gap"], min=0, max=long, description="gap, frames", tooltip="The first and the last frame of a gap"
    )
    every = ipywidgets.BoundedIntText(
        value=state["every"], min=1, max=max(long, 1), description="a key every", tooltip="Frames from key to key"
    )
    shown = ipywidgets.SelectMultiple(
        options=METHODS if model is not None else METHODS[:3],
        value=state["shown"],
        rows=4,
        description="show",
        tooltip="Side by side: Ctrl or Shift and click, or Shift and the arrow keys",
    )
    ways = f"How many different ways to fill the gaps; {MOST} motions stand side by side at most"
    samples = slider("samples", ways, state["samples"], 1, 4, 1, integer=True)
    seed = seed_box(state["seed"], "Another seed, another motion")
    lock = ipywidgets.Checkbox(
        value=state["lock"],
        description="lock the feet",
        tooltip="Feet on the ground stand still (ours, by IK)",
        indent=False,
    )
    controls = {
        "kept": kept,
        "gap": gap,
        "every": every,
        "shown": shown,
        "samples": samples,
        "seed": seed,
        "lock": lock,
    }
    for control in controls.values():
        control.layout.width = "auto"
    return controls


def in_between_board(
    model,
    clip,
    *,
    name="clip",
    folder="runs/motion",
    kept=None,
    gap=None,
    every=10,
    shown=None,
    samples=1,
    seed=0,
    lock=False,
    poses=None,
    frame=0,
):
    """Make the in-between board for a clip.

    Args:
        model: `animkit.models.in_betweener.InBetweener`; None where there is no network: linear and cubic remain.
        clip: pybvh.Bvh, three frames or more, on any skeleton (see `in_between_anywhere`), at any rate.
        name: of the clip, for exported files.
        folder: where exports go.
        kept: which frames stay as they are, such as "0-29, 60-89"; None for all but the gap.
        gap: (first, last) frame of a gap; None for the middle third, at most two seconds.
        every: frames from key to key, for "keys only".
        shown: of "original", "linear", "cubic" and "ours"; None for the original, linear, and ours if there is a model.
        samples: ways to fill the gaps, 1 to 4.
        seed: of these.
        lock: whether feet on the ground stand still.
        poses: keys with a pose of their own, frame -> row as `animkit.motion.posing.read_pose` gives it; kept.
        frame: where the player stands.

    Returns:
        InBetweenBoard.

    Raises:
        ValueError: when the clip is too short, or frames are asked for that it does not have.
    """
    frames, shown = clip.frame_count, None if shown is None else tuple(shown)
    if shown is not None and not set(shown) <= set(METHODS[: 4 if model is not None else 3]):
        raise ValueError(
            f"shown are {', '.join(METHODS)}, the last where there is a model; got {shown}"
            + ("; there is no network here" if model is None else "")
        )
    if frames < 3:
        raise ValueError(f"a clip of {frames} frames has nothing in between: bring one of three or more")
    given = passed_in(model=model, clip=clip) | ({} if model is not None else {"model": None}) | {"name": name}
    if gap is None:
        length = max(1, min(frames // 3, round(2 * clip.fps)))
        gap = (frames - length) // 2, (frames - length) // 2 + length - 1
    if not (0 <= gap[0] <= gap[1] < frames and 0 <= frame < frames):
        raise ValueError(f"the clip's frames are 0 to {frames - 1}; got the gap {tuple(gap)} and frame {frame}")
    kept = clear(((0, frames - 1),), *gap, frames) if kept is None else read_stretches(kept, frames)
    with_poses(clip, poses or {})  # which says what is wrong with them
    for at in poses or {}:
        kept = keep(kept, at, at, frames)
    poses = _pairs({int(at): tuple(map(float, row)) for at, row in (poses or {}).items()})
    shown = ("original", "linear", *(("ours",) if model is not None else ())) if shown is None else shown
    state = {
        "kept": tell_stretches(kept),
        "gap": tuple(gap),
        "every": min(every, frames - 1),
        "shown": shown,
        "samples": samples,
        "seed": seed,
        "lock": lock,
    }
    return InBetweenBoard(model, clip, name, folder, state, poses, frame, given)
