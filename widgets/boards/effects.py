"""The effects board: a network makes fire, smoke, magic and their blends over a character, and they leave as files."""

import html
from functools import lru_cache

import ipywidgets
import numpy as np

from animkit.data.effects import HELD_OUT_WIND, KINDS, LONGEST, SHORTEST, draw_effect
from animkit.data.pictures import at_rate, read_animation
from animkit.data.sprite_sheet import read_sprite_sheet
from animkit.studio.backdrop import TIMES, Actor, backdrop, view
from animkit.studio.effects import (
    PALETTES,
    SHINING,
    Drawn,
    changes,
    natural_palette,
    nearest,
    over,
    paint,
    palette_of,
    save_effect,
    weights_of,
)
from animkit.studio.painting import FLOOR
from animkit.studio.places import PLACES
from widgets.parts.board import ExportBoard, PixelSheet, file_name, row, seed_box, small
from widgets.parts.lab import choice, passed_in, slider, tabs
from widgets.parts.player import AnimationPlayer, sprites

NONE, NATURAL, OWN = "none", "natural", "own"
WHERE = ("beside", "in front", "behind")
GROUNDS = {"dark": (24, 20, 36, 255), "bright": (235, 240, 225, 255)}
FORMATS = (
    ("PNG and JSON", ".png"),
    ("animated PNG", ".apng"),
    ("exact WebP", ".webp"),
    ("GIF", ".gif"),
)
MAKES = ("kind", "second", "share", "frames", "wind", "amount", "temperature", "seed")
CAMERA, MIDDLE = 60, 80  # columns: of the view's left edge, and in the view where the character stands
UNSEEN = 10**9  # seeds of the code from here on are nobody's training
SCENE = ("place", "hour", "where", "ground", "fps")
COPIED = 0.05  # of an effect's pixels; below, it is called nearly a copy
STRIP = {64: 9, 32: 16}  # side of a frame in the strip, pixels -> frames in a row


class EffectsBoard(ExportBoard):
    """The board that `effects_board` makes; buttons, keys and cells alike call its methods.

    Args:
        models: name -> what generates, as `animkit.models.effects.EffectVAE` does.
        hero: (frames, height, width, 4) uint8, over whom an effect is shown.
        known: what the networks have seen, see `effects_board`, or None.
        folder: where exports go.
        state: values of the controls.
        given: what the state line repeats by name.
    """

    def __init__(self, models, hero, known, folder, state, given):
        self.models, self.hero, self.known, self.player = models, hero, known, None
        self.steps = self.pixels = self.scene = None
        self._made = lru_cache(maxsize=64)(self._make)  # so that undo and another palette make nothing anew
        self._compared = lru_cache(maxsize=64)(self._find)
        self._staged = lru_cache(maxsize=16)(self._stage)
        self.strip = PixelSheet(columns=STRIP[64], side=64)
        super().__init__(
            "Effects board",
            "effects_board",
            _controls(models, state),
            self._draw,
            folder=folder,
            further={},
            more_state=lambda: given,
            idle=self._idle,
        )
        self._arrange()

    def _arrange(self):
        button = self.button
        for name in (*MAKES, "colours"):  # made when the slider is let go, or a text is whole
            if hasattr(self.controls[name], "continuous_update"):
                self.controls[name].continuous_update = False
        if len(self.models) == 1:
            self.controls["model"].layout.display = "none"
        saving = ("what", "format")
        making = [control for name, control in self.controls.items() if name not in saving]
        write = button("export", "Write the file, read it back, compare every pixel", self.export_effect, "download")
        scene = [self.controls[name] for name in SCENE]
        made = [control for control in making if control not in scene]
        pages = tabs({"effect": made, "where it is seen": scene})
        another = button("another", "The same wishes, the next seed", self.another, "refresh")
        self.arrange(
            [pages, row(another, self.undo_button, self.redo_button, self.reset_button), self.message],
            [
                self.player,
                self.numbers,
                self.strip.widget,
                row(self.folder, *(self.controls[name] for name in saving), write),
                self.report,
            ],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    def another(self):
        """Make another effect with the same wishes."""
        seed = self.controls["seed"]
        self.set(seed=min(seed.value + 1, seed.max))

    def export_effect(self):
        """Write the effect in the chosen format, read it back and report.

        Returns:
            list of paths.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        return self.export(self._write)

    # --- how it works ------------------------------------------------------------------------------------------------

    def _idle(self, kind, second, model, **_):
        idle = {"share": "there is no second kind"} if second in (NONE, kind) else {}
        return idle | ({"temperature": "the code has none"} if isinstance(self.models[model], Drawn) else {})

    def changed(self, name):
        return {"palette": OWN} if name == "colours" and self.controls["colours"].value.strip() else {}

    def _make(self, model, blend, frames, wind, amount, one_shot, temperature, seed):
        asked = {"frames": frames, "wind": wind, "amount": amount, "one_shot": one_shot}
        try:
            return self.models[model].generate(
                weights_of(dict(blend))[None], **asked, temperature=temperature, seed=seed
            )[0]
        except RuntimeError as error:  # a loop that does not close: what to do stands in it
            raise ValueError(str(error)) from error

    def _find(self, *asked):
        """The nearest that the network has seen, of how many, the share that differs, and how near the code comes."""
        _, blend, frames, wind, amount, one_shot, _, seed = asked
        places = [KINDS.index(kind) for kind, _ in blend]
        seen = [group[place] for group, once in zip(*self.known, strict=True) if once == one_shot for place in places]
        if not seen or seen[0].shape[1:] != self.steps.shape[1:]:
            return None
        _, found, share = nearest(self.steps, seen, turned=not one_shot)
        by_code = None
        if len(blend) == 1:  # one of the code's that nobody has seen: the yardstick
            own = {"frames": frames, "wind": wind, "amount": amount, "one_shot": one_shot, "seed": UNSEEN + seed}
            by_code = nearest(draw_effect(blend[0][0], **own), seen, turned=not one_shot)[2]
        return found, len(seen), share, by_code

    def _draw(self, **state):
        blend, once = _blend(state), state["one_shot"]
        colours = _colours(state, blend)
        asked = (state["model"], tuple(blend.items()), state["frames"], state["wind"], state["amount"], once)
        asked += (state["temperature"], state["seed"])
        self.steps = self._made(*asked)
        self.pixels = paint(self.steps, colours)
        self.scene = self._place(blend, state)
        ground = np.full((*self.steps.shape[1:], 4), GROUNDS[state["ground"]], "uint8")
        shown = over(self.pixels, ground, ground.shape[1] / 2, ground.shape[0])
        what = _told(blend, state)
        playing = [
            sprites(_cropped(self.scene, self.steps.shape[1]), title=f"{state['place']}, {state['hour']}"),
            sprites(shown, title=f"new, on {state['ground']} ground"),
        ]
        label = f"{what}; {state['where']} a character: {state['place']}, {state['hour']}. Beside it, the effect alone."
        compared = self._compared(*asked) if self.known else None
        if compared:
            found, count, share, _ = compared
            beside = over(paint(found, colours), ground, ground.shape[1] / 2, ground.shape[0])
            playing.append(sprites(beside, title=f"nearest known: {share:.0%} differ"))
            label += f" The nearest of {count} training effects: {share:.0%} of the pixels differ."
        if self.player is None:
            self.player = AnimationPlayer(*playing, label=label, fps=state["fps"], playing=True)
        else:
            self.player.label, self.player.fps = label, state["fps"]
            self.player.show(*playing)
        self.strip.side = 64 if len(shown) <= 2 * STRIP[64] else 32  # two rows, each pixel whole
        self.strip.columns = STRIP[self.strip.side]
        self.strip.show(shown, f"Frame by frame: {what}.", labels=[str(n + 1) for n in range(len(shown))])
        return small(self._words(state, compared))

    def _stage(self, place, hour, count, behind):
        """The place, (count, 90, 160, 3), with the character unless the effect is behind it; its poses, its light."""
        painted = backdrop(place, hour)
        rounds = max(1, round(count / len(self.hero)))  # the character closes its own round with the loop
        poses = self.hero[np.arange(count) * rounds * len(self.hero) // count % len(self.hero)]
        actors = [[] if behind else [Actor(pose, MIDDLE, FLOOR)] for pose in poses]
        film = [view(painted, camera=CAMERA, tick=tick, actors=here) for tick, here in enumerate(actors)]
        return np.stack(film), poses, painted.tint

    def _place(self, blend, state):
        """The effect and the character in the place, (frames, 90, 160, 3)."""
        size, behind = self.steps.shape[1], state["where"] == "behind"
        film, poses, tint = self._staged(state["place"], state["hour"], len(self.steps), behind)
        aside = (self.hero.shape[2] + size) * 3 // 8 if state["where"] == "beside" else 0
        lit = (1, 1, 1) if any(kind in SHINING for kind in blend) else tint
        # an effect's ground lies a sixteenth of its height above its lower edge
        film = over(self.pixels, film, MIDDLE + aside, FLOOR + size // 16, tint=lit)
        return over(poses, film, MIDDLE, FLOOR, tint=tint) if behind else film

    def _words(self, state, compared):
        """How it begins anew, and whether it is new, as HTML."""
        if state["one_shot"]:
            ends = not self.steps[[0, -1]].any()
            lines = ["&#10003; begins and ends with nothing." if ends else "&#10007; does not begin and end empty."]
        else:
            *within, join = changes(self.steps)
            usual = np.median(within)
            mark = "&#10003; no more than" if join <= usual else "&#9651; more than" if join <= max(within) else ""
            lines = [
                f"Seam: from the last frame to the first a pixel changes by <b>{join:.3f}</b> steps on average, "
                f"{mark or '&#10007; <b>it jumps</b>: more than any of the others,'} the median of <b>{usual:.3f}</b> "
                f"between neighbouring frames ({min(within):.3f} to {max(within):.3f})."
            ]
        if compared:
            _, count, share, by_code = compared
            copied = "<b>an exact copy</b>" if share == 0 else "<b>nearly a copy</b>" if share < COPIED else "new"
            drawn = f"{state['kind']} {_one(state['one_shot'])}"
            beside = "" if by_code is None else f"; a {drawn} that the code draws from an unseen seed: {by_code:.0%}"
            lines.append(
                f"Nearest of {count:,} training effects of {'its kind' if len(_blend(state)) == 1 else 'its kinds'}: "
                f"<b>{share:.0%}</b> of the drawn pixels differ: {copied}{beside}."
            )
        if state["wind"] > HELD_OUT_WIND:
            lines.append(f"Wind above {HELD_OUT_WIND:g} was kept from the network: this is new to it.")
        return "<br>".join(lines)

    def _write(self, folder):
        state = self.controls
        alone = state["what"].value == "effect"
        frames = self.pixels if alone else np.pad(self.scene, [(0, 0)] * 3 + [(0, 1)], constant_values=255)
        kinds = "_".join(_blend(self.values()))
        name = file_name(f"{kinds}_{state['seed'].value}" + ("" if alone else "_scene"), otherwise="effect")
        fps, ending = state["fps"].value, state["format"].value
        written = save_effect(folder / f"{name}{ending}", frames, fps=fps)
        if ending == ".png":
            again = read_sprite_sheet(written[1]).frames[name]
        else:
            again = at_rate(*read_animation(written[0]), count=len(frames), fps=fps)
        wrong = int((again != frames).any(axis=-1).sum()) if again.shape == frames.shape else frames[..., 0].size
        listed = ", ".join(f"<code>{html.escape(str(path))}</code>" for path in written)
        told = "the same pixels"
        if wrong:
            count = len(np.unique(frames[..., :3].reshape(-1, 3), axis=0))
            told = f"<b>{wrong:,} of {frames[..., 0].size:,} pixels differ</b>"
            told += f", as {count:,} colours became 256" if ending == ".gif" and count > 256 else ""
        return written, [f"Wrote {listed}; read back: {told}."]


def _one(once):
    return "one-shot" if once else "loop"


def _blend(state):
    """Kind -> weight, of one kind or two."""
    first, second, share = state["kind"], state["second"], state["share"]
    if second in (NONE, first) or share == 0:
        return {first: 1.0}
    return {second: 1.0} if share == 1 else {first: 1 - share, second: share}


def _colours(state, blend):
    if state["palette"] == NATURAL:
        return natural_palette(blend)
    if state["palette"] != OWN:
        return palette_of(state["palette"])
    colours = state["colours"].replace(",", " ").split()
    if not colours:
        raise ValueError("write two to seven colours beside 'own colours' first, such as #203060 #80c0ff white")
    return palette_of(colours)


def _told(blend, state):
    kinds = state["kind"] if len(blend) == 1 else ", ".join(f"{share:.0%} {kind}" for kind, share in blend.items())
    what = f"A {_one(state['one_shot'])} of {state['frames']} frames: {kinds}"
    return f"{what}, wind {state['wind']:.1f}, amount {state['amount']:.1f}, seed {state['seed']}"


def _cropped(scene, size):
    """What the player has room for, whole pixels of the page to one of the picture: the character and the effect."""
    wide = 74 if size <= 32 else 112
    left, bottom = min(MIDDLE - 26, scene.shape[2] - wide), min(scene.shape[1], FLOOR + 12)
    cut = scene[:, max(0, bottom - wide) : bottom, left : left + wide]
    return np.pad(cut, [(0, 0)] * 3 + [(0, 1)], constant_values=255)


def _controls(models, state):
    kinds, warmth = [(kind, kind) for kind in KINDS], state["temperature"]
    return {
        "model": choice("made by", "Which network makes the effect, or the code", list(models), state["model"]),
        "kind": choice("kind", "What burns, falls or shines", kinds, state["kind"]),
        "second": choice("blend with", "A second kind, or none", [(NONE, NONE), *kinds], state["second"]),
        "share": slider("share of it", "0 the first kind alone, 1 the second", state["share"], 0, 1, 0.1),
        "frames": slider("frames", "Length", state["frames"], SHORTEST, LONGEST, 1, integer=True),
        "one_shot": choice(
            "plays",
            "A loop goes on for ever; what is seen once begins and ends with nothing",
            [("in a loop", False), ("once", True)],
            state["one_shot"],
        ),
        "wind": slider("wind", "-1 to the left, 1 to the right", state["wind"], -1, 1, 0.1),
        "amount": slider("amount", "How big it is", state["amount"], 0.5, 1.5, 0.1),
        "temperature": slider("temperature", "0 the one of the middle, 1 as varied as learned", warmth, 0, 1.5, 0.1),
        "seed": seed_box(state["seed"], "Same seed and wishes, same effect"),
        "palette": choice(
            "palette",
            "Which colours the seven steps from dark to bright have; natural goes with the kind",
            [NATURAL, *PALETTES, OWN],
            state["palette"],
        ),
        "colours": ipywidgets.Text(
            value=state["colours"],
            description="own colours",
            tooltip="Two to seven colours from dark to bright, by name or as #rrggbb; Enter takes them",
            placeholder="#203060 #80c0ff white",
            continuous_update=False,
        ),
        "place": choice("place", "What lies behind", list(PLACES), state["place"]),
        "hour": choice("hour", "The light", list(TIMES), state["hour"]),
        "where": choice("where", "Where the effect stands, seen from the character", list(WHERE), state["where"]),
        "ground": choice("ground", "Behind the effect when it is shown alone", list(GROUNDS), state["ground"]),
        "fps": slider("fps", "Frames per second, here and in files", state["fps"], 4, 24, 1, integer=True),
        "what": choice(
            "write",
            "The effect with transparent surroundings, or with character and place",
            [("the effect alone", "effect"), ("the whole scene", "scene")],
            state["what"],
        ),
        "format": choice(
            "as",
            "PNG and JSON are a sheet as Aseprite writes it; a GIF has holes, no half-transparency",
            list(FORMATS),
            state["format"],
        ),
    }


def effects_board(
    models,
    hero,
    *,
    known=None,
    folder="runs/effects",
    model=None,
    kind="fire",
    second=NONE,
    share=0.5,
    frames=16,
    one_shot=False,
    wind=0.0,
    amount=1.0,
    temperature=1.0,
    seed=0,
    palette=NATURAL,
    colours="",
    place="village",
    hour="night",
    where="beside",
    ground="dark",
    fps=12,
    what="effect",
    format=".png",
):
    """Make the effects board.

    Args:
        models: name -> network that makes effects, `animkit.models.effects.EffectVAE`.
        hero: (frames, height, width, 4) uint8, a clip of the character over whom effects are shown.
        known: what the networks have seen, and the nearest of which stands beside each new effect: a list of (kinds,
            frames, size, size) steps, and for each whether it is seen once, as `animkit.recipes.effects.draw_groups`
            draws them. None shows none.
        folder: where exports go.
        model: name of the one that begins; None for the first.
        kind, second: two of `animkit.data.effects.KINDS`, the second may be "none".
        share: of the second kind, 0 to 1.
        frames, one_shot, wind, amount, temperature, seed: of `animkit.studio.effects.make_effect`.
        palette: "natural", a name of `animkit.studio.effects.PALETTES`, or "own".
        colours: own colours, from dark to bright, with spaces between.
        place, hour: of `animkit.studio.backdrop.backdrop`.
        where: "beside" the character, "in front" or "behind".
        ground: "dark" or "bright".
        fps: frames per second.
        what: is written, "effect" or "scene".
        format: ".png", ".apng", ".webp" or ".gif".

    Returns:
        EffectsBoard.

    Raises:
        ValueError: without networks, or a hero of another shape.
    """
    state = dict(locals())
    models, hero, known = (state.pop(name) for name in ("models", "hero", "known"))
    folder = state.pop("folder")
    if not models:
        raise ValueError("no network to make effects: give at least one, by name")
    hero = np.asarray(hero)
    if hero.dtype != np.uint8 or hero.ndim != 4 or hero.shape[-1] != 4 or 0 in hero.shape:
        raise ValueError(f"hero is a clip, (frames, height, width, 4) uint8; got {hero.shape} {hero.dtype}")
    state["model"] = model or next(iter(models))
    return EffectsBoard(models, hero, known, folder, state, passed_in(models=models, hero=hero, known=known))
