"""A notebook's parameters as they come from a cell or from a command line, read by type before anything is loaded."""

import ast
import math

PROFILES = ("ci", "demo", "full")
SOURCES = ("auto", "present", "twin")
EVERYWHERE = {"PROFILE": PROFILES, "SEED": int, "SOURCE": SOURCES}  # what each notebook has
WORDS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
INJECTED = "# Parameters\n"  # how papermill begins the cell that it adds


def read_value(name, value, kind):
    """Read one parameter by its type.

    Args:
        name: what an error calls it.
        value: what was given: of the type already, or as a command line hands it over.
        kind: bool (true, false, yes, no, 1, 0, in capitals or not), int (whole, from 0 on), float (finite), str (any
            text: a number keeps its digits), or a tuple of the texts among which to choose.

    Returns:
        The value, of that type.

    Raises:
        ValueError: it cannot be read so; the error says what can.
    """
    if isinstance(kind, tuple):
        wanted = f"one of {', '.join(option or repr(option) for option in kind)}"
        read = value if value in kind else None
    elif kind is bool:
        wanted, read = "true or false", WORDS.get(str(value).strip().lower())
    elif kind is int:
        wanted, read = "a whole number, 0 or above", _whole(value)
    elif kind is float:
        wanted, read = "a number", _number(value)
    else:  # papermill makes numbers of what looks like one, a folder called 2024 too
        wanted, read = "text", str(value) if isinstance(value, str | int | float) else None
    if read is None:
        raise ValueError(f"{name} is {value!r}; use {wanted}")
    return read


def _number(value):
    try:
        number = float(value) if not isinstance(value, bool) else math.nan
    except (TypeError, ValueError):
        return None
    return number if math.isfinite(number) else None


def _whole(value):
    if isinstance(value, str) and value.strip().isdecimal():
        return int(value)
    number = _number(value)
    if number is None or number < 0 or number != int(number):
        return None
    return value if isinstance(value, int) else int(number)


def read_parameters(namespace, **kinds):
    """Read a notebook's parameters by type, in the cell after the one that holds them.

    papermill's command hands `-p TRAIN false` over as the text "false", which Python takes for true, and sets any name
    it is given, known or not.

    Args:
        namespace: `globals()` of the notebook.
        **kinds: name -> kind, as `read_value` takes it; PROFILE, SEED and SOURCE are known.

    Returns:
        dict: name -> value, for `globals().update(...)`.

    Raises:
        ValueError: a parameter is missing, cannot be read, or papermill has set one that the notebook does not have.
    """
    kinds = EVERYWHERE | kinds
    refuse_unknown(_injected(namespace.get("In", ())), kinds)
    if missing := [name for name in kinds if name not in namespace]:
        raise ValueError(f"the parameters cell lacks {', '.join(missing)}")
    return {name: read_value(name, namespace[name], kind) for name, kind in kinds.items()}


def refuse_unknown(names, known, where="this notebook"):
    """Raise a ValueError for names that are no parameters; papermill only warns of them.

    Args:
        names: what was set.
        known: what there is.
        where: the notebook, as the error calls it.
    """
    if unknown := sorted(set(names) - set(known)):
        raise ValueError(f"{where} has no parameter {', '.join(unknown)}; it has {', '.join(known)}")


def _injected(history):
    """Names that the cell papermill adds has set, read from what the kernel has run so far."""
    cells = [ast.parse(source).body for source in history if source.startswith(INJECTED)]
    return [target.id for lines in cells for line in lines for target in getattr(line, "targets", ())]
