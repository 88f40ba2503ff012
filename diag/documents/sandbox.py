"""Templates that a syndicat wrote, run where they can neither reach out nor run away.

What they print is escaped like the shipped ones' text. Refuses to know where they are
kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import (
    ChoiceLoader,
    Environment,
    FileSystemLoader,
    FunctionLoader,
    StrictUndefined,
    Undefined,
    nodes,
)
from jinja2.exceptions import (
    SecurityError,
    TemplateError,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context

from diag.audit.report import Report
from diag.documents.blocks import Md, written
from diag.model.errors import DiagError
from diag.words.sentences import typeset
from diag.workspace.charter import SHIPPED

# A name is bound to what exists, never to what is built: without that, eight short
# lines double a text until the memory is full.
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


def _check_grammar(tree: nodes.Template, name: str | None) -> None:
    """Refuse what a template may not hold.

    Raises:
        TemplateSyntaxError: in French, with the line at fault.
    """
    for node in _walked(tree):
        refusal = _of_word(node) or _of_binding(node)
        if not isinstance(node, _ALLOWED):
            word = _NAMES.get(type(node), type(node).__name__.lower())
            refusal = f"« {word} » n'est pas admis dans un modèle"
        if refusal:
            raise TemplateSyntaxError(refusal, node.lineno or 1, name)


def _walked(tree: nodes.Node) -> Iterator[nodes.Node]:
    waiting = [tree]
    while waiting:
        node = waiting.pop()
        yield node
        waiting.extend(node.iter_child_nodes())


def _of_word(node: nodes.Node) -> str:
    """Return what is refused of a filter, a test, a call, a name."""
    refusal = ""
    match node:
        case nodes.Filter() if node.node is None or node.name not in FILTERS:
            refusal = _among(f"le filtre « {node.name} »", FILTERS)
        case nodes.Test() if node.name not in TESTS:
            refusal = _among(f"le test « {node.name} »", TESTS)
        case nodes.Call(node=nodes.Name(name=tool), dyn_args=None, dyn_kwargs=None) if (
            tool in TOOLS
        ):
            refusal = ""
        case nodes.Call():
            refusal = _among("cet appel", TOOLS)
        case nodes.Include() if not isinstance(node.template, nodes.Const):
            refusal = "« include » veut le nom d'un modèle entre guillemets"
        case nodes.Concat() | nodes.Add():
            leaves = (nodes.Name, nodes.Const)
            if sum(isinstance(each, leaves) for each in _walked(node)) > MAX_PARTS:
                refusal = f"plus de {MAX_PARTS} morceaux mis bout à bout"
        case nodes.Getattr(attr=attr) if attr.startswith("_"):
            refusal = f"« {attr} » n'est pas lisible"
    return refusal


def _of_binding(node: nodes.Node) -> str:
    """Return what is refused of a name given to something."""
    refusal = ""
    match node:
        case nodes.Assign() if _builds(node.node):
            refusal = "« set » donne un nom à ce qui existe, sans rien y ajouter"
        case nodes.For(recursive=True):
            refusal = "« recursive » n'est pas admis dans un modèle"
        case nodes.For() if _builds(node.iter):
            refusal = "« for » parcourt ce qui existe, sans rien y ajouter"
    return refusal


def _builds(expression: nodes.Node) -> bool:
    return any(
        isinstance(node, _BUILDING)
        or (isinstance(node, nodes.Tuple) and node.ctx == "load")
        for node in _walked(expression)
    )


def _among(what: str, admitted: frozenset[str]) -> str:
    return f"{what} n'est pas admis (admis : {', '.join(sorted(admitted))})"


PLACE = "overlay/modeles/"
"""How the place of a template is told."""

MAX_STEPS = 200_000
"""Turns of loops and included templates in one document."""

MAX_OUTPUT = 4_000_000
"""Signs in one document."""

_BUDGET = "budget of turns"  # holds spaces: no template can name it
_COUNTED, _INCLUDED = "turns counted", "include counted"

_READABLE = frozenset({
    "about",
    "author",
    "commune",
    "comparables",
    "date",
    "it",
    "of_it",
    "office",
    "provisional",
    "status_words",
})
"""What a template reads of a report: facts reach it through the shipped views only,
which know what each reader may see."""

_PRINTED = (str, int, Fraction, date)
_SUFFIX = ".md.jinja"
_TOOLS = "diag.documents.drafts"


class OwnTemplateError(DiagError):
    """A template of one's own that could not be used: file, line, why."""


@dataclass(slots=True)
class _Budget:
    left: int = MAX_STEPS

    def spend(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise TemplateRuntimeError(
                f"plus de {MAX_STEPS} tours de boucle : le document ne finit pas"
            )


class Guarded(ImmutableSandboxedEnvironment):
    """The sandbox: our small grammar, nothing called, every loop counted."""

    def _parse(
        self, source: str, name: str | None, filename: str | None
    ) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        _check_grammar(tree, name)
        for loop in tuple(tree.find_all(nodes.For)):
            loop.iter = _through(_COUNTED, loop.iter)
        for include in tuple(tree.find_all(nodes.Include)):
            include.template = _through(_INCLUDED, include.template)
        return tree

    def is_safe_attribute(self, obj: Any, attr: str, value: Any) -> bool:
        """Say whether a template may read an attribute: never a thing to call."""
        if isinstance(obj, Report) and attr not in _READABLE:
            return False
        return super().is_safe_attribute(obj, attr, value) and not callable(value)

    def is_safe_callable(self, obj: Any) -> bool:
        """Say whether a template may call: the tools of drafts only."""
        return getattr(obj, "__module__", "") == _TOOLS


def _through(filter_: str, node: nodes.Node) -> nodes.Filter:
    assert isinstance(node, nodes.Expr)
    return nodes.Filter(node, filter_, [], [], None, None, lineno=node.lineno)


@pass_context
def _included(context: Context, name: str) -> str:
    budget: _Budget = context[_BUDGET]
    budget.spend()
    return name


@pass_context
def _counted(context: Context, things: Iterable[object]) -> Iterator[object]:
    budget: _Budget = context[_BUDGET]
    for thing in things:
        budget.spend()
        yield thing


def _shown(thing: object) -> Md:
    """Return what enters the document: a text, a number, a date, and nothing else."""
    if type(thing) is Undefined:  # « a if b », without an else
        return Md("")
    if isinstance(thing, (*_PRINTED, StrictUndefined)):
        return written(thing)
    raise TemplateRuntimeError("cela n'est pas un texte : nommez une de ses parties")


def own_text(
    templates: tuple[tuple[str, str], ...], name: str, context: Mapping[str, object]
) -> str:
    """Return what a template writes, its own or a shipped one that includes its own.

    Raises:
        OwnTemplateError: in French, with the file and the line at fault.
    """
    try:
        template = guarded(templates).get_template(name)
        return "".join(_bounded(template.generate({**context, _BUDGET: _Budget()})))
    except Exception as error:  # a template of anyone can fail in any way
        where, line = _where(error, name)
        is_own = any(where == own for own, _ in templates)
        file = f"{PLACE}{where}" if is_own else f"modèle livré {where}"
        raise OwnTemplateError(f"{file}, ligne {line} : {_reason(error)}.") from error


def _bounded(parts: Iterable[str]) -> Iterator[str]:
    left = MAX_OUTPUT
    for part in parts:
        left -= len(part)
        if left < 0:
            raise TemplateRuntimeError(f"plus de {MAX_OUTPUT} signes écrits")
        yield part


@lru_cache(maxsize=4)  # compiling costs 5 ms a template, an export makes hundreds
def guarded(templates: tuple[tuple[str, str], ...]) -> Guarded:
    """Return the sandbox where these templates stand before the shipped ones."""
    sources = dict(templates)

    def found(name: str) -> tuple[str, str, Callable[[], bool]] | None:
        # Its name as its file: what a traceback tells of it.
        return (sources[name], name, lambda: True) if name in sources else None

    made = Guarded(
        autoescape=False,
        extensions=[Typographer],
        finalize=_shown,
        keep_trailing_newline=True,
        loader=ChoiceLoader([FunctionLoader(found), SHIPPED_LOADER]),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
    made.globals.clear()
    made.filters |= {_COUNTED: _counted, _INCLUDED: _included}
    return made


def _reason(error: Exception) -> str:
    if isinstance(error, TemplateNotFound):
        return f"le modèle « {error.message} » n'existe pas"
    if isinstance(error, UndefinedError):
        return f"ce nom n'existe pas ({error.message})"
    if isinstance(error, SecurityError):
        named = (error.message or "").split("'")[1:2]
        return f"« {''.join(named)} » n'est pas lisible dans un modèle"
    if isinstance(error, RecursionError):
        return "des modèles s'incluent sans fin"
    if isinstance(error, TemplateError):
        return str(error.message).rstrip(".")
    return f"{type(error).__name__} ({error})"


def _where(error: Exception, name: str) -> tuple[str, int]:
    """Return the template and the line at fault: the innermost that is known."""
    if isinstance(error, TemplateSyntaxError):
        return error.name or name, error.lineno
    found, trace = (name, 1), error.__traceback__
    while trace is not None:
        file = Path(trace.tb_frame.f_code.co_filename).name
        if file.endswith(_SUFFIX):
            found = (file, trace.tb_lineno)
        trace = trace.tb_next
    return found


SHIPPED_LOADER = FileSystemLoader(SHIPPED)


class Typographer(Extension):
    """Gives the templates' own prose its French spaces, once, when they compile."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Go through the tokens; only prose changes."""
        for token in stream:
            prose = token.type == "data"
            yield Token(token.lineno, "data", typeset(token.value)) if prose else token


@cache
def environment() -> Environment:
    """Return the templates, whose every expression is escaped unless it is ours."""
    return Environment(
        autoescape=False,  # noqa: S701 - Markdown, not HTML: `finalize` escapes
        extensions=[Typographer],
        finalize=written,
        keep_trailing_newline=True,
        loader=SHIPPED_LOADER,
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )
