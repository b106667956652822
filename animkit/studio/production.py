"""A short film from a prompt or a seed: its steps, from a plot to the record, and `make_film`, which takes all.

The networks that ship with the kit make it. Its stories follow fairy tales; its people and creatures are those of
procedural twins, drawn in code.
"""

import hashlib
import json
import re
import time
import zlib
from pathlib import Path
from typing import NamedTuple

import numpy as np

from animkit import weights
from animkit.data.fairytales import CREATURES
from animkit.data.lexicon import moods
from animkit.data.mario_levels import to_text
from animkit.data.plots import LONGEST
from animkit.data.sprites import Sprites, load_sprites
from animkit.render import to_rgba
from animkit.studio import creatures, film
from animkit.studio.backdrop import CLOUDED
from animkit.studio.blocking import play
from animkit.studio.camera import choose_cameras
from animkit.studio.casting import PROMPT_READ
from animkit.studio.characters import OPTIONS, STANDING, animate, cast, design, nearest, settle, skins_of, stand
from animkit.studio.cues import cue_effects, rolls_a_ball
from animkit.studio.lettering import respelled
from animkit.studio.premises import invent_film
from animkit.studio.project import Project, checked, edited
from animkit.studio.recasting import content_of, play_own
from animkit.studio.scene_shot import scene_shot
from animkit.studio.scenes import make_level
from animkit.studio.stage_light import SURFACE, light_shot, surfaces_of, told
from animkit.studio.stagecraft import conjure, throw_ball
from animkit.studio.storyboard import cast_of, stage_name, stage_story, storyboard
from animkit.studio.storyboard import words as words_of
from animkit.studio.telling import tell_with_credits
from animkit.studio.things import arm_cast

# names of weights
PLOTTER, NARRATOR, BUILDER, DESIGNER, ANIMATOR, CONJURER, THROWER = NETWORKS = (
    *("beats", "narrator", "level_writer"),  # who think up, tell, and build scenes
    *("characters_vae", "characters"),  # who draw and move people
    *("effects", "objects"),  # who make fire, dust and rain, and move things
)
READER = "the reader"  # who else may have written a tale
TELLERS = {
    PLOTTER: "plotted and told by rules and LSTMs",
    READER: "told by a reader",
}
SMALL_WORDS = {"the", "and", "who", "with", "that", "from", "into", "for", "his", "her", "named", "called", "lives"}
MOST_NAMED = 8  # words of a prompt that were not understood
SCENE_LENGTH, SCENE_SHARE = 60, 0.125  # columns of a level that is crossed, and share of the film that it takes
BEAT, WHOLE = 3.7, 9  # seconds of the film that a beat of its plot takes; beats of a whole story
SLOWEST, OVER = 1.8, 1.15  # times what a caption takes to read; times the seconds asked for that a film may last
STORY = ("prompt", "seed", "seconds", "temperature", "tale")  # what of a project decides its script
DESIGNS = 200  # how many are drawn for an audition
HUMAN = (0, 1, 2, 3)  # skins of people
OF_ONE_SKIN = 0.9  # of a face, at least


class Crew(NamedTuple):
    """Everybody and everything that a film takes: nine networks, and the characters that two of them learned from."""

    plotter: object  # `animkit.models.beats.BeatModel`
    narrator: object  # `animkit.models.narrator.Narrator`
    builder: object  # `animkit.models.level_writer.LevelWriter`
    designer: object  # VAE of looks, conditional on attributes
    animator: object  # SequenceVAE
    conjurer: object  # `animkit.models.effects.EffectVAE`
    thrower: object  # `animkit.models.objects.ObjectForecaster`
    creatures: tuple  # who moves creatures and who draws them, as `animkit.studio.creatures.load_creatures` gives them
    sprites: Sprites
    weights: dict  # name -> SHA-256 of the file


class Script(NamedTuple):
    """The story that is filmed."""

    title: str
    text: str  # the title on its first line, then what is told
    by: str  # PLOTTER or READER
    idea: object  # `animkit.studio.story.StoryIdea`; None for a reader's tale
    shots: list  # of `animkit.studio.storyboard.Shot`
    worded: tuple = ()  # of an invented story whose words each sentence has, see `animkit.studio.telling.Said`


class Role(NamedTuple):
    """Whom somebody in the tale is played by."""

    name: str
    look: np.ndarray  # (static_dim,)
    frame: np.ndarray  # (height, width) palette indices, as it stands
    nearest: int  # number of the training character that it resembles most
    differs: float  # share of pixels in which it differs from that one
    twin: np.ndarray  # (height, width) that training character
    player: int | str | None = None  # whom its director chose: the seed of a design, or a file
    content: str | None = None  # SHA-256 of that file


class Take(NamedTuple):
    """One shot as it was played, and all that it was made of."""

    key: str  # takes of one key are the same
    staged: object  # `animkit.studio.blocking.Staged`, art pixels
    light: object  # `animkit.studio.stage_light.StageLight`
    extras: tuple  # what is on stage beside the actors, and why
    level: object  # `animkit.studio.scenes.Level` that is crossed in it, or None


class Film(NamedTuple):
    """A film, and everything that it was made of."""

    frames: np.ndarray  # (frames, 360, 640, 3) uint8, `project.fps` a second
    poster: np.ndarray  # (360, 640, 3) uint8
    record: dict  # every choice, as `animkit.studio.premiere.save` writes it
    project: Project
    script: Script
    shots: list  # of `animkit.studio.storyboard.Shot`: those that were filmed
    cast: list  # of Role
    clips: dict  # name -> (9, 8, 32, 32, 4) uint8
    takes: list  # Take of each shot
    filmed: list  # `animkit.studio.film.Filmed` of each shot: who is where
    rendered: list  # numbers of the shots that were played for this film, and not taken from the one before


class Cancelled(Exception):
    """Somebody cancelled before there was a film to keep; what was played until then is in `takes`."""

    def __init__(self, takes=()):
        super().__init__("cancelled before the first shot was done: there is no film to keep")
        self.takes = list(takes)


class Steps:
    """Tells the progress of a film; what a step takes is guessed from those that are done."""

    def __init__(self, tell):
        self.tell, self.done, self.total, self.start = tell, 0, 4, time.monotonic()

    def begin(self, what):
        """Say what is done next."""
        elapsed = time.monotonic() - self.start
        left = elapsed / self.done * (self.total - self.done) if self.done > 2 else None
        self.tell(self.done, self.total, left, what)
        self.done += 1


def load_crew():
    """Loads the networks that ship and the twin that characters were learned from.

    Returns:
        Crew.
    """
    names = (*NETWORKS, *creatures.NETWORKS)
    files = {name: hashlib.sha256((weights.FOLDER / f"{name}.keras").read_bytes()).hexdigest() for name in names}
    return Crew(*map(weights.load, NETWORKS), creatures.load_creatures(), load_sprites(source="twin"), files)


def write_script(crew, *, prompt="", tale=None, seconds=40.0, temperature=0.8, seed=0):
    """Invents a story and tells it, or takes the reader's own tale.

    Args:
        crew: Crew.
        prompt: words that choose cast, places, things and genre where the lexicon knows them.
        tale: the reader's, or None.
        seconds: that the film shall last; the plot has as many beats as fit, from WHOLE to LONGEST.
        temperature: how daring plotter and narrator are; 1 draws as they believe.
        seed: same seed, same story.

    Returns:
        Script.

    Raises:
        ValueError: what `invent_story` or `storyboard` refuse.
    """
    if tale is not None:
        title, shots = storyboard(tale)
        return Script(title, tale, READER, None, shots)

    beats = int(np.clip(round((seconds - film.CARDS) / BEAT), WHOLE, LONGEST))
    idea = invent_film(crew.plotter, prompt=prompt, length=beats, temperature=temperature, seed=seed)
    said = tell_with_credits(crew.narrator, idea, temperature=temperature, seed=seed)
    sentences = [one.text for one in said]
    title, shots = stage_story(idea, sentences)
    text = f"{title}\n{' '.join(sentences)}"
    return Script(title, text, PLOTTER, idea, shots, tuple(one.by for one in said))


def audition(crew, count, *, seed=0):
    """Invents people, and chooses those whom the animator draws steadily and who are easy to tell apart.

    To the designer a skin is a wish: who is drawn with another, read from the face, is not cast.

    Args:
        crew: Crew.
        count: how many are wanted, at most DESIGNS.
        seed: same seed, same designs.

    Returns:
        (count, static_dim) float32 looks, the most unlike first.

    Raises:
        ValueError: another count.
    """
    # one skin at a time: asked for a mixture of skins, the designer answers with any of the six
    each = -(-DESIGNS // len(HUMAN))
    designs = [design(crew.designer, each, seed=seed * OPTIONS + skin, skin=skin) for skin in HUMAN]
    looks = settle(crew.animator, np.concatenate(designs))
    skins, shares = skins_of(crew.sprites, stand(crew.animator, looks))
    obeyed = np.isin(skins, HUMAN) & (shares >= OF_ONE_SKIN)
    return cast(crew.animator, looks[obeyed], count)


def plan_shots(project, script):
    """Chooses which shots are filmed, and how long each takes.

    What the seconds leave beyond what captions take to read is shared out; what does not fit is not filmed. Of edited
    shots each takes its own time: no edit makes another shot longer or shorter.

    Args:
        project: `animkit.studio.project.Project`.
        script: Script.

    Returns:
        Shots, frames of each, and notes for who asked: lists.

    Raises:
        ValueError: an edit of a shot that is not there.
    """
    notes = [*script.idea.notes, *_not_understood(project.prompt, script.idea)] if script.idea else []
    least = [_least(script.shots, number, project.seconds) for number in range(len(script.shots))]
    invented = film.fitting(script.shots, OVER * project.seconds, least)
    pace = film.pace(invented, project.seconds, least[: len(invented)], SLOWEST)
    if left := len(script.shots) - len(invented):
        notes.append(f"the tale is longer than {project.seconds:g} s: its last {left} shots are not filmed")
    shots = edited(project, invented if project.shots is None else project.shots)
    if lacking := respelled(" ".join([script.title, *(shot.sentence for shot in shots)])):
        notes.append(f"the font has the letters of English alone; it shows {lacking}")
    pace_of = [1 if number == crosses(shots) else pace for number in range(len(shots))]
    return shots, [round(pace_of[n] * _least(shots, n, project.seconds)) for n in range(len(shots))], notes


def _not_understood(prompt, idea):
    """A note that names the words of a prompt that chose nothing; none where none was read at all."""
    known = {word.lower() for word in idea.used} | set().union(*moods()) | SMALL_WORDS
    words = dict.fromkeys(word for word in words_of(prompt[:PROMPT_READ]) if len(word) > 2 and word not in known)
    plain = [word for word in words if word.removesuffix("s") not in known]
    if not plain or not idea.used:
        return []
    return [f"not understood: {', '.join(plain[:MOST_NAMED])}{' ...' if plain[MOST_NAMED:] else ''}"]


def _least(shots, number, seconds):
    """Frames that one of the shots takes at least; where a scene is crossed, its share of the film."""
    frames = film.length(shots[number])
    return max(frames, round(film.FPS * SCENE_SHARE * seconds)) if number == crosses(shots) else frames


def cast_roles(crew, names, *, seed=0, players=None):
    """Gives everybody in a tale a look: people out of one audition, each creature out of one of its own kind.

    Args:
        crew: Crew.
        names: of everybody on stage, at least one; a creature goes by its kind.
        seed: of all auditions.
        players: name -> who plays it: the seed of another audition, or a file, see `animkit.studio.recasting`.

    Returns:
        List of Role, in order.

    Raises:
        ValueError: no names.
    """
    people = [name for name in names if name not in CREATURES]
    looks = audition(crew, len(people), seed=seed) if people or not names else ()
    standing = crew.sprites.frames[crew.sprites.train, STANDING, 0]
    roles = {}
    for name, look, frame in zip(people, looks, stand(crew.animator, looks) if people else (), strict=True):
        index, differs = nearest(frame, standing)
        roles[name] = Role(name, look, frame, int(crew.sprites.train[index]), differs, standing[index])
    for kind in set(names) - set(people):
        roles[kind] = Role(kind, *creatures.cast_creature(kind, seed, networks=crew.creatures))
    for name, player in (players or {}).items():
        if isinstance(player, int) and name in roles:
            (another,) = cast_roles(crew, [name], seed=player)
            roles[name] = another._replace(player=player)
        elif name in roles and player is not None:
            roles[name] = roles[name]._replace(player=player, content=content_of(player))
    return [roles[name] for name in names]


def play_roles(crew, roles, script):
    """Lets each of a cast play all nine actions, with the tools that they strike with.

    Args:
        crew: Crew.
        roles: list of Role.
        script: Script, which tells who has which trade.

    Returns:
        dict: name -> (9, 8, height, width, 4) uint8, in the order of
            `animkit.data.sprites.ACTION_DIRECTIONS`.

    Raises:
        ValueError, FileNotFoundError: a file that plays a role cannot be read, or shows nobody who can.
    """
    people = [role for role in roles if role.name not in CREATURES]
    played = animate(crew.animator, np.stack([role.look for role in people])) if people else ()
    clips = {role.name: to_rgba(clip, crew.sprites.palette) for role, clip in zip(people, played, strict=True)}
    for role in roles:
        if role.name in CREATURES:
            clips[role.name] = creatures.play_creature(role.look, networks=crew.creatures)
    own = {role.name: play_own(crew, role.player) for role in roles if isinstance(role.player, str)}
    clips = arm_cast(clips, script.shots, kinds_of(script)) | own
    return {role.name: clips[role.name] for role in roles}


def kinds_of(script):
    """Of what kind everybody in a script is, as far as it is told: name -> kind, such as "sailor"."""
    if script.idea:
        return {stage_name(role): role["kind"] for role in script.idea.cast.values()}
    return dict(re.findall(r"\b([A-Z][a-z]+) the ([a-z]+)", script.text))


def crosses(shots):
    """Number of the shot in which somebody crosses a scene that is built for it; or None."""
    walks = ((shot.crosses, shot.action, shot.direction) == (True, "walk", "right") for shot in shots)
    return next((number for number, walk in enumerate(walks) if walk), None)


def film_shot(crew, shot, clips, *, frames, crossing=False, light=None, surfaces=None, seed=0):
    """Plays one shot: in a scene that is built for it, or on the stage with all that belongs there, in its light.

    Args:
        crew: Crew.
        shot: `animkit.studio.storyboard.Shot`.
        clips: as `play_roles` gives them.
        frames: how long it takes.
        crossing: whether a scene is built for it, which who acts crosses.
        light: of `animkit.studio.project.LIGHTS`, or None for that of its hour and mood.
        surfaces: of `animkit.studio.stage_light.surfaces_of`, or None to guess them here.
        seed: same seed, same shot.

    Returns:
        Take.
    """
    key = take_key(shot, clips, frames=frames, crossing=crossing, light=light, seed=seed)
    lit = shot._replace(mood={"warm": "merry", "dim": "vain"}[light]) if light else shot
    draw = zlib.crc32(shot.sentence.encode(), seed)  # the shot's own, wherever in the film it stands
    if crossing:
        level = make_level(crew.builder, length=SCENE_LENGTH, seed=seed)
        shone = light_shot(lit)
        options = {"place": shot.place, "hour": shot.time, "light": shone, "who": shot.company[0], "seed": seed}
        options["weather"] = {"storm": "rain"}.get(shot.effect, shot.effect) if shot.effect in CLOUDED else "clear"
        options["seconds"] = frames / film.FPS
        staged = scene_shot(level.tiles, level.physics_path, clips[shot.company[0]], **options)
        return Take(key, staged, shone, (), level)
    extras = [conjure(crew.conjurer, cue, seed=draw) for cue in cue_effects(shot, frames)]
    if rolls_a_ball(shot):
        extras.append(throw_ball(crew.thrower, frames, film.FPS, seed=draw))
    shone = light_shot(lit, extras, surfaces_of(clips) if surfaces is None else surfaces)
    staged = play(shot, clips, frames=frames, extras=extras, light=shone, seed=seed)
    return Take(key, staged, shone, tuple(sorted({extra.why for extra in extras})), None)


def take_key(shot, clips, **choices):
    """What tells a take from all others: the shot, who plays in it, and every other choice; as a SHA-256."""
    digest = hashlib.sha256(repr((*shot, sorted(choices.items()))).encode())
    for name in cast_of([shot]):
        digest.update(np.ascontiguousarray(clips[name]).tobytes())
    return digest.hexdigest()


def choices_of(project, shots, lengths, number):
    """What else tells the take of a shot from others: the choices of `film_shot` and `take_key`."""
    light = project.edits.get(number, {}).get("light")
    return {
        "frames": lengths[number],
        "crossing": number == crosses(shots),
        "light": light,
        "seed": project.seed,
    }


def credits_of(script):
    """The lines of the end card: who told, drew and moved the film."""
    return f"{TELLERS[script.by]}\ndrawn by VAEs, moved by LSTMs"


def write_record(crew, project, script, shots, takes, cameras, cast, composed, *, notes=()):
    """Writes down every choice in a film.

    Args:
        crew: Crew.
        project: `animkit.studio.project.Project`.
        script: Script.
        shots: those that were filmed.
        takes: Take of each.
        cameras: `animkit.studio.camera.Camera` of each.
        cast: list of Role.
        composed: `animkit.studio.film.Composed`.
        notes: what else its maker should know.

    Returns:
        dict that `json.dumps` takes.
    """
    numbered = list(enumerate(takes))
    return {
        "title": script.title,
        "seed": project.seed,
        "source": {"used": crew.sprites.source},
        "asked for": {"seconds": project.seconds, "roles": dict(project.roles), "edits": dict(project.edits)},
        "notes": list(notes),
        "tale": {
            "by": script.by,
            "premise": script.idea.premise if script.idea else None,
            "text": script.text,
            "sentences worded by": list(script.worded),
            "prompt": project.prompt,
            "temperature": project.temperature,
            "story": json.loads(script.idea.to_json()) if script.idea else None,
        },
        "cast": [_told_of(role) for role in cast],
        "shots": [shot._asdict() for shot in shots],
        "scenes": [
            {
                "shot": number,
                "by": BUILDER,
                "level": to_text(take.level.tiles).splitlines(),
                "levels tried": take.level.tries,
                "measured": take.level.measured,
            }
            for number, take in numbered
            if take.level
        ],
        "on stage": [
            {"shot": number, "what": list(take.extras), "effects by": CONJURER, "balls by": THROWER}
            for number, take in numbered
            if take.extras
        ],
        "lights": [{"shot": number, "surface by": SURFACE, **told(take.light)} for number, take in numbered],
        "events": film.events(shots, composed.filmed, cameras, fps=project.fps),
        "backdrops": {"by": "animkit.studio.backdrop", "seed": project.seed},
        "weights": crew.weights,
        "frames": len(composed.frames),
        "frames per second": project.fps,
        "sha256 of the frames": film.digest(composed.frames),
    }


def _told_of(role):
    """What the record says of somebody in the cast."""
    if isinstance(role.player, str):
        return {"name": role.name, "by": Path(role.player).name, "sha256": role.content}
    return {
        "name": role.name,
        "by": creatures.DESIGNER if role.name in CREATURES else DESIGNER,
        "moved by": creatures.ANIMATOR if role.name in CREATURES else ANIMATOR,
        "look": np.round(role.look.astype(float), 5).tolist(),
        "nearest training character": role.nearest,
        "share of pixels that differ": round(role.differs, 4),
    }


def make_film(project=None, *, crew=None, before=None, progress=None, cancelled=None, **choices):
    """Makes a short film: invent, tell, cut into shots, cast, animate, build a scene, compose and record.

    Args:
        project: `animkit.studio.project.Project`; None for one of the `choices` alone.
        crew: Crew, or None for the networks that ship (loading them takes a few seconds).
        before: a Film of which all is kept that the project leaves as it is.
        progress: called as progress(done, total, seconds_left, what) before each step.
        cancelled: called before each shot; once it says True the film ends there, with the shots that are done.
        **choices: fields of the project, such as `seed=3`, `prompt="a shy wizard"`, `seconds=40`.

    Returns:
        Film; `animkit.studio.premiere.save(folder, made)` writes it to files.

    Raises:
        ValueError: a tale without a sentence, an unknown choice, or one out of range.
        Cancelled: before the first shot was done.
    """
    if unknown := sorted(choices.keys() - set(Project._fields)):
        raise ValueError(f"a film has no {unknown[0]!r}: choose {', '.join(Project._fields)}")
    project = checked((project or Project())._replace(**choices))
    if project.tale is not None:
        storyboard(project.tale)  # refuse at once what cannot be filmed
    steps = Steps(progress or (lambda *_: None))
    steps.begin("the networks are loaded")
    crew = crew or load_crew()
    same_story = before is not None and all(getattr(before.project, name) == getattr(project, name) for name in STORY)
    steps.begin("a story is invented and told")
    script = before.script if same_story else write_script(crew, **{name: getattr(project, name) for name in STORY})
    shots, lengths, notes = plan_shots(project, script)
    steps.total += len(shots)
    steps.begin("everybody gets a look")
    names = cast_of([*script.shots, *shots])
    if same_story and [role.name for role in before.cast] == names and _same_players(before, project):
        roles, clips = before.cast, before.clips
    else:
        roles = cast_roles(crew, names, seed=project.seed, players=project.roles)
        clips = play_roles(crew, roles, script)
    known = {take.key: take for take in before.takes} if before else {}
    takes, rendered, surfaces = [], [], None
    for number, shot in enumerate(shots):
        if cancelled and cancelled():
            break
        steps.begin(f"shot {number + 1} of {len(shots)} is played")
        options = choices_of(project, shots, lengths, number)
        take = known.get(take_key(shot, clips, **options))
        if take is None:
            surfaces = surfaces_of(clips) if surfaces is None else surfaces
            take = film_shot(crew, shot, clips, surfaces=surfaces, **options)
            rendered.append(number)
        takes.append(take)
    if len(takes) < len(shots):
        notes.append(f"cancelled: {len(takes)} of {len(shots)} shots were done")
        shots = shots[: len(takes)]
    if not takes:
        raise Cancelled
    steps.begin("the film is cut")
    return _cut(crew, project, script, shots, takes, roles, clips, rendered, notes)


def _same_players(before, project):
    """Whether those who were chosen for the film before are chosen again, and their files are as they were."""
    as_they_were = all(role.content == content_of(role.player) for role in before.cast)
    return as_they_were and before.project.roles == project.roles


def _cut(crew, project, script, shots, takes, roles, clips, rendered, notes):
    """Puts takes together: the Film."""
    staged = [take.staged for take in takes]
    cameras = choose_cameras(shots, staged, [number for number, take in enumerate(takes) if take.level])
    options = {"cameras": cameras, "credits": credits_of(script), "fps": project.fps, "seed": project.seed}
    composed = film.compose(script.title, shots, clips, staged, **options)
    poster = film.poster(script.title, shots, clips, seed=project.seed)
    record = write_record(crew, project, script, shots, takes, cameras, roles, composed, notes=notes)
    return Film(composed.frames, poster, record, project, script, shots, roles, clips, takes, composed.filmed, rendered)
