"""A clip with keys: which frames are kept, which of them have a pose of their own; keys set, moved and deleted."""

from typing import NamedTuple

from pybvh import Bvh

from animkit.motion.posing import read_pose, with_poses
from animkit.motion.stretches import clear, frames_of, keep

_ENDS = "the first and the last frame stay keys: motion in between needs both ends"


class Keys(NamedTuple):
    """What is kept of a clip; every change makes another one."""

    clip: Bvh  # as it was brought
    stretches: tuple  # of (first, last), see `animkit.motion.stretches`
    poses: dict  # frame -> row, see `animkit.motion.posing.read_pose`; of kept frames

    @property
    def frames(self):
        """Frames that can be dragged and posed: those that were posed, and those that are kept alone."""
        return sorted({first for first, last in self.stretches if first == last} | set(self.poses))

    @property
    def posed(self):
        """The clip with its poses, pybvh.Bvh; what is not kept of it is to be filled."""
        return with_poses(self.clip, self.poses)

    def keeping(self, stretches):
        """Keep other stretches.

        Args:
            stretches: tuple of (first, last).

        Returns:
            Keys, without the poses of frames that are no longer kept.
        """
        kept = set(frames_of(stretches).tolist())
        return Keys(self.clip, stretches, {frame: row for frame, row in self.poses.items() if frame in kept})

    def check(self, frame):
        """Check that a frame may be posed.

        Args:
            frame: number.

        Raises:
            ValueError: it is no frame of the clip, or lies in a kept stretch.
        """
        count = self.clip.frame_count
        if not (isinstance(frame, int) and 0 <= frame < count):
            raise ValueError(f"the clip's frames are 0 to {count - 1}; got {frame!r}")
        if frame in self.frames:
            return
        for first, last in self.stretches:
            if first <= frame <= last:
                raise ValueError(
                    f"frame {frame} lies in the kept stretch {first}-{last}, where a pose of one frame would be a "
                    "jerk: go into a gap or to a diamond, or press 'keys only'"
                )

    def pose(self, frame, row):
        """Set a key with a pose, or give a key another one.

        Args:
            frame: number.
            row: of the pose.

        Returns:
            Keys.

        Raises:
            ValueError: as `check`.
        """
        self.check(frame)
        stretches = keep(self.stretches, frame, frame, self.clip.frame_count)
        return Keys(self.clip, stretches, self.poses | {frame: row})

    def original(self, frame):
        """Set a key with the clip's own frame.

        Args:
            frame: number.

        Returns:
            Keys.

        Raises:
            ValueError: it is kept already as it was.
        """
        if frame in frames_of(self.stretches) and frame not in self.poses:
            raise ValueError(f"frame {frame} is kept already")
        poses = {one: row for one, row in self.poses.items() if one != frame}
        return Keys(self.clip, keep(self.stretches, frame, frame, self.clip.frame_count), poses)

    def move(self, frame, to):
        """Move a key, with its pose, to a frame that is not kept.

        Args:
            frame: of the key.
            to: frame.

        Returns:
            Keys.

        Raises:
            ValueError: there is no such key, it is the first or the last frame, or the other frame is kept or none.
        """
        if frame not in self.frames:
            raise ValueError(f"there is no key at frame {frame}; keys are {', '.join(map(str, self.frames)) or 'none'}")
        if frame in (0, self.clip.frame_count - 1):
            raise ValueError(_ENDS)
        if to != frame and to in frames_of(self.stretches):
            raise ValueError(f"frame {to} is kept already: two keys cannot share a frame")
        pose = self.poses.get(frame) or read_pose(self.clip, frame)
        return self.delete(frame).pose(to, pose)

    def delete(self, frame):
        """Let a frame be filled; the first or the last, which stay, become the clip's own again.

        Args:
            frame: number.

        Returns:
            Keys.

        Raises:
            ValueError: it is filled already, or an end that was not posed.
        """
        if frame not in frames_of(self.stretches):
            raise ValueError(f"frame {frame} is no key: it is filled already")
        poses = {one: row for one, row in self.poses.items() if one != frame}
        if frame not in (0, self.clip.frame_count - 1):
            return Keys(self.clip, clear(self.stretches, frame, frame, self.clip.frame_count), poses)
        if frame not in self.poses:
            raise ValueError(_ENDS)
        return Keys(self.clip, self.stretches, poses)
