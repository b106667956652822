"""A mood as a recurrent state: half-life, inertia and trait, and a train of messages that pushes it about."""

from functools import partial

import numpy as np

from animkit.theory import mood as theory
from widgets.parts.figure import COLOURS, LiveFigure, legend_above
from widgets.parts.lab import Lab, choice, slider

LONG = 120.0  # seconds that are shown
TIMES = np.linspace(0.0, LONG, 361)
TICK = 1 / 30  # seconds between two frames of the stage
TRAINS = {
    "one insult": ((10, "anger"),),
    "praise, then an insult": ((10, "admiration"), (14, "anger")),
    "an insult, then praise": ((10, "anger"), (14, "admiration")),
    "six insults": tuple((10 + 6 * n, "anger") for n in range(6)),
    "to and fro": tuple((10 + 12 * n, ("joy", "sadness")[n % 2]) for n in range(6)),
    "fear, and relief": ((10, "fear"), (50, "relief")),
}  # (seconds, what was said)

FORMULA = (
    r"$$m\leftarrow h+2^{-\Delta t/\tau}\,(m-h)\quad\text{(time)}\qquad m\leftarrow(1-g)\,m+g\,p,\quad "
    r"g=1-\iota^{\sigma a}\quad\text{(a message)}$$"
    "<p>Between messages a mood goes home, half of the way in each half-life τ. A message pushes it towards p, and "
    "keeps of it the inertia ι, to the power of sensitivity σ times strength a. Both are means of points of a cube: no "
    "number of messages leads out of it. In an LSTM the forget gate stands where 2<sup>−Δt/τ</sup> does, and in a GRU "
    "the update gate where g does; here nothing is learned.</p>"
)
PRESETS = {
    f"{who}, as made": {"who": who, "half_life": trait.half_life, "inertia": trait.inertia}
    for who, trait in theory.TRAITS.items()
    if who in ("calm", "shy", "hot-headed")
} | {
    "the same words, said to an upset one": {"begin": "angry", "train": "one insult"},
    "the other order": {"train": "an insult, then praise"},
    "six insults do not leave the cube": {"train": "six insults", "sure": 1.0, "inertia": 0.05},
    "a mood that hardly fades": {"half_life": 120.0, "train": "to and fro"},
}
STYLES = (("-", "blue"), ("--", "orange"), (":", "black"))


class _Picture:
    """The three numbers over time with the messages, and the way through the plane of valence and arousal."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left: valence, arousal and dominance over two minutes, with a mark at each message, and the valence of one"
            " who was calm at first. Right: the way of the mood over the plane of valence and arousal, from its start"
            " to its end, with the points of five moods and the home.",
            columns=2,
            height=400,
            ratios=[1.5, 1.0],
        )
        left, right = self.figure.axes
        moving = self.figure.moving
        self.lines = [
            moving(left.plot(TIMES, 0 * TIMES, line, color=COLOURS[colour], lw=2.5, label=name)[0])
            for name, (line, colour) in zip(theory.AXES, STYLES, strict=True)
        ]
        self.calm = moving(
            left.plot(TIMES, 0 * TIMES, color=COLOURS["green"], lw=1.5, label="valence, calm at first")[0]
        )
        self.said = moving(left.plot([0], [-0.97], "^", ms=10, color=COLOURS["red"], label="message")[0])
        left.axhline(0, color="0.8", lw=1)
        left.set(xlim=(0, LONG), ylim=(-1.05, 1.05), xlabel="seconds", ylabel="mood")
        legend_above(left)
        for name, point in theory.MOODS.items():
            right.plot(*point[:2], "o", ms=9, mfc="none", mec="0.4", mew=2)
            side = {"afraid": "right", "angry": "left"}.get(name, "center")  # they differ in dominance alone
            right.text(point[0], point[1] + 0.07, name, ha=side, color="0.3")
        self.way = moving(right.plot([0], [0], color=COLOURS["blue"], lw=2.5)[0])
        self.home = moving(right.plot([0], [0], "h", ms=14, mfc="none", mec=COLOURS["black"], mew=2, label="home")[0])
        self.start = moving(right.plot([0], [0], "s", ms=9, color=COLOURS["orange"], label="start")[0])
        self.end = moving(right.plot([0], [0], "D", ms=9, color=COLOURS["red"], label="end")[0])
        right.set(xlim=(-1.05, 1.05), ylim=(-1.05, 1.05), aspect="equal", xlabel="valence", ylabel="arousal")
        legend_above(right)

    def show(self, way, calm, home, seconds):
        """Moods (times, 3), those of one who was calm, the home (3,), and when messages came."""
        for line, values in zip(self.lines, way.T, strict=True):
            line.set_ydata(values)
        self.calm.set_ydata(calm[:, 0])
        self.said.set_data(seconds, np.full(len(seconds), -0.97))
        self.way.set_data(way[:, 0], way[:, 1])
        for mark, place in ((self.home, home), (self.start, way[0]), (self.end, way[-1])):
            mark.set_data([place[0]], [place[1]])
        self.figure.update()


def _messages(train, trait, sure):
    """What is said, as (seconds, push, strength)."""
    labels = [*theory.VAD]
    heard = {name: theory.appraise(sure * np.eye(len(labels))[labels.index(name)], trait) for _, name in TRAINS[train]}
    return [(seconds, *heard[name]) for seconds, name in TRAINS[train]]


def _update(picture, half_life, inertia, sure, who, train, begin):
    made = theory.TRAITS[who]
    trait = theory.make_trait(made.home, half_life, made.sensitivity, inertia)
    messages = _messages(train, trait, sure)
    start = theory.MOODS[begin]
    way, calm = (theory.course(each, trait, messages, TIMES) for each in (start, theory.MOODS["calm"]))
    picture.show(way, calm, trait.home, [seconds for seconds, *_ in messages])
    first, push, strength = messages[0]
    jumps = []
    for each in (start, theory.MOODS["calm"]):
        before = theory.decay(each, trait, first)
        jumps.append(float(np.linalg.norm(np.subtract(theory.feel(before, trait, push, strength), before))))
    last = messages[-1][0]
    names = [theory.name_of(tuple(theory.course(start, trait, messages, [when])[0])) for when in (last, LONG)]
    kept = 0.5 ** (TICK / half_life)
    return (
        f"A message moves the mood by g = <b>{theory.gate(trait, strength):.4f}</b> of the way: the first one by "
        f"<b>{jumps[0]:.4f}</b>, one who was calm by <b>{jumps[1]:.4f}</b>. After the last one it is {names[0]}, after "
        f"two minutes {names[1]}; the largest number was <b>{np.abs(way).max():.4f}</b>.<br>From frame to frame, "
        f"1/30 s, <b>{kept:.6f}</b> of it stays: a forget gate with a bias of {np.log(kept / (1 - kept)):.2f}."
    )


def mood_inertia(
    *, half_life=40.0, inertia=0.3, sure=0.9, who="hot-headed", train="praise, then an insult", begin="happy"
):
    """Make the lab of a mood: what fades, what stays, and what a train of messages does.

    Args:
        half_life: seconds after which half of a feeling has faded.
        inertia: share of the mood that a message of full strength leaves.
        sure: probability with which the reader of words says what was meant.
        who: of TRAITS: whose home and sensitivity.
        train: of TRAINS: what is said, and when.
        begin: of MOODS: the mood at first.

    Returns:
        Lab.

    Source: Gebhard 2005; Cho et al. 2014 for the gate.
    """
    picture = _Picture()
    controls = {
        "half_life": slider("half-life τ, s", "After it, half of a feeling has faded", half_life, 2.0, 120.0, 1.0),
        "inertia": slider("inertia ι", "Share of the mood that a strong message leaves", inertia, 0.05, 0.95),
        "sure": slider("reader is sure, p", "How probable it finds what was meant", sure, 0.0, 1.0),
        "who": choice("home of", "Whose home and sensitivity", [*theory.TRAITS], who),
        "train": choice("messages", "What is said, and when", [*TRAINS], train),
        "begin": choice("begins", "The mood at first", [*theory.MOODS], begin),
    }
    return Lab(
        "A mood that fades and is pushed",
        "audience_lab.mood_inertia",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        idle=lambda sure, **_: {} if sure else {"inertia": "what is said is not heard, the reader is not sure at all"},
    )
