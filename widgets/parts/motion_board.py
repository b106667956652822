"""What boards of motion share: the player that shows clips side by side, and exports as BVH and GIF."""

import html

from animkit.motion.bvh import load_bvh, save_bvh
from animkit.motion.clips import centimetres_per_unit, difference
from animkit.motion.drawing import bones, film
from animkit.render import save_gif
from widgets.parts.board import ExportBoard, file_name
from widgets.parts.player import AnimationPlayer, skeleton

LONGEST_GIF = 12  # seconds; a GIF of this length has some megabytes
EASY_RATE = 30  # frames per second of a GIF, at most


class MotionBoard(ExportBoard):
    """What boards of motion share: the player, and exports as BVH and GIF. See `ExportBoard` for the arguments."""

    kind = AnimationPlayer  # of the player

    def __init__(self, title, call, controls, update, *, folder, further, more_state):
        self.player, self.motions, self.notes = None, [], ()
        super().__init__(title, call, controls, update, folder=folder, further=further, more_state=more_state)

    def play(self, motions, *, notes=(), **traits):
        """Show motions side by side; the player keeps its view and its place.

        Args:
            motions: pairs (title, pybvh.Bvh) of one skeleton's clips.
            notes: (first frame, last frame, text), shown under each title.
            traits: further ones of the player, which change with the motions.
        """
        self.motions, self.notes = motions, notes
        clips = [player_clip(clip, title=title, notes=notes) for title, clip in motions]
        label = f"Skeletons in 3-D, side by side: {'; '.join(title for title, _ in motions)}."
        if self.player is None:
            self.player = self.kind(*clips, label=label, fps=motions[0][1].fps, follow=True, first=0)
        with self.player.hold_sync():  # in one message
            for name, value in (traits | {"label": label, "fps": motions[0][1].fps}).items():
                setattr(self.player, name, value)
            self.player.show(*clips)

    def write_bvhs(self, named):
        """Write clips as BVH, read them back and report.

        Args:
            named: pairs (name, pybvh.Bvh).

        Returns:
            list of paths.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        return self.export(lambda folder: _write_bvhs(folder, named))

    def write_gif(self, name, *, first=0):
        """Draw what is played as a GIF and report.

        Args:
            name: of the file, without its ending.
            first: frame with which it begins, where the clip is too long for one GIF.

        Returns:
            list of one path.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        return self.export(lambda folder: self._write_gif(folder / f"{file_name(name)}.gif", first))

    def _write_gif(self, path, first):
        clip = self.motions[0][1]
        stride = max(1, round(clip.fps / EASY_RATE))
        first = first if clip.frame_count > LONGEST_GIF * clip.fps else 0
        last = min(clip.frame_count, first + int(LONGEST_GIF * clip.fps))
        frames = film(self.motions, range(first, last, stride), notes=self.notes)
        save_gif(path, frames, fps=clip.fps / stride)
        whole = "" if last - first == clip.frame_count else f" (frames {first} to {last - 1} of the clip)"
        line = (
            f"Wrote <code>{html.escape(str(path))}</code>: {len(frames)} pictures at {clip.fps / stride:g} "
            f"fps{whole}, {path.stat().st_size / 1e6:.1f} MB."
        )
        return [path], [line]


def _write_bvhs(folder, named):
    written, lines = [], []
    for name, clip in named:
        path = save_bvh(folder / f"{file_name(name)}.bvh", clip)
        degrees, units = difference(clip, load_bvh(path))
        scale = centimetres_per_unit(clip)
        lines.append(
            f"Wrote <code>{html.escape(str(path))}</code>: {clip.frame_count} frames at {clip.fps:g} fps, "
            f"y up, 1 unit = {scale:g} cm; read back: within {degrees:.1g}&deg; and {units * scale:.1g} cm."
        )
        written.append(path)
    return written, lines


def player_clip(clip, *, title="", notes=()):
    """Make a clip for `AnimationPlayer` of a BVH clip: ends of limbs, sides and units included.

    Args:
        clip: pybvh.Bvh.
        title: shown above it.
        notes: as for `widgets.parts.player.skeleton`.

    Returns:
        A clip for the player.
    """
    drawn = bones(clip)
    return skeleton(
        drawn.positions,
        drawn.parents,
        title=title,
        sides=drawn.sides,
        notes=notes,
        centimetres=centimetres_per_unit(clip),
    )
