"""A motion from a BVH file moves a puppet: a pixel figure on its skeleton, for the stage of a film."""

import numpy as np
from PIL import Image, ImageDraw

from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.motion.bvh import load_bvh
from animkit.motion.clips import find_across, known_joints
from animkit.motion.drawing import bones
from animkit.motion.kinematics import about, facing

FRAMES, SIDE = 8, 32  # of an action, and pixels of a cell
TALL = 24  # pixels from the ground to the crown
CYCLE = (0.6, 1.6)  # seconds: a round of a walk takes neither less nor more
WAYS = {"left": -np.pi / 2, "front": 0.0, "right": np.pi / 2}  # turned about y, from facing us
RAISED = {"spellcast": (0, 50, 100, 150, 160, 150, 100, 50), "slash": (0, 60, 120, 165, 140, 90, 40, 15)}  # degrees
SKIN, DARK = (236, 190, 150, 255), (34, 24, 52, 255)
CLOTH = {"left": (44, 92, 150, 255), "right": (70, 134, 196, 255), "middle": (214, 120, 64, 255)}


def puppet_clips(path):
    """Lets a puppet with the skeleton of a motion play all nine actions of a film.

    It walks as the motion goes: the round of it that comes nearest to where it began. For a spell it lifts both arms,
    for a blow the right one, standing as it stands most upright.

    Args:
        path: of a .bvh.

    Returns:
        (9, 8, 32, 32, 4) uint8, in the order of `animkit.data.sprites.ACTION_DIRECTIONS`.

    Raises:
        ValueError: no BVH, or no skeleton with arms, legs and a head.
    """
    clip = load_bvh(path)
    known = known_joints(clip)
    if lacking := {"LeftArm", "RightArm", "LeftFoot", "RightFoot", "Head"} - known.keys():
        raise ValueError(f"{path}: to move a puppet a skeleton needs {', '.join(sorted(lacking))}; it has others")
    drawn = bones(clip)
    turn = about("y", -facing(clip.to_rotmat()[1][:, 0], find_across(clip)))
    points = (drawn.positions - clip.root_pos[:, None] * [1, 0, 1]) @ turn.swapaxes(-1, -2)  # they face +z
    points = points - [0, np.quantile(points[..., 1], 0.02), 0]
    points = points * TALL / np.quantile(points[..., 1].max(axis=1), 0.9)
    nodes = [node.name for node in clip.nodes]
    below = {side: _below(nodes.index(known[f"{side}Arm"]), drawn.parents) for side in ("Left", "Right")}
    feet = [nodes.index(known[f"{side}Foot"]) for side in ("Left", "Right")]
    rest = points[np.linalg.norm(points[:, feet[0]] - points[:, feet[1]], axis=1).argmin()]
    actions = {"walk": points[_round_of(points, clip.fps)]}
    for action, angles in RAISED.items():
        arms = ("Left", "Right") if action == "spellcast" else ("Right",)
        actions[action] = np.stack([_raised(rest, [below[arm] for arm in arms], angle) for angle in angles])
    heads = [side == "head" for side in drawn.sides]
    cells = []
    for name in ACTION_DIRECTIONS:
        action, way = name.split()
        turned = actions[action] @ about("y", np.array(WAYS[way])).T
        cells.append([_draw(pose, drawn.parents, drawn.sides, heads, way) for pose in turned])
    return np.array(cells)


def _below(joint, parents):
    """A joint and all that hangs on it."""
    found = [joint]
    for node, parent in enumerate(parents):
        if parent in found:
            found.append(node)
    return found


def _round_of(points, fps):
    """Numbers of eight frames of one round."""
    start = len(points) // 10  # many recordings begin with arms spread
    least, most = (min(int(seconds * fps), len(points) - 1 - start) for seconds in CYCLE)
    lengths = np.arange(max(least, 1), max(most, 1) + 1).clip(max=len(points) - 1 - start)
    length = lengths[np.linalg.norm(points[start + lengths] - points[start], axis=-1).mean(axis=1).argmin()]
    return start + (np.arange(FRAMES) * length / FRAMES).astype(int)


def _raised(pose, arms, angle):
    """A pose with arms hanging down lifted forwards by an angle in degrees."""
    lifted = pose.copy()
    for arm in arms:
        shoulder, reach = pose[arm[0]], np.linalg.norm(np.diff(pose[arm[:3]], axis=0), axis=1).sum()
        far = np.linalg.norm(pose[arm] - shoulder, axis=1)
        way = np.array([0.15 * np.sign(shoulder[0]), -np.cos(np.radians(angle)), np.sin(np.radians(angle))])
        lifted[arm] = shoulder + np.minimum(far, 1.2 * reach)[:, None] * way
    return lifted


def _draw(pose, parents, sides, heads, way):
    """One cell, (32, 32, 4) uint8, of a pose that faces as it is shown: x to the right, z towards us."""
    image = Image.new("RGBA", (SIDE, SIDE))
    draw = ImageDraw.Draw(image)
    places = np.stack([SIDE / 2 + pose[:, 0], SIDE - 1 - pose[:, 1]], axis=1)
    middle = [node for node, side in enumerate(sides) if side == "middle" and parents[node] >= 0]
    limbs = [node for node, side in enumerate(sides) if side in ("left", "right") and parents[node] >= 0]
    limbs = sorted(limbs, key=lambda node: pose[[node, parents[node]], 2].sum())
    behind = [node for node in limbs if pose[[node, parents[node]], 2].sum() < 0]
    crown = places[heads].mean(axis=0) if any(heads) else places[pose[:, 1].argmax()]
    for outline in (True, False):
        for node in [*behind, *middle, *(node for node in limbs if node not in behind)]:
            width = 4 if sides[node] == "middle" else 2
            colour = DARK if outline else CLOTH[sides[node]]
            line = [tuple(places[parents[node]]), tuple(places[node])]
            draw.line(line, fill=colour, width=width + 2 * outline)
        radius = 4 + outline
        box = (crown[0] - radius, crown[1] - radius - 2, crown[0] + radius, crown[1] + radius - 2)
        draw.ellipse(box, fill=DARK if outline else SKIN)
    look = {"left": (-2,), "right": (2,), "front": (-2, 2)}[way]
    draw.point([(crown[0] + x, crown[1] - 2) for x in look], fill=DARK)
    return np.asarray(image)
