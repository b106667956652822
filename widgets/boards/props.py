"""The prop board: throw a body, and truth, network, constant velocity and a fit of the law go on side by side."""

import html
from functools import lru_cache
from pathlib import Path

import ipywidgets
import numpy as np
from matplotlib.patches import FancyArrowPatch
from matplotlib.patheffects import withStroke
from PIL import Image, ImageDraw

from animkit.data.objects import FPS
from animkit.data.pictures import at_rate, read_animation
from animkit.metrics.objects import first_bounce
from animkit.render import save_apng, save_gif, save_sprite_sheet
from animkit.studio.props import PROPS, anticipate, draw_prop, follow_through, land, read_prop, squash_and_stretch
from animkit.studio.throws import (
    ANCHOR,
    CONSTANT,
    FITTED,
    HIDDEN,
    NETWORK,
    PIVOT,
    PROP,
    RADIUS,
    SEEN,
    TRUTH,
    distances,
    throw,
    to_the_right,
)
from widgets.parts.board import ExportBoard, file_name, row, seed_box, small
from widgets.parts.figure import COLOURS, LiveFigure, fan, legend_above
from widgets.parts.lab import choice, passed_in, slider, tabs, within
from widgets.parts.own_file import name_apart, own_file
from widgets.parts.player import AnimationPlayer, sprites

FUTURES = 50
PULL = 3.0  # m/s by each metre that the pointer is dragged
LEAST = 0.15  # m: a shorter drag moves the body and leaves its speed
WORLDS = {"Moon": 1.62, "Mars": 3.71, "Earth": 9.81, "Jupiter": 24.8}  # m/s^2
LOOKS = {TRUTH: ("black", "-"), NETWORK: ("blue", "--"), CONSTANT: ("orange", "-."), FITTED: ("green", ":")}
MOMENTS = (0.5, 1.0, 1.9)  # s after the last frame seen
PANEL = 224, 168  # pixels, as the player shows pictures
PAPER, EARTH, RIM, DOT = (244, 244, 241, 0), (216, 205, 184, 255), (140, 126, 104, 255), (168, 168, 164, 255)
ENDS = {"x": (-4.5, 4.5), "y": (0.0, 4.0), "right": (-6.0, 6.0), "up": (-6.0, 6.0)}  # m, m/s
START = {  # where a body begins, m, and how fast, m/s
    "ball": {"x": -3.0, "y": 1.5, "right": 2.0, "up": 3.0},
    "pendulum": {"x": 1.0, "y": 2.4, "right": 0.0, "up": 0.0},
    "spring": {"x": 0.6, "y": 1.2, "right": 1.0, "up": 1.0},
    "wheel": {"x": -3.0, "y": 1.5, "right": 2.5, "up": 0.0},
    "leaf": {"x": -1.0, "y": 3.0, "right": 0.3, "up": 0.0},
    "edge": {"x": 0.0, "y": 1.5, "right": 0.0, "up": 0.0},
}
BALLS, GROUNDED = ("ball", "edge"), ("ball", "leaf", "edge")
HUNG = {"pendulum": PIVOT, "spring": ANCHOR}


class PropBoard(ExportBoard):
    """The board that `props_board` makes; pointer, keys, buttons and cells alike call its methods.

    Args:
        model: as `animkit.studio.throws.throw` takes it, or None.
        folder: where exports go.
        state: values of the controls.
        pictures: name -> (height, width, 4) uint8, what may be thrown.
        given: what the state line repeats by name.
    """

    def __init__(self, model, folder, state, pictures, given):
        self.model, self.pictures, self.player, self.thrown = model, dict(pictures), None, None
        self._throw = lru_cache(maxsize=64)(self._let_go)  # so that undo and cartoon controls compute nothing anew
        self.pad = _Pad(self.drag)
        worlds = [
            self.button(world, f"Gravity of {world}: {pull:g} m/s²", lambda pull=pull: self.set(gravity=pull))
            for world, pull in WORLDS.items()
        ]
        self.worlds = row(ipywidgets.HTML("gravity of"), *worlds)
        self.upload, self.path = own_file(
            self,
            "your picture",
            "A still drawing of any kind, to be thrown",
            accept="image/*",
            example="my_prop.png",
            take=self._take_upload,
            read=self.read,
        )
        names = [TRUTH, *([NETWORK] if model is not None else []), CONSTANT, FITTED]
        self.exported = choice("export", "Whose motion exports write", names, names[1] if model is not None else TRUTH)
        super().__init__(
            "Prop board",
            "props_board",
            _controls(state, self.pictures),
            self._draw,
            folder=folder,
            further={},
            more_state=lambda: given,
        )
        self._arrange()

    def _arrange(self):
        button = self.button
        for name, control in self.controls.items():
            if hasattr(control, "continuous_update") and name not in ("stretch", "squash", "before", "after"):
                control.continuous_update = False  # a fit takes a second: it begins when the slider is let go
        export = [
            button("sheet", "PNG, and JSON as Aseprite writes it", self.export_sheet, "th"),
            button("GIF", "A GIF that loops; edges are hard, as GIF has no half transparency", self.export_gif, "film"),
            button("APNG", "An animated PNG, exact to the pixel", self.export_apng, "picture-o"),
        ]
        acting = ("stretch", "squash", "before", "after")
        measuring = ("noise", "futures", "seed")
        throwing = [one for name, one in self.controls.items() if name not in (*acting, *measuring)]
        pages = {
            "throw": throwing,
            "acting": [self.controls[name] for name in acting],
            "measuring": [self.controls[name] for name in measuring],
            "files": [row(self.upload, self.path), self.folder, self.exported, row(*export), self.report],
        }
        let_go = button("let go", "Play the throw from its beginning", self.let_go, "play")
        self.arrange(
            [
                tabs(pages),
                self.worlds,
                row(let_go, self.undo_button, self.redo_button, self.reset_button),
                self.message,
            ],
            [self.pad.figure.widget, self.player, self.numbers],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    def drag(self, x, y, phase):
        """Press where the body begins, drag to where it shall fly, let go.

        Args:
            x, y: m, where the pointer is.
            phase: "down", "move" or "up".
        """
        with self.lock:
            if phase == "down":
                self._held = within(self.controls["x"], x), within(self.controls["y"], y)
            held = self._held
            pull = np.array([x, y]) - held
            old = self.controls["right"].value, self.controls["up"].value
            speed = PULL * pull if np.hypot(*pull) >= LEAST else np.array(old)
            right, up = (
                within(self.controls[name], round(one, 1)) for name, one in zip(("right", "up"), speed, strict=True)
            )
            self.pad.aim(held, (right, up))
            if phase == "up":
                self.set(x=round(held[0], 2), y=round(held[1], 2), right=right, up=up)
                self.let_go()

    def let_go(self):
        """Play the throw from its beginning."""
        self.player.frame, self.player.playing = 0, True

    def read(self, path):
        """Take in a picture from a file and throw it.

        Args:
            path: the file.

        Raises:
            ValueError: it is no still picture, or shows nothing.
            FileNotFoundError: there is none.
        """
        name = str(path).strip()
        self._take(name, Path(name).expanduser())

    def export_sheet(self):
        """Write the motion as a sprite sheet with tags, read it back and report.

        Returns:
            list of paths.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        return self.export(lambda folder: self._write(folder, ".png"))

    def export_gif(self):
        """Write the motion as a GIF, read it back and report; as `export_sheet`."""
        return self.export(lambda folder: self._write(folder, ".gif"))

    def export_apng(self):
        """Write the motion as an animated PNG, read it back and report; as `export_sheet`."""
        return self.export(lambda folder: self._write(folder, ".apng"))

    # --- how it works ------------------------------------------------------------------------------------------------

    def changed(self, name):
        if name != "body":
            return {}
        body = self.controls["body"].value
        return {"prop": PROP[body]} | START[body]

    def _show_used(self, body):
        """Hide the controls that a body does not have."""
        hidden = {name for names in HIDDEN.values() for name in names}
        for name in hidden:
            self.controls[name].layout.display = None if name in HIDDEN[body] else "none"
        self.controls["up"].layout.display = "none" if body in ("wheel", "leaf", "edge") else None
        self.controls["right"].layout.display = "none" if body == "edge" else None
        self.worlds.layout.display = None if "gravity" in HIDDEN[body] else "none"

    def _take_upload(self, name, data):
        picture = read_prop(data)
        known = self.pictures
        self._take(name_apart(name, lambda one: one in known and not np.array_equal(known[one], picture)), data)

    def _take(self, name, source):
        self.pictures[name] = read_prop(source)
        before, self.quiet = self.quiet, True
        chosen = self.controls["prop"].value
        self.controls["prop"].options = list(self.pictures)
        self.controls["prop"].value = chosen  # which is lost with other options
        self.quiet = before
        self.set(prop=name)

    def _let_go(self, body, position, velocity, hidden, **drawn):
        return throw(self.model, body, position, velocity, dict(hidden), **drawn)

    def _draw(self, *, body, prop, x, y, right, up, stretch, squash, before, after, noise, futures, seed, **hidden):
        self._show_used(body)
        hidden = {name: hidden[name] for name in HIDDEN[body]}
        samples = FUTURES if futures and self.model is not None else 0
        drawn = {"noise": noise / 1000, "samples": samples, "seed": seed}
        self.radius = hidden.get("radius", RADIUS)
        self.thrown = self._throw(body, (x, y), (right, up), tuple(hidden.items()), **drawn)
        self.clips = {
            name: self._acted(body, path, self.thrown.angles[name], stretch, squash, before, after)
            for name, path in self.thrown.paths.items()
        }
        self.pad.show(body, self.thrown, (right, up), hidden)
        view = _view(body, self.clips[TRUTH][0])
        shown = [self._panel(name, body, view, hidden) for name in self.clips]
        label = f"A {prop}, moved as a {body}, side by side: {', '.join(self.clips)}."
        first = 1 - round(before * FPS)
        if self.player is None:
            self.player = AnimationPlayer(*shown, label=label, fps=FPS, loop=False, first=first)
        else:
            self.player.label, self.player.first = label, first
            self.player.show(*shown)
        return small(_told(body, self.thrown, hidden, noise / 1000))

    def _acted(self, body, path, angles, stretch, squash, before, after):
        """A path as cartoons move: places (frames, 2) of the drawing's middle, shapes and angles."""
        bounces, lift = body in BALLS, _lift(body, self.radius)
        if bounces and squash:
            path = land(path, FPS)
        if before:
            path, angles = (anticipate(one, FPS, seconds=before) for one in (path, angles))
        if after:
            path, angles = (follow_through(one, FPS, seconds=after) for one in (path, angles))
        if body in GROUNDED:
            path = np.maximum(path, [-np.inf, 0])
        # what hangs on a rope or rolls on its rim keeps its shape
        shapes = squash_and_stretch(path, FPS, stretch=stretch * bounces, squash=squash * bounces)
        return path + [0, lift], shapes, angles

    def _panel(self, name, body, view, hidden):
        """A clip for the player: the prop over what stays where it is."""
        path, shapes, angles = self.clips[name]
        left, _, _, top = view
        scale = PANEL[0] / (view[2] - left)
        half = int(np.ceil(1.5 * self.radius * np.abs(shapes).sum(axis=2).max() * scale))
        # far outside nothing is seen, and a path may lead anywhere
        at = np.clip(np.floor((path - [left, top]) * [scale, -scale]), -4 * half, max(PANEL) + 4 * half).astype(int)
        box = half / scale
        frames = draw_prop(
            self.pictures[self.controls["prop"].value],
            path - (at * [1, -1] / scale + [left, top]),
            size=2 * self.radius,
            shapes=shapes,
            angles=angles,
            scale=scale,
            window=(-box, -box, box, box),
        )
        seen = frames[..., 3].any(axis=0)
        # as much on each side: a rope ends in the middle
        cut = [min(np.argmax(side), np.argmax(side[::-1])) for side in (seen.any(axis=0), seen.any(axis=1))]
        frames = frames[:, cut[1] : 2 * half - cut[1], cut[0] : 2 * half - cut[0]]
        hung = HUNG.get(body)
        tether = None if hung is None else ((hung[0] - left) * scale, (top - hung[1]) * scale)
        return sprites(
            frames,
            title=name,
            backdrop=_backdrop(body, self.thrown, name, view, hidden),
            places=at - half + cut,
            tether=tether,
        )

    def _write(self, folder, ending):
        name = self.exported.value
        path, shapes, angles = self.clips[name]
        values = self.values()
        picture = self.pictures[values["prop"]]
        frames = draw_prop(picture, path, size=2 * self.radius, shapes=shapes, angles=angles, scale=48)
        stem = file_name(f"{Path(values['prop']).stem}_{values['body']}_{name}")
        target = folder / f"{stem}{ending}"
        if ending == ".png":
            save_sprite_sheet(target, frames[None], tags=[name], fps=FPS)
            sheet = np.asarray(Image.open(target).convert("RGBA"))
            again = sheet.reshape(frames.shape[1], len(frames), *frames.shape[2:]).swapaxes(0, 1)
        else:
            (save_gif if ending == ".gif" else save_apng)(target, frames, fps=FPS)
            again = at_rate(*read_animation(target), count=len(frames), fps=FPS)
        return [target], [
            f"Wrote <code>{html.escape(str(target))}</code>: {len(frames)} frames of {frames.shape[2]} x "
            f"{frames.shape[1]} pixels at {FPS} fps; read back: {_read_back(frames, again)}."
        ]


def _read_back(frames, again):
    """How what was read differs from what was written, in words."""
    seen = frames[..., 3] > 0
    wrong = int(((frames != again).any(axis=-1) & (seen | (again[..., 3] > 0))).sum())
    return "the same pixels" if not wrong else f"{wrong / max(seen.sum(), 1):.1%} of the prop's pixels differ"


def _view(body, path):
    """(left, bottom, right, top), m, of what panels show: where the body truly goes, at the panel's proportions."""
    low, high = path.min(axis=0) - 1.5 * RADIUS, path.max(axis=0) + 1.5 * RADIUS
    if body in GROUNDED:
        low[1] = -0.3
    if body in HUNG:
        high[1] = max(high[1], HUNG[body][1] + 0.2)
    if body == "wheel":
        low[1] -= 0.3
    width = max(high[0] - low[0], (high[1] - low[1]) * PANEL[0] / PANEL[1], 3.0)
    middle = (low[0] + high[0]) / 2
    return middle - width / 2, low[1], middle + width / 2, low[1] + width * PANEL[1] / PANEL[0]


def _backdrop(body, thrown, name, view, hidden):
    """What stays where it is in a panel: the ground, where a rope hangs, dots where truth goes and this path."""
    left, _, right, top = view
    scale = PANEL[0] / (right - left)
    picture = Image.new("RGBA", PANEL, PAPER)
    pen = ImageDraw.Draw(picture)

    def at(place):
        return (place[0] - left) * scale, (top - place[1]) * scale

    lift = _lift(body, hidden.get("radius", RADIUS))
    if body in (*GROUNDED, "wheel"):
        ends = _ground(body, thrown.paths[TRUTH][0], hidden, (left, right))
        (x0, y0), (x1, y1) = map(at, ends)
        pen.polygon([(x0, y0), (x1, y1), (x1, 2 * PANEL[1]), (x0, 2 * PANEL[1])], fill=EARTH)
        pen.line([(x0, y0), (x1, y1)], fill=RIM, width=2)
    if body in HUNG:
        x, y = at(HUNG[body])
        pen.rectangle((x - 8, y - 4, x + 8, y), fill=RIM)
    if body == "edge":
        pen.line([at(place) for place in _post(thrown)], fill=RIM, width=4)
    colour = COLOURS[LOOKS[name][0]]
    for path, ink, size in ((thrown.paths[TRUTH], DOT, 1.5), (thrown.paths[name], colour, 1.0)):
        for place in path[:: 1 if name != TRUTH or ink == DOT else len(path)]:
            x, y = at(place + [0, lift])
            pen.ellipse((x - size, y - size, x + size, y + size), fill=ink)
    return np.asarray(picture)


def _lift(body, radius):
    """How high above its path the middle of a drawing is."""
    return {"leaf": 0.4 * radius, **dict.fromkeys(BALLS, radius)}.get(body, 0.0)


def _post(thrown):
    """The ends of the post on whose edge a ball lies: where its lowest point was when it was all but upright."""
    edge = thrown.paths[TRUTH][0]
    return [edge, edge * [1, 0]]


def _ground(body, start, hidden, ends):
    """The ends of the ground's line between two x, m."""
    if body != "wheel":
        return [(x, 0.0) for x in ends]
    slope = np.tan(hidden["slope"])
    return [(x, start[1] - RADIUS - (x - start[0]) * slope) for x in ends]


def _told(body, thrown, hidden, noise):
    """Errors with their units, what the fit found, and what network and fit do not know."""
    found = {moment: distances(thrown, moment) for moment in MOMENTS}
    heads, lines = [f"after {moment:g} s, cm away" for moment in MOMENTS], []
    for name, path in thrown.paths.items():
        cells = [name, *(f"{100 * found[moment][name]:.1f}" if name != TRUTH else "0" for moment in MOMENTS)]
        if body in BALLS:
            frame = first_bounce(path[None, :, 1], after=SEEN - 1)[0]
            cells.append("none" if np.isnan(frame) else f"{frame / FPS:.2f}")
        lines.append("".join(f"<td>{cell}</td>" for cell in cells))
    heads += ["next bounce, after s"] * (body in BALLS)
    told = (
        f"<table><tr><th></th>{''.join(f'<th>{head}</th>' for head in heads)}</tr>"
        f"<tr>{'</tr><tr>'.join(lines)}</tr></table>"
    )
    if body == "ball":
        told += f"What {SEEN} frames do not show, such as how a bounce to come will be, nobody can know. "
    if body == "edge" and len(thrown.futures):
        share, right = to_the_right(thrown, noise)
        told += f"To the right fall {share:.0%} of the futures; truly likely, from these frames, are {right:.0%}. "
    if thrown.strange:
        told += (
            f"&#9888; {html.escape('; '.join(thrown.strange))}: only there has the network learned, and looks the fit."
        )
    return f"Seen: {SEEN} frames, {SEEN / FPS:.2f} s. Then each goes on by itself.{told}"


class _Pad:
    """Where to throw: all paths, the frames seen, and an arrow that the pointer drags."""

    def __init__(self, drag):
        self.figure = LiveFigure("where the body is thrown", height=390, besides=572)
        (axes,) = self.figure.axes
        axes.set(xlim=(-5, 5), ylim=(-0.5, 4.1), aspect="equal", xlabel="m", ylabel="height, m")
        moving = self.figure.moving
        self.ground = moving(axes.plot([], [], color="#8c7e68", lw=3, zorder=0)[0])
        self.futures = fan(self.figure, axes, COLOURS["sky"])
        self.lines = {
            name: moving(axes.plot([], [], style, color=COLOURS[colour], lw=2.4 if name == TRUTH else 2, label=name)[0])
            for name, (colour, style) in LOOKS.items()
        }
        self.seen = moving(axes.plot([], [], "o", color=COLOURS["black"], ms=5, label=f"the {SEEN} frames seen")[0])
        self.hung = moving(axes.plot([], [], "-", color="#6b5a4a", lw=1.5)[0])
        self.arrow = moving(
            axes.add_patch(
                FancyArrowPatch((0, 0), (1, 1), arrowstyle="-|>", mutation_scale=18, lw=2.5, color=COLOURS["red"])
            )  # fmt: skip
        )
        self.handle = moving(axes.plot([0], [0], "o", color=COLOURS["red"], ms=16, mfc="none", mew=3)[0])
        for mark in (self.arrow, self.handle):
            mark.set_path_effects([withStroke(linewidth=5, foreground="white")])
        legend_above(axes, ncols=5)
        self.move = self.figure.on_pointer(drag)

    def aim(self, place, velocity):
        """Move the handle and its arrow alone."""
        self.handle.set_data([place[0]], [place[1]])
        end = np.array(place) + np.array(velocity) / PULL
        self.arrow.set_positions(place, tuple(end))
        self.arrow.set_visible(bool(np.hypot(*velocity) > 0.2))
        self.figure.update()

    def show(self, body, thrown, velocity, hidden):
        """Draw a throw."""
        for name, line in self.lines.items():
            path = thrown.paths.get(name, np.zeros((0, 2)))
            line.set_data(*(path if name == TRUTH else path[SEEN - 1 :]).T)
        truth = thrown.paths[TRUTH]
        self.seen.set_data(*truth[:SEEN].T)
        self.futures.set_segments(list(thrown.futures[:, SEEN - 1 :]))
        held = [HUNG[body], truth[0]] if body in HUNG else _post(thrown) if body == "edge" else np.zeros((0, 2))
        self.hung.set_data(*np.transpose(held))
        on_ground = body in (*GROUNDED, "wheel")
        ends = _ground(body, truth[0], hidden, (-5.0, 5.0)) if on_ground else [(0, -9)] * 2
        self.ground.set_data(*np.transpose(ends))
        self.figure.widget.tooltip = self.figure.alt = (
            f"A {body} thrown from {truth[0, 0]:.1f} m, {truth[0, 1]:.1f} m high; curves go on after {SEEN} frames: "
            f"{', '.join(thrown.paths)}{' and fifty futures' if len(thrown.futures) else ''}. Press, drag and let go."
        )
        self.aim(truth[0], velocity)


def _controls(state, pictures):
    def start(name, label, explanation):
        return slider(label, f"{explanation}; or drag on the picture", state[name], *ENDS[name], 0.1)

    hidden = {name: one for names in HIDDEN.values() for name, one in names.items()}
    cartoon = {
        "stretch": (
            "stretch",
            "In flight, amount a: at 5 m/s the body is e^(0.76 a) times as long, and as much thinner",
            1.0,
        ),
        "squash": ("squash", "How flat a bounce makes it; the area stays the same", 1.0),
        "before": ("anticipation, s", "A small motion backwards before the throw", 0.5),
        "after": ("follow-through, s", "It is stopped at the end, and swings out", 1.5),
    }
    return {
        "body": choice("moves as", "Whose law it obeys", list(HIDDEN), state["body"]),
        "prop": choice("looks like", "What is drawn; your own picture joins the list", list(pictures), state["prop"]),
        "x": start("x", "begins at, m", "Where it begins"),
        "y": start("y", "height, m", "How high it begins"),
        "right": start("right", "to the right, m/s", "Its speed at the beginning"),
        "up": start("up", "up, m/s", "Its speed at the beginning"),
        **{
            name: slider(one.label, one.explanation, state[name], one.low, one.high, one.step)
            for name, one in hidden.items()
        },
        **{
            name: slider(label, explanation, state[name], 0.0, most, 0.05)
            for name, (label, explanation, most) in cartoon.items()
        },
        "noise": slider(
            "measured ±, mm", "Measuring error of each place seen, a standard deviation", state["noise"], 0.0, 20.0, 0.5
        ),
        "futures": ipywidgets.Checkbox(
            value=state["futures"],
            description="fifty futures",
            tooltip="What the network holds for possible, beside its mean",
            indent=False,
        ),
        "seed": seed_box(state["seed"], "Another seed, other measuring errors and futures"),
    }


def props_board(
    model,
    *,
    folder="runs/props",
    body="ball",
    prop=None,
    x=None,
    y=None,
    right=None,
    up=None,
    stretch=0.3,
    squash=0.5,
    before=0.0,
    after=0.0,
    noise=2.0,
    futures=False,
    seed=0,
    **hidden,
):
    """Make the prop board: throw a body, and see who foretells where it goes.

    Args:
        model: with `carry_on`, as `animkit.models.objects.ObjectForecaster`; None where there is no network.
        folder: where exports go.
        body: whose law it obeys, a name of `animkit.studio.throws.HIDDEN`.
        prop: what is drawn: a name of `animkit.studio.props.PROPS` or the path of a picture; None for the body's own.
        x, y: where it begins, m; None for the body's own.
        right, up: its speed at the beginning, m/s; None for the body's own.
        stretch, squash: of `animkit.studio.props.squash_and_stretch`.
        before: seconds of anticipation.
        after: seconds of follow-through.
        noise: measuring error of the places seen, mm.
        futures: whether fifty futures of the network are drawn.
        seed: of both.
        hidden: numbers that bodies hide, as HIDDEN names them, such as gravity=1.62.

    Returns:
        PropBoard.

    Raises:
        ValueError: an unknown body, prop or number, or one out of range.
        FileNotFoundError: there is no such picture.
    """
    known = {name: one for names in HIDDEN.values() for name, one in names.items()}
    if body not in HIDDEN:
        raise ValueError(f"no body called {body!r}; there are {', '.join(HIDDEN)}")
    unknown = set(hidden) - set(known)
    if unknown:
        raise ValueError(f"no body hides {sorted(unknown)}; hidden are {', '.join(known)}")
    numbers = {name: hidden.get(name, one.default) for name, one in known.items()}
    given = {"x": x, "y": y, "right": right, "up": up}
    state = START[body] | {name: value for name, value in given.items() if value is not None} | numbers
    ranges = ENDS | {name: (one.low, one.high) for name, one in known.items()}
    for name, (low, high) in ranges.items():
        if not low <= state[name] <= high:
            raise ValueError(f"{name} goes from {low:g} to {high:g}; got {state[name]}")
    pictures = dict(PROPS)
    prop = PROP[body] if prop is None else prop
    if prop not in pictures:
        pictures[prop] = read_prop(Path(prop).expanduser())
    state |= {"body": body, "prop": prop, "stretch": stretch, "squash": squash, "before": before, "after": after}
    state |= {"noise": noise, "futures": futures, "seed": seed}
    return PropBoard(model, folder, state, pictures, passed_in(model=model) or {"model": None})
