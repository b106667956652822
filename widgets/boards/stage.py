"""The stage board: characters hear what the audience says, feel it and answer; it shows why, and films it all."""

import html
import json
from collections import deque
from functools import lru_cache

import ipywidgets
import numpy as np

from animkit.data.emotions import words_of
from animkit.studio.audience import SCRIPT, Audience, replay
from animkit.studio.audience_film import (
    FPS,
    LIGHTS,
    LINGERS,
    LONGEST_FILM,
    act_of,
    film,
    light_stage,
    make_effects,
    save_film,
)
from animkit.studio.audience_record import clean, parse_record, save_record
from animkit.studio.backdrop import WIDTH
from animkit.studio.painting import FLOOR, HEIGHT
from animkit.studio.performance import ACTIONS
from animkit.studio.places import PLACES
from animkit.studio.reactions import SHIPPED, parse_reactions, rules_as_json
from animkit.studio.sentient import Sentient
from animkit.theory.mood import AXES, TRAITS, name_of
from widgets.parts.board import ExportBoard, row, seed_box, small
from widgets.parts.figure import COLOURS, LiveFigure
from widgets.parts.lab import choice, passed_in
from widgets.parts.own_file import own_file
from widgets.parts.stage import StageCanvas

MOST, LONGEST_FILE = 5, 10_000_000  # characters; bytes of a record
SHOWN = 60  # seconds of the plot
ASKED = 4.0  # seconds of what is asked for by a key, if it has no end of its own
COMPANY = ("cheerful", "hot-headed", "shy", "gloomy", "calm")  # traits of those who were given none
WORDS = 40  # of a message that the panel shows
LINES = {"valence": ("blue", "-"), "arousal": ("red", "--"), "dominance": ("green", ":")}
FORMATS = (
    ("film, MP4", ".mp4"),
    ("film, GIF", ".gif"),
    ("twelve pictures, PNG", ".png"),
    ("the record, JSON", ".json"),
)


class StageBoard(ExportBoard):
    """The board that `stage_board` makes; the canvas, buttons and cells alike call its methods.

    Args:
        actors: name -> (72, 32, 32, 4) uint8.
        reader: of words, or None.
        lines: that the narrator wrote, or None.
        effects: kind -> frames.
        folder: where exports go.
        state: values of the controls.
        further: traits and reactions.
        given: what the state line repeats by name.
    """

    def __init__(self, actors, reader, lines, effects, folder, state, further, given):
        self.actors, self.reader, self.lines, self.effects = dict(actors), reader, lines, effects
        columns = np.linspace(0, WIDTH, len(actors) + 2)[1:-1]
        self.homes = {
            name: (float(x), FLOOR + 3.0 + 4 * (k % 2)) for k, (name, x) in enumerate(zip(actors, columns, strict=True))
        }
        self._lit = lru_cache(maxsize=4)(lambda place, light: light_stage(self.actors, self.homes, place, light))
        self.canvas, self.audience, self._staged, self._cast = None, None, None, None
        self._script = []
        self.plot, self.why = _Plot(), ipywidgets.HTML()
        self.rules = ipywidgets.Textarea(
            value=further["reactions"],
            description="reactions",
            tooltip="Which emotion or mood moves whom to do what, as JSON",
        )
        self.what = choice("write", "What an export writes", FORMATS)
        super().__init__(
            "Stage",
            "stage_board",
            _controls(actors, state),
            self._draw,
            folder=folder,
            further=further,
            more_state=lambda: given | {"traits": self.further["traits"]},
        )
        self._arrange()

    def _arrange(self):
        self.rules.layout = ipywidgets.Layout(width="auto", height="9em")
        button, control = self.button, self.controls
        self.script_button = button("play the script", "A scripted audience speaks", self.play, "play")
        use = button("use these", "Check the reactions, and let them hold from now on", self.use_rules, "check")
        editor = ipywidgets.Accordion([ipywidgets.VBox([self.rules, use])], titles=["edit what moves whom"])
        self.upload, self.path = own_file(
            self,
            "open a record",
            "A record that was saved: all goes on where it ends",
            accept=".json",
            example="record.json",
            take=lambda name, data: self._open(data),
            read=self.read,
        )
        acting = (self.script_button, self.undo_button, self.redo_button, self.reset_button)
        write = button("export", "Write what happened", self.export_stage, "download")
        self.arrange(
            [
                *(control[name] for name in ("who", "trait", "place", "light", "seed", "with_effects")),
                row(*acting),
                self.plot.figure.widget,
                self.why,
            ],
            [
                self.canvas,
                row(self.folder, self.what, write),
                self.report,
                self.message,
                row(self.upload, self.path),
                editor,
            ],
        )

    def _repr_mimebundle_(self, **kwargs):
        # in a saved notebook they still stand there, and idle, without a kernel
        return {**super()._repr_mimebundle_(**kwargs), "text/html": self.canvas.html()}

    # --- what a person does ------------------------------------------------------------------------------------------

    def say(self, text, to=None):
        """Say something to the characters, as the text box does.

        Args:
            text: what.
            to: a name, or None for all.
        """
        self._hear(self.canvas.seconds, self.canvas.pointer, [{"text": text, "to": to}])

    def play(self):
        """Let the scripted audience speak, from now on."""
        begin = self.canvas.seconds
        self._script = [(begin + cue.at, cue.text) for cue in SCRIPT if cue.text is not None]

    def use_rules(self):
        """Let the reactions that were edited hold.

        Raises:
            ValueError: they cannot be read; what, where, and what to do.
        """
        parse_reactions(self.rules.value)
        self.set(reactions=self.rules.value)

    def read(self, path):
        """Go on where a saved record ends.

        Args:
            path: the file.

        Raises:
            ValueError: it is no such record.
            OSError: it cannot be read.
        """
        with open(path, "rb") as file:
            self._open(file.read(LONGEST_FILE + 1))

    def reset(self):
        """Begin anew, with a stage on which nothing was said."""
        self._cast, self.report.value = None, ""
        super().reset()

    def export_stage(self):
        """Write the film or the record of what happened.

        Returns:
            list of paths.

        Raises:
            ValueError: nothing has happened, or there is no folder's name.
            OSError: it cannot be written.
        """
        return self.export(self._write)

    # --- how it works ------------------------------------------------------------------------------------------------

    def changed(self, name):
        traits = self.further["traits"]
        if name == "who":
            return {"trait": traits[self.controls["who"].value]}
        if name == "trait":
            return {"traits": traits | {self.controls["who"].value: self.controls["trait"].value}}
        return {}

    def _draw(self, *, who, trait, place, light, with_effects, seed, traits, reactions):
        if (place, light) != self._staged:
            lit = self._lit(place, light)
            label = f"{', '.join(self.actors)} on a stage: {place}, light {light}."
            if self.canvas is None:
                self.canvas = StageCanvas(
                    lit, self.homes, self.effects, label=label, on_message=lambda *told: self.attempt(self._hear, *told)
                )
            else:
                self.canvas.label = label
                self.canvas.show(lit)
            self._staged = place, light
        self.canvas.look = {"effects": with_effects}
        cast = seed, tuple(sorted(traits.items()))
        rules = parse_reactions(reactions)
        if cast != self._cast:
            self._start_session(seed, traits, rules)
        elif reactions != self._followed:
            self._show(self.audience.follow(rules, self.canvas.seconds - self.began))
        self._cast, self._followed = cast, reactions
        if self.rules.value != reactions:
            self.rules.value = reactions
        self._explain(who)

    def _start_session(self, seed, traits, rules):
        """A new audience, that has heard nothing."""
        cast = [Sentient(name, traits[name], (x / WIDTH, y / HEIGHT)) for name, (x, y) in self.homes.items()]
        self.audience = Audience(cast, reader=self.reader, reactions=rules, lines=self.lines, seed=seed)
        self._script, self.reasons = [], {}
        self.began = self.canvas.seconds
        self.moods = {name: deque(maxlen=4 * SHOWN) for name in self.actors}
        self.canvas.restart()
        here = {"at": self.began, "action": "idle"}
        self.canvas.act(here | {"who": name, "mood": one.named} for name, one in self.audience.cast.items())

    def _hear(self, seconds, pointer, said, draft=None):
        """What the canvas tells: where the pointer is, what was said and done, and what is being typed."""
        with self.lock:
            now, who = seconds - self.began, self.controls["who"].value
            decided = self.audience.see(None if pointer is None else (pointer[0] / WIDTH, pointer[1] / HEIGHT), now)
            for one in said:
                to = one.get("to") if one.get("to") in self.actors else None
                if "text" in one:
                    decided += self.audience.hear(str(one["text"]), now, to)
                elif one.get("key") in ACTIONS and to:
                    self._ask(one["key"], to, one.get("target"), one.get("seconds"), now)
            while self._script and self._script[0][0] <= seconds:
                decided += self.audience.hear(self._script.pop(0)[1], now)
            if draft is not None:
                decided += self.audience.overhear(str(draft), now)
            self._show(decided)
            for name, one in self.audience.cast.items():
                moods = self.moods[name]
                if moods and int(4 * moods[-1][0]) == int(4 * now):  # four a second, and the last of each
                    moods.pop()
                moods.append((now, *one.mood))
            self.plot.show(self.moods[who], now, who)

    def _ask(self, action, who, target, lasts, now):
        """What a person asked for by a key; the canvas has begun it already."""
        share = None if target is None else (_within(target[0] / WIDTH), _within(target[1] / HEIGHT))
        *_, self.reasons[who] = self.audience.ask(who, action, now, target=share, lasts=lasts or ASKED)
        self._explain(self.controls["who"].value)

    def _show(self, decided):
        """Let the canvas play reactions, and say why."""
        who = self.controls["who"].value
        for one in decided:
            if one.why["event"] == "words" or one.who not in self.reasons:
                self.reasons[one.who] = one
        acts = [act_of(one._asdict()) for one in decided]
        self.canvas.act([act | {"at": act["at"] + self.began, "stands": self._stands(act["who"])} for act in acts])
        if any(one.who == who for one in decided):
            self._explain(who)

    def _stands(self, who):
        """Where somebody is to stand on the canvas, (column, row)."""
        one = self.audience.cast[who]
        return [WIDTH * (one.place[0] if one.goal is None else one.goal), HEIGHT * one.place[1]]

    def _explain(self, who):
        self.why.value = _reason(who, self.reasons.get(who), self.reader is not None)
        self.plot.show(self.moods[who], self.canvas.seconds - self.began, who)

    def _open(self, data):
        """Go on where a record ends."""
        if len(data) > LONGEST_FILE:
            raise ValueError(
                f"the file is larger than {LONGEST_FILE / 1e6:.0f} MB, the most that a board opens; in a cell "
                "animkit.studio.audience_record.read_record reads it and animkit.studio.audience.replay plays it"
            )
        audience = replay(parse_record(data, "the file"), reader=self.reader)
        if set(audience.cast) != set(self.actors):
            raise ValueError(f"the record is of {', '.join(audience.cast)}; on this stage are {', '.join(self.actors)}")
        traits = {name: one.trait for name, one in audience.cast.items()}
        self._cast = None
        rules = json.dumps({"rules": rules_as_json(audience.rules)}, indent=1, ensure_ascii=False)
        who = self.controls["who"].value
        self.set(seed=audience.seed, traits=traits, trait=traits[who], reactions=rules)
        self.audience, self.began = audience, self.canvas.seconds - audience.now
        here = {"who": "", "at": self.canvas.seconds, "action": "approach", "mood": "calm", "line": "", "pace": 1.0}
        self.canvas.act(
            here | {"who": name, "mood": one.named, "target": [WIDTH * one.place[0], HEIGHT * one.place[1]]}
            for name, one in audience.cast.items()
        )

    def _write(self, folder):
        target = folder / f"stage_{self.controls['seed'].value}{self.what.value}"
        entries = self.audience.entries
        said = [(one["at"], clean(one["text"])) for one in entries if one["kind"] == "said"]
        done = [one for one in entries if one["kind"] == "did"]
        if target.suffix == ".json":
            save_record(self.audience.record, target)
            return [target], [f"Wrote <code>{html.escape(str(target))}</code>: {len(said)} said, {len(done)} done."]
        acts = [act_of(one) for one in sorted(done, key=lambda one: one["at"])]
        lit = self._lit(self.controls["place"].value, self.controls["light"].value)
        moods = {one["name"]: name_of(one["mood"]) for one in self.audience.record["cast"]}
        shown = self.effects if self.controls["with_effects"].value else None

        def told(done, count):
            self.report.value = f"<div role='status'>filming: {done} of {count} pictures</div>"

        frames = film(acts, said, lit, self.homes, shown, moods=moods)
        save_film(target, frames, progress=told)
        filmed, whole = f"{len(frames) / FPS:.0f}", acts[-1]["at"] + LINGERS
        length = f"the first {filmed} of {whole:.0f} seconds" if whole > LONGEST_FILM else f"{filmed} seconds"
        return [target], [f"Wrote <code>{html.escape(str(target))}</code>, {length}."]


class _Plot:
    """The mood of one character over time."""

    def __init__(self):
        self.figure = LiveFigure("the mood of a character over time", width=400, height=140)
        (axes,) = self.figure.axes
        axes.set(xlim=(-SHOWN, 0), ylim=(-1.05, 1.05), yticks=(-1, 0, 1), xlabel="seconds ago")
        axes.tick_params(labelsize=9)
        axes.xaxis.label.set_size(9)
        axes.axhline(0, color="#bbbbbb", lw=0.8, zorder=0)
        self.lines = {}
        for name, (colour, style) in LINES.items():
            (line,) = axes.plot([], [], style, color=COLOURS[colour], lw=2, label=name)
            self.lines[name] = self.figure.moving(line)
        axes.legend(frameon=False, loc="lower center", bbox_to_anchor=(0.5, 0.98), ncols=3, handlelength=1.8)
        self.figure.update()

    def show(self, moods, now, who):
        """Draw (seconds, valence, arousal, dominance) as they are now."""
        numbers = np.array(moods or [(now, 0.0, 0.0, 0.0)])
        for line, row_ in zip(self.lines.values(), numbers.T[1:], strict=True):
            line.set_data(numbers[:, 0] - now, row_)
        self.figure.widget.tooltip = f"{who}'s mood over the last minute; now " + ", ".join(
            f"{name} {value:+.2f}" for name, value in zip(AXES, numbers[-1, 1:], strict=True)
        )
        self.figure.update()


def _within(share):
    return float(np.clip(share, 0, 1))


def _triple(numbers):
    return ", ".join(f"{value:+.2f}" for value in numbers)


def _heated(word, share, most):
    """A word in the colour of the attention that it got."""
    if not share:
        return f"<bdi>{html.escape(word[:40])}</bdi>"
    style = (
        f"background:rgba(230,159,0,{0.75 * share / most:.2f});border-bottom:{round(3 * share / most)}px solid #d55e00"
    )
    style = f"padding:0 2px;border-radius:2px;{style}"
    return f"<bdi title='{share:.0%} of the attention' style='{style}'>{html.escape(word[:40])}</bdi>"


def _reason(who, reaction, reads):
    """Words -> emotion -> push -> mood -> action, with numbers, as HTML."""
    name = html.escape(who)
    if reaction is None:
        reader = "" if reads else " Nobody reads the words: without a reader all is neutral."
        return small(f"<b>Why?</b> {name} has heard nothing yet.{reader}")
    why, rows = reaction.why, []
    if "words" in why:
        weights = dict(why["words"])
        most = max(weights.values(), default=0) or 1
        rows = [
            ("words", " ".join(_heated(word, weights.get(word, 0), most) for word in words_of(why["heard"])[:WORDS]))
        ]
        felt = f"<b>{html.escape(why['emotion'])}</b> {why['probability']:.2f}"
        felt += ", looked up word by word" if why.get("by") == "lexicon" else ""
        folded = f", of {why['folded']} messages at once" if why["folded"] > 1 else ""
        rows += [("emotion", felt + folded), ("push", f"({_triple(why['push'])}), strength {why['strength']:.2f}")]
        rows += [("mood", f"({_triple(why['before'])}) &rarr; ({_triple(why['feels'])}): <b>{why['mood']}</b>")]
    else:
        rows = [("event", html.escape(why["event"])), ("mood", f"({_triple(why['feels'])}): <b>{why['mood']}</b>")]
    does = f"<b>{reaction.action}</b>, gesture {reaction.gesture}, pace {reaction.pace:.2f}"
    rows += [("rule", html.escape(why["rule"])), ("does", does)]
    if reaction.line:
        rows += [("says", f"{html.escape(reaction.line)} ({reaction.by})")]
    told = "".join(f"<tr><th scope='row'>{head}</th><td>{cell}</td></tr>" for head, cell in rows)
    return small(f"<b>Why {name} did that</b> (valence, arousal, dominance)<table>{told}</table>")


def _controls(actors, state):
    return {
        "who": choice("who", "Whose trait, mood and reasons are shown", list(actors), state["who"]),
        "trait": choice(
            "trait", "How this one feels: where the mood rests, how fast it fades", list(TRAITS), state["trait"]
        ),
        "place": choice("place", "Where it plays", list(PLACES), state["place"]),
        "light": choice("light", "What lights them", LIGHTS, state["light"]),
        "with_effects": ipywidgets.Checkbox(
            value=state["with_effects"], description="effects", tooltip="Sparks of joy, dust, rain, smoke", indent=False
        ),
        "seed": seed_box(state["seed"], "Same seed, same words and times, same answers"),
    }


def stage_board(
    actors,
    *,
    reader=None,
    lines=None,
    effects=None,
    folder="runs/stage",
    traits=None,
    who=None,
    trait=None,
    place="meadow",
    light=LIGHTS[0],
    with_effects=True,
    reactions=None,
    seed=0,
):
    """Make the stage board: say something to characters, see what they do, and why.

    A notebook calls it with what its company draws, `actors = {name: performance.sheet(company, look), ...}`, and
    `stage_board(actors, reader=weights.load("emotion"), effects=weights.load("effects"), folder=OUT, seed=SEED)`.

    Args:
        actors: name -> (72, 32, 32, 4) uint8, see `animkit.studio.performance.sheet`; one to five.
        reader: `animkit.models.emotion.EmotionReader`; None where words are not read.
        lines: of `animkit.studio.sayings.sayings`, that the narrator wrote; None for the templates of the rules.
        effects: what `animkit.studio.effects.make_effect` takes; None for a stage without effects.
        folder: where exports go.
        traits: name -> a name of `animkit.theory.mood.TRAITS`; None for a mixed company.
        who: whose trait, mood and reasons are shown; None for the first.
        trait: of `who`; None for that of `traits`.
        place: of `animkit.studio.places.PLACES`.
        light: of `animkit.studio.audience_film.LIGHTS`.
        with_effects: whether they are shown.
        reactions: JSON text, as `animkit.studio.reactions.parse_reactions` reads it; None for those that ship.
        seed: same seed, same answers to the same words at the same times.

    Returns:
        StageBoard.

    Raises:
        ValueError: an argument that is unknown or out of range.
    """
    actors = {str(name): np.asarray(pictures) for name, pictures in actors.items()}
    if not 1 <= len(actors) <= MOST:
        raise ValueError(f"one to {MOST} characters stand on the stage; got {len(actors)}")
    for name, pictures in actors.items():
        if pictures.dtype != np.uint8 or pictures.shape[:1] + pictures.shape[3:] != (72, 4) or pictures.ndim != 4:
            raise ValueError(
                f"{name} is {pictures.shape} {pictures.dtype}: give (72, side, side, 4) uint8, as "
                "animkit.studio.performance.sheet draws"
            )
    given = dict(zip(actors, COMPANY, strict=False)) | dict(traits or {})
    who = next(iter(actors)) if who is None else who
    if trait is not None:
        given[who] = trait
    if unknown := set(given) - set(actors):
        raise ValueError(f"nobody on this stage is called {', '.join(sorted(unknown))}; there are {', '.join(actors)}")
    known = {"place": (place, PLACES), "light": (light, LIGHTS)}
    known |= {f"the trait of {name}": (value, TRAITS) for name, value in given.items()}
    for what, (value, options) in known.items():
        if value not in options:
            raise ValueError(f"{what} is one of {', '.join(options)}; got {value!r}")
    state = {
        "who": who,
        "trait": given[who],
        "place": place,
        "light": light,
        "with_effects": with_effects,
        "seed": seed,
    }
    further = {"traits": given, "reactions": SHIPPED.read_text(encoding="utf-8") if reactions is None else reactions}
    parse_reactions(further["reactions"])
    drawn = make_effects(effects, seed=seed) if effects is not None else {}
    told = passed_in(actors=actors, reader=reader, lines=lines, effects=effects)
    return StageBoard(actors, reader, lines, drawn, folder, state, further, told)
