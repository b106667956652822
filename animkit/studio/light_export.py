"""Light out to game engines: normals, heights, albedo and lit pictures as sheets, and who reads which."""

import json
from pathlib import Path

import numpy as np

from animkit.render import save_sprite_sheet
from animkit.studio.lighting import PRESETS, read_picture, relight_sheet
from animkit.writing import replacing

CONVENTIONS = {"opengl": 1, "directx": -1}  # which way green points: up for Godot and Unity, down for Unreal
# What a file's name ends in, as Laigter names its maps: normals, heights (parallax), diffuse colours, preview.
SUFFIXES = {"normal": "_n", "height": "_p", "albedo": "_d", "lit": "_v"}
_GODOT = """[gd_resource type="CanvasTexture" load_steps=3 format=3]

[ext_resource type="Texture2D" path="{picture}" id="1"]
[ext_resource type="Texture2D" path="{normal}" id="2"]

[resource]
diffuse_texture = ExtResource("1")
normal_texture = ExtResource("2")
texture_filter = 1
"""


def normal_picture(normals, alpha, *, convention="opengl"):
    """Draw normals as colours: red to the right, green up (or down), blue to the viewer.

    Args:
        normals: (..., h, w, 3) of length 1, y up.
        alpha: (..., h, w) uint8, kept as it is; what is transparent is flat.
        convention: "opengl", which Godot, Unity and Laigter read, or "directx", whose green points down, as for Unreal.

    Returns:
        (..., h, w, 4) uint8.

    Raises:
        ValueError: no such convention, or alpha of another size.
    """
    if convention not in CONVENTIONS:
        raise ValueError(f"a normal map's convention is {' or '.join(CONVENTIONS)}; got {convention!r}")
    alpha = np.asarray(alpha)
    if np.shape(normals)[:-1] != alpha.shape:
        raise ValueError(f"normals of {np.shape(normals)[:-1]} do not go with alpha of {alpha.shape}")
    turned = np.where(alpha[..., None] > 0, normals, (0, 0, 1)) * np.array((1, CONVENTIONS[convention], 1))
    colours = np.rint(127.5 + 127.5 * turned).clip(0, 255).astype(np.uint8)
    return np.concatenate([colours, alpha[..., None].astype(np.uint8)], axis=-1)


def light_picture(source, folder, *, cell=None, light="torch", convention="opengl", fps=8):
    """Light a picture, an animation or a sheet from a file, and write it with its maps.

    Args:
        source: path of the file.
        folder: made if it is not there; its files begin with the name of the picture.
        cell: (width, height) of a sheet's cells in pixels; None for a picture or an animation.
        light: one of `animkit.studio.lighting.PRESETS`, as it is at the beginning.
        convention: of `normal_picture`.
        fps: frames per second of the JSON.

    Returns:
        list of the paths written.

    Raises:
        ValueError: no such light, or as `animkit.studio.lighting.read_picture` and `save_lighting`.
        FileNotFoundError: there is no such picture.
        FileExistsError: the folder holds a picture of that name that was not written here.
    """
    if light not in PRESETS:
        raise ValueError(f"no light {light!r}; there are {', '.join(PRESETS)}")
    pictures = read_picture(source, cell=cell)
    lamps, ambient = PRESETS[light](0.0, pictures.shape[-3:-1])
    lit, maps = relight_sheet(pictures, lamps, ambient=ambient)
    return save_lighting(folder, Path(source).stem, pictures, maps, lit=lit, fps=fps, convention=convention)


def names_of(name):
    """Names of the files that `light_picture` writes for a picture of that name, in its order."""
    ends = (".png", ".json", *(f"{suffix}.png" for suffix in SUFFIXES.values()), ".tres", "_maps.json")
    return [f"{name}{end}" for end in ends]


def save_lighting(folder, name, pictures, maps, *, lit=None, tags=None, fps=8, convention="opengl"):
    """Write a sheet with its maps, which lie on it pixel by pixel, for Godot, Unity, Unreal and those who know Laigter.

    NAME.png and NAME.json are the sheet as Aseprite exports it. NAME_n.png has the normals, NAME_p.png the heights
    (white is the highest), NAME_d.png the albedo and NAME_v.png the lit pictures, as Laigter names them, all with the
    alpha of the sheet. NAME.tres is Godot's CanvasTexture, for any Sprite2D. NAME_maps.json says what is what, with
    the names of Unity's secondary textures. It comes last: who sees it finds the others. Files that were so written
    before are replaced; a NAME.png without NAME_maps.json is somebody's drawing, and stays.

    Args:
        folder: made if it is not there.
        name: what the files' names begin with.
        pictures: (h, w, 4) uint8, or frames (columns, h, w, 4), or a sheet (rows, columns, h, w, 4).
        maps: `animkit.studio.lighting.Maps` of them.
        lit: as `pictures`, or None for no lit sheet.
        tags: a name for each row; "row 1", "row 2" ... if None.
        fps: frames per second of the JSON.
        convention: of `normal_picture`.

    Returns:
        list of the paths written.

    Raises:
        FileExistsError: the sheet would replace a picture that was not written here.
        ValueError: pictures, maps or lit pictures differ in size, or lit ones in alpha; a name or tag that cannot be;
            no such convention.
    """
    folder = Path(folder)
    if not name or Path(name).name != name or name.startswith("."):
        raise ValueError(f"a name for files has no folder in it and does not begin with a dot; got {name!r}")
    if not name.isprintable() or set(name) & set('"\\:'):
        raise ValueError(f"a name that Godot can read has no quote, backslash, colon or line break; got {name!r}")
    pictures = np.asarray(pictures)
    if pictures.dtype != np.uint8 or pictures.shape[-1:] != (4,):
        raise ValueError(f"pictures are (..., height, width, 4) uint8; got {pictures.shape} {pictures.dtype}")
    if lit is not None:
        lit = np.asarray(lit)
        if lit.shape != pictures.shape or lit.dtype != np.uint8:
            raise ValueError(f"lit pictures of {lit.shape} {lit.dtype} are not those of {pictures.shape} uint8")
        if (lit[..., 3] != pictures[..., 3]).any():
            raise ValueError("lit pictures have another alpha than the pictures: light these, by `relight`")
    if not 3 <= pictures.ndim <= 5 or maps.height.shape != pictures.shape[:-1]:
        raise ValueError(f"maps of {maps.height.shape} are not those of pictures {pictures.shape[:-1]}: make them anew")
    alpha = pictures[..., 3]
    highest = max(float(maps.height.max()), 1e-6)
    drawn = {
        "normal": normal_picture(maps.normals, alpha, convention=convention),
        "height": _with(np.repeat(maps.height[..., None] / highest, 3, axis=-1), alpha),
        "albedo": _with(maps.albedo, alpha),
    } | ({} if lit is None else {"lit": lit})
    rows = [_rows(one) for one in (pictures, *drawn.values())]
    sheet, record = folder / f"{name}.png", folder / f"{name}_maps.json"
    if sheet.exists() and not record.exists():
        raise FileExistsError(f"{sheet} is there and was not written here: give another name or folder")
    folder.mkdir(parents=True, exist_ok=True)
    save_sprite_sheet(sheet, rows[0], tags=tags or [f"row {i + 1}" for i in range(len(rows[0]))], fps=fps)
    files = {what: folder / f"{name}{SUFFIXES[what]}.png" for what in drawn}
    for path, frames in zip(files.values(), rows[1:], strict=True):
        save_sprite_sheet(path, frames)
    texture = folder / f"{name}.tres"
    _save_text(texture, _GODOT.format(picture=sheet.name, normal=files["normal"].name))
    told = {
        "image": sheet.name,
        "maps": {what: path.name for what, path in files.items()},
        "normals": {"convention": convention, "green": "up" if convention == "opengl" else "down"},
        "pixels of height at white": round(highest, 3),
        "godot": {"CanvasTexture": texture.name},
        "unity": {"secondary textures": [{"name": "_NormalMap", "texture": files["normal"].name}]},
    }
    _save_text(record, json.dumps(told, indent=1) + "\n")
    return [sheet, sheet.with_suffix(".json"), *files.values(), texture, record]


def _with(colours, alpha):
    """Colours 0 to 1 as bytes, with an alpha."""
    colours = np.rint(colours.clip(0, 1) * 255).astype(np.uint8)
    return np.concatenate([np.where(alpha[..., None] > 0, colours, np.uint8(0)), alpha[..., None]], axis=-1)


def _rows(pictures):
    """As a sheet, (rows, columns, h, w, 4)."""
    return pictures.reshape(*[1] * (5 - pictures.ndim), *pictures.shape)


def _save_text(path, text):
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")
