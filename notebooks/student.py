"""A copy of the notebooks for students, whose exercises are blank, and their solutions apart.

python notebooks/student.py [NOTEBOOK ...]

An exercise stands as a cell that calls `Exercise(..., solution="answer = ...")`, and a cell after it holds the answer,
`answer = ...`. The students' copy has no solution to look up; the solutions' copy has it in the answer's cell.
"""

import argparse
import ast
import copy
import sys
from pathlib import Path

import checks
import nbformat
import run

OUTPUT = run.NOTEBOOKS.parent / "runs" / "student"
LATER = "It is in the notebook of solutions, which your teacher has."
BLANK = "answer = ..."


def exercises(nb):
    """Find the exercises of a notebook.

    Args:
        nb: a notebook.

    Returns:
        list of (number of the cell that asks, the `solution=` in it, number of the cell of the answer).

    Raises:
        ValueError: an exercise without a solution, or without a cell of its own for the answer after it.
    """
    found = []
    for number, cell, source in checks.code_cells(nb):
        for call in (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)):
            if ast.unparse(call.func) != "Exercise":
                continue
            solution = next((word.value for word in call.keywords if word.arg == "solution"), None)
            if not isinstance(solution, ast.Constant):
                raise ValueError(f"cell {cell.id}: an exercise needs solution=, one text")
            below = (i for i in range(number + 1, len(nb.cells)) if nb.cells[i].source.startswith(BLANK))
            place = next(below, None)
            if place is None or any(place == one[2] for one in found):
                raise ValueError(f"cell {cell.id}: no cell with {BLANK!r} follows the exercise")
            found.append((number, solution, place))
    return found


def copies(nb):
    """Make the students' and the solutions' copy.

    Args:
        nb: a notebook; it stays as it is.

    Returns:
        (students', solutions'), notebooks without outputs.

    Raises:
        ValueError: see `exercises`.
    """
    blank, solved = copy.deepcopy(nb), copy.deepcopy(nb)
    for number, solution, place in exercises(nb):
        asked, answer = blank.cells[number], solved.cells[place]
        asked.source = _replaced(asked.source, solution, repr(LATER))
        more = answer.source.splitlines()[1:]
        answer.source = "\n".join([solution.value, *more])
    for made in (blank, solved):
        for cell in made.cells:
            cell.metadata.pop("slideshow", None)  # what the speaker says gives answers away
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
    return blank, solved


def _replaced(source, node, text):
    """Source with the text of a node replaced; columns of `ast` count bytes."""
    lines = [line.encode() for line in source.splitlines()]
    before = [*lines[: node.lineno - 1], lines[node.lineno - 1][: node.col_offset]]
    after = [lines[node.end_lineno - 1][node.end_col_offset :], *lines[node.end_lineno :]]
    return (b"\n".join(before) + text.encode() + b"\n".join(after)).decode()


def main(arguments=None):
    """Write the copies of the notebooks that the command line names."""
    parser = argparse.ArgumentParser(description="Copies of notebooks with blank exercises, and solutions apart.")
    parser.add_argument("notebooks", nargs="*", help="names; all if none is given")
    parser.add_argument("--output", type=Path, default=OUTPUT)
    options = parser.parse_args(arguments)
    try:
        found = [run.find(name) for name in options.notebooks] or sorted(run.NOTEBOOKS.glob("*.ipynb"))
    except ValueError as error:
        parser.error(str(error))
    (options.output / "solutions").mkdir(parents=True, exist_ok=True)
    for path in found:
        nb = checks.read(path)
        blank, solved = copies(nb)
        nbformat.write(blank, options.output / path.name)
        nbformat.write(solved, options.output / "solutions" / path.name)
        print(f"{options.output / path.name}: {len(exercises(nb))} exercises to solve")
    print(f"Solutions: {options.output / 'solutions'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
