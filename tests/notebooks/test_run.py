"""The runner sees what papermill does not: proved on notebooks that each hold one mistake."""

import asyncio
import base64
import io
import queue
import re
import sys
from importlib.util import module_from_spec, spec_from_file_location
from types import SimpleNamespace

import checks
import nbformat
import pytest
import run as runner
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook
from PIL import Image

HEADER = """# A small notebook
**Questions** What is it? **Objectives** Know it. **Prerequisites** None.
**Teaching** 1 minute, **exercises** 0 minutes."""
READ = "from animkit.parameters import read_parameters\n\nglobals().update(read_parameters(globals()))"
METRICS = "from IPython.display import JSON, display\ndisplay(JSON({'loss': 1.5, 'baseline': {'loss': 2}}))"


def notebook(*code, metrics=METRICS):
    """A notebook that keeps every rule, with `code` cells between its parameters and its metrics."""
    return new_notebook(
        cells=[
            new_markdown_cell(HEADER),
            new_code_cell("PROFILE = 'demo'\nSEED = 0\nSOURCE = 'present'", metadata={"tags": ["parameters"]}),
            new_code_cell(READ),
            new_markdown_cell("## A section (1 min)"),
            *map(new_code_cell, code),
            new_code_cell(metrics, metadata={"tags": ["metrics"]}),
            new_markdown_cell("## Key points\n- It is small."),
        ]
    )


def execute(nb, folder, **options):
    nbformat.write(nb, folder / "small.ipynb")
    return runner.run(folder / "small.ipynb", folder / "runs", cwd=folder, timeout=60, **options)


def test_a_clean_notebook_with_widgets_passes(tmp_path):
    nb = notebook(
        "import ipywidgets as w\nfrom IPython.display import display",
        "slider, button, out = w.IntSlider(), w.Button(), w.Output()\n"
        "live = w.interactive_output(lambda x: print(x), {'x': slider})\n"
        "button.on_click(lambda b: print('clicked'))\ndisplay(slider, button, out, live)",
        "slider.value = 7\nbutton.click()\nwith out:\n    print('captured')",
        "SEED + 1",
    )
    done = execute(nb, tmp_path, parameters={"SEED": 41})
    assert done.problems == []
    assert done.metrics == {"loss": 1.5, "baseline": {"loss": 2}}
    executed = checks.read(tmp_path / "runs" / "small.ipynb")
    assert "captured\n" in [output.get("text") for where, output in checks.outputs(executed) if "widget" in where]
    assert "42" in [output.get("data", {}).get("text/plain") for _, output in checks.outputs(executed)]
    assert "A small notebook" in (tmp_path / "runs" / "small.html").read_text()


# each says its own name when it fails, so that one run shows which of them are seen
BROKEN_CALLBACKS = {
    "an interactive_output": "control = w.IntSlider()\n"
    "display(w.interactive_output(lambda x: x == 3 and fail(NAME), {'x': control}))\ncontrol.value = 3",
    "an interactive_output that has recovered": "control = w.IntSlider()\n"
    "display(w.interactive_output(lambda x: x == 3 and fail(NAME), {'x': control}))\n"
    "control.value = 3\ncontrol.value = 4",
    "an Output": "out = w.Output()\ndisplay(out)\nwith out:\n    fail(NAME)",
    "on_click": "button = w.Button()\nbutton.on_click(lambda b: fail(NAME))\nbutton.click()",
    "on_click into an Output": "out, button = w.Output(), w.Button()\n"
    "button.on_click(out.capture()(lambda b: fail(NAME)))\ndisplay(out)\nbutton.click()",
    # what a front end sends when the reader drags a slider, through the kernel's own handler
    "a front end's update": "control = w.IntSlider()\ncontrol.observe(lambda change: fail(NAME), 'value')\n"
    "data = {'method': 'update', 'state': {'value': 5}, 'buffer_paths': []}\n"
    "message = {'content': {'comm_id': control.comm.comm_id, 'data': data}, 'buffers': []}\n"
    "get_ipython().kernel.comm_manager.comm_msg(None, None, message)",
    "a front end's custom message": "control = w.IntSlider()\n"
    "control.on_msg(lambda widget, content, buffers: fail(NAME))\ndata = {'method': 'custom', 'content': {}}\n"
    "message = {'content': {'comm_id': control.comm.comm_id, 'data': data}, 'buffers': []}\n"
    "get_ipython().kernel.comm_manager.comm_msg(None, None, message)",
    "a bare comm": "from comm import create_comm\ncomm = create_comm(target_name='ours')\n"
    "comm.on_msg(lambda message: fail(NAME))\nmessage = {'content': {'comm_id': comm.comm_id, 'data': {}}}\n"
    "get_ipython().kernel.comm_manager.comm_msg(None, None, message)",
    "a thread after its cell": "import threading\nthreading.Timer(0.2, lambda: fail(NAME)).start()",
    "a task after its cell": "import asyncio\nasync def later():\n    await asyncio.sleep(0.1)\n    fail(NAME)\n"
    "asyncio.get_running_loop().create_task(later())\nNone",
    # the last, as it ends the run: the cell itself fails; before it, time for the late ones
    "observe": "import time\ntime.sleep(0.5)\ncontrol = w.IntSlider()\n"
    "control.observe(lambda change: fail(NAME), 'value')\ncontrol.value = 1",
}
FAIL = """import ipywidgets as w
from IPython.display import display
def fail(name):
    raise LookupError(name)"""


@pytest.fixture(scope="module")
def problems_of_callbacks(tmp_path_factory):
    """What a run of all broken callbacks reports, each in a cell of its own."""
    cells = [code.replace("NAME", repr(name)) for name, code in BROKEN_CALLBACKS.items()]
    return execute(notebook(FAIL, *cells), tmp_path_factory.mktemp("callbacks")).problems


@pytest.mark.parametrize("name", BROKEN_CALLBACKS)
def test_an_error_in_a_callback_fails_the_notebook(problems_of_callbacks, name):
    assert any(problem.endswith(f"LookupError: {name}") for problem in problems_of_callbacks), "\n".join(
        problems_of_callbacks
    )


def test_an_error_in_a_cell_fails_the_notebook_and_keeps_a_copy(tmp_path):
    done = execute(notebook("raise ValueError('<b>no</b>')"), tmp_path)
    assert "error in cell 4: ValueError: <b>no</b>" in done.problems
    page = runner.write_gallery(tmp_path / "runs").read_text()
    assert "&lt;b&gt;no&lt;/b&gt;" in page
    assert "<b>no</b>" not in page


def test_a_kernel_that_dies_and_a_cell_that_hangs_are_reported(tmp_path):
    assert "Kernel died" in execute(notebook("import os\nos._exit(1)"), tmp_path).problems[0]
    nbformat.write(notebook("import time\ntime.sleep(60)"), tmp_path / "slow.ipynb")
    done = runner.run(tmp_path / "slow.ipynb", tmp_path / "runs", cwd=tmp_path, timeout=1)
    assert "timed out" in done.problems[0]
    page = runner.write_gallery(tmp_path / "runs").read_text()
    assert "2 failed" in page
    assert page.count("Failed: ") == 2
    assert "timed out" in page


def test_a_reply_whose_notice_was_lost_is_found_within_a_second():
    asked = []

    async def get_msg(timeout):
        asked.append(timeout)
        if len(asked) < 3:  # as a channel does that only finds what lies there once it has waited
            raise queue.Empty
        return "reply"

    channel = SimpleNamespace(get_msg=get_msg)
    client = SimpleNamespace(kc=SimpleNamespace(shell_channel=channel, iopub_channel=SimpleNamespace(get_msg=None)))
    runner.Client.watch(client, new_notebook())
    assert asyncio.run(channel.get_msg(timeout=60)) == "reply"
    assert asked == [1, 1, 1]
    asked.clear()
    with pytest.raises(queue.Empty):
        asyncio.run(channel.get_msg(timeout=0))


def test_an_unknown_parameter_is_refused_before_anything_runs(tmp_path):
    with pytest.raises(ValueError, match="small.ipynb has no parameter SPEED; it has PROFILE, SEED, SOURCE"):
        execute(notebook(), tmp_path, parameters={"SPEED": 2})
    assert not (tmp_path / "runs").exists()


def test_the_command_runs_reports_and_fails(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr(runner, "NOTEBOOKS", tmp_path)
    nbformat.write(notebook("assert PROFILE == 'ci'\nassert SOURCE == 'twin'"), tmp_path / "good.ipynb")
    command = ["--profile", "ci", "-p", "SOURCE=twin", "--output", str(tmp_path / "runs")]
    assert runner.main(command) == 0
    out = capsys.readouterr().out
    assert re.search(r"1 ok, 0 failed, \d+ s, largest kernel \d\.\d GiB", out)
    assert "baseline.loss" in out
    assert "A section (1 min)" in out
    nbformat.write(notebook("1 // 0"), tmp_path / "bad.ipynb")
    assert runner.main([*command, "bad"]) == 1
    assert "ZeroDivisionError" in capsys.readouterr().out
    page = (tmp_path / "runs" / "index.html").read_text()
    assert page.count("<article>") == 2  # what lies in the folder, not only what ran last
    for arguments, message in (["nonesuch"], "there are bad, good"), (["-p", "SPEED=2"], "has no parameter SPEED"):
        with pytest.raises(SystemExit, match="2"):
            runner.main(arguments)
        assert message in capsys.readouterr().err


def test_memory_is_unknown_where_the_system_does_not_tell(monkeypatch):
    monkeypatch.setitem(sys.modules, "resource", None)  # as on Windows: to import it fails
    spec = spec_from_file_location("run_on_windows", runner.__file__)
    there = module_from_spec(spec)
    spec.loader.exec_module(there)
    assert there.summary([]).endswith("largest kernel unknown")


def test_a_command_line_hands_texts_over_and_they_are_read_by_type(tmp_path):
    assert runner.parameter("OUT=a = b") == ("OUT", "a = b")
    nb = notebook()
    nb.cells[1].source += "\nTRAIN = False\nRATE = 1e-3\nOUT = '../runs'"
    nbformat.write(nb, tmp_path / "small.ipynb")
    given = {"SEED": "3", "SOURCE": "twin", "TRAIN": "no", "RATE": "1e-2", "OUT": "07"}
    read = {"SEED": 3, "SOURCE": "twin", "TRAIN": False, "RATE": 0.01, "OUT": "07"}
    assert runner.by_type(tmp_path / "small.ipynb", given) == read
    for name, value in (("SEED", "three"), ("SOURCE", "moon"), ("TRAIN", "maybe"), ("PROFILE", "huge")):
        with pytest.raises(ValueError, match=f"{name} is '{value}'; use "):
            execute(nb, tmp_path, parameters={name: value})
    assert not (tmp_path / "runs").exists()


def picture_notebook(alt):
    buffer = io.BytesIO()
    Image.new("RGB", (2000, 1000), "teal").save(buffer, "PNG")
    png = base64.b64encode(buffer.getvalue()).decode()
    nb = notebook("'a picture'")
    metadata = {"image/png": {"alt": alt}}
    nb.cells[4].outputs = [nbformat.v4.new_output("display_data", {"image/png": png}, metadata=metadata)]
    nb.cells[5].outputs = [nbformat.v4.new_output("display_data", {"application/json": {"loss": 1.0}})]
    return nb


# The checks ------------------------------------------------------------------------------------------------------


def test_pictures_need_alt_text():
    nb = picture_notebook("a teal rectangle")
    assert checks.run_problems(nb) == []
    nb.cells[4].outputs[0].metadata["image/png"]["alt"] = " "
    nb.cells[4].outputs.append(
        nbformat.v4.new_output("display_data", {"text/html": '<img src="a"><img alt="b"><video></video>'})
    )
    nb.metadata["widgets"] = {
        checks.WIDGET_STATE: {
            "state": {
                "1": {
                    "model_name": "OutputModel",
                    "state": {"outputs": [dict(picture_notebook("").cells[4].outputs[0])]},
                }
            }
        }
    }
    assert checks.missing_alt(nb) == [
        "cell 4: image/png has no alt text",
        "cell 4: <img> has no alt text",
        "cell 4: <video> has no alt text",
        "an Output widget: image/png has no alt text",
    ]


@pytest.mark.parametrize("shown", [[1], {}, {"loss": float("nan")}, {"a": {"b": float("inf")}}])
def test_metrics_are_one_object_of_numbers(shown):
    nb = picture_notebook("a teal rectangle")
    nb.cells[5].outputs[0].data["application/json"] = shown
    with pytest.raises(ValueError, match="one JSON object|NaN or infinity"):
        checks.metrics(nb)


def test_a_good_notebook_has_no_problems():
    assert checks.source_problems(notebook("def small(x):\n    return x")) == []


def break_notebook(**changes):
    nb = notebook("1")
    for place, source in changes.items():
        nb.cells[int(place[1:])].source = source
    return nb


@pytest.mark.parametrize(
    ("nb", "problem"),
    [
        (break_notebook(c0="# Title\nWelcome"), "the first cell says nothing of objective"),
        (break_notebook(c1="PROFILE = 'ci'\nSEED = 1"), "the parameters cell lacks SOURCE"),
        (break_notebook(c1="PROFILE = str(1)"), "a parameter must be a literal"),
        (break_notebook(c1="import os"), "more than NAME = literal"),
        (break_notebook(c2="1"), "the cell after the parameters does not read them by read_parameters"),
        (break_notebook(c2="read_parameters(TEXT=str)"), "reads TEXT as str, the parameters cell has none"),
        (
            break_notebook(c1="PROFILE = 'ci'\nSEED = 1\nSOURCE = 'twin'\nTRAIN = False"),
            "cell 2 reads TRAIN as nothing, the parameters cell has bool",
        ),
        (break_notebook(c3="## A section"), "the section 'A section' carries no minutes"),
        (break_notebook(c3="## A (1 min)\n![](a.png)"), r"cell 3: a.png has no alt text"),
        (break_notebook(c4="def f(:"), "cell 4 does not parse"),
        (break_notebook(c4="def f():\n" + "    x = 1\n" * 12), "cell 4: f has 13 lines; move it into the package"),
        (break_notebook(c4="import os\nos = 1"), "cell 4 assigns over os, which is imported"),
        (break_notebook(c4="x = 1\n" * 13), "cell 4 has 13 lines of code, not at most 12"),
        (break_notebook(c6="Bye"), "the last cell is not the key points"),
        (picture_notebook("a picture"), "cell 4 carries outputs"),
    ],
)
def test_each_rule_is_told_by_its_own_sentence(nb, problem):
    assert any(problem in found for found in checks.source_problems(nb))


@pytest.mark.parametrize(
    "code",
    [
        "cast = 1",
        "cast += 1",
        "cast: int = 1",
        "people, (cast, *rest) = 1, (2, 3)",
        "for cast in range(3):\n    pass",
        "with open(0) as cast:\n    pass",
        "try:\n    pass\nexcept OSError as cast:\n    pass",
        "print(cast := 1)",
        "print([cast := one for one in range(3)])",
        "def cast():\n    pass",
        "class cast:\n    pass",
        "def choose():\n    global cast\n    cast = 1",
    ],
)
@pytest.mark.parametrize("imports", ["from story import cast", "import cast.members", "import story as cast"])
def test_no_cell_binds_an_imported_name(imports, code):
    assert checks.overwritten_imports(notebook(imports, code)) == ["cell 5 assigns over cast, which is imported"]
    assert checks.overwritten_imports(notebook(code, imports)) == ["cell 4 assigns over cast, which is imported"]
    assert checks.overwritten_imports(notebook(f"{imports}\n{code}")) != []


@pytest.mark.parametrize(
    "code",
    [
        "from story import cast",
        "cast.name = 1\ncast[0] = 1\nplay(cast=1)",
        "print([cast for cast in range(3)], lambda cast: cast)",
        "def play(cast):\n    cast = 1",
        "class Play:\n    cast = 1",
        "%time cast = 1",
    ],
)
def test_what_stays_in_a_scope_of_its_own_binds_nothing(code):
    assert checks.overwritten_imports(notebook("from story import cast", code)) == []


def test_long_cells_are_told_exercises_and_parameters_aside():
    long = "\n\n# a comment\n".join(["x = 1"] * 13)
    nb = notebook(long.removesuffix("x = 1"), long)
    assert checks.long_cells(nb) == ["cell 5 has 13 lines of code, not at most 12"]
    nb.cells[1].source = long
    nb.cells.insert(5, new_markdown_cell("Text\n\n## Exercises (5 min)\n### One\n1. Do it."))
    assert checks.long_cells(nb) == []
    nb.cells.insert(6, new_markdown_cell("## What next? (1 min)"))
    assert len(checks.long_cells(nb)) == 1


def test_every_trace_of_a_run_is_stray(tmp_path):
    execute(notebook("import ipywidgets as w\nw.IntSlider()"), tmp_path)
    stray = " ".join(checks.stray_outputs(checks.read(tmp_path / "runs" / "small.ipynb")))
    for trace in ("outputs", "an execution count", "'papermill' metadata", "'widgets' metadata"):
        assert trace in stray
