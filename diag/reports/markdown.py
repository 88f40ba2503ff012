"""One audit told to one reader, in Markdown: the source of truth of a document."""

import re
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from jinja2.ext import Extension
from jinja2.lexer import Token, TokenStream

from diag.model.checklist import Audience
from diag.reports import academy, frame, mayor, team, technician
from diag.reports.escape import Md
from diag.reports.glossary import glossary
from diag.reports.layout import written
from diag.reports.report import Report
from diag.reports.typography import french

_TEMPLATES = Path(__file__).parent / "templates"
_VIEWS: dict[Audience, Callable[[Report], dict[str, object]]] = {
    Audience.MAIRIE: mayor.view,
    Audience.EQUIPE: team.view,
    Audience.ACADEMIE: academy.view,
    Audience.TECHNIQUE: technician.view,
}
_ENDS: dict[str, object] = {"sources": Md(""), "prices": Md("")}
_GAP = re.compile(r"\n{3,}")


class Typographer(Extension):
    """Gives the templates' own prose its French spaces, once, when they compile."""

    def filter_stream(self, stream: TokenStream) -> Iterator[Token]:
        """Go through the tokens; only prose changes."""
        for token in stream:
            prose = token.type == "data"
            yield Token(token.lineno, "data", french(token.value)) if prose else token


@cache
def environment() -> Environment:
    """Return the templates, whose every expression is escaped unless it is ours."""
    return Environment(
        autoescape=False,  # noqa: S701 - Markdown, not HTML: `finalize` escapes
        extensions=[Typographer],
        finalize=written,
        keep_trailing_newline=True,
        loader=FileSystemLoader(_TEMPLATES),
        lstrip_blocks=True,
        trim_blocks=True,
        undefined=StrictUndefined,
    )


def markdown(report: Report, audience: Audience) -> str:
    """Return the document of an audience: same report, same bytes."""
    templates = environment()
    context = frame.view(report) | _ENDS | _VIEWS[audience](report)
    body = templates.get_template(f"{audience}.md.jinja").render(context)
    context |= {"glossary": glossary(body), "contacts": frame.contacts(report)}
    end = templates.get_template("fin.md.jinja").render(context)
    return _GAP.sub("\n\n", f"{body}\n{end}").strip() + "\n"
