"""A recommendation as a reader will read it, while its words are being written."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial
from itertools import groupby
from pathlib import Path

from diag.audit.advising import PART_WORDS
from diag.audit.departure import departure_of
from diag.audit.report import NONE, Pictures, Report
from diag.audit.session import AuditSession
from diag.documents.document import written
from diag.documents.escape import inline
from diag.model.charter import SHIPPED, Look
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.words.dates import long_date
from diag.words.sentences import counted
from diag.words.vocabulary import DOCUMENT_TITLES
from diag.workspace.disk import write_whole


def preview(
    report: Report, ident: str, audience: Audience, words: Mapping[str, str]
) -> str:
    """Return the Markdown of a recommendation with these words, blanks filled.

    Text is written as the documents write it: what looks like markup is printed.
    """
    action = report.plan.action(ident)

    def told(text: str) -> str:
        filled = report.told(action, text, audience) if action else text
        return str(written(filled))

    ref = f"{action.ref}. " if action else ""
    title = f"**{ref}{told(words.get('title', ''))}**"
    parts = [
        f"**{PART_WORDS[name]}** : {told(text)}"
        for name, text in words.items()
        if name != "title" and text.strip()
    ]
    return "\n\n".join((title, *parts))


class Format(StrEnum):
    """A form that a document takes; the Markdown is its source."""

    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    ODT = "odt"


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file, or why it could not be all that it should."""

    path: Path | None
    """None when this machine cannot make this form, or when only something is told."""
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentSource:
    """What every form of a document is made from."""

    text: str
    """Its Markdown."""
    title: str
    """What its properties call it."""
    author: str
    day: date
    look: Look = SHIPPED
    """The syndicat's own, for its own documents; others' acts bear none."""
    pictures: Pictures = field(default_factory=lambda: NONE)


def write_reports(
    report: Report,
    audiences: Iterable[Audience],
    folder: Path,
    forms: Iterable[Format] = tuple(Format),
) -> Iterator[WrittenFile]:
    """Write each document in each form, whole or not at all; tell each as it is done.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    # 70 ms of Markdown and templates: only who writes reports pays for them.
    from diag.documents.templates import markdown  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    asked = tuple(forms)
    for audience in audiences:
        text = markdown(report, audience)
        for form in asked:
            made = partial(rendered, report, audience, text, form)
            yield write_or_explain(folder / f"{audience}.{form}", made)
        notice = own_notice(report, audience)
        if notice:
            yield WrittenFile(None, notice)


def write_or_explain(path: Path, made: Callable[[], tuple[bytes, str]]) -> WrittenFile:
    """Write what is `made`, whole or not at all; say what could not be.

    Raises:
        OSError: when the file cannot be written.
    """
    try:
        content, warning = made()
    except DiagError as error:
        return WrittenFile(None, str(error))
    write_whole(path, content)
    return WrittenFile(path, f"{path.name} : {warning}" if warning else "")


def own_notice(report: Report, audience: Audience) -> str:
    """Return what of the syndicat's own a written document does not have, and why."""
    return report.office.house.told(audience)


def rendered(
    report: Report, audience: Audience, text: str, form: Format
) -> tuple[bytes, str]:
    """Return a document's bytes in one form, and what it could not be made to be.

    Raises:
        DiagError: when this machine cannot make this form.
    """
    title, author = _named(report, audience)
    source = DocumentSource(
        text=text,
        title=title,
        author=author,
        day=report.date,
        look=report.office.house.look,
        pictures=report.pictures,
    )
    return in_form(source, form)


def in_form(source: DocumentSource, form: Format) -> tuple[bytes, str]:
    """Return a document's bytes in one form, and what it could not be made to be.

    Raises:
        DiagError: when this machine cannot make this form.
    """
    text, title, look = source.text, source.title, source.look
    author, day, pictures = source.author, source.day, source.pictures
    # Each writer is loaded by the first document that takes its form.
    if form is Format.HTML:
        from diag.documents.formats.html import html  # noqa: PLC0415

        return html(text, title, pictures, look=look).encode("utf-8"), ""
    if form is Format.PDF:
        from diag.documents.formats.pdf import printed  # noqa: PLC0415

        done = printed(text, title, author, day, pictures, look=look)
        return done.pdf, done.warning
    if form is Format.ODT:
        from diag.documents.formats.odt import odt  # noqa: PLC0415

        return odt(text, title, author, day, pictures, look=look), ""
    return text.encode("utf-8"), ""


def page_pictures(report: Report, audience: Audience, ppi: int) -> tuple[bytes, ...]:
    """Return the pages of a document's PDF, each as a PNG to look at.

    Raises:
        DiagError: when this machine cannot make a PDF.
    """
    from diag.documents.formats.pdf import pictured  # noqa: PLC0415 - as above
    from diag.documents.templates import markdown  # noqa: PLC0415 - as above

    title, author = _named(report, audience)
    text, look = markdown(report, audience), report.office.house.look
    pictures = report.pictures
    return pictured(text, title, author, report.date, pictures, ppi=ppi, look=look)


def _named(report: Report, audience: Audience) -> tuple[str, str]:
    """Return a document's title and author, for its properties."""
    title = f"{DOCUMENT_TITLES[audience]} — {report.about.name}"
    return title, ", ".join(filter(None, (report.author, report.office.name)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper(DocumentSource):
    """A document ready to be written."""

    stem: str
    """Name of its files, without the form."""
    notice: str = ""
    """What of the syndicat's own it does not have, and why."""


def write_paper(
    paper: Paper, folder: Path, forms: Iterable[Format] = tuple(Format)
) -> Iterator[WrittenFile]:
    """Write a paper in each form, whole or not at all; tell each as it is done.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for form in forms:
        made = partial(in_form, paper, form)
        yield write_or_explain(folder / f"{paper.stem}.{form}", made)
    if paper.notice:
        yield WrittenFile(None, paper.notice)


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
    """Write the list beside the reports of the audit; return where."""
    # Reports are read by few of those who visit: their code is loaded here.
    from diag.audit.report import report_folder  # noqa: PLC0415

    folder = report_folder(session)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "avant-de-partir.md"
    write_whole(path, departure_markdown(session).encode("utf-8"))
    return path
