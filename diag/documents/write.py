"""Documents written to a folder, each in its forms, whole or not at all; previews."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

from diag.audit.report import Report
from diag.audit.session import AuditSession
from diag.audit.visit import departure_of
from diag.documents.blocks import written
from diag.documents.escape import inline
from diag.documents.formats import FORMATS, Format
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.words.dates import long_date
from diag.words.sentences import counted
from diag.words.vocabulary import PART_WORDS
from diag.workspace.disk import write_whole

if TYPE_CHECKING:
    from diag.documents.document import Document


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file, or why it could not be all that it should."""

    path: Path | None
    """None when this machine cannot make this form, or for a warning alone."""
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Paper:
    """A document of several audits, or a draft, ready to be written."""

    stem: str
    """Name of its files, without the form."""
    document: "Document"
    notice: str = ""
    """What of the syndicat's own it does not have, and why."""


def write_reports(
    report: Report,
    audiences: Iterable[Audience],
    folder: Path,
    formats: Iterable[Format] = tuple(Format),
) -> Iterator[WrittenFile]:
    """Write the document of each audience in each form; yield each as it is done.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    # 70 ms of Markdown and templates: only who writes reports pays for them.
    from diag.documents.templates import build_document  # noqa: PLC0415

    asked = tuple(formats)
    for audience in audiences:
        document = build_document(report, audience)
        notice = report.office.house.explain(audience)
        yield from write_paper(Paper(str(audience), document, notice), folder, asked)


def write_paper(
    paper: Paper, folder: Path, formats: Iterable[Format] = tuple(Format)
) -> Iterator[WrittenFile]:
    """Write a paper in each form, whole or not at all; yield each as it is done.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for form in formats:
        path = folder / f"{paper.stem}.{form}"
        try:
            content, warning = FORMATS[form].write(paper.document)
        except DiagError as error:
            yield WrittenFile(None, str(error))
            continue
        write_whole(path, content)
        yield WrittenFile(path, f"{path.name} : {warning}" if warning else "")
    if paper.notice:
        yield WrittenFile(None, paper.notice)


def draw_report(report: Report, audience: Audience, ppi: int) -> tuple[bytes, ...]:
    """Return the pages of a document's PDF, each as a PNG to look at.

    Raises:
        DiagError: when this machine cannot make a PDF.
    """
    from diag.documents.formats.pdf import draw_pages  # noqa: PLC0415 - Jinja
    from diag.documents.templates import build_document  # noqa: PLC0415 - Jinja

    return draw_pages(build_document(report, audience), ppi)


def preview(
    report: Report, ident: str, audience: Audience, words: Mapping[str, str]
) -> str:
    """Return the Markdown of a recommendation with these words, blanks filled.

    Text is written as the documents write it: what looks like markup is printed.
    """
    action = report.plan.action(ident)

    def fill(text: str) -> str:
        filled = report.fill_blanks(action, text, audience) if action else text
        return str(written(filled))

    ref = f"{action.ref}. " if action else ""
    title = f"**{ref}{fill(words.get('title', ''))}**"
    parts = [
        f"**{PART_WORDS[name]}** : {fill(text)}"
        for name, text in words.items()
        if name != "title" and text.strip()
    ]
    return "\n\n".join((title, *parts))


def departure_markdown(session: AuditSession) -> str:
    """Return the list as a Markdown document to print and tick."""
    departure = departure_of(session)
    day = long_date(session.workspace.world.today())
    lines = [
        f"# {inline(session.about.title)} : avant de partir",
        "",
        f"{day}, {counted(len(departure.checks), 'question')} à vérifier.",
    ]
    for place, checks in groupby(departure.checks, key=lambda check: check.place):
        lines += ["", f"## {inline(place)}", ""]
        for check in checks:
            label = inline(check.stop.question.label)
            lines.append(f"- [ ] {label} : {inline(', '.join(check.reasons))}")
    if departure.remarks:
        lines += ["", "## Et aussi", ""]
        lines += [f"- [ ] {inline(remark)}" for remark in departure.remarks]
    return "\n".join(lines) + "\n"


def write_departure(session: AuditSession) -> Path:
    """Write the list next to the reports of the audit; return where."""
    # Reports are read by few of those who visit: their code is loaded here.
    from diag.audit.report import report_folder  # noqa: PLC0415

    folder = report_folder(session)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "avant-de-partir.md"
    write_whole(path, departure_markdown(session).encode("utf-8"))
    return path
