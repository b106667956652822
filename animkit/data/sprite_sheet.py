"""Sprite sheets with the JSON that names their frames: Aseprite's, TexturePacker's and Phaser's, hash or array."""

import json
import math
import re
import warnings
from pathlib import Path, PureWindowsPath
from typing import NamedTuple

import numpy as np
from PIL import Image

from animkit.data.pictures import FRAME_TIME, LARGEST, MOST, read_pixels

LONGEST = 65_535  # frames that a tag plays, and times that it repeats, as Aseprite counts them
# What exporters call a frame: a title, in parentheses its layer, after # its tag, a number, a suffix.
_NAME = re.compile(r"(.*?)(?: ?\(([^()]*)\))?(?:[ _.:/-]*#([^#]*?))?[ _.:/-]*(\d+)?(?:\.[A-Za-z]\w*)?", re.DOTALL)


class Sheet(NamedTuple):
    """The animations of a sprite sheet by their tags; `slices` and `pivots` by the slice's name, then by tag."""

    frames: dict[str, np.ndarray]  # (frames, height, width, 4) uint8 RGBA; transparent pixels are transparent black
    durations: dict[str, np.ndarray]  # (frames,) int64 milliseconds
    slices: dict[str, dict[str, np.ndarray]]  # (frames, 4): x, y, width, height in pixels; NaN where there is none
    pivots: dict[str, dict[str, np.ndarray]]  # (frames, 2): x, y in pixels; TexturePacker's are named "pivot"


class _Frame(NamedTuple):
    name: str
    pixels: np.ndarray
    duration: int | None
    pivot: tuple[float, float]
    place: int = 0  # in the file
    title: str = ""  # the parts of its name
    layer: str | None = None
    tag: str | None = None
    number: int | None = None


class _Tag(NamedTuple):
    name: str
    first: int
    last: int
    direction: str = "forward"
    repeat: int = 0  # 0 says nothing of it


def read_sprite_sheet(path):
    """Load the animations of a sprite sheet: JSON of Aseprite, TexturePacker (also multipack) or Phaser, and its PNG.

    Frames come in the order in which a tag is played: a pingpong of 0-3 is 0 1 2 3 2 1, and with a repeat count, of
    which each way is one, as many ways as it says: 0 1 2 3 2 1 0 for 2. Trimmed frames are put back to their full
    size, rotated ones turned back, layers laid over one another; several files in one export have each its own tags.
    What the JSON leaves open is assumed, and one warning says what.

    Args:
        path: the .json; the PNG that it names lies beside it.

    Returns:
        `Sheet`. A sheet without tags has one, "all".

    Raises:
        FileNotFoundError: there is no such file, no picture beside it, or a sheet of a multipack is missing.
        ValueError: it is not JSON or not a sprite sheet; it was exported at another scale than 1; a frame lies outside
            the picture or its trim outside the sprite; a tag names frames that are not there; the picture cannot be
            read, as in `animkit.data.pictures.read_pixels`.

    Source: the formats are Aseprite's (aseprite.org/docs/cli) and TexturePacker's (codeandweb.com/texturepacker).
    """
    path, assumed = Path(path), []
    meta, parts = _parts(path)
    frames = []
    for part in parts:
        frames += _frames(*part, MOST - sum(frame.pixels.size // 4 for frame in frames), assumed)
    if silent := sum(frame.duration is None for frame in frames):
        which = "no frame has" if silent == len(frames) else f"{silent} of {len(frames)} frames have no"
        assumed.append(f"{which} duration, {FRAME_TIME} ms are assumed ({1000 // FRAME_TIME} frames a second)")
    files = _files(path, frames, meta.get("layers"), assumed)
    clips = []
    for title, cells, tags, shift in _owners(path, _tags(path, meta), files, assumed):
        if shift is None:
            shift, tags = _shifted(path, cells, tags, assumed)
        clips += [(title, tag, shift, cells) for tag in tags]
    names = _distinct([(title, tag.name) for title, tag, _, _ in clips])
    if renamed := [name for name, (_, tag, _, _) in zip(names, clips, strict=True) if name != tag.name]:
        assumed.append(f"tags of one name are told apart as {', '.join(map(repr, renamed))}")

    sheet, keys, pixels = Sheet({}, {}, {}, {}), _slices(path, meta), 0
    for name, (_, tag, shift, cells) in zip(names, clips, strict=True):
        order = _played(f"{path}: tag {tag.name!r}", tag)
        played = [cells[i] for i in order]
        sizes = sorted({frame.pixels.shape[1::-1] for frame in played})
        if len(sizes) > 1:
            raise ValueError(f"{path}: tag {tag.name!r} mixes frames of sizes {sizes}: export one sprite at a time")
        pixels += len(played) * math.prod(sizes[0])
        if pixels > MOST:
            raise ValueError(f"{path} has more than {MOST} pixels in all tags: export fewer, or with smaller repeats")
        sheet.frames[name] = np.stack([frame.pixels for frame in played])
        times = [FRAME_TIME if frame.duration is None else frame.duration for frame in played]
        sheet.durations[name] = np.array(times, np.int64)
        places = [shift + i for i in order]
        for key, (starts, bounds, pivots) in keys.items():
            now = np.searchsorted(starts, places, side="right")  # a key holds until the next one
            sheet.slices.setdefault(key, {})[name] = bounds[now]
            if not np.isnan(pivots).all():
                sheet.pivots.setdefault(key, {})[name] = pivots[now]
        pivots = np.array([frame.pivot for frame in played])
        if not np.isnan(pivots).all():
            sheet.pivots.setdefault("pivot", {})[name] = pivots
    if assumed:
        warnings.warn(f"{path}: {'; '.join(assumed)}", stacklevel=2)
    return sheet


def _record(path):
    """What the JSON holds, in whichever encoding it was saved."""
    try:
        return json.loads(path.read_bytes(), object_pairs_hook=_object)
    except FileNotFoundError:
        raise FileNotFoundError(f"there is no {path}: give the .json that was exported beside the PNG") from None
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{path} is not JSON ({error}): give the .json that was exported beside the PNG") from error


def _object(pairs):
    """An object of JSON; what comes under one name again is kept under (name, place), and not in place of the first."""
    result = {}
    for place, (name, value) in enumerate(pairs):
        result[(name, place) if name in result else name] = value
    return result


def _parts(path):
    """The file's "meta", and (path, "image", "scale", frames) of each sheet that belongs to it."""
    record = _record(path)
    meta = record.get("meta") if isinstance(record, dict) else None
    meta = meta if isinstance(meta, dict) else {}
    parts = _sheets(path, record)
    related = meta.get("related_multi_packs") or []
    if not isinstance(related, list):
        raise ValueError(f'{path}: "related_multi_packs" must be a list, got {related!r}: export the sheets again')
    others = [_beside(path, name, "related_multi_packs") for name in related]
    if missing := [other.name for other in others if not other.is_file()]:
        raise FileNotFoundError(
            f"{path} is one of {1 + len(others)} sheets of a multipack, and {', '.join(missing)} is not beside it: put "
            "all their files in one folder, or pack them on one sheet"
        )
    for other in others:
        parts += _sheets(other, _record(other))
    return meta, parts


def _sheets(path, record):
    match record:
        case {"textures": [*textures]} if textures:
            parts = [texture if isinstance(texture, dict) else {} for texture in textures]
        case {"frames": list() | dict(), "meta": dict(meta)}:
            parts = [{**meta, "frames": record["frames"]}]
        case _:
            parts = []
    if not parts or not all(isinstance(part.get("frames"), list | dict) and part["frames"] for part in parts):
        raise ValueError(
            f'{path} is not a sprite sheet: those of Aseprite and TexturePacker have "frames", and "meta" with an '
            '"image", those of Phaser "textures"'
        )
    return [(path, part.get("image"), part.get("scale", 1), part["frames"]) for part in parts]


def _beside(path, name, key):
    """The file of a plain name beside the JSON."""
    if not isinstance(name, str):
        raise ValueError(f'{path} names no file: "{key}" is {name!r}; export again, or write the file\'s name there')
    plain = re.sub(r"^(\.[/\\])+", "", name)
    if plain in ("", ".", "..") or PureWindowsPath(plain).name != plain or len(plain) > 255 or "\0" in plain:
        raise ValueError(
            f'{path}: "{key}" must be a plain file name, got {name!r}; put the file beside the JSON, and write its '
            "name alone there"
        )
    return path.parent / plain


def _frames(path, image, scale, entries, most, assumed):
    """The frames of one sheet at their full size, in the file's order; `most` pixels in all."""
    picture = _beside(path, image, "image")
    if str(scale) not in ("1", "1.0"):
        raise ValueError(f"{path} was exported at a scale of {scale}: export it at 1, which keeps the pixels drawn")
    if not picture.is_file():
        raise FileNotFoundError(f"{path} is for {picture.name}, which is not beside it: put both in one folder")
    sheet = read_pixels(picture)
    if isinstance(entries, dict):
        again = [name[0] for name in entries if isinstance(name, tuple)]
        if again:
            assumed.append(f"several frames are named {', '.join(sorted(set(again)))}, all are kept")
        named = [(name[0] if isinstance(name, tuple) else name, entry) for name, entry in entries.items()]
        wheres = [f"{path}: frame {name}" for name, _ in named]
    else:
        named = [(entry.get("filename") if isinstance(entry, dict) else None, entry) for entry in entries]
        wheres = [f"{path}: frame {place}" for place in range(len(entries))]
    boxes = [_Box.of(where, entry, sheet) for where, (_, entry) in zip(wheres, named, strict=True)]
    if sum(math.prod(box.size) for box in boxes) > most:
        raise ValueError(f"{path} has frames of more than {MOST} pixels in all: export fewer at a time")
    # Linked cels share a place on the sheet, but may come with another trim.
    shared = {}
    for box in boxes:
        if box.w and box.h:
            shared.setdefault((box.x, box.y), {}).setdefault((box.w, box.h, box.inner_w, box.inner_h), box)
    result = []
    for where, (name, entry), box in zip(wheres, named, boxes, strict=True):
        alike = shared.get((box.x, box.y), {}).values()
        if (box.left, box.top, box.inner_w, box.inner_h) == (0, 0, *box.size) != (0, 0, box.w, box.h):
            # Aseprite exports a linked cel without trim; it stands where the cel does that it is linked to.
            own = [one for one in alike if (one.w, one.h, one.size) == (one.inner_w, one.inner_h, box.size)]
            box = own[0] if own else box
        pixels = box.cut(where, sheet, linked=len(alike) > 1)
        duration = entry.get("duration")
        if duration is not None:
            (duration,) = _whole(where, entry, ["duration"])
        pivot = (math.nan, math.nan)
        if entry.get("pivot") is not None:  # shares of the full size
            pivot = tuple(np.multiply(_numbers(f"{where}: pivot", entry["pivot"], "xy"), box.size).tolist())
        result.append(_Frame(name if isinstance(name, str) else "", pixels, duration, pivot))
    return result


class _Box(NamedTuple):
    """Where a frame lies on the sheet and in its sprite; w and h as it is in the sprite, also if it lies turned."""

    x: int
    y: int
    w: int
    h: int
    left: int
    top: int
    inner_w: int
    inner_h: int
    size: tuple[int, int]
    rotated: bool

    @classmethod
    def of(cls, where, entry, sheet):
        if not isinstance(entry, dict):
            raise ValueError(f"{where} is no frame but {entry!r}: export the sheet again")
        rotated = {"false": False, "true": True}.get(str(entry.get("rotated", False)).lower())
        if rotated is None:
            raise ValueError(f'{where}: "rotated" must be true or false, got {entry["rotated"]!r}')
        x, y, w, h = _whole(f"{where}: frame", entry.get("frame"), "xywh")
        untrimmed = {"x": 0, "y": 0, "w": w, "h": h}
        inner = _whole(f"{where}: spriteSourceSize", entry.get("spriteSourceSize", untrimmed), "xywh")
        width, height = _whole(f"{where}: sourceSize", entry.get("sourceSize", untrimmed), "wh")
        across, down = (h, w) if rotated else (w, h)
        if x + across > sheet.shape[1] or y + down > sheet.shape[0]:
            raise ValueError(
                f"{where} ({across}x{down} at {x}, {y}) lies outside the picture of {sheet.shape[1]}x{sheet.shape[0]}: "
                "is it the PNG of another export?"
            )
        left, top, inner_w, inner_h = inner
        fits = left + inner_w <= width and top + inner_h <= height
        if not fits or not 0 < min(width, height) <= max(width, height) <= LARGEST:
            raise ValueError(
                f"{where}: {inner_w}x{inner_h} at {left}, {top} does not fit its size of {width}x{height}, which may "
                f"be at most {LARGEST} a side: export the sheet again"
            )
        return cls(x, y, w, h, *inner, (width, height), rotated)

    def cut(self, where, sheet, linked):
        """The frame at its full size, (height, width, 4)."""
        across, down = (self.h, self.w) if self.rotated else (self.w, self.h)
        drawn = sheet[self.y : self.y + down, self.x : self.x + across]
        if self.rotated:  # it lies turned clockwise
            drawn = np.rot90(drawn)
        if linked:  # all that is drawn there, or as much as the trim says if it would not fit
            if self.left + self.w > self.size[0] or self.top + self.h > self.size[1]:
                drawn = drawn[: self.inner_h, : self.inner_w]
        else:
            # Aseprite counts its inner padding, the same on all sides, in `frame` alone.
            padding = (self.w - self.inner_w) // 2
            if padding < 0 or (self.w - self.inner_w, self.h - self.inner_h) != (2 * padding, 2 * padding):
                raise ValueError(
                    f"{where}: {self.w}x{self.h} on the sheet but {self.inner_w}x{self.inner_h} in the sprite; "
                    "export the sheet again"
                )
            drawn = drawn[padding : self.h - padding, padding : self.w - padding]
        frame = np.zeros((*self.size[::-1], 4), np.uint8)
        frame[self.top : self.top + drawn.shape[0], self.left : self.left + drawn.shape[1]] = drawn
        return frame


def _whole(where, part, names):
    """The named whole numbers of a part of the JSON, also if they are written 12.0."""
    kind = "whole numbers from 0"
    values = _numbers(where, part, names, kind)
    if min(values) < 0:
        raise ValueError(
            f"{where} needs {kind} for {', '.join(names)}, and has a negative one; got {part}: export again, with a "
            "trim that stays within the sprite"
        )
    if any(value != int(value) for value in values):
        raise ValueError(f"{where} needs {kind} for {', '.join(names)}; got {part}")
    return [int(value) for value in values]


def _numbers(where, part, names, kind="numbers"):
    values = [part.get(name) for name in names] if isinstance(part, dict) else [None]
    if not all(isinstance(value, int | float) and abs(value) < 1 << 31 for value in values):
        raise ValueError(f"{where} needs {kind} for {', '.join(names)}; got {part}")
    return values


def _files(path, frames, layers, assumed):
    """Frames by the title of the file they are of, in natural order, their layers laid over one another."""
    layers = [layer for layer in layers or [] if isinstance(layer, dict)] if isinstance(layers, list) else []
    listed = [layer["name"] for layer in layers if isinstance(layer.get("name"), str)]
    in_title, named = {}, []
    for place, frame in enumerate(frames):
        # a longer name is no exporter's, and would only take time
        title, layer, tag, number = _NAME.fullmatch(frame.name if len(frame.name) < 256 else "").groups()
        number = None if number is None else int(number)
        named.append(frame._replace(place=place, title=title, layer=layer, tag=tag, number=number))
        in_title.setdefault(title, {})[layer] = None
    # Two files may be named hero (1) and hero (2); several words there are layers.
    worded = [
        title
        for title, those in in_title.items()
        if not listed and len(those) > 1 and not any((layer or "0").isdecimal() for layer in those)
    ]
    if worded:
        those = dict.fromkeys(layer for title in worded for layer in in_title[title])
        assumed.append(f"{', '.join(those)} are taken for layers, the first the lowest")
    files = {}
    for frame in named:
        if frame.layer is not None and frame.layer not in listed and frame.title not in worded:
            frame = frame._replace(title=f"{frame.title} ({frame.layer})", layer=None)
        files.setdefault(frame.title, {}).setdefault(frame.layer, []).append(frame)
    blended = [str(layer.get("name")) for layer in layers if layer.get("blendMode", "normal") != "normal"]
    if blended and any(len(stack) > 1 for stack in files.values()):
        assumed.append(f"the layers {', '.join(blended)} are laid over the others without their blend mode")
    for title, stack in files.items():
        if listed:
            stack = {layer: stack[layer] for layer in [None, *listed] if layer in stack}
        files[title] = _composed(f"{path}: {title}", list(stack.values()))
    return files


def _composed(where, stack):
    """Layers, the lowest first, laid over one another, in the order of the frames' numbers."""
    numbers = [[frame.number for frame in layer] for layer in stack]
    if all(None not in row and len(set(row)) == len(row) for row in numbers):
        slots = [{frame.number: frame for frame in layer} for layer in stack]
    else:
        slots = [dict(enumerate(layer)) for layer in stack]
        if len({len(layer) for layer in stack}) > 1:
            raise ValueError(f"{where} has layers of {[len(layer) for layer in stack]} frames: export them all again")
    result = []
    for slot in sorted(set().union(*slots)):
        lowest, *others = [layer[slot] for layer in slots if slot in layer]
        if len({frame.pixels.shape for frame in (lowest, *others)}) > 1:
            raise ValueError(f"{where} has layers of several sizes: export them without trimming to each layer")
        pixels = lowest.pixels
        for frame in others:
            pixels = np.array(Image.alpha_composite(Image.fromarray(pixels), Image.fromarray(frame.pixels)))
        result.append(lowest._replace(pixels=pixels))
    # other files' frames may lie between them, and stay there
    places = sorted(frame.place for frame in result)
    return [frame._replace(place=place) for frame, place in zip(result, places, strict=True)]


def _tags(path, meta):
    tags = meta.get("frameTags") or []
    if not isinstance(tags, list):
        raise ValueError(f'{path}: "frameTags" must be a list, got {tags!r}: export the sheet again')
    result = []
    for tag in tags:
        match tag:
            case {"name": str(name), "from": int() | float() as first, "to": int() | float() as last}:
                where = f"{path}: tag {name!r}"
            case _:
                raise ValueError(f'{path}: a tag needs a "name", "from" and "to"; got {tag}')
        direction, repeat = tag.get("direction", "forward"), str(tag.get("repeat", 0))
        if not 0 <= first <= last < 1 << 31 or int(first) != first or int(last) != last:
            raise ValueError(f"{where} goes from {first} to {last}, which are no frames: export the sheet again")
        if direction not in ("forward", "reverse", "pingpong", "pingpong_reverse"):
            raise ValueError(f"{where} has the unknown direction {direction!r}: use forward, reverse or pingpong")
        if not re.fullmatch(r"\d{1,5}", repeat) or int(repeat) > LONGEST:
            raise ValueError(f"{where} repeats {repeat!r} times: use a whole number up to {LONGEST}")
        result.append(_Tag(name, int(first), int(last), direction, int(repeat)))
    return result


def _owners(path, tags, files, assumed):
    """(title, frames, tags, shift) of each file: the tags of several files in one export count each from its start.

    A shift of None is still to be found.
    """
    together = sorted((frame for frames in files.values() for frame in frames), key=lambda frame: frame.place)
    whole = [("", together, tags, None)]
    if not tags:
        return whole
    if by_name := _named_tags(tags, together):
        return by_name
    runs = []
    for tag in tags:
        if not runs or tag.first <= runs[-1][-1].first:  # the next file's begin again, or those within others
            runs.append([])
        runs[-1].append(tag)
    if len(files) == 1 and None not in [frame.number for frame in together]:
        return whole
    counts = [max(tag.last for tag in run) + 1 for run in runs]
    if len(runs) > 1 and sum(counts) == len(together):
        ends = np.cumsum(counts).tolist()
        chunks = [together[end - count : end] for end, count in zip(ends, counts, strict=True)]
        titles = ["" if len({frame.title for frame in chunk}) > 1 else chunk[0].title for chunk in chunks]
        if len(set(titles)) < len(titles):
            assumed.append(f"as its tags begin anew {len(runs) - 1} times, its frames are taken for {len(runs)} files")
        return [(*file, None) for file in zip(titles, chunks, runs, strict=True)]
    if len(files) == 1 or any(tag.last >= max(map(len, files.values())) for tag in tags):
        if len(files) > 1 and len(runs) > 1:
            assumed.append("the numbers of its tags are taken to go through all its frames")
        return whole
    titles = sorted(files, key=len, reverse=True)
    owners = [next((title for title in titles if title and tag.name.startswith(title)), None) for tag in tags]
    if None not in owners:
        of = {title: [tag for tag, owner in zip(tags, owners, strict=True) if owner == title] for title in files}
        return [(title, files[title], those, None) for title, those in of.items() if those]
    if len(runs) == len(files):
        return [(title, files[title], run, None) for title, run in zip(files, runs, strict=True)]
    assumed.append(
        f"of which of its {len(files)} files ({', '.join(list(files)[:5])}) a tag is cannot be told, its numbers are "
        "taken to go through all of them"
    )
    return whole


def _named_tags(tags, frames):
    """The tags with the frames that bear their names, such as "hero #walk 0" or "walk_0"; none if any tag has none."""
    groups = {}
    for frame in frames:
        groups.setdefault((frame.title, frame.tag), []).append(frame)
    result = []
    for tag in tags:
        named = [
            key
            for key, group in groups.items()
            if tag.name and tag.name == (key[0] if key[1] is None else key[1])
            if len(group) == tag.last - tag.first + 1
        ]
        if not named:
            return []
        title = "" if named[0][1] is None else named[0][0]
        result.append((title, groups.pop(named[0]), [tag._replace(first=0, last=tag.last - tag.first)], tag.first))
    return result


def _shifted(path, frames, tags, assumed):
    """How far the tags' numbers are ahead of the frames, and the tags of frames that are there, as these count."""
    count = len(frames)
    tags = tags or [_Tag("all", 0, count - 1)]
    if all(tag.last < count for tag in tags):
        return 0, tags
    # A tag that was exported alone keeps its numbers, and other tags of the file are listed beside it.
    alone = {(tag.first, tag.last) for tag in tags if tag.last - tag.first + 1 == count}
    numbers = [frame.number for frame in frames]
    if None not in numbers:
        named = {(first, last) for first, last in alone if numbers == list(range(first, last + 1))}
        counted = numbers in (list(range(count)), list(range(1, count + 1)))  # anew, which says nothing
        alone = named or (alone if counted else set())
    if len(alone) != 1:
        tag = next(tag for tag in tags if tag.last >= count)
        raise ValueError(
            f"{path}: tag {tag.name!r} goes from {tag.first} to {tag.last}, but the frames are 0 to {count - 1}: "
            "export all frames, each under a name of its own"
        )
    ((shift, end),) = alone
    kept = [tag for tag in tags if shift <= tag.first and tag.last <= end]
    absent = [repr(tag.name) for tag in tags if tag not in kept]
    assumed.append(
        f"its {count} frames are taken for {shift} to {end}, tag {', '.join(repr(tag.name) for tag in kept)}"
        + (f"; of {', '.join(absent)} there are no frames" if absent else "")
    )
    return shift, [tag._replace(first=tag.first - shift, last=tag.last - shift) for tag in kept]


def _distinct(tags):
    """A name of its own for each (title, name): with the title before it, or a number after it."""
    names = [name for _, name in tags]
    own = [f"{title} {name}" if names.count(name) > 1 and title else name for title, name in tags]
    result = []
    for name in own:
        number = 2
        chosen = name
        while chosen in result or (chosen != name and chosen in own):
            chosen, number = f"{name} ({number})", number + 1
        result.append(chosen)
    return result


def _played(where, tag):
    """The numbers of a tag's frames in the order of playing."""
    there = list(range(tag.first, tag.last + 1))
    if tag.direction.endswith("reverse"):
        there.reverse()
    if len(there) * max(tag.repeat, 1) > LONGEST:
        raise ValueError(f"{where} plays {len(there)} frames {tag.repeat} times, more than {LONGEST}: repeat it less")
    if not tag.direction.startswith("pingpong") or len(there) == 1:
        return there * max(tag.repeat, 1)
    back = there[::-1]
    if not tag.repeat:
        return there + back[1:-1]  # there and back, to be looped
    order = there[:1]
    for way in range(tag.repeat):
        order += (back if way % 2 else there)[1:]
    return order


def _slices(path, meta):
    """(starts, bounds, pivots) of each slice's keys; the first of the two arrays' rows is for frames before any."""
    result = {}
    slices = meta.get("slices") or []
    where = f'{path}: "slices"'
    if not isinstance(slices, list) or not all(
        isinstance(one, dict) and isinstance(one.get("keys", []), list) for one in slices
    ):
        raise ValueError(f'{where} must be a list, each with a "name" and "keys": export the sheet again')
    names = _distinct([("", str(one.get("name", ""))) for one in slices])
    for name, one in zip(names, slices, strict=True):
        rows = []
        for key in one.get("keys", []):
            (start,) = _whole(where, key, ["frame"])
            x, y, w, h = _numbers(f"{where} of {name}", key.get("bounds"), "xywh")
            pivot = key.get("pivot")
            px, py = (math.nan, math.nan) if pivot is None else _numbers(f"{where} of {name}", pivot, "xy")
            rows.append((start, *((x, y, w, h, x + px, y + py) if w and h else [math.nan] * 6)))
        table = np.array([(-1, *[math.nan] * 6), *sorted(rows)])
        result[name] = table[1:, 0], table[:, 1:5], table[:, 5:]
    return result
