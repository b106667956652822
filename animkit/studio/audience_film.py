"""The stage before an audience, lit, and the film of what happened on it: the canvas and the film draw the same."""

import textwrap
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from animkit.render import contact_sheet, save_gif, save_mp4, save_png, upscale
from animkit.studio.backdrop import WIDTH, backdrop, view
from animkit.studio.effects import make_effect
from animkit.studio.lighting import EMBOSS, PRESETS, lay_over, maps_of, relight, relight_scene
from animkit.studio.painting import FLOOR, HEIGHT
from animkit.studio.performance import ACTIONS, CELL, COLUMNS, FEET, FPS, STYLE, draw, scores_for_stage
from animkit.studio.sentient import WALK
from animkit.theory.shading import GROUND_SEEN, Lamp

SCALE = 4  # screen pixels per art pixel
CAMERA = 60  # column of the view's left edge
PAINTED = "as painted"
LIGHTS = (PAINTED, *PRESETS)
HOURS = {
    PAINTED: "day",
    "noon": "day",
    "dusk": "dusk",
    "torch": "night",
    "rim": "dusk",
    "spell": "night",
    "moon": "night",
}
PHASES = 4  # pictures of the wall: flags and water move
SUN = Lamp((1, 1, 1), 1.0, direction=(0.45, 0.8, 0.5))  # of a stage as painted, for its shadows
WALKS = ("approach", "flee")
SPEED = WALK * WIDTH  # art pixels a second at a pace of 1
EFFECT_LASTS = 3.5  # seconds
EFFECTS = {"sparkle": False, "rain": True, "dust": False, "smoke": True, "magic": False}  # kind -> over the head
BUBBLE, LONGEST_BUBBLE = 110, 9.0  # letters, seconds
GESTURE_LASTS = 1.2  # seconds
LONGEST_FILM, LINGERS = 120, 4.0  # seconds of a film at most, and that it goes on after the last act has begun
CAPTION_LASTS = 2.5  # seconds that what the audience said is shown
_CREAM, _INK, _NIGHT = (255, 253, 244, 255), (43, 34, 51, 255), (20, 24, 44, 255)


class Lit(NamedTuple):
    """A stage in a light."""

    wall: np.ndarray  # (PHASES, 90, 160, 3) uint8
    cells: dict  # name -> (72, 32, 32, 4) uint8, see `animkit.studio.performance.sheet`
    lamp: Lamp  # that throws the shadows
    dark: float  # how dark these are
    flicker: bool


@lru_cache(maxsize=1)
def stage_scores():
    """All that can be done, and the cells that it takes, in order: `animkit.studio.performance.scores_for_stage`."""
    scores = scores_for_stage()
    return scores, np.unique(scores[..., 0]).astype(int)


def light_stage(cells, homes, place, light, *, seed=0):
    """Light a stage and all that its characters can do; walkers keep the light of where they began.

    Args:
        cells: name -> (72, 32, 32, 4) uint8, see `animkit.studio.performance.sheet`.
        homes: name -> (column, row) where the feet stand at first.
        place: of `animkit.studio.places.PLACES`.
        light: of LIGHTS.
        seed: of the painted place.

    Returns:
        Lit.

    Raises:
        ValueError: an unknown place or light.
    """
    if light not in LIGHTS:
        raise ValueError(f"no light {light!r}; there are {', '.join(LIGHTS)}")
    painted = backdrop(place, HOURS[light], seed=seed)
    wall = np.stack([view(painted, camera=CAMERA, tick=3 * phase) for phase in range(PHASES)])
    if light == PAINTED:
        return Lit(wall, dict(cells), SUN, 0.3, False)
    shape = HEIGHT, WIDTH
    lamps, ambient = PRESETS[light](0.0, shape)
    if any(lamp.place is not None for lamp in lamps):  # near lamps are seen on the wall; the hour has painted the rest
        near = [lamp._replace(strength=1.4 * lamp.strength) for lamp in lamps]
        wall = np.stack([relight_scene(one, [], near, ambient=(0.75, 0.75, 0.8)) for one in wall])
    lit, (_, used) = {}, stage_scores()
    for name, pictures in cells.items():
        column, row = homes[name]
        moved = [
            lamp
            if lamp.place is None
            else lamp._replace(place=tuple(np.subtract(lamp.place, (column - 16, row - 31, 0))))
            for lamp in lamps
        ]
        lit[name], seen = pictures.copy(), pictures[used]
        lit[name][used] = relight(maps_of(seen, EMBOSS), seen, moved, ambient=ambient)
    return Lit(wall, lit, lamps[0], 0.42, light == "torch")


def make_effects(model, *, seed=0):
    """Make the effects of a stage, kind -> (16, size, size, 4) uint8, by `animkit.studio.effects.make_effect`."""
    return {kind: make_effect(model, kind, temperature=0.6, amount=0.9, seed=seed) for kind in EFFECTS}


def act_of(reaction):
    """What the stage plays of a reaction.

    Args:
        reaction: `animkit.studio.sentient.Reaction` as a dict, as a record's entries have it.

    Returns:
        dict with who, at, action, pace, gesture, gaze, seconds, line; target, a name, None or [column, row]; mood, a
        name; and effect, of EFFECTS or "": dust under who flees, rain on the sad, smoke over the angry, sparks of joy.
    """
    act = {name: reaction[name] for name in ("who", "at", "action", "pace", "gesture", "gaze", "seconds", "line")}
    target, mood = reaction["target"], reaction["why"]["mood"]
    if not isinstance(target, str):
        target = None if target is None else [WIDTH * float(target[0]), HEIGHT * float(target[1])]
    elif target == "audience":
        target = None
    lively = act["action"] not in ("idle", "look")
    effect = {"sad": "rain", "angry": "smoke", "happy": "sparkle"}.get(mood, "") if lively else ""
    return act | {"target": target, "mood": mood, "effect": "dust" if act["action"] == "flee" else effect}


def underway(start, end, pace, seconds):
    """Where somebody is who goes from one place to another, slower at both ends.

    Args:
        start: (2,) place.
        end: (2,) place.
        pace: pixels a second.
        seconds: since the start.

    Returns:
        (2,) place, and whether it is the end.
    """
    way = float(np.hypot(*np.subtract(end, start)))
    share = min(1.0, seconds * pace / way) if way else 1.0
    eased = share * share * (3 - 2 * share)
    return np.asarray(start) + eased * np.subtract(end, start), share == 1


def gesture_row(gesture, side, seconds):
    """What a gesture of the body adds to a row of a score.

    Args:
        gesture: of `animkit.studio.reactions.GESTURES`.
        side: -1 facing left, 0 front, 1 right.
        seconds: since it began.

    Returns:
        (8,) to be added, see `animkit.studio.performance.COLUMNS`.
    """
    once = np.sin(np.pi * seconds / GESTURE_LASTS) if seconds < GESTURE_LASTS else 0.0
    swing, held = np.sin(4 * np.pi * seconds), once**0.5
    added = {
        "nod": {"head y": 2 * once * abs(swing)},
        "shake": {"head x": 1.6 * once * swing},
        "shrug": {"y": 1.2 * held, "head y": 1.5 * held},
        "lean": {"lean": 0.14 * held * (side or 0.4), "head y": 0.6 * held},
        "recoil": {"x": -3 * held * side, "lean": -0.12 * held * side, "tall": -0.04 * held},
        "droop": {"tall": -0.05 * held, "head y": 2.5 * held},
    }.get(gesture, {})
    return np.array([added.get(name, 0.0) for name in COLUMNS])


def shadow_of(lamp, place):
    """How a shadow lies on the ground, for each row of a figure's height.

    Args:
        lamp: Lamp.
        place: (column, row) of the feet.

    Returns:
        Columns to the right and rows up, at most 2 and .7.
    """
    if lamp.place is None:
        right, up, out = lamp.direction
    else:
        right, up, out = lamp.place[0] - place[0], place[1] - lamp.place[1], lamp.place[2]
    height = max(up, 1e-3)
    return float(np.clip(-right / height, -2, 2)), float(np.clip(GROUND_SEEN * out / height, -0.7, 0.7))


class Player:
    """Lets characters act out what the record says, as the canvas does.

    Args:
        homes: name -> (column, row).
        moods: name -> the name of the mood at first; calm where none is given.
    """

    def __init__(self, homes, moods):
        start = {"action": "idle", "since": 0.0, "pace": 1.0, "side": 0, "act": None, "until": np.inf}
        self.people = {
            name: start | {"at": np.array(home, float), "from": home, "to": home, "mood": moods.get(name, "calm")}
            for name, home in homes.items()
        }

    def begin(self, act, seconds):
        """Let somebody begin an act, see `film`."""
        one, action = self.people[act["who"]], act["action"]
        one |= {"mood": act["mood"], "act": act}
        if action == "look" and one["action"] in WALKS:
            return  # a look turns the head of who walks, and stops nobody
        if action != one["action"] or action in WALKS:
            one["since"] = seconds
        one |= {"action": action, "pace": act["pace"], "from": one["at"], "to": one["at"]}
        one["until"] = np.inf if act["seconds"] is None else seconds + act["seconds"]
        if action in WALKS and act["target"] is not None:
            one["to"] = np.clip(act["target"], (8, FLOOR), (WIDTH - 8, HEIGHT - 2))
        one["side"] = self._side(one)

    def _side(self, one):
        act = one["act"]
        if one["action"] in WALKS:
            seen = one["to"]
        elif act is None or act["gaze"] == "down":
            return 0
        else:
            other = isinstance(act["target"], str) and self.people.get(act["target"])
            seen = other["at"] if other else act["target"]
        if seen is None or abs(seen[0] - one["at"][0]) < 9:
            return 0
        side = int(np.sign(seen[0] - one["at"][0]))
        return -side if one["action"] not in WALKS and act["gaze"] == "away" else side

    def step(self, seconds):
        """Move everybody on to a moment."""
        for one in self.people.values():
            if one["action"] in WALKS:
                one["at"], there = underway(one["from"], one["to"], SPEED * one["pace"], seconds - one["since"])
                if there:
                    one |= {"action": "idle", "since": seconds, "pace": 1.0, "until": np.inf, "side": 0}
            elif seconds > one["until"]:
                one |= {"action": "idle", "since": seconds, "pace": 1.0, "until": np.inf}


def film(acts, said, lit, homes, effects=None, *, moods=None, seconds=None, fps=FPS):
    """Film what happened on a stage.

    Args:
        acts: dicts as of `act_of`, in the order of time.
        said: (seconds, text) of the audience.
        lit: Lit.
        homes: name -> (column, row).
        effects: of `make_effects`, or None for none.
        moods: name -> the name of the mood at first, calm where none is given.
        seconds: length; None: until LINGERS seconds after the last act has begun, LONGEST_FILM at most.
        fps: frames a second.

    Returns:
        Film, of (360, 640, 3) uint8.

    Raises:
        ValueError: nothing has happened, or it lasts too long.
    """
    if not acts:
        raise ValueError("nothing has happened on this stage yet: say something to the characters first")
    seconds = min(acts[-1]["at"] + LINGERS, LONGEST_FILM) if seconds is None else seconds
    if not 0 < seconds <= LONGEST_FILM:
        raise ValueError(f"a film lasts up to {LONGEST_FILM} seconds; got {seconds}")
    count, player, waiting, moments = int(seconds * fps), Player(homes, moods or {}), list(acts), []
    for tick in range(count):
        now = tick / fps
        while waiting and waiting[0]["at"] <= now:
            player.begin(waiting.pop(0), now)
        player.step(now)
        moments.append({name: one | {"row": _row(one, now)} for name, one in player.people.items()})
    sprites = {name: draw(lit.cells[name], [people[name]["row"] for people in moments]) for name in homes}

    def picture(tick):
        # who stands lower stands in front
        standing = sorted(
            ((one, sprites[name][tick], name) for name, one in moments[tick].items()), key=lambda it: it[0]["at"][1]
        )
        now = tick / fps
        return _written(upscale(_drawn(standing, lit, effects, now), SCALE), standing, said, now)

    return Film(count, picture)


class Film(Sequence):
    """Frames that are drawn when they are asked for: two minutes of them would fill a gigabyte.

    Args:
        count: how many.
        picture: function of a frame's number that draws it.
    """

    def __init__(self, count, picture):
        self._numbers, self._picture = range(count), picture

    def __len__(self):
        return len(self._numbers)

    def __getitem__(self, number):
        return self._picture(self._numbers[number])


def save_film(path, frames, *, fps=FPS, progress=None):
    """Write a film, by the ending of its name: .mp4, .gif, or .png for a strip of twelve pictures.

    Args:
        path: the file.
        frames: sequence of (h, w, 3) uint8, such as a `Film`.
        fps: frames a second.
        progress: called with how many pictures are done and how many there will be, once a second of the film.

    Raises:
        ValueError: another ending.
    """
    path = Path(path)
    strip, step = path.suffix == ".png", 1 if path.suffix == ".mp4" else 2
    chosen = np.linspace(0, len(frames) - 1, 12).round().astype(int).tolist() if strip else range(len(frames))

    def drawn():
        for done, number in enumerate(chosen):
            if progress and done % fps == 0:
                progress(done, len(chosen))
            yield frames[number][::step, ::step]

    if path.suffix == ".mp4":
        save_mp4(path, drawn(), fps=fps)
    elif path.suffix == ".gif":
        save_gif(path, list(drawn()), fps=fps)
    elif strip:
        save_png(path, contact_sheet(list(drawn()), columns=3, gap=0))
    else:
        raise ValueError(f"a film is written as .mp4, .gif or .png; got {path.name}")


def _row(one, now):
    """The score's row of somebody at a moment."""
    scores, _ = stage_scores()
    loop = scores[ACTIONS.index(one["action"]), list(STYLE).index(one["mood"]), one["side"] + 1]
    row = loop[int((now - one["since"]) * one["pace"] * FPS) % len(loop)]
    return row if one["act"] is None else row + gesture_row(one["act"]["gesture"], one["side"], now - one["act"]["at"])


def _drawn(standing, lit, effects, now):
    """The stage at a moment, (90, 160, 3); standing: of (person, sprite, name), from the back."""
    picture = lit.wall[int(now * 4) % PHASES].copy()
    for one, sprite, _ in standing:
        _throw(picture, sprite, lit, one["at"])
    for one, sprite, _ in standing:
        column, row = np.rint(one["at"]).astype(int)
        lay_over(picture, sprite, column - CELL // 2, row - FEET)
        act = one["act"]
        if effects and act and act["effect"] and now - act["at"] < EFFECT_LASTS:
            loop = effects[act["effect"]]
            side = loop.shape[1]
            above = 12 if EFFECTS[act["effect"]] else 0
            lay_over(picture, loop[int(now * FPS) % len(loop)], column - side // 2, row - side + 2 - above)
    return picture


def _throw(picture, sprite, lit, place):
    """Darkens the ground under a figure's shadow, in place."""
    skew, up = shadow_of(lit.lamp, place)
    rows, columns = np.nonzero(sprite[..., 3])
    height = FEET - rows
    across = np.rint(place[0] + columns - CELL // 2 + skew * height).astype(int)
    down = np.rint(place[1] - up * height).astype(int)
    inside = (across >= 0) & (across < WIDTH) & (down >= 0) & (down < HEIGHT)
    mask = np.zeros((HEIGHT, WIDTH), bool)
    mask[down[inside], across[inside]] = True
    picture[mask] = (picture[mask] * (1 - lit.dark)).astype(np.uint8)


def _written(screen, standing, said, now):
    """Names, bubbles and what the audience said, on a screen, (360, 640, 3)."""
    sheet = Image.fromarray(screen)
    pen = ImageDraw.Draw(sheet, "RGBA")
    for one, _, name in standing:
        x, y = (SCALE * one["at"]).tolist()
        font = ImageFont.load_default(12)
        place = min(max(x, 44), sheet.width - 44), min(y + 9, sheet.height - 9)
        pen.text(place, f"{name} - {one['mood']}", _CREAM, font, "mm", stroke_width=2, stroke_fill=(16, 10, 28, 200))
        act = one["act"]
        if act and act["line"] and now - act["at"] < bubble_seconds(act["line"]):
            _bubble(pen, act["line"], x, y - 30 * SCALE, sheet.size, (_CREAM, _INK))
    latest = [text for at, text in said if at <= now < at + CAPTION_LASTS]
    if latest:
        _bubble(pen, latest[-1], sheet.width / 2, sheet.height - 6, sheet.size, (_NIGHT, (238, 244, 255, 255)))
    return np.asarray(sheet)


def bubble_seconds(line):
    """How long a bubble stays."""
    return min(LONGEST_BUBBLE, 1.8 + 0.055 * len(line))


def _bubble(pen, text, x, bottom, size, colours):
    font = ImageFont.load_default(15)
    plain = "".join(letter if letter.isprintable() else " " for letter in text)
    lines = textwrap.wrap(textwrap.shorten(plain, BUBBLE, placeholder="..."), 26)[:4] or ["..."]
    wide, tall = max(font.getlength(line) for line in lines) + 18, 19 * len(lines) + 10
    left, top = min(max(x - wide / 2, 4), size[0] - wide - 4), max(4, bottom - tall - 8)
    pen.rounded_rectangle((left, top, left + wide, top + tall), 8, colours[0], _INK, 2)
    for number, line in enumerate(lines):
        pen.text((left + wide / 2, top + 15 + 19 * number), line, colours[1], font, "mm")
