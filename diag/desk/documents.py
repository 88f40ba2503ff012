"""Documents written to files, in the forms that readers open."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from diag.desk.reporting import write_whole
from diag.model.checklist import Audience
from diag.model.errors import DiagError
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
            path = folder / f"{audience}.{form}"
            try:
                content, warning = rendered(report, audience, text, form)
            except DiagError as error:
                yield Written(None, str(error))
                continue
            write_whole(path, content)
            yield Written(path, f"{path.name} : {warning}" if warning else "")
        notice = own_notice(report, audience)
        if notice:
            yield Written(None, notice)


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
    look, pictures = report.office.house.look, report.pictures
    # Each writer is loaded by the first document that takes its form.
    if form is Form.HTML:
        from diag.reports.html import html  # noqa: PLC0415

        return html(text, title, pictures, look=look).encode("utf-8"), ""
    if form is Form.PDF:
        from diag.reports.pdf import printed  # noqa: PLC0415

        done = printed(text, title, author, report.date, pictures, look=look)
        return done.pdf, done.warning
    if form is Form.ODT:
        from diag.reports.odt import odt  # noqa: PLC0415

        return odt(text, title, author, report.date, pictures, look=look), ""
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
