"""The figures of notebook 08: one for each question, a row a method, as HTML that follows theme and width."""

import html
import math
from typing import NamedTuple

from matplotlib.ticker import LogLocator, MaxNLocator

from animkit.benchmarks.results import cell
from animkit.benchmarks.tables import verdict

KINDS = {
    "ours": "ours; filled, our best",
    "apart": "ours, not like for like",
    "published": "published",
    "baseline": "baseline",
    "bound": "floor, ceiling or referee",
}
# between black and white, so that they keep 3:1 on either
MARKS = {
    "ours": '<circle r="5" fill="none" stroke="#2b8cbe" stroke-width="2"/>',
    "best": '<circle r="7" fill="#2b8cbe"/>',
    "apart": '<circle r="4" fill="none" stroke="#2b8cbe" stroke-dasharray="2.5" stroke-width="2"/>',
    "published": '<path d="M-6 0 0-6 6 0 0 6z" fill="#d95f02"/>',
    "baseline": '<path d="M-4.5-4.5h9v9h-9z" fill="#8a8a8a"/>',
    "bound": '<path d="M-5 5H5L0-5z" fill="none" stroke="#8a8a8a" stroke-width="2"/>',
}
COLOURS = {"ours": "#2b8cbe", "apart": "#2b8cbe", "published": "#d95f02", "baseline": "#8a8a8a", "bound": "#8a8a8a"}
FARTHEST = 3  # times the width of ours and published: a baseline beyond it is an arrow at the edge
SMALL, PHONE, LETTER = 900, 330, 9  # pixels of a cell in JupyterLab on a small screen, of one on a phone, of a letter

ROOMY = ' class="roomy"'  # of a tick that a phone has no room for
STYLE = """<style>
.animkit-answer{container-type:inline-size;font-size:15px;line-height:1.25;max-width:70rem;margin:.5em 0 1em}
.animkit-answer .row{display:grid;column-gap:1.2em;
 grid-template-columns:minmax(11rem,2.8fr) repeat(var(--panels),minmax(0,3fr))}
.animkit-answer .row>:first-child{align-self:center;padding:2px 0}
.animkit-answer .row>b{align-self:end!important;padding:2px 0}
.animkit-answer .row:nth-child(even){background:rgba(128,128,128,.1)}
.animkit-answer .cell{display:flex;align-items:stretch;gap:.9em}
.animkit-answer .track{flex:1;position:relative;min-height:24px;margin-left:9px}
.animkit-answer .track>svg{position:absolute;width:100%;height:100%;overflow:visible}
.animkit-answer .cell span{flex:0 0 calc(.66em*var(--digits));align-self:center;font-variant-numeric:tabular-nums}
.animkit-answer .best,.animkit-answer .title{font-weight:bold}
.animkit-answer .legend{margin:.2em 0}
.animkit-answer .legend span{display:inline-block;margin-right:1.2em}
.animkit-answer .legend svg{vertical-align:middle;overflow:visible}
@container (max-width:600px){
.animkit-answer .row{grid-template-columns:repeat(min(var(--panels),2),minmax(0,1fr));padding:.2em 0}
.animkit-answer .row>:first-child{grid-column:1/-1}
.animkit-answer .row>:first-child:empty{display:none}
.animkit-answer .row>b:first-child{display:none}
.animkit-answer .cell{display:grid;grid-template-columns:1fr calc(.66em*var(--digits));gap:0 .5em}
.animkit-answer .cell[data-title]::before{content:attr(data-title);grid-column:1/-1}
.animkit-answer :is(.many,.roomy){display:none}}
</style>"""


class Panel(NamedTuple):
    """One column of a figure: what is measured, whether less or more of it is better, and what was asked for."""

    title: str
    better: str  # "less" or "more"
    target: float | None = None
    log: bool = False
    worst: bool = False  # the target holds for the worse end of the interval, such as for every seed


class Row(NamedTuple):
    """One method: its name, one of `KINDS`, and for each panel what was measured, see `span`."""

    name: str
    kind: str
    values: tuple


def span(found):
    """Read a number and the ends of its interval off what a results file has.

    Args:
        found: a number; a dict with `mean`, `value` or `share`, and `interval_95`, `low` and `high`, or `sd`; or None.

    Returns:
        (number, least, greatest); None for what was not measured. A spread counts one `sd` to both sides.
    """
    if not isinstance(found, dict):
        return None if found is None else (float(found),) * 3
    value = next(found[name] for name in ("mean", "value", "share") if name in found)
    low, high = found.get("interval_95") or (found.get("low"), found.get("high"))
    if low is None:
        low, high = value - (found.get("sd") or 0), value + (found.get("sd") or 0)
    return float(value), float(low), float(high)


def figure(question, panels, rows, *, unlike=""):
    """Draw what each method reached, in one panel for each measure.

    Args:
        question: the title.
        panels: list of `Panel`.
        rows: list of `Row`.
        unlike: why published numbers are not to be compared with ours, said beside their mark; none if they are.

    Returns:
        HTML. A target is a dashed line, and below stands whether our best meets it; a baseline far away is an arrow at
        the edge. A screen reader finds a table.

    Raises:
        ValueError: an unknown kind, or a row with more or fewer values than there are panels.
    """
    for row in rows:
        if row.kind not in KINDS or len(row.values) != len(panels):
            raise ValueError(f"a row is of {list(KINDS)} and has {len(panels)} values, one a panel; got {row}")
    rows = sorted(rows, key=lambda row: list(KINDS).index(row.kind))
    many = len(panels) > 2  # for one line of a narrow page
    drawn = [_Axis(panel, [(row.kind, span(row.values[i])) for row in rows]) for i, panel in enumerate(panels)]
    more = " many" if many else ""
    heads = [f'<b role="columnheader" class="title">{_titled(axis.panel)}</b>' for axis in drawn]
    lines = [f'<div role="row" class="row{more}"><b role="columnheader">method</b>{"".join(heads)}</div>']
    for i, row in enumerate(rows):
        name = html.escape(row.name + " (published)" * (row.kind == "published"))
        best = ' class="best"' if any(axis.best == i for axis in drawn) else ""
        cells = "".join(axis.cell(i, many) for axis in drawn)
        lines.append(f'<div role="row" class="row"><span role="rowheader"{best}>{name}</span>{cells}</div>')
    digits = max(len(cell(one[0])) for axis in drawn for _, one in axis.found if one)  # the same room in all rows
    rooms = _rooms(len(panels), digits)
    scales = "".join(axis.scale(*rooms) for axis in drawn)
    lines.append(f'<div class="row" aria-hidden="true"><span></span>{scales}</div>')
    told = " · ".join(filter(None, [axis.verdict() for axis in drawn]))
    return (
        f'{STYLE}<div class="animkit-answer" style="--panels:{len(panels)};--digits:{digits}">'
        f'<div class="title">{html.escape(question)}</div>{_legend({row.kind for row in rows}, panels, unlike)}'
        f'<div role="table" aria-label="{html.escape(question, quote=True)}">{"".join(lines)}</div>'
        f"<div>{told}</div></div>"
    )


def folded(*parts):
    """Fold tables and the text on how they were measured away, below a figure.

    Args:
        parts: HTML of tables; text that is no HTML keeps its lines.

    Returns:
        HTML.
    """
    shown = [
        part if part.startswith("<") else f'<pre style="white-space:pre-wrap">{html.escape(part)}</pre>'
        for part in parts
    ]
    scrolled = f'<div style="overflow-x:auto">{"".join(shown)}</div>'
    return f'<details><summary style="cursor:pointer">The numbers as a table</summary>{scrolled}</details>'


def _titled(panel):
    scale = ", log scale" if panel.log else ""
    return f'{html.escape(panel.title)} <span style="font-weight:normal">({panel.better} is better{scale})</span>'


def _legend(kinds, panels, unlike):
    more = {"published": f", not like for like: {unlike}" if unlike else ""}
    marks = [
        (MARKS["best" if kind == "ours" else kind], told + more.get(kind, ""))
        for kind, told in KINDS.items()
        if kind in kinds
    ]
    if any(panel.target is not None for panel in panels):
        marks.append(('<path d="M0-9V9" stroke="currentColor" stroke-dasharray="3" stroke-width="2"/>', "target"))
    told = "".join(
        f'<span><svg width="18" height="18" viewBox="-9 -9 18 18" aria-hidden="true">{mark}</svg> {html.escape(name)}'
        "</span>"
        for mark, name in marks
    )
    return f'<div class="legend">{told}</div>'


def _rooms(panels, digits):
    """How many letters have room under each panel, beside numbers of so many digits: on a small screen, on a phone."""
    column = 3 * (SMALL - 19 * panels) / (2.8 + 3 * panels)  # as the style shares the width out, beside the names
    narrow = PHONE if panels == 1 else PHONE / 2 - 9  # below them
    return column / LETTER - 1.1 * digits - 2.5, narrow / LETTER - 1.1 * digits - 2.0


def _apart(ticks, room):
    """Those of the ticks (label, percent) whose labels stand clear of the one before, with so many letters of room."""
    kept = ticks[:1]
    for label, at in ticks[1:]:
        if (at - kept[-1][1]) * room / 100 > (len(label) + len(kept[-1][0])) / 2 + 0.5:
            kept.append((label, at))
    return kept


def _track(drawn):
    return f'<div class="track"><svg aria-hidden="true">{drawn}</svg></div>'


class _Axis:
    """One panel's scale, and where its numbers stand on it."""

    def __init__(self, panel, found):
        self.panel, self.found = panel, found
        near = [end for kind, one in found if one and kind not in ("baseline", "bound") for end in self.ends(one)]
        near += [] if panel.target is None else [self.at(panel.target)]
        far = sorted(self.at(one[0]) for kind, one in found if one and kind in ("baseline", "bound"))
        low, high = min(near or far), max(near or far)
        least = 2 if panel.log else 0.25 * max(abs(low), abs(high))  # where ours and published are all alike
        most = max(FARTHEST * (high - low), least)
        for end in far:
            if max(high, end) - min(low, end) <= most:
                low, high = min(low, end), max(high, end)
        pad = 0.04 * (high - low or abs(high) or 1)
        self.low, self.high, self.pad = low - pad, high + pad, pad
        ours = {i: one[0] for i, (kind, one) in enumerate(found) if one and kind == "ours"}
        self.best = (min if panel.better == "less" else max)(ours, key=ours.get) if ours else None

    def at(self, value):
        return math.log10(max(value, 1e-12)) if self.panel.log else value

    def ends(self, one):
        return [self.at(value) for value in one]

    def percent(self, value):
        return 100 * min(max((self.at(value) - self.low) / (self.high - self.low), 0), 1)

    def cell(self, i, titled):
        """Row `i` on this axis, with its number beside it."""
        kind, one = self.found[i]
        line = "" if self.panel.target is None else self.line(self.panel.target)
        title = f' data-title="{html.escape(self.panel.title, quote=True)}"' if titled else ""
        if one is None:
            return f'<div role="cell" class="cell"{title}>{_track(line)}<span>–</span></div>'
        value, low, high = one
        mark, told = MARKS["best" if i == self.best else kind], cell(value)
        if high > low:
            told += f", {cell(low)} to {cell(high)}"
            ends = f'x1="{self.percent(low):.2f}%" x2="{self.percent(high):.2f}%"'
            line += f'<line {ends} y1="50%" y2="50%" stroke="{COLOURS[kind]}" stroke-width="3"/>'
        if not self.low <= self.at(value) <= self.high:
            right = self.at(value) > self.high
            mark = f'<path d="M{"-9-5 0 0-9 5" if right else "9-5 0 0 9 5"}z" fill="{COLOURS[kind]}"/>'
        best = ' class="best"' if i == self.best else ""
        return (
            f'<div role="cell" class="cell"{title} title="{told}">'
            + _track(f'{line}<svg x="{self.percent(value):.2f}%" y="50%" overflow="visible">{mark}</svg>')
            + f"<span{best}>{cell(value)}</span></div>"
        )

    def line(self, value):
        place = f'x1="{self.percent(value):.2f}%" x2="{self.percent(value):.2f}%"'
        return f'<line {place} y1="0" y2="100%" stroke="currentColor" stroke-dasharray="3" stroke-width="2"/>'

    def scale(self, room, least):
        """Ticks whose labels have room, so many letters over the whole width, on a phone least, as the last row."""
        if self.panel.log:
            # between two powers of ten there may be no third
            subs = (1.0,) if self.high - self.low > 2 else (1.0, 2.0, 5.0)
            ticks = LogLocator(subs=subs, numticks=9).tick_values(10**self.low, 10**self.high)
        else:
            ticks = MaxNLocator(4, steps=[1, 2, 5, 10]).tick_values(self.low, self.high)
        most = self.pad * 0.99  # no tick in the margin: there is no 102 %
        ticks = (tick for tick in ticks if self.low + most <= self.at(tick) <= self.high - most)
        shown = _apart([(f"{tick:g}".replace("e-0", "e-"), self.percent(tick)) for tick in ticks], room)
        # on a phone every second of them, or every third
        always = next((some for n in (1, 2, 3, 4) if _apart(some := shown[::n], least) == some), shown[:1])
        texts = "".join(
            f"<g{'' if (label, at) in always else ROOMY}>"
            f'<text x="{at:.2f}%" y="16" text-anchor="middle" fill="currentColor">{label}</text>'
            f'<line x1="{at:.2f}%" x2="{at:.2f}%" y2="4" stroke="currentColor"/></g>'
            for label, at in shown
        )
        return f'<div class="cell">{_track(texts)}<span></span></div>'

    def verdict(self):
        """Whether our best meets the target."""
        target = self.panel.target
        if target is None:
            return ""
        asked = f"{html.escape(self.panel.title)}, target {target:g} or {self.panel.better}: "
        if self.best is None:
            return f"{asked}<b>not measured</b>"
        less, worst = self.panel.better == "less", self.panel.worst
        value, low, high = self.found[self.best][1]
        reached = value if not worst else high if less else low
        met = verdict(reached <= target if less else reached >= target)
        return f"{asked}<b>{met}</b> by our best, {cell(reached)}" + " at worst" * worst
