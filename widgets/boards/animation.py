"""The animation board: designs walk, cast and slash, swap motions, pass from pose to pose, and leave as files."""

import html
from pathlib import Path
from typing import NamedTuple

import ipywidgets
import numpy as np

from animkit.data.folder import from_folder
from animkit.data.pictures import at_rate, read_animation
from animkit.data.sprite_sheet import read_sprite_sheet
from animkit.data.sprites import ACTION_DIRECTIONS, ACTIONS, ATTRIBUTES, DIRECTIONS
from animkit.render import save_frames, save_gif, save_sprite_sheet, to_rgba, upscale
from animkit.studio.characters import ROUND, animate, in_between, loop_jump, swap_motion
from widgets.parts.board import ExportBoard, PixelSheet, file_name, row, seed_box, small
from widgets.parts.lab import choice, passed_in, slider
from widgets.parts.player import AnimationPlayer, sprites

ALL, MOST = "all nine", 4  # characters side by side
SMOOTH = 1.25  # a join that changes a quarter more than the largest step still looks smooth
VIEWS = [("play actions", "play"), ("swap two motions", "swap"), ("between two poses", "between")]
USED = {  # controls that a view has beside fps, temperature and seed
    "play": {"who", "action", "direction", "rounds"},
    "swap": {"one", "action", "direction", "other", "other_action", "rounds"},
    "between": {"one", "action", "direction", "frame", "other_action", "other_frame", "count"},
}


class Clip(NamedTuple):
    """What is played for one character, and what exports write."""

    name: str
    tags: list  # a name for each row
    frames: np.ndarray  # (rows, time, height, width) palette indices
    palette: np.ndarray  # (colours, 4) uint8 RGBA

    def pixels(self):
        """In colour: (rows, time, height, width, 4) uint8."""
        return to_rgba(self.frames, self.palette)

    def together(self):
        """All rows at once, three in a line: (time, height, width, 4) uint8."""
        pixels = self.pixels()
        if len(pixels) == 1:
            return pixels[0]
        lines = [np.concatenate(list(pixels[row : row + 3]), axis=2) for row in range(0, len(pixels), 3)]
        return np.concatenate(lines, axis=1)


def _idle(temperature, view, action, **_):
    idle = {} if temperature else {"seed": "at temperature 0 nothing is drawn by chance"}
    return idle | ({"direction": "all nine look to all three"} if view == "play" and action == ALL else {})


class AnimationBoard(ExportBoard):
    """The board that `animation_board` makes.

    Args:
        company: of `animkit.studio.characters`.
        looks: (n, static_dim) float32.
        names: n strings.
        palettes: n palettes, (colours, 4) uint8.
        animators: n SequenceVAEs, who draws each.
        folder: where exports go.
        state: values of the controls.
        given: what the state line repeats by name.
    """

    def __init__(self, company, looks, names, palettes, animators, folder, state, given):
        self.company, self.characters, self.palettes, self.clips = company, looks, palettes, []
        self.names, self.animators = names, animators
        self.player = None
        self.strip = PixelSheet(columns=ROUND, side=64)
        self.scale = ipywidgets.BoundedIntText(
            value=4, min=1, max=16, description="GIF enlarged", tooltip="Screen pixels per pixel in the GIF, a side"
        )
        super().__init__(
            "Animation board",
            "animation_board",
            _controls(names, state),
            self._draw,
            folder=folder,
            further={},
            more_state=lambda: given,
            idle=_idle,
        )
        self._arrange()

    def _arrange(self):
        button = self.button
        still = button("reset motion", "The most likely motion again: temperature 0", self.reset_motion, "undo")
        export = [
            button("sprite sheet", "PNG, and JSON with tags as Aseprite writes it", self.export_sheets, "th"),
            button("GIF", "A GIF that loops, all that is played at once", self.export_gifs, "film"),
            button("frames", "A PNG for each frame, in a folder of its own", self.export_frames, "files-o"),
        ]
        rest = ipywidgets.VBox([self.strip.widget, self.numbers])
        rest.add_class("animkit-rest")  # all nine actions are more than a small screen has room for
        self.arrange(
            [
                *self.controls.values(),
                row(still, self.undo_button, self.redo_button, self.reset_button),
                self.message,
                self.folder,
                self.scale,
                row(*export),
                self.report,
            ],
            [self.player, rest],
        )

    # --- what a person does ------------------------------------------------------------------------------------------

    def reset_motion(self):
        """Go back to the most likely motion."""
        self.set(temperature=0.0, seed=0)

    def export_sheets(self):
        """Write each character as a sprite sheet with tags, read it back and report.

        Returns:
            list of paths.

        Raises:
            ValueError: when there is no folder's name.
            OSError: when it cannot be written.
        """
        return self.export(lambda folder: self._write_clips(folder, self._write_sheet))

    def export_gifs(self):
        """Write each character as a GIF, read it back and report; as `export_sheets`."""
        return self.export(lambda folder: self._write_clips(folder, self._write_gif))

    def export_frames(self):
        """Write each character as PNGs in a new folder, read them back and report; as `export_sheets`."""
        return self.export(lambda folder: self._write_clips(folder, self._write_frames))

    def _write_clips(self, folder, write):
        written, lines = [], []
        for clip, name in zip(self.clips, _file_names([clip.name for clip in self.clips]), strict=True):
            paths, wrong = write(folder, name, clip)
            written += paths
            again = "the same pixels" if wrong == 0 else f"<b>{wrong} pixels differ</b>"
            listed = ", ".join(f"<code>{html.escape(str(path))}</code>" for path in paths)
            lines.append(f"Wrote {listed}; read back: {again}.")
        return written, lines

    def _write_sheet(self, folder, name, clip):
        path, pixels = folder / f"{name}.png", clip.pixels()
        save_sprite_sheet(path, pixels, tags=clip.tags, fps=self.controls["fps"].value)
        read = read_sprite_sheet(path.with_suffix(".json")).frames
        return [path, path.with_suffix(".json")], _differing(pixels, np.stack([read[tag] for tag in clip.tags]))

    def _write_gif(self, folder, name, clip):
        path, fps = folder / f"{name}.gif", self.controls["fps"].value
        frames = upscale(clip.together(), self.scale.value)
        save_gif(path, frames, fps=fps)
        return [path], _differing(frames, at_rate(*read_animation(path), count=len(frames), fps=fps))

    def _write_frames(self, folder, name, clip):
        path, pixels = folder / f"{name}_frames", clip.pixels()
        number = 2
        while path.exists() and any(path.iterdir()):  # never into a folder that holds something
            path, number = folder / f"{name}_frames_{number}", number + 1
        save_frames(path, pixels, tags=clip.tags)
        images, files = from_folder(path)
        tags = [file_name(tag) for tag in clip.tags]
        read = np.zeros_like(pixels)
        for image, file in zip(images, files, strict=True):
            tag, _, frame = Path(file).stem.rpartition("_")
            read[tags.index(tag), int(frame)] = image
        return [path], _differing(pixels, read)

    # --- how it works ------------------------------------------------------------------------------------------------

    def changed(self, name):
        if name == "view" and self.controls["view"].value != "play" and self.controls["action"].value == ALL:
            return {"action": ACTIONS[0]}
        return {}

    def _draw(self, **state):
        view = state["view"]
        for name, control in self.controls.items():
            everywhere = name not in set().union(*USED.values())
            control.layout.display = None if everywhere or name in USED[view] else "none"
        clips, shown, words = getattr(self, f"_{view}")(**state)
        self.clips = clips
        playing = [sprites(clip.together(), title=clip.name) for clip in shown]
        label = f"Animation: {'; '.join(clip.name for clip in shown)}."
        if self.player is None:
            self.player = AnimationPlayer(*playing, label=label, fps=state["fps"], playing=True)
        else:
            self.player.label, self.player.fps = label, state["fps"]
            self.player.show(*playing)
        return small(words)

    def _move(self, who, actions, state):
        """One round of each action of a character: (actions, 8, height, width)."""
        motion = {name: state[name] for name in ("temperature", "seed")}
        return animate(self.animators[who], self.characters[[who]], actions, **motion)[0]

    def _play(self, *, who, action, direction, rounds, **state):
        if not 1 <= len(who) <= MOST:
            raise ValueError(f"choose one to {MOST} characters; {len(who)} are chosen")
        actions = list(ACTION_DIRECTIONS) if action == ALL else [f"{action} {direction}"]
        frames = np.stack([self._move(one, actions, state) for one in who])
        clips = [
            Clip(self.names[one], actions, np.concatenate([rows] * rounds, axis=1), self.palettes[one])
            for one, rows in zip(who, frames, strict=True)
        ]
        many = len(actions) > 1
        self.strip.side = 32 if many else 64
        self.strip.show(
            to_rgba(frames[0].reshape(-1, *frames.shape[-2:]), self.palettes[who[0]]),
            f"{self.names[who[0]]}, frame by frame: {', '.join(actions)}.",
            labels=() if many else [str(number + 1) for number in range(ROUND)],
            rows=actions if many else (),
        )
        return (
            clips,
            clips,
            self._told([(clip.name, clip.tags, rows) for clip, rows in zip(clips, frames, strict=True)]),
        )

    def _swap(self, *, one, other, action, direction, other_action, rounds, **state):
        if action == ALL:
            raise ValueError("choose one action to swap, not all nine")
        actions = [f"{action} {direction}", other_action]
        before = [self._move(who, [action], state)[0] for who, action in zip((one, other), actions, strict=True)]
        # each drawn by its own animator
        after = [swap_motion(self.animators[who], *before)[place] for place, who in enumerate((one, other))]
        clips = [
            Clip(f"{self.names[who]}, {what}", [what], np.concatenate([frames] * rounds)[None], self.palettes[who])
            for who, what, frames in zip(
                (one, other, one, other), (*actions, *actions[::-1]), (*before, *after), strict=True
            )
        ]
        self.strip.side = 64
        self.strip.show(
            np.concatenate(
                [to_rgba(frames, self.palettes[who]) for frames, who in zip(after, (one, other), strict=True)]
            ),
            f"Swapped, frame by frame: {clips[2].name}; {clips[3].name}.",
            rows=[self.names[one][:12], self.names[other][:12]],
        )
        told = [(clip.name, clip.tags, clip.frames[:, :ROUND]) for clip in clips]
        return (
            clips[2:],
            clips,
            f"The last two clips are swapped.{self._told(told)}{self._kept(before, after, one, other)}",
        )

    def _between(self, *, one, action, direction, frame, other_action, other_frame, count, **state):
        if action == ALL:
            raise ValueError("choose the action of the first pose, not all nine")
        animator, actions = self.animators[one], [f"{action} {direction}", other_action]
        codes = animator.motions(self._move(one, actions, state))
        poses = np.stack([codes[0, frame - 1], codes[1, other_frame - 1]])
        frames = in_between(animator, self.characters[one], poses, [count])
        ends = [f"{what} {number}" for what, number in zip(actions, (frame, other_frame), strict=True)]
        clip = Clip(f"{self.names[one]}: {ends[0]} to {ends[1]}", ["in-between"], frames[None], self.palettes[one])
        self.strip.side = 64
        self.strip.show(
            to_rgba(frames, clip.palette),
            f"{self.names[one]}: the key pose {ends[0]}, {count} in-betweens, the key pose {ends[1]}.",
            labels=["key 1", *(str(number + 1) for number in range(count)), "key 2"],
            marked=(0, count + 1),
        )
        changes = (np.diff(frames.astype(int), axis=0) != 0).mean(axis=(1, 2)).max()
        at_once = (frames[0] != frames[-1]).mean()
        words = (
            f"The key poses are framed: {' and '.join(ends)}. From frame to frame at most <b>{changes:.1%}</b> of the "
            f"pixels change; without in-betweens {at_once:.1%} would."
        )
        return [clip], [clip], words

    def _told(self, clips):
        """How clips loop, and what the judge sees in them, as a table."""
        seen = self.company.judge.probabilities(np.concatenate([rows for _, _, rows in clips]))[0].argmax(axis=1)
        lines, place = [], 0
        for name, tags, rows in clips:
            for tag, frames in zip(tags, rows, strict=True):
                join, within = loop_jump(frames)
                mark = "&#10003; loops" if join <= SMOOTH * within else "&#9651; jumps"
                sees = ACTION_DIRECTIONS[seen[place]]
                same = "&#10003;" if sees == tag else "&#10007;"
                lines.append(
                    f"<tr><td>{html.escape(name)}</td><td>{tag}</td><td>{join:.1%}</td><td>{within:.1%}</td>"
                    f"<td>{mark}</td><td>{same} {sees}</td></tr>"
                )
                place += 1
        return (
            "<table><tr><th></th><th>action</th><th>change at the join</th><th>largest within</th><th></th>"
            f"<th>the judge sees</th></tr>{''.join(lines)}</table>"
        )

    def _kept(self, before, after, *who):
        """How many attributes the judge still reads in each character after the swap."""
        read = [part.argmax(axis=-1) for part in self.company.judge.probabilities(np.stack([*before, *after]))[1:]]
        same = np.stack(read, axis=1)
        lines = [
            f"{html.escape(self.names[one])} keeps {(same[place] == same[place + 2]).sum()} of {len(ATTRIBUTES)}"
            for place, one in enumerate(who)
        ]
        return f"Attributes, as the judge reads them: {', '.join(lines)}."


def _file_names(names):
    """A name for each that no other has, on any file system."""
    files = []
    for name in names:
        wanted = file_name(name, otherwise="character")
        file, number = wanted, 2
        while file.casefold() in {other.casefold() for other in files}:
            file, number = f"{wanted}_{number}", number + 1
        files.append(file)
    return files


def _differing(pixels, others):
    """How many pixels are not the same; all of them where not even the shapes are."""
    if pixels.shape != others.shape:
        return pixels[..., 0].size
    return int((pixels != others).any(axis=-1).sum())


def _controls(names, state):
    who, number = [(name, place) for place, name in enumerate(names)], {"integer": True, "step": 1}
    tooltips = {
        "who": f"Up to {MOST} characters side by side: Ctrl or Shift and click, or Shift and the arrow keys",
        "one": "Who",
        "other": "The other character",
    }
    chosen = ipywidgets.SelectMultiple(
        options=who, value=state["who"], description="characters", tooltip=tooltips["who"], rows=min(5, len(who))
    )
    return {
        "view": choice("what", "Play actions, swap motions, or draw what lies between two poses", VIEWS, state["view"]),
        "who": chosen,
        "one": choice("character", tooltips["one"], who, state["one"]),
        "action": choice("action", "What the character does", [*ACTIONS, ALL], state["action"]),
        "direction": choice("direction", "Where it looks", list(DIRECTIONS), state["direction"]),
        "frame": slider("pose 1: frame", "Which frame of the action", state["frame"], 1, ROUND, **number),
        "other": choice("other character", tooltips["other"], who, state["other"]),
        "other_action": choice(
            "other action", "Of the other character, or of pose 2", list(ACTION_DIRECTIONS), state["other_action"]
        ),
        "other_frame": slider(
            "pose 2: frame", "Which frame of the other action", state["other_frame"], 1, ROUND, **number
        ),
        "count": slider("in-betweens", "Frames between the two poses", state["count"], 0, 14, **number),
        "rounds": slider("rounds", "How often the 8 frames are repeated", state["rounds"], 1, 4, **number),
        "fps": slider("speed, fps", "Frames per second", state["fps"], 1, 24, **number),
        "temperature": slider(
            "temperature", "0 the most likely motion, 1 as varied as the LSTM believes", state["temperature"], 0, 2, 0.1
        ),
        "seed": seed_box(state["seed"], "Of the motion, above temperature 0"),
    }


def animation_board(
    company,
    looks,
    *,
    names=None,
    palettes=None,
    animators=None,
    folder="runs/characters",
    view="play",
    who=(0,),
    one=0,
    other=None,
    action="walk",
    direction="front",
    other_action="slash left",
    frame=1,
    other_frame=5,
    count=4,
    rounds=1,
    fps=8,
    temperature=0.0,
    seed=0,
):
    """Make the animation board for designed characters.

    Args:
        company: `animkit.studio.characters.Company`.
        looks: (n, static_dim), n at least 1, such as `DesignBoard.looks`.
        names: n names, or None.
        palettes: n palettes, (colours, 4) uint8, or None for that of the company.
        animators: n SequenceVAEs, such as `DesignBoard.animators`, or None for that of the company.
        folder: where exports go.
        view: "play", "swap" or "between".
        who: numbers of the characters that play, from 0.
        one: the character whose motion is swapped, or who goes from pose to pose.
        other: with whom it is swapped; None for the second character.
        action: "walk", "spellcast", "slash" or, to play, "all nine".
        direction: "left", "front" or "right".
        other_action: of the other character, or of the second pose, such as "slash left".
        frame: of the first pose, 1 to 8.
        other_frame: of the second pose, 1 to 8.
        count: frames between the poses.
        rounds: how often an action's 8 frames are repeated.
        fps: frames per second.
        temperature: of the motion; 0 for the most likely.
        seed: of the motion.

    Returns:
        AnimationBoard.

    Raises:
        ValueError: without looks, or when names, palettes, animators or characters do not go with them.
    """
    looks = np.asarray(looks, "float32")
    if looks.ndim != 2 or not len(looks):
        raise ValueError(f"no characters to animate (looks {looks.shape}): keep some on the design board first")
    given = passed_in(company=company, looks=looks, names=names, palettes=palettes, animators=animators)
    names = [f"character {number + 1}" for number in range(len(looks))] if names is None else [str(n) for n in names]
    palettes = [company.animator.palette] * len(looks) if palettes is None else list(palettes)
    animators = [company.animator] * len(looks) if animators is None else list(animators)
    counts = {"looks": len(looks), "names": len(names), "palettes": len(palettes), "animators": len(animators)}
    if len(set(counts.values())) > 1:
        told = ", ".join(f"{count} {what}" for what, count in counts.items())
        raise ValueError(f"{told} do not go together: give one of each for every character")
    other = min(1, len(looks) - 1) if other is None else other
    if not all(0 <= number < len(looks) for number in (*who, one, other)):
        raise ValueError(f"characters are numbered from 0 to {len(looks) - 1}; got {(*who, one, other)}")
    state = {
        "view": view,
        "who": tuple(who),
        "one": one,
        "other": other,
        "action": action,
        "direction": direction,
        "other_action": other_action,
        "frame": frame,
        "other_frame": other_frame,
        "count": count,
        "rounds": rounds,
        "fps": fps,
        "temperature": temperature,
        "seed": seed,
    }
    return AnimationBoard(company, looks, names, palettes, animators, folder, state, given)
