"""The page that lists the labs' pages, a card with a picture each."""

import html

from widgets.pages.page import STYLE

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Labs without a kernel - animkit</title>
<style>
{style}
.cards {{ display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 19rem), 1fr)); gap: 1rem;
  list-style: none; margin: 0; padding: 0 }}
.cards a {{ display: block; height: 100%; border: 1px solid var(--line); border-radius: .6rem; overflow: hidden;
  background: var(--soft); text-decoration: none }}
.cards img {{ display: block; width: 100%; aspect-ratio: 2; object-fit: contain; background: #fff }}
.cards span {{ display: block; padding: .5rem .8rem; font-weight: 600 }}
h2 {{ font-size: 1.1rem; margin: 1.2rem 0 .5rem }} :is(header, main) {{ display: block }}
</style></head>
<body><header><h1>Labs without a kernel</h1>
<p>{told}</p></header>
<main>
{sections}
</main>
</body></html>
"""


def index_page(made):
    """Write the list of pages.

    Args:
        made: list of dicts with call, title, alt, notebook, states and bytes, in the order to list them.

    Returns:
        str, HTML that loads nothing but the pictures beside it.
    """
    sections = []
    for notebook in dict.fromkeys(card["notebook"] for card in made):
        cards = "\n".join(_card(card) for card in made if card["notebook"] == notebook)
        sections.append(f'<h2>{html.escape(notebook)}</h2>\n<ul class="cards">\n{cards}\n</ul>')
    size = sum(card["bytes"] for card in made) / 1e6
    return PAGE.format(
        style=STYLE.read_text(encoding="utf-8"),
        told=(
            f"{len(made)} labs of the derivations, {size:.0f} MB in all, at most 2 MB each. They open from disk, on a "
            "phone too, without kernel and network: what each shows was computed beforehand by the notebook's own code."
        ),
        sections="\n".join(sections),
    )


def _card(card):
    name, alt = card["call"].split(".")[1], html.escape(card["alt"], quote=True)
    picture = f'<img src="{name}.png" alt="{alt}" loading="lazy">'
    return f'<li><a href="{name}.html">{picture}<span>{html.escape(card["title"])}</span></a></li>'
