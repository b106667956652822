"""Where a drag leads: a lab's own answer to the pointer, asked at a grid of places beforehand."""

import numpy as np

from widgets.pages.record import options_of

PLACES = 31  # along each side of the axes that are dragged on


def dragging(recording):
    """Ask a lab where the pointer leads to from its start.

    Args:
        recording: as `record` returns it.

    Returns:
        None where nothing is dragged; else a dict of axes, their number; box, [x, y, width, height] in pixels from the
        picture's upper left corner; count, of places along each side; moved, numbers of the controls that follow; and
        places, row by row from above, what number of position each of them goes to.
    """
    lab, axes = recording.lab, recording.lab.figure.pointed
    if axes is None or recording.controls is not lab.controls:  # recorded games are not played by the page
        return None
    box, height = axes.bbox, recording.recorder.height
    across = box.x0 + box.width * (np.arange(PLACES) + 0.5) / PLACES
    down = height - box.y1 + box.height * (np.arange(PLACES) + 0.5) / PLACES
    lab.quiet = True
    lab.reset()
    led = []
    for y in down:
        for x in across:
            lab.drag(x, y, "down")
            led.append(lab.values())
            lab.drag(x, y, "up")
    lab.quiet = False
    lab.reset()
    names = list(lab.controls)
    moved = [name for name in names if any(each[name] != led[0][name] for each in led)]
    return {
        "axes": recording.axes.index(axes),
        "box": [round(float(side), 1) for side in (box.x0, height - box.y1, box.width, box.height)],
        "count": PLACES,
        "moved": [names.index(name) for name in moved],
        "places": [
            [_nearest(lab.controls[name], recording.positions[name], each[name]) for name in moved] for each in led
        ],
    }


def _nearest(control, positions, value):
    if hasattr(control, "options"):
        order = [option for _, option in options_of(control)]
        positions, value = [order.index(each) for each in positions], order.index(value)
    return min(range(len(positions)), key=lambda place: abs(positions[place] - value))
