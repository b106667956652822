"""What every notebook of the kit must satisfy: functions from a notebook to a list of problems, each one sentence."""

import ast
import json
import re
import symtable
from html.parser import HTMLParser

import nbformat

from animkit.parameters import EVERYWHERE

LONGEST_FUNCTION = 9  # lines with its `def`: what grows moves into the package
LONGEST_CELL = 12  # lines of code, blank ones and comments aside
UNTIMED_SECTIONS = ("errata", "glossary", "key points")
PAPERMILL_TAGS = {"injected-parameters", "papermill-error-cell-tag"}  # cells that it adds; they do not count
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
TRACEBACK = "Traceback (most recent call last)"


def read(path):
    """Read a notebook from its file."""
    return nbformat.read(path, as_version=4)


def tagged(nb, tag):
    """The cells that carry `tag`."""
    return [cell for cell in nb.cells if tag in cell.metadata.get("tags", [])]


def headings(nb):
    """The (level, text) of each markdown heading, in order."""
    text = "\n".join(re.sub(r"```.*?```", "", c.source, flags=re.S) for c in nb.cells if c.cell_type == "markdown")
    return [(len(level), words) for level, words in re.findall(r"^(#+) +(.+?)\s*$", text, flags=re.M)]


def title(nb):
    """The words of the level-one heading."""
    return next((words for level, words in headings(nb) if level == 1), "Untitled")


def parameters(nb):
    """The names and values of the cell tagged `parameters`.

    Raises:
        ValueError: there is not exactly one such cell, or it holds anything but `NAME = literal` lines.
    """
    cells = tagged(nb, "parameters")
    if len(cells) != 1:
        raise ValueError(f"expected one cell tagged 'parameters', found {len(cells)}")
    values = {}
    for line in ast.parse(cells[0].source).body:
        if not (isinstance(line, ast.Assign) and len(line.targets) == 1 and isinstance(line.targets[0], ast.Name)):
            raise ValueError(f"the parameters cell holds more than NAME = literal: {ast.unparse(line)!r}")
        try:
            values[line.targets[0].id] = ast.literal_eval(line.value)
        except ValueError:
            raise ValueError(f"a parameter must be a literal: {ast.unparse(line)!r}") from None
    return values


# What is committed -----------------------------------------------------------------------------------------------


def source_problems(nb):
    """Everything that can be said of a notebook without running it."""
    return [
        *_parameter_problems(nb),
        *_text_problems(nb),
        *_code_problems(nb),
        *overwritten_imports(nb),
        *long_cells(nb),
        *stray_outputs(nb),
    ]


def stray_outputs(nb):
    """Outputs, counts and traces of a run, none of which belong in git."""
    stray = []
    for number, cell in enumerate(nb.cells):
        if cell.get("outputs"):
            stray.append(f"cell {number} carries outputs")
        if cell.get("execution_count") is not None:
            stray.append(f"cell {number} carries an execution count")
        stray += [
            f"cell {number} carries {key!r} metadata" for key in ("papermill", "execution") if key in cell.metadata
        ]
    return stray + [f"the notebook carries {key!r} metadata" for key in ("papermill", "widgets") if key in nb.metadata]


def _parameter_problems(nb):
    problems = [] if len(tagged(nb, "metrics")) == 1 else ["expected one cell tagged 'metrics'"]
    try:
        missing = {"PROFILE", "SEED", "SOURCE"} - set(parameters(nb))
    except ValueError as error:
        return [*problems, str(error)]
    problems += [f"the parameters cell lacks {name}" for name in sorted(missing)]
    return problems + unread_parameters(nb)


def unread_parameters(nb):
    """Parameters that the cell after theirs does not read by type: the text "false" would count as true."""
    place = nb.cells.index(tagged(nb, "parameters")[0]) + 1
    cell = nb.cells[place]  # papermill adds its own cell in between
    try:
        tree = ast.parse(cell.source if cell.cell_type == "code" else "")
    except SyntaxError:
        return []  # told by `_code_problems`
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    told = [call.keywords for call in calls if ast.unparse(call.func) == "read_parameters"]
    if len(told) != 1:
        return ["the cell after the parameters does not read them by read_parameters"]
    known = {name: type(value).__name__ for name, value in parameters(nb).items() if name not in EVERYWHERE}
    # a tuple lists the texts among which to choose
    kinds = {word.arg: "str" if isinstance(word.value, ast.Tuple) else ast.unparse(word.value) for word in told[0]}
    return [
        f"cell {place} reads {name} as {kinds.get(name, 'nothing')}, the parameters cell has {known.get(name, 'none')}"
        for name in sorted(known | kinds)
        if known.get(name) != kinds.get(name)
    ]


def _text_problems(nb):
    first, last = nb.cells[0], nb.cells[-1]
    problems = [
        f"the first cell says nothing of {word}"
        for word in ("question", "objective", "prerequisite", "minute", "exercise")
        if first.cell_type != "markdown" or word not in first.source.lower()
    ]
    if [level for level, _ in headings(nb)].count(1) != 1:
        problems.append("expected one title (a level-one heading)")
    if last.cell_type != "markdown" or "key points" not in last.source.lower():
        problems.append("the last cell is not the key points")
    for level, words in headings(nb):
        timed = re.search(r"\d+ *(min|s\b|sec)", words) or any(name in words.lower() for name in UNTIMED_SECTIONS)
        if level == 2 and not timed:
            problems.append(f"the section {words!r} carries no minutes")
    for number, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown":
            nameless = re.findall(r"!\[\s*\]\(([^)]*)\)", cell.source) + _unlabelled(cell.source)
            problems += [f"cell {number}: {picture} has no alt text" for picture in nameless]
    return problems


def code_cells(nb):
    """Yield (number, cell, Python source) for each code cell; IPython's own lines, % and !, are left blank."""
    for number, cell in enumerate(nb.cells):
        if cell.cell_type == "code":
            yield number, cell, re.sub(r"^[%!].*$", "", cell.source, flags=re.M)


def _code_problems(nb):
    problems = []
    for number, _, source in code_cells(nb):
        try:
            tree = ast.parse(source)
        except SyntaxError as error:
            problems.append(f"cell {number} does not parse: {error.msg}")
            continue
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                lines = node.end_lineno - node.lineno + 1
                if lines > LONGEST_FUNCTION:
                    problems.append(f"cell {number}: {node.name} has {lines} lines; move it into the package")
    return problems


def overwritten_imports(nb):
    """Names that a cell binds anew though a cell imports them: run twice, the notebook would find the wrong thing."""
    imported, bound = set(), []
    for number, _, source in code_cells(nb):
        try:
            notebook = symtable.symtable(source, f"cell {number}", "exec")
        except SyntaxError:
            continue  # told by `_code_problems`
        imported |= {symbol.get_name() for symbol in notebook.get_symbols() if symbol.is_imported()}
        # whatever binds counts: assignments, loops, with-as, except-as, :=, def, class, and `global` in a function
        bound += [(number, symbol.get_name()) for symbol in notebook.get_symbols() if symbol.is_assigned()]
        bound += [(number, name) for table in notebook.get_children() for name in _set_globally(table)]
    return [f"cell {number} assigns over {name}, which is imported" for number, name in bound if name in imported]


def _set_globally(table):
    """Names of the notebook that a function sets by `global`, and those within it."""
    yield from (
        symbol.get_name() for symbol in table.get_symbols() if symbol.is_declared_global() and symbol.is_assigned()
    )
    for child in table.get_children():
        yield from _set_globally(child)


def long_cells(nb):
    """Cells with too much code to be read at a glance; the parameters and the exercises may be longer."""
    problems, exercises = [], False
    for number, cell in enumerate(nb.cells):
        if cell.cell_type == "markdown" and (heading := re.search(r"^#{1,2} +(.*)", cell.source, flags=re.M)):
            exercises = heading[1].lower().startswith("exercises")
        if cell.cell_type != "code" or exercises or "parameters" in cell.metadata.get("tags", []):
            continue
        lines = [line for line in cell.source.splitlines() if line.strip() and not line.lstrip().startswith("#")]
        if len(lines) > LONGEST_CELL:
            problems.append(f"cell {number} has {len(lines)} lines of code, not at most {LONGEST_CELL}")
    return problems


# What a run left -------------------------------------------------------------------------------------------------


def run_problems(nb):
    """Everything that can be said of an executed notebook."""
    ended = nb.metadata.get("animkit", {}).get("ended by")
    problems = [ended] * bool(ended) + errors(nb) + missing_alt(nb)
    try:
        metrics(nb)
    except ValueError as error:
        problems.append(str(error))
    return problems


def outputs(nb):
    """Yield (where, output) for every output: of the cells, and of the Output widgets in the saved widget state."""
    committed = (cell for cell in nb.cells if not PAPERMILL_TAGS & set(cell.metadata.get("tags", [])))
    for number, cell in enumerate(committed):
        for output in cell.get("outputs", []):
            yield f"cell {number}", output
    models = nb.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    for model in models.values():
        for output in model["state"].get("outputs", ()) if model["model_name"] == "OutputModel" else ():
            yield "an Output widget", nbformat.from_dict(output)


def plain(text):
    """Text without the control sequences that colour a terminal."""
    return re.sub(r"\x1b\[[0-9;]*m", "", text)


def error_in(output):
    """The one-line error that an output holds, be it an error or a traceback on the error stream, else None."""
    if output.output_type == "error":
        return f"{output.ename}: {output.evalue}"
    if output.output_type == "stream" and output.name == "stderr" and TRACEBACK in (text := plain(output.text)):
        lines = text.split(TRACEBACK, 1)[1].splitlines()[1:]
        # the first line after the frames, which are indented, names the error
        return next((line for line in lines if line and not line[0].isspace()), "a traceback on the error stream")
    return None


def errors(nb):
    """Every error of a run, those that papermill does not see included.

    ipywidgets catches what a callback raises and prints it where the callback's output goes: an Output widget, the
    error stream, or a message that belongs to no cell. The first two lie in the notebook (unless cleared since); the
    runner notes all of them, as they pass, in the metadata `lost_errors`.
    """
    found = [(where, error_in(output)) for where, output in outputs(nb)]
    found += [("a callback, task or thread", error) for error in nb.metadata.get("lost_errors", [])]
    seen = {}
    for where, error in found:
        if error:
            seen.setdefault(error, where)
    return [f"error in {where}: {error}" for error, where in seen.items()]


def missing_alt(nb):
    """Pictures a screen reader could say nothing of."""
    problems = []
    for where, output in outputs(nb):
        data = output.get("data", {})
        for mime in data:
            if mime.startswith("image/") and not output.metadata.get(mime, {}).get("alt", "").strip():
                problems.append(f"{where}: {mime} has no alt text")
        problems += [f"{where}: {element} has no alt text" for element in _unlabelled(data.get("text/html", ""))]
    return problems


def metrics(nb):
    """The JSON object that the cell tagged `metrics` displayed.

    Raises:
        ValueError: there is no such cell, or it shows no object, an empty one, or one with NaN in it.
    """
    found = [
        output.data["application/json"]
        for cell in tagged(nb, "metrics")
        for output in cell.get("outputs", [])
        if "application/json" in output.get("data", {})
    ]
    if len(found) != 1 or not isinstance(found[0], dict) or not found[0]:
        raise ValueError("the cell tagged 'metrics' must display one JSON object that is not empty")
    try:
        json.dumps(found[0], allow_nan=False)
    except ValueError:
        raise ValueError(f"the metrics hold NaN or infinity: {found[0]}") from None
    return found[0]


class _Unlabelled(HTMLParser):
    """Collects the pictures and films in HTML that carry neither `alt` nor `aria-label`."""

    def __init__(self):
        super().__init__()
        self.found = []

    def handle_starttag(self, tag, attrs):
        said = any(name in ("alt", "aria-label") and (value or "").strip() for name, value in attrs)
        if tag in ("img", "video", "canvas") and not said:
            self.found.append(f"<{tag}>")


def _unlabelled(html):
    parser = _Unlabelled()
    parser.feed(html)
    return parser.found
