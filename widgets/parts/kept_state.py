"""What a notebook's widgets showed stays in its file when it is saved by a page that did not run them."""

import json
import re
from pathlib import Path

VIEW, STATE = (f"application/vnd.jupyter.widget-{kind}+json" for kind in ("view", "state"))


def keep_state(*, model, path, contents_manager):
    """Put back what JupyterLab leaves out: it saves live widgets alone, so that opening a notebook would empty it.

    `make lab` has Jupyter Server call this before it writes a file.

    Args:
        model: what is saved; a notebook's widget state is changed in place.
        path: of the file, from the server's folder.
        contents_manager: of the server.
    """
    file = Path(contents_manager.root_dir, path.strip("/"))
    if model["type"] != "notebook" or not file.is_file():
        return
    outputs = (one for cell in model["content"]["cells"] for one in cell.get("outputs", ()))
    shown = {one["data"][VIEW]["model_id"] for one in outputs if VIEW in one.get("data", {})}
    saved = _widgets(json.loads(file.read_text(encoding="utf-8")))
    new, old = dict(_widgets(model["content"]).get("state", {})), saved.get("state", {})
    wanted = shown & old.keys() - new.keys()
    while wanted:
        one = wanted.pop()
        new[one] = old[one]
        wanted |= set(re.findall("IPY_MODEL_([0-9a-f]+)", json.dumps(old[one]["state"]))) & old.keys() - new.keys()
        model["content"]["metadata"]["widgets"] = {STATE: saved | {"state": new}}


def _widgets(notebook):
    return notebook["metadata"].get("widgets", {}).get(STATE, {})
