"""Short trainings of effects, measured before a network that copies what it is shown."""

import numpy as np
import pytest

from animkit import weights
from animkit.benchmarks import effect_tables, effect_trainings
from animkit.data.effects import KINDS, draw_effect
from animkit.models.judge import Judge

FRAMES = 8  # of a window that count


class Copies:
    """Takes as many nats a frame as the place of the kind that it is told, and draws what it has seen."""

    warm_up = 4

    def compile(self):
        pass

    def reset_metrics(self):
        self.told = []

    def test_on_batch(self, x, return_dict):
        self.told.append(x["told"][:, 0, 8 : 8 + len(KINDS)] @ np.arange(len(KINDS)))
        return {"reconstruction": FRAMES * np.mean(self.told), "kl": 0.0}

    def generate(self, kinds, *, frames, wind, amount, seed):
        return np.stack([draw_effect(KINDS[kind], frames=frames, seed=seed) for kind in kinds.argmax(axis=1)])

    def redraw(self, loops, kinds, *, wind, amount):
        return loops


@pytest.fixture(scope="module")
def found():
    shipped = {"effects": Copies(), "effects_judge": Judge((32, 32), 8, classes=(len(KINDS),))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(weights, "load", shipped.get)
        patch.setattr(effect_trainings, "train_effects", lambda groups, **options: Copies())
        return effect_trainings.run("ci")


def test_the_kind_held_out_is_told_by_what_costs_least_and_by_its_own_name(found):
    told = found["withheld"]["nats a frame"]
    place = effect_trainings.PLACE
    best = min(kind for kind in range(len(KINDS)) if kind != place)
    assert told[f"trained without it, told {KINDS[best]}, the best of seven"] == pytest.approx(best)
    assert told["trained without it, told the kind, as it never was"] == pytest.approx(place)
    assert told["shipped"] == told["trained with it, the same schedule"]["mean"] == pytest.approx(place)


def test_counts_of_the_kind_itself_are_better_than_of_others(found):
    told, kind = found["withheld"]["nats a frame"], effect_trainings.WITHHELD
    assert told[f"pixels counted in {kind}, by place"] < told["pixels counted in the other kinds, by place"]


def test_who_copies_loses_nothing_and_the_nearest_loop_of_others_most_of_it(found):
    again = found["withheld"]["drawn again"]
    off = {who: told["pixels that differ, %"] for who, told in again.items()}
    assert off["shipped"] == 0
    assert off[f"nearest training loop of {effect_trainings.WITHHELD}"] > 10
    assert off["nearest training loop of the other kinds"] > 50


def test_alike_trainings_do_not_differ_and_tables_show_it(found):
    assert found["trained"]["nats a frame"]["sd"] == 0
    shown = effect_tables.trainings({"ci, trainings": found})
    assert "A kind held out" in shown
    assert "3 trainings of 1 epochs" in shown
