"""What a message says of the report that it brings: short, and the same twice.

Once as text, once as HTML; every word of people is escaped there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from pathlib import PurePath

from diag.model.enums import Audience, PlaceKind
from diag.reports.frame import version, visit_words
from diag.reports.report import Report
from diag.words.dates import long_date
from diag.words.sentences import phone_number
from diag.words.typography import french

PROVISIONAL = "Provisoire"
"""First word of the subject of a report that may still change."""

_BRINGS = {
    Audience.MAIRIE: "le rapport à la commune",
    Audience.EQUIPE: "le rapport à l'équipe",
    Audience.ACADEMIE: "la note à l'académie",
    Audience.TECHNIQUE: "l'annexe technique",
}
_READ = {
    Audience.MAIRIE: (
        "La première page suffit : elle dit ce qui demande votre décision, avec les "
        "montants et les dates. Elle se lit en trois minutes."
    ),
    Audience.EQUIPE: (
        "Il dit ce qui marche, ce qui est proposé et pour quand, ce que cela rendrait "
        "possible en classe et qui appeler."
    ),
    Audience.ACADEMIE: (
        "Elle dit où en sont le projet, la formation, l'ENT et la conformité, et ce "
        "qui est attendu de l'académie."
    ),
    Audience.TECHNIQUE: (
        "Elle contient des points de sécurité : gardez-la entre les personnes qui "
        "installent et qui entretiennent."
    ),
}
_KINDS = {
    ".pdf": "à lire et à imprimer",
    ".odt": "le même, modifiable (LibreOffice, Word)",
    ".html": "à lire dans un navigateur",
}


_JOINED = french("Pièces jointes :")

_PAGE = """<!DOCTYPE html>
<html lang="fr">
<head><meta charset="utf-8"><title>Diagnostic numérique</title></head>
<body>
{body}
</body>
</html>
"""


@dataclass(frozen=True, slots=True)
class Letter:
    """The words of a message."""

    subject: str
    text: str
    html: str


def letter(report: Report, audience: Audience, files: Sequence[str]) -> Letter:
    """Return what is written to an audience beside the named files."""
    told = [french(each) for each in _paragraphs(report, audience)]
    named = [french(_file_words(name)) for name in files]
    signed = [french(each) for each in _signature(report)]
    foot = french(_foot(report))
    return Letter(_subject(report, audience), *_written(told, named, signed, foot))


def _subject(report: Report, audience: Audience) -> str:
    about = report.about
    where = f" ({about.commune})" if about.kind is PlaceKind.ECOLE else ""
    what = "annexe technique" if audience is Audience.TECHNIQUE else ""
    parts = ("Diagnostic numérique", what, about.name + where)
    subject = " – ".join(part for part in parts if part)
    return f"{PROVISIONAL} – {subject}" if report.provisional else subject


def _paragraphs(report: Report, audience: Audience) -> list[str]:
    told = [
        "Madame, Monsieur,",
        (
            f"Vous trouverez ci-joint {_BRINGS[audience]} sur le numérique "
            f"{report.of_it} ({report.about.title}). Ce document est établi "
            f"{visit_words(report)}."
        ),
    ]
    if report.provisional:
        told.append(
            f"Attention, il est {report.status_words} : l'audit n'est pas clos et ce "
            "document peut encore changer. Une version définitive suivra."
        )
    return [*told, _READ[audience]]


def _file_words(name: str) -> str:
    kind = _KINDS.get(PurePath(name).suffix)
    return f"{name} : {kind}" if kind else name


def _signature(report: Report) -> list[str]:
    office = report.office
    lines = (report.author, office.name, phone_number(office.phone), office.email)
    return [line for line in lines if line]


def _foot(report: Report) -> str:
    state = "provisoire" if report.provisional else "définitif"
    return f"Document {state} du {long_date(report.date)}, {version(report)}."


def _written(
    told: list[str], files: list[str], signed: list[str], foot: str
) -> tuple[str, str]:
    listed = [f"- {name}" for name in files]
    parts = [*told, "\n".join([_JOINED, *listed]), "\n".join(signed), foot]
    text = "\n\n".join(part for part in parts if part) + "\n"
    lines = [f"<p>{escape(each)}</p>" for each in told]
    lines += [f"<p>{_JOINED}</p>", "<ul>"]
    lines += [f"<li>{escape(name)}</li>" for name in files]
    lines += ["</ul>", f"<p>{'<br>'.join(map(escape, signed))}</p>"]
    lines.append(f"<p><small>{escape(foot)}</small></p>")
    return text, _PAGE.format(body="\n".join(lines))
