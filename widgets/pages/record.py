"""A lab at many positions of its controls: what each picture is made of, and what is said of it."""

import itertools
import json

import ipywidgets
import numpy as np
from matplotlib.axis import Axis
from matplotlib.collections import LineCollection
from matplotlib.image import AxesImage
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.quiver import Quiver
from matplotlib.text import Text
from matplotlib.transforms import Bbox

from widgets.pages.recorder import Recorder

LINE = 4  # which of a recording's tables holds the state lines


def states_of(lab, stops):
    """Choose the states that a page can show: a coarse grid, and fine lines through the start and every preset.

    Args:
        lab: `widgets.parts.lab.Lab`.
        stops: control name -> (positions in the grid, positions on a line). A choice has all its options where the
            number is above 1; with 1 a control is moved by presets alone.

    Returns:
        positions, control name -> values; states, (count, controls) numbers of positions, sorted; presets, label ->
        number of a state, with the start as "".

    Raises:
        ValueError: when the stops do not name the lab's controls.
    """
    if list(stops) != list(lab.controls):
        raise ValueError(f"the stops of {lab.call} name {list(stops)}, the lab has {list(lab.controls)}")
    anchors = anchors_of(lab)
    positions, grid, lines = {}, [], []
    for name, control in lab.controls.items():
        coarse, fine = stops[name]
        met = [anchor[name] for anchor in anchors.values()]
        in_grid = _ordered(control, [*_spread(control, coarse), met[0]])
        on_line = _ordered(control, [*_spread(control, fine), *met])
        positions[name] = _ordered(control, [*on_line, *in_grid])
        grid.append([_place(positions[name], value) for value in in_grid])
        lines.append([_place(positions[name], value) for value in on_line] if fine > 1 else [])
    states, presets = set(itertools.product(*grid)), {}
    for label, anchor in anchors.items():
        at = tuple(_place(positions[name], value) for name, value in anchor.items())
        presets[label] = at
        states.add(at)
        for number, line in enumerate(lines):
            states |= {(*at[:number], place, *at[number + 1 :]) for place in line}
    states = sorted(states)
    return positions, states, {label: states.index(at) for label, at in presets.items()}


def anchors_of(lab):
    """Read where a lab starts, as "", where each of its presets leads from there, and each of its buttons.

    Args:
        lab: `widgets.parts.lab.Lab`, which is left as it began.

    Returns:
        dict: label -> values by control name. Of a button that says "fit q", "fit q: " and a choice's option, where
        the lab has a choice.
    """
    lab.quiet = True  # where it leads is read, and not what it shows there
    lab.reset()
    found = {"": lab.values()}
    for _, label in lab.presets.options[1:] if hasattr(lab, "presets") else ():
        lab.reset()
        lab.presets.value = label
        found[label] = lab.values()
    for button in (each for each in lab.below if isinstance(each, ipywidgets.Button)):
        choices = [control for control in lab.controls.values() if isinstance(control, ipywidgets.Dropdown)]
        for word, value in options_of(choices[0]) if choices else [("", None)]:
            lab.reset()
            if choices:
                choices[0].value = value
            button.click()
            found[f"{button.description}: {word}" if choices else button.description] = lab.values()
    lab.quiet = False
    lab.reset()
    return found


def options_of(control):
    """Read the options of a choice.

    Args:
        control: Dropdown or SelectionSlider.

    Returns:
        list of pairs, label and value.
    """
    pairs = isinstance(control.options[0], tuple)
    return list(control.options) if pairs else [(str(option), option) for option in control.options]


def _spread(control, count):
    """Positions of a control, evenly spread over its range."""
    if count <= 1:
        return []
    if hasattr(control, "options"):
        return [value for _, value in options_of(control)]
    if isinstance(control.value, bool):
        return [False, True]
    if not hasattr(control, "min"):
        return []
    steps = np.linspace(0.0, (control.max - control.min) / control.step, count)
    values = control.min + np.unique(np.rint(steps)) * control.step
    if hasattr(control, "base"):
        values = control.base**values
    return [int(value) if isinstance(control, ipywidgets.IntSlider) else round(float(value), 10) for value in values]


def _ordered(control, values):
    """Each value once: of a choice in the order of its options, of a slider by size."""
    if hasattr(control, "options"):
        return [value for _, value in options_of(control) if value in values]
    if hasattr(control, "min"):
        return sorted({round(value, 9): value for value in values}.values())
    return [value for number, value in enumerate(values) if value not in values[:number]]


def _place(values, value):
    return next(
        place
        for place, each in enumerate(values)
        if each == value or (isinstance(value, float) and abs(each - value) < 1e-9)
    )


def packed(part):
    """Write JSON as short as it goes."""
    return json.dumps(part, separators=(",", ":"), ensure_ascii=False)


class Recording:
    """What a lab showed, each drawing and each text kept once.

    Args:
        lab: `widgets.parts.lab.Lab` with a LiveFigure, which paints no more.
        controls: name -> control that the page will have.
        positions, states, presets: as from `states_of`.
    """

    def __init__(self, lab, controls, positions, states, presets):
        self.lab, self.controls = lab, controls
        self.positions, self.states, self.presets = positions, states, presets
        self.recorder = Recorder(lab.figure.figure)
        self.axes = lab.figure.figure.axes
        self.boxes = [_box(self.recorder, axes) for axes in self.axes]
        self.artists = lab.figure.artists()
        self.tables, self.rows, self._seen = [], [], [{} for _ in self.artists]
        self._note_still()
        lab.figure.update, lab.figure.redraw = lambda: None, self._note_still

    def _note_still(self):
        self._still = [packed(self.recorder.note_still(axes)) for axes in self.axes]

    def take(self):
        """Note what the lab shows: is it a message, words, greyed controls, hidden ones, state line, each drawing."""
        lab = self.lab
        idle = [name for name, control in lab.controls.items() if getattr(control, "disabled", False)]
        hidden = [name for name, control in lab.controls.items() if control.layout.display == "none"]
        words = lab.message.value or lab.numbers.value
        drawn = [*self._still, *map(self._note, range(len(self.artists)))]
        heads = bool(lab.message.value), words, idle, hidden, lab.state.value
        shown = [*map(packed, heads), *drawn]
        self.tables = self.tables or [{} for _ in shown]
        kept = zip(self.tables, shown, strict=True)
        self.rows.append([table.setdefault(part, len(table)) for table, part in kept])

    def _note(self, number):
        """The notes of one artist; to look whether it was drawn like this before is much faster than to draw it."""
        artist = self.artists[number]
        key = _looks(artist)
        if key is None:
            return packed(self.recorder.note(artist))
        if key not in self._seen[number]:
            self._seen[number][key] = packed(self.recorder.note(artist))
        return self._seen[number][key]

    def grow(self):
        """Widen the panels' boxes to what stands on them now."""
        self.boxes = [
            Bbox.union([box, _box(self.recorder, axes)]) for box, axes in zip(self.boxes, self.axes, strict=True)
        ]

    def panels(self):
        """List for each axes the box that its drawing needs, in pixels from the picture's upper left corner.

        Returns:
            list of [x, y, width, height], or None for axes that share the panel of others.
        """
        height, home = self.recorder.height, self.panel_of()
        found = []
        for number in range(len(self.axes)):
            here = [at for at, axes in enumerate(self.axes) if home[at] == number and axes.get_visible()]
            boxes = [self.boxes[at] for at in here]
            box = Bbox.union(boxes).padded(4) if boxes else None
            sides = (box.x0, height - box.y1, box.width, box.height) if boxes else None
            found.append([round(float(side), 1) for side in sides] if boxes else None)
        return found

    def panel_of(self):
        """Say on which axes each drawing belongs, a colour bar with the picture that it explains.

        Returns:
            list of numbers of axes.
        """
        home = [self.axes.index(_home(axes, self.axes)) for axes in self.axes]  # of what is hidden, any will do
        return [*home, *(home[self.axes.index(artist.axes)] for artist in self.artists)]


def _looks(artist):
    """All that decides how an artist of the common kinds is drawn; None for the others."""
    if not artist.get_visible():
        return False
    axes = artist.axes
    where = axes.viewLim.extents.tobytes(), axes.bbox.extents.tobytes()
    match artist:
        case Axis():
            return where, len(artist.get_ticklocs())
        case Text():
            return where, artist.get_text(), artist.get_position(), artist.get_ha(), artist.get_color()
        case Line2D():
            drawn = artist.get_color(), artist.get_linestyle(), artist.get_marker(), artist.get_markersize()
            return where, artist.get_xydata().tobytes(), drawn
        case Rectangle():
            return where, artist.get_bbox().extents.tobytes(), artist.get_facecolor(), artist.get_edgecolor()
        case AxesImage():
            return where, artist.get_array().tobytes()
        case Quiver():
            return where, *(part.tobytes() for part in (artist.XY, artist.U, artist.V, artist.get_facecolor()))
        case LineCollection():
            segments = (part.vertices.tobytes() for part in artist.get_paths())
            return where, tuple(segments), artist.get_color().tobytes()
    return None


def _home(axes, among):
    bar = getattr(axes, "_colorbar", None)  # matplotlib tells it nowhere else
    return bar.mappable.axes if bar is not None and bar.mappable.axes in among else axes


def _box(recorder, axes):
    return axes.get_tightbbox(recorder.figure.canvas.get_renderer()) if axes.get_visible() else axes.bbox.frozen()


def record(lab, stops, tell=lambda done, of: None):
    """Let a lab show each of the states that its page will have.

    Args:
        lab: `widgets.parts.lab.Lab`.
        stops: as for `states_of`.
        tell: called with the number of states done and of all.

    Returns:
        Recording.
    """
    positions, states, presets = states_of(lab, stops)
    recording = Recording(lab, lab.controls, positions, states, presets)
    shown = set(presets.values())
    for number, state in enumerate(states):
        values = {name: positions[name][place] for name, place in zip(positions, state, strict=True)}
        lab.set(**values)
        if lab.values() != values:  # a control that another puts back
            lab.set(**values)
        recording.take()
        if number in shown:
            recording.grow()
        if number % 250 == 0:
            tell(number, len(states))
    return recording


def record_games(lab, last, every, tell=lambda done, of: None):
    """Play the live GAN once from each of its presets: what is trained live becomes a recorded run.

    Args:
        lab: `widgets.labs.live_gan.LiveGAN`.
        last: updates of each game.
        every: updates between two pictures.
        tell: called with the number of pictures done and of all.

    Returns:
        Recording, whose controls are the game and its updates.
    """
    games, steps = [label for _, label in lab.presets.options[1:]], list(range(0, last + 1, every))
    controls = {
        "game": ipywidgets.Dropdown(options=games, description="recorded game"),
        "steps": ipywidgets.IntSlider(0, 0, last, every, description="updates"),
    }
    controls["game"].tooltip, controls["steps"].tooltip = (
        "Played beforehand with this preset",
        "How long they have played",
    )
    states = list(itertools.product(range(len(games)), range(len(steps))))
    recording = Recording(lab, controls, {"game": games, "steps": steps}, states, {"": 0})
    lab.draw = lambda words=True: None  # an update is drawn where there will be a picture, as here
    for game in games:
        lab.reset()
        lab.presets.value = game
        lab.restart()
        for step in range(last + 1):
            if step:
                lab.step("both")
            if step % every == 0:
                type(lab).draw(lab)
                recording.take()
        recording.grow()
        tell(len(recording.rows), len(states))
    return recording
