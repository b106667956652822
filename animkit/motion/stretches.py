"""Which frames of a clip are kept: stretches as text and back, with more and with fewer frames.

A *stretch* is a pair (first, last) of frame numbers from 0, both in it; a key is a stretch of one frame.
"""

import re

import numpy as np


def read_stretches(text, frames):
    """Read which frames are kept.

    Args:
        text: such as "0-29, 45, 60-89"; in any order, overlaps are merged.
        frames: of the clip.

    Returns:
        tuple of (first, last), increasing, no two of them touching. The first and the last frame are among them.

    Raises:
        ValueError: for anything else than numbers and ranges, a frame that the clip does not have, or a range that
            runs backwards.
    """
    found = []
    for part in filter(None, (part.strip() for part in re.split("[,;]", text))):
        match = re.fullmatch(r"(\d+)(?:\s*[-–]\s*(\d+))?", part)
        if not match:
            raise ValueError(f"{part!r} is neither a frame nor a range: write kept frames as 0-29, 45, 60-89")
        first, last = int(match[1]), int(match[2] or match[1])
        if first > last:
            raise ValueError(f"the range {part} runs backwards: write {last}-{first}")
        if last >= frames:
            raise ValueError(f"there is no frame {last}: the clip's last is {frames - 1}")
        found.append((first, last))
    return _merged([(0, 0), (frames - 1, frames - 1), *found])


def tell_stretches(stretches):
    """Write stretches as `read_stretches` reads them.

    Args:
        stretches: pairs (first, last).

    Returns:
        str.
    """
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in stretches)


def keep(stretches, first, last, frames):
    """Keep more frames.

    Args:
        stretches: pairs (first, last).
        first: frame that is kept from now on, and those up to
        last: this one.
        frames: of the clip.

    Returns:
        tuple of (first, last).

    Raises:
        ValueError: when the clip has no such frames.
    """
    _check_range(first, last, frames)
    return _merged([*stretches, (first, last)])


def clear(stretches, first, last, frames):
    """Keep fewer frames; the first and the last of a clip always stay.

    Args:
        stretches: pairs (first, last).
        first: frame that is to be filled from now on, and those up to
        last: this one.
        frames: of the clip.

    Returns:
        tuple of (first, last).

    Raises:
        ValueError: when the clip has no such frames, or nothing between its ends would be cleared.
    """
    _check_range(first, last, frames)
    if max(first, 1) > min(last, frames - 2):
        raise ValueError("the first and the last frame stay keys: motion in between needs both ends")
    kept = np.zeros(frames, bool)
    kept[frames_of(stretches)] = True
    kept[max(first, 1) : min(last, frames - 2) + 1] = False
    return _merged([(frame, frame) for frame in np.flatnonzero(kept).tolist()])


def frames_of(stretches):
    """List the frames of stretches.

    Args:
        stretches: pairs (first, last).

    Returns:
        Increasing frame numbers, int array.
    """
    return np.concatenate([np.arange(first, last + 1) for first, last in stretches])


def gaps(stretches):
    """List what lies between stretches.

    Args:
        stretches: increasing pairs (first, last).

    Returns:
        list of pairs (first, last).
    """
    return [(end + 1, start - 1) for (_, end), (start, _) in zip(stretches, stretches[1:], strict=False)]


def _check_range(first, last, frames):
    if not 0 <= first <= last < frames:
        raise ValueError(f"frames {first} to {last} are not in a clip whose frames are 0 to {frames - 1}")


def _merged(stretches):
    merged = []
    for first, last in sorted(stretches):
        if merged and first <= merged[-1][1] + 1:
            merged[-1] = merged[-1][0], max(last, merged[-1][1])
        else:
            merged.append((first, last))
    return tuple(merged)
