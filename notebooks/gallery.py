"""The gallery: one page with a card for each executed notebook, which needs no network; their own pages play."""

import base64
import html
import io
import re

import checks
from PIL import Image, ImageSequence

SIZE = (480, 270)  # pixels of a thumbnail, at most
FRAMES, SLIDE = 32, 600  # of a thumbnail that moves; a longer film becomes so many slides, ms each
SHOWN = 6  # metrics on a card; the others are folded away
MIMES = ("image/gif", "image/png", "image/jpeg")
PLOT = 'class="animkit-plot"'  # what `animkit.render.show` says of lines on light paper

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>animkit notebooks</title>
<style>
:root {{ --ink: #1d1b26; --quiet: #5a5668; --paper: #f6f5f2; --card: #fff; --line: #d9d6cf; --mat: #e9e7e1;
  --link: #1d4f91; --good: #1c6b3c; --bad: #a3201d }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #eceaf2; --quiet: #aaa6b8; --paper: #16141d; --card: #211e2b; --line: #3a3647; --mat: #121019;
    --link: #9cc4ff; --good: #7fd6a0; --bad: #ff9b94 }}
}}
* {{ box-sizing: border-box }}
body {{ font: 16px/1.5 system-ui, sans-serif; margin: 0 auto; max-width: 84rem; padding: 1.5rem 1rem 3rem;
  color: var(--ink); background: var(--paper) }}
h1 {{ margin: 0; font-size: 1.7rem }}
header p {{ margin: .2rem 0 1.2rem; color: var(--quiet) }}
main {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 21rem), 1fr)); gap: 1.2rem;
  align-items: start }}
article {{ background: var(--card); border: 1px solid var(--line); border-radius: .7rem; overflow: hidden;
  overflow-wrap: anywhere }}
.shown {{ display: block; background: var(--mat); aspect-ratio: 16 / 9 }}
.shown img {{ display: block; width: 100%; height: 100%; object-fit: contain }}
.shown img.small {{ image-rendering: pixelated }}
@media (prefers-color-scheme: dark) {{ .shown img.plot {{ filter: invert(.93) hue-rotate(180deg) }} }}
.words {{ padding: .8rem 1rem 1rem }}
h2 {{ font-size: 1.1rem; line-height: 1.3; margin: 0 0 .3rem }}
a {{ color: var(--link) }} h2 a {{ text-decoration: none }} h2 a:hover, h2 a:focus {{ text-decoration: underline }}
a:focus-visible, summary:focus-visible {{ outline: 3px solid var(--link); outline-offset: 2px }}
.asked {{ font-size: .9rem; color: var(--quiet); margin: 0 0 .5rem }}
.facts {{ font-size: .85rem; margin: 0 0 .6rem; display: flex; flex-wrap: wrap; gap: .1rem .9rem }}
.good {{ color: var(--good) }} .failed {{ color: var(--bad); font-weight: 600 }}
table {{ font-size: .85rem; border-collapse: collapse; width: 100% }}
th {{ text-align: left; font-weight: 400; color: var(--quiet); padding: .3rem 0 0 }}
td {{ padding: 0 0 .3rem; border-bottom: 1px solid var(--line); font-variant-numeric: tabular-nums }}
td span {{ display: inline-block; margin-right: 1rem }} td i {{ font-style: normal; color: var(--quiet) }}
summary {{ font-size: .85rem; cursor: pointer; padding: .4rem 0; color: var(--link) }}
</style></head>
<body><header><h1>animkit notebooks</h1><p>{told}</p></header><main>
{cards}
</main></body></html>
"""


def page(notebooks):
    """Write the gallery.

    Args:
        notebooks: file name without ending -> executed notebook; its page lies beside the gallery as NAME.html.

    Returns:
        str, HTML that loads nothing but what lies beside it.
    """
    seconds = sum(_seconds(nb) for nb in notebooks.values())
    failed = sum(bool(checks.run_problems(nb)) for nb in notebooks.values())
    count = f"{len(notebooks)} notebook{'s' if len(notebooks) != 1 else ''}"
    told = f"{count}, {_spoken(seconds)} in all, {f'{failed} failed' if failed else 'all well'}. "
    told += "Each opens as a page that needs neither network nor kernel; what moves plays there."
    return PAGE.format(told=told, cards="\n".join(card(nb, name) for name, nb in notebooks.items()))


def card(nb, name):
    """Write one notebook as a card: picture, title, what it asks, time, and its metrics or what went wrong."""
    values = checks.parameters(nb) | nb.metadata.get("papermill", {}).get("parameters", {})
    address = html.escape(f"{name}.html", quote=True)
    problems = checks.run_problems(nb)
    verdict = f'<span class="failed">{len(problems)} wrong</span>' if problems else '<span class="good">✓ ran</span>'
    facts = [verdict, _spoken(_seconds(nb)), f"profile {html.escape(str(values.get('PROFILE')))}"]
    facts += [f"seed {html.escape(str(values.get('SEED')))}", *_counted(nb)]
    if problems:
        body = f'<p class="failed">Failed: {html.escape(problems[0])}</p>'
    else:
        rows = [_row(*metric) for metric in checks.metrics(nb).items()]
        body = _table(rows[:SHOWN])
        if more := rows[SHOWN:]:
            body += f"<details><summary>{len(more)} more</summary>{_table(more)}</details>"
    asked = _question(nb)
    return (
        f'<article><a class="shown" href="{address}" tabindex="-1" aria-hidden="true">{thumbnail(nb)}</a>'
        f'<div class="words"><h2><a href="{address}">{html.escape(checks.title(nb))}</a></h2>'
        + (f'<p class="asked">{html.escape(asked)}</p>' if asked else "")
        + f'<p class="facts">{"".join(f"<span>{fact}</span>" for fact in facts)}</p>{body}</div></article>'
    )


def flat(metrics, between="."):
    """Yield (name, text) for each number of nested metrics; a name has those of the levels above before it."""
    for name, value in metrics.items():
        if isinstance(value, dict):
            yield from ((f"{name}{between if name else ''}{inner}", text) for inner, text in flat(value, between))
        else:
            numbers = value if isinstance(value, list) else [value]
            yield name, ", ".join(f"{one:.4g}" if isinstance(one, float) else str(one) for one in numbers)


def thumbnail(nb):
    """Draw the picture of a notebook that says most, as an <img> which carries its own data.

    The largest that moves; else the largest that a cell shows; else the largest of its widgets. A film of more than
    FRAMES frames becomes slides, of a tall sheet its upper part is seen. Who asks for less motion has a still.
    """
    shown = [
        (
            base64.b64decode(output.data[mime]),
            output.metadata.get(mime, {}).get("alt", ""),
            PLOT in output.data.get("text/html", ""),
        )
        for _, output in checks.outputs(nb)
        for mime in MIMES
        if mime in output.get("data", {})
    ]
    pictures = [(Image.open(io.BytesIO(data)), *told) for data, *told in shown or _widget_pictures(nb)]
    if not pictures:
        return ""
    moving = [one for one in pictures if getattr(one[0], "n_frames", 1) > 1]
    picture, alt, plot = max(moving or pictures, key=lambda one: one[0].width * one[0].height)
    looks = [name for name, fits in (("small", picture.width < SIZE[0] / 2), ("plot", plot)) if fits]
    alt, looks = html.escape(alt, quote=True), f' class="{" ".join(looks)}"' if looks else ""
    if moving:
        picture.seek(picture.n_frames // 2)  # a film may begin in the dark
    still = _data(_reduced(picture), "png")
    if not moving:
        return f'<img{looks} alt="{alt}" loading="lazy" src="{still}">'
    return (
        f'<picture><source media="(prefers-reduced-motion: reduce)" srcset="{still}">'
        f'<img{looks} alt="{alt}" loading="lazy" src="{_moving(picture)}"></picture>'
    )


def _widget_pictures(nb):
    for model in _widgets(nb).values():
        if model["model_name"] != "ImageModel":
            continue
        for buffer in model.get("buffers", ()):
            if buffer["path"] == ["value"] and buffer["data"]:
                plot = "animkit-figure" in model["state"].get("_dom_classes", ())
                yield base64.b64decode(buffer["data"]), model["state"].get("tooltip") or "", plot


def _reduced(picture):
    small = picture.convert("RGBA")
    small = small.crop((0, 0, small.width, min(small.height, small.width)))
    small.thumbnail(SIZE)
    return small


def _moving(picture):
    """A film as an animated WebP of its own length, or as slides."""
    count = picture.n_frames
    chosen = {number * count // FRAMES for number in range(FRAMES)} if count > FRAMES else set(range(count))
    frames, times = [], []
    for number, frame in enumerate(ImageSequence.Iterator(picture)):
        if number in chosen:
            frames.append(_reduced(frame))
            times.append(SLIDE if count > FRAMES else frame.info.get("duration") or 100)
    return _data(frames[0], "webp", save_all=True, append_images=frames[1:], duration=times, loop=0, quality=75)


def _data(picture, kind, **options):
    file = io.BytesIO()
    picture.save(file, kind, **options)
    return f"data:image/{kind};base64,{base64.b64encode(file.getvalue()).decode()}"


def _seconds(nb):
    return nb.metadata.get("papermill", {}).get("duration") or 0


def _spoken(seconds):
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


def _question(nb):
    """The first thing that a notebook asks its reader."""
    found = re.search(r"\*\*Questions\W*\*\*\W*(.+?\?)", nb.cells[0].source if nb.cells else "", flags=re.DOTALL)
    return re.sub(r"[*_`$]|\s+", lambda match: " " if match[0].isspace() else "", found[1]) if found else ""


def _counted(nb):
    """How many pictures a notebook shows, and how many players or boards go on in its page."""
    counts = {
        "picture": sum(any(mime in output.get("data", {}) for mime in MIMES) for _, output in checks.outputs(nb)),
        "player": sum(
            model["model_name"] == "AnyModel" or "<video" in str(model["state"].get("value", ""))
            for model in _widgets(nb).values()
        ),
    }
    return [f"{count} {what}{'s' if count > 1 else ''}" for what, count in counts.items() if count]


def _widgets(nb):
    return nb.metadata.get("widgets", {}).get(checks.WIDGET_STATE, {}).get("state", {})


def _table(rows):
    return f"<table>{''.join(rows)}</table>"


def _row(name, value):
    """A metric and what stands beside it; of many numbers the first are shown."""
    told = [
        f"<span>{f'<i>{html.escape(label)}</i> ' if label else ''}{html.escape(number)}</span>"
        for label, number in flat({"": value}, ", ")
    ]
    more = f"<details><summary>{len(told) - SHOWN} more</summary>{''.join(told[SHOWN:])}</details>"
    return (
        f"<tr><th>{html.escape(name)}</th></tr><tr><td>{''.join(told[:SHOWN])}{more if told[SHOWN:] else ''}</td></tr>"
    )
