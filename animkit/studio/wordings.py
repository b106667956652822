"""Wordings by hand for the captions of films: several for each deed, told where a narrator says little or goes astray.

Each says no more than the stage shows: who hides ducks, who is captured is tied up, what is found is held up high.
"""

import functools

from animkit.data.lexicon import verb_forms

# a deed, and a line for each wording; which beats it suits is told by its slots
_DEEDS = """
live
[who] lived in [where]
[who] lived quietly in [where]
[who] lived in [where] , as [who.he] always had
in [where] lived [who]
in [where] there lived [who]
there once lived in [where] [who]

want
[who] wanted [thing]
[who] wished for [thing]
[who] longed for [thing]
[who] had long wanted [thing]
[who] wanted nothing more than [thing]
[who] wanted [thing] more than anything
[who] wished with all [who.his] heart for [thing]
[who] longed for [thing] and thought of little else
all that [who] wanted was [thing]
what [who] wanted most was [thing]
[who] wanted one thing alone , [thing]
[who] wanted to find [whom]
[who] longed to see [whom]
[who] longed for [whom] with all [who.his] heart
[who] wanted nothing more than to see [whom]
[who] wanted to be with [whom]
all that [who] wanted was to find [whom]
what [who] wanted most was to be near [whom]
[who] longed for [whom] and could think of nothing else

go
[who] set out
off [who] went
[who] hurried along
[who] walked on and on
[who] walked a long way
[who] went on [who.his] way
[who] wandered on for a while
[who] set off without a word
step by step , [who] went on
[who] went to [where]
[who] hurried to [where]
[who] set out for [where]
[who] wandered to [where]
[who] walked all the way to [where]
[who] went straight to [where]
step by step , [who] went to [where]
without a word , [who] set out for [where]

arrive
[who] came to [where]
[who] reached [where]
[who] arrived in [where]
[who] came walking to [where]
[who] came as far as [where]
[who] came at last to [where]
[who] came all the way to [where]
soon [who] reached [where]
at last [who] reached [where]
before long , [who] came to [where]
step by step , [who] came to [where]
it was a long way , but [who] came to [where]
[who] arrived
at last [who] arrived
before long , [who] arrived

meet
[who] met [whom]
[who] greeted [whom]
[who] met [whom] by chance
[who] stopped and greeted [whom]
[who] and [whom] met face to face
by chance , [who] met [whom]
it was then that [who] met [whom]
[who] met [whom] in [where]
it was in [where] that [who] met [whom]
[who] and [whom] met face to face in [where]

see
[who] saw [whom]
[who] noticed [whom]
suddenly [who] saw [whom]
[who] looked up and saw [whom]
[who] saw [whom] right in front of [who.him]
[who] saw [whom] in [where]
[who] saw [thing]
[who] noticed [thing]
there [who] saw [thing]
[who] saw [thing] close at hand
[who] looked round and saw [thing]
[who] stopped , for [who.he] saw [thing]
what [who] saw was [thing]
[who] saw [thing] in [where]

ask
[who] asked [whom] for help
[who] begged [whom] for help
[who] asked [whom] the way
[who] asked [whom] for advice
[who] asked [whom] what to do
[who] asked [whom] a question
[who] asked [whom] what was the matter
[who] asked [whom] for [thing]
[who] begged [whom] for [thing]
[who] asked [whom] to hand over [thing]
[who] asked [whom] where to find [thing]

tell
[who] told [whom] everything
[who] told [whom] a secret
[who] told [whom] a long story
[who] told [whom] the whole story
[who] whispered something to [whom]
[who] told [whom] all that [who.he] knew
[who] told [whom] what had happened
[who] told [whom] all that had happened
[who] told [whom] how it had all begun
[who] told [whom] what was on [who.his] mind
[who] told [whom] what [who.he] had seen
[who] talked with [whom] for a long time
word by word , [who] told [whom] what had happened
[who] told [whom] about [thing]
[who] whispered to [whom] about [thing]
[who] told [whom] all about [thing]

give
[who] gave [whom] [thing]
[who] gave [thing] to [whom]
[who] handed [whom] [thing]
[who] handed [thing] over to [whom]
[who] held out [thing] and gave [it] to [whom]
without a word , [who] gave [whom] [thing]

take
[who] took [thing]
[who] picked up [thing]
[who] bent down and took [thing]
[who] took [thing] and held [it] high
[who] seized [thing] and held on to [it]
[who] snatched up [thing]
[who] took [thing] and would not let go of [it]
there was [thing] , and [who] took [it]
there lay [thing] , and [who] picked [it] up
[who] took [thing] in [where]
it was in [where] that [who] took [thing]
[who] took [thing] from [whom]
[who] snatched [thing] from [whom]
[who] grabbed [thing] from [whom]
[who] took [thing] away from [whom]
[who] seized [thing] , and [whom] had to let go
[who] snatched [thing] away from [whom] in [where]
[who] took [thing] from [whom] in [where]
in [where] , [who] took [thing] from [whom]

find
[who] found [thing]
[who] discovered [thing]
[who] found [thing] on the ground
[who] looked down and found [thing]
[who] found [thing] and held [it] up
[who] found [thing] just lying there
by chance , [who] found [thing]
what [who] found was [thing]
there , on the ground , [who] found [thing]
[who] found [thing] in [where]
in [where] , [who] found [thing]
it was in [where] that [who] found [thing]

lose
[who] lost [thing]
[who] lost [thing] on the way
[who] dropped [thing] and lost [it]
[who] lost [thing] and never noticed
[who] let [thing] fall , and so lost [it]
[who] lost [thing] in [where]

strike
[who] struck [whom]
[who] attacked [whom]
[who] struck [whom] hard
[who] beat [whom] back
[who] struck [whom] a heavy blow
[who] hit [whom] with all [who.his] might
[who] struck [whom] and sent [whom.him] reeling
[who] struck at [whom] again and again
[who] rushed at [whom] and struck [whom.him]
with a cry , [who] attacked [whom]
there was a fight , and [who] struck [whom]
[who] did not wait , but attacked [whom]
[who] attacked [whom] in [where]
[who] fought [whom] in [where]
in [where] , [who] struck [whom]
there was a fight in [where] , and [who] struck [whom]

slay
[who] killed [whom]
[who] slew [whom]
at last [who] killed [whom]
it was [who] who slew [whom]
[who] slew [whom] , who fell and lay still
[who] killed [whom] in [where]

cast
[who] cursed [whom]
[who] charmed [whom]
[who] cursed [whom] from afar
[who] muttered something and cursed [whom]
[who] cursed [whom] with a few dark words
[who] cursed [whom] , who shook from head to foot
[who] charmed [whom] with a few strange words
without warning , [who] cursed [whom]
[who] cursed [whom] in [where]
in [where] , [who] cursed [whom]
[who] charmed [whom] in [where]

help
[who] helped [whom]
[who] comforted [whom]
[who] stood by [whom] and helped [whom.him]
[who] helped [whom] as well as [who.he] could

hide
[who] hid
[who] hid at once
[who] ran and hid
[who] crouched down and hid
[who] hid and kept quite still
[who] hid and held [who.his] breath
[who] hid where nobody would look
quick as a flash , [who] hid

flee
[who] fled
[who] ran away and escaped
[who] fled as fast as [who.he] could
[who] fled without looking back
[who] fled to [where]
[who] fled all the way to [where]
[who] fled in haste to [where]
[who] ran and ran , and so escaped to [where]
without looking back , [who] fled to [where]

capture
[who] caught [whom]
[who] captured [whom]
[who] tied [whom] up
[who] bound [whom] with ropes
[who] caught [whom] and tied [whom.him] up
[who] caught [whom] before [whom.he] could run
[who] captured [whom] and tied the ropes tight
[who] caught [whom] in [where]
in [where] , [who] captured [whom]

free
[who] freed [whom]
[who] untied [whom]
[who] loosened the ropes and freed [whom]
[who] untied the ropes , and [whom] was freed
[who] freed [whom] from the ropes
knot by knot , [who] untied [whom]
[who] freed [whom] in [where]

make
[who] made [thing]
[who] made [thing] with great care
[who] worked hard and made [thing]
piece by piece , [who] made [thing]
little by little , [who] made [thing]

eat
[who] ate [thing]
[who] ate up [thing]
[who] ate all of [thing]
[who] ate [thing] bite by bite
[who] was hungry and ate [thing]
[who] ate [thing] to the last crumb
bite after bite , [who] ate [thing]

sleep
[who] slept
[who] slept soundly
[who] slept like a log
[who] lay down and slept
[who] was tired and slept
[who] lay down on the ground and slept
tired out , [who] lay down and slept
[who] slept in [where]
[who] lay down in [where] and slept
tired out , [who] slept in [where]

weep
[who] wept
[who] sobbed
[who] wept and wept
[who] sobbed aloud
[who] stood there and wept
[who] wept for a long time
[who] hung [who.his] head and wept
[who] stood in [where] and wept

rejoice
[who] danced
[who] danced and sang
[who] laughed out loud
[who] danced and danced
[who] jumped up and danced
[who] laughed and jumped high
[who] danced on the spot
[who] sang at the top of [who.his] voice
[who] danced and could not stop
[who] laughed until [who.his] sides ached
[who] danced in [where]
[who] danced and sang in [where]
[who] jumped and danced in [where]

return
[who] returned home
[who] went back home
[who] walked home again
[who] set out for home
at last [who] returned home
and so [who] returned home
[who] returned the way [who.he] had come
it was time to return , and [who] went home
[who] returned to [where]
[who] went back to [where]
at last [who] returned to [where]
and so [who] returned to [where]

marry
[who] married [whom]
[who] wed [whom]
and so [who] married [whom]
[who] and [whom] were married
[who] married [whom] with a full heart
[who] married [whom] , heart and soul
[who] married [whom] in [where]

die
[who] died
and so [who] died
[who] lay down and died
[who] sank to the ground and died
[who] closed [who.his] eyes and died
nothing could be done , and [who] died
"""
SAYINGS = {
    deed: tuple(tuple(line.split()) for line in lines)
    for deed, *lines in (block.splitlines() for block in _DEEDS.strip().split("\n\n"))
}
OPENINGS = ("once upon a time ,", "long ago ,", "once ,", "many years ago ,", "a long , long time ago ,")
CLOSINGS = (", and all was well", ", and there the story ends", ", and that was that", ", and so the tale ends")
LIGHT = {
    "dawn": ("at dawn", "at daybreak", "early in the morning", "one morning"),
    "day": ("at noon", "at midday", "in broad daylight"),
    "dusk": ("in the evening", "at dusk", "at sunset", "late one evening"),
    "night": ("at night", "one night", "late one night", "in the dead of night", "at midnight"),
}
EFFECT = {
    "storm": ("while thunder rolled", "as a storm broke", "while lightning flashed"),
    "rain": ("in the pouring rain", "while the rain came down", "in the rain"),
    "snow": ("in the falling snow", "while the snow fell", "in the snow"),
    "wind": ("while the wind howled", "in a howling wind", "while the wind blew"),
    "fire": ("by the light of a fire", "beside a fire", "in the glow of a fire"),
    "magic": ("as if by magic", "by magic", ", and magic was in the air"),
}
FEELING = {
    "joy": (", and [who.he] was glad", ", and [who.he] was full of joy", ", and [who.he] was happy"),
    "sorrow": (", and [who.he] was sad", ", and [who.he] was full of sorrow", ", and [who.he] was sad at heart"),
    "fear": (", and [who.he] was afraid", ", and [who.he] was full of fear", ", and [who.he] was trembling all over"),
    "anger": (", and [who.he] was angry", ", and [who.he] was full of anger", ", and [who.he] was furious"),
    "love": (", and [who.he] was full of love",),
    "wonder": (", and [who.he] was astonished", ", and [who.he] was full of wonder", ", and [who.he] was amazed"),
}
_TO = ("go", "arrive", "flee", "return")  # deeds whose place is where they lead


@functools.cache
def _slots(words):
    return frozenset(slot for slot in ("whom", "thing", "where") if f"[{slot}]" in words)


def wordings(asked, here=None):
    """Which wordings suit a beat; before one that begins with a place or another phrase no hour is put.

    Args:
        asked: `animkit.data.tellings.Telling`, whose words are not looked at.
        here: slot of the place where it happens, though the beat does not name it; or None.

    Returns:
        list of tuples of str, with slots; those that name `here` last.
    """
    wanted = frozenset(slot for slot in ("whom", "thing", "where") if getattr(asked, slot))
    fit = [words for words in SAYINGS[asked.does] if _slots(words) == wanted]
    if here and not asked.where and asked.does not in _TO:
        fit += [words for words in SAYINGS[asked.does] if _slots(words) == wanted | {"where"}]
    return [words for words in fit if words[0] == "[who]"] if asked.light else fit


def inverted(words):
    """Whether who acts comes behind the verb or the place, as "in [where] lived [who]": said of a newcomer alone."""
    before = words[words.index("[who]") - 1] if words[0] != "[who]" else ""
    return before.startswith("[") or before in verb_forms()
