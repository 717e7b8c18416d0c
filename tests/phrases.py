"""The phrases of the errors, as they stand in the source: what is right, where to look, whole messages."""

from __future__ import annotations

import ast
import itertools
import re
from collections.abc import Iterator
from pathlib import Path

SOURCE = Path(__file__).parents[1] / "src" / "hrtools_reco"
# Which arguments of the functions that build an error a message shows, by place and name.
SHOWN = {
    "invalid": {1: "right", 3: "hint"},
    "InvalidValueError": {1: "right", 3: "hint"},
    "UnknownNameError": {1: "right", 3: "hint"},
    "AmbiguousBranchError": {1: "right", 3: "hint"},
    "unknown_name": {3: "right"},
    "unknown_item": {4: "right"},
    "check_choice": {3: "right"},
    "check_mapping": {2: "right"},
    "check_number": {4: "unit"},
    "check_count": {3: "unit"},
    "check_unused": {1: "right"},
    "NumberReader": {1: "right"},
    "CatalogError": {0: "message"},
    "HRToolsError": {0: "message"},
    "LoadError": {0: "message"},
    "_errors": {4: "right"},
}
PLACE = "{}"
_DEEPEST = 4


def phrases(path: Path) -> Iterator[str]:
    """Yield each phrase of a module, with ``{}`` for what is known only when the error is raised."""
    module = _Module(path)
    for call in module.calls:
        for place, name in SHOWN.get(_name(call), {}).items():
            yield from module.texts(_argument(call, place, name), module.scope.get(call))


class _Module:
    """The calls of a module, and the function that each stands in."""

    def __init__(self, path: Path) -> None:
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        self.calls = [node for node in ast.walk(self.tree) if isinstance(node, ast.Call)]
        functions = [node for node in ast.walk(self.tree) if isinstance(node, ast.FunctionDef)]
        self.scope = {node: function for function in functions for node in ast.walk(function)}

    def texts(self, part: ast.expr | None, scope: ast.FunctionDef | None, depth: int = 0) -> list[str]:
        """Return the texts that an expression may be; none, if it is not made of texts of this module."""
        if part is None or depth > _DEEPEST:
            return []

        def deeper(inner: ast.expr) -> list[str]:
            return self.texts(inner, scope, depth + 1)

        match part:
            case ast.Constant(value=str(text)):
                return [text]
            case ast.JoinedStr(values=values):
                pieces = [_piece(value, deeper) for value in values]
                return ["".join(chosen) for chosen in itertools.product(*pieces)]
            case ast.IfExp(body=body, orelse=other):
                return deeper(body) + deeper(other)
            case ast.BoolOp(values=values):
                return [text for value in values for text in deeper(value)]
            case ast.BinOp(left=left, op=ast.Add(), right=right):
                return [a + b for a in deeper(left) or [PLACE] for b in deeper(right) or [PLACE]]
            case ast.Call(func=ast.Attribute(value=template, attr="format")):
                return [re.sub(r"\{\w+\}", PLACE, text) for text in deeper(template)]
            case ast.Name(id=name):
                return self._named(name, scope, depth)
        return []

    def _named(self, name: str, scope: ast.FunctionDef | None, depth: int) -> list[str]:
        """Return the texts that a name may stand for: assigned here, handed over, or of the module."""
        found: list[str] = []
        if scope is not None:
            found += self._assigned(name, scope, scope, depth)
            parameters = [argument.arg for argument in scope.args.args + scope.args.kwonlyargs]
            if name in parameters and scope.name not in SHOWN:
                place = parameters.index(name) - (parameters[0] in ("self", "cls"))
                for call in self.calls:
                    if _name(call) == scope.name:
                        handed = _argument(call, place, name)
                        found += self.texts(handed, self.scope.get(call), depth + 1)
        return found or self._assigned(name, self.tree, None, depth)

    def _assigned(self, name: str, where: ast.AST, scope: ast.FunctionDef | None, depth: int) -> list[str]:
        """Return the texts that are assigned to a name."""
        return [
            text
            for node in ast.walk(where)
            if isinstance(node, ast.Assign)
            and any(isinstance(target, ast.Name) and target.id == name for target in node.targets)
            for text in self.texts(node.value, scope, depth + 1)
        ]


def _piece(value: ast.expr, deeper) -> list[str]:
    """Return what a piece of an f-string may be."""
    if isinstance(value, ast.FormattedValue):
        return (deeper(value.value) if isinstance(value.value, ast.IfExp | ast.Name) else []) or [PLACE]
    return deeper(value)


def _name(call: ast.Call) -> str:
    """Return the name of what is called."""
    return getattr(call.func, "id", getattr(call.func, "attr", ""))


def _argument(call: ast.Call, place: int, name: str) -> ast.expr | None:
    """Return an argument that is given by name or by place."""
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    before = call.args[: place + 1]
    is_there = len(before) > place and not any(isinstance(part, ast.Starred) for part in before)
    return before[place] if is_there else None
