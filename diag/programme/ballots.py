"""A ballot as a telephone shows it, and what it sends back: under a role, no name."""

import json
from collections.abc import Iterable, Iterator
from html import escape
from typing import Any
from uuid import UUID, uuid5

from diag.journal.revision import NewRevision
from diag.model.base import Noun
from diag.model.errors import DiagError
from diag.model.programme import MOST_POINTS, WorkshopBallot, WorkshopCard
from diag.phone.pages import PhoneSheet
from diag.programme.container import BALLOT, CARD, Container
from diag.programme.gathering import part_subject, points_typed, role_named
from diag.programme.setting import checked
from diag.words.sentences import typeset
from diag.words.vocabulary import PARTICIPANTS

FORMAT, VERSION = "diag-ballot", 1
"""What a telephone sends back is marked with."""

_ROLE, _WORDS, _THEME = "role", "mot", "theme/"
"""Names of its fields; those of themes start with the last."""

_INTRO = (
    f"Sans nom. Partagez {MOST_POINTS} points entre les thèmes, comme vous voulez ; un "
    "mot si vous le souhaitez. Envoyé deux fois, le dernier compte."
)

_OUT_OF_DATE = "Cette page n'est plus à jour : rouvrez-la par le carré."


def ballot_sheet(container: Container, workshop: str) -> PhoneSheet:
    """Return the ballot of a workshop as a telephone shows it.

    Raises:
        DiagError: there is no theme to share points among.
    """
    record = container.record()
    if not record.themes:
        raise DiagError("Aucun thème où mettre des points. Nommez-en d'abord.")
    marks = {
        "format": FORMAT,
        "version": str(VERSION),
        "subject": container.slug,
        "code": workshop,
    }
    return PhoneSheet(
        title=record.workshops[workshop].title,
        intro=_INTRO,
        fields="".join(_fields(container)),
        marks=" ".join(f'data-{name}="{escape(text)}"' for name, text in marks.items()),
    )


def _fields(container: Container) -> Iterator[str]:
    roles = "".join(
        f'<label><input type="radio" name="{_ROLE}" value="{role}">'
        f"{escape(typeset(words))}</label>"
        for role, words in PARTICIPANTS.items()
    )
    yield f'<fieldset data-q="{_ROLE}"><legend>Vous êtes</legend>{roles}</fieldset>'
    for slug, theme in container.record().themes.items():
        yield (
            f'<fieldset data-q="{_THEME}{escape(slug)}">'
            f"<legend>{escape(typeset(theme.title))}</legend><label>Points "
            f'<input type="number" inputmode="numeric" min="0" max="{MOST_POINTS}">'
            "</label></fieldset>"
        )
    yield (
        f'<fieldset data-q="{_WORDS}"><legend>Un mot, si vous voulez</legend>'
        '<label>Dans vos mots, sans nom <textarea rows="3" cols="40" maxlength="500">'
        "</textarea></label></fieldset>"
    )


def take_ballot(container: Container, workshop: str, phone: str, raw: bytes) -> str:
    """Keep a ballot, and a card where there are words; return what its author reads.

    `phone` is the secret of a telephone, and is not kept: sent twice, the last counts.

    Raises:
        DiagError: it is none, names no role, or shares too many points.
    """
    given = dict(_rows(raw, workshop))
    role = role_named(given.pop(_ROLE, ""))
    words = given.pop(_WORDS, "")
    points = {
        name.removeprefix(_THEME): points_typed(text) for name, text in given.items()
    }
    if points.keys() - container.record().themes.keys():
        raise DiagError(_OUT_OF_DATE)
    ident = _ident(workshop, phone)
    sent: dict[str, Noun | None] = {BALLOT: None, CARD: None}
    if any(points.values()):
        sent[BALLOT] = checked(WorkshopBallot, {"role": role, "points": points})
    if words.strip():
        sent[CARD] = checked(WorkshopCard, {"role": role, "text": words.strip()})
    if not any(sent.values()):
        raise DiagError("Aucun point et aucun mot : rien n'est à garder.")
    subjects = {kind: part_subject(workshop, kind, ident) for kind in sent}
    container.write(
        *(
            container.draft(subjects[kind], value)
            for kind, value in sent.items()
            if value or subjects[kind] in container.stated
        )
    )
    return "Merci. Vous pouvez fermer cette page."


def knows_phone(container: Container, workshop: str, phone: str) -> bool:
    """Say whether a ballot, or a card, came from a telephone."""
    record, ident = container.record(), _ident(workshop, phone)
    return (workshop, ident) in record.ballots or (workshop, ident) in record.cards


def without_ballots(
    container: Container, workshop: str, phones: Iterable[str]
) -> list[NewRevision]:
    """Return what takes back all that came from telephones, cards included."""
    subjects = [
        part_subject(workshop, kind, _ident(workshop, phone))
        for phone in phones
        for kind in (BALLOT, CARD)
    ]
    return [
        container.draft(subject, None)
        for subject in subjects
        if subject in container.stated
    ]


def _ident(workshop: str, phone: str) -> str:
    return str(uuid5(UUID(workshop), f"phone {phone}"))


def _rows(raw: bytes, workshop: str) -> Iterator[tuple[str, str]]:
    """Give each field that was filled, with what it holds."""
    try:
        sent: Any = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise DiagError("Ce bulletin n'a pas pu être lu : rouvrez la page.") from error
    marks = sent if isinstance(sent, dict) else {}
    if (marks.get("format"), marks.get("code")) != (FORMAT, workshop):
        raise DiagError(_OUT_OF_DATE)
    rows = marks.get("rows")
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict):
            name, value = row.get("question"), row.get("value")
            if isinstance(name, str) and isinstance(value, str):
                yield name, value
