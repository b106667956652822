"""The generation board: motion made up live, as speed, heading, gait and style are told, endlessly; BVH and GIF out."""

import html

import ipywidgets
import numpy as np
from matplotlib.patches import Rectangle

from animkit.metrics.steering import response
from animkit.motion.clips import centimetres_per_unit, find_across, joined, moved
from animkit.motion.drawing import bones
from animkit.motion.foot_lock import lock_feet
from animkit.motion.kinematics import facing
from animkit.studio.generation import generate_more
from animkit.studio.steering import HELD, SOON, why_not
from widgets.parts.board import row, seed_box, small
from widgets.parts.figure import COLOURS, LiveFigure, legend_above
from widgets.parts.lab import choice, passed_in, slider
from widgets.parts.motion_board import MotionBoard

ANY = "any"
CHUNK = 1.0  # seconds that are made at a time while it plays
LONGEST = 120.0  # seconds of one motion: enough to export
TOLD = ("speed", "turn", "gait", "style")  # what a part of a motion is told
GREY = "#9a9a9a"  # of what will not be obeyed


class GenerationBoard(MotionBoard):
    """The board that `generation_board` makes.

    Args:
        model: for `animkit.studio.generation.generate_more`.
        name: of exported files.
        folder: where exports go.
        state: values of the controls.
        course: the parts so far: (seconds, speed, turn, gait, style) of each.
        steering: list of `animkit.studio.steering.Obedience`, or () where nothing is known.
        given: what the state line repeats by name.
    """

    def __init__(self, model, name, folder, state, course, steering, given):
        self.model, self.name, self._made, self._live = model, name, {}, []
        self.steering, self.advice = list(steering), ipywidgets.HTML()
        self.figure = _Path(self.steering)
        self._make(course, state["seed"], state["temperature"])  # what cannot be made is no board
        super().__init__(
            "Generation board",
            "generation_board",
            _controls(model, state, self.steering),
            self._draw,
            folder=folder,
            further={"course": course},
            more_state=lambda: given | {"course": _merged(self.further["course"])},
        )
        self.controls["seed"].continuous_update = False
        self.player.observe(lambda change: self.attempt(self._more), "wanted")
        self.player.observe(lambda change: self._paused(), "playing")
        for name in ("speed", "turn"):
            self.controls[name].observe(lambda change: self._advise(), "value")
        self._advise()
        self._arrange()

    def _arrange(self):
        button = self.button
        self.live_button = button(
            "live", "Play endlessly, as the sliders say; pause the player to stop", self.live, "play"
        )
        go = [
            self.live_button,
            button("go on", f"{CHUNK * 2:g} seconds more, as the sliders say", self.go_on, "step-forward"),
            button("begin anew", "Forget the motion so far", self.begin_anew, "refresh"),
        ]
        export = [
            button("BVH", "The whole motion as a BVH file", self.export_bvh, "male"),
            button("GIF", "The motion's first seconds as a GIF that loops", self.export_gif, "film"),
        ]
        told = [self.controls[name] for name in TOLD]
        rest = [self.controls[name] for name in ("temperature", "seed", "lock")]
        self.arrange(
            [
                *told,
                self.advice,
                row(*go),
                *rest,
                row(self.undo_button, self.redo_button, self.reset_button),
                self.message,
                row(self.folder, *export),
                self.report,
            ],
            [self.player, self.figure.widget, self.numbers],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    @property
    def clip(self):
        """The motion so far, pybvh.Bvh."""
        return self.motions[0][1]

    def go_on(self):
        """Make two seconds more, as the controls say."""
        self._end_live()
        self._lengthen([(2 * CHUNK, *self._told_now())])

    def begin_anew(self):
        """Forget the motion so far and begin with two seconds."""
        self._end_live()
        self.set(course=((2 * CHUNK, *self._told_now()),))

    def live(self):
        """Play on from the end, endlessly, each second as the controls say; pausing the player ends it."""
        if self.player.live:
            self.player.playing = False
            return
        if self._seconds() >= LONGEST:
            raise ValueError(f"the motion has its {LONGEST:g} seconds: export it, or begin anew")
        self.message.value, self.player.wanted = "", 0
        self.live_button.description = "stop"
        self.player.frame = self.clip.frame_count - 1
        self.player.live = self.player.playing = True

    def export_bvh(self):
        """Write the motion as BVH, read it back and report.

        Returns:
            list of one path.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        self._end_live()
        return self.write_bvhs([(self.name, self.clip)])

    def export_gif(self):
        """Write the motion's beginning as a GIF; as `export_bvh`."""
        self._end_live()
        return self.write_gif(self.name)

    # --- how it works ------------------------------------------------------------------------------------------------

    def _advise(self):
        """Say beside the sliders whether what they ask for is obeyed; grey them where it is not."""
        speed, turn = (self.controls[name].value for name in ("speed", "turn"))
        reason = why_not(self.steering, speed, turn) if self.steering else ""
        for name in ("speed", "turn"):
            self.controls[name].style.handle_color = GREY if reason else None
        if not self.steering:
            self.advice.value = ""
        elif reason:
            self.advice.value = small(f"<span style='color:#6b6b6b'>&#9676; Not obeyed: {html.escape(reason)}.</span>")
        else:
            self.advice.value = small(f"&#9679; Obeyed: within {SOON:g} s, as measured.")

    def _told_now(self):
        values = self.values()
        return tuple(None if values[name] == ANY else values[name] for name in TOLD)

    def _seconds(self):
        return sum(part[0] for part in (*self.further["course"], *self._live))

    def _lengthen(self, parts):
        if self._seconds() + sum(part[0] for part in parts) > LONGEST:
            raise ValueError(f"the motion has its {LONGEST:g} seconds: export it, or begin anew")
        self.set(course=(*self.further["course"], *parts))

    def _more(self):
        """The player is near the end of what it has."""
        with self.lock:
            if not self.player.live or not self.player.wanted:
                return
            if self._seconds() >= LONGEST:
                self.player.playing = False
                raise ValueError(f"stopped: the motion has its {LONGEST:g} seconds; export it, or begin anew")
            values, part = self.values(), (CHUNK, *self._told_now())
            course = (*self.further["course"], *self._live, part)
            try:
                made, *_ = self._make(course, values["seed"], values["temperature"])
            except ValueError:
                self.player.playing = False
                raise
            self._live.append(part)
            self.player.append(bones(made[-1]).positions)
            self.tell(self._report(joined(made), course))

    def _paused(self):
        if not self.player.playing:
            self.attempt(self._end_live)

    def _end_live(self):
        with self.lock:
            if not self.player.live:
                return
            self.player.live = self.player.playing = False
            self.live_button.description = "live"
            parts, self._live = self._live, []
            if parts:
                message = self.message.value
                self._lengthen(parts)
                self.message.value = message

    def _make(self, course, seed, temperature):
        """Clips of all parts, their foot contacts, and the state after them; what was made before is not made again."""
        key = course, seed, temperature
        if key in self._made:
            return self._made[key]
        clips, contacts, state = ([], [], None) if len(course) == 1 else self._make(course[:-1], seed, temperature)
        seconds, speed, turn, gait, style = course[-1]
        clip, state = generate_more(
            self.model,
            seconds,
            state,
            speed=speed,
            turn=np.radians(turn),
            gait=gait,
            style=style,
            temperature=temperature,
            seed=seed,
        )
        if len(self._made) > 4 * LONGEST:
            self._made.clear()
        self._made[key] = [*clips, clip], [*contacts, state.contacts], state
        return self._made[key]

    def _draw(self, *, course, seed, temperature, lock, **_):
        clips, contacts, _ = self._make(course, seed, temperature)
        clip = joined(clips)
        clip = lock_feet(clip, contacts=np.concatenate(contacts)) if lock else clip
        if self.motions and self.further["course"] == self._shown[0] and (seed, temperature, lock) == self._shown[1:]:
            return None  # a slider was moved: it is for what comes
        self._shown = course, seed, temperature, lock
        self.play([(self.name, clip)], notes=_notes(clip, course))
        return self._report(clip, course)

    def _report(self, clip, course):
        """Draw the way of a motion and say how it obeyed."""
        notes = _notes(clip, course)
        self.figure.show(clip, notes, course)
        return small(_told_numbers(clip, notes, _merged(course), self.steering))


def _notes(clip, course):
    """First and last frame of each part, and what it was told."""
    notes, start = [], 0
    for part in _merged(course):
        count = max(1, round(part[0] * clip.fps))
        notes.append((start, start + count - 1, tell_part(part)))
        start += count
    return notes


def tell_part(part):
    """Say what a part of a motion is told, such as "120 cm/s, 20 degrees/s left, walk".

    Args:
        part: (seconds, speed, turn, gait, style).

    Returns:
        str.
    """
    _, speed, turn, *labels = part
    side = "straight on" if not turn else f"{abs(turn):g}°/s {'left' if turn > 0 else 'right'}"
    return ", ".join([f"{speed:g} cm/s", side, *filter(None, labels)])


def _merged(course):
    """Parts in a row that are told the same, as one: parts in a row are what one long call gives."""
    merged = []
    for seconds, *told in course:
        if merged and list(merged[-1][1:]) == told:
            merged[-1] = (round(merged[-1][0] + seconds, 6), *told)
        else:
            merged.append((seconds, *told))
    return tuple(merged)


def _told_numbers(clip, notes, course, steering):
    if clip.frame_count < 3:
        return ""
    speed, turn = moved(clip)
    lines, lags, wait = [], [], round(SOON * clip.fps)
    for (first, last, text), (seconds, asked_speed, asked_turn, *_) in zip(notes, course, strict=True):
        part = slice(first, min(last, len(speed) - 1) + 1)
        # how fast it goes once it has had the time to obey
        late = slice(part.start + wait, part.stop) if first and part.stop - part.start > 2 * wait else part
        answer = _answer(clip, first, last, asked_speed, asked_turn)
        lag, off = ("-", "-") if answer is None else (f"{answer.lag:.2f}", f"{answer.heading_error:+.0f}")
        lags += [] if answer is None else [answer.lag]
        grey = f" style='color:{GREY}'" if steering and why_not(steering, asked_speed, asked_turn) else ""
        lines.append(
            f"<tr{grey}><td>{html.escape(text)}</td><td>{seconds:g} s</td><td>{asked_speed:g}</td>"
            f"<td>{speed[late].mean():.0f}</td><td>{lag}</td><td>{asked_turn:g}</td><td>{turn[late].mean():.0f}</td>"
            f"<td>{off}</td></tr>"
        )
    return (
        f"{clip.frame_count / clip.fps:.1f} s so far; the root's speed and the turn of the hips (left is positive), "
        f"means from {SOON:g} s after a change on. {_tell_lags(lags, steering)}"
        "<table><tr><th>part</th><th></th><th>cm/s asked</th><th>moved</th><th>lag, s</th><th>&deg;/s asked</th>"
        f"<th>turned</th><th>heading off, &deg;</th></tr>{''.join(lines)}</table>"
    )


def _answer(clip, first, last, speed, turn):
    """How a part of a clip answers what it is told, or None where there is too little before or after its start."""
    root = clip.root_pos[: last + 1]
    heading = np.unwrap(facing(clip.to_rotmat()[1][: last + 1, 0], find_across(clip)))
    ground = root[:, [0, 2]] * centimetres_per_unit(clip)
    try:
        return response(ground, heading, first, speed=speed, turn=turn, fps=clip.fps)
    except ValueError:
        return None


def _tell_lags(lags, steering):
    """Say how long a change took in this motion, and usually takes."""
    here = f"A change of speed took {np.mean(np.minimum(lags, HELD)):.2f} s on average here" if lags else ""
    if not steering:
        return f"{here}." if here else ""
    usual = np.median([cell.lag for cell in steering])
    kept = sum(not cell.reason for cell in steering)
    grid = f"{usual:.2f} s is the median over the grid, of which {kept} of {len(steering)} commands are obeyed"
    return (
        f"{here}; {grid}." if here else f"A change of speed takes {grid.replace(' is the median', ', the median', 1)}."
    )


class _Path:
    """The way from above, speed and turn over time beside what was asked, and which commands are obeyed."""

    def __init__(self, steering):
        mosaic, ratios = [["way", "speed"], ["way", "turn"]], (1, 1.6)
        if steering:
            mosaic, ratios = [[*line, "grid"] for line in mosaic], (0.9, 1.2, 1.2)
        self.figure = LiveFigure("the way of a motion", mosaic=mosaic, height=320, ratios=ratios, besides=530)
        self.widget, self.grid_alt = self.figure.widget, ""
        if steering:
            self._draw_grid(self.figure.axes["grid"], steering)

    def _draw_grid(self, axes, steering):
        """A cell for each command: its lag, hatched grey where it is not obeyed."""
        speeds, turns = (sorted({cell[i] for cell in steering}) for i in (0, 1))
        for cell in steering:
            # left on the left
            x, y = len(turns) - 1 - turns.index(cell.turn), speeds.index(cell.speed)
            look = {"facecolor": "#e4e4e4", "hatch": "////"} if cell.reason else {"facecolor": "#cfe8dd"}
            axes.add_patch(Rectangle((x - 0.5, y - 0.5), 1, 1, edgecolor="white", **look))
            colour = "#6b6b6b" if cell.reason else "black"
            axes.text(x, y, f"{cell.lag:.1f}".lstrip("0"), ha="center", va="center", color=colour)
        axes.set(xlim=(-0.5, len(turns) - 0.5), ylim=(-0.5, len(speeds) - 0.5), xlabel="°/s, left to right")
        axes.set_xticks(range(len(turns)), [f"{turn:g}" for turn in reversed(turns)])
        axes.set_yticks(range(len(speeds)), [f"{speed:g}" for speed in speeds])
        axes.set_title("lag, s, by cm/s and °/s;\nhatched: not obeyed")
        kept = sum(not cell.reason for cell in steering)
        self.grid_alt = (
            f" On the right {len(steering)} commands with their lags: {kept} are obeyed, the others hatched."
        )

    def show(self, clip, notes, course):
        """Draw another motion."""
        way, speed, turn = (self.figure.axes[name] for name in ("way", "speed", "turn"))
        for axes in (way, speed, turn):
            axes.clear()
        scale = centimetres_per_unit(clip) / 100
        ground = clip.root_pos[:, [0, 2]] * scale
        # seen from above with +z up the page, the character's left at its start is on the left
        x, z = -ground[:, 0], ground[:, 1]
        way.plot(x, z, color=COLOURS["blue"], linewidth=2)
        way.plot(x[0], z[0], "o", color="#222")
        every = max(1, round(clip.fps))
        way.plot(x[every::every], z[every::every], ".", color="#222", markersize=9)
        way.annotate("start", (x[0], z[0]), textcoords="offset points", xytext=(7, -4))
        way.plot(x[-1], z[-1], "s", color=COLOURS["red"])
        way.annotate("end", (x[-1], z[-1]), textcoords="offset points", xytext=(7, -4))
        middle = (x.min() + x.max()) / 2, (z.min() + z.max()) / 2
        half = max(np.ptp(x), np.ptp(z), 1.0) * 0.6
        way.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] - half, middle[1] + half), aspect="equal")
        way.set_title("from above, m;\na dot each second")
        if clip.frame_count > 2:
            for axes, values, place, unit in zip((speed, turn), moved(clip), (1, 2), ("cm/s", "°/s left"), strict=True):
                times = (np.arange(len(values)) + 0.5) / clip.fps
                starts = [first / clip.fps for first, _, _ in notes] + [clip.frame_count / clip.fps]
                asked = [part[place] for part in _merged(course)]
                axes.plot(times, values, color=COLOURS["blue"], label="moved")
                axes.stairs(
                    asked, starts, color=COLOURS["red"], linestyle="--", linewidth=2, label="asked", baseline=None
                )
                axes.set_ylabel(unit)
                axes.set_xlim(0, starts[-1])
            speed.set_ylim(0, 1.05 * max(speed.get_ylim()[1], 1.0))
            legend_above(speed, ncols=2)
        speed.tick_params(labelbottom=False)
        turn.set_xlabel("time, s")
        self.widget.tooltip = self.figure.alt = (
            f"The way from above: {clip.frame_count / clip.fps:.1f} s, which end "
            f"{np.hypot(*(ground[-1] - ground[0])):.1f} m from the start; beside it speed and turn over "
            f"time, moved and asked.{self.grid_alt}"
        )
        self.figure.redraw()


def _controls(model, state, steering):
    labels = {"gait": list(model.gaits), "style": list(model.styles)}
    fastest, sharpest = (max(cell[i] for cell in steering) if steering else far for i, far in ((0, 500.0), (1, 120.0)))
    return {
        "speed": slider("speed, cm/s", "How fast the character goes from now on", state["speed"], 0.0, fastest, 10.0),
        "turn": slider(
            "heading, °/s left",
            "How it turns from now on: left above 0, right below",
            state["turn"],
            -sharpest,
            sharpest,
            5.0,
        ),
        "gait": choice(
            "gait", "What is done; any leaves it to the speed", [ANY, *labels["gait"]], state["gait"] or ANY
        ),
        "style": choice("style", "How it is done", [ANY, *labels["style"]], state["style"] or ANY),
        "temperature": slider(
            "temperature",
            "0 the likeliest motion, 1 as varied as the model believes",
            state["temperature"],
            0.0,
            1.5,
            0.1,
        ),
        "seed": seed_box(state["seed"], "Of the start and of all that is drawn"),
        "lock": ipywidgets.Checkbox(
            value=state["lock"],
            description="lock the feet",
            tooltip="Feet on the ground stand still, by IK; while live, the feet are as the model made them",
            indent=False,
        ),
    }


def generation_board(
    model,
    *,
    name="generated",
    folder="runs/motion",
    course=None,
    speed=120.0,
    turn=0.0,
    gait=None,
    style=None,
    temperature=1.0,
    seed=0,
    lock=False,
    steering=(),
):
    """Make the generation board.

    Args:
        model: `animkit.models.motion_vae.MotionVAE`.
        name: of exported files.
        folder: where exports go.
        course: the parts so far, each (seconds, speed, turn, gait, style); None for two seconds as told below.
        speed: cm/s, of what comes.
        turn: degrees/s, positive to the left, of what comes.
        gait: one of the model's, or None.
        style: one of the model's, or None.
        temperature: of the motion; 0 for the likeliest.
        seed: of the motion.
        lock: whether feet on the ground stand still.
        steering: which commands the model obeys, list of `animkit.studio.steering.Obedience`; () where nobody knows.

    Returns:
        GenerationBoard.

    Raises:
        ValueError: for labels that the model does not have, or a course without parts.
    """
    told = {"speed": float(speed), "turn": float(turn), "gait": gait, "style": style}
    for kind, label, known in (("gait", gait, model.gaits), ("style", style, model.styles)):
        if label not in (None, ANY, *known):
            raise ValueError(f"the model knows no {kind} {label!r}; it knows {', '.join(known) or 'none'}")
    told |= {name: None if told[name] == ANY else told[name] for name in ("gait", "style")}
    course = ((2 * CHUNK, *told.values()),) if course is None else tuple(tuple(part) for part in course)
    if not course or not 0 < sum(part[0] for part in course) <= LONGEST:
        raise ValueError(f"a course has parts of together at most {LONGEST:g} s; got {course}")
    state = told | {"temperature": temperature, "seed": seed, "lock": lock}
    given = passed_in(model=model) | {"name": name}
    if steering:
        given |= passed_in(steering=steering)
    return GenerationBoard(model, name, folder, state, course, steering, given)
