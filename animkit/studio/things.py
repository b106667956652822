"""The things of a story, drawn by code at the stage's size, and the tools that people strike with."""

import re
from functools import cache

import numpy as np

from animkit.data.fairytales import CREATURES, PROFESSIONS
from animkit.data.lexicon import nouns
from animkit.data.sprites import ACTION_DIRECTIONS
from animkit.data.twins.pixel_poses import slash, spellcast, walk
from animkit.studio.painting import channels

# outline, dark, middle, light
GOLD = ("#5e3413", "#b86b25", "#f0ad3c", "#ffe08a")
SILVER = ("#2f3348", "#79829a", "#b4bdcb", "#f2f5f8")
RAMPS = {
    "golden": GOLD,
    "gold": GOLD,
    "silver": SILVER,
    "moon": SILVER,
    "crystal": ("#37507e", "#74a9dc", "#b5dcf6", "#f4fcff"),
    "winter": ("#4a5482", "#9db4dd", "#d7e4f7", "#ffffff"),
    "donkey": ("#30333f", "#5b6176", "#8f97a8", "#cfd4dc"),
    "white": ("#4a4f6a", "#a3afc4", "#dbe4ee", "#ffffff"),
    "copper": ("#4b2018", "#96492c", "#cf7443", "#f7b184"),
    "blue": ("#1f2a56", "#2a4488", "#3a6fc4", "#8cc4f4"),
    "red": ("#4d1329", "#97263d", "#d6453f", "#f58d7c"),
    "green": ("#1b3f33", "#23786b", "#4fa04f", "#9fdc7c"),
    "grey": ("#30333f", "#5b6176", "#8f97a8", "#cfd4dc"),
    "brown": ("#3d2430", "#6b3f36", "#98603f", "#d9a868"),
    "cream": ("#5a4636", "#b79a6e", "#ecd9ae", "#fff7df"),
    "purple": ("#3a2159", "#5a3585", "#8c57b8", "#cf9ff0"),
}
_FIXED = {
    "b": "#98603f",
    "n": "#6b3f36",
    "w": "#ffffff",
    "g": "#4fa04f",
    "r": "#d6453f",
    "y": "#ffe08a",
    "k": "#1d1626",
}
# side by side, each ten columns wide: o outline, d dark, m middle, l light of the thing's own colour; _FIXED else
_SHEETS = """
bell       key        lantern    harp       pearl      flower     crown      kettle
....oo.... .......... ...oooo... .ooo...... .......... ...ooo.... .......... ...oooo...
...ommo... .oooo..... ..o....o.. olmmooooo. .......... .oolmmoo.. .......... ..o....o..
..omlmdo.. ommmmo.... ..oooooo.. olbwbwbmmo ...oooo... olmdmlmo.. oo.oooo.oo .o......o.
..omlmdo.. omoodo.... .oyywyyyo. omwbwbwbdo ..ollmmo.. ommdddmo.. olo.ll.olo .oooooooo.
.omllmmdo. omo.mooooo .oywwwyyo. .omwbwbwdo .olwlmmdo. .oddmmdo.. ommoollomo olmmmmmdoo
.omlmmmdo. omoodmmmmo .oywwyyyo. .omwbwbodo .ollmmmdo. ..oooooo.. ommrmmrmdo olmmmmmmdo
ommlmmmddo ommmoomomo .oyyyyyyo. ..omwbwddo .ommmmddo. ....g..... omlmmmmmdo omlmmmmmdo
oooooooooo .oooo.ooo. ..oooooo.. ..omwbddo. ..ommddo.. .ggg.gg... omllmmmddo ommmmmmmdo
...obbo... .......... .oooooooo. ...omddo.. ...oooo... ..ggg..... oddddddddo .oddddddo.
....oo.... .......... .oooooooo. ....ooo... .......... ....g..... .oooooooo. ..oooooo..

kite       star       sword      axe        hammer     rope       staff      spade
.....oo... ....oo.... ........oo ..oooo.... .oooooo... ..ooooo... .......oo. ......oo..
....olmo.. ....oo.... .......olo .ollmdo... olmmmmdo.. .omlmlmo.. ......olmo .....onno.
...olmmmo. ...olmo... ......olmo olmmmdbo.. olmmmmdo.. omlooomlo. ......omdo .....obbo.
..olmmmmdo oooolmoooo .....olmo. omdoodbo.. .ooboooo.. olmo.omlo. .....onoo. ......bo..
.olmmmmddo ollllmmmdo ....olmo.. .oo..obo.. ...obo.... omlooolmo. ....obo... .....obo..
oddmmmddo. .olllmmdo. .o.olmo... .....obo.. ...obo.... .lmlmlmo.. ....obo... .....obo..
.oddmddo.. ..ollmmo.. .oolmo.... .....obo.. ...obo.... .oooooooo. ...obo.... ...oooooo.
..ooooo... ..ollmdo.. ..onno.... ......bo.. ...obo.... ......omo. ..obo..... ...olmmdo.
.y.o...... .ollooddo. .onooo.... ......bo.. ...obo.... .....omo.. .obo...... ...olmmdo.
y.o.y..... .oo....oo. .oo....... ......oo.. ...ooo.... .....oo... .oo....... ....omdo..

bow        cake       apple      bread      cheese     letter     book       cloak
.oo....... .......... .....nn... .......... .......... .......... .......... ..oooooo..
.omoo..... ....rr.... ....ngg... .......... .......... .......... .ooooooo.. .olmyymdo.
.w.omo.... ...oooo... ..oooooo.. ...ooooo.. ......oooo oooooooooo olmmmmmdo. .ommmmmdo.
.w..omo... ..owwwwo.. .olmmmmdo. ..olmlmlmo ....oolllo owwwwwwwwo olyyymmdo. olmmmmmddo
.w...om... .owwllwwo. .olmmmmdo. .olmlmlmdo ..oolllmmo owowwwwowo olmmmmmdo. olmmmmmddo
.w...om... .ollwwllo. .ommmmmdo. .ommmmmmdo oolllmmdmo owwowwowwo olmyymmdo. omlmmmmddo
.w..omo... .ommmmmmo. .ommmmddo. .oddddddo. ommmmdmmmo owwworowwo olmmmmmdo. omlmmmmddo
.w.omo.... .oddddddo. ..oddddo.. ..oooooo.. ommdmmmmdo owwwwwwwwo olmmmmmdo. ommmmmdddo
.omoo..... ..oooooo.. ...oooo... .......... oooooooooo oooooooooo owwwwwwwo. oddddddddo
.oo....... .......... .......... .......... .......... .......... .ooooooo.. oooooooooo

shoes      cap        bean       leaf       ring       mirror     goblet     coin
.......... .......w.. .......... .......oo. ....ooo... ...oooo... .......... ..........
.......... ......ww.. ....ooo... .....oomdo ...owwlo.. ..omllmo.. .oooooooo. ...oooo...
.......... ..ooooww.. ..ooolmo.. ...oolmmdo ....owo... .omlwwwmo. .olmmmmdo. ..ollmmo..
.ooo.ooo.. .olmmmow.. .olmmmmo.. ..olmmdmdo ...oolo... .ommwwwmo. .olmmmmdo. .olyyymdo.
.olmoolmo. olmmmmmdo. olmmmmdo.. .olmmdmmdo ..olmmdo.. .omwwwmmo. ..olmmdo.. .olymmmdo.
.olmoolmo. olmmmmmdo. ommmddo... .olmdmmddo .olo..odo. ..ommmmo.. ...oldo... .omyyymdo.
.olmmolmmo oyyyyyyyyo .odddo.... .ommmmddo. .omo..odo. ...oooo... ....mo.... .ommymmdo.
.odddodddo dmmmmmmmmd ..ooo..... .odmdddo.. .omo..odo. ....mo.... ....mo.... ..omddo...
.ooooooooo .oooooooo. .......... obooooo... ..odddo... ....mo.... ..ommmdo.. ...ooo....
.......... .......... .......... oo........ ...ooo.... ....oo.... ..oooooo.. ..........

chest      purse      bundle     ball       bottle     boot       brush      flute
.......... ..y..y.... .......... .......... ....oo.... .oooo..... .......ww. ........oo
.oooooooo. ...oo..... ......oo.. ...oooo... ....nn.... .olmo..... ......owww .......olo
olmmmmmmdo ..oooo.... ...oo.o... ..olmwmo.. ...owwo... .olmo..... ......owwo ......olmo
ommmmmmmdo ...yy..... ..olmo.... .olmwwmdo. ..owllwo.. .olmo..... .....oboo. .....olko.
oyyyyyyyyo ..olmo.... .olmmmoo.. .omwwmmdo. ..olmmwo.. .olmo..... ....obo... ....olmo..
ommmyymmdo .olmmmdo.. .olmmmmdo. .omwmmmdo. .olmmmmdo. .olmmoo... ....obo... ...olko...
ommmyymmdo .ommmmdo.. .ommmmmdo. ..omdddo.. .ommmmmdo. .olmmmmoo. ...obo.... ..olmo....
ommmmmmmdo .ommmmdo.. .ommmmddo. ...oooo... .ommmmddo. .ommmmmdo. ..obo..... .olko.....
oddddddddo ..oddddo.. ..oddddo.. .......... .oddddddo. .oddddddo. .obo...... .olo......
oooooooooo ...oooo... ...oooo... .......... ..oooooo.. .oooooooo. .oo....... ..oo......
"""
# larger than a hand: they stand beside people, and are seen in their thoughts and words
_LARGE = """
horse
..o..o
.omoomo
.ollmmon
.olmmkmon
olmmmmmonn
olwmmmmonn
.oooommmonn
...olmmmmooooo
...olmmmmmmmmdonn
...ommmmmmmmmdo.nn
...ommmmmmmmddo.nn
...odmmmdddddmo.nn
....omoddooodmo.n
....omo.do.omdo
....omo.do.omdo
....omo.do.omdo
....nnn.nn.nnnn

cat
.o...o
omo.omo
ommommo
olmmmmo
ogkmgko
olmrmmo...oo
.owwwoo..omo
..olmmmo..omo
..olmmmmo.omo
..omlmmmmoomo
..omlmodmdmo
..omomodmdo
..owowoowdo
..ooooooooo

hare
.oo.oo......
olooloo.....
orlorlo.....
orlorlo.....
orloolo.....
ommmmmo.....
olmkmmmo....
olmmmmmoooo.
owwmmmmmmmdo
.ooollmmmmddo
..olmlmmmmddoo
..omomlmmmddww
..omomodmmddww
..owowowwwwdo.
..oooooooooo..

boat
.......oo
.......noo
.......nowo
......onowwo
.....owonwwwo
....owwonwwwwo
...owwwonwwwwwo
..owwwwonooooooo
..ooooo.n
oo......n......oo
oloooooonooooooolo
ommmmmmmmmmmmmmmo
.olllllllllllldo
..odmmmmmmmmddo
...oooooooooooo

sleigh
oo............oo
olo..........olo
olmo.......oolmo
olmmooooooolmmmo
ommmmmmmmmmmmmdo
ommmmmmmmmmmmddo
.odddddddddddddo
..n..n....n..n
n.n..n....n..n
nnnnnnnnnnnnnnnn
"""
_OWN = {  # the colour of what is not said to have another
    **dict.fromkeys(("bell", "key", "harp", "crown", "star", "ring", "coin", "goblet", "lantern"), "golden"),
    **dict.fromkeys(("sword", "axe", "hammer", "mirror", "spade"), "silver"),
    **dict.fromkeys(("flower", "kite", "apple", "shoes", "ball", "cap"), "red"),
    **dict.fromkeys(("bow", "staff", "chest", "purse", "boot", "bundle", "brush", "flute", "book"), "brown"),
    **dict.fromkeys(("cake", "letter", "rope"), "cream"),
    **{"cheese": "golden", "bread": "brown", "kettle": "copper", "pearl": "crystal", "cloak": "purple"},
    **dict.fromkeys(("leaf", "bean", "bottle"), "green"),
    **{"horse": "brown", "boat": "brown", "sleigh": "red", "cat": "grey", "hare": "brown"},
}
_DRAWN_AS = {  # what is drawn for which other words
    "flower": "rose lily seed herb wreath thorn turnip cabbage",
    "lantern": "lamp",
    "kettle": "porridge soup pot milk honey butter meat",
    "letter": "map paper message scroll",
    "cloak": "coat dress shirt gown robe garment apron veil clothes",
    "shoes": "shoe slipper",
    "cap": "hat feather",
    "staff": "wand stick club spear broom mop oar rake scythe crook needle spindle lance net",
    "sword": "knife dagger",
    "coin": "money ducat gold silver",
    "pearl": "jewel diamond egg",
    "chest": "treasure casket riches",
    "bottle": "wine",
    "ring": "necklace girdle",
    "leaf": "branch",
    "apple": "pear plum berry fruit nut potato",
    "cake": "pie pancake dumpling",
    "horse": "steed pony mare stallion palfrey donkey",
    "boat": "ship canoe",
    "hare": "rabbit",
    "cat": "kitten",
}
_DRAWN_AS = {word: drawn for drawn, words in _DRAWN_AS.items() for word in words.split()}
_BY_CLASS = {
    **{"treasure": "chest", "tool": "staff", "food": "bread", "letter": "letter", "clothes": "bundle"},
    "plant": "flower",
}
MOUTHED = ("dragon", "wolf", "fox", "bear", "raven", "griffin")  # creatures that carry a thing in the mouth
# what people strike with: length beyond the hand, colour of the shaft, and what is at its end
_TOOLS = {
    **dict.fromkeys(("staff", "crook", "spindle", "flute", "rolling pin", "stick", "oar"), (8, "brown", None)),
    **dict.fromkeys(("broom", "mop", "rake", "brush"), (8, "brown", "cream")),
    **dict.fromkeys(("hammer", "ladle", "shears", "spade", "axe"), (7, "brown", "silver")),
    "rope": (8, "cream", None),
}
_STRIKES_WITH = {
    "stick": "boy girl child peasant farmer beggar hermit giant",
    "broom": "witch grandmother woman mother queen",
    "staff": "magician wizard sorcerer fairy spirit elf",
    "hammer": "dwarf blacksmith carpenter",
    "axe": "miner woodcutter woodman",
    "oar": "fisherman",
}
_STRIKES_WITH = PROFESSIONS | {kind: tool for tool, kinds in _STRIKES_WITH.items() for kind in kinds.split()}
TOOL_USERS = tuple(_STRIKES_WITH)  # kinds of people


@cache
def _sheets():
    pictures = {}
    for block in _SHEETS.strip().split("\n\n"):
        names, *rows = block.splitlines()
        for number, name in enumerate(names.split()):
            pictures[name] = [row.split()[number] for row in rows]
    for block in _LARGE.strip().split("\n\n"):
        name, *rows = block.splitlines()
        pictures[name] = [row.ljust(max(map(len, rows)), ".") for row in rows]
    return pictures


def draw_thing(words):
    """Draws a thing of a story.

    Args:
        words: such as "golden key" or "pair of red shoes".

    Returns:
        (height, width, 4) uint8, at most 10 pixels a side, or 18 for what no hand holds; None for what has no drawing,
            such as a carriage.
    """
    said = re.findall("[a-z]+", words.lower())
    slots = nouns()[0]
    name = next((word for word in reversed(said) if word in _sheets()), None)
    name = name or next((_DRAWN_AS[word] for word in reversed(said) if word in _DRAWN_AS), None)
    name = name or next((_BY_CLASS[slots[word]] for word in reversed(said) if slots.get(word) in _BY_CLASS), None)
    if name is None:
        return None
    ramp = next((RAMPS[word] for word in said if word in RAMPS), RAMPS[_OWN[name]])
    colours = dict(zip("odml", ramp, strict=True)) | _FIXED
    rows = _sheets()[name]
    picture = np.zeros((len(rows), len(rows[0]), 4), np.uint8)
    for row, line in enumerate(rows):
        for column, letter in enumerate(line):
            if letter != ".":
                picture[row, column] = (*channels(colours[letter]), 255)
    there = picture[..., 3] > 0
    return picture[there.any(axis=1)][:, there.any(axis=0)]


def hand_of(action, direction, frame, who=""):
    """Where the near hand of a person, or the mouth of a beast, is in a frame, (column, row) of 32 x 32 pixels."""
    if who in MOUTHED:
        return {"left": 5, "front": 16, "right": 26}[direction], 18
    poses = _poses(action, direction == "front")
    pose = poses[frame % len(poses)]
    column, row = np.add(pose.near_hand, pose.lean)
    return (31 - column if direction == "right" else column), row


@cache
def _poses(action, front):
    return tuple({"walk": walk, "spellcast": spellcast, "slash": slash}[action](front))


def tool_of(kind):
    """What somebody of a kind strikes with: one of the tools, or "sword", which the sprites hold already."""
    return _STRIKES_WITH.get(kind, "sword")


def arm_cast(clips, shots, kinds):
    """Gives everybody in a film what they strike with; beasts keep teeth and claws.

    Args:
        clips: name -> (9, 8, 32, 32, 4) uint8.
        shots: list of `animkit.studio.storyboard.Shot`; of one who strikes with a thing, the thing.
        kinds: name -> kind, such as "sailor", of whom it is known.

    Returns:
        the clips, those of who has another tool than a sword changed.
    """
    tools = {name: tool_of(kinds.get(name, "")) for name in clips if name not in CREATURES}
    struck = {shot.company[0]: shot.thing for shot in shots if shot.action == "slash" and shot.thing}
    tools |= {name: _tool_named(thing) for name, thing in struck.items() if name in tools}
    return {name: arm(clip, tools.get(name)) for name, clip in clips.items()}


def _tool_named(words):
    said = words.split()
    return next((word for word in said if word in _TOOLS or word in ("sword", "knife", "dagger")), "staff")


def arm(clip, tool):
    """Puts a tool in the place of the sword that people strike with.

    Args:
        clip: (9, 8, 32, 32, 4) uint8 in the order of `animkit.data.sprites.ACTION_DIRECTIONS`.
        tool: as `tool_of` names it.

    Returns:
        a copy in which the frames of "slash" show the tool; the clip itself for a sword.
    """
    if tool not in _TOOLS:
        return clip
    armed = clip.copy()
    length, shaft, head = _TOOLS[tool]
    for direction in ("left", "front", "right"):
        number = ACTION_DIRECTIONS.index(f"slash {direction}")
        still = clip[ACTION_DIRECTIONS.index(f"spellcast {direction}"), 0, ..., 3] > 0
        body = np.pad(still, 1)
        body = body[1:-1, 1:-1] | body[1:-1, :-2] | body[1:-1, 2:]
        for frame, pose in enumerate(_poses("slash", direction == "front")):
            sprite = armed[number, frame]
            sprite[_steel(sprite) & ~body] = 0
            way = np.array(pose.blade, float) / np.linalg.norm(pose.blade)
            hand = np.add(pose.near_hand, pose.lean)
            if direction == "right":
                hand, way = np.array([31 - hand[0], hand[1]]), way * (-1, 1)
            _rod(sprite, hand - 2 * way, hand + length * way, RAMPS[shaft], 0.9)
            if head:
                across, end = np.array([-way[1], way[0]]), hand + length * way
                _rod(sprite, end - 2 * across, end + 2 * across, RAMPS[head], 1.3)
    return armed


def _steel(sprite):
    """Pixels of blade, guard and trail: bright grey, or gold."""
    colour = sprite[..., :3].astype(int)
    grey = (colour.max(axis=-1) - colour.min(axis=-1) < 50) & (colour.min(axis=-1) > 80)
    gold = (colour[..., 0] > 180) & (colour[..., 2] < 110) & (colour[..., 1] > 120)
    return (grey | gold) & (sprite[..., 3] > 0)


def _rod(sprite, start, end, ramp, radius):
    """A rod with an outline, drawn in place."""
    rows, columns = np.mgrid[: sprite.shape[0], : sprite.shape[1]]
    along = end - start
    share = ((columns - start[0]) * along[0] + (rows - start[1]) * along[1]) / (along @ along)
    share = share.clip(0, 1)
    away = np.hypot(columns - start[0] - share * along[0], rows - start[1] - share * along[1])
    sprite[(away <= radius + 0.9)] = (*channels(ramp[0]).astype(int), 255)
    sprite[away <= radius] = (*channels(ramp[2]).astype(int), 255)
