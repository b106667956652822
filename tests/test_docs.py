"""What README, CONTRIBUTING and the notebooks' texts name is there: modules, functions, files."""

import ast
import json
import re
from pathlib import Path

import pytest
from PIL import Image

ROOT = Path(__file__).parents[1]
TEXTS = {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "CONTRIBUTING.md")}
NOTEBOOKS = {
    path.name: "\n".join("".join(cell["source"]) for cell in json.loads(path.read_text(encoding="utf-8"))["cells"])
    for path in sorted((ROOT / "notebooks").glob("*.ipynb"))
}


def defined(path):
    """Names at the top of a module."""
    names = set()
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            names.add(node.name)
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names |= {alias.asname or alias.name for alias in node.names}
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            names |= {
                part.id for part in ast.walk(node) if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store)
            }
    return names


def exists(dotted):
    """Whether a dotted name is a module of ours, or leads to a name at the top of one."""
    parts = dotted.split(".")
    for count in range(len(parts), 0, -1):
        place = ROOT.joinpath(*parts[:count])
        for module in (place.with_suffix(".py"), place / "__init__.py"):
            if module.is_file():
                return count == len(parts) or parts[count] in defined(module)
    return False


def imports(text):
    """Dotted names that the code in a text imports from us, in lines as Python has them."""
    for room, names in re.findall(r"^from ((?:animkit|widgets)[\w.]*) import ([\w, ]+)", text, flags=re.M):
        yield from (f"{room}.{name.split(' as ')[0].strip()}" for name in names.split(","))


def test_names_are_found_where_they_are():
    assert exists("animkit.studio.film")
    assert exists("animkit.studio.film.compose")
    assert exists("animkit.weights.card")
    assert exists("animkit.studio.characters.Company.looks")
    assert not exists("animkit.studio.scene")
    assert not exists("animkit.studio.film.shoot")
    assert not exists("animkit.studio.film.reels")  # a name within a function
    assert not exists("animkit.weights.cards")
    assert list(imports("from animkit.a import b, c as d\nimport os")) == ["animkit.a.b", "animkit.a.c"]


@pytest.mark.parametrize("name", [*TEXTS, *NOTEBOOKS])
def test_every_module_and_function_named_is_there(name):
    text = (TEXTS | NOTEBOOKS)[name]
    named = {*re.findall(r"\b(?:animkit|widgets)(?:\.[A-Za-z_]\w*)+", text), *imports(text)}
    assert named
    assert sorted(dotted for dotted in named if not exists(dotted)) == []


def paths(text):
    """Files and folders of ours that a text names, `{a,b}` written out; NAME and NN stand for any name."""
    for path in re.findall(r"(?<![\w./])((?:animkit|widgets|notebooks|tests)/[\w./{},*]*)", text):
        start, brace, rest = path.rstrip(".,").partition("{")
        choices, _, end = rest.partition("}")
        yield from (start + choice + end for choice in choices.split(",")) if brace else (start,)


@pytest.mark.parametrize("name", TEXTS)
def test_every_file_named_is_there(name):
    named = {path for path in paths(TEXTS[name]) if not re.search("NAME|NN_", path)}
    assert named
    assert sorted(path for path in named if not list(ROOT.glob(path))) == []


def test_the_glossary_has_each_word_once():
    table = TEXTS["CONTRIBUTING.md"].split("## Which word means what")[1].split("\n## ")[0]
    words = [row.split("|")[1].strip() for row in table.splitlines() if row.startswith("| ")][1:]
    assert len(words) == len(set(words)) > 10


def test_the_readmes_example_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    example = re.search(r"```python\n(.*?)```", TEXTS["README.md"], re.DOTALL)[1]
    exec(compile(example, "README.md", "exec"), {})
    with Image.open(tmp_path / "walk.gif") as film:
        assert (film.size, film.n_frames) == ((192, 192), 16)


def symbols(text):
    """Letters that stand in a text's formulas, Greek and marked ones (as "tilde c") included."""
    tex = " ".join(a or b for a, b in re.findall(r"\$\$(.+?)\$\$|\$(.+?)\$", text, flags=re.DOTALL))
    tex = re.sub(r"\\(text|mathrm|operatorname|begin|end)\*?\{[^}]*\}", " ", tex)
    marked = r"\\(tilde|hat|bar|dot)(?![a-z])\s*\{?\s*(\\?[A-Za-z])[a-z]*\}?"
    found = {" ".join(pair) for pair in re.findall(marked, tex)}
    tex = re.sub(r"\\(mathbb|mathcal|mathbf)\s*", " ", re.sub(marked, " ", tex))
    return (
        found
        | {name for name in re.findall(r"\\([a-z]+)", tex) if name in GREEK.values()}
        | {*re.findall(r"[A-Za-z]", re.sub(r"\\[A-Za-z]+", " ", tex))}
    )


NAMES = "alpha beta gamma delta varepsilon theta lambda mu nu pi rho sigma tau varphi psi eta iota kappa omega"
GREEK = dict(zip("αβγδεθλμνπρστφψηικω", NAMES.split(), strict=True))


def test_symbols_are_read_from_formulas():
    assert symbols(r"c $x$ and $$\tilde c_t=\dots\hat{y}\,\mathrm{cos}\,\theta$$") == {
        "x",
        "tilde c",
        "t",
        "hat y",
        "theta",
    }


@pytest.mark.parametrize("name", [name for name in NOTEBOOKS if name < "08"])
def test_labs_have_the_notation_of_the_notebooks_that_show_them(name):
    cells = json.loads((ROOT / "notebooks" / name).read_text(encoding="utf-8"))["cells"]
    text = "\n".join("".join(cell["source"]) for cell in cells if cell["cell_type"] == "markdown")
    known = symbols(text) | {GREEK[letter] for letter in text if letter in GREEK}
    for lab in sorted(set(re.findall(r"\w+_lab\.(\w+)\(", NOTEBOOKS[name]))):
        path = ROOT / "widgets/labs" / f"{lab}.py"
        source = path.read_text(encoding="utf-8") if path.is_file() else ""
        used = symbols("\n".join(re.findall(r"\$\$.+?\$\$", source.replace('"\n    r"', ""), flags=re.DOTALL)))
        assert sorted((used | {GREEK[letter] for letter in source if letter in GREEK}) - known) == [], lab
