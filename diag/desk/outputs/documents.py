"""Documents written to files, in the forms that readers open."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import partial
from pathlib import Path

from diag.desk.whole_file import write_whole
from diag.model.enums import Audience
from diag.model.errors import DiagError
from diag.reports.house.look import SHIPPED, Look
from diag.reports.pictures import NONE, Pictures
from diag.reports.report import Report


class Form(StrEnum):
    """A form that a document takes; the Markdown is its source."""

    MARKDOWN = "md"
    HTML = "html"
    PDF = "pdf"
    ODT = "odt"


TITLES = {
    Audience.MAIRIE: "Rapport à la commune",
    Audience.EQUIPE: "Rapport à l'équipe",
    Audience.ACADEMIE: "Note à l'académie",
    Audience.TECHNIQUE: "Annexe technique",
}
"""What a document is called, in lists and in its own properties."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file, or why it could not be all that it should."""

    path: Path | None
    """None when this machine cannot make this form, or when only something is told."""
    warning: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
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
    forms: Iterable[Form] = tuple(Form),
) -> Iterator[Written]:
    """Write each document in each form, whole or not at all; tell each as it is done.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    # 70 ms of Markdown and templates: only who writes reports pays for them.
    from diag.reports.markdown import markdown  # noqa: PLC0415

    folder.mkdir(parents=True, exist_ok=True)
    asked = tuple(forms)
    for audience in audiences:
        text = markdown(report, audience)
        for form in asked:
            made = partial(rendered, report, audience, text, form)
            yield written(folder / f"{audience}.{form}", made)
        notice = own_notice(report, audience)
        if notice:
            yield Written(None, notice)


def written(path: Path, made: Callable[[], tuple[bytes, str]]) -> Written:
    """Write what is `made`, whole or not at all; say what could not be.

    Raises:
        OSError: when the file cannot be written.
    """
    try:
        content, warning = made()
    except DiagError as error:
        return Written(None, str(error))
    write_whole(path, content)
    return Written(path, f"{path.name} : {warning}" if warning else "")


def own_notice(report: Report, audience: Audience) -> str:
    """Return what of the syndicat's own a written document does not have, and why."""
    return report.office.house.told(audience)


def rendered(
    report: Report, audience: Audience, text: str, form: Form
) -> tuple[bytes, str]:
    """Return a document's bytes in one form, and what it could not be made to be.

    Raises:
        DiagError: when this machine cannot make this form.
    """
    title, author = _named(report, audience)
    source = Source(
        text=text,
        title=title,
        author=author,
        day=report.date,
        look=report.office.house.look,
        pictures=report.pictures,
    )
    return in_form(source, form)


def in_form(source: Source, form: Form) -> tuple[bytes, str]:
    """Return a document's bytes in one form, and what it could not be made to be.

    Raises:
        DiagError: when this machine cannot make this form.
    """
    text, title, look = source.text, source.title, source.look
    author, day, pictures = source.author, source.day, source.pictures
    # Each writer is loaded by the first document that takes its form.
    if form is Form.HTML:
        from diag.reports.html import html  # noqa: PLC0415

        return html(text, title, pictures, look=look).encode("utf-8"), ""
    if form is Form.PDF:
        from diag.reports.pdf import printed  # noqa: PLC0415

        done = printed(text, title, author, day, pictures, look=look)
        return done.pdf, done.warning
    if form is Form.ODT:
        from diag.reports.odt import odt  # noqa: PLC0415

        return odt(text, title, author, day, pictures, look=look), ""
    return text.encode("utf-8"), ""


def page_pictures(report: Report, audience: Audience, ppi: int) -> tuple[bytes, ...]:
    """Return the pages of a document's PDF, each as a PNG to look at.

    Raises:
        DiagError: when this machine cannot make a PDF.
    """
    from diag.reports.markdown import markdown  # noqa: PLC0415 - as above
    from diag.reports.pdf import pictured  # noqa: PLC0415 - as above

    title, author = _named(report, audience)
    text, look = markdown(report, audience), report.office.house.look
    pictures = report.pictures
    return pictured(text, title, author, report.date, pictures, ppi=ppi, look=look)


def _named(report: Report, audience: Audience) -> tuple[str, str]:
    """Return a document's title and author, for its properties."""
    title = f"{TITLES[audience]} — {report.about.name}"
    return title, ", ".join(filter(None, (report.author, report.office.name)))
