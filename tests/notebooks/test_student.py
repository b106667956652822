"""Students' copies: no solution is in them, the others hold all, and every exercise of the kit can be told apart."""

import ast
from pathlib import Path

import checks
import nbformat
import pytest
import student

NOTEBOOKS = sorted((Path(__file__).parents[2] / "notebooks").glob("*.ipynb"))
ASKS = """é = 1
one = Exercise(
    "What is twice three?",
    lambda answer: None if answer == 6 else "no",
    hint="Add.",
    solution="three = 3\\n"
    "answer = 2 * three",
)
one"""
ANSWER = "answer = ...  # a number\none.check(answer)"


def notebook(*sources):
    return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in sources])


def test_a_blank_copy_has_no_solution_and_the_other_answers_rightly():
    nb = notebook(ASKS, ANSWER, "later = one.status")
    nb.cells[0].metadata["slideshow"] = {"slide_type": "slide", "notes": "six"}
    blank, solved = student.copies(nb)
    assert "2 * three" not in str(blank)
    assert "six" not in str(blank)
    assert f"solution={student.LATER!r}" in blank.cells[0].source
    for made, status in ((blank, "not attempted"), (solved, "correct")):
        namespace = {}
        exec("from widgets.parts.exercise import Exercise", namespace)
        for cell in made.cells:
            exec(cell.source, namespace)
        assert namespace["later"] == status
    assert nb.cells[0].source == ASKS  # what was given stays


@pytest.mark.parametrize(
    ("cells", "wrong"),
    [
        ((ASKS,), "no cell with 'answer = ...' follows"),
        ((ASKS, ASKS.replace("one", "two"), ANSWER), "no cell with 'answer = ...' follows"),
        (("Exercise('?', len, hint='')", ANSWER), "needs solution=, one text"),
        (("Exercise('?', len, hint='', solution=str(1))", ANSWER), "needs solution=, one text"),
    ],
)
def test_an_exercise_that_cannot_be_told_apart_is_named(cells, wrong):
    with pytest.raises(ValueError, match=wrong):
        student.copies(notebook(*cells))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_every_exercise_is_blank_in_one_copy_and_solved_in_the_other(path):
    nb = checks.read(path)
    blank, solved = student.copies(nb)
    for number, solution, place in student.exercises(nb):
        assert solution.value not in blank.cells[number].source
        assert blank.cells[place].source == nb.cells[place].source
        assert solved.cells[place].source.startswith(solution.value)
        tree = ast.parse(solved.cells[place].source)
        names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
        names |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
        assert "answer" in names
    assert checks.stray_outputs(blank) == checks.stray_outputs(solved) == []
