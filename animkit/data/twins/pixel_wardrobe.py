"""What a pixel person is drawn from: tones, strokes, and the drawing of every option of skin, clothes and hair."""

import numpy as np

from animkit.data.twins.pixel_poses import CENTRE, GROUND, SIZE

BLADE_LENGTH = 7.5

# Tones of a drawing, turned into palette indices by a material. A LINE only shows over what was already painted:
# it parts an arm from the body behind it, while the figure's outer edge is inked at the very end.
LIGHT, BASE, DARK, LINE, ACCENT, TRIM = range(1, 7)

Y, X = np.mgrid[:SIZE, :SIZE].astype(float)


def stamp(rows, x, y):
    """A drawing of tones from lines of digits ('.' is empty), its top left corner at (x, y), clipped to the cell."""
    tones = np.zeros((SIZE, SIZE), np.uint8)
    for row, line in enumerate(rows.split(), start=y):
        for column, digit in enumerate(line, start=x):
            if digit != "." and 0 <= row < SIZE and 0 <= column < SIZE:
                tones[row, column] = int(digit)
    return tones


def limb(points, radius, *, dim=False, until=1.0):
    """A thick line through `points`, lit from the upper left; only its first part `until`; `dim` for the far side."""
    points = np.asarray(points, float)
    lengths = np.linalg.norm(np.diff(points, axis=0), axis=1)
    left = until * max(lengths.sum(), 1e-6)  # a single point is a ball
    nearest = np.full((SIZE, SIZE), np.inf)
    facing = np.zeros((SIZE, SIZE))
    for start, end, length in zip(points[:-1], points[1:], lengths, strict=True):
        if left <= 0:
            break
        along = (end - start) / max(length, 1e-9)
        reach = np.clip((X - start[0]) * along[0] + (Y - start[1]) * along[1], 0, min(length, left))
        dx, dy = X - start[0] - reach * along[0], Y - start[1] - reach * along[1]
        closer = np.hypot(dx, dy) < nearest
        nearest[closer] = np.hypot(dx, dy)[closer]
        facing[closer] = (0.8 * dx + 0.6 * dy)[closer]
        left -= length
    tones = np.where(facing > 0.55, DARK, np.where((facing < -0.75) & (radius > 1.2), LIGHT, BASE))
    return np.where(nearest <= radius, DARK if dim else tones, 0).astype(np.uint8)


def outlined(tones):
    """The drawing with a LINE around it."""
    solid = np.pad(tones > 0, 1)
    near = solid[:-2, 1:-1] | solid[2:, 1:-1] | solid[1:-1, :-2] | solid[1:-1, 2:]
    return np.where((tones == 0) & near, LINE, tones)


def over(*drawings):
    """Drawings laid over one another, the last on top."""
    tones = drawings[0].copy()
    for drawing in drawings[1:]:
        tones[drawing > 0] = drawing[drawing > 0]
    return tones


def trapezium(top, bottom, top_edges, bottom_edges, *, dark=0.72):
    """A garment that widens from row `top` to row `bottom`, between (left, right) edges."""
    tones = np.zeros((SIZE, SIZE), np.uint8)
    for row in range(top, min(bottom, SIZE - 1) + 1):
        share = (row - top) / max(bottom - top, 1)
        left, right = (round(a + share * (b - a)) for a, b in zip(top_edges, bottom_edges, strict=True))
        tones[row, left : right + 1] = BASE
        tones[row, left] = LIGHT
        tones[row, round(left + dark * (right - left)) + 1 : right + 1] = DARK
    return tones


def joint(start, end, length, bend, most):
    """Where the elbow or knee lies: two bones of `length`, bent to the side `bend` (+-1) by at most `most` pixels."""
    start, end = np.asarray(start, float), np.asarray(end, float)
    span = np.linalg.norm(end - start)
    height = min(np.sqrt(max(length**2 - span**2 / 4, 0)), most)
    across = np.array([-(end - start)[1], (end - start)[0]]) / max(span, 1e-9)
    return (start + end) / 2 + bend * height * across


HEAD = {  # by Pose.front, as all drawings in pairs
    True: """
    ....22222....
    ..112222222..
    .11222222222.
    .12222222222.
    1122222222223
    1222222222223
    1222222222233
    1222222222233
    .22222222233.
    ..222252233..
    ....33333....""",
    False: """
    ....222222...
    ..1122222222.
    .112222222222
    .122222222222
    .122222222222
    .122222222222
    .122222322233
    1222222332233
    .222222222233
    .22222222333.
    ..333333333..""",
}
EYE = {
    True: """
    22.....22
    12.....21
    13.....31""",
    False: """
    22
    21
    31""",
}
HAIR_FRONT = (
    """
    .....1...2...2...
    ..1.111.222.22...
    ..1111122222222..
    .111112222222223.
    ..1112222222222..
    .111222222222233.
    ..12232232232233.
    ..13.3.....3.33..
    ..3...........3..""",
    """
    .................
    .....2222222.....
    ...22112222222...
    ..2211122222223..
    ..2112222222233..
    .221122222222333.
    .212322323223233.
    .223.........333.
    .22...........33.
    .22...........33.
    .22...........33.
    .222.........333.
    .222.........333.
    ..22.........33..""",
    """
    .................
    .....1112222.....
    ...11112322222...
    ..1111223222223..
    ..1112233222223..
    .111223..3222233.
    .1223......32233.
    .123.........233.
    .122.........233.
    .12...........33.
    .12...........33.
    .122.........233.
    .122.........233.
    .122.........233.
    .12...........33.
    .12...........33.
    ..2...........3..""",
    """
    .......122.......
    ......11222......
    ......12223......
    ......12223......
    ......12223......
    ......12233......
    .......123.......
    .......23........
    .......3.........""",
    None,
    """
    .................
    .................
    .....1122222.....
    ...11112222222...
    ..1111222222233..
    .11122222222233..
    .1122233.3222333.
    .123.........233.
    .13...........33.
    .13...........33.
    ..3...........3..""",
)
HAIR_SIDE = (
    """
    .....1..2...2.....
    ..1.111222.22.2...
    ..111122222222222.
    .1111222222222222.
    ..112222222222222.
    .11222222222222233
    ..1223223222222233
    ...3..3.322222233.
    .........32222333.
    ..........3232333.
    ............33.3..
    ............3.....""",
    """
    ..................
    .....2222222......
    ...222112222222...
    ..22111222222222..
    ..211222222222223.
    ..222222222222233.
    ..223223222222233.
    ..3....3222222233.
    .......3222222233.
    .......3222222233.
    .......3222222233.
    .......3222222333.
    .......3222222333.
    ........32222333..""",
    """
    ..................
    .....1122222......
    ...111122222222...
    ..11112222222222..
    ..111222222222223.
    ..112232222222223.
    ..1233222222222333
    ..3....32222222333
    .......32222222333
    .......32222222233
    ........3222222233
    ........3222222233
    ........3222222233
    ........3222222233
    .........322222233
    .........32222233.
    .........32222233.
    ..........3222233.
    ..........322233..
    ...........3233...
    ............33....""",
    """
    ......11222.......
    .....1112222222...
    ....1112222222222.
    ....12222222222222
    ......22222222222.
    ..........32222222
    ............33222.
    ..............3222
    ..............332.
    ...............33.
    ...............3..""",
    None,
    """
    ..................
    ..................
    .....1122222......
    ...1111222222222..
    ..111122222222222.
    ..112222222222223.
    ..122232222222233.
    ..3....3222222233.
    ........322222333.
    .........3222333..
    ..........33333...""",
)
CURLS = {
    True: ((9, 12), (23, 12), (9, 9), (23, 9), (10, 6), (22, 6), (13, 4), (19, 4), (16, 4), (13, 6), (19, 6), (16, 6)),
    False: (
        (22, 13),
        (19, 13),
        (23, 10),
        (20, 10),
        (22, 7),
        (18, 8),
        (20, 5),
        (17, 5),
        (14, 4),
        (11, 5),
        (14, 6),
        (10, 7),
    ),
}


def disc(x, y, radius):
    """A lit ball."""
    return limb(((x, y), (x, y)), radius)


def hair(style, pose):
    """What of a hair style lies over the head."""
    dx, dy = pose.lean
    if style == 4:
        return over(*(disc(x + dx, y + dy, 2.2) for x, y in CURLS[pose.front]))
    tones = stamp((HAIR_FRONT if pose.front else HAIR_SIDE)[style], 8 + dx, 2 + dy)
    if style == 5:
        x, y = (CENTRE + dx, 3 + dy) if pose.front else (21 + dx, 4 + dy)
        tones = over(tones, outlined(disc(x, y, 2.5)))
        tones[y + 2, x - 1 : x + 2] = ACCENT  # the ribbon
    return tones


def hair_behind(style, pose):
    """What of a hair style lies behind the whole figure."""
    dx, dy = pose.lean
    tones = np.zeros((SIZE, SIZE), np.uint8)
    if style == 2 and pose.front:
        tones[10 + dy : 21, 9 + dx : 24 + dx] = DARK
    return tones


def leg(hip, foot, radius, *, front, dim=False, until=1.0):
    """A leg from the hip to the ankle above the foot; the knee bends forwards."""
    ankle = (foot[0] + (0 if front else 0.5), foot[1] - 2.2)
    bend = 0 if front else 0.6 if foot[1] == GROUND else 1.8
    knee = joint(hip, ankle, 3.8, 1, bend)
    return limb((hip, knee, ankle), radius, dim=dim, until=until)


def shoe(foot, *, front):
    """A shoe whose sole stands on `foot`."""
    if front:
        return stamp("122 222 333", foot[0] - 1, foot[1] - 2)
    return stamp("..12 1222 3333", foot[0] - 2, foot[1] - 2)


def arm(shoulder, hand, radius, *, front, side, dim=False, until=1.0):
    """An arm from shoulder to hand; elbows point outwards (front view) or backwards (side view)."""
    elbow = joint(shoulder, hand, 3.3, side if front else -1, 0.9 if front else 1.6)
    return limb((shoulder, elbow, hand), radius, dim=dim, until=until)


def lower_garment(style, pose, hips):
    """Trousers, shorts or a skirt: (far leg, near leg, what goes over both)."""
    front, (dx, dy) = pose.front, pose.lean
    feet = (pose.far_foot, pose.near_foot)
    top, left, right = 21 + dy, *((12, 20) if front else (13, 18))
    if style in (2, 5):  # skirts: the hem follows the feet, and the short one only so far
        hem, flare, stretch, trim = (26, 2, 3, TRIM) if style == 2 else (28, 1, SIZE, ACCENT)
        reach = [foot[0] for foot in feet]
        low = (
            max(min(left - flare, min(reach) - 1), left - stretch),
            min(max(right + flare, max(reach) + 1), right + stretch),
        )
        skirt = trapezium(top, hem, (left + dx, right + dx), low)
        skirt[hem, (skirt[hem] > 0) & (skirt[hem] != DARK)] = trim
        return np.zeros_like(skirt), np.zeros_like(skirt), skirt
    radius, until = {0: (1.5, 1.0), 1: (1.9, 0.45), 3: (1.5, 0.95), 4: (2.2, 0.85)}[style]
    far, near = (
        leg(hip, foot, radius, front=front, dim=not front and side == 0, until=until)
        for side, (hip, foot) in enumerate(zip(hips, feet, strict=True))
    )
    waist = trapezium(top, 22 + dy, (left + dx, right + dx), (left, right))
    if style == 3:  # a white waistband
        waist[top, waist[top] > 0] = ACCENT
    return far, near, waist


def upper_garment(style, pose):
    """The torso's garment."""
    dx, dy = pose.lean
    left, right = (12 + dx, 20 + dx) if pose.front else (13 + dx, 18 + dx)
    middle = CENTRE + dx if pose.front else left + 1
    top = 15 + dy
    flare, hem = ((1, 22), (0, 21), (2, 24), (2, 23), (0, 21), (0, 21))[style]
    hem += dy
    tones = trapezium(top, hem, (left, right), (left - flare, right + flare))

    def paint(tone, row, last_row, column=0, last_column=SIZE - 1):
        part = tones[row : last_row + 1, column : last_column + 1]
        part[part > 0] = tone

    if style == 0:  # a belt, a buckle and a neckline
        paint(ACCENT, top + 5, top + 5)
        paint(TRIM, top + 5, top + 5, middle, middle)
        paint(DARK, top, top + 1, middle, middle)
    elif style == 1:  # the shirt in the vest's opening
        paint(ACCENT, top, hem, middle - 1, middle + 1)
        paint(ACCENT, top, top, middle - 2, middle + 2)
        paint(TRIM, top + 2, hem, middle, middle)
    elif style == 2:  # the coat's opening, buttons and collar
        paint(LINE, top + 1, hem, middle, middle)
        for row in (top + 2, top + 4, top + 6):
            paint(ACCENT, row, row, middle - 1, middle - 1)
        paint(DARK, top, top)
    elif style == 3:  # collar and hem
        paint(ACCENT, top, top + 1, middle - 2, middle + 2)
        paint(TRIM, top + 2, top + 2, middle, middle)
        paint(TRIM, hem, hem)
    elif style == 4:  # stripes
        for row in (top + 2, top + 4, top + 6):
            paint(TRIM, row, row)
    elif style == 5:  # plates and a crest
        paint(DARK, top + 3, top + 3)
        paint(ACCENT, top + 6, top + 6)
        paint(TRIM, top + 1, top + 2, middle, middle)
    return tones


SLEEVES = ((1.6, 0.45), (1.5, 0.8), (1.6, 0.85), (1.7, 0.85), (1.6, 0.85), (2.2, 0.35))  # radius, share of the arm


def sleeve(style, shoulder, hand, *, front, side, dim):
    """The garment's part on one arm."""
    radius, until = SLEEVES[style]
    tones = arm(shoulder, hand, radius, front=front, side=side, dim=dim, until=until)
    if style == 1:  # the shirt under the vest
        tones = np.array([0, ACCENT, ACCENT, TRIM], np.uint8)[tones]
    return tones


def sword(pose):
    """Blade and hilt, from the near hand."""
    if not pose.blade:
        return np.zeros((SIZE, SIZE), np.uint8)
    hand, end = np.add(pose.near_hand, pose.lean), tip(pose.near_hand, pose.blade, pose.lean)
    way = (end - hand) / BLADE_LENGTH
    across = np.array([-way[1], way[0]])
    steel = limb((hand + 2 * way, end), 0.8)
    steel[steel == BASE] = LIGHT
    guard = limb((hand + 1.7 * way - 1.6 * across, hand + 1.7 * way + 1.6 * across), 0.6)
    guard[guard > 0] = ACCENT
    return over(steel, guard)


def tip(hand, direction, lean):
    """Where the blade ends."""
    way = np.asarray(direction, float)
    return np.add(hand, lean) + BLADE_LENGTH * way / np.linalg.norm(way)


def trail(pose):
    """The crescent that the blade's tip leaves between two frames of a swing."""
    if not pose.swung:
        return np.zeros((SIZE, SIZE), np.uint8)
    centre = np.add((11, 16.5) if pose.front else (16, 16.5), pose.lean)
    (start_radius, start), (end_radius, end) = (
        (np.hypot(*(point - centre)), np.degrees(np.arctan2(*(point - centre)[::-1])))
        for point in (tip(*pose.swung, pose.lean), tip(pose.near_hand, pose.blade, pose.lean))
    )
    sweep = (end - start + 180) % 360 - 180
    distance = np.hypot(X - centre[0], Y - centre[1])
    turned = (np.degrees(np.arctan2(Y - centre[1], X - centre[0])) - start) * np.sign(sweep) % 360
    share = turned / abs(sweep)
    edge = np.minimum(start_radius + share * (end_radius - start_radius), 14)
    inside = (
        (share <= 1) & (X > 0) & (Y > 0) & (X < SIZE - 1) & (distance <= edge + 0.5) & (distance >= edge - 5 * share)
    )
    return np.where(inside, np.where(share > 0.5, LIGHT, BASE), 0).astype(np.uint8)


def shine(pose):
    """The spell: a ball of light and its sparks."""
    tones = np.zeros((SIZE, SIZE), np.uint8)
    for x, y, radius in pose.glows:
        x, y = round(x + pose.lean[0]), round(y + pose.lean[1])
        distance = np.hypot(X - x, Y - y)
        tones = np.where(distance <= radius, np.where(distance <= radius - 0.9, LIGHT, BASE), tones)
        if radius > 1.5:
            far_out = np.abs(np.abs(X - x) + np.abs(Y - y) - radius - 2) < 0.6
            tones = np.where(far_out & ((x == X) | (y == Y)) & (tones == 0), ACCENT, tones)
    tones[:, :1] = 0  # the mirrored view has no such column
    return tones.astype(np.uint8)
