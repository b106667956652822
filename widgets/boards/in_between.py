"""The in-between board: mark keys or a gap in a clip, compare what fills it, export it as BVH and GIF."""

import html

import ipywidgets
import numpy as np

from animkit.motion.clips import centimetres_per_unit
from animkit.motion.foot_lock import lock_feet
from animkit.motion.interpolation import interpolate_smoothly, interpolate_straight
from animkit.motion.stretches import clear, frames_of, gaps, keep, read_stretches, tell_stretches
from animkit.studio.familiar import keys_to_set, unfamiliar
from animkit.studio.in_betweening import in_between_anywhere, measure, usual_jump
from widgets.parts.board import row, seed_box, small
from widgets.parts.figure import COLOURS, LiveFigure
from widgets.parts.lab import passed_in, slider
from widgets.parts.motion_board import MotionBoard

METHODS = ("original", "linear", "cubic", "ours")
MOST = 5  # skeletons side by side
AMBER = "background:#fff3d6;border-left:6px solid #e69f00;padding:0.3em 0.8em;margin:0.3em 0;color:#222"
LOOKS = {  # colour, line style
    "original": ("black", "-"),
    "linear": ("orange", "--"),
    "cubic": ("pink", "-."),
    "ours": ("blue", "-"),
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
        given: what the state line repeats by name.
    """

    def __init__(self, model, clip, name, folder, state, frame, given):
        self.model, self.clip, self.name = model, clip, name
        self.frames, self.fps = clip.frame_count, clip.fps
        self._filled, self._drawn = {}, None
        self.notice = ipywidgets.HTML()  # where ours is not to be trusted, or is not the best
        self._proposed, self._nearest = [], None
        self.advised = [
            self.button("set these keys", "Keep the frames that the line above names", self.set_proposed, "key"),
            self.button("show the nearest", "Show what is nearest to the original", self.show_nearest, "eye"),
        ]
        self.frame = slider(
            "frame",
            "Where the player stands; keys are set and removed here",
            frame,
            0,
            self.frames - 1,
            1,
            integer=True,
        )
        self.seconds = ipywidgets.Label()
        self.timeline = _Timeline(self.frames, self.fps, self._move)
        for method in state["shown"]:  # what cannot be filled at all is no board
            self._fill(
                method, read_stretches(state["kept"], self.frames), state["samples"], state["seed"], state["lock"]
            )
        super().__init__(
            "In-between board",
            "in_between_board",
            _controls(self.frames, self.fps, model, state),
            self._draw,
            folder=folder,
            further={},
            more_state=lambda: given | {"frame": self.frame.value},
        )
        for text in ("kept", "seed", "every"):
            self.controls[text].continuous_update = False
        self.frame.continuous_update = True
        self.frame.observe(lambda change: self._stand(), "value")
        self.player.observe(lambda change: self._played(), ["frame", "playing"])
        self._stand()
        self._arrange()

    def _arrange(self):
        button = self.button
        controls = self.controls
        keys = [
            button("key here", "Keep the frame at which the player stands", self.key_here, "plus"),
            button("no key here", "Let the frame at which the player stands be filled", self.no_key_here, "minus"),
            button("empty the gap", "Let all frames of the gap be filled", self.empty_gap, "eraser"),
            button("keep the gap", "Keep all frames of the gap as they are", self.keep_gap, "lock"),
            button("keys only", "Keep nothing but a key every so many frames", self.keys_only, "ellipsis-h"),
        ]
        export = [
            button("BVH", "Each motion that is shown, but the original, as a BVH file", self.export_bvh, "male"),
            button("GIF", "What is shown, side by side, as a GIF that loops", self.export_gif, "film"),
        ]
        self.arrange(
            [
                *(controls[name] for name in ("kept", "gap", "every")),
                row(*keys),
                *(controls[name] for name in ("shown", "samples", "seed", "lock")),
                row(self.undo_button, self.redo_button, self.reset_button),
                self.message,
                row(self.folder, *export),
                self.report,
            ],
            [
                self.player,
                row(self.frame, self.seconds),
                self.timeline.widget,
                self.notice,
                row(*self.advised),
                self.numbers,
            ],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    @property
    def stretches(self):
        """What is kept: pairs (first, last) of frame numbers."""
        return read_stretches(self.controls["kept"].value, self.frames)

    def key_here(self):
        """Keep the frame at which the player stands."""
        at = self._at()
        if at in frames_of(self.stretches):
            raise ValueError(f"frame {at} is kept already")
        self._keep(keep(self.stretches, at, at, self.frames))

    def no_key_here(self):
        """Let the frame at which the player stands be filled."""
        at = self._at()
        if at not in frames_of(self.stretches):
            raise ValueError(f"frame {at} is no key: it is filled already")
        self._keep(clear(self.stretches, at, at, self.frames))

    def empty_gap(self):
        """Let all frames of the gap be filled."""
        self._keep(clear(self.stretches, *self.controls["gap"].value, self.frames))

    def keep_gap(self):
        """Keep all frames of the gap as they are."""
        self._keep(keep(self.stretches, *self.controls["gap"].value, self.frames))

    def keys_only(self):
        """Keep a key every so many frames, and nothing else."""
        every = self.controls["every"].value
        keys = tell_stretches((frame, frame) for frame in range(0, self.frames, every))
        self._keep(read_stretches(keys, self.frames))

    def set_proposed(self):
        """Keep the frames that are proposed where a gap lies outside what the network has seen."""
        stretches = self.stretches
        for frame in self._proposed:
            stretches = keep(stretches, frame, frame, self.frames)
        self._keep(stretches)

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

    def _at(self):
        if self.player.playing:
            raise ValueError("the player is running: stop it (space) at the frame that you mean")
        return self.frame.value

    def _keep(self, stretches):
        self.set(kept=tell_stretches(stretches))

    def _move(self, frame):
        """To a frame, by a click on the timeline."""
        self.player.playing = False
        self.frame.value = frame

    def _stand(self):
        with self.lock:
            frame = self.frame.value
            self.seconds.value = f"{frame / self.fps:.2f} s of {(self.frames - 1) / self.fps:.2f} s, {self.fps:g} fps"
            if not self.player.playing and self.player.frame != frame:
                self.player.frame = frame
            self.timeline.stand(frame)
            self.show_state()

    def _played(self):
        with self.lock:
            if not self.player.playing and self.frame.value != self.player.frame:
                self.frame.value = min(self.player.frame, self.frames - 1)

    def changed(self, name):
        if name == "kept":  # as it will be read, in order
            return {"kept": tell_stretches(self.stretches)}
        return {}

    def _draw(self, *, kept, shown, samples, seed, lock, **_):
        stretches = read_stretches(kept, self.frames)
        if not shown:
            raise ValueError("choose at least one motion to show")
        if "ours" in shown and self.model is None:
            raise ValueError("there is no network here: make the board with one, or choose linear or cubic")
        between = gaps(stretches)
        motions = []
        for method in METHODS:
            if method in shown:
                motions += self._fill(method, stretches if between else None, samples, seed, lock)
        if len(motions) > MOST:
            raise ValueError(f"{len(motions)} motions side by side are too many: show at most {MOST}")
        notes = [(first, last, f"in-between, {last - first + 1} frames") for first, last in between]
        notes += [(first, last, "key" if first == last else "kept") for first, last in stretches]
        self.play(motions, notes=notes)
        self.timeline.show(stretches, motions)
        self._notify(stretches if between and "ours" in shown else (), samples, seed, lock)
        told = self._told_numbers(motions, stretches, between)
        if between and lock and "ours" in shown:
            told += self._told_lock(stretches, samples, seed)
        return small(told)

    def _fill(self, method, stretches, samples, seed, lock):
        """Pairs (title, clip) by one method; what was computed once is kept. No stretches: nothing is to be filled."""
        if method == "original" or stretches is None:
            return [(method, self.clip)]
        key = method, stretches, *((samples, seed, lock) if method == "ours" else ())
        if key not in self._filled:
            if len(self._filled) > 12:
                self._filled.pop(next(iter(self._filled)))
            keys = frames_of(stretches)
            if method == "linear":
                clips = [interpolate_straight(self.clip, keys)]
            elif method == "cubic":
                clips = [interpolate_smoothly(self.clip, keys)]
            elif lock:
                filled = self._fill(method, stretches, samples, seed, False)
                clips = [lock_feet(clip, keep=keys) for _, clip in filled]
            else:
                clips = in_between_anywhere(self.model, self.clip, keys, samples=samples, seed=seed)
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
        strange, away = [], {}
        if stretches:
            strange = unfamiliar(self.model.seen, self.clip, stretches)
            filled = {method: self._fill(method, stretches, samples, seed, lock)[0][1] for method in METHODS[1:]}
            away = {method: round(measure(self.clip, clip, stretches).distance, 2) for method, clip in filled.items()}
        nearest = min(away, key=away.get, default="ours")
        self._nearest = nearest if away and away[nearest] < away["ours"] else None
        self._proposed = keys_to_set(self.model.seen, self.clip, stretches) if strange or self._nearest else []
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

    def _told_numbers(self, motions, stretches, between):
        if not between:
            return "All frames are kept: there is nothing to fill. <i>Empty the gap</i>, or remove a key."
        linear = measure(self.clip, self._fill("linear", stretches, 1, 0, False)[0][1], stretches)
        # what 95 % of the changes inside stay below, or what the original itself does at these very joins
        own = measure(self.clip, self.clip, stretches).jump
        limit = None if own is None else max(usual_jump(self.clip), own)
        lines = []
        for title, clip in motions:
            found = measure(self.clip, clip, stretches)
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


class _Timeline:
    """Keys, kept stretches and gaps over time, and how fast each motion moves; a click or a drag goes to a frame."""

    def __init__(self, frames, fps, on_move):
        self.frames, self.fps = frames, fps
        self.figure = LiveFigure(
            "the timeline of the clip", mosaic=[["keys"], ["speed"], ["speed"]], height=240, besides=560
        )
        self.widget = self.figure.widget
        self.axes = keys, speed = self.figure.axes["keys"], self.figure.axes["speed"]
        speed.sharex(keys)
        for axes in (keys, speed):
            axes.set_xlim(-0.5, max(frames - 0.5, 0.6))
        self.cursors = [axes.axvline(0, color=COLOURS["red"], linewidth=2, zorder=5) for axes in self.axes]
        self.figure.moving(*self.cursors)
        self.drag = self.figure.on_pointer(lambda x, y, phase: on_move(round(min(max(x, 0), frames - 1))), axes=keys)

    def stand(self, frame):
        """Move the cursor."""
        for cursor in self.cursors:
            cursor.set_xdata([frame, frame])
        self.figure.update()

    def show(self, stretches, motions):
        """Draw other keys and motions."""
        keys, speed = self.axes
        for axes in self.axes:
            for artist in [*axes.patches, *axes.texts, *axes.collections, *axes.lines]:
                if artist not in self.cursors:
                    artist.remove()
        for first, last in stretches:
            if last > first:
                keys.barh(0, last - first + 1, left=first - 0.5, height=0.7, color=COLOURS["sky"], edgecolor="#222")
        single = [first for first, last in stretches if first == last]
        keys.plot(single, np.zeros(len(single)), "D", color="#222", markersize=8)
        for first, last in gaps(stretches):
            keys.barh(
                0, last - first + 1, left=first - 0.5, height=0.7, color="none", edgecolor="#999", hatch="///", zorder=0
            )
            speed.axvspan(first - 1, last + 1, color="#e8e8e4", zorder=0)
            if last - first + 1 > 0.1 * self.frames:
                keys.text(
                    (first + last) / 2,
                    0,
                    f"{last - first + 1} frames",
                    ha="center",
                    va="center",
                    bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5},
                )
        keys.set(ylim=(-0.6, 0.6), yticks=[])
        keys.set_ylabel("kept", rotation=0, ha="right", va="center")
        keys.tick_params(labelbottom=False)
        for title, clip in motions:
            colour, style = LOOKS[title.split()[0]]
            number = int(title.split()[1]) if " " in title else 1
            wide = 2.4 if title == "original" else 1.6
            speed.plot(
                *_speed(clip), style, color=COLOURS[colour], linewidth=wide, alpha=1 - 0.2 * (number - 1), label=title
            )
        speed.set_xlabel(f"frame, at {self.fps:g} fps")
        speed.set_ylabel("speed of the\njoints, cm/s")
        fastest = max(float(_speed(clip)[1].max()) for _, clip in motions)
        speed.set_ylim(0, 1.4 * max(fastest, 1.0))  # room for the legend
        speed.legend(loc="upper left", ncols=len(motions), framealpha=0.9)
        told = ", ".join(f"{first} to {last}" if last > first else f"{first}" for first, last in stretches)
        self.widget.tooltip = self.figure.alt = (
            f"Timeline of {self.frames} frames: kept are {told}; below, the speed of "
            f"{', '.join(title for title, _ in motions)}."
        )
        self.figure.redraw()


def _speed(clip):
    """Frames between frames, and the mean speed of the joints there, cm/s."""
    places = np.asarray(clip.joint_positions())
    speed = np.linalg.norm(np.diff(places, axis=0), axis=-1).mean(axis=1) * clip.fps * centimetres_per_unit(clip)
    return np.arange(len(speed)) + 0.5, speed


def _controls(frames, fps, model, state):
    long = frames - 1
    kept = ipywidgets.Text(
        value=state["kept"],
        description="kept frames",
        tooltip="Frames and ranges that stay as they are: 0-29, 45, 60-89",
    )
    kept.layout.width = "30em"
    gap = ipywidgets.IntRangeSlider(
        value=state["gap"], min=0, max=long, description="gap, frames", tooltip="The first and the last frame of a gap"
    )
    gap.layout.width = "30em"
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
    shown.layout.width = "18em"
    samples = slider("samples", "How many different ways to fill the gaps", state["samples"], 1, 4, 1, integer=True)
    seed = seed_box(state["seed"], "Another seed, another motion")
    for control in (every, seed):
        control.layout.width = "15em"
    lock = ipywidgets.Checkbox(
        value=state["lock"],
        description="lock the feet",
        tooltip="Feet on the ground stand still (ours, by IK)",
        indent=False,
    )
    lock.layout.width = "10em"
    return {
        "kept": kept,
        "gap": gap,
        "every": every,
        "shown": shown,
        "samples": samples,
        "seed": seed,
        "lock": lock,
    }


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
    return InBetweenBoard(model, clip, name, folder, state, frame, given)
