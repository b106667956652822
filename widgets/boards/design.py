"""The design board: a VAE or a GAN proposes characters; choose, vary, mix, compare with what is known, keep."""

import asyncio
import html

import ipywidgets
import numpy as np

from animkit.data.sprites import ATTRIBUTES
from animkit.render import to_rgba
from animkit.studio.characters import OPTIONS, nearest
from animkit.studio.descent import CHILDREN, COUNT, FREE, Descent
from animkit.studio.designs import save_designs
from widgets.parts.board import ExportBoard, PixelSheet, row, seed_box, small
from widgets.parts.lab import choice, passed_in, slider, tabs
from widgets.parts.own_file import own_file

MOST_KEPT, LONGEST_NAME = 12, 24
WANTED = 0.9  # share of a picture's pixels that a likeness should have
ORANGE = np.array([213, 94, 0, 255], np.uint8)


TWIN = {  # what the options of the twin look like, in their order
    "skin": ("light", "tan", "brown", "dark", "green", "blue"),
    "trousers": ("blue", "purple", "pink", "black", "grey", "teal"),
    "top": ("red", "white", "green", "purple", "gold", "grey"),
    "hair": ("ginger", "blue", "blond", "pink", "brown", "white"),
}


class DesignBoard(ExportBoard):
    """The board that `design_board` makes; buttons, keys and cells alike call its methods.

    Args:
        company: of `animkit.studio.characters`.
        folder: where the designs are saved.
        state: what `design_board` was given, with nothing left out.
    """

    def __init__(self, company, folder, state):
        self.company, self.descent = company, Descent(company)
        self.called = TWIN if company.sprites.source == "twin" else dict.fromkeys(ATTRIBUTES, tuple("012345"))
        further = {name: state.pop(name) for name in ("kind", "base", "a", "b", "shelf")}
        self.descent.family(self._family(**state, **further))  # fails here rather than on the board
        self.candidates = PixelSheet(columns=8, side=64, on_click=lambda number: self.select(number + 1))
        self._examples = _examples(company)
        self.options = PixelSheet(columns=OPTIONS, side=48, on_click=self._option)
        self.comparison = PixelSheet(columns=3, side=64)
        self.kept = PixelSheet(columns=MOST_KEPT, side=64)
        self.likeness = PixelSheet(columns=2, side=128)
        self.progress = ipywidgets.FloatProgress(description="refining", tooltip="How far the refining has come", max=1)
        self.progress.layout.display = "none"
        self._task = None  # that refines; another value ends it
        self.cancel_button = self.button("cancel", "Stop refining; nothing changes", self.cancel, "ban")
        self.cancel_button.disabled = True
        self.name = ipywidgets.Text(
            description="name",
            tooltip="What the selected design is called on the shelf",
            placeholder="design 1",
        )
        self.shelf = ipywidgets.Dropdown(description="kept", tooltip="One of the shelf, for the buttons beside it")
        self.upload, self.path = own_file(
            self,
            "your picture",
            "A picture of one figure, from your computer",
            accept="image/*",
            example="my_hero.png",
            take=self._adopt,
            read=self.read,
        )
        super().__init__(
            "Design board",
            "design_board",
            _controls(self.called, state),
            self._draw,
            folder=folder,
            further=further,
            more_state=self._more_state,
            idle=lambda a, b, **_: {} if a and b else {"share": "two parents are to be chosen first"},
        )
        self._arrange()

    def _arrange(self):
        controls, button = self.controls, self.button
        controls["seed"].continuous_update = False
        actions = row(
            button("new designs", "Others with the same wishes: the next seed", self.new, "refresh"),
            button("more like this", "Designs near the selected one; see spread", self.more, "clone"),
            button("vary one attribute", "The selected design with each option in turn", self.vary, "th"),
            button("parent A", "The selected design becomes the first parent", lambda: self.parent("a")),
            button("parent B", "The selected design becomes the second parent", lambda: self.parent("b")),
            button("mix A and B", "The children of both parents; see share of B", self.mix, "random"),
            self.undo_button,
            self.redo_button,
            self.reset_button,
        )
        keeping = row(
            self.name,
            button("keep", "Put the selected design on the shelf", self.keep, "bookmark"),
            self.shelf,
            button("show again", "The kept design, and others like it", self.show_again, "eye"),
            button("remove", "Take the kept design off the shelf", self.remove, "trash"),
            self.folder,
            button("save", "Write the shelf as designs.json, which 'animkit sheet' draws", self.save, "save"),
        )
        again = button("read again", "Read the picture at this path once more", lambda: self.read(self.path.value))
        refining = row(
            button("refine likeness", "Fine-tune a copy of the animator on your picture", self.refine, "magic"),
            self.progress,
            self.cancel_button,
        )
        pages = {
            "designs": [self.candidates.widget, self.numbers],
            "what can be wished": [self.options.widget],
            "shelf": [keeping, self.kept.widget],
            "your picture": [row(self.upload, self.path, again), self.likeness.widget, refining, self.numbers],
        }
        told = ("designer", *ATTRIBUTES, "seed", "number", "spread", "share")
        self.arrange(
            [*(controls[name] for name in told), actions, self.message, self.comparison.widget],
            [tabs(pages), self.report],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    def select(self, number):
        """Select a design.

        Args:
            number: from 1, as on the sheet.
        """
        self.controls["number"].value = number

    def new(self):
        """Draw other designs that fulfil the same wishes."""
        self.set(kind="new", seed=min(self.controls["seed"].value + 1, self.controls["seed"].max))

    def more(self):
        """Draw designs like the selected one, which comes first."""
        self.set(kind="like", base=self.person, number=1)

    def vary(self):
        """Give the selected design each option of each attribute, the rest kept."""
        person = self.person
        self.set(kind="vary", base=person, number=1 + int(self.descent.attributes(person)[0]))

    def parent(self, which):
        """Make the selected design a parent.

        Args:
            which: "a" or "b".
        """
        self.set(**{which: self.person})

    def mix(self):
        """Draw the children of both parents.

        Raises:
            ValueError: when there are not two parents yet.
        """
        self._check_parents()
        self.set(kind="mix", number=_child(self.controls["share"].value))

    def keep(self, name=None):
        """Put the selected design on the shelf.

        Args:
            name: of the character; None takes what stands in the name field, or numbers it.

        Raises:
            ValueError: when the shelf is full.
        """
        shelf = self.further["shelf"]
        if len(shelf) == MOST_KEPT:
            raise ValueError(f"the shelf holds {MOST_KEPT} designs and is full: remove one first")
        name = (self.name.value if name is None else name).strip()[:LONGEST_NAME] or f"design {len(shelf) + 1}"
        taken, wanted = {other for other, _ in shelf}, name
        name = next(one for one in (wanted, *(f"{wanted} {n}" for n in range(2, 99))) if one not in taken)
        self.set(shelf=(*shelf, (name, self.person)))
        self.name.value = ""
        self.shelf.index = len(shelf)

    def show_again(self):
        """Show the design chosen on the shelf, and others like it.

        Raises:
            ValueError: when the shelf is empty.
        """
        self.set(kind="like", base=self.further["shelf"][self._chosen()][1], number=1)

    def remove(self):
        """Take the design chosen on the shelf off it.

        Raises:
            ValueError: when the shelf is empty.
        """
        chosen, shelf = self._chosen(), self.further["shelf"]
        self.set(shelf=shelf[:chosen] + shelf[chosen + 1 :])

    def save(self):
        """Write the shelf as designs.json, which the command `animkit sheet` draws.

        Returns:
            list of one path.

        Raises:
            ValueError: when the shelf is empty, or there is no folder's name.
            OSError: when it cannot be written.
        """
        if not self.further["shelf"]:
            raise ValueError("the shelf is empty: select a design and press 'keep' first")

        def write(folder):
            path = save_designs(folder / "designs.json", self.further["shelf"])
            return [path], [f"Saved as <code>{html.escape(str(path))}</code>: <code>animkit sheet</code> draws them."]

        return self.export(write)

    def read(self, path):
        """Take in a picture of one's own: it comes first, others like it follow.

        Args:
            path: of a PNG.

        Raises:
            ValueError: when it cannot be used; see `animkit.data.pictures.read_picture`.
            FileNotFoundError: when it is not there.
        """
        if not path.strip():
            raise ValueError("write the path of a PNG first")
        self._adopt(path.strip(), path.strip())

    def refine(self):
        """Fine-tune a copy of the animator on the picture of one's own, in slices between which the board answers.

        Raises:
            ValueError: when the sheet does not come from a picture, or while another is refined.
        """
        if self._task is not None:
            raise ValueError("a likeness is being refined already: wait, or press 'cancel' first")
        work = self._refining(self._picture_shown())
        try:
            self._task = asyncio.get_running_loop().create_task(self._in_slices(work))
        except RuntimeError:  # no event loop, as in a script: all at once
            for _ in work:
                pass

    def cancel(self):
        """Stop refining; what was shown before stays."""
        self._task = None
        self.progress.layout.display, self.cancel_button.disabled = "none", True

    def _picture_shown(self):
        base = self.further["base"] if self.further["kind"] in ("like", "vary") else None
        if not base or base[0] != "picture":
            raise ValueError("read a picture of your own first: upload it, or write its path")
        return base

    def _refining(self, person):
        self.progress.value, self.progress.layout.display, self.cancel_button.disabled = 0, None, False
        for done, best in self.descent.refining(person):
            self.progress.value, self.progress.description = done, f"{best.agreement:.0%} agree"
            yield
        self.set(kind="like", base=(*person[:3], True), number=1)
        self.cancel()

    async def _in_slices(self, work):
        try:
            for _ in work:
                await asyncio.sleep(0.01)
                if self._task is not asyncio.current_task():
                    return
        except Exception as error:  # nobody awaits this task: what it raises would be lost
            self.cancel()
            self.complain(error)

    # --- what others take from it ------------------------------------------------------------------------------------

    @property
    def person(self):
        """The descent of the selected design."""
        with self.lock:
            return (*self._family(**self.everything()), self.controls["number"].value)

    @property
    def looks(self):
        """(kept, static_dim) float32, for the animation board."""
        kept = [self.descent.look(person) for _, person in self.further["shelf"]]
        return np.array(kept, "float32").reshape(len(kept), self.company.looks.shape[1])

    @property
    def names(self):
        """Of the kept characters."""
        return [name for name, _ in self.further["shelf"]]

    @property
    def palettes(self):
        """Of the kept characters, (kept, colours, 4) uint8: a picture of one's own brings its own colours."""
        return [self.descent.palette(person) for _, person in self.further["shelf"]]

    @property
    def animators(self):
        """Of the kept characters, SequenceVAEs: a refined picture is drawn by a copy of its own."""
        return [self.descent.animator(person) for _, person in self.further["shelf"]]

    # --- how it works ------------------------------------------------------------------------------------------------

    def changed(self, name):
        if name in ("designer", *ATTRIBUTES) or name == "seed" and self.further["kind"] in ("mix", "vary"):
            return {"kind": "new"}
        if name == "spread" and self.further["kind"] != "like":
            return {"kind": "like", "base": self.person, "number": 1}
        if name == "share":
            self._check_parents()
            return {"kind": "mix", "number": _child(self.controls["share"].value)}
        if name == "number" and self.further["kind"] == "mix":
            number = min(self.controls["number"].value, CHILDREN)
            return {"number": number, "share": (number - 1) / (CHILDREN - 1)}
        return {}

    @staticmethod
    def _family(*, kind, designer, seed, spread, base, a, b, **other):
        return {
            "new": ("new", designer, seed, *(other[name] for name in ATTRIBUTES)),
            "like": ("like", base, round(spread, 3), seed),
            "mix": ("mix", a, b),
            "vary": ("vary", base),
        }[kind]

    def _check_parents(self):
        if not (self.further["a"] and self.further["b"]):
            raise ValueError(
                "choose two parents first: select a design and press 'parent A', then another and press 'parent B'"
            )

    def _chosen(self):
        if self.shelf.index is None:
            raise ValueError("the shelf is empty: select a design and press 'keep' first")
        return self.shelf.index

    def _option(self, number):
        """A click on an option: choose it, or, when it is chosen already, leave the attribute free again."""
        control, option = self.controls[ATTRIBUTES[number // OPTIONS]], number % OPTIONS
        control.value = FREE if control.value == option else option

    def _adopt(self, name, data):
        self.set(kind="like", base=self.descent.take(name, data), number=1)

    def _draw(self, **state):
        company, family = self.company, self._family(**state)
        frames, person = self.descent.frames(family), (*family, state["number"])
        pictures = self._pictures(frames, [(*family, number + 1) for number in range(len(frames))])
        chosen = state["number"] - 1
        seen = self.descent.attributes(person)
        index, share = nearest(frames[chosen], company.standing)
        told = ", ".join(f"{name} {self.called[name][option]}" for name, option in zip(ATTRIBUTES, seen, strict=True))
        made = _made(state, self.called)
        varied = state["kind"] == "vary"
        self.candidates.columns = OPTIONS if varied else 8
        self.candidates.show(
            pictures,
            f"{len(frames)} characters, {made}. Number {chosen + 1} is selected; the judge reads in it {told}.",
            labels=_labels(state, len(frames), self.called),
            rows=ATTRIBUTES if varied else (),
            marked=(chosen,),
        )
        known = company.standing[index]
        differ = np.where((frames[chosen] != known)[..., None], ORANGE, pictures[chosen] // np.array([1, 1, 1, 4]))
        number = int(company.sprites.train[index])
        self.comparison.show(
            np.stack([pictures[chosen], to_rgba(known, company.animator.palette), differ.astype("uint8")]),
            f"The selected design; training character {number}, the most alike; in orange the {share:.0%} of "
            "pixels that differ.",
            labels=("selected", "nearest", "differ"),
        )
        wishes = [state[name] for name in ATTRIBUTES]
        self.options.show(
            self._examples,
            "The options of each attribute, as known characters have them. Chosen: "
            + _wished(state, self.called)
            + ".",
            labels=[word for name in ATTRIBUTES for word in self.called[name]],
            rows=ATTRIBUTES,
            marked=[OPTIONS * row + option for row, option in enumerate(wishes) if option != FREE],
        )
        self._draw_shelf(state["shelf"])
        self._draw_likeness(state)
        return self._words(state, seen, number, company.attributes[index], share, person, made)

    def _draw_shelf(self, shelf):
        names = [name for name, _ in shelf]
        if names != list(self.shelf.options):
            index = self.shelf.index or 0
            self.shelf.options = names
            self.shelf.index = min(index, len(names) - 1) if names else None
        self.kept.widget.layout.display = None if shelf else "none"
        if shelf:
            frames = [self.descent.standing(person) for _, person in shelf]
            short = [name if len(name) <= 9 else f"{name[:8]}…" for name in names]
            pictures = self._pictures(frames, [person for _, person in shelf])
            self.kept.show(pictures, f"The shelf: {', '.join(names)}.", labels=short)

    def _draw_likeness(self, state):
        base = state["base"] if state["kind"] in ("like", "vary") else None
        of_picture = bool(base) and base[0] == "picture"
        self.likeness.widget.layout.display = None if of_picture else "none"
        if of_picture:
            adopted = self.descent.pictures[base]
            self.likeness.show(
                np.stack([adopted.picture, to_rgba(adopted.frame, adopted.palette)]),
                f"The picture {base[1]} and, beside it, its likeness: {adopted.agreement:.0%} of the pixels agree.",
                labels=("your picture", f"likeness, {adopted.agreement:.0%}"),
            )

    def _pictures(self, frames, people):
        """Frames of people, each in its own colours: (n, height, width, 4)."""
        palettes = [self.descent.palette(person) for person in people]
        return np.stack([to_rgba(frame, palette) for frame, palette in zip(frames, palettes, strict=True)])

    def _words(self, state, seen, number, known, share, person, made):
        rows = []
        for name, option, other in zip(ATTRIBUTES, seen, known, strict=True):
            asked = state[name] if state["kind"] == "new" else FREE
            word = self.called[name]
            verdict = "" if asked == FREE else "&#10003; as asked" if asked == option else f"asked for {word[asked]}"
            rows.append(
                f"<tr><td>{name}</td><td><b>{word[option]}</b></td><td>{word[other]}</td><td>{verdict}</td></tr>"
            )
        copied = {0.0: ": <b>an exact copy</b>"}.get(share, ": nearly a copy" if share < 0.02 else "")
        lines = [f"Number {state['number']}, {html.escape(made)}."]
        if state["kind"] in ("like", "vary") and state["base"][0] == "picture":
            picture, name = self.descent.pictures[state["base"]], html.escape(state["base"][1])
            enough = picture.agreement >= WANTED
            lines.append(
                f"{name} is seen as <i>{picture.action}</i>; in its likeness <b>{picture.agreement:.0%}</b> of the "
                f"pixels agree{'' if enough else f', short of {WANTED:.0%}'}: "
                + ("refined on a copy of the animator." if state["base"][-1] else "'refine likeness' brings it closer.")
            )
        parents = [which.upper() for which in ("a", "b") if state[which]]
        if parents:
            lines.append(f"Parents chosen: {' and '.join(parents)}.")
        return small(
            f"<b>{share:.0%}</b> of the pixels differ from training character {number}{copied}."
            "<table style='margin:4px 0'><tr><th></th><th>the judge reads</th><th>nearest has</th><th></th></tr>"
            f"{''.join(rows)}</table>{'<br>'.join(lines)}"
        )

    def _more_state(self):
        given = {name: value for name, value in self.further.items() if value and value != "new"}
        return passed_in(company=self.company) | given


def _child(share):
    return 1 + round(share * (CHILDREN - 1))


def _made(state, called):
    """How the sheet of designs came about, in words."""
    if state["kind"] == "new":
        return f"by the {state['designer']} from seed {state['seed']}, {_wished(state, called)}"
    if state["kind"] == "like":
        return f"the first and others like it, spread {state['spread']:.2f}, seed {state['seed']}"
    if state["kind"] == "mix":
        return "from parent A to parent B in steps of 5 %"
    return "one character with one attribute changed in each row"


def _wished(state, called):
    wishes = [f"{name} {called[name][state[name]]}" for name in ATTRIBUTES if state[name] != FREE]
    return ", ".join(wishes) or "all attributes free"


def _labels(state, count, called):
    if state["kind"] == "mix":
        return [f"{number + 1} · {100 * number // (count - 1)} %" for number in range(count)]
    marks = ["" for _ in range(count)]
    if state["kind"] == "like":
        marks[0] = " · itself"
    if state["kind"] == "vary":
        return [word for name in ATTRIBUTES for word in called[name]]
    return [f"{number + 1}{mark}" for number, mark in enumerate(marks)]


def _examples(company):
    """What the options look like: of known characters the part where an attribute shows, (24, side, side, 4)."""
    attributes, standing = company.attributes, company.standing
    side = standing.shape[-1] // 2
    tiles = []
    for place in range(len(ATTRIBUTES)):
        # characters that have the option and are else as alike as there are: the first option of everything
        alike = 1 + (np.delete(attributes, place, axis=1) == 0).sum(axis=1)
        having = np.where(attributes[:, place] == np.arange(OPTIONS)[:, None], alike, 0)  # (options, characters)
        rank = having.max(axis=1)
        frames = standing[having.argmax(axis=1)] * (rank > 0).astype("uint8")[:, None, None]
        closest = frames[rank == rank.max()]
        differ = (closest != closest[0]).any(axis=0)
        windows = np.lib.stride_tricks.sliding_window_view(differ, (side, side)).sum(axis=(2, 3))
        row, column = np.unravel_index(windows.argmax(), windows.shape)
        tiles.append(frames[:, row : row + side, column : column + side])
    return to_rgba(np.concatenate(tiles), company.animator.palette)


def _controls(called, state):
    number = {"integer": True, "step": 1}
    return {
        "designer": choice("designer", "Which network proposes looks", ["VAE", "GAN"], state["designer"]),
        **{
            name: ipywidgets.Dropdown(
                options=[(FREE, FREE), *((word, option) for option, word in enumerate(called[name]))],
                value=state[name],
                description=name,
                tooltip=f"Leave {name} to the network, or choose one of six; the picture beside shows them",
            )
            for name in ATTRIBUTES
        },
        "seed": seed_box(state["seed"], "Same seed and wishes, same designs"),
        "number": slider("selected", "Number of the design; or click on it", state["number"], 1, COUNT, **number),
        "spread": slider("spread", "More like this: 0 the same, 1 as unlike as strangers", state["spread"], 0, 1, 0.05),
        "share": slider("share of B", "Mix: 0 is parent A, 1 is parent B", state["share"], 0, 1, 0.05),
    }


def design_board(
    company,
    *,
    folder="runs/characters",
    seed=0,
    designer="VAE",
    skin=FREE,
    trousers=FREE,
    top=FREE,
    hair=FREE,
    kind="new",
    number=1,
    spread=0.4,
    share=0.5,
    base=None,
    a=None,
    b=None,
    shelf=(),
):
    """Make the design board: a sheet of designs to choose from, vary, mix, compare with known characters, and keep.

    Args:
        company: `animkit.studio.characters.Company`.
        folder: where the designs are saved.
        seed: of the designs.
        designer: "VAE" or "GAN".
        skin, trousers, top, hair: an option from 0 to 5, or "free".
        kind: how the sheet is made: "new", "like" (designs like `base`), "mix" (children of `a` and `b`) or "vary"
            (`base` with one attribute changed).
        number: of the selected design, from 1.
        spread: how unlike `base` the designs like it are, 0 to 1.
        share: how much the selected child has of `b`, 0 to 1.
        base, a, b: designs by their descent, as the state line of a board writes them, or None.
        shelf: pairs of a name and a design.

    Returns:
        DesignBoard; its `looks`, `names` and `palettes` are what `animation_board` takes.

    Raises:
        ValueError: when an argument is out of range, or a picture of one's own is not what it was.
        FileNotFoundError: when it is not there.
    """
    state = dict(locals())
    del state["company"], state["folder"]
    needed = {"new": (), "like": (base,), "mix": (a, b), "vary": (base,)}
    if designer not in ("VAE", "GAN") or kind not in needed:
        raise ValueError(f"designer is VAE or GAN, kind one of {', '.join(needed)}; got {designer!r} and {kind!r}")
    if None in needed[kind]:
        raise ValueError(f"a sheet of kind {kind!r} comes from other designs: press the button, or copy a state line")
    if not 1 <= number <= (CHILDREN if kind == "mix" else COUNT):
        raise ValueError(f"number is {number}: designs are numbered from 1 to {COUNT}, children to {CHILDREN}")
    wishes = {"skin": skin, "trousers": trousers, "top": top, "hair": hair}
    for name, option in wishes.items():
        if option != FREE and option not in range(OPTIONS):
            raise ValueError(f"{name} is an option from 0 to {OPTIONS - 1} or {FREE!r}; got {option!r}")
    return DesignBoard(company, folder, state)
