"""A level in a saved page, the network off: keys play it, by the same whole numbers as the referee's."""

import base64
from pathlib import Path

import numpy as np
import pytest

from animkit.data.mario_levels import load_mario_levels, to_tiles
from animkit.metrics import levels as referee
from animkit.studio.level_art import paint_level
from widgets.parts.level import JAVASCRIPT, LevelPlayer

PICTURES = Path(__file__).parents[2] / "runs" / "browser"
SOURCE = base64.b64encode(JAVASCRIPT.read_bytes()).decode()
PLAYED = """async ([source, level, tiles, pressed]) => {
  const { advance, beginning, world } = await import(`data:text/javascript;base64,${source}`);
  const solid = world(level, tiles);
  let body = beginning(level, solid);
  return pressed.map(([side, jump, held]) => {
    body = advance(level, solid, body, side, jump, held);
    return [body.x, body.y, body.vx, body.vy, Number(body.ground)];
  });
}"""
RULES = """async ([source, level, tiles]) => {
  const { game } = await import(`data:text/javascript;base64,${source}`);
  const at = (column, row, more) => ({ x: column * 256 + 32, y: row * 256 + 16, vx: 0, vy: 0, ground: true, ...more });
  const after = (body, frames, jump) => {
    const now = game(level, tiles);
    [now.body, now.grace] = [body, 0];
    const keys = { left: false, right: false, jump, pressed: jump };
    for (let i = 0; i < frames; i++) now.step(keys);
    return [now.coins, now.opened.size, now.asleep.size, now.falls];
  };
  return {
    coin: after(at(3, 4), 2, false),
    treasure: after(at(6, 4), 40, true),
    from_above: after(at(14, 1, { ground: false }), 40, false),
    from_the_side: after(at(14, 4), 2, false),
    wanted: game(level, tiles).wanted,
  };
}"""
COURSE = to_tiles(
    "\n".join(
        [
            *["-" * 40] * 8,
            "-----SS?------------------S-------------",
            *["-" * 40] * 2,
            "--------------<>------------oooo--------",
            "----------E---[]-------XX---------------",
            "X" * 27 + "---" + "X" * 10,
        ]
    )
)


@pytest.fixture(scope="module")
def page(browser):
    """A page without network, and what went wrong on it."""
    context = browser.new_context(viewport={"width": 820, "height": 560}, offline=True)
    opened, problems = context.new_page(), []
    opened.on("console", lambda message: message.type == "error" and problems.append(message.text))
    opened.on("pageerror", lambda error: problems.append(str(error)))
    yield opened
    context.close()
    assert problems == []


def show(page, tmp_path, tiles, *, clips=None):
    if clips is None:
        clips = np.zeros((9, 8, 32, 32, 4), "uint8")
        clips[:, :, 4:, 8:24] = (220, 40, 40, 255)
    player = LevelPlayer(paint_level(tiles), clips, path=referee.physics_paths([tiles])[0], label="A level.")
    (tmp_path / "level.html").write_text(f"<!doctype html><meta charset='utf-8'>{player.html()}", encoding="utf-8")
    page.goto((tmp_path / "level.html").as_uri())
    page.wait_for_function("document.querySelector('canvas').dataset.ready === 'true'")
    return player, page.locator(".animkit-level canvas")


def reaches(page, condition, timeout=20_000):
    page.wait_for_function(f"({condition})(document.querySelector('canvas').dataset)", timeout=timeout)


def test_keys_walk_jump_and_bump_and_the_path_finder_gets_there(page, tmp_path):
    _, canvas = show(page, tmp_path, COURSE)
    assert float(canvas.get_attribute("data-x")) < 1
    page.keyboard.press("Tab")  # by keyboard alone
    page.keyboard.down("ArrowRight")
    reaches(page, "(data) => Number(data.x) > 3")
    page.keyboard.down("ArrowUp")
    reaches(page, "(data) => Number(data.y) < 11")
    page.screenshot(path=PICTURES / "level_jump.png")
    page.keyboard.up("ArrowRight")
    page.keyboard.up("ArrowUp")
    page.keyboard.press("r")
    reaches(page, "(data) => Number(data.x) < 1")
    page.keyboard.press("w")
    reaches(page, "(data) => data.done === 'true'")
    assert "The path-finder is there" in page.get_by_role("status").inner_text()
    page.screenshot(path=PICTURES / "level_goal.png")


def test_who_falls_is_back_at_the_last_safe_spot(page, tmp_path):
    tiles = to_tiles("\n".join(["-" * 30] * 6 + ["XXXX" + "-" * 26]))
    _, canvas = show(page, tmp_path, tiles)
    canvas.focus()
    page.keyboard.down("ArrowRight")
    page.get_by_role("status").filter(has_text="Fallen").wait_for(timeout=20_000)
    page.keyboard.up("ArrowRight")
    assert float(canvas.get_attribute("data-x")) < 4
    assert page.get_by_role("button", name="watch the path-finder").is_disabled()


def test_in_the_browser_a_body_moves_as_the_referees_does(page, tmp_path):
    random = np.random.default_rng(0)
    for tiles in (COURSE, load_mario_levels(source="twin").train["1-1"]):
        player, _ = show(page, tmp_path, tiles)
        holds = random.integers(3, 40, 60)
        side = np.repeat(random.choice([-1, 0, 1, 1, 1], 60), holds)
        held = np.repeat(random.random(60) < 0.6, holds)
        jump = held & ~np.roll(held, 1)
        pressed = np.stack([side, jump, held], axis=1)

        solid = referee.SOLID[tiles]
        world, level = referee._World([solid]), np.zeros(1, int)
        x, y = (np.array([at]) for at in referee._standing(*referee._start(solid)))
        vx, vy, ground, expected = np.zeros(1, int), np.zeros(1, int), np.ones(1, bool), []
        for one in range(len(pressed)):
            keys = side[one : one + 1], jump[one : one + 1], held[one : one + 1]
            x, y, vx, vy, ground = referee._advance(world, level, x, y, vx, vy, ground, *keys)
            expected.append([*(int(value[0]) for value in (x, y, vx, vy)), int(ground[0])])

        told = [SOURCE, player.level, tiles.ravel().tolist(), pressed.astype(int).tolist()]
        assert page.evaluate(PLAYED, told) == expected
        assert np.ptp([row[0] for row in expected]) > 10 * referee.TILE


def test_coins_count_chests_open_and_creatures_sleep_when_jumped_on(page, tmp_path):
    tiles = to_tiles(
        "\n".join(["-" * 30, "------?" + "-" * 23, *["-" * 30] * 2, f"---o{'-' * 9}XEX{'-' * 14}", "X" * 30])
    )
    player, _ = show(page, tmp_path, tiles)
    found = page.evaluate(RULES, [SOURCE, player.level, tiles.ravel().tolist()])
    # coins, opened chests, sleeping creatures, falls
    assert found == {
        "coin": [1, 0, 0, 0],
        "treasure": [1, 1, 0, 0],
        "from_above": [0, 0, 1, 0],
        "from_the_side": [0, 0, 0, 1],
        "wanted": 2,
    }
