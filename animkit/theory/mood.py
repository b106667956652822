r"""Mood as a small recurrent state: three numbers that words push, that fade home again, and that neighbours catch.

A mood $m = (valence, arousal, dominance) \in [-1, 1]^3$ has three laws.

It fades. A pull home at a constant rate, $\dot m = -\lambda (m - h)$, is solved by
$m(t + s) = h + 2^{-s / T} (m(t) - h)$ with $T = \ln 2 / \lambda$: what is left of a feeling halves every $T$ seconds,
$2^{-s/T} 2^{-u/T} = 2^{-(s+u)/T}$ makes several small steps one large one, and $m = h$ stays where it is.

It is pushed. A message that pushes towards $p$ with strength $a$ moves it to $m' = (1 - g) m + g p$, with a gate
$g = 1 - \iota^{\sigma a}$, where the inertia $\iota$ is the share of the mood that a message of full strength leaves,
and $\sigma$ the sensitivity. It is the update gate of a GRU (Cho et al. 2014) with a state of three, in which $g$ is
not learned. Three things follow. $m'$ is a mean of two points of the cube, so no number of messages leaves the cube.
The move $g (p - m)$ depends on $m$: the same words move a calm and an upset character differently. After $p_1$, then
$p_2$, $m'' = (1 - g)^2 m + (1 - g) g p_1 + g p_2$: the last word weighs more, so order matters. (And the same words
twice at half the strength are those words once, as $\iota^{\sigma a} \iota^{\sigma b} = \iota^{\sigma (a + b)}$.)

It is caught. Of characters $i$ at distances $d_{ij}$, each is drawn to the others as well as home,
$\dot m_i = -\lambda_i (m_i - h_i) + \sum_j k_{ij} (m_j - m_i)$ with $k_{ij} = \kappa e^{-d_{ij} / r}$: a linear
system, whose exact solution is a matrix exponential.

What words mean is a table, and who feels how is five traits; both say which numbers are others' and which are ours.
Most of what is heard is taken over as it is, sadness for sadness; what is aimed at the one who hears it is answered by
a feeling of its own, praise by pride (`FELT`). And how strong one feels before it is one's own: the home's dominance is
added to the push, so that the same anger makes the hot-headed angry and the shy afraid (Lazarus 1991, coping).

Source of the numbers: Russell & Mehrabian 1977, "Evidence for a three-factor theory of emotions", Journal of Research
in Personality 11, 273-294, table 4, as two transcriptions of it agree; puzzled as Mehrabian 1996, "Pleasure-arousal-
dominance", Current Psychology 14, 261-292, quotes it. That moods are points in this space which fade home is Gebhard's
(2005, "ALMA"); the laws in this form are ours.
"""

import math
from typing import NamedTuple

import numpy as np

AXES = ("valence", "arousal", "dominance")

# label of GoEmotions -> the word of table 4 that stands for it, and that word's three means. Which word stands for a
# label is our choice where it is not the label's own; no word: the numbers are ours.
TABLE = {
    "admiration": ("impressed", 0.41, 0.30, -0.32),
    "amusement": ("enjoyment", 0.77, 0.44, 0.42),
    "anger": ("angry", -0.51, 0.59, 0.25),
    "annoyance": ("mildly annoyed", -0.28, 0.17, 0.04),
    "approval": ("friendly", 0.69, 0.35, 0.30),
    "caring": ("affectionate", 0.64, 0.35, 0.24),
    "confusion": ("puzzled", -0.41, 0.48, -0.33),
    "curiosity": ("curious", 0.22, 0.62, -0.01),
    "desire": ("interested", 0.64, 0.51, 0.17),
    "disappointment": ("discontented", -0.53, -0.16, -0.26),
    "disapproval": ("displeased", -0.55, 0.16, -0.05),
    "disgust": ("disgusted", -0.60, 0.35, 0.11),
    "embarrassment": ("embarrassed", -0.46, 0.54, -0.24),
    "excitement": ("excited", 0.62, 0.75, 0.38),
    "fear": ("fearful", -0.64, 0.60, -0.43),
    "gratitude": ("thankful", 0.61, 0.10, -0.13),
    "grief": ("despairing", -0.72, -0.16, -0.38),
    "joy": ("joyful", 0.76, 0.48, 0.35),
    "love": ("loved", 0.87, 0.54, -0.18),
    "nervousness": ("tense", -0.33, 0.58, -0.11),
    "optimism": ("hopeful", 0.51, 0.23, 0.14),
    "pride": ("proud", 0.77, 0.38, 0.65),
    "realization": (None, 0.15, 0.30, 0.05),
    "relief": ("relaxed", 0.68, -0.46, 0.06),
    "remorse": ("regretful", -0.52, 0.02, -0.21),
    "sadness": ("sad", -0.63, -0.27, -0.33),
    "surprise": ("surprised", 0.40, 0.67, -0.13),
    "neutral": (None, 0.0, 0.0, 0.0),
}
VAD = {label: row[1:] for label, row in TABLE.items()}

# what is aimed at the one who hears it is answered by another feeling; ours
FELT = {"admiration": "pride", "approval": "pride", "caring": "love", "disgust": "embarrassment", "gratitude": "joy"}

# five moods that can be told from a motion, each by a point of the same table
MOODS = {
    "happy": (0.81, 0.51, 0.46),
    "angry": (-0.51, 0.59, 0.25),
    "sad": (-0.63, -0.27, -0.33),
    "afraid": (-0.64, 0.60, -0.43),  # the word is fearful
    "calm": (0.07, -0.25, 0.11),  # nonchalant: of the calm words the one that is nearest to no feeling at all
}

CATCH, NEAR = 0.08, 0.2  # per second side by side, and stage widths within which it falls to 1/e; ours


class Trait(NamedTuple):
    """How somebody feels.

    Attributes:
        home: (3,) the mood in which nothing happens.
        half_life: seconds after which half of a feeling has faded.
        sensitivity: by which the strength of what is heard is multiplied.
        inertia: share of the mood that a message of strength 1 leaves at a sensitivity of 1, between 0 and 1.
    """

    home: tuple
    half_life: float
    sensitivity: float
    inertia: float


# all ours
TRAITS = {
    "calm": Trait((0.25, -0.30, 0.20), 20.0, 0.6, 0.6),
    "cheerful": Trait((0.40, 0.10, 0.20), 30.0, 1.0, 0.55),
    "shy": Trait((0.05, -0.05, -0.40), 45.0, 1.2, 0.4),
    "hot-headed": Trait((0.00, 0.15, 0.35), 40.0, 1.6, 0.3),
    "gloomy": Trait((-0.30, -0.20, -0.15), 60.0, 0.8, 0.6),
}


def make_trait(home, half_life, sensitivity=1.0, inertia=0.5):
    """Check a trait of one's own.

    Args:
        home: (3,) each from -1 to 1.
        half_life: seconds, above 0.
        sensitivity: 0 or more.
        inertia: between 0 and 1, neither.

    Returns:
        `Trait`.

    Raises:
        ValueError: when a number lies elsewhere.
    """
    home = _in_cube(home, "home")
    for name, value, fits in (
        ("half_life is in seconds and above 0", half_life, 0.0 < half_life < np.inf),
        ("sensitivity is 0 or more", sensitivity, 0.0 <= sensitivity < np.inf),
        ("inertia lies between 0 and 1", inertia, 0.0 < inertia < 1.0),
    ):
        if not fits:
            raise ValueError(f"{name}; got {value}")
    return Trait(home, float(half_life), float(sensitivity), float(inertia))


def _in_cube(value, name):
    """Three floats: in plain Python, as a thousand messages a second are felt one after the other."""
    try:
        x, y, z = value
        fits = -1.0 <= x <= 1.0 and -1.0 <= y <= 1.0 and -1.0 <= z <= 1.0  # refuses NaN too
    except (TypeError, ValueError):
        fits = False
    if not fits:
        raise ValueError(f"{name} is {', '.join(AXES)}, each from -1 to 1; got {value}")
    return float(x), float(y), float(z)


def _seconds(seconds):
    if not 0.0 <= seconds < np.inf:
        raise ValueError(f"time passes in seconds, 0 or more; got {seconds}")
    return seconds


def decay(mood, trait, seconds):
    r"""Let a mood fade home, $m \leftarrow h + 2^{-s / T} (m - h)$.

    Args:
        mood: (3,) each from -1 to 1.
        trait: `Trait`.
        seconds: that pass, s.

    Returns:
        (3,) tuple.

    Raises:
        ValueError: when the mood is none, or time runs backwards.
    """
    left = 0.5 ** (_seconds(seconds) / trait.half_life)
    return tuple(home + left * (x - home) for x, home in zip(_in_cube(mood, "a mood"), trait.home, strict=True))


def gate(trait, strength):
    r"""Tell which share of the way a message moves a mood, $g = 1 - \iota^{\sigma a}$.

    Args:
        trait: `Trait`.
        strength: a, from 0 to 1.

    Returns:
        float, from 0 to below 1.

    Raises:
        ValueError: when the strength lies elsewhere.
    """
    if not 0.0 <= strength <= 1.0:
        raise ValueError(f"strength lies from 0 to 1; got {strength}")
    return 1.0 - trait.inertia ** (trait.sensitivity * strength)


def feel(mood, trait, push, strength):
    r"""Let a message push a mood, $m \leftarrow m + g (p - m)$.

    Args:
        mood: (3,) each from -1 to 1.
        trait: `Trait`.
        push: (3,) p, the mood that the message speaks of, each from -1 to 1.
        strength: a, from 0, which leaves the mood as it is, to 1.

    Returns:
        (3,) tuple, within the cube whatever was said before.

    Raises:
        ValueError: when mood or push lies outside the cube, or the strength outside 0 to 1.
    """
    mood, push, g = _in_cube(mood, "a mood"), _in_cube(push, "a push"), gate(trait, strength)
    moved = (x + g * (p - x) for x, p in zip(mood, push, strict=True))
    return tuple(min(1.0, max(-1.0, x)) for x in moved)  # for the last bit


def catch(moods, traits, distances, seconds):
    r"""Let the moods of several fade home and be caught from each other while all stand still.

    With $A = K - \mathrm{diag}(\lambda + K 1)$ the system is $\dot M = A M + \lambda h$, at rest in
    $M^* = -A^{-1} \lambda h$, and $M(s) = M^* + e^{A s} (M - M^*)$: exact, whatever s. A is symmetric, so its
    eigenvectors give the exponential; no entry of that is negative, so each mood is a mean of moods and homes and stays
    in the cube. For one character it is `decay`.

    Args:
        moods: (n, 3) each from -1 to 1.
        traits: n `Trait`.
        distances: (n, n) in stage widths, 0 or more.
        seconds: that pass, s; or (k,), several from the same moment on.

    Returns:
        (n, 3), or (k, n, 3).

    Raises:
        ValueError: when shapes do not fit, distances differ by direction, a mood is none, or time runs backwards.
    """
    moods = np.array([_in_cube(mood, "a mood") for mood in moods])
    distances, n = np.asarray(distances, dtype=float), len(traits)
    fits = moods.shape == (n, 3) and distances.shape == (n, n) and np.all(distances >= 0.0)
    if not (fits and np.array_equal(distances, distances.T)):
        raise ValueError(f"{n} traits need as many moods and a distance for each two, 0 or more; got {distances}")
    fades = np.log(2.0) / np.array([trait.half_life for trait in traits])
    pulls = CATCH * np.exp(-distances / NEAR)
    np.fill_diagonal(pulls, 0.0)
    rates, modes = np.linalg.eigh(pulls - np.diag(fades + pulls.sum(axis=1)))
    rest = modes.T @ (fades[:, None] * np.array([trait.home for trait in traits])) / -rates[:, None]
    left = np.exp(np.multiply.outer([_seconds(each) for each in np.ravel(seconds)], rates))[..., None]
    return np.clip(modes @ (rest + left * (modes.T @ moods - rest)), -1.0, 1.0).reshape(*np.shape(seconds), n, 3)


_FELT_POINTS = np.array([VAD[FELT.get(label, label)] for label in VAD][:-1])


def appraise(probabilities, trait=None):
    r"""Make a push and a strength of what a reader of emotions says.

    Of the probabilities $q_k$ of the 27 emotions, each counts by its square, $p = \sum q_k^2 v_k / \sum q_k^2$ with
    $v_k$ by `FELT` and `VAD`, as 27 doubtful labels together must not outweigh a sure one; the strength is
    $a = \max_k q_k (1 - q_{neutral})$. Both are ours.

    Args:
        probabilities: (28,) in the order of `TABLE`, each from 0 to 1; they need not sum to 1.
        trait: `Trait` of the one who hears it, whose home's dominance is added; None adds nothing.

    Returns:
        push, (3,) tuple within the cube, and strength from 0 to 1. Where nothing is felt both are 0.

    Raises:
        ValueError: when they are not 28 numbers from 0 to 1.
    """
    chances = np.asarray(probabilities, dtype=float)
    if chances.shape != (len(TABLE),) or not (chances.min() >= 0.0 and chances.max() <= 1.0):
        raise ValueError(f"a reading is {len(TABLE)} probabilities from 0 to 1; got {chances}")
    weights = chances[:-1] ** 2
    if not weights.sum() > 0.0:
        return (0.0, 0.0, 0.0), 0.0
    push = weights @ _FELT_POINTS / weights.sum()
    if trait is not None:
        push[2] += trait.home[2]
    return tuple(np.clip(push, -1.0, 1.0).tolist()), float(chances[:-1].max() * (1.0 - chances[-1]))


def name_of(mood):
    """Name the mood of `MOODS` whose point is nearest.

    Args:
        mood: (3,) each from -1 to 1.

    Returns:
        str.

    Raises:
        ValueError: when it is no mood.
    """
    mood = _in_cube(mood, "a mood")
    return min(MOODS, key=lambda name: math.dist(mood, MOODS[name]))


def course(mood, trait, messages, times):
    """Follow a mood through messages: what a plot shows.

    Args:
        mood: (3,) at second 0.
        trait: `Trait`.
        messages: list of (seconds, push, strength), in order of time.
        times: (n,) seconds from 0 on, in order, at which to look; a message counts from its own second on.

    Returns:
        (n, 3).

    Raises:
        ValueError: when something is out of order, or no mood, push or strength.
    """
    now, waiting, seen = 0.0, list(messages), []
    for time in times:
        while waiting and waiting[0][0] <= time:
            said, push, strength = waiting.pop(0)
            mood, now = feel(decay(mood, trait, said - now), trait, push, strength), said
        mood, now = decay(mood, trait, time - now), time
        seen.append(mood)
    return np.array(seen)
