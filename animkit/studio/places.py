"""The places of the tales, painted in layers from far to near: meadow, forest, village, castle, mountain, shore."""

import numpy as np

from animkit.studio.painting import (
    FLOOR,
    HEIGHT,
    HORIZON,
    LAMPLIGHT,
    PAINTED,
    colour_ramp,
    dithered,
    draw_blob,
    draw_flowers,
    draw_ground,
    draw_hills,
    draw_pine,
    draw_tree,
    grass,
    mix_colours,
    paint_layer,
    paste,
    ridge_line,
)


def _meadow(light, seed):
    rng = np.random.default_rng([seed, 10])
    far, mid = ridge_line(rng, base=44, rise=7), ridge_line(rng, base=50, rise=4)

    def distant(draw, phase):
        draw_hills(draw, far, ("#9cc98f", "#7fb884", "#72ab80"), rng=np.random.default_rng([seed, 11]))

    def nearer(draw, phase):
        local = np.random.default_rng([seed, 12])
        draw_hills(draw, mid, ("#a5d46a", "#7fbf5a", "#6aab52"), rng=local)
        for x in local.choice(np.arange(12, PAINTED - 12, 15), 9, replace=False):
            draw_tree(draw, local, int(x), int(mid[x]) + 3, int(local.integers(15, 24)))
        for x in local.integers(6, PAINTED - 6, 16):
            draw_blob(draw, local, int(x), int(mid[x]) + 3, 4, ("#3c8a4b", "#57a552", "#8cc763"), lumps=4)

    def floor(draw, phase):
        local = np.random.default_rng([seed, 13])
        draw_ground(draw, local, "#4f9f48", "#93cc5c", tuft=("#b3de72", "#43913f", "#6fb84f"))
        draw_flowers(draw, local, 70, ("#f26d7d", "#ffffff", "#b78cf0", "#ffd24a"))

    return (
        paint_layer(distant, light, speed=0.15, distance=0.42),
        paint_layer(nearer, light, speed=0.4, distance=0.12),
        paint_layer(floor, light, speed=1.0),
        paint_layer(grass(rng, ("#2f7a3f", "#3f8f45", "#60ad4c")), light, speed=1.25, phases=4),
    )


def _forest(light, seed):
    rng = np.random.default_rng([seed, 20])

    def trunks(local, count, width, tones, foot, draw):
        for x in np.linspace(6, PAINTED - 6, count) + local.integers(-7, 8, count):
            w = local.integers(*width)
            draw.rectangle((x - w, 0, x + w, foot), fill=tones[0])
            draw.rectangle((x - w, 0, x - w + max(0, w - 2), foot), fill=tones[1])
            for y in local.integers(8, foot - 4, 7):
                draw.line((x - w + 1, y, x, y), fill=tones[2])
            draw.polygon(((x - w - 3, foot + 2), (x - w, foot - 5), (x + w, foot - 5), (x + w + 3, foot + 2)), tones[0])

    def deep(draw, phase):
        local = np.random.default_rng([seed, 21])
        draw.rectangle((0, 34, PAINTED, HEIGHT), fill="#3c7a5c")
        for x in range(0, PAINTED, 9):
            draw_blob(draw, local, x, 33 + local.integers(-4, 4), 9, ("#3c7a5c", "#4a8c66", "#63a878"), lumps=5)
        trunks(local, 30, (1, 3), ("#2f5f52", "#3a7060", "#2a574b"), HORIZON, draw)

    def middle(draw, phase):
        local = np.random.default_rng([seed, 22])
        trunks(local, 13, (3, 5), ("#4a3a38", "#66503f", "#3c2f31"), HORIZON + 2, draw)
        for x in range(0, PAINTED, 13):
            draw_blob(draw, local, x, local.integers(2, 8), 14, ("#1f5a45", "#2d7350", "#4c9a5e"), lumps=7)
        for x in local.integers(6, PAINTED - 6, 24):
            draw_blob(draw, local, int(x), HORIZON + 1, 6, ("#235c43", "#35794c", "#58a057"), lumps=5)

    def floor(draw, phase):
        local = np.random.default_rng([seed, 23])
        draw_ground(draw, local, "#2f6b3f", "#4f8c4a", tuft=("#6aa552", "#28603a", "#3f7f45"))
        for x, y in local.integers((8, HORIZON + 5), (PAINTED - 8, HEIGHT - 4), (20, 2)):  # toadstools
            draw.line((x, y, x, y + 1), fill="#f3e6cf")
            draw.line((x - 1, y - 1, x + 1, y - 1), fill="#d9413f")
            draw.point((x, y - 2), fill="#f0665a")
        for x, y in local.integers((4, HORIZON + 3), (PAINTED - 4, HEIGHT), (60, 2)):
            draw.point((x, y), fill=("#c98d3c", "#8fbf5a", "#b5562f")[x % 3])

    flies = rng.integers((0, 20), (PAINTED, 74), (26, 2))

    def fireflies(draw, phase):
        for i, (x, y) in enumerate(flies):
            if (i + phase) % 4 < 2:
                at = (int(x + (0, 1, 1, 0)[phase]), int(y + (0, 0, 1, 1)[phase]))
                draw.point(at, fill=("#e8ffa0", "#b8e860")[i % 2])

    def ferns(draw, phase):
        local = np.random.default_rng([seed, 24])
        for x in local.integers(4, PAINTED - 4, 18):
            for lean in (-5, -3, 0, 3, 5):
                tip = (x + lean + (phase == 1) - (phase == 3), HEIGHT - 19 + abs(lean))
                draw.line((x, HEIGHT - 4, *tip), fill=("#1c5138", "#27673f", "#3a8148")[(x + lean) % 3])

    return (
        paint_layer(deep, light, speed=0.2, distance=0.3),
        paint_layer(middle, light, speed=0.55, distance=0.08),
        paint_layer(floor, light, speed=1.0, phases=4, glow=fireflies if light.tint[0] < 1 else None),
        paint_layer(ferns, light, speed=1.25, phases=4),
    )


def _cottage(draw, x, foot, walls, roof, *, width=26, wall=14):
    half = width // 2
    draw.rectangle((x - half, foot - wall, x + half, foot), fill=walls[0])
    draw.rectangle((x + half - 3, foot - wall, x + half, foot), fill=walls[1])
    for post in (x - half, x - half // 3, x + half // 3 + 1, x + half):  # timber
        draw.line((post, foot - wall, post, foot), fill="#6a452f")
    draw.line((x - half, foot - wall // 2, x + half, foot - wall // 2), fill="#6a452f")
    ridge = foot - wall - width // 2 + 2
    draw.rectangle((x + half - 7, ridge - 3, x + half - 4, ridge + 6), fill="#8b6a5c")
    draw.line((x + half - 8, ridge - 4, x + half - 3, ridge - 4), fill="#6d5148")
    for row in range(foot - wall - ridge + 2):  # thatch, row by row
        reach = 4 + int(row * (half + 0.5) / (foot - wall - ridge + 1))
        colour = roof[0] if row % 3 else roof[1]
        draw.line((x - reach, ridge + row, x + reach, ridge + row), fill=colour)
        draw.line((x - reach, ridge + row, x - reach + 2, ridge + row), fill=roof[2])
    draw.rectangle((x - 2, foot - 8, x + 2, foot), fill="#5b3a2a")
    draw.rectangle((x - 1, foot - 7, x + 1, foot), fill="#7a5138")


def _windows(x, foot, *, width=26, wall=14):
    half = width // 2
    return (
        (x - half + 3, foot - wall + 3, x - half + 6, foot - wall + 7),
        (x + half - 6, foot - wall + 3, x + half - 3, foot - wall + 7),
    )


def _village(light, seed):
    rng = np.random.default_rng([seed, 30])
    hills = ridge_line(rng, base=44, rise=6)
    homes = [
        (int(x), HORIZON + 3 + int(rng.integers(-1, 3)))
        for x in np.arange(26, PAINTED - 20, 44) + rng.integers(-5, 6, 8)[:8]
    ]
    walls = (("#f2e2bf", "#d9c39c"), ("#e9d3b8", "#cdb296"), ("#f0dfd0", "#d3bcae"))
    roofs = (("#b5713c", "#98592f", "#d0924f"), ("#a8523f", "#8a3f33", "#c96f52"), ("#8a7a55", "#726343", "#a8986b"))
    lamplit = light.tint[0] < 1 or light.tint[1] < 0.9

    def behind(draw, phase):
        local = np.random.default_rng([seed, 31])
        draw_hills(draw, hills, ("#9fcf83", "#82bb78", "#74ad72"), rng=local)
        for x in local.integers(6, PAINTED - 6, 22):
            draw_tree(draw, local, int(x), int(hills[x]) + 4, int(local.integers(11, 17)))

    def street(draw, phase):
        local = np.random.default_rng([seed, 32])
        for x in local.integers(8, PAINTED - 8, 10):
            draw_tree(draw, local, int(x), HORIZON + 3, int(local.integers(18, 26)))
        for i, (x, foot) in enumerate(homes):
            _cottage(draw, x, foot, walls[i % 3], roofs[(i + seed) % 3])
            for box in _windows(x, foot):
                draw.rectangle(box, fill="#7fb2c9")
                draw.line((box[0], box[1], box[0], box[3]), fill="#b7dbe6")
            for step in range(4):  # smoke
                rise = step * 4 + phase
                draw.ellipse(
                    (x + 7 + step % 2 - step // 2, foot - 31 - rise, x + 9 + step % 2 + step // 2, foot - 29 - rise),
                    fill=(236, 236, 240, 200 - 45 * step),
                )

    def lamps(draw, phase):
        for x, foot in homes:
            for left, top, right, bottom in _windows(x, foot):
                draw.rectangle((left, top, right, bottom), fill=LAMPLIGHT)
                draw.line((left, top, right, top), fill="#fff0b8")
                draw.line(((left + right) // 2, top, (left + right) // 2, bottom), fill="#b87a3a")

    def floor(draw, phase):
        local = np.random.default_rng([seed, 33])
        draw_ground(draw, local, "#5fa04c", "#8fc25e", tuft=("#a9d56b", "#4f9145", "#73b552"))
        lane = ridge_line(local, base=FLOOR - 6, rise=2, waves=(2, 3))
        for x in range(PAINTED):
            draw.line((x, lane[x], x, lane[x] + 13), fill="#d8b98a")
            draw.line((x, lane[x], x, lane[x] + x % 2), fill="#b8966a")
            draw.line((x, lane[x] + 13 - x % 2, x, lane[x] + 13), fill="#b8966a")
        for x, y in local.integers((4, 2), (PAINTED - 4, 12), (110, 2)):
            draw.line((x, lane[x] + y, x + 1, lane[x] + y), fill=("#c4a375", "#e8cfa2")[y % 2])
        for x in range(4, PAINTED, 7):  # fence behind the lane
            draw.rectangle((x, HORIZON + 3, x + 1, HORIZON + 9), fill="#a87a52")
            draw.point((x, HORIZON + 3), fill="#cfa274")
        draw.line((0, HORIZON + 5, PAINTED, HORIZON + 5), fill="#946a46")
        draw_flowers(draw, local, 26, ("#f26d7d", "#ffffff", "#ffd24a"), low=HEIGHT - 8)

    return (
        paint_layer(behind, light, speed=0.18, distance=0.36),
        paint_layer(street, light, speed=0.6, distance=0.06, phases=4, glow=lamps if lamplit else None),
        paint_layer(floor, light, speed=1.0),
        paint_layer(grass(rng, ("#3a7f3f", "#4b9446", "#6bb350"), tufts=20, tall=7), light, speed=1.25, phases=4),
    )


def _tower(draw, x, foot, half, height, stone, roof):
    top = foot - height
    draw.rectangle((x - half, top, x + half, foot), fill=stone[0])
    draw.rectangle((x - half, top, x - half + 1, foot), fill=stone[1])
    draw.rectangle((x + half - 1, top, x + half, foot), fill=stone[2])
    draw.rectangle((x - half - 1, top, x + half + 1, top + 2), fill=stone[1])
    for y in range(top + 5, foot, 5):
        for dx in range(-half + 2 + y % 2 * 2, half - 2, 5):
            draw.line((x + dx, y, x + dx + 1, y), fill=stone[2])
    if roof:
        peak = top - half * 2 - 1
        draw.polygon(((x - half - 2, top), (x, peak), (x + half + 2, top)), fill=roof[0])
        draw.polygon(((x - half - 2, top), (x, peak), (x - half // 3, top)), fill=roof[1])
        draw.line((x, peak - 5, x, peak), fill="#5c5366")
    else:
        for dx in range(-half - 1, half + 1, 3):
            draw.rectangle((x + dx, top - 2, x + dx + 1, top), fill=stone[1])


def _castle(light, seed):
    rng = np.random.default_rng([seed, 40])
    hills = ridge_line(rng, base=46, rise=6)
    stone, roof = ("#b4b0c2", "#cfccda", "#8f8aa3"), ("#5166b0", "#6f86cc")
    centre = 92
    towers = ((-44, 5, 24, True), (-22, 4, 32, True), (22, 4, 32, True), (44, 5, 24, True), (0, 6, 37, True))
    lamplit = light.tint[1] < 0.9
    slits = [(centre + dx - 1, HORIZON + 3 - int(h * 0.72)) for dx, _, h, _ in towers]

    def behind(draw, phase):
        draw_hills(draw, hills, ("#9cc98f", "#7fb584", "#72a880"), rng=np.random.default_rng([seed, 41]))

    def keep(draw, phase):
        local = np.random.default_rng([seed, 42])
        foot = HORIZON + 3
        for side in (centre, centre + 150):  # a second castle wing further on, for long walks
            if side != centre:
                for dx in (-20, 20):
                    _tower(draw, side + dx, foot, 5, 30, stone, roof)
                draw.rectangle((side - 20, foot - 14, side + 20, foot), fill=stone[0])
                continue
            for dx, half, height, pointed in towers:
                _tower(draw, side + dx, foot, half, height, stone, roof if pointed else None)
                wave = (0, 1, 0, -1)[(phase + dx) % 4]
                peak = foot - height - half * 2 - 6
                flag = ((side + dx + 1, peak), (side + dx + 6, peak + 1 + wave), (side + dx + 1, peak + 3))
                draw.polygon(flag, fill="#e0523f")
            draw.rectangle((side - 44, foot - 17, side + 44, foot), fill=stone[0])
            for x in range(side - 44, side + 44, 4):
                draw.rectangle((x, foot - 19, x + 1, foot - 17), fill=stone[1])
            draw.line((side - 44, foot - 17, side + 44, foot - 17), fill=stone[1])
            for x, y in local.integers((side - 42, foot - 14), (side + 41, foot - 1), (70, 2)):
                draw.line((x, y, x + 2, y), fill=stone[2])
            draw.rectangle((side - 6, foot - 9, side + 6, foot), fill=stone[2])  # gate
            draw.ellipse((side - 6, foot - 14, side + 6, foot - 3), fill=stone[2])
            draw.rectangle((side - 4, foot - 8, side + 4, foot), fill="#4a3327")
            draw.ellipse((side - 4, foot - 12, side + 4, foot - 4), fill="#4a3327")
            for x in range(side - 4, side + 5, 2):
                draw.line((x, foot - 9, x, foot), fill="#2f2430")
        for x, y in slits:
            draw.rectangle((x, y, x + 2, y + 4), fill="#3d3a55")
        for x in (*range(10, 44, 11), *range(148, PAINTED - 6, 13)):
            draw_pine(draw, x, HORIZON + 3, int(local.integers(13, 22)))

    def lamps(draw, phase):
        for x, y in slits:
            draw.rectangle((x, y, x + 2, y + 4), fill=LAMPLIGHT)
            draw.line((x, y, x + 2, y), fill="#fff0b8")

    def floor(draw, phase):
        local = np.random.default_rng([seed, 43])
        draw_ground(draw, local, "#5a9a50", "#86bb62", tuft=("#9fcf6c", "#4b8c48", "#6cae55"))
        for y in range(FLOOR - 7, FLOOR + 8):  # paved way
            draw.line((0, y, PAINTED, y), fill="#a9a3b0")
            for x in range((y // 3 % 2) * 4, PAINTED, 8):
                draw.point((x, y), fill="#857f92")
            if y % 3 == 0:
                draw.line((0, y, PAINTED, y), fill="#8f899c")
        for x, y in local.integers((2, FLOOR - 6), (PAINTED - 2, FLOOR + 7), (90, 2)):
            draw.line((x, y, x + 1, y), fill=("#c1bcc8", "#97919f")[x % 2])
        for x in range(9, PAINTED, 23):
            draw_blob(draw, local, x, HORIZON + 5, 5, ("#2f7245", "#44904d", "#74b65a"), lumps=9)

    return (
        paint_layer(behind, light, speed=0.12, distance=0.45),
        paint_layer(keep, light, speed=0.35, distance=0.1, phases=4, glow=lamps if lamplit else None),
        paint_layer(floor, light, speed=1.0),
        paint_layer(grass(rng, ("#3a7f3f", "#4b9446", "#6bb350"), tufts=18, tall=6), light, speed=1.25, phases=4),
    )


def _mountain(light, seed):
    rng = np.random.default_rng([seed, 50])

    def peaks(local, draw, step, low, high, rock, snow):
        for x in np.arange(0, PAINTED + step, step) + local.integers(-8, 9, len(np.arange(0, PAINTED + step, step))):
            height, half = local.integers(low, high), local.integers(int(step * 0.8), int(step * 1.2))
            top, foot = HORIZON - height, HORIZON + 2
            draw.polygon(((x - half, foot), (x, top), (x + half, foot)), fill=rock[0])
            jag = [(x + dx, top + (foot - top) * t) for dx, t in ((0, 0), (3, 0.2), (-2, 0.42), (4, 0.66), (1, 1))]
            draw.polygon((*jag, (x - half, foot)), fill=rock[1])
            cap = top + height * 0.36
            at = half * 0.36
            left = ((x, top), (x - at, cap), (x - at * 0.5, cap - 2), (x - at * 0.2, cap + 3), jag[1])
            right = ((x, top), jag[1], (x + at * 0.1, cap + 2), (x + at * 0.55, cap - 2), (x + at, cap))
            draw.polygon(right, fill=snow[1])
            draw.polygon(left, fill=snow[0])

    def distant(draw, phase):
        peaks(np.random.default_rng([seed, 51]), draw, 46, 26, 46, ("#7d88ab", "#929dbf"), ("#f4f8ff", "#cdd8ee"))

    def nearer(draw, phase):
        local = np.random.default_rng([seed, 52])
        peaks(local, draw, 70, 14, 28, ("#666c85", "#7f869c"), ("#ffffff", "#d3dcec"))
        draw.rectangle((0, HORIZON - 1, PAINTED, HEIGHT), fill="#7f869c")
        for x in np.sort(local.integers(4, PAINTED - 4, 42)):
            draw_pine(draw, int(x), HORIZON + 2 + int(x) % 3, int(local.integers(12, 24)), snow="#e8f0f8")

    def floor(draw, phase):
        local = np.random.default_rng([seed, 53])
        draw_ground(draw, local, "#8d93a8", "#dfe7f2", tuft=("#f4f8ff", "#a9b2c6", "#c9d2e2"))
        for x, y in local.integers((6, HORIZON + 3), (PAINTED - 8, HEIGHT - 2), (34, 2)):
            w = 1 + (y - HORIZON) // 8
            draw.ellipse((x - w, y - w // 2, x + w, y + w // 2 + 1), fill="#6d7389")
            draw.ellipse((x - w, y - w // 2, x + w - 1, y + w // 2), fill="#9aa0b5")
            draw.line((x - w + 1, y - w // 2, x + w - 1, y - w // 2), fill="#f4f8ff")

    return (
        paint_layer(distant, light, speed=0.1, distance=0.4),
        paint_layer(nearer, light, speed=0.35, distance=0.12),
        paint_layer(floor, light, speed=1.0),
        _falling(rng, light),
    )


def _falling(rng, light):
    """Snow: twelve phases in which every flake falls the height of the picture once or twice."""
    flakes = rng.integers((0, 0), (PAINTED, HEIGHT), (80, 2))

    def paint(draw, phase):
        for i, (x, y) in enumerate(flakes):
            row = (y + round(phase * HEIGHT / 30) * (1 + i % 2)) % HEIGHT
            draw.point((int(x + (phase + i) // 6 % 2), int(row)), fill="#ffffff" if i % 2 else "#d9e4f4")

    return paint_layer(paint, light, speed=1.25, phases=30)


def _shore(light, seed):
    rng = np.random.default_rng([seed, 60])
    sea = HORIZON - 12
    glitter = mix_colours(light.sun[3] if light.sun else "#cfdcff", light.sky[-1], 0.3)
    middle = light.sun[0] if light.sun else 122

    def water(draw, phase):
        rows = np.clip((np.arange(HEIGHT) - sea) / 22, 0, 1)[:, None] * np.ones((1, PAINTED))
        rgb = dithered(rows, colour_ramp(("#2c7fae", "#3fa3bd", "#7fd0cc"), 5))
        paste(draw, rgb, np.arange(HEIGHT)[:, None] >= sea)
        local = np.random.default_rng([seed, 61])
        for x, y in local.integers((0, sea + 2), (PAINTED, HORIZON + 6), (90, 2)):
            shift = (0, 1, 2, 1)[(phase + x) % 4]
            draw.line((x + shift, y, x + shift + 1 + (y - sea) // 5, y), fill=("#9fdde0", "#2a75a5")[y % 2])
        draw.polygon(((20, sea), (29, sea - 7), (38, sea - 10), (48, sea - 6), (60, sea)), fill="#5f8f86")  # island
        draw.polygon(((20, sea), (29, sea - 7), (38, sea - 10), (37, sea)), fill="#7aa895")
        draw.rectangle((36, sea - 22, 39, sea - 9), fill="#f2ece4")  # lighthouse
        draw.rectangle((36, sea - 18, 39, sea - 16), fill="#d9534f")
        draw.rectangle((36, sea - 13, 39, sea - 11), fill="#d9534f")
        draw.rectangle((35, sea - 25, 40, sea - 22), fill="#4a4f66")
        bob = (0, 0, 1, 1)[phase]
        for x in (96, 190):  # a sail
            draw.polygon(((x, sea - 10 + bob), (x, sea - 1 + bob), (x + 7, sea - 1 + bob)), fill="#fff7e6")
            draw.polygon(((x - 1, sea - 9 + bob), (x - 1, sea - 1 + bob), (x - 5, sea - 1 + bob)), fill="#e8d7bd")
            draw.polygon(
                ((x - 6, sea + bob), (x + 8, sea + bob), (x + 5, sea + 3 + bob), (x - 4, sea + 3 + bob)), fill="#7a4a35"
            )

    def sparkle(draw, phase):
        local = np.random.default_rng([seed, 62, phase])
        for y in range(sea + 1, HORIZON + 4):
            for x in middle + local.normal(0, 2 + (y - sea) * 0.45, 2):
                draw.line((int(x), y, int(x) + 1, y), fill=glitter)
        if light.tint[1] < 0.9:
            draw.rectangle((36, sea - 24, 39, sea - 23), fill="#fff0b8")

    def floor(draw, phase):
        local = np.random.default_rng([seed, 63])
        edge = ridge_line(local, base=HORIZON + 5, rise=2, waves=(3, 5, 8)) + (0, 1, 2, 1)[phase]
        rows = np.clip((np.arange(HEIGHT) - HORIZON) / (HEIGHT - HORIZON), 0, 1)[:, None] * np.ones((1, PAINTED))
        sand = dithered(rows, colour_ramp(("#f3dfae", "#e0bd82"), 6))
        paste(draw, sand, np.arange(HEIGHT)[:, None] >= edge)
        for x, row in enumerate(edge):
            draw.line((x, row - 1, x, row), fill="#ffffff")
            draw.point((x, row + 1), fill="#cfa873")
            if (x + phase) % 5 < 3:
                draw.point((x, row - 3), fill="#dff6f4")
        for x, y in local.integers((4, HORIZON + 11), (PAINTED - 4, HEIGHT), (100, 2)):
            draw.line((x, y, x + 1, y), fill=("#caa268", "#fbeecb")[y % 2])
        for i, (x, y) in enumerate(local.integers((8, HORIZON + 12), (PAINTED - 8, HEIGHT - 3), (16, 2))):
            draw.line((x - 1, y, x + 1, y), fill=("#f59a86", "#ffffff", "#e8788a")[i % 3])
            draw.point((x, y - 1), fill=("#ffc2a8", "#f0e6ff", "#ffb0b8")[i % 3])

    return (
        paint_layer(water, light, speed=0.2, distance=0.14, phases=4, glow=sparkle),
        paint_layer(floor, light, speed=1.0, phases=4),
        paint_layer(grass(rng, ("#8a9a4f", "#a8b060", "#6f8244"), tufts=14, tall=10), light, speed=1.25, phases=4),
    )


PLACES = {
    "meadow": _meadow,
    "forest": _forest,
    "village": _village,
    "castle": _castle,
    "mountain": _mountain,
    "shore": _shore,
}
