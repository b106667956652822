"""A widget of the browser's own that also works in a saved page, without kernel or network."""

import base64
import html
import json
import re
import uuid
import zlib
from pathlib import Path

import anywidget
import traitlets


def joined(path):
    """Read a module and those beside it that its first lines import, as one: a page has no place to import from.

    Args:
        path: of the module, JavaScript.

    Returns:
        str.

    Raises:
        ValueError: an import that is not among the first lines.
    """
    return _joined(Path(path), set())


def _joined(path, seen):
    parts, text = [], path.read_text(encoding="utf-8")
    while imported := re.match(r'import \{[^}]*\} from "\./(.+)";\n', text):
        text = text[imported.end() :]
        if imported[1] not in seen:
            seen.add(imported[1])
            parts.append(_joined(path.with_name(imported[1]), seen))
    if late := re.search(r"^import .*", text, flags=re.M):
        raise ValueError(f"{path.name}: {late[0]!r} must stand before all else, to be joined with what it imports")
    return "\n".join([*parts, text])


class SavedPage(anywidget.AnyWidget):
    """A widget whose notebook output carries, as HTML, all that its module's `mount` needs.

    A class of this kind has its module's text in `script` and in `_esm`, and names in `saved` the traits that `mount`
    is given, beside `data` as `bytes`.
    """

    script: str
    saved: tuple
    data = traitlets.Bytes().tag(sync=True)
    label = traitlets.Unicode().tag(sync=True)  # what is to be seen, for those who cannot see it

    def _repr_mimebundle_(self, **kwargs):
        shown = super()._repr_mimebundle_(**kwargs)
        bundle, metadata = shown if isinstance(shown, tuple) else (shown, {})
        return {**bundle, "text/html": self.html()}, metadata

    def html(self):
        """Write the widget as a piece of HTML that works without kernel or network.

        Returns:
            str.
        """
        place = f"animkit-{uuid.uuid4().hex}"
        # "<" could end the script early from inside a text
        state = json.dumps({name: getattr(self, name) for name in self.saved}).replace("<", "\\u003c")
        return mounted(place, self.script, state, self.data, self.label)


def mounted(place, script, state, data, label):
    """Write HTML in which a module's `mount` begins with its data.

    The data are deflated: frames of sprites, which are mostly alike, take a twentieth of their room.

    Args:
        place: id of the element.
        script: text of the module.
        state: JSON of what `mount` is given, without "<".
        data: bytes that `mount` is given beside.
        label: what is to be seen, for those who cannot see it.

    Returns:
        str.
    """
    module, packed = (base64.b64encode(part).decode() for part in (script.encode(), zlib.compress(data, 9)))
    return (
        f'<div id="{place}"><noscript>{html.escape(label)}</noscript></div>'
        '<script type="module">'
        f'const {{ mount }} = await import("data:text/javascript;base64,{module}");'
        f'const packed = Uint8Array.from(atob("{packed}"), (c) => c.charCodeAt(0));'
        'const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));'
        "const bytes = new Uint8Array(await new Response(plain).arrayBuffer());"
        f'mount(document.getElementById("{place}"), {{ ...{state}, bytes }});'
        "</script>"
    )
