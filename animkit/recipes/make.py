"""Train the weights that ship again.

The command is python -m animkit.recipes.make [NAME ...]; with --baselines it trains nothing, and measures again what
needs no training and stands beside the networks' numbers on the cards that ship.

Each `make_NAME` stands in the recipe of its model and returns the model and its card. All are trained on the procedural
twins, whose licence is ours to give, the two networks of motion on CMU's recordings too, which are free to use; those
that make levels on The VGLC's, which are under the MIT licence; plot model and narrator on tales in the public domain;
those of moving things on laws of mechanics; the reader of emotions on GoEmotions, which is under Apache-2.0.
What is trained at another profile than full is a trial, and goes to runs/weights.
"""

import argparse
import json
import os
import tempfile
import zipfile
from pathlib import Path

from animkit import weights
from animkit.parameters import PROFILES
from animkit.recipes.animator import baselines_characters, make_characters
from animkit.recipes.beats import make_beats
from animkit.recipes.billiard import make_billiard
from animkit.recipes.creatures import make_creatures, make_creatures_vae
from animkit.recipes.designers import baselines_designer, make_characters_gan, make_characters_vae
from animkit.recipes.effects import make_effects
from animkit.recipes.effects_64 import make_effects_64
from animkit.recipes.effects_judge import make_effects_judge
from animkit.recipes.emotion import make_emotion
from animkit.recipes.generator import make_motion_generator
from animkit.recipes.in_betweener import make_motion_in_between
from animkit.recipes.judge import baselines_judge, make_characters_judge
from animkit.recipes.levels import baselines_level_model, make_level_gan, make_level_writer
from animkit.recipes.mood_judge import make_mood_judge
from animkit.recipes.narrator import make_narrator
from animkit.recipes.objects import make_interactions, make_objects
from animkit.recipes.relief_vae import make_relief_vae
from animkit.recipes.relight import make_relight
from animkit.recipes.sprites_gan import baselines_sprites_gan, make_sprites_gan
from animkit.recipes.sprites_motion import baselines_sprites_motion, make_sprites_motion
from animkit.recipes.sprites_vae import baselines_sprites_vae, make_sprites_vae
from animkit.recipes.stack_chain import make_chain, make_stack
from animkit.recipes.tales import baselines_tales, make_tales_lm
from animkit.recipes.upscale import make_denoise, make_upscale
from animkit.recipes.viewer import make_viewer
from animkit.writing import replacing

TRIALS = Path("runs/weights")

MAKERS = {
    # sprites_motion moves in sprites_vae's latent space, so it comes after it
    "sprites_vae": make_sprites_vae,
    "sprites_gan": make_sprites_gan,
    "sprites_motion": make_sprites_motion,
    "tales_lm": make_tales_lm,
    "beats": make_beats,
    "narrator": make_narrator,
    # the designers draw looks of `characters`, and the judge looks at them
    "characters": make_characters,
    "characters_judge": make_characters_judge,
    "characters_vae": make_characters_vae,
    "characters_gan": make_characters_gan,
    # the designer draws looks of `creatures`
    "creatures": make_creatures,
    "creatures_vae": make_creatures_vae,
    "motion_generator": make_motion_generator,
    "motion_in_between": make_motion_in_between,
    # it watches what `characters` draws
    "mood_judge": make_mood_judge,
    "level_writer": make_level_writer,
    "level_gan": make_level_gan,
    "effects_judge": make_effects_judge,
    "effects": make_effects,
    "effects_64": make_effects_64,
    "emotion": make_emotion,
    "objects": make_objects,
    "interactions": make_interactions,
    "billiard": make_billiard,
    "stack": make_stack,
    "chain": make_chain,
    # the surfaces of relief_vae begin with what relight has learned
    "relight": make_relight,
    "relief_vae": make_relief_vae,
    "upscale": make_upscale,
    "denoise": make_denoise,
    # it watches films that are made by the networks above
    "viewer": make_viewer,
}
BASELINES = {
    "sprites_vae": baselines_sprites_vae,
    "sprites_gan": baselines_sprites_gan,
    "sprites_motion": baselines_sprites_motion,
    "tales_lm": baselines_tales,
    "characters": baselines_characters,
    "characters_judge": baselines_judge,
    "characters_vae": baselines_designer,
    "characters_gan": baselines_designer,
    "level_writer": baselines_level_model,
    "level_gan": baselines_level_model,
}


def write(folder, model, card):
    """Put weights and card into a folder, each complete or not at all.

    Args:
        folder: made if missing.
        model: trained Keras model; its optimizer is left out.
        card: dict, see `animkit.weights.card`; the SHA-256 of the weights' file joins it.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    # a model that was never compiled carries no optimizer into the file
    bare = type(model).from_config(model.get_config())
    if not bare.built:
        bare.build_from_config(model.get_build_config())
    bare.set_weights(model.get_weights())
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        trained, told = Path(scratch, "weights.keras"), Path(scratch, "card.json")
        bare.save(trained)
        _compress(trained)
        card = card | {"sha256": weights.sha256(trained)}
        told.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
        os.replace(trained, folder / f"{card['name']}.keras")
        os.replace(told, folder / f"{card['name']}.json")


def measure_baselines(name, folder):
    """Measure the baselines of a card again and put them into it; what the network itself has stays as it was trained.

    Args:
        name: one of BASELINES.
        folder: where the card lies.
    """
    path = Path(folder) / f"{name}.json"
    card = json.loads(path.read_text(encoding="utf-8"))
    for metric, baselines in BASELINES[name]().items():
        unit = card["metrics"][metric].pop("unit")
        card["metrics"][metric] |= {**baselines, "unit": unit}
    with replacing(path) as temporary:
        temporary.write_text(json.dumps(card, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    print(json.dumps(card["metrics"], indent=2))


def _compress(path):
    """Pack a .keras file again, as Keras stores its parts as they are: a tenth smaller, and read as before."""
    packed = path.with_suffix(".packed")
    with zipfile.ZipFile(path) as parts, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as smaller:
        for part in parts.infolist():
            smaller.writestr(part.filename, parts.read(part))
    os.replace(packed, path)


def main(arguments=None):
    """Train by the command line, and write weights and cards."""
    parser = argparse.ArgumentParser(description="Train the weights that ship again.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(MAKERS)}; all of them without one")
    parser.add_argument(
        "--profile",
        default="full",
        choices=PROFILES,
        help="full (what ships) takes up to an hour for one, half a day for all, on two cores",
    )
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--ship", action="store_true", help=f"put a trial, too, into {weights.FOLDER}")
    where.add_argument("--output", type=Path, help=f"folder to write to; a trial's is {TRIALS}/PROFILE")
    parser.add_argument("--checkpoints", default=TRIALS, type=Path, help="an interrupted run goes on from here")
    parser.add_argument("--baselines", action="store_true", help="train nothing: measure the baselines of cards again")
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.names) - set(MAKERS):
        parser.error(f"no weights called {', '.join(sorted(unknown))}; there are {', '.join(MAKERS)}")
    ships = chosen.ship or chosen.profile == "full"
    folder = chosen.output or (weights.FOLDER if ships else TRIALS / chosen.profile)
    if chosen.baselines:
        for name in chosen.names or BASELINES:
            if name not in BASELINES:
                parser.error(f"{name} is measured with its training; baselines alone: {', '.join(BASELINES)}")
            measure_baselines(name, folder)
        return
    for name in chosen.names or MAKERS:
        print(f"{name}, profile {chosen.profile}, to {folder}", flush=True)
        model, card = MAKERS[name](chosen.profile, checkpoint=chosen.checkpoints / f"{name}_{chosen.profile}")
        write(folder, model, card)
        print(json.dumps(card["metrics"], indent=2))
        if ships and name in BASELINES:
            measure_baselines(name, folder)


if __name__ == "__main__":
    main()
