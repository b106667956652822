"""The words by which a tale's beats are read: deeds, kinds of people, things, places, feelings, light and effects.

Verb classes are by hand; inflected forms are lemminflect's. The synonyms of Dariusz Kazemi's "corpora" archetypes
(CC0) are added to what a prompt may say where the folder `archetypes` is there; without it all works as well.
"""

import functools
import json

import lemminflect

from animkit.data.lookup import folders


def word_set(text):
    """The words of a text as a set."""
    return frozenset(text.split())


# what somebody can do in a tale; a verb stands in one class only
VERBS = {
    "live": "live dwell reside reign abide",
    "want": "want wish long desire hope crave yearn resolve determine decide",
    "go": "go walk wander travel ride run hurry march sail swim set climb fly journey gallop step creep follow leave "
    "depart start rush proceed hasten cross jump leap row trot stroll swing skip",
    "arrive": "arrive come reach enter approach appear land",
    "meet": "meet visit encounter greet welcome",
    "see": "see behold perceive spy notice observe watch",
    "ask": "ask beg inquire question pray implore entreat demand summon order command bid",
    "tell": "tell say answer reply speak cry call exclaim shout whisper talk relate declare warn advise boast remark "
    "promise growl add continue",
    "give": "give offer present grant hand bestow lend pay bring",
    "take": "take seize steal fetch snatch grab carry receive accept buy pluck pick",
    "find": "find discover",
    "lose": "lose",
    "strike": "strike fight beat hit attack wound bite shoot slash push kick stab",
    "slay": "kill slay murder devour behead drown",
    "cast": "enchant bewitch conjure transform change charm curse turn",
    "help": "help save rescue heal serve cure comfort protect aid nurse assist feed guard",
    "hide": "hide conceal bury disguise",
    "flee": "flee escape vanish disappear",
    "capture": "capture catch imprison bind lock trap chain tie",
    "free": "free release deliver loosen untie disenchant unlock",
    "make": "make build weave spin bake cook sew prepare forge carve paint brew dig",
    "eat": "eat drink dine feast taste swallow",
    "sleep": "sleep slumber doze rest",
    "weep": "weep sob lament mourn sigh grieve wail",
    "rejoice": "rejoice dance sing laugh celebrate smile play",
    "return": "return",
    "marry": "marry wed",
    "die": "die perish",
}
DEEDS = tuple(VERBS)
PLAIN_DEEDS = ("live", "go", "see", "ask", "tell")  # what most sentences say: a rarer deed beside it is the beat

# by gender: "he", "she", or "it" where the kind leaves it open
PEOPLE = {
    "he": "king prince man boy son father brother husband lord duke emperor youth lad fellow peasant farmer knight "
    "hunter fisherman fisher gentleman grandfather uncle nephew shepherd monk priest soldier smith miller tailor baker "
    "butcher merchant bridegroom nobleman sultan vizier captain sailor hermit gardener pastor huntsman blacksmith "
    "groom page count baron squire minister woodcutter gooseherd carpenter painter piper king-son parson watchman "
    "tinker cobbler shoemaker woodman warrior chief sheriff",
    "she": "queen princess woman girl daughter mother sister wife lady maiden maid lass duchess empress bride nurse "
    "grandmother aunt niece widow damsel goose-girl housewife mermaid nymph swan-maiden",
    "it": "child servant friend cook neighbor neighbour stranger student scholar doctor poet master messenger weaver "
    "beggar traveler traveller guest orphan comrade companion lover baby infant guardian senator thief cousin parent",
}
VILLAINS = {
    "he": "giant ogre devil magician sorcerer wizard robber troll dragon monster demon wolf tyrant",
    "she": "witch stepmother ogress sorceress hag enchantress giantess",
    "it": "goblin serpent sea-serpent enemy griffin",
}
HELPERS = {
    "he": "dwarf elf gnome angel saint brownie merman leprechaun",
    "she": "fairy godmother",
    "it": "spirit genie sprite ghost",
}
ANIMALS = {
    "it": "dog cat fox bear bird hare rabbit monkey crab mouse rat cock hen goose duck eagle raven crow owl frog toad "
    "snake pig boar sheep ram lamb goat deer fawn stag lion tiger badger squirrel fish swan swallow sparrow tortoise "
    "turtle jellyfish snail weasel ant bee spider beetle kitten beaver otter nightingale parrot falcon hawk stork kid "
    "doe seal whale buffalo elephant crane wasp calf"
}
CROWDS = "people folk crowd others everybody everyone company family court army guests soldiers servants villagers all"
# words for the same person, so that "the lad" is no other than "the youth"
SAME = {"lad": "boy", "youth": "boy", "fellow": "boy", "maid": "girl", "maiden": "girl", "lass": "girl"}
SAME |= {"damsel": "girl", "neighbour": "neighbor", "traveller": "traveler", "fisher": "fisherman", "hag": "witch"}

THINGS = {
    "treasure": "gold silver treasure jewel ring crown coin money pearl diamond purse ducat necklace goblet bell harp "
    "lamp lantern star kettle mirror ball key chest casket riches",
    "tool": "sword axe knife stick club bow arrow spear rope wand hammer spade net gun dart staff dagger lance scythe "
    "needle broom ladle oar rake brush flute mop crook shears spindle bundle",
    "food": "bread apple cake meat wine milk porridge butter cheese egg soup pie rice corn nut fruit pancake honey "
    "dinner supper meal dish dumpling pear plum potato grain flour sugar berry food feast",
    "letter": "letter book paper message scroll",
    "clothes": "cloak coat dress shoe gown hat cap shirt robe garment glove apron boot girdle veil clothes slipper "
    "feather kite",
    "mount": "horse steed boat ship carriage coach cart donkey pony mare stallion wagon sleigh canoe palfrey",
    "plant": "flower rose seed herb leaf branch bean thorn wreath lily turnip cabbage",
}
PLACES = {
    "home": "home house cottage hut lodge cabin kitchen hearth",
    "castle": "castle palace tower court throne dungeon hall",
    "village": "village town city market inn church mill shop street smithy",
    "forest": "forest wood woods thicket grove jungle",
    "mountain": "mountain hill cave cliff peak hillside den",
    "shore": "sea shore river lake beach island stream brook pond coast ocean water well bank spring",
    "meadow": "meadow field garden pasture orchard plain prairie farm",
    "road": "road path highway bridge lane crossroads",
    "away": "world country kingdom land abroad heaven hell underworld",
}
FEELINGS = {
    "joy": "happy glad joy merry joyful delighted pleased cheerful joyfully gladly delight joyous overjoyed happily",
    "sorrow": "sad sorrow sorrowful grief unhappy tears miserable sadly bitterly sorrowfully wretched despair mournful",
    "fear": "afraid frightened fear terrified scared fright terror alarmed trembling dread frighten",
    "anger": "angry anger rage furious wrath angrily fury enraged jealous vexed indignant",
    "love": "love loved loving fond dearly tenderly kissed beloved",
    "wonder": "astonished surprised amazed wonder astonishment surprise wondered amazement astounded",
}
LIGHTS = {
    "dawn": "dawn morning sunrise daybreak",
    "day": "noon midday sunshine sunlight daylight",
    "dusk": "evening dusk sunset twilight",
    "night": "night midnight moonlight moon darkness nightfall",
}
EFFECTS = {
    "storm": "storm thunder lightning tempest",
    "rain": "rain flood",
    "snow": "snow ice frost blizzard",
    "wind": "wind breeze whirlwind",
    "fire": "fire flame flames smoke sparks ashes",
    "magic": "magic spell enchantment enchanted charm bewitched rainbow",
}
# for the screen: words that no story, name or caption shows
COARSE = word_set(
    "arse arsehole ass bastard bitch bloody bollocks bugger bullshit crap cunt damn damned dick dickhead dyke fag "
    "faggot fuck fucked fucker fucking goddamn motherfucker nigger nigga piss prick pussy rape raped "
    "rapist shit shitty slut spastic tits twat wank wanker whore kike chink retard porn nazi"
)


def _words(text):
    return tuple(text.split())


def _plural(word):
    return lemminflect.getInflection(word, "NNS") or (f"{word}s",)


@functools.cache
def verb_forms():
    """Each past or third-person form of the verbs of DEEDS.

    Returns:
        dict: form -> (deed, finite, participle): whether it can stand alone ("took"), and after "was" ("taken").
    """
    forms = {}
    for deed, verbs in VERBS.items():
        for verb in _words(verbs):
            tags = lemminflect.getAllInflections(verb, upos="VERB")
            finite = {*tags.get("VBD", ()), *tags.get("VBZ", ())}
            # a regular verb's participle is listed as its past alone
            participle = set(tags.get("VBN") or tags.get("VBD", ()))
            for form in finite | participle:
                forms.setdefault(form, (deed, form in finite, form in participle))
    return forms


@functools.cache
def kinds():
    """Each word for somebody.

    Returns:
        dict: word -> (kind in the singular, gender, role, plural): role is "person", "villain", "helper", "animal"
        or "crowd".
    """
    found = {}
    groups = {"villain": VILLAINS, "helper": HELPERS, "person": PEOPLE, "animal": ANIMALS}
    for role, genders in groups.items():
        for gender, words in genders.items():
            for word in _words(words):
                kind = SAME.get(word, word)
                found[word] = (kind, gender, role, False)
                for many in _plural(word):
                    found.setdefault(many, (kind, "they", role, True))
    for word in _words(CROWDS):
        found.setdefault(word, (word, "they", "crowd", True))
    return found


def _slots(groups):
    found = {}
    for slot, words in groups.items():
        for word in _words(words):
            found.setdefault(word, slot)
            for many in _plural(word):
                found.setdefault(many, slot)
    return found


@functools.cache
def nouns():
    """Words for things and for places: two dicts, word -> slot."""
    return _slots(THINGS), _slots(PLACES)


@functools.cache
def moods():
    """Words for feelings, light and effects: three dicts, word -> value of the field."""
    return tuple(
        {word: slot for slot, words in group.items() for word in _words(words)} for group in (FEELINGS, LIGHTS, EFFECTS)
    )


@functools.cache
def archetypes():
    """Synonyms of the archetypes, where their folder is there.

    Returns:
        dict with "character", "setting" and "artifact": a tuple of (words, nature), nature "good", "evil" or "neutral";
        empty without the folder.
    """
    found = {}
    for group in ("character", "setting", "artifact"):
        path = next((p for p in (folder / f"archetypes/{group}.json" for folder in folders()) if p.is_file()), None)
        rows = json.loads(path.read_text(encoding="utf-8"))[f"{group}s"] if path else []
        found[group] = tuple(((row["name"], *row["synonyms"]), row["nature"]) for row in rows)
    return found
