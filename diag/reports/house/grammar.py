"""What a template of one's own may say: a small part of Jinja, checked before it runs.

A name is bound to what exists, never to what is built: without that, eight short lines
double a text until the memory is full.
"""

from collections.abc import Iterator

from jinja2 import nodes
from jinja2.exceptions import TemplateSyntaxError

FILTERS = frozenset({
    "capitalize",
    "default",
    "first",
    "last",
    "length",
    "lower",
    "trim",
    "upper",
})
"""Filters that a template may call: none builds more than it was given."""
MAX_PARTS = 20
"""Parts put one after the other in an expression: each may be a whole section."""
TESTS = frozenset({"defined", "even", "none", "odd", "undefined"})
TOOLS = frozenset({"blank", "signatures", "to_write"})
"""Functions that a template may call: those of drafts."""

_ALLOWED = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.If,
    nodes.For,
    nodes.Assign,
    nodes.Include,
    nodes.Name,
    nodes.Const,
    nodes.Tuple,
    nodes.List,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.CondExpr,
    nodes.Test,
    nodes.Filter,
    nodes.Call,
    nodes.Concat,
    nodes.Add,
    nodes.Sub,
)
_BUILDING = (nodes.Concat, nodes.Add, nodes.Sub, nodes.Call, nodes.Filter, nodes.List)
_NAMES = {
    nodes.Block: "block",
    nodes.Extends: "extends",
    nodes.FromImport: "from … import",
    nodes.Import: "import",
    nodes.Macro: "macro",
    nodes.CallBlock: "call",
    nodes.FilterBlock: "filter",
    nodes.AssignBlock: "set … endset",
    nodes.With: "with",
    nodes.Mul: "*",
    nodes.Pow: "**",
    nodes.Mod: "%",
    nodes.Div: "/",
    nodes.FloorDiv: "//",
}


def check_grammar(tree: nodes.Template, name: str | None) -> None:
    """Refuse what a template may not say.

    Raises:
        TemplateSyntaxError: in French, with the line at fault.
    """
    for node in _walked(tree):
        said = _refusal(node)
        if said:
            raise TemplateSyntaxError(said, node.lineno or 1, name)


def _walked(tree: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.iter_child_nodes())


def _refusal(node: nodes.Node) -> str:
    if isinstance(node, _ALLOWED):
        return _of_word(node) or _of_binding(node)
    word = _NAMES.get(type(node), type(node).__name__.lower())
    return f"« {word} » n'est pas admis dans un modèle"


def _of_word(node: nodes.Node) -> str:
    """Return what is refused of a filter, a test, a call, a name."""
    said = ""
    match node:
        case nodes.Filter() if node.node is None or node.name not in FILTERS:
            said = _among(f"le filtre « {node.name} »", FILTERS)
        case nodes.Test() if node.name not in TESTS:
            said = _among(f"le test « {node.name} »", TESTS)
        case nodes.Call() if not _is_tool(node):
            said = _among("cet appel", TOOLS)
        case nodes.Include() if not isinstance(node.template, nodes.Const):
            said = "« include » veut le nom d'un modèle entre guillemets"
        case nodes.Concat() | nodes.Add() if _parts(node) > MAX_PARTS:
            said = f"plus de {MAX_PARTS} morceaux mis bout à bout"
        case nodes.Getattr(attr=attr) if attr.startswith("_"):
            said = f"« {attr} » n'est pas lisible"
    return said


def _of_binding(node: nodes.Node) -> str:
    """Return what is refused of a name given to something."""
    said = ""
    match node:
        case nodes.Assign() if _builds(node.node):
            said = "« set » donne un nom à ce qui existe, sans rien y ajouter"
        case nodes.For(recursive=True):
            said = "« recursive » n'est pas admis dans un modèle"
        case nodes.For() if _builds(node.iter):
            said = "« for » parcourt ce qui existe, sans rien y ajouter"
    return said


def _is_tool(call: nodes.Call) -> bool:
    plain = call.dyn_args is None and call.dyn_kwargs is None
    return plain and isinstance(call.node, nodes.Name) and call.node.name in TOOLS


def _parts(expression: nodes.Node) -> int:
    leaves = (nodes.Name, nodes.Const)
    return sum(isinstance(node, leaves) for node in _walked(expression))


def _builds(expression: nodes.Node) -> bool:
    return any(
        isinstance(node, _BUILDING) or _is_load_tuple(node)
        for node in _walked(expression)
    )


def _is_load_tuple(node: nodes.Node) -> bool:
    return isinstance(node, nodes.Tuple) and node.ctx == "load"


def _among(what: str, admitted: frozenset[str]) -> str:
    return f"{what} n'est pas admis (admis : {', '.join(sorted(admitted))})"
