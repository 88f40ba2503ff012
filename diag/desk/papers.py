"""Papers beyond the four reports: one Markdown, written in the forms asked."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from diag.desk.documents import Form, Written
from diag.desk.reporting import write_whole
from diag.model.errors import DiagError
from diag.reports.house.look import SHIPPED, Look


@dataclass(frozen=True, slots=True)
class Paper:
    """A document ready to be written."""

    stem: str
    """Name of its files, without the form."""
    title: str
    """What its properties call it."""
    author: str
    day: date
    text: str
    """Its Markdown."""
    look: Look = SHIPPED
    """The syndicat's own, for its own documents; others' acts bear none."""
    notice: str = ""
    """What of the syndicat's own it does not have, and why."""


def write_paper(
    paper: Paper, folder: Path, forms: Iterable[Form] = tuple(Form)
) -> Iterator[Written]:
    """Write a paper in each form, whole or not at all; tell each as it is done.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for form in forms:
        path = folder / f"{paper.stem}.{form}"
        try:
            content, warning = paper_bytes(paper, form)
        except DiagError as error:
            yield Written(None, str(error))
            continue
        write_whole(path, content)
        yield Written(path, f"{path.name} : {warning}" if warning else "")
    if paper.notice:
        yield Written(None, paper.notice)


def paper_bytes(paper: Paper, form: Form) -> tuple[bytes, str]:
    """Return a paper's bytes in one form, and what it could not be made to be.

    Raises:
        DiagError: when this machine cannot make this form.
    """
    # Each writer is loaded by the first document that takes its form.
    if form is Form.HTML:
        from diag.reports.html import html  # noqa: PLC0415

        return html(paper.text, paper.title, look=paper.look).encode("utf-8"), ""
    if form is Form.PDF:
        from diag.reports.pdf import printed  # noqa: PLC0415

        done = printed(
            paper.text, paper.title, paper.author, paper.day, look=paper.look
        )
        return done.pdf, done.warning
    if form is Form.ODT:
        from diag.reports.odt import odt  # noqa: PLC0415

        made = odt(paper.text, paper.title, paper.author, paper.day, look=paper.look)
        return made, ""
    return paper.text.encode("utf-8"), ""
