"""Light: how far the network's surfaces are from the true ones, beside what tools and simple sums make of a picture.

`python -m animkit.benchmarks.relighting --profile full --ship` measures the weights that ship on figures whose surface
is known exactly; `--profile ci` has a look only. Real sprites, whose surface nobody knows, stand apart.
"""

from itertools import combinations
from typing import NamedTuple

import numpy as np
from scipy import ndimage

from animkit import weights
from animkit.benchmarks.results import command_line, keep, stopwatch
from animkit.data.lookup import wants_twin
from animkit.data.sprites import load_layers, load_sprites
from animkit.data.twins.lit_shapes import CLASSES, HELD_OUT_CLASSES, LitShapes, draw_lit
from animkit.metrics.lighting import angular_error, flicker, shadow_iou
from animkit.recipes.cards import made_by
from animkit.theory import shading
from animkit.theory.shading import GREY, Lamp
from animkit.training import by_profile

TEST_SEED, VALIDATION_SEED = 1_700_000, 950_000  # networks learn from and are chosen on other seeds
SETS = {
    "new figures": {"classes": CLASSES},
    "new figures, new light": {"classes": CLASSES, "new_light": True},
    "new classes": {"classes": HELD_OUT_CLASSES},
    "new classes, new light": {"classes": HELD_OUT_CLASSES, "new_light": True},
}
SIZES = (64, 32)  # pixels a side; what is measured at one size alone is at the first
MAIN, SPRITES = "new classes, new light", "those of them that are sprite-like"
SPRITE_LIKE = ("robot", "snail", "teddy")  # of the classes held out those that walk
WITHIN = (11.25, 22.5, 30.0)
BLURS = (1.0, 2.0, 4.0, 8.0)  # pixels of 64: of the cues of the linear fit
SETTINGS = {
    "bevel": (2.0, 4.0, 6.0, 8.0, 12.0, 16.0, 24.0),
    "strength": (0.25, 0.5, 0.75, 1.0, 1.5),
    "detail": (-4.0, -2.0, -1.0, 0.0, 1.0, 2.0, 4.0),
    "soft": (0.5, 1.0, 1.5, 2.0, 3.0),
}
UNLIT, FLAT, EMBOSS, BALLOON, LINEAR = "unlit", "flat", "emboss", "balloon", "linear fit"
NETWORK, TRUTH, SAMPLED = "network", "truth", "true heights, from pixel to pixel"
ONE_WAY = "network, one way, no mirror"  # a mirrored picture of new light is lit from where training light came
PICTURE, ITS_OWN = "picture", "network's colours"
LEAD = "network less emboss, figure by figure"
TARGET = {
    "mean_degrees": 8.0,
    "percent_within_22.5": 90.0,
    "degrees_over_emboss": 0.6,
    "flicker_over_truth": 1.2,
    "decibels_over_emboss": 6.0,
    "shadow_iou": 0.85,
}
CHOSEN_ON = (
    "figures of the classes known and other seeds: settings of the emboss, linear fit, gains of pictures; "
    "what is said of the network is on its card"
)
ANSWERS_CHOSEN_ON = (
    "figures of the classes known and other seeds: settings of the emboss; what is said of the VAE and of the network "
    "is on their cards"
)


class Surface(NamedTuple):
    """What one way makes of pictures."""

    normals: np.ndarray  # (n, frames, size, size, 3)
    height: np.ndarray  # (n, frames, size, size)


def ratio(over, under, shown=float):
    """A ratio of sums over figures, and the 95 % interval by bootstrap over them.

    Args:
        over, under: (figures,).
        shown: from the ratio to the number that is told.

    Returns:
        dict: `value` and `interval_95`.
    """
    over, under = np.asarray(over, float), np.asarray(under, float)
    drawn = np.random.default_rng(0).integers(len(over), size=(1000, len(over)))
    resampled = np.percentile(over[drawn].sum(axis=1) / under[drawn].sum(axis=1), (2.5, 97.5))
    return {"value": shown(over.sum() / under.sum()), "interval_95": sorted(shown(bound) for bound in resampled)}


def decibels(square):
    """The peak signal to noise of a mean squared difference."""
    return float(-10 * np.log10(max(square, 1e-12)))


def tuned_emboss(shapes):
    """Settings of the emboss that are nearest to the truth on figures to choose on: one after another, twice.

    Args:
        shapes: LitShapes, none that is tested on.

    Returns:
        dict of settings, in pixels of these pictures.
    """
    pictures, normals, mask = (one[:, 0] for one in (shapes.pictures, shapes.normals, shapes.mask))
    chosen = {"bevel": 8.0, "strength": 1.0, "detail": 1.0, "soft": 1.0}
    known = {}

    def degrees(settings):
        key = tuple(settings.values())
        if key not in known:
            known[key] = angular_error(shading.emboss(pictures, **settings), normals, mask).mean()
        return known[key]

    for _ in range(2):
        for name, values in SETTINGS.items():
            chosen = min(({**chosen, name: value} for value in values), key=degrees)
    return {**chosen, "degrees": float(degrees(chosen))}


def cues(pictures, mask):
    """What a linear fit looks at: slopes of blurred brightness and outline, and where in the figure a pixel lies.

    Args:
        pictures: (n, size, size, 4) uint8.
        mask: (n, size, size).

    Returns:
        (pixels of the mask, cues).
    """
    size = mask.shape[-1]
    grey = np.where(mask, pictures[..., :3] / 255.0 @ np.array(GREY), 0)
    found = []
    for blur in BLURS:
        sigma = (0, blur * size / 64, blur * size / 64)
        solid = ndimage.gaussian_filter(mask.astype(float), sigma)
        bright = ndimage.gaussian_filter(grey, sigma) / np.maximum(solid, 1e-6)
        for part in (solid, bright):
            found += [np.gradient(part, axis=axis) * blur for axis in (1, 2)]
        found += [solid, bright]
    rows, columns = np.indices(mask.shape[1:])
    weight = np.maximum(mask.sum(axis=(1, 2)), 1)[:, None, None]
    for place in (rows, columns):
        middle = (place * mask).sum(axis=(1, 2), keepdims=True) / weight
        found.append((place - middle) / size)
    found.append(grey)
    x = np.stack([part[mask] for part in found], axis=1)
    return np.concatenate([x, np.ones((len(x), 1))], axis=1)


def fitted(shapes):
    """Least squares from cues to normals, a little ridge against cues that go together: (cues, 3)."""
    mask = shapes.mask[:, 0]
    x, y = cues(shapes.pictures[:, 0], mask), shapes.normals[:, 0][mask]
    return np.linalg.solve(x.T @ x + 1e-4 * len(x) * np.eye(x.shape[1]), x.T @ y)


def read_one_way(model, pictures):
    """What the network itself says of pictures as they are, by no rule: no mirror, no mean over pixels of one colour.

    Args:
        model: Relighter.
        pictures: (n, size, size, 4) uint8, size a multiple of 8.

    Returns:
        dict as of `Relighter.call`, of arrays.
    """
    return model.predict(pictures / np.float32(255), batch_size=64, verbose=0)


class Ways:
    """All ways from pictures to surfaces, their settings chosen on figures of the classes known.

    Args:
        model: Relighter, or what reads maps as it does.
        size: pixels a side.
        learned: figures that the linear fit learns from.
        chosen: figures that settings are chosen on.
    """

    def __init__(self, model, *, size, learned, chosen):
        self.model = model
        self.fit = fitted(draw_lit(learned, size=size, seed=VALIDATION_SEED + 1))
        validation = draw_lit(chosen, size=size, seed=VALIDATION_SEED)
        self.emboss = tuned_emboss(validation)
        self.gains = self._gains(validation)

    def surfaces(self, shapes, names, *, integrate=False):
        """Surfaces (see Surface) by the name of the way; what knows normals alone gets heights only when asked to."""
        flat = shapes.pictures.reshape(-1, *shapes.pictures.shape[2:])
        mask = flat[..., 3] > 0
        found = {}
        for name in names:
            if name == NETWORK:
                maps = self.model.maps(flat)
                normals, height = maps.normals, maps.height
            elif name == ONE_WAY:
                maps = read_one_way(self.model, flat)
                normals, height = maps["normals"], maps["height"]
            elif name == EMBOSS:
                height = shading.embossed_height(flat, **{part: self.emboss[part] for part in SETTINGS})
                normals = shading.normals_of_height(height, mask)
            elif name == BALLOON:
                height = shading.inflated_height(mask)
                normals = shading.normals_of_height(height, mask)
            elif name == LINEAR:
                normals = np.zeros((*mask.shape, 3)) + (0, 0, 1)
                normals[mask] = cues(flat, mask) @ self.fit
                normals[..., 2] = np.maximum(normals[..., 2], 0.05)
                normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
                height = shading.height_of_normals(normals, mask) if integrate else np.zeros(mask.shape)
            elif name == FLAT:
                normals, height = np.zeros((*mask.shape, 3)) + (0, 0, 1), np.zeros(mask.shape)
            elif name == SAMPLED:
                normals, height = shading.normals_of_height(shapes.height, shapes.mask), shapes.height
            else:
                normals, height = shapes.normals, shapes.height
            found[name] = Surface(normals.reshape(shapes.normals.shape), height.reshape(shapes.height.shape))
        return found

    def _gains(self, shapes):
        """By how much each way's picture is best made brighter when it stands for the colours, light and all."""
        names = (FLAT, EMBOSS, BALLOON, LINEAR, NETWORK, TRUTH)
        surfaces, paint = self.surfaces(shapes, names), shapes.pictures[..., :3] / 255.0
        mask, gains = shapes.mask, {}
        true = relit(shapes.albedo, shapes.normals)[mask]
        for name in names:
            lit = relit(paint, surfaces[name].normals)[mask]
            gains[name] = float((lit * true).sum() / (lit * lit).sum())
        gains[UNLIT] = float((paint[mask][:, None] * true).sum() / (paint[mask][:, None] ** 2).sum() / true.shape[1])
        return gains


def lamps_for(number, size):
    """Three lights for a figure: one lamp, two coloured ones, one near; directions from all around, low and high."""
    rng = np.random.default_rng([TEST_SEED, number])

    def direction():
        around, up = rng.uniform(0, 2 * np.pi), np.radians(rng.uniform(15, 70))
        return (np.cos(around) * np.cos(up), np.sin(around) * np.cos(up), np.sin(up))

    place = (*rng.uniform(0.1, 0.9, 2) * size, rng.uniform(0.3, 0.7) * size)
    colours = [tuple(rng.uniform(0.3, 1, 3)) for _ in range(3)]
    return (
        [Lamp(strength=0.9, direction=direction())],
        [Lamp(colours[0], 0.9, direction=direction()), Lamp(colours[1], 0.7, direction=direction())],
        [Lamp(colours[2], 1.2, place=place, reach=1.5 * size)],
    )


def relit(albedo, normals):
    """The first frame of each figure under its three lights: (n, frames, size, size, 3 lights, 3)."""
    pictures = [
        np.stack([shading.shade(a, n, lamps) for lamps in lamps_for(number, a.shape[1])], axis=-2)
        for number, (a, n) in enumerate(zip(albedo, normals, strict=True))
    ]
    return np.stack(pictures)


def by_figure(values, mask):
    """Sums over each figure of values (pixels of the mask,), and how many there are: two arrays (n,)."""
    owner = np.nonzero(mask)[0]
    return np.bincount(owner, values, minlength=len(mask)), np.bincount(owner, minlength=len(mask))


def measure_normals(ways, shapes):
    """Angles to the true normals.

    Args:
        ways: Ways.
        shapes: LitShapes.

    Returns:
        dict by way: `mean` (degrees), `median`, `within` (percent, by bound), each but the median with its interval;
        of the network `over_emboss` and `over_balloon` as well, and of these three `by_class`.
    """
    found, sums = {}, {}
    for name, surface in ways.surfaces(shapes, (FLAT, EMBOSS, BALLOON, LINEAR, ONE_WAY, NETWORK, SAMPLED)).items():
        angles = angular_error(surface.normals, shapes.normals, shapes.mask)
        sums[name] = by_figure(angles, shapes.mask)
        within = {
            str(bound): ratio(*by_figure(angles <= bound, shapes.mask), lambda x: 100 * float(x)) for bound in WITHIN
        }
        found[name] = {"mean": ratio(*sums[name]), "median": float(np.median(angles)), "within": within}
    for name, rival in (("over_emboss", EMBOSS), ("over_balloon", BALLOON)):
        found[NETWORK][name] = ratio(sums[NETWORK][0], sums[rival][0])
    kinds = {name: shapes.kind == name for name in sorted(set(shapes.kind))}
    for name in (EMBOSS, BALLOON, NETWORK):
        total, count = sums[name]
        found[name]["by_class"] = {
            kind: float(total[chosen].sum() / count[chosen].sum()) for kind, chosen in kinds.items()
        }
    return found


def measure_relit(ways, shapes):
    """Decibels of relit pictures, whose truth is the true surface and colours under the same three lights.

    Args:
        ways: Ways.
        shapes: LitShapes.

    Returns:
        dict by (way, colours): `decibels` in the figure, `inside` without the pixels of its outline, with intervals;
        of the network, in decibels, `over_emboss`, and what of it is `by_colours` and, in these, `by_normals`.
    """
    names = (FLAT, EMBOSS, BALLOON, LINEAR, NETWORK, TRUTH)
    surfaces = ways.surfaces(shapes, names)
    paint = shapes.pictures[..., :3] / 255.0
    own = ways.model.maps(shapes.pictures[:, 0]).albedo[:, None]
    mask = shapes.mask
    inner = ndimage.binary_erosion(mask, np.ones((1, 1, 3, 3), bool))
    true = relit(shapes.albedo, shapes.normals)
    pictures = {
        f"{UNLIT}, {PICTURE}": np.broadcast_to((ways.gains[UNLIT] * paint).clip(0, 1)[..., None, :], true.shape)
    }
    for name in names:
        pictures[f"{name}, {PICTURE}"] = relit(ways.gains[name] * paint, surfaces[name].normals)
    for name in (EMBOSS, LINEAR, NETWORK, TRUTH):
        pictures[f"{name}, {ITS_OWN}"] = relit(own, surfaces[name].normals)
    bare = read_one_way(ways.model, shapes.pictures[:, 0])
    pictures[f"{ONE_WAY}, colours not pooled"] = relit(bare["albedo"][:, None], bare["normals"][:, None])
    found, squares = {}, {}
    for name, lit in pictures.items():
        off = ((lit - true) ** 2).mean(axis=(-2, -1))
        squares[name] = by_figure(off[mask], mask)
        inside = ratio(*by_figure(off[inner], inner), decibels)
        found[name] = {"decibels": ratio(*squares[name], decibels), "inside": inside}
    network, coloured, emboss = f"{NETWORK}, {ITS_OWN}", f"{EMBOSS}, {ITS_OWN}", f"{EMBOSS}, {PICTURE}"
    steps = {"over_emboss": (network, emboss), "by_colours": (coloured, emboss), "by_normals": (network, coloured)}
    for name, (nearer, farther) in steps.items():
        found[network][name] = ratio(squares[nearer][0], squares[farther][0], decibels)
    return found


def measure_shadows(ways, shapes):
    """Overlap of shadows that come of guessed heights with those of the true ones.

    Args:
        ways: Ways.
        shapes: LitShapes, one frame.

    Returns:
        dict by way: `ground` and `own`, the mean overlap over figures and lights with its interval; so too of what
        the network has more than the emboss, figure by figure.
    """
    names = (EMBOSS, BALLOON, LINEAR, NETWORK, TRUTH)
    surfaces = ways.surfaces(shapes, names, integrate=True)
    heights = {name: surface.height[:, 0] for name, surface in surfaces.items()}
    heights[FLAT] = 0 * shapes.height[:, 0]
    size, masks = shapes.mask.shape[-1], shapes.mask[:, 0]
    lamps = []
    for number in range(len(masks)):
        rng = np.random.default_rng([TEST_SEED + 1, number])
        around, up = rng.uniform(0.2, np.pi - 0.2), np.radians(rng.uniform(20, 60))  # from above, so that it falls down
        lamps.append(Lamp(direction=(np.cos(around) * np.cos(up), np.sin(around) * np.cos(up), np.sin(up))))

    def shadows(height):
        room = {"shape": (2 * size, 4 * size), "feet": (2 * size, int(1.5 * size))}
        ground = [
            shading.ground_shadow(m, lamp, height=h, **room) for m, h, lamp in zip(masks, height, lamps, strict=True)
        ]
        own = [shading.cast_shadow(h, m, lamp) for m, h, lamp in zip(masks, height, lamps, strict=True)]
        return {"ground": ground, "own": own}

    true, overlaps = shadows(heights.pop(TRUTH)), {}
    for name, height in heights.items():
        guessed = shadows(height)
        overlaps[name] = {
            part: np.array([shadow_iou(a, b) for a, b in zip(guessed[part], true[part], strict=True)]) for part in true
        }
    overlaps[LEAD] = {part: overlaps[NETWORK][part] - overlaps[EMBOSS][part] for part in true}
    return {
        name: {part: ratio(each, np.ones(len(each))) for part, each in parts.items()}
        for name, parts in overlaps.items()
    }


def measure_flicker(ways, shapes):
    """How much normals turn from frame to frame of a walk, over how much the true ones do.

    Args:
        ways: Ways.
        shapes: LitShapes of several frames.

    Returns:
        dict by way: `over_truth` with its interval, and `degrees`; of the truth `degrees` alone.
    """
    names = (EMBOSS, BALLOON, LINEAR, NETWORK, TRUTH)
    turned = {
        name: [flicker(*one) for one in zip(surface.normals, shapes.mask, strict=True)]
        for name, surface in ways.surfaces(shapes, names).items()
    }
    true = turned.pop(TRUTH)
    found = {name: {"over_truth": ratio(each, true), "degrees": float(np.mean(each))} for name, each in turned.items()}
    return {**found, TRUTH: {"degrees": float(np.mean(true))}}


def measure_many(vae, network, shapes, emboss, *, count=8):
    """What many answers to one picture are worth: the nearest of several to the truth, beside several embosses.

    Args:
        vae: ReliefVAE, or what samples as it does.
        network: Relighter, or what reads maps as it does.
        shapes: LitShapes of one frame.
        emboss: settings of the emboss.
        count: answers.

    Returns:
        dict of degrees: of one answer, of the mean of all, of the nearest of all (an oracle chooses), by who answers;
        how far answers are apart; the energy score, the mean angle to the truth less half the angle between two
        answers; and `single`, the mean angle of who has one answer, which is its energy score.
    """
    pictures, true, mask = shapes.pictures[:, 0], shapes.normals[:, 0], shapes.mask[:, 0]
    settings = {part: emboss[part] for part in SETTINGS}
    varied = [
        {**settings, "strength": settings["strength"] * more, "detail": sign * max(abs(settings["detail"]), 1)}
        for sign in (1, -1)
        for more in (0.5, 0.8, 1.25, 2)
    ][:count]
    answers = {
        "VAE": vae.sample(pictures, count, seed=0),
        "embosses of several strengths": np.stack([shading.emboss(pictures, **one) for one in varied]),
    }
    alone = {
        NETWORK: network.maps(pictures).normals,
        EMBOSS: shading.emboss(pictures, **settings),
        BALLOON: shading.normals_of_height(shading.inflated_height(mask), mask),
    }
    found = {"single": {name: ratio(*by_figure(angular_error(one, true, mask), mask)) for name, one in alone.items()}}
    for name, normals in answers.items():
        each = [by_figure(angular_error(one, true, mask), mask) for one in normals]
        nearest = np.min([total / pixels for total, pixels in each], axis=0)
        mean = normals.mean(axis=0) + (0, 0, 1e-6)
        apart = np.mean([angular_error(one, other, mask) for one, other in combinations(normals, 2)], axis=0)
        far = np.mean([total for total, _ in each], axis=0)
        found[name] = {
            "one": ratio(*each[0]),
            "mean of all": ratio(*by_figure(angular_error(mean, true, mask), mask)),
            "nearest of all": ratio(nearest * each[0][1], each[0][1]),
            "two answers apart": ratio(*by_figure(apart, mask)),
            "energy score": ratio(far - 0.5 * by_figure(apart, mask)[0], each[0][1]),
        }
    return {"answers": count, **found}


def measure_real(ways, characters):
    """Look at real sprites, whose surface nobody knows.

    The surface they are held against is made up: each layer that a character is laid of (body, trousers, top, hair,
    shoes) is a balloon of its own outline, and lies half a pixel above the one below where that is higher. Beside it,
    without any surface: by how many degrees a mirrored picture's normals differ from the mirrored normals, and how
    much normals turn over a walk.

    Args:
        ways: Ways, at 64 pixels.
        characters: of those kept for testing.

    Returns:
        dict by way: `to_balloons`, `mirrored` (but where it is 0 by construction), `flicker`, degrees with intervals.
    """
    sprites = load_sprites(size=64, source="present", characters=4 * characters)
    who = sprites.test[:characters]
    walks = sprites.palette[sprites.frames[who, :2]].reshape(-1, 8, 64, 64, 4)  # to the left, and to the front
    solid = walks[..., 3] > 0
    layers = load_layers(sprites.attributes[who])[:, :, :2, ::4]
    balloons = shading.inflated_height(layers)
    height = np.zeros(balloons[:, 0].shape)
    for layer in range(5):
        there = layers[:, layer]
        height = np.where(there, np.maximum(balloons[:, layer], height + 0.5), height)
    height = height.reshape(-1, 2, 64, 64)
    pseudo = shading.normals_of_height(height, solid[:, ::4])

    def as_shapes(pictures):
        flat = np.zeros((*pictures.shape[:-1], 3))
        return LitShapes(pictures, flat, flat, flat[..., 0], pictures[..., 3] > 0, None, None)

    names = (EMBOSS, BALLOON, LINEAR, ONE_WAY, NETWORK)
    straight = ways.surfaces(as_shapes(walks), names)
    mirrored = ways.surfaces(as_shapes(walks[:, ::4, :, ::-1]), (LINEAR, ONE_WAY))  # the others know no sides
    found = {}
    for name in names:
        normals = straight[name].normals
        turned = [flicker(*one) for one in zip(normals, solid, strict=True)]
        some = solid[:, ::4]
        found[name] = {
            "to_balloons": ratio(*by_figure(angular_error(normals[:, ::4], pseudo, some), some)),
            "flicker": ratio(turned, np.ones(len(turned))),
        }
        if name in mirrored:
            back = mirrored[name].normals[:, :, :, ::-1] * (-1, 1, 1)
            found[name]["mirrored"] = ratio(*by_figure(angular_error(normals[:, ::4], back, some), some))
    return found


def run(profile):
    """Measure the weights that ship.

    Args:
        profile: "ci", "demo" or "full"; decides how many figures are looked at.

    Returns:
        dict for the results file.
    """
    watch = stopwatch()
    count, chosen, learned, walks, shadowed, characters = by_profile(
        profile, ci=(6, 6, 24, 2, 3, 1), demo=(100, 60, 300, 12, 30, 8), full=(240, 150, 1000, 32, 80, 16)
    )
    model, found = weights.load("relight"), {"settings": {}, "normals": {}, "relit": {}, "shadows": {}, "flicker": {}}
    for size in SIZES:
        ways = Ways(model, size=size, learned=learned, chosen=chosen)
        found["settings"][str(size)] = {"emboss": ways.emboss, "gains": ways.gains}
        shapes = {
            name: draw_lit(count, size=size, seed=TEST_SEED + place, **options)
            for place, (name, options) in enumerate(SETS.items())
        }
        found["normals"][str(size)] = {name: measure_normals(ways, one) for name, one in shapes.items()}
        walkers = np.isin(shapes[MAIN].kind, SPRITE_LIKE)
        sprite_like = LitShapes(*(part[walkers] for part in shapes[MAIN]))
        found["normals"][str(size)][SPRITES] = measure_normals(ways, sprite_like)
        found["relit"][str(size)] = {name: measure_relit(ways, shapes[name]) for name in (next(iter(SETS)), MAIN)}
        some = LitShapes(*(part[:shadowed] for part in shapes[MAIN]))
        found["shadows"][str(size)] = measure_shadows(ways, some)
        walking = draw_lit(walks, classes=SPRITE_LIKE, size=size, frames=8, seed=TEST_SEED + 10, new_light=True)
        found["flicker"][str(size)] = measure_flicker(ways, walking)
        if size == SIZES[0]:
            if wants_twin("present", "lpc_sprites/body/0.png"):
                found["real_missing"] = "the real sprites are not here"
            else:
                found["real"] = measure_real(ways, characters)
    counts = {
        "figures in a set": count,
        "figures settings are chosen on": chosen,
        "figures the linear fit learned from": learned,
        "walks of 8 frames": walks,
        "figures whose shadows are measured": shadowed,
        "real characters, walks to the left and to the front": characters,
    }
    return {"value": found, "protocol": counts, "seconds": watch(), **made_by("relighting", profile=profile)}


def run_answers(profile):
    """Measure the VAE that ships, which gives several answers to one picture.

    Args:
        profile: "ci", "demo" or "full"; decides how many figures are looked at.

    Returns:
        dict for the results file.
    """
    watch = stopwatch()
    count, chosen = by_profile(profile, ci=(3, 6), demo=(30, 60), full=(80, 150))
    emboss = tuned_emboss(draw_lit(chosen, size=SIZES[0], seed=VALIDATION_SEED))
    shapes = draw_lit(count, size=SIZES[0], seed=TEST_SEED + list(SETS).index(MAIN), **SETS[MAIN])
    found = measure_many(weights.load("relief_vae"), weights.load("relight"), shapes, emboss)
    made = made_by("relighting", profile=profile)
    made["command"] += " --answers"
    return {"answers": found, "protocol": {"figures": count}, "seconds": watch(), **made}


def header():
    """What the results file says before any run."""
    return {
        "name": "relighting",
        "what": "normals, relit pictures and shadows of drawn figures whose surface is known, from one picture: "
        "all figures' pixels are pooled, intervals are bootstraps over figures; the truth has no outlines, pictures do",
        "target": TARGET,
        "main": MAIN,
        "sprite_like": SPRITES,
        "not_done": [
            "degrees on real sprites: nobody knows their surface, so they stand apart, with one that is made up",
            "more classes of figures to learn from: twice the figures of 64 pixels and 2.5 times the steps took the "
            "angle on classes known, under new light, from 15.4 to 14.8 degrees, and left that on new classes at 20.2 "
            "to 20.4",
        ],
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("relighting", "Measure the network of light, or the VAE of many answers.", sources=())
    parser.add_argument("--answers", action="store_true", help="the VAE that gives several answers to one picture")
    chosen = parser.parse_args(arguments)
    name, measure, chosen_on = chosen.profile, run, CHOSEN_ON
    if chosen.answers:
        name, measure, chosen_on = f"{chosen.profile}, answers", run_answers, ANSWERS_CHOSEN_ON
    keep("relighting", name, measure(chosen.profile), folder=chosen.output, header=header, chosen_on=chosen_on)


if __name__ == "__main__":
    main()
