"""Derives mutants of the permission checks from the syntax tree: one check taken away at a time.

| rule | what it takes away |
|---|---|
| permission | a permission class, or a page of an operators' site, lets every signed-in caller in |
| view | a view lets every user in, or, where every user may come in, everybody |
| check | a function of the caller that answers yes or no says always yes, or always no |
| guard | an `if` about the caller that refuses does not |
| scope | a queryset is not narrowed to what the caller may see |
| branch | an `if` about the caller that widens what they see is always taken; of two querysets either is |

The caller is a parameter annotated `Principal`, `request.user`, `principal_of(...)`, `operator(...)`, and what is
computed from them.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

_ASKS = {"has_permission", "has_object_permission", "allows"}
_PAGES = {f"has_{what}_permission" for what in ("view", "add", "change", "delete", "module")}
_NARROWS = {"filter", "exclude"}
_CALLER_TYPES = {"Principal"}
_CALLER_IDS = {"user_id", "user", "owner_id", "viewer_id"}  # in a function that answers a queryset
_ANYBODY = 'type("Anybody", (), {"has_permission": lambda *_: True})'
_ANY_USER = 'type("AnyUser", (), {"has_permission": lambda _, request, view: getattr(request.user, "is_user", False)})'


@dataclass(frozen=True)
class Mutant:
    """The text from `start` to `end` (in characters) becomes `new`; whoever runs one of `lines` reaches the check."""

    file: str
    line: int
    rule: str
    name: str
    start: int
    end: int
    new: str
    lines: range

    def apply(self, code: str) -> str:
        """The code with the one change."""
        return code[: self.start] + self.new + code[self.end :]

    def __str__(self) -> str:
        return f"{self.rule} {self.file}:{self.line} {self.name}"


def of_folder(app: Path) -> list[Mutant]:
    """The mutants of an app; tests, migrations and seeds have no checks."""
    skipped = {"tests", "migrations", "management"}
    files = [path for path in sorted(app.rglob("*.py")) if not skipped & set(path.relative_to(app).parts)]
    return [
        mutant for path in files for mutant in of_code(path.read_text(encoding="utf-8"), str(path.relative_to(app)))
    ]


def of_code(code: str, file: str) -> list[Mutant]:
    """The mutants of one module."""
    return sorted({(m.start, m.end, m.new): m for m in _Module(code, file).mutants()}.values(), key=lambda m: m.start)


class _Module:
    def __init__(self, code: str, file: str) -> None:
        self._file = file
        self._tree = ast.parse(code)
        self._starts = [0]
        for line in code.splitlines(keepends=True):
            self._starts.append(self._starts[-1] + len(line.encode()))
        self._bytes = code.encode()

    def mutants(self) -> Iterator[Mutant]:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.ClassDef):
                yield from self._of_class(node)
            elif isinstance(node, ast.FunctionDef):
                yield from self._of_function(node)
        for node in self._tree.body:
            if isinstance(node, ast.Assign) and _called(node.value) in {"has_role", "has_scope"}:
                yield self._mutant("permission", ast.unparse(node.targets[0]), node.value, _ANY_USER, range(0))

    def _of_class(self, node: ast.ClassDef) -> Iterator[Mutant]:
        for part in node.body:
            if isinstance(part, ast.Assign) and ast.unparse(part.targets[0]) == "permission_classes":
                yield from self._of_permissions(node, ast.unparse(part.value), part.value)
            if isinstance(part, ast.FunctionDef) and part.name in _ASKS | _PAGES and not _is_open(part):
                yield self._body("permission", f"{node.name}.{part.name}", part, "return True")
            if isinstance(part, ast.FunctionDef) and part.name == "get_permissions":
                yield from self._of_get_permissions(node, part)

    def _of_permissions(self, view: ast.ClassDef, permissions: str, node: ast.expr, call: str = "") -> Iterator[Mutant]:
        """Whom the view lets in that takes them less seriously; what is open on purpose stays as it is."""
        if "AllowAnyone" not in permissions:
            wider = _ANYBODY if permissions == "[IsUser]" else _ANY_USER
            yield self._mutant("view", view.name, node, f"{wider}{call}" if call else f"[{wider}]", _span(view))

    def _of_get_permissions(self, node: ast.ClassDef, function: ast.FunctionDef) -> Iterator[Mutant]:
        """Each permission in it by itself: they differ by method."""
        for entry in (entry for part in ast.walk(function) if isinstance(part, ast.List) for entry in part.elts):
            for call in (part for part in ast.walk(entry) if isinstance(part, ast.Call)):
                # `has_role("tts:admin")()`: the outer call makes the instance.
                made = ast.unparse(call.func)
                if made[:1].isupper() or made.endswith(")"):
                    yield from self._of_permissions(node, f"[{made}]", call, call="()")

    def _of_function(self, node: ast.FunctionDef) -> Iterator[Mutant]:
        callers = _callers(node)
        if not callers or node.name in _ASKS | _PAGES:
            return
        if ast.unparse(node.returns or ast.Constant(None)) == "bool":
            yield self._body("check", f"{node.name} always", node, "return True")
            yield self._body("check", f"{node.name} never", node, "return False")
            return
        _spread(node, callers)
        lines = _span(node)
        for part in ast.walk(node):
            if isinstance(part, ast.If) and _mentions(part.test, callers):
                yield from self._of_if(node, part, lines)
            if isinstance(part, ast.IfExp) and _asks(part.test, callers) and _reads(part):
                yield from (self._mutant("branch", node.name, part.test, new, lines) for new in ("True", "False"))
            if _is_scope(part, callers):
                yield self._mutant("scope", node.name, part, self._widened(part, callers), lines)

    def _of_if(self, function: ast.FunctionDef, node: ast.If, lines: range) -> Iterator[Mutant]:
        if all(isinstance(line, ast.Raise) for line in node.body):
            yield self._mutant("guard", function.name, node.test, "False", lines)
        elif "QuerySet" in ast.unparse(function.returns or ast.Constant(None)):
            # The narrow branch (`if not ...: return none()`) must not go; a wide one must not always be taken.
            narrow = any(_called(part) == "none" for line in node.body for part in ast.walk(line))
            yield self._mutant("branch", function.name, node.test, str(not narrow), lines)

    def _widened(self, node: ast.Call, callers: set[str]) -> str:
        """The same call without the conditions about the caller."""
        parts: list[ast.expr | ast.keyword] = [*node.args, *node.keywords]
        kept = [ast.unparse(part) for part in parts if not _mentions(part, callers)]
        called = self._text(node.func)
        return f"{called}({', '.join(kept)})" if kept else f"{called.rpartition('.')[0]}.all()"

    def _body(self, rule: str, name: str, node: ast.FunctionDef, new: str) -> Mutant:
        """The whole body but its docstring."""
        body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
        return self._mutant(rule, name, body[0], new, _span(node), last=body[-1])

    def _mutant(
        self, rule: str, name: str, node: ast.expr | ast.stmt, new: str, lines: range, last: ast.stmt | None = None
    ) -> Mutant:
        start, end = self._offset(node.lineno, node.col_offset), self._end(last or node)
        return Mutant(self._file, node.lineno, rule, name, start, end, new, lines)

    def _offset(self, line: int, column: int) -> int:
        """In characters; the tree counts a column in bytes."""
        return len(self._bytes[: self._starts[line - 1] + column].decode())

    def _end(self, node: ast.expr | ast.stmt) -> int:
        return self._offset(node.end_lineno or node.lineno, node.end_col_offset or 0)

    def _text(self, node: ast.expr) -> str:
        code = self._bytes.decode()
        return code[self._offset(node.lineno, node.col_offset) : self._end(node)]


def _callers(node: ast.FunctionDef) -> set[str]:
    """The names by which a function knows who calls it; a view's method knows by `self.request`."""
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    names = {a.arg for a in arguments if a.annotation and _CALLER_TYPES & set(ast.unparse(a.annotation).split(" | "))}
    if "QuerySet" in ast.unparse(node.returns or ast.Constant(None)):
        names |= {a.arg for a in arguments} & _CALLER_IDS
    text = ast.unparse(node)
    if "principal_of(" in text or "self.request.user" in text or "request.user" in text:
        names |= {"principal_of", "request.user"}
    return names | ({"operator"} if "operator(" in text else set())


def _spread(node: ast.FunctionDef, callers: set[str]) -> None:
    """Adds the local names that are computed from the caller, until there are no more."""
    while True:
        fresh = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Assign | ast.AugAssign | ast.AnnAssign) and part.value is not None:
                targets = part.targets if isinstance(part, ast.Assign) else [part.target]
                pairs = [pair for target in targets for pair in _pairs(target, part.value)]
                fresh |= {target.id for target, value in pairs if _mentions(value, callers)}
        if fresh <= callers:
            return
        callers |= fresh


def _pairs(target: ast.expr, value: ast.expr) -> list[tuple[ast.Name, ast.expr]]:
    """Each name with what it is given, also of `a, b = x, y`."""
    if isinstance(target, ast.Name):
        return [(target, value)]
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple):
        return [pair for one, given in zip(target.elts, value.elts, strict=False) for pair in _pairs(one, given)]
    return []


def _asks(node: ast.expr, callers: set[str]) -> bool:
    """Whether something of the caller's is asked, such as `principal.is_staff`; not what was read for them."""
    return any(isinstance(part, ast.Attribute) and _mentions(part.value, callers) for part in ast.walk(node))


def _reads(node: ast.IfExp) -> bool:
    """Whether one of both is a queryset."""
    return any(
        _called(part) in {*_NARROWS, "all", "none"} for half in (node.body, node.orelse) for part in ast.walk(half)
    )


def _mentions(node: ast.AST, callers: set[str]) -> bool:
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and part.id in callers:
            return True
        if isinstance(part, ast.Attribute) and ast.unparse(part).endswith("request.user") and "request.user" in callers:
            return True
    return False


def _is_scope(node: ast.AST, callers: set[str]) -> TypeGuard[ast.Call]:
    """`queryset.filter(... about the caller ...)`."""
    if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute) or node.func.attr not in _NARROWS:
        return False
    return any(_mentions(part, callers) for part in [*node.args, *(keyword.value for keyword in node.keywords)])


def _is_open(node: ast.FunctionDef) -> bool:
    """Whether it says yes to everybody on purpose."""
    return ast.unparse(node.body[-1]) == "return True" and len(node.body) <= 2


def _called(node: ast.AST) -> str:
    """The last part of the name of what is called, or ""."""
    return ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def _span(node: ast.AST) -> range:
    """The lines of a node's body: whoever runs one of them reaches the check."""
    body: list[ast.stmt] = getattr(node, "body", [])
    return range(body[0].lineno, (body[-1].end_lineno or 0) + 1)
