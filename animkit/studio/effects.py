"""Effects for scenes: loops and one-shots from the effect network, in any palette, over any picture, as files."""

from pathlib import Path

import numpy as np
from PIL import Image
from scipy import fft

from animkit.data.effects import KINDS, STEPS, draw_effect, overlay
from animkit.render import save_apng, save_gif, save_sprite_sheet, save_webp
from animkit.studio.painting import channels

SHINING = ("fire", "sparkle", "magic", "portal")  # these give light: the hour does not darken them
_SHADES = STEPS - 1  # of a palette: step 0 is where there is nothing
_RAMPS = {
    "red fire": ("#4c0f1f", "#a81e22", "#e5491d", "#fb8f21", "#ffd04a", "#fff7d0"),
    "blue fire": ("#141a5c", "#1f48bd", "#2a86ee", "#5fcaff", "#bff3ff", "#ffffff"),
    "green fire": ("#0d3322", "#157f42", "#3fc24a", "#a9e857", "#f0ffb8"),
    "ghost fire": ("#2c1c52", "#5e4da6", "#8f95dd", "#c6dbf8", "#f6fcff"),
    "grey smoke": ("#34353f", "#5d5f6c", "#8f929e", "#c2c5cc", "#f0f1f3"),
    "black smoke": ("#121016", "#2a2630", "#463f4a", "#6c656d", "#989195"),
    "poison smoke": ("#1f2a12", "#415f20", "#70942d", "#a8c74c", "#e2f19a"),
    "gold sparkle": ("#6e3a0c", "#bd7a18", "#f4b92f", "#ffe682", "#fffef2"),
    "silver sparkle": ("#2f3f63", "#6580ad", "#a3bedd", "#dcecf8", "#ffffff"),
    "rose sparkle": ("#5c1747", "#b3347c", "#f06aa6", "#ffb3cd", "#fff3f6"),
    "blue rain": ("#27466f", "#4078b0", "#6faedb", "#aedbf2", "#eafaff"),
    "acid rain": ("#244d1c", "#4d8f25", "#86c93a", "#c6ef72", "#f6ffd6"),
    "blood rain": ("#3c0815", "#7a0f23", "#b81f31", "#e45a55", "#ffb3a3"),
    "water splash": ("#17406f", "#2574b0", "#49aee0", "#9de0f5", "#f2fdff"),
    "lava splash": ("#3a0c12", "#96201b", "#e0501c", "#ffa62e", "#fff1a6"),
    "slime splash": ("#1d3a1a", "#3b7a23", "#74b52d", "#b9e24a", "#f1ffad"),
    "sand dust": ("#5d4831", "#8f7552", "#c1a77a", "#e5d3aa", "#f9efd8"),
    "snow dust": ("#5f7899", "#8fabc8", "#bcd4e8", "#e1eff9", "#ffffff"),
    "ash dust": ("#2d2b2f", "#565257", "#837d80", "#b0aaa9", "#dbd6d0"),
    "violet magic": ("#31135f", "#6c2bb8", "#a85cf0", "#d9a6ff", "#fbefff"),
    "teal magic": ("#0b3a4a", "#12788a", "#25b9b5", "#86ecd0", "#efffef"),
    "sun magic": ("#6b1f3f", "#c7433f", "#f68c3c", "#ffd45e", "#fffbd9"),
    "violet portal": ("#1d1050", "#4b23a3", "#8a4ae6", "#c98bff", "#f7e3ff"),
    "blue portal": ("#0d1f57", "#1d55bb", "#2f9cf0", "#86dcff", "#effdff"),
    "green portal": ("#0c3527", "#137a4c", "#35c46a", "#9df08d", "#f3ffdb"),
}


def ramp(colours):
    """Makes a palette of a few colours: steps between them that look even (straight lines in Oklab).

    Args:
        colours: two to seven, from the darkest step to the brightest, each a name, "#rrggbb" or (red, green, blue).

    Returns:
        (7, 3) uint8; seven colours stay as they are.

    Raises:
        ValueError: one colour or more than seven, all the same, or not a colour.

    Source: Björn Ottosson, "A perceptual color space for image processing" (2020).
    """
    colours = [colours] if isinstance(colours, str) else list(colours)
    try:
        stops = np.array([channels(colour) for colour in colours])
    except (TypeError, ValueError) as error:
        raise ValueError(f"a colour is a name, '#rrggbb' or three numbers from 0 to 255; got {colours}") from error
    if stops.ndim != 2 or stops.shape[1] != 3 or not ((stops >= 0) & (stops <= 255)).all():
        raise ValueError(f"a colour is a name, '#rrggbb' or three numbers from 0 to 255; got {colours}")
    if not 2 <= len(stops) <= _SHADES or (stops == stops[0]).all():
        raise ValueError(
            f"a palette has two to {_SHADES} colours that differ, from dark to bright; got {colours}: an effect of one "
            "colour would be a flat spot"
        )
    at = np.linspace(0, len(stops) - 1, _SHADES)
    lines = [np.interp(at, np.arange(len(stops)), channel) for channel in _to_oklab(stops).T]
    return _from_oklab(np.stack(lines, axis=1))


# Linear sRGB to the cones' responses, and their cube roots to lightness and two opponent colours.
_CONES = np.array(
    [
        [0.4122214708, 0.5363325363, 0.0514459929],
        [0.2119034982, 0.6806995451, 0.1073969566],
        [0.0883024619, 0.2817188376, 0.6299787005],
    ]
)
_OPPONENT = np.array(
    [
        [0.2104542553, 0.7936177850, -0.0040720468],
        [1.9779984951, -2.4285922050, 0.4505937099],
        [0.0259040371, 0.7827717662, -0.8086757660],
    ]
)


def _to_oklab(rgb):
    """(n, 3) of 0-255 -> (n, 3) lightness, green to red, blue to yellow."""
    rgb = np.asarray(rgb, float) / 255
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    return np.cbrt(linear @ _CONES.T) @ _OPPONENT.T


def _from_oklab(lab):
    linear = (lab @ np.linalg.inv(_OPPONENT).T) ** 3 @ np.linalg.inv(_CONES).T
    linear = linear.clip(0, 1)
    rgb = np.where(linear <= 0.0031308, linear * 12.92, 1.055 * linear ** (1 / 2.4) - 0.055)
    return np.rint(rgb * 255).astype("uint8")


PALETTES = {name: ramp(colours) for name, colours in _RAMPS.items()}  # the last word is the kind it is made for


def palette_of(palette):
    """Finds a palette.

    Args:
        palette: a name of PALETTES, (7, 3) uint8, or two to seven colours as for `ramp`.

    Returns:
        (7, 3) uint8, dark to bright.

    Raises:
        ValueError: no such name, or what `ramp` refuses.
    """
    if not isinstance(palette, str):
        return ramp(palette)
    if palette not in PALETTES:
        raise ValueError(f"no palette {palette!r}; there are {', '.join(PALETTES)}, or give two to seven colours")
    return PALETTES[palette]


def natural_palette(kind):
    """Mixes the palette that goes with a kind, or with a blend of kinds, (7, 3) uint8.

    Args:
        kind: as for `weights_of`.
    """
    weights = weights_of(kind)
    own = [next(PALETTES[name] for name in PALETTES if name.endswith(kind)) for kind in KINDS]
    mixed = sum(weight * _to_oklab(palette) for weight, palette in zip(weights, own, strict=True))
    return _from_oklab(mixed)


def paint(steps, palette):
    """Colours an effect: every step of brightness becomes one colour of the palette, exactly.

    Args:
        steps: (..., height, width) integers below 8; 0 is transparent, 1 the darkest.
        palette: as for `palette_of`.

    Returns:
        (..., height, width, 4) uint8, alpha 0 or 255.

    Raises:
        ValueError: a step out of range, or a palette that `palette_of` refuses.
    """
    steps = np.asarray(steps)
    if steps.dtype.kind not in "ui" or steps.size and not 0 <= steps.min() <= steps.max() < STEPS:
        raise ValueError(f"steps are whole numbers from 0 to {STEPS - 1}; got {steps.dtype} up to {steps.max()}")
    colours = np.zeros((STEPS, 4), "uint8")
    colours[1:, :3], colours[1:, 3] = palette_of(palette), 255
    return colours[steps]


def weights_of(kind):
    """Reads a kind, or a blend of kinds, as weights.

    Args:
        kind: one of `animkit.data.effects.KINDS`, or a dict from kinds to weights, such as {"fire": 1, "magic": 1}.

    Returns:
        (kinds,) float32 that sum to 1.

    Raises:
        ValueError: an unknown kind, a negative weight, or none above 0.
    """
    blend = {kind: 1.0} if isinstance(kind, str) else dict(kind)
    if unknown := sorted(str(name) for name in blend if name not in KINDS):
        raise ValueError(f"no effect {', '.join(unknown)}; there are {', '.join(KINDS)}")
    weights = np.array([blend.get(name, 0) for name in KINDS], "float32")
    if not (np.isfinite(weights).all() and weights.min() >= 0 and weights.sum() > 0):
        raise ValueError(f"the weights of a blend are 0 or more, and one is above 0; got {blend}")
    return weights / weights.sum()


class Drawn:
    """The code that draws what networks learn from, in a network's place: a peer to compare with, at 64 pixels too.

    Args:
        size: of a side, 32 or 64 pixels.
    """

    def __init__(self, size=32):
        self.size = size

    def generate(self, kinds, *, frames=16, wind=0.0, amount=1.0, one_shot=False, temperature=1.0, seed=0):
        """Draw effects; blends are laid over one another.

        Args:
            kinds: (batch, kinds) weights that sum to 1.
            frames, wind, amount, one_shot: as for `make_effect`.
            temperature: of networks; the code has none.
            seed: of the first effect; each further one has the next.

        Returns:
            (batch, frames, size, size) uint8 steps.

        Raises:
            ValueError: an argument out of range.
        """
        asked = {"frames": frames, "size": self.size, "wind": wind, "amount": amount, "one_shot": one_shot}
        made = []
        for number, weights in enumerate(np.asarray(kinds, float)):
            steps, share = None, 0.0
            for kind in np.flatnonzero(weights):
                other, share = draw_effect(KINDS[kind], **asked, seed=seed + number), share + weights[kind]
                steps = other if steps is None else overlay(steps, other, 1 - weights[kind] / share)
            made.append(steps)
        return np.stack(made)


class Finer:
    """A network's effects at 64 pixels: a second network draws each of its pixels as four.

    Args:
        model: `animkit.models.effects.EffectVAE`, or what generates like it, at 32 pixels.
        finer: `animkit.models.effects_64.EffectFiner`.
    """

    def __init__(self, model, finer):
        self.model, self.finer = model, finer

    def generate(self, kinds, *, seed=0, **asked):
        """Make effects as `EffectVAE.generate` does, (batch, frames, 64, 64) uint8 steps.

        Args:
            kinds: (batch, kinds) weights that sum to 1.
            seed: same seed, same effects.
            asked: the model's further arguments.

        Raises:
            ValueError: an argument out of range.
        """
        return self.finer.refine(self.model.generate(kinds, seed=seed, **asked), seed=seed)


def make_effect(
    model,
    kind,
    *,
    frames=16,
    wind=0.0,
    amount=1.0,
    one_shot=False,
    palette=None,
    seed=0,
    temperature=1.0,
):
    """Makes an effect in colour.

    Args:
        model: `animkit.models.effects.EffectVAE`, or what generates like it, as `Drawn`; it decides how large they are.
        kind: as for `weights_of`.
        frames: length of the loop, or of the one-shot, 8 to 32.
        wind: from -1, to the left, to 1.
        amount: how big the effect is, 0.5 to 1.5.
        one_shot: it begins and ends empty, in place of a loop.
        palette: as for `palette_of`; None for the one that goes with the kind.
        seed: same seed, same effect.
        temperature: how varied effects are; 0 is the one of the middle, always the same.

    Returns:
        (frames, size, size, 4) uint8, alpha 0 or 255.

    Raises:
        ValueError: an argument out of range.
    """
    colours = natural_palette(kind) if palette is None else palette_of(palette)
    asked = {"frames": frames, "wind": wind, "amount": amount, "one_shot": one_shot}
    steps = model.generate(weights_of(kind)[None], **asked, temperature=temperature, seed=seed)[0]
    return paint(steps, colours)


def over(frames, pictures, column, row, *, tint=(1.0, 1.0, 1.0)):
    """Lays an effect, or any sprite, over pictures; what is beyond their edges is cut off.

    Args:
        frames: (n, height, width, 4) uint8.
        pictures: one (height, width, 3 or 4) uint8, or a film of m of them, along which the effect begins again.
        column: of its middle.
        row: that it stands on, the first below it. An effect's own ground lies a sixteenth of its height above its
            lower edge: two rows of 32.
        tint: what its colours are multiplied by: (1, 1, 1) for what gives light, else the hour's, as
            `animkit.studio.backdrop.Backdrop.tint`.

    Returns:
        (n or m, height, width, 3 or 4) uint8.

    Raises:
        ValueError: frames or pictures of another shape.
    """
    frames, pictures = np.asarray(frames), np.asarray(pictures)
    if frames.ndim != 4 or frames.shape[-1] != 4 or 0 in frames.shape:
        raise ValueError(f"an effect is (frames, height, width, 4); got {frames.shape}")
    if pictures.ndim not in (3, 4) or pictures.shape[-1] not in (3, 4) or 0 in pictures.shape:
        raise ValueError(f"pictures are ([frames,] height, width, 3 or 4); got {pictures.shape}")
    if pictures.ndim == 3:
        pictures = np.broadcast_to(pictures, (len(frames), *pictures.shape))
    lit = frames.copy()
    lit[..., :3] = np.rint(lit[..., :3] * np.asarray(tint))
    at = int(round(column)) - frames.shape[2] // 2, int(round(row)) - frames.shape[1]
    laid = []
    for tick, picture in enumerate(pictures):
        below = Image.fromarray(np.ascontiguousarray(picture)).convert("RGBA")
        sheet = Image.new("RGBA", below.size)
        sheet.paste(Image.fromarray(lit[tick % len(lit)]), at)
        laid.append(np.asarray(Image.alpha_composite(below, sheet))[..., : pictures.shape[-1]])
    return np.stack(laid)


def changes(steps):
    """Measures how much a loop changes from each frame to the next.

    Args:
        steps: (frames, height, width).

    Returns:
        (frames,) mean change of a pixel, in steps; the last is the seam, from the last frame to the first.
    """
    steps = np.asarray(steps, "float32")
    return np.abs(np.roll(steps, -1, axis=0) - steps).mean(axis=(1, 2))


def nearest(steps, known, *, turned=True):
    """Finds the known effect that is most like a new one, whatever the length of either.

    Args:
        steps: (frames, height, width) steps of the new one.
        known: list of (any frames, height, width); looked at in as many frames as the new one has.
        turned: the known may begin anywhere in its loop; False for one-shots.

    Returns:
        Which one, as it was compared (frames, height, width), and the share of the pixels that are there in either, in
        any frame, that differ in step: 0 is a copy, 1 has nothing in common.

    Raises:
        ValueError: pictures of two sizes.
    """
    steps, frames = np.asarray(steps), len(steps)
    if sizes := {one.shape[1:] for one in known} - {steps.shape[1:]}:
        raise ValueError(f"effects of {steps.shape[1:]} pixels are not compared with {', '.join(map(str, sizes))}")
    known = np.stack([one[np.arange(frames) * len(one) // frames] for one in known])
    flat = known.reshape(len(known), frames, -1).astype("float32")
    new = steps.reshape(frames, -1).astype("float32")
    # |a|^2 + |b|^2 - 2 ab for all turns at once: a product over turns is a product of spectra
    products = np.einsum("nfp,fp->nf", np.conj(fft.rfft(flat, axis=1)), fft.rfft(new, axis=0))
    products = fft.irfft(products, frames, axis=1)
    distances = (flat**2).sum(axis=(1, 2))[:, None] - 2 * products[:, : frames if turned else 1]
    which, turn = np.unravel_index(distances.argmin(), distances.shape)
    found = np.roll(known[which], turn, axis=0)
    either = (found > 0) | (steps > 0)
    return int(which), found, float((found != steps)[either].mean()) if either.any() else 0.0


def save_effect(path, frames, *, fps=12):
    """Writes an effect, as the file's ending says; what cannot be written leaves an older file as it was.

    .png is a sheet of one row, beside it Aseprite's .json with one tag; .apng and .webp are animations without loss;
    .gif has pixels that are there or not, and at most 255 colours: more, as of an effect over a backdrop, are reduced
    to the 255 that come closest, and half-transparent pixels become whole or none.

    Args:
        path: whose name ends in one of the four.
        frames: (n, height, width, 4) uint8.
        fps: frames per second, at most 50.

    Returns:
        The files written, a list of pathlib.Path.

    Raises:
        ValueError: another ending, shape or rate. FileNotFoundError: no such folder. OSError: it cannot be written.
    """
    path, frames = Path(path), np.asarray(frames)
    if frames.ndim != 4 or frames.shape[-1] != 4:
        raise ValueError(f"an effect is (frames, height, width, 4); got {frames.shape}")
    ending = path.suffix.lower()
    if ending == ".png":
        save_sprite_sheet(path, frames[None], tags=[path.stem], fps=fps)
        return [path, path.with_suffix(".json")]
    writers = {".apng": save_apng, ".webp": save_webp, ".gif": save_gif}
    if ending not in writers:
        raise ValueError(
            f"{path.name}: an effect is written as .png, {', '.join(writers)}; choose one of these endings"
        )
    writers[ending](path, frames, fps=fps)
    return [path]
