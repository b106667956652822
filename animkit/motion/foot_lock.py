"""Feet that stand still: foot locking by two-bone inverse kinematics, after the fact, on any legged skeleton."""

import warnings
from bisect import bisect_right
from numbers import Real
from typing import NamedTuple

import numpy as np
from pybvh.rotations import rotmat_to_euler
from scipy.ndimage import convolve1d, distance_transform_edt, maximum_filter1d

from animkit.motion.clips import global_pose, known_joints, skeleton, split_side
from animkit.motion.kinematics import rotate, unit

_BEND = 0.05  # of thigh and shin: how far off the straight line a knee stays, for nearer it jumps at the least change
_GIVE = 0.2  # of the length of a leg: how far the root goes so that a foot is reached; beyond that the foot gives way
_ROUNDS = 6
_SETTLE = 60  # rounds in which the places of ankle and toe settle at the length of the foot


class _Ease(NamedTuple):
    frames: int  # at least, in which a foot leaves its place
    pace: float  # at most, in units of the clip a frame, at which it does

    def length(self, way):
        return max(self.frames, int(np.ceil(1.5 * np.linalg.norm(way) / self.pace)))


class Leg(NamedTuple):
    """Names of the nodes of one leg, each the parent of the next."""

    hip: str
    knee: str
    ankle: str
    toe: str  # a joint, or the end site of a foot that has no toes


def foot_joints(clip):
    """Find the joints of the feet by their names.

    Args:
        clip: pybvh.Bvh.

    Returns:
        list of names: toes, or feet without toes; ankles where nothing is named foot or toe.

    Raises:
        ValueError: when nothing is named foot, ankle or toe.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # it warns of feet without toes, which are fine here
        feet = clip.auto_detect_foot_joints()
    known = known_joints(clip)
    feet = feet or [known[key] for key in ("LeftFoot", "RightFoot") if key in known]
    if not feet:
        raise ValueError(
            "no joint is named foot, ankle or toe, so no leg can be found; the joints are "
            f"{', '.join(clip.joint_names)}. Rename the joints of the feet."
        )
    return feet


def find_legs(clip):
    """Find the legs of a skeleton by the names and the place of its feet.

    Args:
        clip: pybvh.Bvh.

    Returns:
        list of Leg, left legs first.

    Raises:
        ValueError: when nothing is named foot, ankle or toe, or a foot has no toe or no hip, knee and pelvis above it.
    """
    return [Leg(*(clip.nodes[node].name for node in leg)) for leg in _legs(clip)]


def foot_positions(clip):
    """Where the points that touch the ground are: ankle and toe of each leg.

    Args:
        clip: pybvh.Bvh.

    Returns:
        (time, 2 x legs, 3) in the clip's unit: left ankle, left toe, right ankle, right toe.

    Raises:
        ValueError: as `find_legs`.
    """
    return clip.node_positions()[:, [node for leg in _legs(clip) for node in leg[2:]]]


def foot_contacts(clip):
    """Label when ankles and toes are in contact: slow and low.

    Args:
        clip: pybvh.Bvh.

    Returns:
        (time, 2 x legs) bool, in the order of `foot_positions`; a shorter clip than three frames has none.

    Raises:
        ValueError: as `find_legs`, or when the clip has no frame time.
    """
    legs, axis = find_legs(clip), clip.up_axis
    contacts = np.zeros((clip.frame_count, len(legs), 2), bool)
    if clip.frame_count >= 3:
        coords = clip.node_positions()
        points = foot_positions(clip).reshape(clip.frame_count, len(legs), 2, 3)
        # Ankles are higher than toes on the same ground, so each kind has its own floor, where slow ones are. One floor
        # for all, or the lowest frames' that pybvh takes, hides contacts, and its `foot_contacts` refuses skeletons
        # whose rest pose does not stand.
        for column, names in enumerate([[leg.ankle for leg in legs], [leg.toe for leg in legs]]):
            slow = clip.ground_contacts(names, "velocity", coords) > 0
            if slow.any():
                floor = np.percentile(points[:, :, column, axis.index][slow] * axis.sign, 10) * axis.sign
                low = clip.ground_contacts(names, coords=coords, height_reference="velocity", floor=float(floor))
                contacts[:, :, column] = low > 0
        # short gaps are closed, among them jumps such as from a T-pose in the first frame, which no foot makes standing
        length = np.linalg.norm([clip.nodes[clip.node_index[leg.ankle]].offset for leg in legs], axis=-1).mean()
        jumps = np.linalg.norm(np.diff(points, axis=0), axis=-1) * clip.fps > 2 * length
        contacts[1:] &= ~jumps
        contacts[:-1] &= ~jumps
    return contacts.reshape(clip.frame_count, -1)


def lock_feet(clip, *, contacts=None, keep=(), blend=0.2, floor="auto"):
    """Clean a clip of sliding feet.

    Each ankle and toe stays at one place while it is in contact, and goes there and away smoothly. Thigh and shin turn
    so that the ankle gets there, the knee bending the way it did; the root gives way, mostly downwards, where a leg
    would be too short. Nothing of a foot is under the ground. All other joints keep their rotations.

    Args:
        clip: pybvh.Bvh whose legs are hip, knee, ankle and toe (a joint or an end site).
        contacts: (time, 2 x legs), true where ankle and toe are in contact, in the order of `foot_positions`; or
            (time, legs) for whole feet. `foot_contacts` of the clip if None.
        keep: frames that stay exactly as they are, such as the keys around a filled gap.
        blend: seconds in which a foot goes to its place and leaves it; more where the way is long.
        floor: height of the ground in the clip's unit; "auto" takes it from the feet in contact; None for no ground.

    Returns:
        A new pybvh.Bvh with the same skeleton, frames and rotation orders.

    Raises:
        ValueError: when a leg is missing or has a bone without length, or an argument does not fit the clip.

    Source: Kovar et al. 2002, "Footskate cleanup for motion capture editing", in outline.
    """
    legs = _legs(clip)
    frames = clip.frame_count
    contacts = foot_contacts(clip) if contacts is None else _contacts(contacts, frames, len(legs))
    kept = _kept(keep, frames)
    if not (np.isfinite(blend) and blend > 0):
        raise ValueError(f"blend is seconds, above 0; got {blend}")
    if not (floor is None or floor == "auto" or (isinstance(floor, Real) and np.isfinite(floor))):
        raise ValueError(f'floor is a height, "auto" or None; got {floor!r}')
    if frames < 3:
        return clip.copy()
    up = clip.up_axis.vector
    places = clip.node_positions()
    size = np.mean([np.linalg.norm(places[:, knee] - places[:, hip], axis=-1).mean() for hip, knee, _, _ in legs])
    ease = _Ease(max(2, round(blend * clip.fps)), 1.4 * size / clip.fps)
    below = {leg: [leg[2], *_descendants(clip, leg[2])] for leg in legs}
    if floor == "auto":
        floor = _ground(places @ up, legs, contacts, below)

    moved = []
    for index, leg in enumerate(legs):
        ankle, toe, held = _held_foot(
            places[:, leg[2]], places[:, leg[3]], contacts[:, 2 * index : 2 * index + 2], kept, up, ease
        )
        if floor is not None:
            lift = _lift(places, below[leg], leg, ankle, toe, up, floor, held, kept, ease)
            ankle, toe = ankle + lift, toe + lift
        moved.append((ankle, toe))
    active = _active(places, legs, moved, kept, ease)
    reaches = [_reach(places, leg, active) for leg in legs]
    shift = _root_shift(places, legs, moved, reaches, up, kept, ease)
    return _posed(clip, places, legs, moved, reaches, shift)


def _legs(clip):
    """(hip, knee, ankle, toe) node indices of each leg, left first."""
    nodes = clip.nodes
    number = {id(node): index for index, node in enumerate(nodes)}
    feet = foot_joints(clip)
    found = {}
    for name in sorted(feet, key=clip.joint_index.get):
        joint = next(node for node in nodes if node.name == name and not node.is_end_site())
        toe = None
        while "toe" in joint.name.lower() and joint.parent is not None:
            joint, toe = joint.parent, joint
        if toe is None:
            toe = max(joint.children, key=lambda child: np.linalg.norm(child.offset), default=None)
        knee = joint.parent
        hip = knee.parent if knee is not None else None
        if toe is None or hip is None or hip.parent is None:
            raise ValueError(
                f"foot {joint.name!r} needs a toe or end site below it, and a knee, a hip and a pelvis above it"
            )
        chain = hip, knee, joint, toe
        for bone in chain[1:]:
            if not np.linalg.norm(bone.offset) > 0:
                raise ValueError(
                    f"the bone from {bone.parent.name} to {bone.name} has no length: no leg can bend there"
                )
        found.setdefault(id(joint), tuple(number[id(node)] for node in chain))
    return sorted(found.values(), key=lambda leg: split_side(nodes[leg[2]].name, clip.joint_names)[0] != "left")


def _descendants(clip, ankle):
    inside = {id(clip.nodes[ankle])}
    for node in clip.nodes[ankle + 1 :]:
        if id(node.parent) in inside:
            inside.add(id(node))
    return [index for index, node in enumerate(clip.nodes) if id(node) in inside and index != ankle]


def _contacts(contacts, frames, legs):
    contacts = np.asarray(contacts)
    if contacts.shape == (frames, legs):
        contacts = np.repeat(contacts, 2, axis=1)
    if contacts.shape != (frames, 2 * legs):
        raise ValueError(
            f"contacts must be (time, 2 x legs) = {(frames, 2 * legs)}, or (time, legs); got {contacts.shape}"
        )
    return contacts.astype(bool)


def _kept(keep, frames):
    keep = np.asarray(keep, dtype=int).reshape(-1)
    if ((keep < 0) | (keep >= frames)).any():
        raise ValueError(f"keep holds frames from 0 to {frames - 1}; got {keep.tolist()}")
    kept = np.zeros(frames, bool)
    kept[keep] = True
    return kept


def _ground(heights, legs, contacts, below):
    lowest = [
        heights[contacts[:, 2 * index : 2 * index + 2].any(axis=1)][:, below[leg]].min(axis=1)
        for index, leg in enumerate(legs)
    ]
    lowest = np.concatenate(lowest)
    # low rather than middling: of stairs it is the lowest step, so that no step is lifted
    return np.percentile(lowest, 10) if len(lowest) else None


def _held_foot(ankle, toe, contacts, kept, up, ease):
    """Where ankle and toe go, (time, 3) each, and where either is held, (time,)."""
    length = np.linalg.norm(toe - ankle, axis=-1).mean()
    on_ankle, on_toe = contacts[:, 0].copy(), contacts[:, 1].copy()
    ankle_at, toe_at = _settled(ankle, toe, on_ankle, on_toe, kept, length, up, ease.frames // 2)
    on_ankle |= kept
    on_toe |= kept

    # the ankle's way relative to the toe's, then the toe's: so the foot moves as one where only one point is held
    twist = _eased((ankle_at - ankle) - (toe_at - toe), on_ankle & on_toe, _steps(toe - ankle), kept, ease)
    held = on_ankle | on_toe
    way = np.where(on_toe[:, None], toe_at - toe, ankle_at - ankle - twist)
    way = _eased(way, held, np.where(on_toe[:, None], _steps(-toe), _steps(-ankle - twist)), kept, ease)
    ankle_to, toe_to = ankle + way + twist, toe + way

    # the foot keeps its length: the point that is not held gives way, both where none is
    sure = on_ankle != on_toe
    share = np.interp(np.arange(len(held)), *_at(sure, on_toe)) if sure.any() else np.full(len(held), 0.5)
    bone = ankle_to - toe_to
    size = np.linalg.norm(bone, axis=-1, keepdims=True)
    rest = bone * (np.linalg.norm(ankle - toe, axis=-1, keepdims=True) / np.maximum(size, 1e-9) - 1)
    return ankle_to + rest * share[:, None], toe_to - rest * (1 - share[:, None]), held


def _at(sure, values):
    frames = np.flatnonzero(sure)
    return frames, values[frames].astype("float64")


def _settled(ankle, toe, on_ankle, on_toe, kept, length, up, near):
    """The places of held points, (time, 3), such that those of one foot are its length apart; drops what cannot be."""
    runs = []
    for which, (path, on) in enumerate([(toe, on_toe), (ankle, on_ankle)]):
        for start, stop in _runs(on):
            fixed = start + np.flatnonzero(kept[start:stop])
            middle = np.median(path[start:stop], axis=0)
            # a foot that stands shortly before or after a kept frame stands where it is in that frame
            early = max(start - near, 0)
            before, after = np.flatnonzero(kept[early:start])[-1:], np.flatnonzero(kept[stop : stop + near])[:1]
            beside = [*(before + early), *(after + stop)]
            if len(fixed):
                place = _between(np.arange(start, stop), fixed, path)
            else:
                place = np.mean(path[beside], axis=0) if beside else middle
                place = np.repeat((place + (middle - place) @ up * up)[None], stop - start, axis=0)
            runs.append((which, start, stop, place, len(fixed) > 0))
    toes, ankles = [run for run in runs if run[0] == 0], [run for run in runs if run[0] == 1]
    ends = [stop for _, _, stop, _, _ in ankles]
    pairs = []
    for one in toes:
        for other in ankles[bisect_right(ends, one[1]) :]:
            if other[1] >= one[2]:
                break
            pairs.append((one, other, max(one[1], other[1]), min(one[2], other[2])))
    for _ in range(_SETTLE):
        for one, other, start, stop in pairs:
            apart = other[3][start - other[1] : stop - other[1]] - one[3][start - one[1] : stop - one[1]]
            apart = apart.mean(axis=0)
            size = np.linalg.norm(apart)
            free = 2 - one[4] - other[4]
            if free:
                pull = apart * (size - length) / max(size, 1e-9) / free
                one[3][:] += 0 if one[4] else pull
                other[3][:] -= 0 if other[4] else pull
    for one, other, start, stop in pairs:
        apart = other[3][start - other[1] : stop - other[1]] - one[3][start - one[1] : stop - one[1]]
        off = np.abs(np.linalg.norm(apart, axis=-1) - length) > 0.02 * length
        if off.any():  # two kept frames want what one rigid foot cannot do: the toe wins
            on_ankle[start:stop][off & ~kept[start:stop]] = False
    places = ankle.copy(), toe.copy()
    for which, start, stop, place, _ in runs:
        places[1 - which][start:stop] = place
    for place, path in zip(places, (ankle, toe), strict=True):
        place[kept] = path[kept]
    return places


def _between(frames, known, path):
    return np.stack([np.interp(frames, known, path[known, axis]) for axis in range(3)], axis=-1)


def _runs(mask):
    edges = np.flatnonzero(np.diff(np.concatenate([[False], mask, [False]]).astype(int)))
    return list(zip(edges[::2], edges[1::2], strict=True))


def _eased(way, known, steps, kept, ease):
    """Carry a way (time, 3) from the frames where it is known to all others, without a jump of velocity.

    It fades away from known frames; between two of them that are near each other it goes from one to the other.
    `steps` are its changes from the frame before with which the point stays at rest. It leaves the known frames at the
    pace it had in them, so that what the point did before, it does again, less its sliding.
    """

    def slide(frame):
        pair = slice(frame - 1, frame + 1)
        return steps[frame] if 0 < frame < frames and known[pair].all() and not kept[pair].any() else zero

    filled = np.where(known[:, None], way, 0.0)
    runs, frames, zero = _runs(known), len(way), np.zeros(3)
    for before, after in zip([None, *runs], [*runs, None], strict=True):
        start = -1 if before is None else before[1] - 1
        stop = frames if after is None else after[0]
        inside = np.arange(start + 1, stop)
        if not len(inside):
            continue
        first = last = rate_first = rate_last = zero
        if before is not None:
            first, rate_first = way[start], slide(start)
        if after is not None:
            last, rate_last = way[stop], slide(stop + 1)
        out, back = ease.length(first), ease.length(last)
        if before is not None and after is not None and stop - start <= out + back:
            filled[inside] = _curve(inside - start, stop - start, first, last, rate_first, rate_last)
            continue
        if before is not None:
            leaving = inside[inside < start + out]
            filled[leaving] = _curve(leaving - start, out, first, zero, rate_first, zero)
        if after is not None:
            coming = inside[inside > stop - back]
            filled[coming] = _curve(stop - coming, back, last, zero, -rate_last, zero)
    return filled


def _curve(frames, length, first, last, rate_first, rate_last):
    """Cubic Hermite curve over `length` frames, at some frames of it."""
    s = (frames / length)[:, None]
    return (
        (2 * s**3 - 3 * s**2 + 1) * first
        + (3 * s**2 - 2 * s**3) * last
        + (s**3 - 2 * s**2 + s) * length * rate_first
        + (s**3 - s**2) * length * rate_last
    )


def _steps(path):
    """Changes of a path from the frame before, (time, 3)."""
    return np.diff(path, axis=0, prepend=path[:1])


def _lift(places, below, leg, ankle, toe, up, floor, held, kept, ease):
    """How far a foot must rise so that nothing of it is under the floor, (time, 3), smooth in time."""
    turn = _turn(places[:, leg[3]] - places[:, leg[2]], toe - ankle)
    arms = places[:, below] - places[:, leg[2], None]
    lowest = ((rotate(turn[:, None], arms) + ankle[:, None]) @ up).min(axis=1)
    need = np.where(kept, 0.0, np.maximum(floor - lowest, 0.0))
    for start, stop in _runs(held & ~kept):
        need[start:stop] = need[start:stop].max()
    return (_raised(need, ease) * _far(kept, ease))[:, None] * up


def _raised(need, ease):
    """A smooth curve nowhere below `need`."""
    return _smooth(maximum_filter1d(need, ease.frames | 1, mode="nearest"), ease)


def _smooth(values, ease):
    window = np.hanning((ease.frames | 1) + 2)[1:-1]
    return convolve1d(values, window / window.sum(), axis=0, mode="nearest")


def _far(kept, ease):
    """0 in kept frames, 1 some way from them."""
    if not kept.any():
        return np.ones(len(kept))
    s = np.minimum(distance_transform_edt(~kept) / ease.frames, 1.0)
    return s * s * (3 - 2 * s)


def _root_shift(places, legs, moved, reaches, up, kept, ease):
    """How far the root must go so that every leg reaches its foot, (time, 3), smooth in time."""
    most = _GIVE * np.max(reaches)
    far = _far(kept, ease)
    steady = far > 0.5  # nearer to a kept frame, where the root stays, only the frames beside would be moved
    hips, ankles = [places[:, leg[0]] for leg in legs], [ankle for ankle, _ in moved]

    # the shortest way, then straight down for what is left: smoothing makes peaks lower
    shift = np.zeros_like(places[:, 0])
    for _ in range(_ROUNDS):
        need = np.zeros_like(shift)
        for hip, ankle, reach in zip(hips, ankles, reaches, strict=True):
            way = ankle - hip - shift - need
            size = np.linalg.norm(way, axis=-1)
            need += way * (np.maximum(size - reach, 0) / np.maximum(size, 1e-9))[:, None]
        if not need.any():
            break
        shift += _smooth(need * steady[:, None], ease) * far[:, None]
    shift *= np.minimum(1.0, most / np.maximum(np.linalg.norm(shift, axis=-1), 1e-9))[:, None]
    drop = np.zeros(len(shift))
    for hip, ankle, reach in zip(hips, ankles, reaches, strict=True):
        way = ankle - hip - shift
        height = -way @ up
        aside = (way**2).sum(axis=-1) - height**2
        drop = np.maximum(drop, height - np.sqrt(np.maximum(reach**2 - aside, 0)))
    drop = np.minimum(drop, most) * steady
    return shift - (_raised(drop, ease) * far)[:, None] * up


def _reach(places, leg, active):
    """How long a leg may become, (time,): as long as it was, but less straight where feet are moved."""
    hip, knee, ankle, _ = (places[:, node] for node in leg)
    thigh, shin = np.linalg.norm(knee - hip, axis=-1), np.linalg.norm(ankle - knee, axis=-1)
    ahead = unit(ankle - hip)
    depth = np.linalg.norm(knee - hip - ((knee - hip) * ahead).sum(axis=-1, keepdims=True) * ahead, axis=-1)
    depth = depth + active * (_BEND * (thigh + shin) - depth)
    # a hair more, so that a leg that is not changed is within reach of itself
    return sum(np.sqrt(np.maximum(bone**2 - depth**2, 0)) for bone in (thigh, shin)) * (1 + 1e-9)


def _active(places, legs, moved, kept, ease):
    """1 where a foot is moved, 0 some way from there and in kept frames, smooth in time."""
    size = np.abs(places).max()
    ways = [
        np.abs(np.concatenate([ankle, toe], axis=-1) - places[:, leg[2:]].reshape(len(kept), 6)).max(axis=-1)
        for leg, (ankle, toe) in zip(legs, moved, strict=True)
    ]
    return _raised((np.max(ways, axis=0) > 1e-6 * size).astype("float64"), ease) * _far(kept, ease)


def _posed(clip, places, legs, moved, reaches, shift):
    """The clip with its legs turned so that ankles and toes are where they shall be."""
    joint_of, parents = clip.fk_topology.joint_idx, skeleton(clip).parents
    _, turns = global_pose(clip)
    angles = clip.joint_angles.copy()
    for leg, (ankle_to, toe_to), reach in zip(legs, moved, reaches, strict=True):
        hip, knee, ankle, toe = (places[:, node] for node in leg)
        a, b, c = joint_of[list(leg[:3])]
        thigh, shin = _bent(hip, knee, ankle, turns[:, a], toe - ankle, hip + shift, ankle_to, reach)
        foot = _turn(toe - ankle, toe_to - ankle_to)
        new = [turns[:, parents[a]], thigh @ turns[:, a], shin @ turns[:, b], foot @ turns[:, c]]
        gap = np.stack([ankle_to - ankle, toe_to - toe, shift])
        changed = np.abs(gap).max(axis=(0, 2)) > 1e-9 * np.abs(places).max()
        for joint, above, own in zip((a, b, c), new, new[1:], strict=False):
            made = rotmat_to_euler(np.swapaxes(above, 1, 2) @ own, clip.euler_orders[joint])
            angles[changed, joint] = _nearest(made, angles[:, joint])[changed]
    result = clip.copy()
    result.root_pos = clip.root_pos + shift
    result.joint_angles = angles
    return result


def _bent(hip, knee, ankle, thigh_turn, foot, hip_to, ankle_to, reach):
    """Global turns (time, 3, 3) of thigh and shin that take the ankle to its place, the knee bending as before."""
    thigh, shin, line, line_to = knee - hip, ankle - knee, ankle - hip, ankle_to - hip_to
    a, b = np.linalg.norm(thigh, axis=-1), np.linalg.norm(shin, axis=-1)
    ahead, ahead_to = unit(line), unit(line_to)
    size = np.clip(np.linalg.norm(line_to, axis=-1), 1.02 * np.abs(a - b) + 1e-6 * a, reach)

    swing = _turn(line, line_to)
    side = thigh - (thigh * ahead).sum(axis=-1, keepdims=True) * ahead
    depth = np.linalg.norm(side, axis=-1)
    along_to = np.clip((a**2 - b**2 + size**2) / (2 * size), -a, a)
    depth_to = np.sqrt(np.maximum(a**2 - along_to**2, 0))
    # a nearly straight knee hardly shows where it bends to, so what bend is added goes to where it bends elsewhere
    pole = _pole(thigh, shin, ahead, thigh_turn, foot)
    side_to = side + np.maximum(depth_to - depth, 1e-9 * a)[:, None] * pole
    side_to = rotate(swing, unit(side_to)) * depth_to[:, None]
    thigh_to = along_to[:, None] * ahead_to + side_to
    shin_to = size[:, None] * ahead_to - thigh_to
    return tuple(_turn(rotate(swing, old), new) @ swing for old, new in ((thigh, thigh_to), (shin, shin_to)))


def _pole(thigh, shin, ahead, thigh_turn, foot):
    """The direction (time, 3) in which the knee bends, by its axis in the thigh, which hardly changes in a clip."""
    axis = rotate(np.swapaxes(thigh_turn, 1, 2), np.cross(thigh, shin)).mean(axis=0)
    size = np.linalg.norm(thigh, axis=-1).mean() * np.linalg.norm(shin, axis=-1).mean()
    if np.linalg.norm(axis) > 0.01 * size:
        pole = np.cross(ahead, thigh_turn @ axis)
    else:  # never bent in this clip: knees bend to where the toes point
        pole = foot - (foot * ahead).sum(axis=-1, keepdims=True) * ahead
    return unit(pole)


def _turn(old, new):
    """The smallest rotation (time, 3, 3) from one direction to another."""
    old, new = unit(old), unit(new)
    axis, cos = np.cross(old, new), (old * new).sum(axis=-1)
    x, y, z = axis.T
    zero = np.zeros_like(x)
    cross = np.stack([zero, -z, y, z, zero, -x, -y, x, zero], axis=-1).reshape(-1, 3, 3)
    # opposite directions, which no foot takes from one pose to the other, would divide by nothing
    return np.eye(3) + cross + cross @ cross / np.maximum(1 + cos, 1e-6)[:, None, None]


def _nearest(angles, old):
    """Of the Euler angles that make the same rotations, those nearest to the old ones."""
    other = np.stack([angles[:, 0] + np.pi, np.pi - angles[:, 1], angles[:, 2] + np.pi], axis=-1)
    both = np.stack([angles, other])
    both = both - 2 * np.pi * np.round((both - old) / (2 * np.pi))
    best = np.abs(both - old).sum(axis=-1).argmin(axis=0)
    return both[best, np.arange(len(old))]
