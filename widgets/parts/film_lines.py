"""The lines of the film board: a shot with what is said, seen and done in it, and a role with who plays it."""

import html

import ipywidgets

from widgets.parts.board import row

DONE, STALE = "✓", "△"  # as in the film that is shown; to be filmed anew
WHAT = {"place": "Place", "time": "Hour", "action": "Action", "light": "Light"}


class ShotLine:
    """One shot: its number, caption and choices, and a button to leave it out.

    Args:
        board: `widgets.boards.film.FilmBoard`; `edit` and `remove` are called.
        number: of the shot, from 0.
        options: name of a choice -> its options, of ipywidgets.Dropdown.
    """

    def __init__(self, board, number, options):
        self.number = ipywidgets.Label(layout=ipywidgets.Layout(width="3.2em"))
        self.count = number + 1
        wide = ipywidgets.Layout(width="auto", flex="1 1 75%", max_width="85%")  # its choices stand below
        self.sentence = ipywidgets.Text(tooltip=f"Caption of shot {self.count}", continuous_update=False, layout=wide)
        self.choices = {
            name: ipywidgets.Dropdown(
                options=options[name],
                tooltip=f"{what} of shot {self.count}",
                layout=ipywidgets.Layout(width="auto", flex="1 1 7em"),
            )
            for name, what in WHAT.items()
        }
        for name, control in {"sentence": self.sentence, **self.choices}.items():
            control.observe(lambda change, name=name: board.wanted(board.edit, number, **{name: change.new}), "value")
        remove = board.button("", f"Leave shot {self.count} out", lambda: board.remove(number), "trash")
        self.widget = row(self.number, self.sentence, remove, *self.choices.values())

    def show(self, shot, light, stale):
        """Write a shot.

        Args:
            shot: `animkit.studio.storyboard.Shot`, or None to hide the line.
            light: of the shot, one of the options.
            stale: whether it is to be filmed anew.
        """
        self.widget.layout.display = None if shot else "none"
        if not shot:
            return
        self.number.value = f"{self.count} {STALE if stale else DONE}"
        self.number.tooltip = "to be filmed anew" if stale else "as in the film"
        self.sentence.value = shot.sentence
        for name, control in self.choices.items():
            value = light if name == "light" else getattr(shot, name) or control.options[0]
            if value not in control.options:
                control.options = (*control.options, value)  # an action that stories alone have
            control.value = value


class RoleLine:
    """One role: its name, and who plays it.

    Args:
        board: `widgets.boards.film.FilmBoard`; `recast` is called.
    """

    def __init__(self, board):
        self.name = ipywidgets.Label(layout=ipywidgets.Layout(width="9em"))
        self.player = ipywidgets.Text(
            placeholder="as cast; or a seed, or a file",
            tooltip="A number is the seed of another design; else the path of a sprite sheet, a picture or a BVH",
            continuous_update=False,
            layout=ipywidgets.Layout(width="22em", max_width="60%"),
        )
        self.player.observe(lambda change: board.wanted(board.recast, self.name.value, change.new), "value")
        other = board.button("another", "Somebody else plays it: the next seed", lambda: self.another(board), "user")
        self.widget = row(self.name, self.player, other)

    def another(self, board):
        """Give the role to the design of the next seed."""
        now = self.player.value
        board.recast(self.name.value, int(now) + 1 if now.isdecimal() else board.controls["seed"].value + 1)

    def show(self, name, players):
        """Write a role.

        Args:
            name: of the role, or None to hide the line.
            players: name -> who plays it, of those who were recast.
        """
        self.widget.layout.display = None if name else "none"
        if name:
            self.name.value, self.player.value = name, str(players.get(name, ""))


def listed(numbers):
    """Numbers of shots as a person counts them, from 1: [0, 2] -> "1, 3"."""
    return ", ".join(str(number + 1) for number in numbers)


def in_words(shots, seconds, notes, stale, filmed, cut_anew):
    """Says what a film would be, and what of it is to be filmed anew.

    Args:
        shots: how many there are.
        seconds: that they last.
        notes: what else is to be told.
        stale: numbers of those to be filmed anew.
        filmed: whether there is a film.
        cut_anew: whether the kept shots are to be put together anew.

    Returns:
        HTML.
    """
    lines = [f"{shots} shots, {seconds:.0f} s without the cards."]
    if not filmed:
        lines.append("Nothing is filmed yet: <i>film it</i>.")
    elif stale:
        lines.append(f"&#9651; To be filmed anew: shot{'s' if len(stale) > 1 else ''} {listed(stale)}.")
    elif cut_anew:
        lines.append("&#9651; No shot is to be filmed anew; put the film together anew by <i>film it</i>.")
    else:
        lines.append("&#10003; The film is as it is asked for.")
    return " ".join(lines) + "".join(f"<br>Note: {html.escape(note)}." for note in notes)
