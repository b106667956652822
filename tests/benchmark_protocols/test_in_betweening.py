"""The command behind notebooks/results/in_betweening.json: a small run, and the file that ships."""

import functools
import itertools
import json
import zipfile
from pathlib import Path

import keras
import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from animkit.benchmarks import in_betweening
from animkit.benchmarks.in_betweening import (
    GAPS,
    bandai_task,
    by_studio,
    mean_of,
    score,
    through_the_mirror,
    zero_velocity,
)
from animkit.data.twins.walkers import walker
from animkit.models.in_betweener import PAST
from animkit.motion.bvh import save_bvh
from animkit.motion.clips import Take
from animkit.motion.interpolation import interpolate
from animkit.motion.mirror import find_mirror
from animkit.studio.in_betweening import in_between

SHIPPED = Path(__file__).parents[2] / "notebooks" / "results" / "in_betweening.json"


@pytest.fixture(scope="module", autouse=True)
def walkers():
    """Clips are drawn or read once."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(in_betweening, "load_bandai_namco", functools.cache(in_betweening.load_bandai_namco))
        yield


@pytest.fixture(scope="module")
def task():
    return bandai_task(source="twin", clips=3)


def test_the_truth_scores_zero_and_joins_like_itself(task):
    found = score(lambda rotations, root, start, stop: (rotations, root), task, gaps=(15,))
    assert found["l2q"] == pytest.approx([0.0], abs=1e-6)
    assert found["l2p"] == pytest.approx([0.0], abs=1e-6)
    assert found["npss"] == pytest.approx([0.0], abs=1e-6)
    assert found["joins"][0] < 2.0


def test_holding_still_is_worse_than_interpolation(task):
    still, straight = score(zero_velocity, task, gaps=(30,)), score(interpolate, task, gaps=(30,))
    assert still["l2p"][0] > straight["l2p"][0] > 0
    assert still["l2q"][0] > straight["l2q"][0] > 0


def test_zero_velocity_holds_the_frame_before_the_gap(task):
    rotations, root = task.rotations[:2, :20], task.root[:2, :20]
    held, placed = zero_velocity(rotations, root, np.full(2, PAST), np.full(2, 19))
    np.testing.assert_array_equal(placed[:, PAST:19], np.repeat(root[:, PAST - 1 : PAST], 9, axis=1))
    np.testing.assert_array_equal(held[:, 19], rotations[:, 19])


def test_what_has_no_side_is_the_same_through_the_mirror(task):
    mirror = find_mirror(task.train)
    gap = (task.rotations[:2, :30], task.root[:2, :30], np.full(2, PAST), np.full(2, 25))
    for seen, straight in zip(through_the_mirror(interpolate, mirror)(*gap), interpolate(*gap), strict=True):
        np.testing.assert_allclose(seen, straight, atol=1e-5 * task.root.max())

    def raise_left_hand(rotations, root, start, stop):
        turned = rotations.copy()
        turned[:, :, names.index("LeftForeArm")] = Rotation.from_euler("x", 1.0).as_matrix()
        return turned, root

    names = task.train[0].joint_names
    turned, _ = through_the_mirror(raise_left_hand, mirror)(*gap)
    changed = np.abs(turned - gap[0]).max(axis=(0, 1, 3, 4)) > 1e-4
    assert [name for name, is_changed in zip(names, changed, strict=True) if is_changed] == ["RightForeArm"]


def test_the_mean_of_fills_is_half_way_between_two():
    still = np.broadcast_to(np.eye(3), (1, 4, 2, 3, 3))
    turned = np.broadcast_to(Rotation.from_euler("z", 40, degrees=True).as_matrix(), still.shape)
    ways = [lambda *_: (still, np.zeros((1, 4, 3))), lambda *_: (turned, np.ones((1, 4, 3)))]
    rotations, root = mean_of(ways)(still, np.zeros((1, 4, 3)), [1], [3])
    np.testing.assert_allclose(root, 0.5)
    np.testing.assert_allclose(
        Rotation.from_matrix(rotations[0, 2, 1]).as_euler("zyx", degrees=True), [20, 0, 0], atol=1e-9
    )


def test_windows_face_x_and_test_styles_are_not_trained_on(real_data):
    found = bandai_task(clips=6)
    looks = found.rotations[:, PAST - 1, 0] @ np.array(found.forward)
    np.testing.assert_allclose(np.arctan2(looks[:, 2], looks[:, 0]), 0, atol=1e-5)
    np.testing.assert_allclose(found.root[:, :, [0, 2]].mean(axis=1), 0, atol=1e-6)
    assert found.rotations.shape[1:] == (65, 21, 3, 3)


def test_trained_networks_are_measured_as_the_studio_uses_them(trained, task):
    gap = task.rotations[:2, :26], task.root[:2, :26], np.full(2, PAST), np.full(2, 25)
    rotations, root = by_studio(trained, task.train[0])(*gap)
    (expected,) = in_between(trained, task.train[0].from_rotmat(gap[1][1], gap[0][1]), [*range(PAST), 25])
    np.testing.assert_allclose(root[1], expected.root_pos, atol=1e-4)
    np.testing.assert_allclose(rotations[1], expected.to_rotmat()[1], atol=1e-5)


def test_no_content_and_no_style_of_the_test_is_trained_on(monkeypatch):
    """By the split "contents" clips of a test style in other contents, or of a test content, are on neither side."""
    takes = [
        Take(f"{content} {style}", content, style, walker(seconds=2.5, seed=seed).clip)
        for seed, (content, style) in enumerate(itertools.product(("walk", "run", "bow"), ("old", "angry", "sad")))
    ]
    monkeypatch.setattr(in_betweening, "load_bandai_namco", lambda source: (takes, "real"))
    by_style, by_both = (bandai_task(split=split) for split in ("styles", "contents"))
    assert (len(by_style.train), len(np.unique(by_style.clip))) == (6, 3)
    assert (len(by_both.train), len(np.unique(by_both.clip))) == (4, 1)
    validation = bandai_task(split="validation")
    assert validation.test == "styles giant, happy, sad"
    assert (len(validation.train), len(np.unique(validation.clip))) == (3, 3)
    with pytest.raises(ValueError, match="split must be one of styles, contents, validation"):
        bandai_task(split="people")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A folder in which the command ran once at profile ci."""
    folder = tmp_path_factory.mktemp("small")
    in_betweening.main(["--profile=ci", "--source=twin", f"--output={folder}", f"--checkpoints={folder}"])
    return folder


@pytest.fixture
def trained(small):
    """The network of that run: of the walkers' skeleton."""
    return keras.saving.load_model(small / "twin_ci_0.keras", compile=False)


def test_the_command_runs_small_on_the_twin(small):
    kept = json.loads((small / "in_betweening.json").read_text())
    assert set(kept["ci"]["methods"]) == {"zero velocity", "interpolation", "Hermite", "LSTM"}
    share = kept["ci"]["methods"]["Hermite"]["share"]["l2p"][0]
    assert share["low"] <= share["share"] <= share["high"]
    assert share["share"] == pytest.approx(
        kept["ci"]["methods"]["Hermite"]["l2p"][0] / kept["ci"]["methods"]["interpolation"]["l2p"][0], rel=1e-3
    )
    assert len(kept["ci"]["ratio_to_interpolation"]["l2q"]) == len(GAPS)
    assert (small / "twin_ci_0.keras").exists()
    # the published numbers' own ratios
    ratios = kept["published_ratio_to_interpolation"]["TG_complete (LSTM + GAN)"]
    assert ratios["l2q"] == pytest.approx([0.77, 0.68, 0.70, 0.75], abs=0.01)
    assert ratios["l2p"] == pytest.approx([0.62, 0.52, 0.55, 0.65], abs=0.01)


def test_the_command_runs_on_the_users_lafan1(tmp_path, trained, monkeypatch):
    """An archive of LaFAN1's form: its joints' names, its subjects; the motion is the walkers', as is the network."""
    frames = {"1": 130, "2": 150, "5": 120}
    with zipfile.ZipFile(tmp_path / "lafan1.zip", "w") as archive:
        for subject, count in frames.items():
            clip = walker(seconds=count / 30, seed=int(subject)).clip
            archive.write(save_bvh(tmp_path / "clip.bvh", clip), f"walk1_subject{subject}.bvh")
    learned = []
    monkeypatch.setattr(in_betweening, "train_in_betweener", lambda clips, **_: learned.extend(clips) or trained)
    where = [f"--output={tmp_path}", f"--checkpoints={tmp_path}"]
    in_betweening.main(["--profile=ci", f"--lafan1={tmp_path / 'lafan1.zip'}", *where])
    run = json.loads((tmp_path / "in_betweening.json").read_text())["ci_lafan1"]
    assert (run["source"], run["test"]) == ("lafan1", "subject 5")
    assert run["test_windows"] == len(range(0, 120 - 65, 40))
    assert run["command"].endswith("--lafan1 lafan1.zip")
    # subject 5 is kept for the test
    assert sorted(clip.frame_count for clip in learned) == [130, 150]
    assert np.isfinite([run["methods"]["LSTM"][part] for part in ("l2q", "l2p", "npss", "sliding", "joins")]).all()
    # one clip alone tells nothing of others
    assert run["methods"]["LSTM"]["share"]["l2p"][0]["low"] is None
    # one network has no spread
    assert set(run["spread_over_seeds"].values()) == {None}


def test_the_file_that_ships_beats_interpolation():
    kept = json.loads(SHIPPED.read_text())
    run = kept["full"]
    assert run["source"] == "real"
    published = kept["published_ratio_to_interpolation"]["TG_complete (LSTM + GAN)"]
    assert (np.array(run["ratio_to_interpolation"]["l2q"]) < published["l2q"]).all()
    # places at 30 frames are the one thing that is not better
    better = np.array(run["ratio_to_interpolation"]["l2p"]) < published["l2p"]
    assert better[[GAPS.index(gap) for gap in (5, 15, 45)]].all()
    for part in ("l2q", "l2p", "npss"):
        assert (np.array(run["ratio_to_interpolation"][part]) < 1).all()
        expected = np.divide(list(run["methods"].values())[-1][part], run["methods"]["interpolation"][part])
        assert run["ratio_to_interpolation"][part] == pytest.approx(expected, abs=0.01)
