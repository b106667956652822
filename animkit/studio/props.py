"""Props that move: cartoon physics on top of a path, and a still drawing that follows it as a clip.

A path is (frames, 2) metres, x to the right and y up; angles are radians, counterclockwise.
"""

import numpy as np
from PIL import Image

from animkit.data.pictures import read_pixels
from animkit.studio.prop_art import PROPS

SPEED = 5.0  # m/s at which three quarters (tanh 1) of a stretch or squash are reached
HOLD = 3  # frames that a squash takes to fade
SAMPLES = 3  # of each pixel, across and down: nine shades of an edge
LARGEST = 512  # pixels a side that are kept of a user's picture
MOST = 1 << 27  # pixels of all frames together, 512 MiB of RGBA


def carry_on_path(model, path, frames, *, samples=0, seed=0):
    """Let a network go on with a motion.

    Args:
        model: with `carry_on`, such as `animkit.models.objects.ObjectForecaster`.
        path: (seen, 2), or (seen, 3) with the angle, as the model wants it.
        frames: how many more.
        samples: how many futures; 0 for their mean.
        seed: of these.

    Returns:
        (frames, 2 or 3), or (samples, frames, 2 or 3), float64.

    Raises:
        ValueError: the path is no row of finite places, or no frames are wanted.
    """
    path = np.asarray(path, float)
    if path.ndim != 2 or path.shape[1] not in (2, 3) or not np.isfinite(path).all():
        raise ValueError(f"a path to carry on is (frames, 2 or 3), all finite; got {path.shape}")
    if frames < 1 or samples < 0:
        raise ValueError(f"carry on for at least 1 frame, with samples of 0 or more; got {frames} and {samples}")
    return np.asarray(model.carry_on(path[None], frames=frames, samples=samples, seed=seed), float)[0]


def squash_and_stretch(path, fps, *, stretch=0.35, squash=0.5, ground=0.0):
    r"""Give a body that follows a path the shape that cartoons give it: long in flight, flat where it hits the ground.

    With the velocity's direction u, the ground's normal n and a weight w that falls from 1 to 0 after a contact, the
    shape is the matrix A = exp(H) of the strain

        H = (1 - w) a tanh(|v| / 5 m/s) (2 u u^T - I) - w b tanh(|v_impact| / 5 m/s) (2 n n^T - I).

    H has no trace, so the area is kept exactly: det A = e^(tr H) = 1.

    Args:
        path: (frames, 2) of the body's centre, or of any point of it.
        fps: frames per second.
        stretch: a, 0 to 1; at full speed the body is e^a times as long.
        squash: b, 0 to 1.
        ground: height of the path where the body stands on the ground.

    Returns:
        (frames, 2, 2) symmetric matrices of determinant 1, which `draw_prop` takes.

    Raises:
        ValueError: the path, the rate or an amount cannot be.

    Source: Chenney et al. 2002, Simulating cartoon style animation; Thomas and Johnston 1981 for the principle.
    """
    path = _path(path, fps)
    for name, amount in (("stretch", stretch), ("squash", squash)):
        if not 0 <= amount <= 1:
            raise ValueError(f"{name} is an amount from 0 (rigid) to 1 (2.7 times as long); got {amount}")
    velocity = np.gradient(path, axis=0) * fps if len(path) > 1 else np.zeros_like(path)
    speed = np.hypot(*velocity.T)
    u, v = (velocity / np.maximum(speed, 1e-12)[:, None]).T
    size = stretch * np.tanh(speed / SPEED)
    along, slant = size * (2 * u * u - 1), size * 2 * u * v  # H = [[along, slant], [slant, -along]]
    for frame, impact in _contacts(path, fps, ground):
        weight = 1 - np.arange(min(HOLD, len(path) - frame)) / HOLD
        now = slice(frame, frame + len(weight))
        along[now] = (1 - weight) * along[now] + weight * squash * np.tanh(impact / SPEED)
        slant[now] *= 1 - weight
    size = np.hypot(along, slant)
    grown = np.sinh(size) / np.maximum(size, 1e-12)
    strain = np.stack([along, slant, slant, -along], axis=-1).reshape(-1, 2, 2)
    return np.cosh(size)[:, None, None] * np.eye(2) + grown[:, None, None] * strain


def _contacts(path, fps, ground):
    """Pairs (frame, speed downwards before it, m/s) where a path comes down to the ground and leaves it again."""
    height = path[:, 1]
    drop = -np.diff(height, prepend=height[:1]) * fps
    before = np.maximum(drop, np.roll(drop, 1))  # a bounce between two frames spoils the drop of the latter
    rises = np.append(height[1:] > height[:-1], True)
    low = (drop > 0) & rises & (height - ground <= np.maximum(before, 0) / fps)
    return [(int(frame), before[frame]) for frame in np.flatnonzero(low)]


def land(path, fps, *, ground=0.0):
    """Put the frame nearest to each contact on the ground: a bounce falls between two frames, and looks as if above it.

    Args:
        path: (frames, 2).
        fps: frames per second.
        ground: height of the path where the body stands on the ground.

    Returns:
        (frames, 2); only heights at contacts differ.

    Raises:
        ValueError: the path or the rate cannot be.
    """
    path = _path(path, fps).copy()
    path[[frame for frame, _ in _contacts(path, fps, ground)], 1] = ground
    return path


def anticipate(path, fps, *, seconds=0.25):
    """Let a motion begin with a small one backwards.

    Before the start x_0 comes, for s from 0 to 1, p(s) = x_0 + v_0 T s^2 (s - 1): it begins at rest, swings back by
    4/27 |v_0| T, and arrives at x_0 with the velocity v_0, so nothing jerks.

    Args:
        path: (frames, ...) places or angles, two frames or more.
        fps: frames per second.
        seconds: T, of the motion backwards.

    Returns:
        (frames + fps T, ...).

    Raises:
        ValueError: the path, the rate or the time cannot be.

    Source: Thomas and Johnston 1981 for the principle.
    """
    path = _values(path, fps, seconds)
    count = round(seconds * fps)
    s = _column(np.arange(count) / max(count, 1), path)
    return np.concatenate([path[0] + (path[1] - path[0]) * count * s**2 * (s - 1), path])


def follow_through(path, fps, *, frequency=2.0, damping=0.2, seconds=1.0):
    """Let a motion that stops dead swing out.

    After the end x comes x + v / w e^(-z W t) sin(w t) with W = 2 pi frequency and w = W sqrt(1 - z^2): a damped
    oscillator that leaves with the velocity v of the end, so nothing jerks, and comes to rest where the motion ended.

    Args:
        path: (frames, ...) places or angles, two frames or more.
        fps: frames per second.
        frequency: swings per second.
        damping: z, 0 (swings for ever) to below 1 (hardly swings).
        seconds: how long it is watched.

    Returns:
        (frames + fps seconds, ...).

    Raises:
        ValueError: the path, the rate or a number cannot be.

    Source: Thomas and Johnston 1981 for the principle.
    """
    path = _values(path, fps, seconds)
    if not 0 < frequency <= fps / 2 or not 0 <= damping < 1:
        raise ValueError(
            f"frequency is above 0 and at most {fps / 2:g} swings a second at this rate, damping from 0 to below 1; "
            f"got {frequency} and {damping}"
        )
    turn = 2 * np.pi * frequency
    swing = turn * np.sqrt(1 - damping**2)
    t = _column(np.arange(1, round(seconds * fps) + 1) / fps, path)
    velocity = (path[-1] - path[-2]) * fps
    return np.concatenate([path, path[-1] + velocity / swing * np.exp(-damping * turn * t) * np.sin(swing * t)])


def roll(path, radius):
    """Turn a body so that it rolls without sliding: by -(x - x_0) / radius, as its rim moves back what it moves on.

    Args:
        path: (frames, 2).
        radius: metres, above 0.

    Returns:
        (frames,) angles.

    Raises:
        ValueError: the path is none, or the radius not above 0.
    """
    path = _path(path, 1)
    if not radius > 0:
        raise ValueError(f"the radius must be above 0 metres; got {radius}")
    return -(path[:, 0] - path[0, 0]) / radius


def read_prop(source):
    """Read a still picture of any kind as a prop: cut to what is seen of it, and no larger than it is ever drawn.

    Args:
        source: a path, or the bytes of a file, as `animkit.data.pictures.read_pixels` takes them.

    Returns:
        (height, width, 4) uint8 RGBA, at most 512 pixels a side.

    Raises:
        FileNotFoundError: there is no such file.
        ValueError: it is no still picture, or shows nothing.
    """
    picture = read_pixels(source)
    seen = picture[..., 3] > 0
    if not seen.any():
        raise ValueError("the picture shows nothing, all of it is transparent: save it with the drawing's layer shown")
    rows, columns = (np.flatnonzero(seen.any(axis=axis)) for axis in (1, 0))
    return _reduced(picture[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1], LARGEST)


def draw_prop(picture, path, *, size=0.5, shapes=None, angles=None, scale=64, window=None):
    """Let a still drawing follow a path.

    Its middle follows the path; where shapes change its height, its lowest point stays at the height that it has on
    the path, so that what stands on the ground goes on standing there.

    Args:
        picture: (height, width, 4) uint8 RGBA, such as one of `PROPS`, or from `read_prop`.
        path: (frames, 2) of the drawing's middle.
        size: metres of the picture's longer side.
        shapes: (frames, 2, 2) from `squash_and_stretch`; None for a rigid body.
        angles: (frames,); the drawing is turned first, then squashed.
        scale: pixels per metre.
        window: (left, bottom, right, top) in metres of what is seen; None for all that the prop reaches.

    Returns:
        (frames, height, width, 4) uint8 RGBA; edges are soft.

    Raises:
        ValueError: a shape or number cannot be, or all frames together are too large.
    """
    picture, path = _picture(picture), _path(path, 1)
    frames = len(path)
    shapes = np.broadcast_to(np.eye(2), (frames, 2, 2)) if shapes is None else np.asarray(shapes, float)
    angles = np.zeros(frames) if angles is None else np.asarray(angles, float)
    if shapes.shape != (frames, 2, 2) or angles.shape != (frames,):
        raise ValueError(f"{frames} frames need shapes (frames, 2, 2) and angles (frames,), not {shapes.shape} and "
                         f"{angles.shape}")  # fmt: skip
    if not (np.isfinite(shapes).all() and np.isfinite(angles).all() and (np.linalg.det(shapes) > 1e-6).all()):
        raise ValueError("shapes must be finite matrices of a determinant above 0, and angles finite")
    if not (0 < size < 1e4 and 0 < scale < 1e4):
        raise ValueError(f"size (m) and scale (pixels per metre) must be above 0 and finite; got {size} and {scale}")
    picture = _reduced(picture, max(1, int(2 * size * scale)))
    turns = np.stack([np.cos(angles), -np.sin(angles), np.sin(angles), np.cos(angles)], axis=-1).reshape(-1, 2, 2)
    high, wide = np.array(picture.shape[:2]) * size / max(picture.shape[:2])
    middle = path + [0, 1] * (np.hypot(shapes[:, 1, 0], shapes[:, 1, 1]) - 1)[:, None] * high / 2
    matrices = shapes @ turns * [wide, high]  # from the unit square around 0 to metres
    reach = np.abs(matrices).sum(axis=2) / 2
    left, bottom, right, top = (
        (*(middle - reach).min(axis=0), *(middle + reach).max(axis=0)) if window is None else map(float, window)
    )
    width, height = int(np.ceil((right - left) * scale - 1e-9)), int(np.ceil((top - bottom) * scale - 1e-9))
    if width < 1 or height < 1:
        raise ValueError(f"the window is (left, bottom, right, top) in metres, of a pixel or more; got {window}")
    if frames * width * height > MOST:
        raise ValueError(f"{frames} frames of {width} x {height} pixels are too much at once: take a smaller scale")
    drawn = np.zeros((frames, height, width, 4), np.uint8)
    at = (middle - [left, top]) * [scale, -scale]  # pixels from the upper left corner
    flip = np.array([[1, -1], [-1, 1]])  # y down
    image = Image.fromarray(picture).convert("RGBa")  # colours times alpha, as what is transparent has none
    for frame, place, matrix, half in zip(drawn, at, matrices * scale * flip, reach * scale, strict=True):
        _stamp(frame, image, place, matrix, half)
    return drawn


def _stamp(frame, picture, place, matrix, half):
    """Draw a picture into a frame: its unit square goes through a matrix in pixels, its middle to a place."""
    low = np.maximum(np.floor(place - half).astype(int), 0)
    high = np.minimum(np.ceil(place + half).astype(int), frame.shape[1::-1])
    if (high <= low).any():
        return
    # from samples back to the picture's pixels
    back = np.linalg.inv(matrix) * np.array(picture.size)[:, None]
    moved = back @ (low - place) + np.array(picture.size) / 2
    affine = np.column_stack([back / SAMPLES, moved]).ravel().tolist()
    samples = picture.transform(tuple(SAMPLES * (high - low)), Image.Transform.AFFINE, affine)
    frame[low[1] : high[1], low[0] : high[0]] = np.asarray(samples.reduce(SAMPLES).convert("RGBA"))


def _picture(picture):
    picture = np.asarray(picture)
    if picture.dtype != np.uint8 or picture.ndim != 3 or picture.shape[-1] not in (3, 4) or 0 in picture.shape:
        raise ValueError(
            f"a prop's picture is (height, width, 3 or 4) uint8; got {picture.shape} {picture.dtype}; `read_prop` "
            f"makes one of a file, and PROPS has {', '.join(PROPS)}"
        )
    return picture if picture.shape[-1] == 4 else np.pad(picture, [(0, 0), (0, 0), (0, 1)], constant_values=255)


def _reduced(picture, most):
    """A picture with at most so many pixels a side."""
    height, width = picture.shape[:2]
    share = most / max(height, width)
    if share >= 1:
        return picture
    size = max(1, round(width * share)), max(1, round(height * share))
    return np.asarray(Image.fromarray(picture).resize(size, Image.Resampling.BOX))


def _path(path, fps):
    path = np.asarray(path, float)
    if path.ndim != 2 or path.shape[1] != 2 or not len(path):
        raise ValueError(f"a path is (frames, 2) in metres, one frame or more; got {path.shape}")
    _check(path, fps)
    return path


def _values(values, fps, seconds):
    values = np.asarray(values, float)
    if values.ndim < 1 or len(values) < 2:
        raise ValueError(f"a motion to begin or to end softly has two frames or more; got {values.shape}")
    _check(values, fps)
    if not 0 <= seconds <= 60:
        raise ValueError(f"seconds go from 0 to 60; got {seconds}")
    return values


def _check(path, fps):
    if not np.isfinite(path).all():
        frame = int(np.argwhere(~np.isfinite(path))[0][0])
        raise ValueError(f"the path is not finite in frame {frame}: what made it has diverged")
    if not 0 < fps <= 1000:
        raise ValueError(f"frames per second must be above 0 and at most 1000; got {fps}")


def _column(numbers, path):
    return numbers.reshape(-1, *[1] * (path.ndim - 1))
