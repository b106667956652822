"""Boards: labs to work on. Every action can be undone, and pictures of pixels are crisp and can be clicked."""

import io
import re
from contextlib import contextmanager, nullcontext
from functools import lru_cache
from pathlib import Path

import ipywidgets
import matplotlib
import numpy as np
from ipyevents import Event
from PIL import Image, ImageDraw, ImageFont

from widgets.parts.figure import COLOURS, Picture
from widgets.parts.lab import Lab, button, columns
from widgets.parts.theme import follow_theme, is_dark

MARK = COLOURS["blue"]
PAPER, INK = ("#f4f4f1", "#1c1c1e"), ("#222222", "#e6e6e6")  # on a light page, on a dark one
AT_WORK = "animkit-at-work"
LABEL, GAP = 18, 4  # pixels: height of the text over a picture, space around it


class PixelSheet:
    """Small pictures in rows and columns, enlarged by a whole factor; a click tells which one was meant.

    Args:
        columns: pictures in a row.
        side: the least width of a picture on the page, in pixels.
        on_click: called with the number of a picture, from 0; None where clicks mean nothing.
    """

    def __init__(self, *, columns, side, on_click=None):
        self.columns, self.side, self.count = columns, side, 0
        self.widget = Picture(format="png", layout=ipywidgets.Layout(max_width="100%"))
        self.widget.add_class("animkit-pixels")
        self._on_click, self._last = on_click, None
        follow_theme(self)
        if on_click:
            self._event = Event(source=self.widget, watched_events=["click"], prevent_default_action=True)
            self._event.on_dom_event(lambda message: self.click(message["arrayX"], message["arrayY"]))

    def show(self, pictures, alt, *, labels=(), rows=(), marked=()):
        """Draw pictures in place of those before.

        Args:
            pictures: (n, height, width, 4) uint8 RGBA, n at least 1.
            alt: what is to be seen, for those who cannot see it.
            labels: a short text over each picture, or none.
            rows: a word in front of each row, or none.
            marked: numbers of those to be framed, from 0.
        """
        self._last = (pictures, alt), {"labels": labels, "rows": rows, "marked": marked}
        paper, ink = PAPER[is_dark()], INK[is_dark()]
        pictures = np.asarray(pictures)
        self.count, height, width = pictures.shape[:3]
        scale = max(1, -(-self.side // width))
        top = LABEL if len(labels) else 0
        self._left = max((int(_font().getlength(row)) for row in rows), default=0) + (2 * GAP if len(rows) else 0)
        self._cell = width * scale + 2 * GAP, height * scale + 2 * GAP + top
        columns = min(self.columns, self.count)
        across, down = self._left + columns * self._cell[0], -(-self.count // columns) * self._cell[1]
        sheet = Image.new("RGBA", (across, down), paper)
        pen = ImageDraw.Draw(sheet)
        for number, picture in enumerate(pictures):
            row, column = divmod(number, columns)
            x, y = self._left + column * self._cell[0], row * self._cell[1]
            here = number in marked
            if here:  # framed, and its label turned about: not told by the colour alone
                pen.rectangle((x, y, x + self._cell[0] - 1, y + self._cell[1] - 1), outline=MARK, width=3)
                pen.rectangle((x, y, x + self._cell[0] - 1, y + top), fill=MARK)
            if len(labels):
                middle = x + self._cell[0] // 2, y + top // 2 + 1
                pen.text(middle, labels[number], font=_font(), fill="white" if here else ink, anchor="mm")
            large = Image.fromarray(picture).resize((width * scale, height * scale), Image.Resampling.NEAREST)
            sheet.alpha_composite(large, (x + GAP, y + GAP + top))
        for row, word in enumerate(rows):
            pen.text((GAP, row * self._cell[1] + self._cell[1] // 2), word, font=_font(), fill=ink, anchor="lm")
        file = io.BytesIO()
        sheet.convert("RGB").save(file, "png")
        self.widget.width, self.widget.height = map(str, sheet.size)
        self.widget.tooltip, self.widget.value = alt, file.getvalue()

    def redraw(self):
        """Draw the same pictures anew, in the page's colours."""
        if self._last:
            self.show(*self._last[0], **self._last[1])

    def click(self, x, y):
        """Do what a click at a pixel of the picture does.

        Args:
            x: pixels from the left.
            y: pixels from the top.
        """
        column, row = int((x - self._left) // self._cell[0]), int(y // self._cell[1])
        number = row * self.columns + column
        if 0 <= column < self.columns and 0 <= number < self.count:
            self._on_click(number)


@lru_cache(maxsize=1)
def _font():
    return ImageFont.truetype(Path(matplotlib.get_data_path()) / "fonts" / "ttf" / "DejaVuSans.ttf", 12)


class Board(Lab):
    """A Lab whose state also holds what buttons change; each action can be undone, and a failed one changes nothing.

    Args:
        title: as for `Lab`, as are call and controls.
        call: how a cell makes this board.
        controls: name -> control.
        update: called with the controls' values and the further state by name; it draws and returns HTML. A ValueError
            that it raises before it draws is shown, and the board goes back to where it was.
        further: name -> what buttons change; values that can be compared and are replaced, never changed.
        more_state: function that returns what the state line says of the further state.
        idle: as for `Lab`, of the controls' values and the further state by name.
    """

    def __init__(self, title, call, controls, update, *, further, more_state, idle=None, **options):
        self.further = dict(further)
        self._past, self._future, self._now, self._moved = [], [], None, None
        self.undo_button = self.button("undo", "Take the last action back", self.undo, "mail-reply")
        self.redo_button = self.button("redo", "Do again what was taken back", self.redo, "mail-forward")
        super().__init__(
            title,
            call,
            controls,
            lambda **values: update(**values, **self.further),
            more_state=more_state,
            idle=idle and (lambda **values: idle(**values, **self.further)),
            **options,
        )
        self.add_class("animkit-board")
        self._begin = self.everything()

    def button(self, label, tooltip, action, icon=""):
        """Make a button whose failures become messages.

        Args:
            label: what it says.
            tooltip: what it does.
            action: called without arguments.
            icon: of Font Awesome 4, without "fa-".

        Returns:
            ipywidgets.Button.
        """
        return button(label, tooltip, lambda: self.attempt(action), icon)

    def attempt(self, action, *arguments):
        """Do something that may fail; what a person can put right becomes a message.

        Args:
            action: a function.
            arguments: for it.
        """
        with self.lock, self.at_work():
            try:
                action(*arguments)
            except (ValueError, OSError) as error:
                self.complain(error)

    @contextmanager
    def at_work(self):
        """Let the page say so while something goes on for longer than a moment."""
        self.add_class(AT_WORK)
        try:
            yield
        finally:
            self.remove_class(AT_WORK)

    def complain(self, error):
        """Show what went wrong, as text."""
        self.warn("Not done", error)

    def arrange(self, controls, shown, *below):
        """Lay the board out anew, between its heading and the state line.

        Args:
            controls: widgets of the left column, from above.
            shown: widgets of the right column.
            below: widgets under both.
        """
        self.children = [self.head, columns(controls, shown), *below, self.foot]

    def everything(self):
        """Read the controls and the further state.

        Returns:
            dict: name -> value.
        """
        return self.values() | self.further

    def set(self, **values):
        """Change controls and further state in one action.

        Args:
            values: name -> value.
        """
        with self.lock:
            self._set_quietly(values)
            self._refresh()

    def changed(self, name):
        """Say what else changes when a person moves a control; boards with such rules override it.

        Args:
            name: of the control.

        Returns:
            dict: name -> value.
        """
        return {}

    def undo(self):
        """Take the last action back."""
        self._go(self._past, self._future)

    def redo(self):
        """Do again what was taken back."""
        self._go(self._future, self._past)

    def reset(self):
        """Go back to how the board began; this, too, can be undone."""
        self.set(**self._begin)

    def _go(self, source, other):
        with self.lock:
            if source:
                other.append(self._now)
                self._now, self._moved = source.pop(), None
                self.set(**self._now)

    def _set_quietly(self, values):
        before, self.quiet = self.quiet, True
        try:
            for name, value in values.items():
                if name in self.further:
                    self.further[name] = value
                else:
                    self.controls[name].value = value
        finally:
            self.quiet = before

    def _refresh(self, change=None):
        with self.lock:
            if self.quiet:
                return
            name = change and next(name for name, control in self.controls.items() if control is change.owner)
            try:
                if name:
                    self._set_quietly(self.changed(name))
            except ValueError as error:
                self._back()
                self.complain(error)
                return
            # what waits until a slider is let go takes its time
            waits = name and not getattr(self.controls[name], "continuous_update", True)
            with self.at_work() if waits else nullcontext():
                super()._refresh(change)
            if self.message.value:
                self._back()
            else:
                self._remember(name)

    def _back(self):
        """To the last state that could be drawn."""
        if self._now is not None:
            self._set_quietly(self._now)
            self.show_state()

    def _remember(self, moved):
        now = self.everything()
        if self._now is not None and now != self._now:
            # a slider that is dragged makes one action, not fifty
            if moved is None or moved != self._moved or not hasattr(self.controls[moved], "readout"):
                self._past.append(self._now)
            self._future.clear()
            self._moved = moved
        self._now = now
        self.undo_button.disabled, self.redo_button.disabled = not self._past, not self._future


class ExportBoard(Board):
    """A Board that writes files where a person says, and reports what it wrote. See `Board` for the arguments.

    Args:
        folder: where exports go.
    """

    def __init__(self, title, call, controls, update, *, folder, further, more_state, idle=None):
        self.folder = ipywidgets.Text(
            value=str(folder), description="folder", tooltip="Where exports go; it is made if it is not there"
        )
        self.report = ipywidgets.HTML()
        self._reported = None
        super().__init__(title, call, controls, update, further=further, more_state=more_state, idle=idle)

    def _remember(self, moved):
        super()._remember(moved)
        if self._reported not in (None, self.everything()):  # what was written is not what is shown
            self._reported, self.report.value = None, ""

    def export(self, write):
        """Write files into the folder that was named, and report.

        Args:
            write: function of the folder, a pathlib.Path, that returns the paths written and lines of HTML to report.

        Returns:
            list of paths.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        with self.lock:
            self.report.value = self.message.value = ""  # what it says of before, while it writes
            written, lines = write(export_folder(self.folder.value))
            self.report.value = f"<div role='status'>{'<br>'.join(lines)}</div>"
            self._reported = self.everything()
            return written


def row(*widgets):
    """Put widgets side by side, and the rest below where there is no room."""
    layout = ipywidgets.Layout(flex_flow="row wrap", align_items="center")
    return ipywidgets.Box(widgets, layout=layout)


def seed_box(value, explanation):
    """Make the field of a seed.

    Args:
        value: at the start.
        explanation: shown on hover.

    Returns:
        ipywidgets.BoundedIntText.
    """
    return ipywidgets.BoundedIntText(value=value, min=0, max=999_999, description="seed", tooltip=explanation)


def small(words):
    """Write HTML smaller than the numbers of a lab: boards have more to say."""
    return f"<div style='font-size:87%;line-height:1.35'>{words}</div>"


def export_folder(text):
    """Make the folder that a person has named for exports, if it is not there.

    Args:
        text: its path.

    Returns:
        pathlib.Path.

    Raises:
        ValueError: nothing was named.
        OSError: it cannot be made.
    """
    if not text.strip():
        raise ValueError("name a folder for the exports first")
    folder = Path(text.strip()).expanduser()
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def file_name(text, *, otherwise="clip"):
    """Make a file's name, without its ending, of any text; `otherwise` where nothing of it can stand in one."""
    return re.sub(r"[^\w-]+", "_", text).strip("_") or otherwise
