"""The light canvas: what the browser draws is what the studio draws, to one step in 255; a saved page loads nothing."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from animkit.studio.light_export import normal_picture
from animkit.studio.lighting import EMBOSS, PRESETS, Figure, maps_of, relight_scene
from animkit.theory.shading import Lamp
from widgets.parts.light_canvas import (
    JAVASCRIPT,
    LONGEST,
    START,
    LightCanvas,
    Moving,
    Stage,
    lamp_of,
    lamps_at,
    of_hex,
    presets_of,
    read_look,
    ticks_of,
    told,
)

LOOK = START | {"lamps": []}


def ball(size=24, seed=0):
    """(2, size, size, 4): a shaded ball with a hat, the second frame a pixel further up, with half-transparent rims."""
    rows, columns = np.indices((size, size)) - size / 2 + 0.5
    inside = np.hypot(rows, columns) < size / 2 - 4
    picture = np.zeros((size, size, 4), "uint8")
    picture[inside, :3] = np.random.default_rng(seed).integers(60, 250, (inside.sum(), 3))
    picture[inside, 3] = 255
    picture[2:6, 8:16] = (200, 40, 60, 255)
    picture[5, 8:16, 3] = 128
    return np.stack([picture, np.roll(picture, -1, axis=0)])


@pytest.fixture(scope="module")
def stage():
    wall = np.random.default_rng(1).integers(0, 255, (40, 60, 3), "uint8")
    pictures = [ball(), ball(seed=2)]
    maps = [maps_of(one, EMBOSS) for one in pictures]
    maps[0] = maps[0]._replace(height=maps[0].height * 1.5)
    bumpy = maps[1].height + np.random.default_rng(3).random(maps[1].height.shape).astype("float32")
    places = [(20, 30), (22, 30)], [(36, 38)]
    figures = [
        Moving(pictures[0], (maps[0], maps_of(pictures[0], EMBOSS)), places[0]),
        Moving(pictures[1], (maps[1]._replace(height=np.where(pictures[1][..., 3] > 0, bumpy, 0)),), places[1]),
    ]
    return Stage(wall, tuple(figures), horizon=14)


def drawn(canvas, cases, folder):
    """What the browser's code draws, (cases, height, width, 4)."""
    if not shutil.which("node"):
        pytest.skip("Node.js is missing: the browser's shading is compared in tests/browser alone")
    (folder / "told.json").write_text(json.dumps({"scene": canvas.scene, "presets": canvas.presets, "cases": cases}))
    (folder / "data").write_bytes(canvas.data)
    shutil.copy(
        JAVASCRIPT.with_name("shading.js"), folder / "shading.mjs"
    )  # by this name Node.js takes it for a module
    files = [folder / name for name in ("shading.mjs", "told.json", "data", "out")]
    subprocess.run(["node", Path(__file__).with_name("shade.mjs"), *files], check=True)
    shape = canvas.scene["height"], canvas.scene["width"], 4
    return np.frombuffer((folder / "out").read_bytes(), "u1").reshape(-1, *shape)


def expected(stage, look, tick, seconds=0.0, version=0):
    wall, figures = stage.wall, stage.figures
    standing = [
        Figure(
            one.pictures[tick % 2],
            type(one.maps[0])(*(part[tick % 2] for part in one.maps[min(version, len(one.maps) - 1)])),
            *one.places[tick % len(one.places)],
        )
        for one in figures
    ]
    lamps = lamps_at(look, presets_of(wall.shape[:2]), seconds)
    options = {"ambient": of_hex(look["ambient"]), "specular": look["specular"], "shadows": look["shadows"]}
    options["shininess"] = look["shininess"]
    options["horizon"] = stage.horizon
    return relight_scene(wall, standing, lamps, **options)


NEAR = Lamp((1.0, 0.6, 0.2), 1.3, place=(12.0, 8.0, 9.0), reach=70.0)
INSIDE = Lamp((0.4, 0.8, 1.0), 1.0, place=(22.5, 20.0, 1.0))
FAR = Lamp((1.0, 1.0, 0.9), 0.9, direction=(-0.7, 0.5, 0.6))
BEHIND = Lamp((0.9, 0.9, 1.0), 1.6, direction=(0.8, 0.3, -0.3))


def test_the_browser_shades_as_the_studio_does(stage, tmp_path):
    looks = [
        LOOK | {"lamps": [told(NEAR)]},
        LOOK | {"lamps": [told(FAR), told(INSIDE)], "specular": 0.7, "shininess": 40},
        LOOK | {"lamps": [told(BEHIND), told(NEAR), told(FAR)], "shadows": False, "specular": 0.3},
        LOOK,
    ]
    looks += [LOOK | presets_of((40, 60))[name] | {"preset": name, "moving": True} for name in PRESETS]
    looks = [{name: value for name, value in look.items() if name not in ("track", "rate")} for look in looks]
    cases = [(look, tick, 1.3 * tick, "lit", 0) for look in looks for tick in (0, 1)]
    cases += [(looks[0], 0, 0.0, "lit", 1)]
    pixels = drawn(LightCanvas(stage, LOOK, label="balls"), cases, tmp_path)
    for (look, tick, seconds, _, version), found in zip(cases, pixels, strict=True):
        wanted = expected(stage, look, tick, seconds, version)
        np.testing.assert_allclose(found[..., :3].astype(int), wanted, atol=1, err_msg=str(look))
        assert (found[..., 3] == 255).all()
    assert (pixels[0] != pixels[-1]).any()


def test_maps_are_shown_as_the_studio_writes_them(stage, tmp_path):
    wall, figures = stage.wall, stage.figures
    canvas = LightCanvas(stage, LOOK, label="balls")
    drawing, normals, height = drawn(
        canvas, [(LOOK, 0, 0.0, view, 0) for view in ("drawn", "normals", "height")], tmp_path
    )
    front = figures[1]  # its upper left pixel: its middle column at 36, its lowest pixel on row 38
    top, left = 38 - 20, 36 - 12
    solid = front.pictures[0, ..., 3] == 255
    part = slice(top, top + 20), slice(left, left + 24)
    solid = solid[:20]
    np.testing.assert_array_equal(drawing[part][solid][:, :3], front.pictures[0, :20][solid][:, :3])
    opengl = normal_picture(front.maps[0].normals[0], front.pictures[0, ..., 3])
    np.testing.assert_allclose(normals[part][solid][:, :3].astype(int), opengl[:20][solid][:, :3], atol=1)
    assert height[part][solid].max() == 255
    np.testing.assert_array_equal(drawing[:5, :5, :3], wall[:5, :5])
    assert (normals[0, 0] == (128, 128, 255, 255)).all()


def test_lamps_come_back_as_they_were_told():
    for lamp in (NEAR, FAR, INSIDE, BEHIND):
        again = lamp_of(told(lamp))
        assert (again.place, again.direction, again.reach) == (
            None if lamp.place is None else list(lamp.place),
            None if lamp.direction is None else list(lamp.direction),
            lamp.reach,
        )
        np.testing.assert_allclose(again.colour, lamp.colour, atol=0.5 / 255)


def test_colours_may_have_capitals():
    look = read_look(LOOK | {"ambient": "#FFE0B0", "lamps": [told(NEAR) | {"colour": "#FF9933"}]})
    assert (look["ambient"], look["lamps"][0]["colour"]) == ("#ffe0b0", "#ff9933")


def test_a_saved_page_holds_everything_and_loads_nothing(stage):
    canvas = LightCanvas(stage, LOOK, label="<b> & balls")
    page = canvas._repr_mimebundle_()[0]["text/html"]
    assert "http" not in re.sub(r'base64,[^"]*|atob\("[^"]*', "", page).replace("http://www.w3.org", "")
    assert "<noscript>&lt;b&gt; &amp; balls</noscript>" in page
    assert page.count("</script>") == 1


def test_another_stage_keeps_the_look_and_a_person_is_heard(stage):
    heard = []
    canvas = LightCanvas(stage, LOOK, label="balls", on_look=heard.append)
    canvas.show(Stage(stage.wall[:, :50], stage.figures[1:]))
    assert (canvas.scene["width"], len(canvas.scene["figures"]), canvas.look) == (50, 1, LOOK)
    canvas.look = LOOK | {"view": "height"}
    assert [look["view"] for look in heard] == ["height"]


def test_what_does_not_fit_is_refused(stage):
    first = stage.figures[0]
    with pytest.raises(ValueError, match="label is empty"):
        LightCanvas(stage, LOOK, label=" ")
    assert ticks_of(stage) == 2
    several = [first._replace(places=first.places[:1] * count) for count in (97, 101)]
    long = stage._replace(figures=tuple(several))
    assert ticks_of(long) == 2 * 97 * 101
    assert LightCanvas(long, LOOK, label="two").scene["ticks"] == LONGEST
    with pytest.raises(ValueError, match=r"maps of \(2, 24, 24\) do not go with pictures of \(2, 23, 24\)"):
        LightCanvas(stage._replace(figures=(first._replace(pictures=first.pictures[:, 1:]),)), LOOK, label="one")


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"wipe": 2}, "wipe is a number from 0 to 1; got 2"),
        ({"wipe": True}, "wipe is a number"),
        ({"specular": float("nan")}, "specular is a number"),
        ({"view": "x-ray"}, "view is of lit, drawn"),
        ({"preset": "disco"}, "preset of noon, dusk"),
        ({"ambient": "red"}, "ambient is a colour, #rrggbb; got 'red'"),
        ({"more": 1}, "a look has lamps, ambient"),
        ({"lamps": [told(NEAR)] * 7}, "at most 6 lamps; got 7"),
        ({"lamps": [{"colour": "#ffffff", "strength": 1}]}, "a lamp has colour"),
        ({"lamps": [told(NEAR) | {"strength": -1}]}, "strength is a number from 0 to 4"),
        ({"lamps": [told(NEAR) | {"place": [1, 2]}]}, "three numbers"),
        ({"lamps": [told(FAR) | {"direction": [0, 0, 0]}]}, "not all 0"),
    ],
)
def test_a_look_that_cannot_be_says_what_can(wrong, message):
    with pytest.raises(ValueError, match=re.escape(message)):
        read_look(LOOK | wrong)
