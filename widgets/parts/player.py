"""The animation player: sprite clips and skeletons, side by side and in step, live or in a saved page."""

from pathlib import Path

import numpy as np
import traitlets

from widgets.parts.saved_page import SavedPage, joined

JAVASCRIPT = Path(__file__).with_name("player_widget.js")
SIDES = {"left", "right", "middle", "head"}


def sprites(frames, *, title="", backdrop=None, places=None, tether=None):
    """Make a clip of pictures; small ones that move over a backdrop travel as what they are.

    Args:
        frames: (time, height, width, 4) uint8 RGBA.
        title: shown above the clip.
        backdrop: (height, width, 4) uint8 RGBA that stays behind the frames, or None.
        places: (time, 2) whole pixels of the backdrop, from the left and from the top, where each frame's upper left
            corner lies; with a backdrop.
        tether: (x, y) pixels of the backdrop from which a line goes to each frame's middle, or None.

    Returns:
        A clip for `AnimationPlayer`.

    Raises:
        ValueError: when frames, backdrop or places have another shape or type.
    """
    frames = np.asarray(frames)
    if frames.dtype != np.uint8 or frames.ndim != 4 or frames.shape[-1] != 4 or 0 in frames.shape:
        raise ValueError(f"frames need shape (time, height, width, 4) in uint8; got {frames.shape} in {frames.dtype}")
    described = {"kind": "sprites", "title": title, "shape": list(frames.shape[:3])}
    if backdrop is None:
        return described, frames.tobytes()
    backdrop, places = np.asarray(backdrop), np.asarray(places)
    if backdrop.dtype != np.uint8 or backdrop.ndim != 3 or backdrop.shape[-1] != 4 or 0 in backdrop.shape:
        raise ValueError(f"a backdrop is (height, width, 4) in uint8; got {backdrop.shape} in {backdrop.dtype}")
    if places.shape != (len(frames), 2) or places.dtype.kind not in "iu":
        raise ValueError(f"{len(frames)} frames need as many places (x, y), whole pixels; got {places.shape}")
    described |= {"backdrop": list(backdrop.shape[:2]), "places": places.tolist()}
    if tether is not None:
        described["tether"] = [float(tether[0]), float(tether[1])]
    return described, frames.tobytes() + backdrop.tobytes()


def skeleton(positions, parents, *, title="", sides=None, notes=(), centimetres=None):
    """Make a clip of a skeleton.

    Args:
        positions: (time, joints, 2 or 3) joint positions, y up, any unit.
        parents: (joints,) index of each joint's parent, -1 for the root.
        title: shown above the clip.
        sides: (joints,) of "left", "right", "head" and "middle", as `animkit.motion.drawing.sides` gives them: right
            limbs are then hollow, heads round, and a shadow shows what is on the ground. None draws plain lines.
        notes: (first frame, last frame, text) for each note to be shown under the title.
        centimetres: in one unit of the positions; the squares on the ground then measure half a metre, and say so.

    Returns:
        A clip for `AnimationPlayer`.

    Raises:
        ValueError: when shapes do not fit, a parent does not exist, or a position is not finite.
    """
    positions = np.asarray(positions, dtype="float32")
    parents = [int(parent) for parent in parents]
    if positions.ndim != 3 or positions.shape[-1] not in (2, 3) or 0 in positions.shape:
        raise ValueError(f"positions need shape (time, joints, 2 or 3); got {positions.shape}")
    if len(parents) != positions.shape[1]:
        raise ValueError(f"{len(parents)} parents for {positions.shape[1]} joints")
    if not all(-1 <= parent < len(parents) for parent in parents):
        raise ValueError("a parent lies outside the skeleton: use joint indices, and -1 for the root")
    if sides is not None and (len(sides) != len(parents) or not set(sides) <= SIDES):
        raise ValueError(f"sides are {len(parents)} of {', '.join(sorted(SIDES))}; got {list(sides)}")
    if not np.isfinite(positions).all():
        frame = int(np.argwhere(~np.isfinite(positions))[0][0])
        raise ValueError(f"positions are not finite in frame {frame}")
    described = {"kind": "skeleton", "title": title, "shape": list(positions.shape), "parents": parents}
    if sides is not None:
        described["sides"] = list(sides)
    if notes:
        described["notes"] = [[int(first), int(last), str(text)] for first, last, text in notes]
    if centimetres is not None:
        described |= {"square": 50 / centimetres, "metres": 0.5}
    return described, positions.tobytes()


def _packed(clips):
    if not clips:
        raise ValueError("no clips to play")
    described, parts, offset = [], [], 0
    for described_clip, data in clips:
        described.append({**described_clip, "offset": offset, "bytes": len(data)})
        # float32 views in the browser need offsets that are multiples of four; RGBA pixels keep them so
        parts.append(data)
        offset += len(data)
    return described, b"".join(parts)


class AnimationPlayer(SavedPage):
    """Play clips in step: space plays, arrows step, L loops, O shows neighbouring frames, F follows, dragging orbits.

    The clips travel to the browser once, as bytes; playing needs no kernel. In a saved page the player still plays.

    Args:
        clips: one or several of `sprites(...)` and `skeleton(...)`.
        label: what is to be seen, for those who cannot see it.
        fps: frames per second.
        playing: start at once (never where the reader's system asks for reduced motion).
        loop: begin again at the end.
        speed: factor on the frame rate.
        onion: how many frames before and after are shown faintly.
        follow: the camera goes along with the root of the first skeleton.
        first: the number that is shown for the first frame.

    Raises:
        ValueError: without clips, without a label, or when fps or speed is not positive.
    """

    script = _esm = joined(JAVASCRIPT)
    saved = ("clips", "label", "fps", "loop", "speed", "onion", "frame", "playing", "follow", "first")
    clips = traitlets.List().tag(sync=True)
    fps = traitlets.Float(12.0).tag(sync=True)
    loop = traitlets.Bool(True).tag(sync=True)
    speed = traitlets.Float(1.0).tag(sync=True)
    onion = traitlets.Int(0).tag(sync=True)
    frame = traitlets.Int(0).tag(sync=True)
    playing = traitlets.Bool(False).tag(sync=True)
    follow = traitlets.Bool(False).tag(sync=True)
    first = traitlets.Int(1).tag(sync=True)
    live = traitlets.Bool(False).tag(sync=True)  # more frames may come: at the end it waits, and says so in `wanted`
    wanted = traitlets.Int(0).tag(sync=True)

    def __init__(self, *clips, label, fps=12.0, playing=False, loop=True, speed=1.0, onion=0, follow=False, first=1):
        if not label.strip():
            raise ValueError("label is empty: say what is to be seen")
        if fps <= 0 or speed <= 0:
            raise ValueError(f"fps and speed must be above zero; got {fps} and {speed}")
        described, data = _packed(clips)
        super().__init__(
            clips=described,
            data=data,
            label=label,
            fps=float(fps),
            loop=loop,
            speed=float(speed),
            onion=onion,
            playing=playing,
            follow=follow,
            first=first,
        )

    def show(self, *clips):
        """Play other clips in place of these; what is playing goes on playing.

        Args:
            clips: as at the start.

        Raises:
            ValueError: without clips.
        """
        described, data = _packed(clips)
        with self.hold_sync():  # both in one message: the browser reads the clips when the data change
            self.clips, self.data = described, data

    def append(self, positions):
        """Send more frames of the first clip, a skeleton, while it plays; `html` does not have them.

        Args:
            positions: (time, joints, 2 or 3), as the clip's.
        """
        self.send({"more": True}, buffers=[np.ascontiguousarray(positions, "float32").tobytes()])
