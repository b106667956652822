"""Attention over words: type a sentence, see how much each word has, mask one, and see the feelings move."""

import html
from functools import partial

import ipywidgets
import numpy as np

from animkit.theory import attention as theory
from animkit.theory import reading
from widgets.parts.figure import COLOURS, LiveFigure
from widgets.parts.lab import Lab, slider

MOST = 14  # words that the picture has room for
LONGEST = 200  # characters that are read
BARS = ("green", "red", "blue", "orange")  # of joy, anger, sadness, fear

FORMULA = (
    r"$$a_t=\frac{e^{e_t/T}}{\sum_s e^{e_s/T}}\qquad c=\sum_t a_t v_t\qquad p=\sigma(b+c)\qquad "
    r"\frac{\partial c}{\partial e_t}=\frac{a_t}{T}\,(v_t-c)\qquad c_{-t}=\frac{c-a_tv_t}{1-a_t}$$"
    "<p>Each word has a score e and evidence v, one number for each feeling; a network reads both from its state at "
    "that word, here they are written by hand for a few words. What has much attention need not matter: where a word "
    "says what all say, v = c, masking it moves nothing.</p>"
)
PRESETS = {
    "two feelings in one sentence": {"text": "thanks, I was so afraid alone in the dark", "masked": 0},
    "without the word that most attention goes to": {"text": "thanks, I was so afraid alone in the dark", "masked": 6},
    "a third of the attention, and it moves nothing": {"text": "happy happy happy", "masked": 1},
    "no evidence, and yet it matters": {"text": "really really really sad", "temperature": 1.0, "masked": 1},
    "one word decides: T near 0": {"text": "thanks, I was so afraid alone in the dark", "temperature": 0.1},
    "all words alike: T large": {"text": "thanks, I was so afraid alone in the dark", "temperature": 5.0},
    "it hears no 'not'": {"text": "I am not happy", "temperature": 1.0, "masked": 0},
}


class _Picture:
    """A bar of attention over each word, under it the word's evidence; beside them the feelings."""

    def __init__(self):
        self.figure = LiveFigure(
            "Left, above: a bar for each word of the sentence, as high as its share of attention; a masked word is"
            " crossed out. Below: what each word says of joy, anger, sadness and fear, from against, purple, to for,"
            " orange. Right: the probability of each feeling, with a mark where it was before the word was masked.",
            mosaic=[["attention", "feelings"], ["evidence", "feelings"]],
            height=430,
            ratios=[2.1, 1.0],
        )
        top, below, right = (self.figure.axes[name] for name in ("attention", "evidence", "feelings"))
        moving = self.figure.moving
        self.bars = moving(*top.bar(np.arange(MOST), np.zeros(MOST), color=COLOURS["sky"], ec=COLOURS["black"]))
        self.words = moving(*(top.text(x, -0.04, "", rotation=35, ha="right", va="top") for x in range(MOST)))
        for word in self.words:
            word.set_parse_math(False)  # a dollar is a dollar
        self.cross = moving(top.plot([0], [0.05], "x", ms=14, mew=4, color=COLOURS["red"])[0])
        top.set(xlim=(-0.6, MOST - 0.4), ylim=(0, 1.02), ylabel="attention a", xticks=[])
        empty = np.zeros((len(theory.EMOTIONS), MOST))
        self.evidence = moving(below.imshow(empty, aspect="auto", cmap="PuOr_r", vmin=-8, vmax=8))
        below.set(xlim=(-0.6, MOST - 0.4), xticks=[], yticks=range(len(theory.EMOTIONS)))
        below.set_yticklabels(theory.EMOTIONS)
        place = np.arange(len(theory.EMOTIONS))
        self.feelings = moving(
            *right.barh(place, np.zeros(len(place)), color=[COLOURS[name] for name in BARS], ec=COLOURS["black"])
        )
        self.before = moving(right.plot([0], [0], "|", ms=30, mew=3, color=COLOURS["black"])[0])
        self.said = moving(*(right.text(0.0, y, "", va="center") for y in place))
        right.set(xlim=(0, 1.2), ylim=(len(place) - 0.5, -0.5), yticks=place, xlabel="probability")
        right.set(yticklabels=theory.EMOTIONS, xticks=[0, 0.25, 0.5, 0.75, 1])

    def show(self, words, shares, evidence, said, before, masked):
        """Words with their shares (words,) and evidence (words, 4); what is said, (4,), and was before masking."""
        grid = np.zeros((len(theory.EMOTIONS), MOST))
        grid[:, : len(words)] = evidence.T
        self.evidence.set_data(grid)
        for number, (bar, text) in enumerate(zip(self.bars, self.words, strict=True)):
            bar.set_height(shares[number] if number < len(words) else 0.0)
            text.set_text(words[number][:14] if number < len(words) else "")
        self.cross.set_visible(masked is not None)
        self.cross.set_xdata([masked or 0])
        for bar, text, share in zip(self.feelings, self.said, said, strict=True):
            bar.set_width(share)
            text.set_text(f"{share:.2f}")
            text.set_x(share + 0.04)
        self.before.set_data(before, np.arange(len(before)))
        self.before.set_visible(masked is not None)
        self.figure.update()


def _read(text):
    words = reading.split(text[:LONGEST])[:MOST]
    if not words:
        raise ValueError("there is no word to read: type a sentence, such as 'I am so happy'")
    return words


def _update(picture, text, temperature, masked):
    words = _read(text)
    scores, evidence = theory.by_hand(words)
    whole = theory.weights(scores, temperature)
    out = masked - 1 if 0 < masked <= len(words) and len(words) > 1 else None
    keep = np.arange(len(words)) != (-1 if out is None else out)
    shares = theory.weights(scores, temperature, keep)
    before, said = (theory.probabilities(each, evidence) for each in (whole, shares))
    picture.show(words, shares, evidence, said, before, out)
    best, strongest = int(np.argmax(shares)), int(np.argmax(before))
    spread = float(np.exp(-np.sum(shares[shares > 0] * np.log(shares[shares > 0]))))
    told = (
        f"Most attention goes to {html.escape(words[best])}, a = <b>{shares[best]:.4f}</b>; it is spread as over "
        f"<b>{spread:.2f}</b> words. Strongest: {theory.EMOTIONS[strongest]}, p = <b>{before[strongest]:.4f}</b>."
    )
    if out is not None:
        told += (
            f"<br>Without {html.escape(words[out])}, which had a = <b>{whole[out]:.4f}</b>, "
            f"{theory.EMOTIONS[strongest]} goes to <b>{said[strongest]:.4f}</b>."
        )
    elif masked:
        told += f"<br>There is no other word, or no word {masked}: nothing is masked."
    return told


def _idle(text, **_):
    scores = theory.by_hand(reading.split(text[:LONGEST])[:MOST])[0]
    return {"temperature": "all words have the same score"} if len({*scores}) < 2 else {}


def _drag(lab, x, y, phase):
    if phase == "down":
        number = int(np.clip(round(x), 0, MOST - 1)) + 1
        lab.set(masked=0 if lab.controls["masked"].value == number else number)


def attention_words(*, text="thanks, I was so afraid alone in the dark", temperature=1.0, masked=0):
    """Make the lab of attention: how much each word has, and what the feelings are without it.

    Args:
        text: a sentence; its first 14 words are read.
        temperature: of the softmax, T.
        masked: number of the word that is masked, from 1; 0 masks none.

    Returns:
        Lab.

    Source: Bahdanau et al. 2015; Yang et al. 2016, section 2.2; Jain and Wallace 2019 for what it does not explain.
    """
    picture = _Picture()
    sentence = ipywidgets.Text(
        value=text, description="sentence", tooltip="Type one: words that it knows are of joy, anger, sadness, fear"
    )
    controls = {
        "text": sentence,
        "temperature": slider(
            "temperature T", "Small: one word decides; large: all alike", temperature, 0.1, 5.0, 0.05
        ),
        "masked": slider("masked word", "Its number, 0 for none; or click a bar", masked, 0, MOST, 1, integer=True),
    }
    lab = Lab(
        "Attention over words",
        "audience_lab.attention_words",
        controls,
        partial(_update, picture),
        figure=picture.figure,
        formula=FORMULA,
        presets=PRESETS,
        idle=_idle,
    )
    lab.drag = picture.figure.on_pointer(partial(_drag, lab), axes=picture.figure.axes["attention"])
    return lab
