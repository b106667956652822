"""A short film from a seed: its steps, from the first draft of a tale to the record, and `make_film`, which takes all.

The networks that ship with the kit make it, so it is made of the procedural twins: tales told by a small grammar, and
pixel people drawn in code.
"""

import hashlib
from typing import NamedTuple

import numpy as np

from animkit import weights
from animkit.data.fairytales import CREATURES, Tales, load_fairytales
from animkit.data.sprites import ATTRIBUTES, Sprites, load_sprites
from animkit.data.text import to_indices, to_text
from animkit.render import to_rgba
from animkit.studio import film
from animkit.studio.characters import OPTIONS, STANDING, animate, cast, design, nearest, settle, stand
from animkit.studio.storyboard import cast_of, continuity, editor_notes, storyboard, words

WRITER, DESIGNER, ANIMATOR = NETWORKS = ("tales_lm", "characters_vae", "characters")  # names of weights
READER, GRAMMAR = "the reader", "the grammar"  # who else may have written a tale
TELLERS = {
    WRITER: "drafted by an LSTM, made one tale by rules",
    GRAMMAR: "told by a grammar",
    READER: "told by a reader",
}
LETTERS = 600  # longer than any tale of the grammar
DESIGNS = 200  # how many are drawn for an audition
HUMAN, GREEN, BLUE = (0, 1, 2, 3), (4,), (5,)  # skins of people and of creatures


class Crew(NamedTuple):
    """Everybody and everything that a film takes: three networks, and what they learned from."""

    writer: object  # LanguageModel
    alphabet: str  # its letters
    designer: object  # VAE of looks, conditional on attributes
    animator: object  # SequenceVAE
    tales: Tales
    sprites: Sprites
    weights: dict  # name -> SHA-256 of the file


class Draft(NamedTuple):
    """A draft of a tale before and after continuity, and what the editor says of both."""

    text: str
    notes: list  # no notes: it can be filmed
    mended: str
    mends: int  # words or terms that continuity put right
    notes_left: list


class Script(NamedTuple):
    """The tale that is filmed."""

    text: str
    by: str  # WRITER, GRAMMAR or READER
    draft: int | None  # which of the drafts it was


class Role(NamedTuple):
    """Whom somebody in the tale is played by."""

    name: str
    look: np.ndarray  # (static_dim,)
    frame: np.ndarray  # (height, width) palette indices, as it stands
    nearest: int  # number of the training character that it resembles most
    differs: float  # share of pixels in which it differs from that one


class Film(NamedTuple):
    """A film, and everything that it was made of."""

    frames: np.ndarray  # (frames, 360, 640, 3) uint8, `animkit.studio.film.FPS` a second
    poster: np.ndarray  # (360, 640, 3) uint8
    record: dict  # every choice, as `film.save` writes it
    drafts: list  # of Draft; none for a reader's tale
    script: Script
    title: str
    shots: list  # of `animkit.studio.storyboard.Shot`
    cast: list  # of Role
    clips: dict  # name -> (9, 8, 32, 32, 4) uint8


def load_crew():
    """Loads the networks that ship and the twins that they were trained on.

    Returns:
        Crew.
    """
    writer, designer, animator = map(weights.load, NETWORKS)
    files = {name: hashlib.sha256((weights.FOLDER / f"{name}.keras").read_bytes()).hexdigest() for name in NETWORKS}
    twins = load_fairytales("twin"), load_sprites(source="twin")
    return Crew(writer, weights.card(WRITER)["alphabet"], designer, animator, *twins, files)


def write_drafts(crew, count, *, temperature=0.6, seed=0):
    """Lets the LSTM write tales, letter by letter and all at once.

    Args:
        crew: Crew.
        count: how many.
        temperature: how daring; 0 always takes the likeliest letter, 1 draws as the model believes.
        seed: same seed, same tales.

    Returns:
        List of `count` texts: what it wrote up to the first empty line, LETTERS at most.

    Raises:
        ValueError: a count below one, or a temperature below 0.
    """
    if int(count) != count or count < 1:
        raise ValueError(f"count is {count}: write at least one draft")
    start = np.tile(to_indices("\n\n", crew.alphabet), (count, 1))
    written = crew.writer.rollout(start, LETTERS, temperature=temperature, seed=seed)
    return [to_text(letters, crew.alphabet).partition("\n\n")[0] for letters in written]


def edit(crew, texts):
    """Mends texts by continuity, and has the editor read them before and after.

    Args:
        crew: Crew; a word is known if it stands in its training tales.
        texts: tales, as somebody wrote them.

    Returns:
        List of Draft, in order.
    """
    vocabulary = set(words("\n".join(crew.tales.train)))
    drafts = []
    for text in texts:
        mended, mends = continuity(text)
        drafts.append(Draft(text, editor_notes(text, vocabulary), mended, mends, editor_notes(mended, vocabulary)))
    return drafts


def choose_script(crew, drafts, *, tale=None, seed=0):
    """Chooses what to film: the reader's own tale, else the richest draft that can be filmed, else a test tale.

    Rich is what has many places and people, then what has many shots; of the like of it, the one that continuity had
    least to do with is taken.

    Args:
        crew: Crew.
        drafts: list of Draft.
        tale: the reader's, or None.
        seed: which of the grammar's test tales is told if no draft can be filmed.

    Returns:
        Script.
    """
    if tale is not None:
        return Script(tale, READER, None)

    def liking(index):
        _, shots = storyboard(drafts[index].mended)
        places, people = {shot.place for shot in shots}, cast_of(shots)
        return -len(places) - len(people), -len(shots), drafts[index].mends

    filmable = [index for index, draft in enumerate(drafts) if not draft.notes_left]
    if not filmable:
        return Script(crew.tales.test[seed % len(crew.tales.test)], GRAMMAR, None)
    best = min(filmable, key=liking)
    return Script(drafts[best].mended, WRITER, best)


def audition(crew, count, *, skins=HUMAN, seed=0, beside=()):
    """Invents characters, and chooses those whom the animator draws steadily and who are easy to tell apart.

    To the designer a skin is a wish: who is drawn with another, read from the training character who looks most alike,
    is not cast.

    Args:
        crew: Crew.
        count: how many are wanted, at most DESIGNS.
        skins: options, each asked of as many.
        seed: same seed, same designs.
        beside: (m, height, width) palette indices of characters whom they shall not resemble.

    Returns:
        (count, static_dim) float32 looks, the most unlike first.

    Raises:
        ValueError: another count, or a skin that is not there.
    """
    # one skin at a time: asked for a mixture of skins, the designer answers with any of the six
    each = -(-DESIGNS // len(skins))
    designs = [design(crew.designer, each, seed=seed * OPTIONS + skin, skin=skin) for skin in skins]
    looks = settle(crew.animator, np.concatenate(designs))
    standing, worn = crew.sprites.frames[crew.sprites.train, STANDING, 0], crew.sprites.attributes[crew.sprites.train]
    alike = [nearest(frame, standing)[0] for frame in stand(crew.animator, looks)]
    obeyed = np.isin(worn[alike, ATTRIBUTES.index("skin")], skins)
    return cast(crew.animator, looks[obeyed], count, beside=beside)


def cast_roles(crew, names, *, seed=0):
    """Gives everybody in a tale a look: people out of one audition, creatures, who are green or blue, out of another.

    Args:
        crew: Crew.
        names: of everybody on stage, at least one.
        seed: of both auditions; creatures are green if it is even, else blue.

    Returns:
        List of Role, in order.

    Raises:
        ValueError: no names.
    """
    people = audition(crew, len(names), seed=seed)
    skins = (GREEN, BLUE)[seed % 2]
    creatures = audition(crew, len(names), skins=skins, seed=seed, beside=stand(crew.animator, people))
    looks = np.where([[name in CREATURES] for name in names], creatures, people)
    standing = crew.sprites.frames[crew.sprites.train, STANDING, 0]
    roles = []
    for name, look, frame in zip(names, looks, stand(crew.animator, looks), strict=True):
        index, differs = nearest(frame, standing)
        roles.append(Role(name, look, frame, int(crew.sprites.train[index]), differs))
    return roles


def play_roles(crew, roles):
    """Lets each of a cast play all nine actions.

    Args:
        crew: Crew.
        roles: list of Role.

    Returns:
        dict: name -> (9, 8, height, width, 4) uint8, in the order of
            `animkit.data.sprites.ACTION_DIRECTIONS`.
    """
    played = animate(crew.animator, np.stack([role.look for role in roles]))
    return {role.name: to_rgba(clip, crew.sprites.palette) for role, clip in zip(roles, played, strict=True)}


def credits_of(script):
    """The lines of the end card: who told, drew and moved the film."""
    return f"{TELLERS[script.by]}\ndrawn by a VAE, moved by an LSTM"


def write_record(crew, *, seed, temperature, drafts, script, title, shots, cast, frames):
    """Writes down every choice in a film.

    Args:
        crew: Crew.
        seed: of the film.
        temperature: of the drafts.
        drafts: list of Draft, what the script was chosen from.
        script: Script.
        title: of the film.
        shots: list of `animkit.studio.storyboard.Shot`, those that were filmed.
        cast: list of Role.
        frames: (frames, height, width, 3) uint8.

    Returns:
        dict that `json.dumps` takes.
    """
    draft = None if script.draft is None else drafts[script.draft]
    return {
        "title": title,
        "seed": seed,
        "source": {"used": crew.sprites.source},
        "tale": {
            "by": script.by,
            "text": script.text,
            "temperature": temperature,
            "drafts": len(drafts),
            "draft": script.draft,
            "before continuity": draft.text if draft else None,
            "words put right": draft.mends if draft else 0,
        },
        "cast": [
            {
                "name": role.name,
                "by": DESIGNER,
                "moved by": ANIMATOR,
                "look": np.round(role.look.astype(float), 5).tolist(),
                "nearest training character": role.nearest,
                "share of pixels that differ": round(role.differs, 4),
            }
            for role in cast
        ],
        "shots": [shot._asdict() for shot in shots],
        "backdrops": {"by": "animkit.studio.backdrop", "seed": seed},
        "weights": crew.weights,
        "frames": len(frames),
        "frames per second": film.FPS,
        "sha256 of the frames": film.digest(frames),
    }


def make_film(*, seed=0, tale=None, temperature=0.6, drafts=64, most_shots=8, crew=None):
    """Makes a short film: write, edit, choose, cut into shots, cast, animate, compose and record.

    Args:
        seed: of every random choice; same seed, same film.
        tale: a tale of your own, a title on its first line and sentences; None lets the LSTM write one.
        temperature: how daring the LSTM writes.
        drafts: how many tales it writes to choose from.
        most_shots: where the film ends at the latest; a shot takes three seconds or so.
        crew: Crew, or None for the networks that ship (loading them takes a few seconds).

    Returns:
        Film; `film.save(folder, made.frames, made.poster, made.record)` writes it to files.

    Raises:
        ValueError: a tale without a sentence, or numbers out of range.
    """
    if most_shots < 1:
        raise ValueError(f"most_shots is {most_shots}: a film needs at least one shot")
    if tale is not None:
        storyboard(tale)  # refuse at once what cannot be filmed
    crew = crew or load_crew()
    written = edit(crew, write_drafts(crew, drafts, temperature=temperature, seed=seed)) if tale is None else []
    script = choose_script(crew, written, tale=tale, seed=seed)
    title, shots = storyboard(script.text)
    shots = shots[:most_shots]
    roles = cast_roles(crew, cast_of(shots), seed=seed)
    clips = play_roles(crew, roles)
    frames = film.compose(title, shots, clips, credits=credits_of(script), seed=seed)
    poster = film.poster(title, shots, clips, seed=seed)
    record = write_record(
        crew,
        seed=seed,
        temperature=temperature,
        drafts=written,
        script=script,
        title=title,
        shots=shots,
        cast=roles,
        frames=frames,
    )
    return Film(frames, poster, record, written, script, title, shots, roles, clips)
