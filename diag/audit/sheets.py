"""Sheets that phones send: the team's are read together or not at all.

A sheet bears no name. It is kept on this laptop alone, outside the journal, and nobody
reads it: from three on they become proposals, and each of them is forgotten.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from html import escape

from diag.answers.fields import fieldset
from diag.answers.types import TYPES, value_words
from diag.audit.forms import FORMAT, VERSION, FormRead, declarer_words, read_form
from diag.audit.proposals import proposal_id, propose
from diag.audit.session import AuditSession
from diag.journal.journal import get_setting, put_setting
from diag.model.audit import Proposal, Questionnaire
from diag.model.checklist import Question
from diag.model.enums import ProposalSource, State
from diag.model.errors import DiagError
from diag.model.fact import Value
from diag.model.number import exact
from diag.phone.links import PhoneRole
from diag.phone.pages import PhoneSheet
from diag.words.sentences import counted

LEAST = 3
"""Sheets under which none is read: alone, one would name its author."""

TEAM = str(PhoneRole.TEAM)
"""Whose sheets are read together."""

_INTRO = {
    TEAM: "Sans nom. Les réponses ne sont lues qu'ensemble, à partir de trois fiches. "
    "Laissez vide ce que vous ne savez pas.",
}
_USUAL = "Laissez vide ce que vous ne savez pas : nous le verrons ensemble."

_Given = dict[str, Value]
"""What a sheet answers, by question; None for « inconnu »."""


@dataclass(frozen=True, slots=True)
class TeamSays:
    """What sheets answer together."""

    offers: tuple[Proposal, ...]
    undecided: tuple[str, ...]
    """Labels of what no answer has the most sheets for."""


def sheet_of(session: AuditSession, printed: Questionnaire, title: str) -> PhoneSheet:
    """Return a questionnaire as a phone shows it."""
    asked = _asked(session, printed)
    marks = {
        "format": FORMAT,
        "version": str(VERSION),
        "subject": session.about.ref,
        "code": printed.id,
    }
    return PhoneSheet(
        title=title,
        intro=_INTRO.get(printed.whom, _USUAL),
        fields="".join(fieldset(one, rank) for rank, one in enumerate(asked, 1)),
        marks=" ".join(f'data-{name}="{escape(text)}"' for name, text in marks.items()),
    )


def _asked(session: AuditSession, printed: Questionnaire) -> list[Question]:
    """Return what a phone asks: of a team, nothing that is written by hand."""
    known = session.checklist.questions
    found = (known[one] for one in printed.questions if one in known)
    return [
        one
        for one in found
        if not TYPES[one.type].is_photo
        and not (printed.whom == TEAM and TYPES[one.type].is_text)
    ]


def take_sheet(
    session: AuditSession, printed: Questionnaire, phone: str, raw: bytes
) -> str:
    """Keep a sheet on the disk; return what its author is shown.

    The head teacher's becomes proposals at once; a team's waits for others. Sent twice
    by one phone, the last one counts.

    Raises:
        DiagError: it is none, or an answer of it cannot be one.
    """
    read = read_form(session, raw, ProposalSource.PHONE)
    if read.printed.id != printed.id:
        raise DiagError("Cette page n'est plus à jour : rouvrez-la par le carré.")
    if read.refused:
        raise DiagError(" ".join(read.refused))
    if printed.whom == TEAM:
        allowed = {one.id for one in _asked(session, printed)}
        _keep(session, phone, read, allowed)
    else:
        propose(session, read.offers)
    return "Merci. Vous pouvez fermer cette page."


def _keep(session: AuditSession, phone: str, read: FormRead, allowed: set[str]) -> None:
    sheets = _kept(session)
    key = _key_of(phone)
    sheets[key] = {
        one.question: one.value for one in read.offers if one.question in allowed
    }
    put_setting(session.workspace.journal, _setting(session), sheets)


def knows_phone(session: AuditSession, phone: str) -> bool:
    """Say whether a sheet that waits came from a phone."""
    return _key_of(phone) in _kept(session)


def _key_of(phone: str) -> str:
    """Return what parts a phone from another: its secret is not kept."""
    return sha256(phone.encode("utf-8", "replace")).hexdigest()[:16]


def sheets_kept(session: AuditSession) -> int:
    """Return how many sheets of the team wait: how many, never which."""
    return len(_kept(session))


def read_sheets(session: AuditSession, printed: Questionnaire) -> TeamSays:
    """Make the team's sheets proposals, then forget them.

    Raises:
        DiagError: they are fewer than three.
    """
    sheets = list(_kept(session).values())
    if len(sheets) < LEAST:
        raise DiagError(
            f"{counted(len(sheets), 'fiche reçue', 'fiches reçues')} : elles se lisent "
            f"à partir de {LEAST}, pour que nulle ne se reconnaisse."
        )
    says = together(session, printed, sheets)
    propose(session, says.offers)
    put_setting(session.workspace.journal, _setting(session), {})
    return says


def together(
    session: AuditSession, printed: Questionnaire, sheets: Sequence[Mapping[str, Value]]
) -> TeamSays:
    """Return what sheets answer together; what fewer than three answer is not read."""
    offers, undecided = list[Proposal](), list[str]()
    for question in _asked(session, printed):
        given = [one[question.id] for one in sheets if question.id in one]
        known = [each for each in given if each is not None]
        if len(known) < LEAST:
            continue
        said = _most_given(question, known, len(given))
        if said is None:
            undecided.append(question.label)
            continue
        root = session.facts.root
        offers.append(
            Proposal(
                id=proposal_id(session, printed.id, root, question.id),
                place=root,
                question=question.id,
                state=State.KNOWN,
                value=said[0],
                source=ProposalSource.PHONE,
                by=declarer_words(printed.whom),
                why=said[1],
                on=session.workspace.world.today().isoformat(),
            )
        )
    return TeamSays(tuple(offers), tuple(undecided))


def _most_given(
    question: Question, known: Sequence[Value], among: int
) -> tuple[Value, str] | None:
    """Return the answer of most and its words: « 7 fiches sur 9 : oui »."""
    kind = TYPES[question.type]
    sheets = counted(len(known), "fiche")
    if kind.is_number:
        numbers = sorted(
            (one for one in known if isinstance(one, int | str)), key=exact
        )
        return numbers[(len(numbers) - 1) // 2], f"médiane de {sheets}"
    if kind.is_several:
        ticks = Counter(each for one in known if isinstance(one, tuple) for each in one)
        most = tuple(sorted(one for one, n in ticks.items() if 2 * n > len(known)))
        words = f"cochés par plus de la moitié de {sheets}"
        return (most, words) if most else None
    (value, count), *others = Counter(known).most_common(2)
    if others and others[0][1] == count:
        return None
    words = value_words(question, value)
    return value, f"{counted(count, 'fiche')} sur {among} : {words}"


def _setting(session: AuditSession) -> str:
    return f"phone.sheets.{session.audit.id}"


def _kept(session: AuditSession) -> dict[str, _Given]:
    """Return the sheets that wait, as canonical values."""
    kept = get_setting(session.workspace.journal, _setting(session), {})
    return {
        str(key): {
            str(name): tuple(value) if isinstance(value, list) else value
            for name, value in sheet.items()
        }
        for key, sheet in kept.items()
    }
