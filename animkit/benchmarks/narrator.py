"""How well beats are told: perplexity, slot errors, copied words and variety of a narrator, on tales it never saw.

The command is python -m animkit.benchmarks.narrator --profile demo.
"""

import re
import time
from pathlib import Path

import numpy as np

from animkit.benchmarks.results import command_line, keep, keep_choices, stopwatch, summaries
from animkit.data.fairytales import load_fairytales
from animkit.data.tellings import features, known, load_tellings
from animkit.metrics.telling import copied_runs, distinct, error_rate
from animkit.recipes.cards import made_by
from animkit.recipes.narrator import counted, nats_per_word, train_narrator
from animkit.studio.telling import CANDIDATES, Somebody, Teller, plain, told, write_lines
from animkit.training import by_profile

CHOSEN_ON = "the validation tales: sizes, dropout, epochs, temperature, candidates, and the order of the n-gram"
ORDERS = (1, 2, 3, 4, 5)
COPIED = 8  # words in a row that count as copied
TARGET = {
    "slot errors, at most %": 2.0,
    "sentences without 8 copied words, at least %": 99.0,
    "a story, in less than seconds": 1.0,
}


def run(profile, *, split="test", source="auto", folder=Path("runs/narrator"), progress=True):
    """Train narrators and measure how they tell the beats of unseen tales.

    Args:
        profile: "ci", "demo" (one seed, four minutes of one core) or "full" (three seeds).
        split: "test" or "validation".
        source: of the tales.
        folder: for checkpoints.
        progress: show training.

    Returns:
        dict.
    """
    seeds, options, read, beats = by_profile(
        profile,
        ci=((0,), {"units": 16, "epochs": 1}, 60, 20),
        demo=((0,), {}, None, None),
        full=((0, 1, 2), {}, None, None),
    )
    tales, seconds = load_tellings(source, read), stopwatch()
    sources = [_letters(tale) for tale in load_fairytales(source).train[:read]]

    rows = []
    for seed in seeds:
        place = Path(folder) / f"{tales.source}_{profile}_{seed}"
        narrator = train_narrator(tales.train, seed=seed, checkpoint=place, progress=progress, **options)
        unseen = [one for one in known(getattr(tales, split), narrator.words) if one.does][:beats]
        said = _narrator_says(narrator, unseen, seed)
        judged = {name: _judged(unseen, sentences, sources, tales.train) for name, sentences in said.items()}
        rows.append({"perplexity": {"per word": _perplexity(narrator, unseen)}, **judged})
    learned = known(tales.train, narrator.words)
    order, gram = _best_order(learned, tales, narrator.words, unseen)
    written = _baselines(unseen, learned).items()
    return {
        "profile": profile,
        "source": tales.source,
        "split": split,
        "seeds": list(seeds),
        "tellings": {"learned": len(learned), "words": len(narrator.words), "judged": len(unseen)},
        "value": {name: summaries([row[name] for row in rows]) for name in rows[0]},
        "baselines": {
            f"Kneser-Ney {order}-gram, which knows no beat": {"per word": gram},
            **{name: _judged(unseen, sentences, sources, tales.train) for name, sentences in written},
        },
        "seconds": {**seconds(), "a story of ten beats": _story_seconds(narrator, unseen)},
        "examples": [" ".join(words) for words in said["as told, by rules too"][:20]],
        **made_by("narrator", profile=profile, source=source),
    }


def _perplexity(narrator, tellings):
    nats, words = nats_per_word(narrator, tellings)
    return float(np.exp(nats.sum() / words.sum()))


def _narrator_says(narrator, asked, seed):
    """What a narrator writes: alone, the best of several, and with what rules do."""
    best = write_lines(narrator, asked, seed=seed)
    return {
        "one draw": write_lines(narrator, asked, candidates=1, seed=seed),
        f"best of {CANDIDATES}": best,
        "as told, by rules too": [told(words, beat) for words, beat in zip(best, asked, strict=True)],
    }


def _baselines(asked, learned):
    """Sentences without a network: people's own, a template for each deed, and the nearest of the training tales."""
    table = np.array([features(one) for one in learned])
    nearest = []
    for one in asked:
        apart = np.abs(table - features(one)).sum(axis=1) + 10.0 * np.array(
            [other.does != one.does for other in learned]
        )
        nearest.append(learned[int(apart.argmin())].words)
    return {
        "people, of their own beats": [one.words for one in asked],
        "template": [plain(one) for one in asked],
        "retrieval: the nearest training clause, slots swapped": nearest,
    }


def _judged(asked, sentences, sources, learned):
    """All numbers of some sentences, beside the words of the training tales and their clauses."""
    surfaces = [_surface(words, one) for words, one in zip(sentences, asked, strict=True)]
    clauses = [one.words for tale in learned for one in tale]
    known_clauses = set(clauses)
    runs, slot_runs = copied_runs(surfaces, sources), copied_runs(sentences, clauses)
    return {
        "slot_errors_percent": 100 * error_rate(zip(asked, sentences, strict=True)),
        "not_copied_percent": 100 * float(np.mean(runs < COPIED)),
        "not_copied_in_slots_percent": 100 * float(np.mean(slot_runs < COPIED)),
        "longest_copied": int(runs.max()),
        "longest_copied_in_slots": int(slot_runs.max()),
        "known_clauses_percent": 100 * float(np.mean([words in known_clauses for words in sentences])),
        "distinct_1": distinct(surfaces, 1),
        "distinct_2": distinct(surfaces, 2),
        "words": float(np.mean([len(words) for words in sentences])),
    }


def _surface(words, asked):
    """The words of a sentence as it is told: a cast, a thing and a place of the kinds that were asked for."""
    cast = {slot: Somebody(*_CAST[getattr(asked, slot)]) for slot in ("who", "whom") if getattr(asked, slot)}
    cast.setdefault("whom", Somebody(*_CAST["person"]))
    teller = Teller(cast, {"thing": "golden ring"}, {"where": "castle"})
    beat = asked._replace(who="who", whom="whom", thing="thing", where="where")
    return _letters(teller.say(words, beat))


_CAST = {
    "person": ("Mira", "baker", "she"),
    "villain": (None, "troll", "he"),
    "animal": (None, "fox", "it"),
    "crowd": (None, "villager", "they"),
}


def _letters(text):
    return re.findall("[a-z']+", text.lower())


def _best_order(learned, tales, words, unseen):
    """The n-gram of the order that is best on the validation tales, and its perplexity on unseen ones."""
    chosen_on = [one for one in known(tales.validation, words) if one.does]
    order = min(ORDERS, key=lambda n: counted(learned, chosen_on, len(words), n).sum())
    count = sum(len(one.words) + 1 for one in unseen)
    return order, float(np.exp(counted(learned, unseen, len(words), order).sum() / count))


def _story_seconds(narrator, unseen):
    """Seconds that ten beats take, once the first story is told."""
    write_lines(narrator, unseen[:10])
    began = time.perf_counter()
    write_lines(narrator, unseen[:10], seed=1)
    return time.perf_counter() - began


def header():
    """What the results file says before any run."""
    return {
        "name": "narrator",
        "what": "beats of unseen fairy tales told in words: perplexity per word, and of what is written the slot "
        "errors, (missing + unasked) / asked for, and the share that has no 8 words in a row of a training tale",
        "target": TARGET,
    }


def main(arguments=None):
    """Measure by the command line, and keep what comes out."""
    parser = command_line("narrator", "Train narrators and measure how they tell the beats of unseen tales.")
    parser.add_argument("--validation", action="store_true", help="judge on the validation tales, to choose settings")
    chosen = parser.parse_args(arguments)
    split = "validation" if chosen.validation else "test"
    result = run(chosen.profile, split=split, source=chosen.source, folder=chosen.checkpoints)
    if chosen.validation:
        keep_choices("narrator", f"{chosen.profile}, validation", result, folder=chosen.output, header=header)
    else:
        keep("narrator", chosen.profile, result, folder=chosen.output, header=header, chosen_on=CHOSEN_ON)
    for name, numbers in result["value"].items():
        print(name, {part: one["mean"] for part, one in numbers.items()})


if __name__ == "__main__":
    main()
