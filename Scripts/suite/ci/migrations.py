"""Do the new migrations work with the code before them? A deployment runs both for a while, and may go back.

`python Scripts/suite/ci/migrations.py` looks at the migrations that the last release does not have. An operation that
the older code does not bear is an error, unless the file says why it does: a comment `# downtime: reason`.
"""

import ast
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from suite.ci.release import last_tag, migrations_since
from suite.console import Failure, say
from suite.paths import ROOT

_MARK = "# downtime:"
_BREAKS = {
    "RemoveField": "the older code still reads the column: stop using it in one release, remove it in the next",
    "DeleteModel": "the older code still reads the table: stop using it in one release, delete it in the next",
    "RenameField": "the older code knows only the old name: add, copy, switch, remove",
    "RenameModel": "the older code knows only the old name: keep db_table",
    "AlterModelTable": "the older code knows only the old name",
}


def problems(path: Path) -> Iterator[str]:
    """One line for each operation of the migration that the code before it does not bear."""
    text = path.read_text(encoding="utf-8")
    if _MARK in text:
        return
    tree = ast.parse(text)
    created = {_text(call, "name", 0).lower() for call in _calls(tree) if _name(call) == "CreateModel"}
    for call in _calls(tree):
        name = _name(call)
        if _text(call, "model_name", 0).lower() in created:
            continue
        if name in _BREAKS:
            yield f"line {call.lineno}: {name}: {_BREAKS[name]}"
        if name == "AddField" and not _bears_absence(call):
            yield f"line {call.lineno}: AddField: the older code writes rows without it: null=True, or db_default"


def _calls(tree: ast.AST) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else ""


def _argument(call: ast.Call, name: str, position: int) -> ast.expr | None:
    named = next((keyword.value for keyword in call.keywords if keyword.arg == name), None)
    return named or (call.args[position] if len(call.args) > position else None)


def _text(call: ast.Call, name: str, position: int) -> str:
    value = _argument(call, name, position)
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _bears_absence(add: ast.Call) -> bool:
    """The database itself knows what to put into the column, or it is none (a relation of many to many)."""
    field = _argument(add, "field", 2)
    if not isinstance(field, ast.Call):
        return False
    if _name(field) == "ManyToManyField":
        return True
    options = {keyword.arg: keyword.value for keyword in field.keywords}
    null = options.get("null")
    return "db_default" in options or (isinstance(null, ast.Constant) and null.value is True)


def main(arguments: Sequence[str] = (), *, root: Path = ROOT) -> int:
    try:
        last = last_tag(root)
        names = migrations_since(last, root) if last else []
    except Failure as failure:
        print(f"error: {failure}", file=sys.stderr)
        return 1
    found = [f"{name} {problem}" for name in names for problem in problems(root / name)]
    for line in found:
        print(f"error: {line}", file=sys.stderr)
    say(f"{len(names)} migrations since {last or 'the first release, which is still to come'}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
