"""Photos as evidence: listed with what they show, then shown; a missing one is said."""

from collections.abc import Iterator
from dataclasses import dataclass

from diag.reports.escape import Md
from diag.reports.layout import sections, table
from diag.reports.pictures import Evidence, image_of
from diag.reports.report import Report
from diag.words.dates import describe_day


@dataclass(frozen=True, slots=True)
class _Shown:
    number: int
    told: Evidence
    here: bool

    @property
    def words(self) -> str:
        caption = self.told.photo.caption.rstrip(". ")
        return f"Photo {self.number} : {caption or 'sans légende'}."


def photos_told(report: Report) -> Md:
    """Return the photos of an audit: a table of them all, then those that are here."""
    shown = list(_shown(report))
    rows = [_row(report, one) for one in shown]
    columns = ("N°", "Légende", "Lieu", "Question", "Date", "Auteur", "Image")
    pictures = (image_of(one.told.photo.sha, one.words) for one in shown if one.here)
    return sections((table("Photos jointes à l'audit", columns, rows), *pictures))


def _shown(report: Report) -> Iterator[_Shown]:
    for number, evidence in enumerate(report.evidence, 1):
        yield _Shown(number, evidence, evidence.photo.sha in report.pictures)


def _row(report: Report, shown: _Shown) -> tuple[str, ...]:
    photo = shown.told.photo
    question = report.checklist.questions.get(photo.question)
    return (
        str(shown.number),
        photo.caption,
        report.place_name(photo.place),
        question.label if question else photo.question,
        describe_day(shown.told.day),
        shown.told.author,
        "ci-dessous" if shown.here else "absente de cet ordinateur",
    )
