"""Animated characters: the Sprites benchmark (Li and Mandt, 2018), its procedural twin, and a user's own sheets.

The real frames are layers of the Liberated Pixel Cup laid over one another, as in the benchmark; the twin is drawn by
`animkit.data.twins.pixel_people`. Both have 6^4 = 1,296 characters, 9 action-directions and 8 frames.
"""

import warnings
from typing import NamedTuple

import numpy as np
from PIL import Image

from animkit.data.lookup import find, wants_twin
from animkit.data.twins.pixel_people import draw_people

ATTRIBUTES = ("skin", "trousers", "top", "hair")
ACTIONS = ("walk", "spellcast", "slash")
DIRECTIONS = ("left", "front", "right")
ACTION_DIRECTIONS = tuple(f"{action} {direction}" for action in ACTIONS for direction in DIRECTIONS)
ROUNDS = dict.fromkeys(ACTION_DIRECTIONS, 8)  # frames of each action, after which it begins again

LEAST = 4  # characters to learn from: training shows four at a time doing the same
LARGEST = 128  # pixels a side of own sprites

_ADDRESS = "https://raw.githubusercontent.com/YingzhenLi/Sprites/3ce4048c5227802bd8f1888e293fd3afdba91c0c/{}.png"
_LAYERS = ("body", "bottomwear", "topwear", "hair")
_SHA256 = {
    "body/0": "27d1ac78db37c42f35a20d15c42705efc5e58d47c236cc01423879d4f797f151",
    "body/1": "1535e9228357b884df80f777a0d1dac10ac35e550e4d8d077105ccad014a1460",
    "body/2": "7c241033b4897501cb3721b6c3a9ebfa94b13db10a539edbd9bcc3e0c2a4bcb9",
    "body/3": "055f5aa33fc112d8444b42fce2cf50608a9fbbf2466c54ceaa46c777589a717a",
    "body/4": "57f3b9c510482379aba9a32fc0de7d48e9cbe3dc40f2447283547f773b77ca72",
    "body/5": "91e49453aeab5ebbb4fd2b48253812895dcfb4cb1829b84e24425c66de8f04ff",
    "bottomwear/0": "4ec356c488e272fde2d2d0d722b12a80217871e41161d43ba784caf243969ec2",
    "bottomwear/1": "0674312eaa4ab548f8bb31ef95d7dbd46b41555758cec51bd6c3e9fac9a0f936",
    "bottomwear/2": "3b464feb0d20ff34b0ca2a6d1fd00766ad86e2229c3d56ff91379fe27588a893",
    "bottomwear/3": "b366e84ea0519d06cf693f51e0ee2f9ac32b3132d27c75dfdc4b6f52fca072de",
    "bottomwear/4": "4ed7e7702e4f50b9692c0043be04b7296a108d85ea97230fb50d13c150d98771",
    "bottomwear/5": "a5c5e7e33f13fe5ad37b5836a5a74fb0d2094a0877c2146961b88688ff85840d",
    "hair/0": "e4007b0635a239ad16cdebfe90759349ccc73dfc6836c9d19625714be185f43d",
    "hair/1": "fa6369f84d3310705df6d8ca8c9d515a7d211e73d2826c50a9cb5bb285652c66",
    "hair/2": "1b8046752be7233e829ebe9b11048e171d8d181ee6f68e07042b34f57bb8af0d",
    "hair/3": "333783285c5fd94ff434ae5000d2da39aac7940269f173119eaa70d34c8acfa1",
    "hair/4": "24df8e9b291cbd444f6c4d12d35b3d43d909cd13f04e6401e0fd8ab10216d5a2",
    "hair/5": "4dd471cc20e0b1cf71adcaab01c88598767e5cfe680adacdf560ca91574f17ae",
    "shoes/1": "d56a561616a20a12030d2d40a52eeec63e6d048871bf3b6994221869362151f1",
    "topwear/0": "b917edcf2b3c35d51ef57a6fad67557c5edf048785bea29db09a640d09ac9a90",
    "topwear/1": "e33c6cb31ed1268a2c0dc73b665b1c9b9420e22baf3321880222bdb22682368b",
    "topwear/2": "2b9b8fefa08894b7ea536cd62b86d494aefe6e54495c5c1d83460827b13b6448",
    "topwear/3": "807f5b628592f6747e2814be9435963069dba6c360577168c02f57bbe903433d",
    "topwear/4": "b51b17878503877e179ce4f9231713bf2b2d2d666c3ec9ee29f4e784469867a2",
    "topwear/5": "1b6049d43f83ebfda857cc405d1936ac9fd80be480fa6ad239024a6a75ad0372",
}
# sheets of the same artists that the benchmark leaves out: other forms first, then forms of its own in other colours
_UNWORN = {
    "bottomwear/6": "a50af1e08421c4fcc4b6365c75c81c8b328f0d4a7bf93b5a1cb97d45e3b72bde",
    "topwear/6": "b1da999190e2c41f2e5861d34adc551ad68016ecdcb125ab1371d8af8f7f36cb",
    "hair/6": "383c2297bf411091dfcb9e250c30912b97a13094fb2465987e961d475855d331",
    "shoes/0": "f58fd946a82304ac49c9d824461ba343651106015bffdd2c71189131d28aadfc",
    "hair/7": "c4460119998811c4a1bcb8ccbb22f5d9a8ee84abe30880677e70b7106341e67d",
    "hair/8": "ea2cd93e23bafd8962caf6f7e7e4c97e73f5742bd9527254abeb6ddfd510d34a",
    "hair/9": "94939929ec5fc142671090a1d83b9e6f89784f3022925fad2e1e19c5dced133d",
    "shoes/2": "faba8fc036f0494f144ff5dfd5185214f4138b4d39257da42186b0e60e5e2c5e",
}

UNWORN = tuple(_UNWORN)  # names of those sheets

_CELL = 64
_ROWS = (9, 10, 11, 1, 2, 3, 13, 14, 15)  # of a layer sheet, by action-direction
_COLUMNS = np.repeat([[8, 1, 2, 3, 4, 5, 6, 7], [0, 1, 2, 3, 4, 5, 4, 6], [0, 1, 2, 3, 4, 5, 4, 0]], 3, axis=0)


class Sprites(NamedTuple):
    """Characters in motion, as indices into one palette."""

    frames: np.ndarray  # (characters, actions, time, size, size) uint8 palette indices, 0 = background
    palette: np.ndarray  # (colours, 4) uint8 RGBA, row 0 transparent black
    attributes: np.ndarray  # (characters, 4) int64, each 0-5, in the order ATTRIBUTES
    train: np.ndarray  # indices of characters
    test: np.ndarray
    source: str  # "real", "twin" or "own"
    rounds: dict[str, int] = ROUNDS  # frames of each action; a shorter one begins again until the longest ends

    @classmethod
    def from_sheets(cls, sheets, *, test=1):
        """Make one set of characters of a user's own sprite sheets.

        Nothing is left out: where characters have different numbers of frames for one action, the shorter clip holds
        its frames longer, and a warning says so; where actions differ, the shorter begins again until the longest ends.
        Frames are padded to a square with a side divisible by 16, the figure on the bottom edge, in the middle.

        Args:
            sheets: character's name -> tag -> (frames, height, width, 4) uint8 RGBA, one size throughout; what
                `animkit.data.sprite_sheet.read_sprite_sheet(path).frames` gives for each file.
            test: how many of the last characters are kept for testing.

        Returns:
            Sprites of source "own", with the tags as actions; attributes are 0, as nothing is known of them.

        Raises:
            ValueError: fewer than 4 characters to learn from; an action that a character lacks; other shapes or several
                sizes; frames of more than 128 pixels a side; more than 255 colours.
        """
        rounds = _check_sheets(sheets, test)
        clips = _of_one_length(sheets, rounds)
        palette, frames = _palette_of(clips)
        height, width = frames.shape[-2:]
        size = -(-max(height, width) // 16) * 16
        left = (size - width) // 2
        frames = np.pad(frames, [(0, 0)] * 3 + [(size - height, 0), (left, size - width - left)])
        train, held_out = np.split(np.arange(len(frames)), [len(frames) - test])
        attributes = np.zeros((len(frames), len(ATTRIBUTES)), np.int64)
        return cls(frames, palette, attributes, train, held_out, "own", rounds)


def _check_sheets(sheets, test):
    """The frames of each action, the most that any character has."""
    if test < 0 or len(sheets) - test < LEAST:
        raise ValueError(
            f"{len(sheets)} characters, {test} of them for testing, are too few: who moves can only be told from what "
            f"is done with {LEAST} or more to learn from; add sheets of others with the same actions"
        )
    rounds, sizes = {}, {}
    for name, clips in sheets.items():
        for tag, frames in clips.items():
            frames = np.asarray(frames)
            if frames.ndim != 4 or frames.shape[-1] != 4 or frames.dtype != np.uint8 or 0 in frames.shape:
                raise ValueError(
                    f"{name}, {tag!r}: a clip is (frames, height, width, 4) uint8 RGBA; got {frames.shape} "
                    f"{frames.dtype}"
                )
            rounds[tag] = max(rounds.get(tag, 0), len(frames))
            sizes.setdefault(frames.shape[2:0:-1], f"{name}, {tag!r}")
    if missing := [f"{name} lacks {tag!r}" for name, clips in sheets.items() for tag in rounds if tag not in clips]:
        more = f" and {len(missing) - 5} more" if len(missing) > 5 else ""
        raise ValueError(
            f"every character needs every action: {', '.join(missing[:5])}{more}; draw what is missing, or leave that "
            "tag out of all"
        )
    if len(sizes) > 1:
        told = "; ".join(f"{where} is {width}x{height}" for (width, height), where in sizes.items())
        raise ValueError(f"frames have several sizes: {told}; export all with one canvas size")
    if max(next(iter(sizes), (0, 0))) > LARGEST:
        raise ValueError(f"frames of {max(next(iter(sizes)))} pixels a side are too large: {LARGEST} is the most")
    if not rounds:
        raise ValueError("the sheets hold no clips: give each character its tags and their frames")
    return rounds


def _of_one_length(sheets, rounds):
    """The clips as (characters, actions, time, height, width, 4)."""
    longest, held = max(rounds.values()), []
    clips = []
    for name, tags in sheets.items():
        row = []
        for tag, count in rounds.items():
            frames = tags[tag]
            if len(frames) < count:
                held.append(f"{name} has {len(frames)} frames of {count} for {tag!r}")
            row.append(frames[np.arange(longest) % count * len(frames) // count])
        clips.append(row)
    if held:
        more = f" and {len(held) - 3} more" if len(held) > 3 else ""
        warnings.warn(f"{', '.join(held[:3])}{more}: each frame is held longer, none is left out", stacklevel=3)
    return np.array(clips)


def _palette_of(clips):
    """The colours of RGBA clips, the transparent one first, and the clips as indices into them."""
    codes = np.where(clips[..., 3] > 0, _packed(clips), np.uint32(0))
    colours, indices = np.unique(np.concatenate([[np.uint32(0)], codes.ravel()]), return_inverse=True)
    if len(colours) > 256:
        raise ValueError(
            f"the sheets have {len(colours) - 1} colours, more than 255: bring them onto one palette (in Aseprite, "
            "Sprite, Color Mode, Indexed) and export again"
        )
    return colours[:, None].view(np.uint8), indices[1:].reshape(codes.shape).astype(np.uint8)


def load_sprites(*, size=32, source="auto", characters=None):
    """Load the Sprites benchmark, or its procedural twin.

    Args:
        size: pixels a side, 32 or 64. The real frames are 64 pixels and are thinned to 32; the twin is drawn at 32 and
            doubled to 64 by Scale2x. Neither makes a new colour.
        source: "auto" for the real sheets (folder, cache, download), "present" for the real sheets if they are already
            here and the twin otherwise, "twin" for the twin.
        characters: load only the first so many of the 1,000 training characters, and as many test characters as keep
            the benchmark's ratio (at least one); all 1,296 if None.

    Returns:
        Sprites. With all characters, character i has attributes `np.unravel_index(i, (6, 6, 6, 6))`, and train and
        test are the benchmark's 1,000 and 296; otherwise train characters come first, then test characters.

    Raises:
        ValueError: `size`, `source` or `characters` is out of range, or a sheet has another hash.
        FileNotFoundError: a sheet is neither here nor to be had.

    Source: Li and Mandt, "Disentangled Sequential Autoencoder" (2018); layers by the Liberated Pixel Cup's artists.
    """
    if size not in (32, 64):
        raise ValueError(f"sprites come at size 32 or 64, got {size!r}")
    if characters is not None and not 1 <= characters <= 1000:
        raise ValueError(f"characters must be None (all 1,296) or 1 to 1000 training characters, got {characters!r}")

    attributes = np.indices((6, 6, 6, 6)).reshape(4, -1).T
    order = np.random.RandomState(423).permutation(len(attributes))
    train, test = order[:1000], order[1000:]
    if characters is not None:
        test = test[: max(1, round(characters * len(test) / len(train)))]
        chosen = np.concatenate([train[:characters], test])
        attributes = attributes[chosen]
        train, test = np.split(np.arange(len(chosen)), [characters])

    twin = wants_twin(source, *(f"lpc_sprites/{name}.png" for name in _SHA256))
    if twin:
        frames, palette = draw_people(attributes)
        if size == 64:
            frames = scale2x(frames)
    else:
        frames, palette = _compose(attributes, size)
    return Sprites(frames, palette, attributes, train, test, "twin" if twin else "real")


def load_layers(attributes):
    """Say where the layers lie that the real characters are laid of.

    Args:
        attributes: (characters, 4) as in `Sprites`.

    Returns:
        (characters, 5, 9, 8, 64, 64) bool, from below to above: body, bottomwear, topwear, hair, shoes; each whole,
        also where another hides it.

    Raises:
        ValueError: a sheet has another hash. FileNotFoundError: a sheet is neither here nor to be had.
    """
    sheets = {name: _sheet(name)[..., 3] > 0 for name in _SHA256}
    names = [[*map("/".join, zip(_LAYERS, map(str, one), strict=True)), "shoes/1"] for one in np.asarray(attributes)]
    return np.stack([[sheets[name] for name in row] for row in names])


def load_unworn():
    """Dress the benchmark's six bodies in garments that none of its characters wears, real sheets at 64 pixels.

    Returns:
        frames: (24, 9, 8, 64, 64) uint8 palette indices: each body four times, in trousers and a top of forms never
            worn, with four heads of hair (one of a form never worn) and two pairs of shoes (one of a form never worn).
        palette: (colours, 4) uint8 RGBA, row 0 transparent black.
        worn: (24, 9, 8, 64, 64) int8, which of `UNWORN` shows in each pixel, -1 for none.

    Raises:
        ValueError: a sheet has another hash.
        FileNotFoundError: a sheet is neither here nor to be had.
    """
    sheets = {name: _sheet(name) for name in UNWORN}
    pictures, worn = [], []
    for body in range(6):
        naked = _sheet(f"body/{body}")
        for head, shoes in zip(range(6, 10), (0, 2, 0, 2), strict=True):
            picture, shows = naked.copy(), np.full(naked.shape[:-1], -1, np.int8)
            for name in ("bottomwear/6", "topwear/6", f"hair/{head}", f"shoes/{shoes}"):
                there = sheets[name][..., 3] > 0
                # as in the benchmark, what is sheer lies on what is below it, and on black where nothing is
                colour, alpha = np.split(sheets[name][there].astype(int), [3], axis=1)
                below = picture[there][:, :3] * (picture[there][:, 3:] > 0)
                picture[there, :3] = (colour * alpha + below * (255 - alpha) + 127) // 255
                picture[there, 3] = 255
                shows[there] = UNWORN.index(name)
            pictures.append(picture)
            worn.append(shows)
    palette, frames = _palette_of(np.stack(pictures))
    return frames, palette, np.stack(worn)


def scale2x(frames):
    """Double pixel art without a new colour.

    Args:
        frames: (n, ..., h, w) palette indices.

    Returns:
        (n, ..., 2h, 2w) palette indices.

    Source: Scale2x (Mazzoleni, 2001), also known as EPX.
    """
    doubled = np.empty((*frames.shape[:-2], 2 * frames.shape[-2], 2 * frames.shape[-1]), frames.dtype)
    for one, two in zip(
        frames, doubled, strict=True
    ):  # one at a time: all the comparisons at once would take a gigabyte
        around = np.pad(one, [(0, 0)] * (one.ndim - 2) + [(1, 1)] * 2, mode="edge")
        up, down = around[..., :-2, 1:-1], around[..., 2:, 1:-1]
        left, right = around[..., 1:-1, :-2], around[..., 1:-1, 2:]
        corner = (up != down) & (left != right)
        two[..., ::2, ::2] = np.where(corner & (left == up), left, one)
        two[..., ::2, 1::2] = np.where(corner & (right == up), right, one)
        two[..., 1::2, ::2] = np.where(corner & (left == down), left, one)
        two[..., 1::2, 1::2] = np.where(corner & (right == down), right, one)
    return doubled


def _compose(attributes, size):
    """Lay the real layers over one another: frames (characters, 9, 8, size, size) and the colours of all 1,296."""
    sheets = {name: _sheet(name) for name in _SHA256}
    solid = np.concatenate([sheet[sheet[..., 3] == 255] for sheet in sheets.values()])
    # as one number a colour, most significant byte first, they sort as rows do, in a tenth of the time
    colours = np.unique(solid.view(">u4").astype(np.uint32)).astype(">u4")
    palette = np.concatenate([np.zeros((1, 4), np.uint8), colours[:, None].view(np.uint8)])
    body, bottomwear, topwear, hair = (
        np.stack([_indices(sheets[f"{layer}/{number}"], palette) for number in range(6)]) for layer in _LAYERS
    )
    shoes = _indices(sheets["shoes/1"], palette)

    clad = np.where(bottomwear > 0, bottomwear, body[:, None])  # (body, bottomwear, 9, 8, 64, 64)
    dressed = np.where(topwear > 0, topwear, clad[:, :, None])  # (body, bottomwear, topwear, 9, 8, 64, 64)
    for number in range(6):
        sheet = sheets[f"topwear/{number}"]
        sheer = (sheet[..., 3] > 0) & (sheet[..., 3] < 255)
        if sheer.any():
            # the benchmark's pictures are laid on black, so the background (black, if opaque) shows through as black
            colour, alpha = sheet[sheer][:, :3].astype(int), sheet[sheer][:, 3:].astype(int)
            mixed = (colour * alpha + palette[clad[:, :, sheer], :3] * (255 - alpha) + 127) // 255
            mixed = np.pad(mixed, [(0, 0)] * 3 + [(0, 1)], constant_values=255).astype(np.uint8)
            new = np.unique(mixed.reshape(-1, 4).view(">u4").astype(np.uint32)).astype(">u4")[:, None].view(np.uint8)
            new = new[~np.isin(_packed(new), _packed(palette))]
            palette = np.concatenate([palette, new])
            dressed[:, :, number, sheer] = _indices(mixed, palette)
    above = np.where(shoes > 0, shoes, hair)  # (hair, 9, 8, 64, 64)

    if size == 32:
        # Every second pixel keeps the palette, and commutes with laying layers over one another. Odd rows and even
        # columns are the ones that hit the eyes.
        dressed, above = dressed[..., 1::2, ::2], above[..., 1::2, ::2]
    frames = np.empty((len(attributes), *above.shape[1:]), np.uint8)
    for frame, (skin, trousers, top, head) in zip(frames, attributes, strict=True):
        frame[:] = np.where(above[head] > 0, above[head], dressed[skin, trousers, top])
    return frames, palette


def _sheet(name):
    """One layer's cells, (9, 8, 64, 64, 4) RGBA."""
    path = find(
        f"lpc_sprites/{name}.png",
        url=_ADDRESS.format(name),
        sha256={**_SHA256, **_UNWORN}[name],
        twin='load_sprites(source="twin")',
    )
    with Image.open(path) as image:
        pixels = np.asarray(image.convert("RGBA"))
    cells = pixels.reshape(pixels.shape[0] // _CELL, _CELL, -1, _CELL, 4).swapaxes(1, 2)  # (rows, columns, 64, 64, 4)
    return cells[np.array(_ROWS)[:, None], _COLUMNS]


def _packed(pixels):
    """RGBA as one number a pixel."""
    return np.ascontiguousarray(pixels, np.uint8).view(np.uint32)[..., 0]


def _indices(pixels, palette):
    """Opaque RGBA pixels as palette indices; 0 for all others."""
    codes = _packed(palette[1:])
    order = np.argsort(codes)
    found = order[np.searchsorted(codes, _packed(pixels), sorter=order).clip(max=len(order) - 1)] + 1
    return np.where(pixels[..., 3] == 255, found, 0).astype(np.uint8)
