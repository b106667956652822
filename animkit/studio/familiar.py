"""What a network of motion has seen in training, and where a clip lies outside it: gaps, speed, proportions."""

import math

import numpy as np

from animkit.motion.clips import centimetres_per_unit, known_joints, skeleton
from animkit.motion.stretches import gaps

RATE = 30.0  # frames a second, in which lengths of gaps are told
_PARTS = {"arm": ("LeftHand", "LeftArm"), "trunk": ("Head", "Hips"), "shank": ("LeftFoot", "LeftLeg")}
_TOLD = {
    "gap": "a gap of {0:.0f} frames at 30 a second (trained on {1:.0f} to {2:.0f})",
    "speed": "{0:.0f} cm/s from key to key, on a leg of 85 cm (trained on up to {2:.0f})",
    "arm": "arms of {0:.2f} times the leg (trained on {1:.2f} to {2:.2f})",
    "trunk": "hips to head {0:.2f} times the leg (trained on {1:.2f} to {2:.2f})",
    "shank": "shanks of {0:.2f} times the leg (trained on {1:.2f} to {2:.2f})",
}
_SLACK = 1.1  # speeds and proportions that much beyond the range are as good as seen


def seen_in(clips, lengths):
    """Tell what a network sees that is trained on clips.

    Args:
        clips: list of pybvh.Bvh, each on its own skeleton.
        lengths: of the gaps, frames at 30 a second.

    Returns:
        dict: name -> [least, most]. `gap` in frames at 30 a second; `speed` of the hips over half a second, in cm/s on
        a leg of 85 cm; `arm`, `trunk` and `shank` as a share of the leg, where the skeleton's joints are known.
    """
    fastest, found = 0.0, {}
    for clip in clips:
        leg, shares = _proportions(clip)
        half = min(round(clip.fps / 2), clip.frame_count - 1)
        way = np.linalg.norm((clip.root_pos[half:] - clip.root_pos[:-half])[:, [0, 2]], axis=1)
        fastest = max(fastest, float(way.max()) * clip.fps / half * 85 / leg)
        for name, share in shares.items():
            found.setdefault(name, []).append(share)
    spans = {name: [min(shares), max(shares)] for name, shares in found.items()}
    return {"gap": [min(lengths), max(lengths)], "speed": [0.0, fastest], **spans}


def unfamiliar(seen, clip, stretches):
    """Tell in which way gaps of a clip lie outside what a network has seen.

    Args:
        seen: see `seen_in`; empty where nothing is known of it.
        clip: pybvh.Bvh.
        stretches: what is kept, see `animkit.motion.stretches`.

    Returns:
        list of texts with units, the farthest gap of each kind; empty where everything has been seen.
    """
    between = gaps(stretches)
    if not seen or not between:
        return []
    leg, values = _proportions(clip)
    lengths = [last - first + 1 for first, last in between]
    ways = [np.linalg.norm((clip.root_pos[last + 1] - clip.root_pos[first - 1])[[0, 2]]) for first, last in between]
    values["speed"] = max(way / (n + 1) for way, n in zip(ways, lengths, strict=True)) * clip.fps * 85 / leg
    values["gap"] = max(lengths) * RATE / clip.fps
    told = []
    for name in _TOLD.keys() & seen.keys() & values.keys():
        least, most = seen[name]
        slack = 1.0 if name == "gap" else _SLACK
        if values[name] > most * slack or (name in _PARTS and values[name] < least / slack):
            told.append(_TOLD[name].format(values[name], least, most))
    return sorted(told)


def keys_to_set(seen, clip, stretches):
    """Propose keys that cut long gaps into gaps that a network has seen; the middle of the longest where none is long.

    Args:
        seen: see `seen_in`.
        clip: pybvh.Bvh.
        stretches: what is kept.

    Returns:
        list of frame numbers, increasing; empty where there is no gap of three frames or more.
    """
    between = gaps(stretches)
    most = seen["gap"][1] * clip.fps / RATE if "gap" in seen else math.inf
    proposed = []
    for first, last in between:
        parts = math.ceil((last - first + 2) / (most + 1))  # from key to key
        proposed += np.linspace(first - 1, last + 1, parts + 1).round().astype(int)[1:-1].tolist()
    if not proposed:
        first, last = max(between, key=lambda gap: gap[1] - gap[0], default=(0, 0))
        proposed = [(first + last) // 2] if last - first > 1 else []
    return proposed


def _proportions(clip):
    """Length of a leg in the clip's unit, and of other parts as shares of it."""
    names, parents, offsets = skeleton(clip)
    known = known_joints(clip)

    def length(low, top):
        j, top, sum_ = names.index(known[low]), names.index(known[top]), 0.0
        while j != top and j >= 0:
            sum_ += float(np.linalg.norm(offsets[j]))
            j = parents[j]
        return sum_

    if "LeftFoot" not in known or "LeftUpLeg" not in known:
        return 85 / centimetres_per_unit(clip), {}
    leg = length("LeftFoot", "LeftUpLeg")
    return leg, {name: length(*ends) / leg for name, ends in _PARTS.items() if set(ends) <= set(known)}
