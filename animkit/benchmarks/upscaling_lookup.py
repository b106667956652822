"""Pixel art doubled by looking up what characters to learn from have there: the baseline beside a network.

A pixel that is given stays; the three beside it are copied from where the small pictures agree.
"""

import numpy as np
from scipy.ndimage import gaussian_filter

from animkit.metrics.texture import codes

WHOLE, PARTS = "nearest training frame, copied whole", "nearest training frame around each pixel"
PATCHES, THEN_FORMS = "table of patches of the training characters", "table of patches, then of their forms"
SPREADS = (0.5, 0.7, 1.0, 1.5, 2.0, 3.0)  # pixels of the small picture
SIDES = {"3": (3,), "5, 3": (5, 3), "7, 5, 3": (7, 5, 3)}  # of patches, the largest first
FORMS = (5, 3)  # sides of patches whose colours do not matter, only where they are alike
FEW = 16  # the pose of a picture is found with every sixteenth character


def lookups(frames, palette):
    """Offer ways to double by looking up, each in the settings among which to choose.

    Args:
        frames: (characters, poses, height, width) palette indices of those to learn from.
        palette: (colours, 4) uint8 RGBA.

    Returns:
        dict: name -> setting, as text -> function that doubles pictures (n, height, width, 4) uint8 RGBA.
    """
    cut = codes(palette)[blocks(frames)]
    tables = {side: count_patches(cut, side) for side in max(SIDES.values(), key=len)}
    exact = {side: majority(*table) for side, table in tables.items()}
    forms = {side: majority(*as_forms(*tables[side])) for side in FORMS}
    known = {f"sides of {name}": [(side, False, exact[side]) for side in sides] for name, sides in SIDES.items()}
    alike = [(side, True, forms[side]) for side in FORMS]
    return {
        WHOLE: {"the whole picture": by_frames(cut)},
        PARTS: {f"within {spread:g} pixels": by_frames(cut, spread) for spread in SPREADS},
        PATCHES: {name: by_patches(chain) for name, chain in known.items()},
        THEN_FORMS: {name: by_patches(chain + alike) for name, chain in known.items()},
    }


def blocks(large):
    """Cut pictures into blocks of four pixels, the given one first: (..., 2h, 2w) -> (..., h, w, 4)."""
    return np.stack([large[..., row::2, column::2] for row in (0, 1) for column in (0, 1)], axis=-1)


def pictures_of(cut):
    """Put blocks (n, h, w, 4) of numbers together again: (n, 2h, 2w, 4) uint8 RGBA."""
    count, height, width, _ = cut.shape
    whole = cut.reshape(count, height, width, 2, 2).swapaxes(2, 3).reshape(count, 2 * height, 2 * width)
    return whole[..., None].view(np.uint8)


def by_frames(cut, spread=None):
    """Copy from the training frames that agree most with the small picture; the pose is found, not told.

    Args:
        cut: (characters, poses, h, w, 4) numbers of colours, as `blocks` cuts them.
        spread: of the Gaussian weight with which pixels around each have to agree, pixels of the small picture; None
            to copy one whole frame.

    Returns:
        Function that doubles pictures.
    """
    given = cut[..., 0]
    few = given[::FEW].copy()
    rows, columns = np.ogrid[: given.shape[2], : given.shape[3]]

    def double(small):
        small = codes(small)
        drawn = np.empty((*small.shape, 4), np.uint32)
        for number, one in enumerate(small):
            pose = (few == one).sum(axis=(2, 3)).max(axis=0).argmax()
            alike = (given[:, pose] == one).astype("float32")
            if spread is None:
                best = alike.mean(axis=(1, 2), keepdims=True).argmax(axis=0)
            else:
                best = gaussian_filter(alike, (0, spread, spread), mode="constant").argmax(axis=0)
            drawn[number] = cut[best, pose, rows, columns]
        drawn[..., 0] = small
        return pictures_of(drawn)

    return double


def patches_of(small, side):
    """Look at a square around each pixel, 0 beyond the edge: (n, h, w) -> (n, h, w, side, side), a view."""
    reach = side // 2
    padded = np.pad(small, [(0, 0), (reach, reach), (reach, reach)])
    return np.lib.stride_tricks.sliding_window_view(padded, (side, side), axis=(1, 2))


def keys(rows):
    """Hash rows of numbers to 64 bits."""
    factors = np.random.default_rng(0).integers(1 << 63, size=rows.shape[1], dtype=np.uint64) * 2 + 1
    return rows.astype(np.uint64) @ factors


def count_patches(cut, side):
    """Count which blocks stand in the middle of which patches.

    Args:
        cut: (characters, poses, h, w, 4) numbers of colours, as `blocks` cuts them.
        side: of a patch, pixels of the small picture.

    Returns:
        Patches (m, side * side), their blocks (m, 4) and how often each pair is there (m,); blank patches are left out.
    """
    found, counts = [], []
    for pose in cut.swapaxes(0, 1):  # one at a time, for memory
        around = patches_of(pose[..., 0], side)
        used = around.any(axis=(3, 4))
        rows = np.concatenate([around[used].reshape(-1, side * side), pose[used]], axis=1)
        _, first, count = np.unique(keys(rows), return_index=True, return_counts=True)
        found.append(rows[first])
        counts.append(count)
    rows = np.concatenate(found)
    return rows[:, :-4], rows[:, -4:], np.concatenate(counts)


def as_forms(patches, cut, counts):
    """Write patches and blocks as places instead of colours: 0 for transparent, else the first place of that colour.

    A block's colour that its patch lacks is -1.
    """
    forms = form(patches)
    among = np.concatenate([np.zeros((len(patches), 1), patches.dtype), patches], axis=1)
    same = cut[:, :, None] == among[:, None]
    return forms, np.where(same.any(axis=2), same.argmax(axis=2), -1), counts


def form(patches):
    """Say of each pixel of patches (m, pixels) at which place, from 1 on, its colour is first; 0 for transparent."""
    among = np.concatenate([np.zeros((len(patches), 1), patches.dtype), patches], axis=1)
    places = np.zeros(patches.shape, np.int64)
    for place in range(patches.shape[1], -1, -1):  # the first place is written last
        places[patches == among[:, place, None]] = place
    return places


def majority(patches, cut, counts):
    """Find the commonest value of each pixel of the block of each patch.

    Args:
        patches: (m, pixels), of which some are alike.
        cut: (m, 4) what stood in the middle, -1 for nothing to count.
        counts: (m,) how often.

    Returns:
        For each of the three pixels that are not given, sorted keys of patches and the value for each.
    """
    key, found = keys(patches), []
    for pixel in (1, 2, 3):
        there = cut[:, pixel] != -1
        key_there, value, count = key[there], cut[there, pixel], counts[there]
        order = np.lexsort((value, key_there))
        key_there, value = key_there[order], value[order]
        new = np.append(True, (np.diff(value) != 0) | (key_there[1:] != key_there[:-1]))
        total = np.add.reduceat(count[order], np.flatnonzero(new))
        key_there, value = key_there[new], value[new]
        order = np.lexsort((total, key_there))
        key_there, value = key_there[order], value[order]
        last = np.append(key_there[1:] != key_there[:-1], True)  # of each patch, the one that is there most often
        found.append((key_there[last], value[last]))
    return found


def by_patches(chain):
    """Copy the block that stands most often in the middle of a patch; where no table has it, repeat the pixel.

    Args:
        chain: list of side, whether the table is of forms, and the table, as of `majority`; the first that has a patch
            decides.

    Returns:
        Function that doubles pictures.
    """

    def double(small):
        small = codes(small)
        drawn = np.repeat(small[..., None], 4, axis=-1)
        open_ = np.broadcast_to(np.arange(4) > 0, drawn.shape).copy()
        for side, of_forms, table in chain:
            around = patches_of(small, side)
            used = around.any(axis=(3, 4)) & open_.any(axis=-1)
            patches = around[used].reshape(-1, side * side)
            key = keys(form(patches) if of_forms else patches)
            for pixel, (known, values) in enumerate(table, start=1):
                place = np.searchsorted(known, key).clip(max=len(known) - 1)
                value = values[place]
                if of_forms:
                    value = np.where(value > 0, np.take_along_axis(patches, (value[:, None] - 1).clip(0), 1)[:, 0], 0)
                hit = (known[place] == key) & open_[used, pixel]
                drawn[used, pixel] = np.where(hit, value, drawn[used, pixel])
                open_[used, pixel] &= ~hit
        return pictures_of(drawn)

    return double
