"""A picture of one's own as a character: who of those known is built like it, painted in the picture's own colours.

`adopt` finds the known character and the pose that come closest and paints them anew; `refine` fine-tunes a copy of the
animator until it draws the picture itself.
"""

from typing import NamedTuple

import numpy as np
from scipy.ndimage import uniform_filter
from scipy.optimize import linear_sum_assignment
from skimage.color import rgb2lab

from animkit.studio.characters import animate

# What is no figure is refused. Chosen on made-up examples: twin characters, also in other colours, those of the
# Liberated Pixel Cup and a style of large heads overlap known outlines by 73 % or more, noise, photographs, gradients
# and four-legged creatures by 61 % or less; in known places, figures have 23 % of their colours, noise in a figure's
# outline 5 %. No colour covers more than 37 % of any sprite of the twin or the Liberated Pixel Cup, and a plain disc,
# whose outline is round enough, is of one.
OUTLINE, COLOURS, PLAIN = 0.67, 0.12, 0.75
SIMILAR = 25.0  # CIELAB: shades of one colour are closer than this
STEPS, SLICE, RATE = 400, 20, 1e-3
ENOUGH = 0.95  # of the picture's pixels; beyond, the newest is the best, as it has learned more of the other poses
OWN, OTHERS = 7, 8  # drawings of the figure in other poses, and of other characters, beside the picture in each step
REACH, PATCH = 4, 5  # pixels that a part of the figure is looked for around its place; a side of what is compared
AWAY, UNLIKE = 0.03, 0.5  # share of what is compared that a pixel's distance counts for; that is too much


class Adopted(NamedTuple):
    """A user's picture as the animator sees it."""

    look: np.ndarray  # (static_dim,)
    palette: np.ndarray  # (colours, 4) uint8 RGBA, the animator's in the picture's own colours
    picture: np.ndarray  # (height, width, 4) uint8 RGBA, moved to where the figure stands in the animator's cell
    target: np.ndarray  # (height, width) palette indices that would show the picture
    frame: np.ndarray  # (height, width) palette indices: the likeness
    action: str  # of `animator.rounds`, and which of its frames: the pose that comes closest
    time: int
    agreement: float  # share of the figure's pixels that the likeness has in the picture's own colour
    animator: object  # SequenceVAE that draws it: the company's, or a copy fine-tuned on the picture


def adopt(company, picture):
    """Take in a picture of a figure: who of those known is built like it, in which pose, and in which colours?

    Args:
        company: of `animkit.studio.characters`.
        picture: (height, width, 4) uint8 RGBA of the animator's size, as from `animkit.data.pictures.read_picture`.

    Returns:
        Adopted; `refine` brings the likeness closer.

    Raises:
        ValueError: a picture of another size, one that shows nothing, or one that is no figure: one colour covers more
            than PLAIN of it, its outline overlaps known ones by less than OUTLINE, or COLOURS of it are not where known
            figures have theirs.
    """
    picture, animator = np.asarray(picture), company.animator
    if picture.shape != (*animator.image_size, 4) or picture.dtype != np.uint8:
        raise ValueError(f"picture must be (*{animator.image_size}, 4) uint8; got {picture.shape} {picture.dtype}")
    if not (picture[..., 3] >= 128).any():
        raise ValueError("the picture shows nothing: all of it is transparent")
    labels, _ = _labelled(picture)
    plain = np.bincount(labels[labels > 0]).max() / (labels > 0).sum()
    if plain > PLAIN:
        raise ValueError(
            f"the picture is no figure that can be animated: one colour covers {plain:.0%} of it, {PLAIN:.0%} is the "
            "most; draw skin, hair and clothes in colours of their own"
        )
    who, action, time, picture = _built_alike(company.sprites, picture)
    known = company.sprites.frames[company.sprites.train[who], action, time]
    target, palette = _own_colours(known, picture, animator.palette)
    name = list(company.sprites.rounds)[action]
    return _drawn(animator, company.looks[who], palette, picture, target, name, time)


def _drawn(animator, look, palette, picture, target, action, time):
    frame = animate(animator, look[None], (action,), steps=time + 1)[0, 0, time]
    figure = picture[..., 3] >= 128
    right = figure & (frame > 0) & (palette[frame][..., :3] == picture[..., :3]).all(axis=-1)
    agreement = float(right.sum() / (figure | (frame > 0)).sum())
    return Adopted(look, palette, picture, target, frame, action, time, agreement, animator)


def _built_alike(sprites, picture):
    """Who of the training characters is built like a figure, its action and frame, and the figure moved there."""
    train, colours = sprites.frames[sprites.train], len(sprites.palette)
    some = train[:: max(1, len(train) // 60)]
    height, width = picture.shape[:2]
    flat = some.reshape(-1, height, width)
    # where in the cell a figure stands depends on what it does
    around = np.pad(picture, ((2, 2), (3, 3), (0, 0)))
    moved = np.stack([around[y : y + height, x : x + width] for y in range(5) for x in range(7)])
    shown, figure = ((part.reshape(len(part), -1)).astype("float32") for part in (flat > 0, moved[..., 3] >= 128))
    both = shown @ figure.T
    overlap = both / (shown.sum(axis=1)[:, None] + figure.sum(axis=1) - both)
    if overlap.max() < OUTLINE:
        raise ValueError(
            f"the picture is no figure that can be animated: its outline overlaps that of known ones by "
            f"{overlap.max():.0%}, {OUTLINE:.0%} is the least; show one whole figure on two legs on a plain or "
            "transparent background"
        )
    best, place = np.argsort(-overlap.max(axis=1))[:200], overlap.argmax(axis=1)
    scored = []
    for one in np.unique(place[best]):
        here = best[place[best] == one]
        scored += zip(_alike(flat[here], moved[one], colours), here, strict=True)
    found = max(scored)[1]
    _, action, time = np.unravel_index(found, some.shape[:3])
    shares = _alike(train[:, action, time], moved[place[found]], colours)
    if shares.max() < COLOURS:
        raise ValueError(
            f"the picture is no figure that can be animated: {shares.max():.0%} of its colours lie where known figures "
            f"have theirs, {COLOURS:.0%} is the least; use a drawing with few colours and plain parts"
        )
    return int(shares.argmax()), int(action), int(time), moved[place[found]]


def _labelled(picture):
    """The colours of a figure as numbers from 1, (height, width), 0 around it; and the colours, (n, 3)."""
    figure = picture[..., 3] >= 128
    colours, numbers = np.unique(picture[figure][:, :3], axis=0, return_inverse=True)
    labels = np.zeros(picture.shape[:2], int)
    labels[figure] = 1 + numbers.ravel()
    return labels, colours


def _meetings(frames, labels, entries):
    """How often each palette entry lies on each label: (n, entries, labels)."""
    count = labels.max() + 1
    codes = frames.reshape(len(frames), -1).astype(int) * count + labels.ravel()
    codes += (np.arange(len(frames)) * entries * count)[:, None]
    return np.bincount(codes.ravel(), minlength=len(frames) * entries * count).reshape(len(frames), entries, count)


def _alike(frames, picture, entries):
    """Share of the pixels of either figure that agree once each palette entry is painted in its best colour: (n,)."""
    met = _meetings(frames, _labelled(picture)[0], entries)
    return met[:, 1:, 1:].max(axis=2).sum(axis=1) / np.maximum(frames[0].size - met[:, 0, 0], 1)


def _own_colours(known, picture, palette):
    """Give each colour of a picture a palette entry: the indices that show it, and the palette in its colours.

    A colour and an entry go together where they meet in the known frame, else where they are alike to the eye.
    """
    labels, colours = _labelled(picture)
    met = _meetings(known[None], labels, len(palette))[0, 1:, 1:]
    lab, others = rgb2lab(colours / 255.0), rgb2lab(palette[1:, :3] / 255.0)
    gain = met - np.linalg.norm(others[:, None] - lab, axis=-1) / 1000
    entry = gain.argmax(axis=0)  # colours beyond the palette's size share an entry
    entries, chosen = linear_sum_assignment(gain, maximize=True)
    entry[chosen] = entries
    painted = palette.copy()
    for colour in np.argsort(np.bincount(labels.ravel())[1:]):  # the most common last
        painted[1 + entry[colour], :3] = colours[colour]
    # shades that only other poses show become the own colour of the nearest shade; a blade or a glow stays as it is
    used = np.unique(entry)
    apart = np.linalg.norm(others[:, None] - others[used], axis=-1)
    similar = apart.min(axis=1) < SIMILAR
    painted[1:][similar] = painted[1 + used[apart.argmin(axis=1)]][similar]
    return np.concatenate([[0], 1 + entry])[labels].astype("uint8"), painted


def refine(company, adopted, *, seed=0):
    """Fine-tune a copy of the animator, and the look with it, until it draws the picture.

    In the direction of the picture, the poses to learn are the picture's own parts, each moved as that of the known
    figure moves; from other sides the known figure stays, and so do other characters.

    Args:
        company: of `animkit.studio.characters`.
        adopted: of `adopt`.
        seed: of the drawings in each step.

    Yields:
        After every few steps the share that is done, 0 to 1, and the best so far, Adopted; its animator draws it at the
        end alone.
    """
    from keras import ops, optimizers

    from animkit.models.likeness import Likeness

    animator = type(adopted.animator).from_config(adopted.animator.get_config())
    animator.set_weights(adopted.animator.get_weights())
    model = Likeness(animator.decoder, adopted.look)
    model.compile(optimizers.Adam(RATE), jit_compile=False)
    lessons, best = _lessons(company, adopted, seed), adopted
    for step in range(1, STEPS + 1):
        model.train_on_batch(next(lessons))
        if step % SLICE == 0:
            look = ops.convert_to_numpy(model.look)[0]
            now = _drawn(animator, look, *adopted[1:4], adopted.action, adopted.time)
            if now.agreement >= min(best.agreement, ENOUGH):
                best, weights = now, animator.decoder.get_weights()
            if step == STEPS and best is not adopted:
                animator.decoder.set_weights(weights)
            yield step / STEPS, best


def _lessons(company, adopted, seed):
    """Batches for a `Likeness`: the picture, the figure in other poses, and other characters as they are drawn now."""
    animator, random = adopted.animator, np.random.default_rng(seed)
    names = list(animator.rounds)
    motions = animator.move(np.arange(len(names)), max(animator.rounds.values()))
    poses = motions.reshape(-1, animator.dynamic_dim)
    here = names.index(adopted.action) * motions.shape[1] + adopted.time
    stay = animator.draw(np.repeat(adopted.look[None], len(poses), axis=0), poses[:, None])[:, 0]
    side = adopted.action.split()[-1]
    same = np.repeat([name.split()[-1] == side for name in names], motions.shape[1])
    known = stay[here].copy()
    for pose in np.flatnonzero(same):
        stay[pose] = _moved(stay[pose], known, adopted.target)
    stay[here] = adopted.target
    chances = np.where(same, 3.0, 1.0) / np.where(same, 3.0, 1.0).sum()
    while True:
        own = np.concatenate([[here], random.choice(len(poses), OWN, p=chances)])
        looks = company.looks[random.integers(len(company.looks), size=OTHERS)]
        theirs = random.integers(len(poses), size=OTHERS)
        drawn = animator.draw(looks, poses[theirs][:, None])[:, 0]
        yield {
            "looks": np.concatenate([np.repeat(adopted.look[None], 1 + OWN, axis=0), looks]).astype("float32"),
            "poses": np.concatenate([poses[own], poses[theirs]]),
            "pictures": np.concatenate([stay[own], drawn]).astype("int32"),
            "own": np.repeat([1.0, 0.0], [1 + OWN, OTHERS]).astype("float32"),
        }


def _moved(pose, known, target):
    """A figure in another pose: each pixel comes from where the known figure has the like of what is there.

    Args:
        pose: (height, width) palette indices, the known figure in the pose.
        known: the known figure as it stands.
        target: the own figure as it stands.

    Returns:
        (height, width) palette indices.

    Source: Hertzmann et al. 2001 (image analogies).
    """
    height, width = pose.shape
    padded, own = (np.pad(part, REACH) for part in (known, target))
    costs, found = [], []
    for y in range(2 * REACH + 1):
        for x in range(2 * REACH + 1):
            differ = (padded[y : y + height, x : x + width] != pose).astype(float)
            costs.append(uniform_filter(differ, PATCH) + AWAY * np.hypot(y - REACH, x - REACH))
            found.append(own[y : y + height, x : x + width])
    best = np.argmin(costs, axis=0)[None]
    moved = np.take_along_axis(np.array(found), best, axis=0)[0]
    # what the known figure shows in this pose alone, a raised arm, a blade or a glow, stays
    return np.where(np.isin(pose, known) & (np.min(costs, axis=0) < UNLIKE), moved, pose)
