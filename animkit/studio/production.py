"""A short film from a prompt or a seed: its steps, from a plot to the record, and `make_film`, which takes all.

The networks that ship with the kit make it. Its stories follow fairy tales; its people are the procedural twin's, drawn
in code.
"""

import hashlib
import json
import re
from typing import NamedTuple

import numpy as np

from animkit import weights
from animkit.data.fairytales import CREATURES
from animkit.data.mario_levels import to_text
from animkit.data.sprites import ATTRIBUTES, Sprites, load_sprites
from animkit.render import to_rgba
from animkit.studio import film
from animkit.studio.backdrop import CLOUDED
from animkit.studio.camera import choose_cameras
from animkit.studio.characters import OPTIONS, STANDING, animate, cast, design, nearest, settle, stand
from animkit.studio.cues import cue_effects, rolls_a_ball
from animkit.studio.premises import invent_film
from animkit.studio.scene_shot import scene_shot
from animkit.studio.scenes import make_level
from animkit.studio.stage_light import SURFACE, light_shot, surfaces_of, told
from animkit.studio.stagecraft import conjure, throw_ball
from animkit.studio.storyboard import cast_of, stage_name, stage_story, storyboard
from animkit.studio.telling import tell
from animkit.studio.things import arm_cast

# names of weights
PLOTTER, NARRATOR, BUILDER, DESIGNER, ANIMATOR, CONJURER, THROWER = NETWORKS = (
    *("beats", "narrator", "level_writer"),  # who think up, tell, and build scenes
    *("characters_vae", "characters"),  # who draw and move people
    *("effects", "objects"),  # who make fire, dust and rain, and move things
)
READER = "the reader"  # who else may have written a tale
TELLERS = {
    PLOTTER: "plotted by an LSTM within rules, told by another",
    READER: "told by a reader",
}
SCENE_LENGTH, SCENE_SECONDS = 60, 6.0  # columns of a level that is crossed, and of its shot
DESIGNS = 200  # how many are drawn for an audition
HUMAN, GREEN, BLUE = (0, 1, 2, 3), (4,), (5,)  # skins of people and of creatures


class Crew(NamedTuple):
    """Everybody and everything that a film takes: seven networks, and the characters that two of them learned from."""

    plotter: object  # `animkit.models.beats.BeatModel`
    narrator: object  # `animkit.models.narrator.Narrator`
    builder: object  # `animkit.models.level_writer.LevelWriter`
    designer: object  # VAE of looks, conditional on attributes
    animator: object  # SequenceVAE
    conjurer: object  # `animkit.models.effects.EffectVAE`
    thrower: object  # `animkit.models.objects.ObjectForecaster`
    sprites: Sprites
    weights: dict  # name -> SHA-256 of the file


class Script(NamedTuple):
    """The story that is filmed."""

    title: str
    text: str  # the title on its first line, then what is told
    by: str  # PLOTTER or READER
    idea: object  # `animkit.studio.story.StoryIdea`; None for a reader's tale
    shots: list  # of `animkit.studio.storyboard.Shot`


class Role(NamedTuple):
    """Whom somebody in the tale is played by."""

    name: str
    look: np.ndarray  # (static_dim,)
    frame: np.ndarray  # (height, width) palette indices, as it stands
    nearest: int  # number of the training character that it resembles most
    differs: float  # share of pixels in which it differs from that one


class Scene(NamedTuple):
    """A level that somebody crosses, and the shot of it."""

    level: object  # `animkit.studio.scenes.Level`
    take: object  # `animkit.studio.blocking.Staged`


class Film(NamedTuple):
    """A film, and everything that it was made of."""

    frames: np.ndarray  # (frames, 360, 640, 3) uint8, `animkit.studio.film.FPS` a second
    poster: np.ndarray  # (360, 640, 3) uint8
    record: dict  # every choice, as `film.save` writes it
    script: Script
    shots: list  # of `animkit.studio.storyboard.Shot`: those of the script that were filmed
    cast: list  # of Role
    clips: dict  # name -> (9, 8, 32, 32, 4) uint8
    filmed: list  # `animkit.studio.film.Filmed` of each shot: who is where


def load_crew():
    """Loads the networks that ship and the twin that characters were learned from.

    Returns:
        Crew.
    """
    files = {name: hashlib.sha256((weights.FOLDER / f"{name}.keras").read_bytes()).hexdigest() for name in NETWORKS}
    return Crew(*map(weights.load, NETWORKS), load_sprites(source="twin"), files)


def write_script(crew, *, prompt="", tale=None, beats=9, temperature=0.8, seed=0):
    """Invents a story and tells it, or takes the reader's own tale.

    Args:
        crew: Crew.
        prompt: words that choose cast, places, things and genre where the lexicon knows them.
        tale: the reader's, or None.
        beats: of the plot, 6 to 12.
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

    idea = invent_film(crew.plotter, prompt=prompt, length=beats, temperature=temperature, seed=seed)
    sentences = tell(crew.narrator, idea, temperature=temperature, seed=seed)
    title, shots = stage_story(idea, sentences)
    return Script(title, f"{title}\n{' '.join(sentences)}", PLOTTER, idea, shots)


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
    looks, is_creature = people, [[name in CREATURES] for name in names]
    if any(map(any, is_creature)):
        creatures = audition(crew, len(names), skins=skins, seed=seed, beside=stand(crew.animator, people))
        looks = np.where(is_creature, creatures, people)
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


def kinds_of(script):
    """Of what kind everybody in a script is, as far as it is told: name -> kind, such as "sailor"."""
    if script.idea:
        return {stage_name(role): role["kind"] for role in script.idea.cast.values()}
    return dict(re.findall(r"\b([A-Z][a-z]+) the ([a-z]+)", script.text))


def film_scenes(crew, shots, clips, *, seed=0):
    """Films the first walk to the right that somebody takes alone, or at least leads, in a scene that is built for it.

    Args:
        crew: Crew.
        shots: list of `animkit.studio.storyboard.Shot`.
        clips: as `play_roles` gives them.
        seed: of the level.

    Returns:
        {number of the shot: Scene}; empty if nobody walks to the right.
    """
    number = _crosses(shots)
    if number is None:
        return {}
    shot = shots[number]
    level = make_level(crew.builder, length=SCENE_LENGTH, seed=seed)
    options = {"place": shot.place, "hour": shot.time, "light": light_shot(shot)}
    options |= {"seed": seed, "seconds": SCENE_SECONDS, "who": shot.company[0]}
    options["weather"] = {"storm": "rain"}.get(shot.effect, shot.effect) if shot.effect in CLOUDED else "clear"
    return {number: Scene(level, scene_shot(level.tiles, level.physics_path, clips[shot.company[0]], **options))}


def film_extras(crew, shots, scenes, *, seed=0):
    """Puts on stage what a shot has beside its actors: dust, sparks, fire, rain, a ball.

    Args:
        crew: Crew.
        shots: list of `animkit.studio.storyboard.Shot`.
        scenes: what `film_scenes` made: these shots are not filmed on the stage.
        seed: same seed, same effects.

    Returns:
        {number of the shot: list of `animkit.studio.blocking.Extra`}; a shot that has none is not in it.
    """
    extras = {}
    for number, shot in enumerate(shots):
        if number in scenes:
            continue
        frames = film.length(shot)
        made = [conjure(crew.conjurer, cue, seed=seed + number) for cue in cue_effects(shot, frames)]
        if rolls_a_ball(shot):
            made.append(throw_ball(crew.thrower, frames, film.FPS, seed=seed + number))
        if made:
            extras[number] = made
    return extras


def film_lights(shots, clips, scenes, extras):
    """Lights each shot for its hour and its mood, and by what shines on its stage.

    Args:
        shots: list of `animkit.studio.storyboard.Shot`.
        clips: as `play_roles` gives them.
        scenes: what `film_scenes` made: these are lit by sun and sky alone.
        extras: what `film_extras` made.

    Returns:
        {number of the shot: `animkit.studio.stage_light.StageLight`}.
    """
    surfaces = surfaces_of(clips)
    return {
        number: light_shot(shot) if number in scenes else light_shot(shot, extras.get(number, ()), surfaces)
        for number, shot in enumerate(shots)
    }


def film_takes(shots, clips, scenes, extras, lights, *, seed=0):
    """Plays every shot.

    Args:
        shots: list of `animkit.studio.storyboard.Shot`.
        clips: as `play_roles` gives them.
        scenes: what `film_scenes` made.
        extras: what `film_extras` made.
        lights: what `film_lights` chose.
        seed: of the painted places and the sparks.

    Returns:
        List of `animkit.studio.blocking.Staged`.
    """
    film.check(shots, clips)
    return [
        scenes[number].take
        if number in scenes
        else film.take(shot, clips, extras=extras.get(number, ()), light=lights.get(number), seed=seed)
        for number, shot in enumerate(shots)
    ]


def credits_of(script):
    """The lines of the end card: who told, drew and moved the film."""
    return f"{TELLERS[script.by]}\ndrawn by VAEs, moved by LSTMs"


def write_record(crew, *, seed, prompt, temperature, script, shots, scenes, extras, lights, cameras, cast, composed):
    """Writes down every choice in a film.

    Args:
        crew: Crew.
        seed: of the film.
        prompt: what was asked for.
        temperature: of plotter and narrator.
        script: Script.
        shots: those of its shots that were filmed.
        scenes: what `film_scenes` made.
        extras: what `film_extras` made.
        lights: what `film_lights` chose.
        cameras: `animkit.studio.camera.Camera` of each shot.
        cast: list of Role.
        composed: `animkit.studio.film.Composed`.

    Returns:
        dict that `json.dumps` takes.
    """
    return {
        "title": script.title,
        "seed": seed,
        "source": {"used": crew.sprites.source},
        "tale": {
            "by": script.by,
            "text": script.text,
            "prompt": prompt,
            "temperature": temperature,
            "story": json.loads(script.idea.to_json()) if script.idea else None,
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
        "scenes": [
            {
                "shot": number,
                "by": BUILDER,
                "level": to_text(scene.level.tiles).splitlines(),
                "levels tried": scene.level.tries,
                "measured": scene.level.measured,
            }
            for number, scene in scenes.items()
        ],
        "on stage": [
            {"shot": number, "what": sorted({extra.why for extra in made}), "effects by": CONJURER, "balls by": THROWER}
            for number, made in extras.items()
        ],
        "lights": [{"shot": number, "surface by": SURFACE, **told(light)} for number, light in lights.items()],
        "events": film.events(shots, composed.filmed, cameras),
        "backdrops": {"by": "animkit.studio.backdrop", "seed": seed},
        "weights": crew.weights,
        "frames": len(composed.frames),
        "frames per second": film.FPS,
        "sha256 of the frames": film.digest(composed.frames),
    }


def make_film(*, seed=0, prompt="", tale=None, temperature=0.8, most_shots=10, crew=None):
    """Makes a short film: invent, tell, cut into shots, cast, animate, build a scene, compose and record.

    Args:
        seed: of every random choice; same seed, same film.
        prompt: words that choose cast, places, things and genre where the lexicon knows them.
        tale: a tale of your own, a title on its first line and sentences; None lets the networks invent one.
        temperature: how daring they are.
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
    script = write_script(crew, prompt=prompt, tale=tale, temperature=temperature, seed=seed)
    shots = script.shots[:most_shots]
    roles = cast_roles(crew, cast_of(shots), seed=seed)
    clips = arm_cast(play_roles(crew, roles), shots, kinds_of(script))
    scenes = film_scenes(crew, shots, clips, seed=seed)
    extras = film_extras(crew, shots, scenes, seed=seed)
    lights = film_lights(shots, clips, scenes, extras)
    takes = film_takes(shots, clips, scenes, extras, lights, seed=seed)
    cameras = choose_cameras(shots, takes, scenes)
    options = {"cameras": cameras, "credits": credits_of(script), "seed": seed}
    composed = film.compose(script.title, shots, clips, takes, **options)
    poster = film.poster(script.title, shots, clips, seed=seed)
    choices = {"seed": seed, "prompt": prompt, "temperature": temperature, "script": script}
    made = {"shots": shots, "scenes": scenes, "extras": extras, "lights": lights}
    record = write_record(crew, **choices, **made, cameras=cameras, cast=roles, composed=composed)
    return Film(composed.frames, poster, record, script, shots, roles, clips, composed.filmed)


def _crosses(shots):
    """Number of the first shot in which somebody walks to the right, or None."""
    return next((n for n, shot in enumerate(shots) if (shot.action, shot.direction) == ("walk", "right")), None)
