"""What an audience said and what was done, as data: cleaned to be read, escaped to be shown, kept whole on disk."""

import html
import json
import unicodedata
from pathlib import Path

from animkit.data.emotions import LABELS
from animkit.writing import replacing

FORMAT = "animkit audience 1"
LONGEST_READ = 500  # characters of a text that are understood
LONGEST_PLAYED = 86_400.0  # seconds of a record, its pauses left out
PAUSE = 60.0  # seconds; a longer gap is settled, then skipped
KINDS = ("said", "overheard", "pointer", "asked", "reactions", "pause", "understood", "mood", "did")
INPUTS = KINDS[:6]  # of the entries; the rest follows from them
_TURNS = dict.fromkeys((*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F, 0x061C))  # of writing direction


def clean(text, most=LONGEST_READ):
    """Make of a text what is read and shown: no control characters, none that turn the writing of what follows.

    Args:
        text: str, whatever was typed.
        most: characters to keep.

    Returns:
        str. Letters of every script, emoji and the joiners in them stay; half of a surrogate pair does not.
    """
    start = text[: 2 * most].translate(_TURNS)
    letters = (" " if unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") else letter for letter in start)
    return "".join(letters)[:most].strip()


def shown(text, most=200):
    """Make of a text what may stand in HTML, and what is written from right to left turns nothing around it.

    Args:
        text: str, whatever was typed.
        most: characters to show.

    Returns:
        str, HTML: no tag, no attribute and no entity of the text's own works in it.
    """
    short = clean(text, most)
    more = "…" if len(text) > most else ""
    return f"<bdi>{html.escape(short)}{more}</bdi>"


def readings_as_json(readings):
    """Write what a reader of emotions says as the record keeps it.

    Args:
        readings: as `animkit.models.emotion.EmotionReader.read` gives them.

    Returns:
        list of dicts, one a text: "emotion", of its labels the one that is surest, or "unreadable"; "probabilities",
        label -> share, of those from .01 on, and of neutral alone where it cannot be read; "words", the five that it
        looked at most, with their weights; and "by", "lexicon", where not the network read it.
    """
    kept, by = [], getattr(readings, "by", ())  # readers of one kind do not tell
    for number, labels in enumerate(readings.labels):
        chances = dict(zip(LABELS, map(float, readings.probabilities[number]), strict=True))
        looked = sorted(zip(readings.words[number], readings.attention[number], strict=False), key=lambda one: -one[1])
        readable = bool(readings.readable[number])
        kept_labels = LABELS if readable else ("neutral",)
        rounded = {label: round(chances[label], 3) for label in kept_labels if chances[label] >= 0.01}
        told = {"by": by[number]} if by and by[number] != "network" else {}
        kept.append(
            told
            | {"emotion": max(labels, key=chances.get) if readable else "unreadable"}
            | {"probabilities": rounded, "words": [[word[:40], round(float(weight), 3)] for word, weight in looked[:5]]}
        )
    return kept


def save_record(record, path):
    """Write a record as JSON; who reads the file finds the whole of it or what was there before.

    Args:
        record: as `animkit.studio.audience.Audience.record` gives it.
        path: of the file; its folder must be there.

    Returns:
        `pathlib.Path`.

    Raises:
        FileNotFoundError: the folder is not there.
    """
    path = Path(path)
    with replacing(path) as temporary:
        # in ASCII alone, so that half a surrogate pair, too, comes back as it was said
        temporary.write_text(json.dumps(record, indent=1, allow_nan=False) + "\n", encoding="ascii")
    return path


def read_record(path):
    """Read a record that `save_record` has written.

    Args:
        path: of the file.

    Returns:
        dict, equal to the one that was written.

    Raises:
        FileNotFoundError: it is not there. ValueError: it is no record; the error says what is wrong with it.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no record at {path}; save_record writes one")
    return parse_record(path.read_bytes(), path.name)


def parse_record(data, where="the record"):
    """Read a record from what stands in its file.

    Args:
        data: str or bytes, JSON.
        where: what an error calls it.

    Returns:
        dict, as `read_record`.

    Raises:
        ValueError: as `read_record`.
    """
    try:
        record = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{where} is no JSON ({error}); it may have been cut off in copying") from error
    check_record(record, where)
    return record


def is_time(value):
    """Tell whether something is a time in seconds, from 0 on."""
    return isinstance(value, int | float) and not isinstance(value, bool) and 0.0 <= value < 1e9


def check_record(record, where="the record"):
    """Raise a ValueError, which says what is wrong, for what is no record of an audience."""
    if not isinstance(record, dict) or record.get("format") != FORMAT:
        raise ValueError(f"{where} is no record of an audience: its format is not {FORMAT!r}")
    if missing := [key for key in ("seed", "cast", "reactions", "lines", "seconds", "entries") if key not in record]:
        raise ValueError(f"{where} lacks {', '.join(missing)}")
    for key, kind in (("seed", int), ("cast", list), ("lines", dict), ("entries", list)):
        if not isinstance(record[key], kind):
            raise ValueError(f"{where} has no {kind.__name__} of {key}; got {record[key]!r:.60}")
    if not is_time(record["seconds"]):
        raise ValueError(f"{where} lasts a number of seconds, from 0 on; got {record['seconds']!r:.40}")
    for number, entry in enumerate(record["entries"]):
        if not isinstance(entry, dict) or entry.get("kind") not in KINDS or "at" not in entry:
            raise ValueError(f"{where}, entry {number} has no time, or is none of {', '.join(KINDS)}")
        for key in ("at", "until") if entry["kind"] == "pause" else ("at",):
            if not is_time(entry.get(key)):
                raise ValueError(
                    f"{where}, entry {number}: {key!r} is in seconds, from 0 on; got {entry.get(key)!r:.40}"
                )
    if (played := _played(record)) > LONGEST_PLAYED:
        raise ValueError(
            f"{where} plays for {played / 3600:.0f} hours without its pauses, {LONGEST_PLAYED / 3600:.0f} at most: "
            "look for a time that is too large"
        )


def _played(record):
    """Seconds to be played step by step: of a pause its first minute at most."""
    now = played = 0.0
    for entry in record["entries"]:
        if entry["kind"] in INPUTS:
            played += max(0.0, entry["at"] - now)
            now = max(now, entry["at"])
        if entry["kind"] == "pause":
            played += min(PAUSE, max(0.0, entry["until"] - now))
            now = max(now, entry["until"])
    return played + max(0.0, record["seconds"] - now)
