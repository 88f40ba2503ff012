"""Templates that a syndicat wrote, run where they can neither reach out nor run away.

What they print is escaped like the shipped ones' text. Refuses to know where they are
kept.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChoiceLoader, FunctionLoader, StrictUndefined, Undefined, nodes
from jinja2.exceptions import (
    SecurityError,
    TemplateError,
    TemplateNotFound,
    TemplateRuntimeError,
    TemplateSyntaxError,
    UndefinedError,
)
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import pass_context

from diag.model.errors import DiagError
from diag.reports.escape import Md
from diag.reports.house.grammar import check_grammar
from diag.reports.layout import written
from diag.reports.report import Report
from diag.reports.templating import SHIPPED_LOADER, Typographer

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
_TOOLS = "diag.reports.drafts.frame"


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
        check_grammar(tree, name)
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
        raise OwnTemplateError(_told(error, name, dict(templates))) from error


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


def _told(error: Exception, name: str, own: Mapping[str, str]) -> str:
    where, line = _where(error, name)
    file = f"{PLACE}{where}" if where in own else f"modèle livré {where}"
    return f"{file}, ligne {line} : {_reason(error)}."


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
