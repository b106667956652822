"""Who plays a role in a film from a file of one's own: a sprite sheet, a picture, or a motion that moves a puppet."""

import hashlib
import re
from pathlib import Path

import numpy as np

from animkit.data.pictures import read_picture
from animkit.data.sprite_sheet import read_sprite_sheet
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.render import to_rgba
from animkit.studio.adoption import adopt
from animkit.studio.characters import animate, load_company
from animkit.studio.puppet import puppet_clips

FRAMES, SIDE = 8, 32  # of an action on the film's stage, and pixels of its cell


def play_own(crew, path):
    """Lets what is in a file play all nine actions.

    Args:
        crew: `animkit.studio.production.Crew`.
        path: of a sprite sheet's .json, a picture's .png, or a motion's .bvh.

    Returns:
        (9, 8, 32, 32, 4) uint8, in the order of `animkit.data.sprites.ACTION_DIRECTIONS`.

    Raises:
        FileNotFoundError: there is no such file. ValueError: it cannot be read, or shows nobody who can act.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"{path} shall play a role, but is not there: put it back, or choose another player")
    if path.suffix.lower() == ".json":
        return sheet_clips(read_sprite_sheet(path).frames, path.name)
    if path.suffix.lower() == ".bvh":
        return puppet_clips(path)
    company = load_company()._replace(animator=crew.animator)
    adopted = adopt(company, read_picture(path, size=SIDE))
    return to_rgba(animate(adopted.animator, adopted.look[None])[0], adopted.palette)


def content_of(player):
    """Tells what is in a file that plays a role, so that another file of its name is seen as another.

    Args:
        player: its path; anything but text is no file.

    Returns:
        SHA-256 of the file and, for a sprite sheet, of the files beside it that it names; None where there is no file.
    """
    if not isinstance(player, str) or not Path(player).is_file():
        return None
    path = Path(player)
    text = path.read_bytes()
    digest = hashlib.sha256(text)
    if path.suffix.lower() == ".json":
        named = {
            path.with_name(name) for name in re.findall(r'[^"\\/]+\.(?:png|json)(?=")', text.decode(errors="ignore"))
        }
        for other in sorted(named - {path}):
            if other.is_file():
                digest.update(other.read_bytes())
    return digest.hexdigest()


def sheet_clips(frames, name="the sheet"):
    """Reads the nine actions of a film out of the animations of a sprite sheet.

    An action is taken from the tag of its name, "walk right" or "walk_right"; a tag "walk" serves all three ways, and
    what is left out is walked. Frames are centred, standing on the lowest row, enlarged by whole numbers or cropped.

    Args:
        frames: tag -> (n, height, width, 4) uint8.
        name: of the sheet, for errors.

    Returns:
        (9, 8, 32, 32, 4) uint8.

    Raises:
        ValueError: there is no walk, or frames are much larger than a figure of the film.
    """
    tags = {tag.lower().replace("_", " ").replace("-", " "): clip for tag, clip in frames.items()}
    clips = []
    for action in ACTION_DIRECTIONS:
        deed, way = action.split()
        mirrored = {"left": "right", "right": "left"}.get(way)
        names = (action, f"{deed} {mirrored}", deed, f"walk {way}", f"walk {mirrored}", "walk", "all", "walk right")
        found = next((tag for tag in names if tag in tags), None)
        if found is None:
            raise ValueError(f'{name} has no tag "{action}" and no "walk": it has {", ".join(frames) or "none"}')
        clip = tags[found]
        clip = clip[:, :, ::-1] if mirrored and found.endswith(f" {mirrored}") else clip
        clips.append(_fitted(clip[np.linspace(0, len(clip) - 1, FRAMES).round().astype(int)], name))
    return np.stack(clips)


def _fitted(clip, name):
    """A clip, (frames, height, width, 4), in cells of SIDE pixels."""
    seen = clip[..., 3].any(axis=0)
    if not seen.any():
        raise ValueError(f"{name} has an action in which nothing is to be seen")
    rows, columns = np.flatnonzero(seen.any(axis=1)), np.flatnonzero(seen.any(axis=0))
    figure = clip[:, rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    height, width = figure.shape[1:3]
    if max(height, width) > SIDE:
        shrink = -(-max(height, width) // SIDE)
        if shrink > 4:
            raise ValueError(f"{name}: a figure of {width} x {height} pixels is too large: {4 * SIDE} is the most")
        figure = figure[:, ::shrink, ::shrink]
    elif 2 * max(height, width) <= SIDE:
        figure = figure.repeat(2, axis=1).repeat(2, axis=2)
    height, width = figure.shape[1:3]
    cell = np.zeros((len(clip), SIDE, SIDE, 4), "uint8")
    left = (SIDE - width) // 2
    cell[:, SIDE - height :, left : left + width] = figure
    cell[cell[..., 3] == 0] = 0
    return cell
