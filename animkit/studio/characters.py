"""Characters as static codes ("looks"): a VAE or a GAN designs them, a sequence VAE's LSTM sets them in motion."""

from typing import NamedTuple

import numpy as np

from animkit.data.sprites import ACTION_DIRECTIONS, ATTRIBUTES, Sprites, load_sprites

OPTIONS = 6  # of each attribute
STANDING = ACTION_DIRECTIONS.index("walk front")
ROUND = 8  # frames after which an action begins again


class Company(NamedTuple):
    """Everything that designing and animating takes, and the characters that it was learned from."""

    animator: object  # SequenceVAE
    vae: object  # VAE of looks, conditional on attributes
    gan: object  # Generator of looks, conditional on attributes
    judge: object  # Judge
    sprites: Sprites
    looks: np.ndarray  # (n, static_dim) of the training characters, as they stand
    standing: np.ndarray  # (n, height, width) palette indices
    attributes: np.ndarray  # (n, 4) options


def assemble(animator, vae, gan, judge, sprites):
    """Put a company together: the networks, and the training characters as the animator sees them.

    Args:
        animator: SequenceVAE.
        vae: the VAE of its looks.
        gan: the generator of its looks.
        judge: Judge.
        sprites: the Sprites that they were trained on.

    Returns:
        Company.
    """
    standing = sprites.frames[sprites.train, list(sprites.rounds).index(at_rest(sprites.rounds)), 0]
    looks = animator.looks(standing)
    return Company(animator, vae, gan, judge, sprites, looks, standing, sprites.attributes[sprites.train])


def at_rest(rounds):
    """The action of which the first frame shows how a character stands: "walk front", or the first one there is."""
    return ACTION_DIRECTIONS[STANDING] if ACTION_DIRECTIONS[STANDING] in rounds else next(iter(rounds))


def load_company():
    """Load the company that ships, trained on the procedural twin.

    Returns:
        Company.
    """
    from animkit import weights  # loads Keras, which not everyone who draws needs

    networks = [weights.load(name) for name in ("characters", "characters_vae", "characters_gan", "characters_judge")]
    return assemble(*networks, load_sprites(size=32, source="twin"))


def condition(**attributes):
    """Say what a design shall be like, as the weights that a conditional designer takes.

    Args:
        **attributes: any of skin, trousers, top, hair: an option from 0 to 5, six weights that mix options, or None.
            What is not named, or None, is left to the designer.

    Returns:
        (24,) float32: six weights per attribute that sum to 1, or six zeros where it is free.

    Raises:
        ValueError: an unknown attribute, an option out of range, or weights that are negative or all zero.
    """
    weights = np.zeros((len(ATTRIBUTES), OPTIONS), "float32")
    for name, value in attributes.items():
        if name not in ATTRIBUTES:
            raise ValueError(f"no attribute {name!r}; there are {', '.join(ATTRIBUTES)}")
        if value is None:
            continue
        row = np.asarray(value)
        if row.ndim == 0:
            if row.dtype.kind not in "ui" or not 0 <= row < OPTIONS:
                raise ValueError(f"{name} is {value!r}: options are whole numbers from 0 to {OPTIONS - 1}")
            row = np.eye(OPTIONS)[row]
        if row.shape != (OPTIONS,) or not np.isfinite(row).all() or row.min() < 0 or not row.sum() > 0:
            raise ValueError(f"{name} takes {OPTIONS} weights, none negative and not all zero; got {value!r}")
        weights[ATTRIBUTES.index(name)] = row / row.sum()
    return weights.reshape(-1)


def conditions(attributes):
    """Conditions of known characters.

    Args:
        attributes: (n, 4) options, in the order of ATTRIBUTES.

    Returns:
        (n, 24) float32.
    """
    return np.eye(OPTIONS, dtype="float32")[np.asarray(attributes)].reshape(len(attributes), -1)


def design(designer, count, *, seed=0, **attributes):
    """Invent looks.

    Args:
        designer: a VAE of looks or a GAN's generator of looks, conditional on attributes.
        count: how many.
        seed: same seed, same looks. For a generator, and for a VAE, the noise stays when only attributes change.
        **attributes: what they shall have, as in `condition`; free otherwise.

    Returns:
        (count, static_dim) float32.

    Raises:
        ValueError: as in `condition`, or a count below one.
    """
    if int(count) != count or count < 1:
        raise ValueError(f"count is {count}: design at least one character")
    weights = np.tile(condition(**attributes), (count, 1))
    z = np.random.default_rng(seed).standard_normal((count, designer.latent_dim)).astype("float32")
    if hasattr(designer, "decode"):
        return designer.decode(z, weights)
    return designer.images(z, weights).reshape(count, -1)


def settle(animator, looks):
    """Read each look from the animator's own drawing of it, which resolves what lies between two known things.

    A designer can put a look half-way between two styles of hair, and the drawing is speckled with both; read again, it
    is nearly always one of them. What is new in a combination stays.

    Args:
        animator: a SequenceVAE that was told actions.
        looks: (n, static_dim).

    Returns:
        (n, static_dim) float32.
    """
    return animator.looks(stand(animator, looks))


def vary(designer, looks, attributes, **changes):
    """Change some attributes of characters and keep the rest.

    Args:
        designer: the VAE of looks: what a look has beyond its attributes is in its latent, which stays.
        looks: (n, static_dim).
        attributes: (n, 4) options that they have now.
        **changes: new values, as in `condition`.

    Returns:
        (n, static_dim) float32.

    Raises:
        ValueError: as in `condition`, or looks and attributes that do not go together.
    """
    looks = _checked_looks(looks, designer.decoder.data_shape[0])
    if len(attributes) != len(looks):
        raise ValueError(f"{len(looks)} looks and {len(attributes)} rows of attributes do not go together")
    old = conditions(attributes)
    new = old.reshape(-1, len(ATTRIBUTES), OPTIONS).copy()
    asked = condition(**changes).reshape(len(ATTRIBUTES), OPTIONS)
    named = asked.any(axis=1)
    new[:, named] = asked[named]
    # the step between two redrawings, not the redrawing itself: what the designer misses of a look is not lost
    latents, _ = designer.encode(looks, old)
    return looks + designer.decode(latents, new.reshape(old.shape)) - designer.decode(latents, old)


def mix(one, other, shares):
    """Children of two looks.

    Args:
        one: (static_dim,).
        other: (static_dim,).
        shares: (n,) how much of `other`, from 0 to 1.

    Returns:
        (n, static_dim) float32.

    Raises:
        ValueError: looks of different sizes, or a share outside [0, 1].
    """
    one, other, shares = np.asarray(one), np.asarray(other), np.asarray(shares, "float32")
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError(f"parents must be two looks of one size; got {one.shape} and {other.shape}")
    if shares.ndim != 1 or not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(f"shares lie in [0, 1]; got {shares}")
    return ((1 - shares[:, None]) * one + shares[:, None] * other).astype("float32")


def more_like(look, known, count, *, spread=0.4, seed=0):
    """Vary a look a little in every direction in which known characters differ.

    Args:
        look: (static_dim,).
        known: (n, static_dim), looks of known characters, n at least 2.
        count: how many.
        spread: 0 for the same again, 1 for as unlike as strangers are.
        seed: same seed, same looks.

    Returns:
        (count, static_dim) float32.

    Raises:
        ValueError: fewer than two known looks, or a spread below 0.
    """
    if len(known) < 2:
        raise ValueError(f"at least two known looks show how characters differ; got {len(known)}")
    if not spread >= 0:
        raise ValueError(f"spread starts at 0; got {spread}")
    rng = np.random.default_rng(seed)
    # the difference of two strangers, shrunk, points where characters really lie
    first, second = (rng.integers(len(known), size=count) for _ in range(2))
    known = np.asarray(known)
    return (look + spread * (known[first] - known[second]) / np.sqrt(2)).astype("float32")


def animate(animator, looks, actions=None, *, steps=None, temperature=0.0, seed=0):
    """Play actions: the LSTM rolls the poses out, the decoder draws each look in them.

    Args:
        animator: a SequenceVAE that was told actions.
        looks: (n, static_dim).
        actions: names out of `animator.rounds`; all of them if None.
        steps: frames of each action; beyond its round, `animator.rounds` frames, it is repeated, so that it loops. The
            longest round of those asked for if None.
        temperature: 0 for the most likely motion, 1 for motions as varied as the model believes.
        seed: of the motion, when temperature is above 0.

    Returns:
        (n, actions, steps, height, width) uint8 palette indices.

    Raises:
        ValueError: an unknown action, looks of another size, or fewer than one step.
    """
    looks, known = _checked_looks(looks, animator.static_dim), animator.rounds
    actions = list(known if actions is None else actions)
    if unknown := [action for action in actions if action not in known]:
        raise ValueError(f"no action {unknown[0]!r}; there are {', '.join(known)}")
    longest = max((known[action] for action in actions), default=1)
    steps = longest if steps is None else steps
    if int(steps) != steps or steps < 1:
        raise ValueError(f"steps is {steps}: an action has a whole number of frames, at least 1")
    numbers = [list(known).index(action) for action in actions]
    motions = animator.move(numbers, min(steps, longest), temperature=temperature, seed=seed)
    frames = animator.draw(np.repeat(looks, len(actions), axis=0), np.tile(motions, (len(looks), 1, 1)))
    frames = frames.reshape(len(looks), len(actions), *frames.shape[1:])
    again = np.stack([np.arange(steps) % known[action] for action in actions])  # (actions, steps)
    return frames[:, np.arange(len(actions))[:, None], again]


def stand(animator, looks):
    """Draw looks as they stand: (n, static_dim) -> (n, height, width) palette indices."""
    return animate(animator, looks, (at_rest(animator.rounds),), steps=1)[:, 0, 0]


def cast(animator, looks, count, *, beside=()):
    """Choose, of many looks, those that the animator draws steadily and that are unlike each other.

    A look whose standing frame, read and drawn again, stays as it is lies where the animator has learned something.

    Args:
        animator: a SequenceVAE that was told actions.
        looks: (n, static_dim), those who audition.
        count: how many are chosen, at most n.
        beside: (m, height, width) standing frames of characters already chosen, whom the new ones shall not resemble.

    Returns:
        (count, static_dim), the most unlike first.

    Raises:
        ValueError: fewer looks than are wanted.
    """
    if not 1 <= count <= len(looks):
        raise ValueError(f"{count} of {len(looks)} looks cannot be chosen: let more audition")
    frames = stand(animator, looks)
    unsteady = (stand(animator, animator.looks(frames)) != frames).sum(axis=(1, 2))
    steady = list(np.argsort(unsteady, kind="stable")[: max(count, len(looks) // 2)])
    chosen, others = [], list(beside)
    while len(chosen) < count:
        apart = [min(((frames[one] != other).sum() for other in others), default=0) for one in steady]
        chosen.append(steady.pop(int(np.argmax(apart))))  # the steadiest, while there are no others
        others.append(frames[chosen[-1]])
    return np.asarray(looks)[chosen]


def swap_motion(animator, one, other):
    """Let each of two characters do what the other does.

    Args:
        animator: a SequenceVAE.
        one: (time, height, width) palette indices, a clip.
        other: a clip of the same shape.

    Returns:
        The first character in the second's motion, and the second in the first's; shaped like the clips.

    Raises:
        ValueError: clips of different shapes.
    """
    if np.shape(one) != np.shape(other) or np.ndim(one) != 3:
        raise ValueError(f"clips must be (time, height, width) and alike; got {np.shape(one)} and {np.shape(other)}")
    clips = np.stack([one, other])
    return tuple(animator.draw(animator.looks(clips[:, 0]), animator.motions(clips)[::-1]))


def in_between(animator, look, poses, counts):
    """Draw what lies between poses.

    Args:
        animator: a SequenceVAE.
        look: (static_dim,), who.
        poses: (keys, dynamic_dim), at least two codes of key poses, as `animator.motions` reads them.
        counts: frames between each two keys, keys - 1 numbers.

    Returns:
        (keys + sum of counts, height, width) palette indices: keys and in-betweens, in order.

    Raises:
        ValueError: fewer than two poses, or counts that do not go with them.
    """
    poses = np.asarray(poses, "float32")
    if poses.ndim != 2 or len(poses) < 2 or len(counts) != len(poses) - 1 or min(counts) < 0:
        raise ValueError(f"{len(poses)} poses need {max(len(poses) - 1, 1)} counts of frames between; got {counts}")
    # a straight line: z_t has a learned prior, not the shell of N(0, I) on which an arc would keep
    path = [
        (1 - share) * start + share * end
        for start, end, count in zip(poses[:-1], poses[1:], counts, strict=True)
        for share in np.arange(count + 1) / (count + 1)
    ]
    return animator.draw(_checked_looks(np.asarray(look)[None], animator.static_dim), np.array([[*path, poses[-1]]]))[0]


def skins_of(sprites, frames):
    """Reads the skin of people who stand, from the pixels in which everybody whom the animator knows shows bare skin.

    Args:
        sprites: the Sprites that the animator was trained on.
        frames: (n, height, width) palette indices.

    Returns:
        (n,) the skin that most of those pixels show, and (n,) the share of them that do.
    """
    standing, skins = sprites.frames[sprites.train, STANDING, 0], sprites.attributes[sprites.train, 0]
    shown = np.stack([standing[skins == skin][0] for skin in range(OPTIONS)])  # (skins, height, width)
    # one colour for each skin, whatever else somebody has on, and no two skins have the same
    bare = (standing == shown[skins]).all(axis=0) & (np.diff(np.sort(shown, axis=0), axis=0) > 0).all(axis=0)
    shares = (np.asarray(frames)[:, None, bare] == shown[:, bare]).mean(axis=-1)
    return shares.argmax(axis=-1), shares.max(axis=-1)


def read_attributes(judge, clips):
    """Ask the judge what characters look like.

    Args:
        judge: a Judge.
        clips: (n, time, height, width) palette indices.

    Returns:
        (n, 4) options, in the order of ATTRIBUTES.
    """
    return np.stack([part.argmax(axis=-1) for part in judge.probabilities(clips)[1:]], axis=-1)


def nearest(frame, frames):
    """Finds the known frame that a new one resembles most: is a design new, or a copy?

    Args:
        frame: (height, width) palette indices.
        frames: (n, height, width) palette indices.

    Returns:
        Its index, and the share of pixels that differ among those where either shows the character.

    Raises:
        ValueError: the sizes differ, or there is nothing to compare with.
    """
    frame, frames = np.asarray(frame), np.asarray(frames)
    if frames.ndim != 3 or frames.shape[1:] != frame.shape or not len(frames):
        raise ValueError(f"cannot compare a frame of shape {frame.shape} with frames of shape {frames.shape}")
    differ = (frames != frame).sum(axis=(1, 2))
    index = int(differ.argmin())
    shown = ((frames[index] > 0) | (frame > 0)).sum()
    return index, float(differ[index] / max(shown, 1))


def loop_jump(frames):
    """How an action joins its own beginning: the change from last to first frame beside the changes within.

    Args:
        frames: (time, height, width) palette indices, at least two frames.

    Returns:
        Share of pixels that change at the join, and the largest share that changes between two frames inside.
    """
    changes = (np.diff(frames.astype(int), axis=0, append=frames[:1].astype(int)) != 0).mean(axis=(1, 2))
    return float(changes[-1]), float(changes[:-1].max())


def _checked_looks(looks, size):
    looks = np.asarray(looks, "float32")
    if looks.ndim != 2 or looks.shape[1] != size or not len(looks):
        raise ValueError(f"looks must be (characters, {size}), at least one; got {looks.shape}")
    if not np.isfinite(looks).all():
        raise ValueError("looks hold NaN or infinity")
    return looks
