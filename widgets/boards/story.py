"""The story board: a plot is invented and told; lock beats, draw the others anew, recast, edit, save and open."""

import html
import json

import ipywidgets

from animkit.data.plots import GENRES, LONGEST, SHORTEST
from animkit.studio.casting import check_words
from animkit.studio.story import LockConflict, StoryIdea, invent_story
from animkit.studio.telling import tell
from animkit.studio.world import World
from animkit.writing import replacing
from widgets.parts.board import ExportBoard, file_name, row, seed_box, small
from widgets.parts.lab import choice, passed_in, slider
from widgets.parts.own_file import own_file

ANY = "any"
CAST = ("hero", "friend", "villain", "helper")
LONGEST_LINE, LONGEST_FILE = 240, 1_000_000  # characters of a line, bytes of a saved story
REMEMBERED = 50  # stories that undo finds without drawing them again
PLAYERS = tuple(f"{slot}_{what}" for slot in CAST for what in ("name", "kind"))
DRAWN_BY = ("prompt", "genre", "length", "temperature", "seed", *PLAYERS)


class StoryBoard(ExportBoard):
    """The board that `story_board` makes; buttons, keys and cells alike call its methods.

    Args:
        plotter: for `animkit.studio.story.invent_story`.
        narrator: for `animkit.studio.telling.tell`.
        folder: where stories are saved.
        state: what `story_board` was given, with nothing left out.
        given: what the state line repeats by name.
    """

    def __init__(self, plotter, narrator, folder, state, given):
        self.plotter, self.narrator, self._told, self._nearest = plotter, narrator, {}, None
        further = {name: state.pop(name) for name in ("locks", "edits", "opened")}
        self._story(**state, **further)  # fails here rather than on the board
        self.locks = [_lock_button(number) for number in range(LONGEST)]
        self.lines = [_line(number) for number in range(LONGEST)]
        self.rows = [row(*pair) for pair in zip(self.locks, self.lines, strict=True)]
        for number, (lock, line) in enumerate(zip(self.locks, self.lines, strict=True)):
            lock.observe(lambda change, number=number: self._wanted(self.lock_beat, number, change.new), "value")
            line.observe(lambda change, number=number: self._wanted(self.edit, number, change.new), "value")
        self.heading, self.world, self._showing = ipywidgets.HTML(), ipywidgets.HTML(), False
        self.upload, self.path = own_file(
            self,
            "open a file",
            "A saved story, from your computer",
            accept=".json",
            example="my_story.json",
            take=lambda name, data: self._open(data),
            read=self.read,
        )
        super().__init__(
            "Story board",
            "story_board",
            _controls(state),
            self._draw,
            folder=folder,
            further=further,
            more_state=lambda: given | {name: value for name, value in self.further.items() if value},
        )
        for name in DRAWN_BY:
            self.controls[name].continuous_update = False
        self._arrange()

    def _arrange(self):
        controls, button = self.controls, self.button
        why = "The story without the lock that does not fit; greyed until locks contradict each other"
        self.nearest_button = button("nearest story", why, self.nearest)
        self.nearest_button.disabled = True
        actions = row(
            button("draw anew", "Another story; locked beats stay", self.draw_anew, "refresh"),
            button("swap hero and friend", "The hero plays the friend, and the friend the hero", self.swap, "exchange"),
            button("unlock all", "Every beat may change", self.unlock, "unlock"),
            self.nearest_button,
            self.undo_button,
            self.redo_button,
            self.reset_button,
        )
        told = ("prompt", "genre", "length", "temperature", "seed", *PLAYERS)
        save = button("save", "Write the story as JSON", self.save, "save")
        self.arrange(
            [*(controls[name] for name in told), actions, self.message],
            [
                self.heading,
                *self.rows,
                controls["after"],
                self.world,
                self.numbers,
                row(self.folder, save, self.upload, self.path),
                self.report,
            ],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    @property
    def idea(self):
        """The story shown, `animkit.studio.story.StoryIdea`."""
        return self._story(**self.everything())[0]

    @property
    def sentences(self):
        """What is told, with the lines that were edited; list of str."""
        return self._story(**self.everything())[1]

    def draw_anew(self):
        """Draw another story; locked beats stay."""
        self.set(seed=min(self.controls["seed"].value + 1, self.controls["seed"].max), **self._anew())

    def lock_beat(self, number, locked=True):
        """Keep a beat as it is in the stories drawn from now on, or set it free.

        Args:
            number: of the beat, from 0.
            locked: False sets it free.
        """
        others = [lock for lock in self.further["locks"] if lock[0] != number]
        if locked:
            others.append((number, tuple(self.idea.beats[number])))
        self.set(locks=tuple(sorted(others)))

    def unlock(self):
        """Set every beat free."""
        self.set(locks=())

    def swap(self):
        """Let the hero play the friend, and the friend the hero."""
        cast = self.idea.cast
        if "friend" not in cast:
            raise ValueError("nobody plays the friend in this story: name one, or draw another story")
        values = {}
        for slot, other in (("hero", "friend"), ("friend", "hero")):
            values |= {f"{slot}_{what}": cast[other][what] or "" for what in ("name", "kind")}
        self.set(**values, **self._anew())

    def edit(self, number, text):
        """Tell a beat in other words.

        Args:
            number: of the beat, from 0.
            text: of the line; nothing puts the narrator's own back.

        Raises:
            ValueError: it is too long, or has a coarse word.
        """
        text = " ".join(text.split())
        if len(text) > LONGEST_LINE:
            raise ValueError(f"the line has {len(text)} characters; {LONGEST_LINE} fit a caption")
        check_words(text, "the line")
        others = [edit for edit in self.further["edits"] if edit[0] != number]
        self.set(edits=tuple(sorted([*others, (number, text)] if text else others)))

    def nearest(self):
        """Take the story without the lock that did not fit.

        Raises:
            ValueError: when no locks contradicted each other.
        """
        if self._nearest is None:
            raise ValueError("no locks have contradicted each other")
        pair, idea = self._nearest
        self._nearest, self.nearest_button.disabled = None, True
        locks = tuple(lock for lock in self.further["locks"] if lock[0] not in pair[1:])
        self.set(opened=idea.to_json(), edits=(), locks=locks, length=len(idea.beats))

    def save(self):
        """Write the story and its lines as JSON.

        Returns:
            list of one path.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        idea, sentences = self._story(**self.everything())
        content = json.loads(idea.to_json()) | {"sentences": sentences}

        def write(folder):
            path = folder / f"{file_name(idea.title, otherwise='story')}.json"
            with replacing(path) as temporary:
                temporary.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
            return [path], [f"saved as <code>{html.escape(str(path))}</code>"]

        return self.export(write)

    def read(self, path):
        """Open a saved story.

        Args:
            path: of a JSON file that a board saved.

        Raises:
            ValueError: it is too large, or no story.
            OSError: it cannot be read.
        """
        with open(path.strip(), "rb") as file:
            self._open(file.read(LONGEST_FILE + 1))

    # --- how it works ------------------------------------------------------------------------------------------------

    def _open(self, data):
        if len(data) > LONGEST_FILE:
            raise ValueError(f"the file is larger than {LONGEST_FILE / 1e6:.0f} MB: a saved story is not")
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            raise ValueError("this is no saved story: it is no UTF-8 text") from None
        idea = StoryIdea.from_json(text)
        if not SHORTEST <= len(idea.beats) <= LONGEST:
            raise ValueError(f"the story has {len(idea.beats)} beats; this board shows {SHORTEST} to {LONGEST}")
        lines = json.loads(text).get("sentences", [])
        lines = lines if isinstance(lines, list) and len(lines) == len(idea.beats) else []
        told = tell(self.narrator, idea, seed=idea.seed)
        edits = tuple(
            (number, line) for number, line in enumerate(lines) if isinstance(line, str) and line != told[number]
        )
        for number, line in edits:
            if len(line) > LONGEST_LINE:
                raise ValueError(f"line {number + 1} of the saved story has {len(line)} characters, not {LONGEST_LINE}")
            check_words(line, f"line {number + 1} of the saved story")
        self.set(opened=idea.to_json(), edits=edits, locks=(), length=len(idea.beats))

    def _wanted(self, action, *arguments):
        """Do what a person did to a line; the board's own drawing is none of it."""
        if not self._showing:
            self.attempt(action, *arguments)
            self._show(*self._story(**self.everything()))

    def _anew(self):
        """What a newly drawn story leaves behind: what was opened, and edits of beats that are not locked."""
        locked = {number for number, _ in self.further["locks"]}
        return {"opened": None, "edits": tuple(edit for edit in self.further["edits"] if edit[0] in locked)}

    def changed(self, name):
        if name not in DRAWN_BY:
            return {}
        length = self.controls["length"].value
        return self._anew() | {"locks": tuple(lock for lock in self.further["locks"] if lock[0] < length)}

    def _set_quietly(self, values):
        """The slider of the world ends with the last beat; where it stood at the end, it goes along."""
        after, before = self.controls["after"], self.quiet
        self.quiet, at_end = True, after.value == after.max
        try:
            after.max = LONGEST  # what undo brings back may lie beyond the beats of now
            super()._set_quietly(values)
            after.max = self.controls["length"].value
            if at_end and "after" not in values:
                after.value = after.max
        finally:
            self.quiet = before

    def _story(self, *, locks, edits, opened, after=None, **drawn_by):
        """The story of a state, and its lines."""
        key = opened or (locks, *drawn_by.values())
        if key not in self._told:
            idea = StoryIdea.from_json(opened) if opened else _invented(self.plotter, locks, **drawn_by)
            if len(self._told) == REMEMBERED:
                self._told.pop(next(iter(self._told)))
            self._told[key] = idea, tell(self.narrator, idea, seed=idea.seed)
        idea, sentences = self._told[key]
        return idea, [dict(edits).get(number, sentence) for number, sentence in enumerate(sentences)]

    def _draw(self, **state):
        try:
            idea, sentences = self._story(**state)
        except LockConflict as error:
            self._nearest, self.nearest_button.disabled = (error.pair, error.nearest), False
            raise
        self._show(idea, sentences)
        after = min(state["after"], len(idea.beats))
        self.world.value = small(_world_words(idea, after))
        return _words(idea)

    def _show(self, idea, sentences):
        """Write the lines of a story without taking that for a person's edits."""
        locked = {number for number, _ in self.further["locks"]}
        self._showing = True
        try:
            for number, (lock, line, shown) in enumerate(zip(self.locks, self.lines, self.rows, strict=True)):
                there = number < len(sentences)
                shown.layout.display = None if there else "none"
                lock.value, line.value = number in locked, sentences[number] if there else ""
                lock.icon = "lock" if number in locked else "unlock"
                if there:
                    line.tooltip = f"{_beat_words(idea.beats[number])}. Edit it; empty, it is told anew"
        finally:
            self._showing = False
        self.heading.value = f"<h3 style='margin:.2em 0'>{html.escape(idea.title)}</h3>"


def _invented(plotter, locks, *, prompt, genre, length, temperature, seed, **cast):
    fields = ("who", "does", "whom", "thing", "where", "feeling", "light", "effect")
    roles = {slot: {what: cast[f"{slot}_{what}"].strip() for what in ("name", "kind")} for slot in CAST}
    roles = {slot: {what: word for what, word in role.items() if word} for slot, role in roles.items()}
    return invent_story(
        plotter,
        prompt=prompt,
        cast={slot: role for slot, role in roles.items() if role},
        locks={number: dict(zip(fields, beat, strict=True)) for number, beat in locks},
        genre=None if genre == ANY else genre,
        length=length,
        temperature=temperature,
        seed=seed,
    )


def _lock_button(number):
    return ipywidgets.ToggleButton(
        description=str(number + 1),
        tooltip=f"Keep beat {number + 1} as it is in the stories drawn from now on",
        icon="unlock",
        layout=ipywidgets.Layout(width="4.5em"),
    )


def _line(number):
    return ipywidgets.Text(
        tooltip=f"Beat {number + 1}", continuous_update=False, layout=ipywidgets.Layout(width="40em", max_width="85%")
    )


def _beat_words(beat):
    return ", ".join(f"{field} {value}" for field, value in beat._asdict().items() if value)


def _world_words(idea, after):
    """What is so after some beats, as a table: where everybody is, what they hold, what they want."""
    world = World(len(idea.beats))
    for beat in idea.beats[:after]:
        world = world.after(tuple(beat)[:5])
    rows = []
    for slot, role in idea.cast.items():
        held = [idea.things[thing] for thing, holder in world.holders.items() if holder == slot]
        place = world.places.get(slot)
        where = idea.places.get(place, place) if place else "on the way" if slot in world.places else "not yet seen"
        if slot in world.dead:
            where = "dead"
        elif slot in world.captors:
            where = f"captive of the {world.captors[slot]}"
        name = role["name"] or f"the {role['kind']}"
        rows.append((name, slot, where, ", ".join(held) or "–"))
    cells = "".join(f"<tr>{''.join(f'<td>{html.escape(str(cell))}</td>' for cell in line)}</tr>" for line in rows)
    head = "".join(f"<th>{word}</th>" for word in ("who", "plays", "is", "holds"))
    return f"<b>After beat {after} of {len(idea.beats)}</b><table><tr>{head}</tr>{cells}</table>"


def _words(idea):
    used = "; ".join(f"“{word}” for the {what}" for word, what in idea.used.items())
    notes = [f"Genre: {idea.genre}, seed {idea.seed}."]
    notes += [f"From the prompt: {used}."] if used else []
    notes += [f"{note[:1].upper()}{note[1:]}." for note in idea.notes]
    return small(" ".join(html.escape(note) for note in notes))


def _controls(state):
    return {
        "prompt": ipywidgets.Text(
            value=state["prompt"],
            description="prompt",
            tooltip="Words that choose cast, places and things, where the lexicon knows them; Enter draws the story",
            placeholder="a shepherd and a dragon",
        ),
        "genre": choice("genre", "What kind of tale", [ANY, *GENRES], state["genre"]),
        "length": slider("beats", "How many", state["length"], SHORTEST, LONGEST, 1, integer=True),
        "temperature": slider("temperature", "Low is usual, high is wild", state["temperature"], 0.2, 1.6, 0.1),
        "seed": seed_box(state["seed"], "Same seed and wishes, same story"),
        **{
            f"{slot}_{what}": ipywidgets.Text(
                value=state[f"{slot}_{what}"],
                description=f"{slot}'s {what}",
                tooltip=f"The {what} of who plays the {slot}; empty, it is drawn",
                placeholder="drawn",
            )
            for slot in CAST
            for what in ("name", "kind")
        },
        "after": slider(
            "after beat",
            "The world is shown as it is then",
            min(state["after"], state["length"]),
            0,
            state["length"],
            1,
            integer=True,
        ),
    }


def story_board(
    plotter,
    narrator,
    *,
    prompt="",
    genre=ANY,
    length=9,
    temperature=0.8,
    seed=0,
    hero_name="",
    hero_kind="",
    friend_name="",
    friend_kind="",
    villain_name="",
    villain_kind="",
    helper_name="",
    helper_kind="",
    after=LONGEST,
    locks=(),
    edits=(),
    opened=None,
    folder="runs/stories",
):
    """Make the story board: a story to lock, draw anew, recast, edit, save and open, with the state of its world.

    Args:
        plotter: `animkit.models.beats.BeatModel`.
        narrator: `animkit.models.narrator.Narrator`.
        prompt: words that choose cast, places and things.
        genre: one of `animkit.data.plots.GENRES`, or "any".
        length: beats, 6 to 12.
        temperature: of the plot, 0.2 to 1.6.
        seed: of plot and telling.
        hero_name, hero_kind, friend_name, friend_kind: who plays the slot; "" leaves it open.
        villain_name, villain_kind, helper_name, helper_kind: as these.
        after: how many beats the world shown has seen.
        locks: pairs of a beat's number, from 0, and the beat.
        edits: pairs of a beat's number, from 0, and what is told of it.
        opened: a saved story as JSON, or None.
        folder: where stories are saved.

    Returns:
        StoryBoard; its `idea` and `sentences` are the story.

    Raises:
        ValueError: when an argument is out of range, or locks contradict each other.
    """
    state = dict(locals())
    given = passed_in(plotter=state.pop("plotter"), narrator=state.pop("narrator"))
    return StoryBoard(plotter, narrator, state.pop("folder"), state, given)
