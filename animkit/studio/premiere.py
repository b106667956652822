"""A film goes into a folder: MP4, GIF, poster, storyboard, its record and its project, all of them or none."""

import hashlib
import json
import os
import shutil
import tempfile
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from animkit.render import save_gif, save_mp4, save_png
from animkit.studio.camera import BAND
from animkit.studio.film import FPS
from animkit.studio.lettering import CREAM, GOLD, INK, LINE, lettering, lines_of, write
from animkit.studio.project import project_text
from animkit.studio.score import RATE, compose_score

# the last: who waits for it finds all
FILES = ("film.gif", "poster.png", "storyboard.png", "film.json", "project.json", "film.mp4")
COLUMNS, GAP = 3, 12  # cells in a row of a storyboard, and pixels between them
WHOLE = "film being replaced"  # the folder of a whole film whose files take their places: who looks there sees it
_PARTS = ".film."  # how folders begin in which a film is written
_PALE = (198, 186, 216)


def save(folder, made):
    """Writes film.mp4, film.gif, poster.png, storyboard.png, film.json and project.json into a folder.

    film.json is the record of every choice, and project.json makes the film again. All are written into a folder of
    their own, of which one rename says that it is whole; then each takes its place, see `finish`. Killed before that
    rename, the old film is there; killed after it, the new one is as soon as anybody saves, opens or asks for a film
    there. Until then the folder WHOLE is seen beside the files, and film.json tells whose they are: it holds the
    SHA-256 of the pictures and the film.

    Args:
        folder: made if missing.
        made: `animkit.studio.production.Film`.

    Returns:
        {file name: bytes}.

    Raises:
        TypeError: the record cannot be written as JSON. ValueError: it holds NaN, or frames cannot be drawn.
        OSError: there is no room, or nobody may write there; it says whether what was there is as it was.
    """
    folder = Path(folder)
    json.dumps(made.record, allow_nan=False)  # before anything is written
    try:
        folder.mkdir(parents=True, exist_ok=True)
        finish(folder)
        for left in folder.glob(f"{_PARTS}*"):
            shutil.rmtree(left, ignore_errors=True)
        with tempfile.TemporaryDirectory(prefix=_PARTS, dir=folder) as temporary:
            new = Path(temporary, "film")
            new.mkdir()
            _write_into(new, made, folder)
            os.rename(new, folder / WHOLE)
        finish(folder)
    except OSError as error:
        why = error.strerror or str(error).rpartition(": ")[2]
        there = "; the film that lies there is as it was" if (folder / "film.json").exists() else ""
        if (folder / WHOLE).exists():
            there = f"; the new film is whole in {WHOLE!r} there, and takes its place when a film is saved there again"
        raise OSError(f"cannot write the film into {folder}: {why}{there}") from error
    return {name: (folder / name).stat().st_size for name in FILES}


def finish(folder):
    """Lets a film take its place of which the files are whole; whoever was killed while it did so is followed by this.

    Args:
        folder: of the film; where nothing is to be done, nothing is.

    Returns:
        bool: whether there was something to be done.

    Raises:
        OSError: a file cannot be replaced; done again later, this goes on.
    """
    whole = Path(folder, WHOLE)
    left = whole.is_dir()
    if left:
        for name in FILES:
            if (whole / name).exists():
                os.replace(whole / name, Path(folder, name))
        shutil.rmtree(whole)
    return left


def _write_into(folder, made, place):
    rate = made.project.fps
    save_png(folder / "poster.png", made.poster)
    save_png(folder / "storyboard.png", storyboard_sheet(made.record, made.frames))
    save_gif(folder / "film.gif", made.frames[:: rate // FPS], fps=FPS)
    write_mp4(folder / "film.mp4", made)
    shown = [name for name in FILES if not name.endswith(".json")]
    digests = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in shown}
    record = made.record | {"files": digests}
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False)
    (folder / "film.json").write_text(text + "\n", encoding="utf-8")
    (folder / "project.json").write_text(project_text(made.project, place), encoding="utf-8")


def write_mp4(path, made):
    """Writes a film as MP4, with its sound if it shall have one.

    Args:
        path: of the file; its folder must be there.
        made: `animkit.studio.production.Film`.

    Raises:
        OSError: it cannot be written.
    """
    save_mp4(path, made.frames, fps=made.project.fps)
    if made.project.sound:
        _add_sound(Path(path), compose_score(made))


def _add_sound(path, samples):
    """Puts sound, (n,) float32, beside the pictures of an MP4, which are copied as they are."""
    silent = path.rename(path.with_name("silent.mp4"))
    with av.open(silent) as source, av.open(path, "w", format="mp4", options={"movflags": "faststart"}) as target:
        pictures = target.add_stream_from_template(source.streams.video[0])
        sound = target.add_stream("aac", rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[None], format="fltp", layout="mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)  # the encoder's lead is cut off
        for packet in source.demux(video=0):
            if packet.dts is not None:  # the last is empty
                packet.stream = pictures
                target.mux(packet)
        target.mux(sound.encode(frame))
        target.mux(sound.encode())
    silent.unlink()


def storyboard_sheet(record, frames):
    """Draws a film as one picture: of each shot a frame, its place, hour, length, caption and camera.

    Args:
        record: of the film, see `animkit.studio.production.write_record`.
        frames: (n, 360, 640, 3) uint8.

    Returns:
        (height, width, 3) uint8.
    """
    cells = [_cell(event, shot, record, frames) for event, shot in zip(record["events"], record["shots"], strict=True)]
    height, width = cells[0].shape[:2]
    rows = -(-len(cells) // COLUMNS)
    top = 56
    sheet = np.empty((top + rows * (height + GAP), COLUMNS * (width + GAP) + GAP, 3), "uint8")
    sheet[:] = INK
    seconds = len(frames) / record["frames per second"]
    write(sheet[:34], record["title"], 19, scale=2, colour=GOLD)
    write(sheet[34:top], f"seed {record['seed']}, {len(cells)} shots, {seconds:.1f} s", 8, scale=1, colour=_PALE)
    for number, cell in enumerate(cells):
        row, column = divmod(number, COLUMNS)
        y, x = top + row * (height + GAP), GAP + column * (width + GAP)
        sheet[y : y + height, x : x + width] = cell
    return sheet


def _cell(event, shot, record, frames):
    """One shot of the storyboard, (height, 320, 3): its picture at half the size, and what is to be said of it."""
    first, last = event["first frame"], event["last frame"]
    picture = frames[first + 2 * (last - first) // 3, :-BAND:2, ::2]
    camera, rate = event["camera"], record["frames per second"]
    closer = f", closer after {camera['closer'] / FPS:.1f} s" if camera["closer"] else ""
    said = [
        (f"{event['shot'] + 1}   {event['place']}, {event['hour']}   {(last + 1 - first) / rate:.1f} s", GOLD, 1),
        (shot["sentence"], CREAM, 2),
        (f"camera: {camera['move']}{closer}; {camera['why']}", _PALE, 3),
    ]
    below = np.empty((6 * LINE + 8, picture.shape[1], 3), "uint8")
    below[:] = INK
    row = 4
    for text, colour, most in said:
        for line in lines_of(text, 1, picture.shape[1] - 4)[:most]:
            letters = lettering(line, 1, colour)[: len(below) - row]
            under = below[row : row + len(letters), : letters.shape[1]]
            under[letters[..., 3] > 0] = letters[letters[..., 3] > 0, :3]
            row += LINE
    return np.concatenate([picture, below])
