import pytest
from pybvh import Bvh

from animkit.data.twins.walkers import walker
from animkit.motion.clips import resample
from animkit.recipes.in_betweener import train_in_betweener
from animkit.studio.in_betweening import in_between


def test_clips_of_any_rate_train_a_network_for_their_skeleton():
    clips = [walker(gait="walk", seconds=3.0, seed=0).clip, resample(walker(seconds=3.0, seed=1).clip, 60)]
    model = train_in_betweener(clips, profile="ci", units=8, progress=False)
    assert model.names[0] == "Hips"
    assert model.size == pytest.approx(clips[0].skeleton_size())
    filled = in_between(model, clips[0], [0, 1, 20, clips[0].frame_count - 1])[0]
    assert filled.frame_count == clips[0].frame_count


def test_skeletons_that_differ_are_told():
    with pytest.raises(ValueError, match="clip 1 has another skeleton than clip 0"):
        train_in_betweener([walker(seconds=3.0).clip, walker(seconds=3.0).clip.scale(2.0)], profile="ci")


def test_short_clips_are_told():
    with pytest.raises(ValueError, match="no clip has more than 55 frames at 30"):
        train_in_betweener([walker(seconds=1.5).clip], profile="ci")


def test_feet_may_be_called_ankles():
    """The skeleton's size is read from them, before the clip's length is found wanting."""
    clip = walker(seconds=1.5).clip
    for node in clip.nodes:
        node.name = node.name.replace("Foot", "Ankle").replace("Toe", "Ball")
    clip = Bvh(clip.nodes, clip.root_pos, clip.joint_angles, clip.frame_time, world_up="+y")
    with pytest.raises(ValueError, match="no clip has more than 55 frames at 30"):
        train_in_betweener([clip], profile="ci")
