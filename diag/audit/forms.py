"""Filled forms: a file that comes back by mail, a page typed back, sheets of phones.

Anybody may have written the file. It is read whole or not at all; what it holds only
makes proposals. A sheet bears no name. It is kept on this laptop alone, outside the
journal, and nobody reads it: a team's are read together, from three on, or not at all;
they become proposals, and each of them is forgotten.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from diag.answers.answer_type import STATE_KEYS, Refused
from diag.answers.types import TYPES, answer_words, evidence, fieldset, value_words
from diag.assess.questions import Asked, relevant_questions
from diag.audit.answer import (
    TOGETHER,
    NewAnswer,
    UnlikelyAnswer,
    companions,
    record_answer,
    record_note,
)
from diag.audit.proposals import proposal_id, propose
from diag.audit.session import AuditSession
from diag.imports.source import read_file
from diag.journal.journal import get_setting, put_setting
from diag.journal.records import questionnaires_of
from diag.model.audit import Proposal, Questionnaire, Value
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, ProposalSource, Provenance, State
from diag.model.errors import DiagError
from diag.model.text import clean_line, exact, fold
from diag.phone import PhoneRole, PhoneSheet
from diag.words.sentences import counted
from diag.words.vocabulary import WHOM

FORMAT = "diag-form"
"""What a filled form says of itself."""

VERSION = 1
"""Version of its rows that this diag writes and reads."""

MAX_BYTES = 256 * 1024
"""The longest form that is read."""

PURCHASES = 12
"""Rows of the table of purchases."""


class FormRow(BaseModel):
    """One answer of a filled form."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    question: str = Field(max_length=80)
    value: str | tuple[str, ...] = Field(default="", max_length=20_000)
    state: Literal["known", "unknown"] = "known"
    purchase: int = Field(default=0, ge=0, le=PURCHASES)
    """Row of the table of purchases; 0: the school itself."""
    name: str = Field(default="", max_length=80)
    """Model of what was purchased."""


class FilledForm(BaseModel):
    """A file that comes back, or what a phone sends."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["diag-form"]
    version: Literal[1]
    subject: str = Field(max_length=40)
    """How commands name the audited school or commune."""
    code: str = Field(pattern=r"^[0-9a-f]{8}$")
    """Code at the foot of the page."""
    by: str = Field(default="", max_length=80)
    """Function of who filled it, never a name."""
    rows: tuple[FormRow, ...] = Field(max_length=400)


class _Envelope(BaseModel):
    """What is read first, of any version."""

    format: str = ""
    version: int = 0
    subject: str = ""


@dataclass(frozen=True, slots=True)
class FormRead:
    """What a filled form offers."""

    printed: Questionnaire
    """The page that was filled."""
    offers: tuple[Proposal, ...]
    refused: tuple[str, ...]
    """A French sentence for each answer that cannot be one."""


def read_form(
    session: AuditSession,
    raw: bytes,
    source: ProposalSource = ProposalSource.FORM,
) -> FormRead:
    """Read a filled form; nothing is written.

    Raises:
        DiagError: no form, damaged, of a newer version, of another school, or of a page
            that was not printed in this audit.
    """
    form = _parse_form(raw, session.about.ref)
    printed = next(
        (
            one
            for one in questionnaires_of(session.workspace.journal, session.audit.id)
            if one.id == form.code
        ),
        None,
    )
    if printed is None:
        raise DiagError(
            f"Ce formulaire porte le code {form.code}, qu'aucune page de cet audit ne "
            "porte : il vient d'une autre campagne, ou du poste d'un collègue. "
            "Synchronisez, puis recommencez. Rien n'a été lu."
        )
    return _read_rows(session, printed, form, source)


def is_form(path: Path) -> bool:
    """Return whether a file declares a filled form; true where it cannot be read."""
    try:
        if not path.is_file():
            return True  # reading it as a form names what is wrong
        with path.open("rb") as file:
            return f'"{FORMAT}"'.encode() in file.read(MAX_BYTES)
    except (OSError, ValueError):
        return True


def load_form(session: AuditSession, path: Path) -> FormRead:
    """Read a form that came back as a file; nothing is written.

    Raises:
        DiagError: it cannot be read, or as for `read_form`.
    """
    return read_form(session, read_file(path, MAX_BYTES))


def _parse_form(raw: bytes, ref: str) -> FilledForm:
    """Return a form of a school, its shape proven.

    Raises:
        DiagError: it is none, or another school's.
    """
    if len(raw) > MAX_BYTES:
        raise DiagError(
            f"Ce fichier pèse plus de {MAX_BYTES // 1024} ko : un formulaire rempli en "
            "pèse quelques-uns. Vérifiez lequel vous donnez."
        )
    damaged = DiagError(
        "Ce fichier est abîmé, ou n'est pas un formulaire rempli de diag. Rien n'a été "
        "lu. Demandez qu'on l'enregistre et l'envoie de nouveau, sans l'ouvrir."
    )
    try:
        head = _Envelope.model_validate_json(raw)
    except ValidationError as error:
        raise damaged from error
    if head.format != FORMAT:
        raise damaged
    if head.version > VERSION:
        raise DiagError(
            f"Ce formulaire est de la version {head.version} ; ce diag lit la "
            f"version {VERSION}. Mettez diag à jour, puis recommencez."
        )
    if head.subject.upper() != ref.upper():
        theirs = clean_line(head.subject[:40]) or "une autre"
        raise DiagError(
            f"Ce formulaire est celui de {theirs}, et non de {ref}. Rien n'a été lu. "
            "Donnez-le à son école."
        )
    try:
        return FilledForm.model_validate_json(raw)
    except ValidationError as error:
        raise damaged from error


def _read_rows(
    session: AuditSession,
    printed: Questionnaire,
    form: FilledForm,
    source: ProposalSource,
) -> FormRead:
    """Return what each row offers; those that cannot be answers are kept apart.

    Raises:
        DiagError: a row answers what the page does not ask.
    """
    known, on = session.checklist.questions, session.workspace.world.today()
    # A file was filled some day before: « hier » says none.
    filled = on if source is ProposalSource.PHONE else None
    forms = session.checklist.forms.values()
    columns = next((one.columns for one in forms if one.whom == printed.whom), ())
    offers, refused = list[Proposal](), list[str]()
    for row in form.rows:
        if row.question not in (columns if row.purchase else printed.questions):
            raise DiagError(
                "Ce fichier répond à une question que la page ne pose pas : "
                f"« {clean_line(row.question)} ». Rien n'a été lu."
            )
        question = known.get(row.question)
        if question is None or (row.state == "known" and row.value == ""):
            continue
        try:
            value = field_value(question, row, filled)
        except Refused as error:
            refused.append(str(error))
            continue
        place, lot = session.facts.root, ""
        if row.purchase:  # the lot of that name, or one to make
            name = clean_line(row.name) or f"Achat {row.purchase}"
            lots = session.facts.places_of(PlaceKind.LOT)
            made = uuid5(UUID(session.audit.id), f"{printed.id}/{row.purchase}")
            same = ((one.id, "") for one in lots if fold(one.name) == fold(name))
            place, lot = next(same, (str(made), name))
        offers.append(
            Proposal(
                id=proposal_id(session, printed.id, place, question.id),
                place=place,
                lot=lot,
                question=question.id,
                state=State(row.state),
                value=value,
                source=source,
                by=declarer_words(printed.whom, clean_line(form.by)),
                on=on.isoformat(),
            )
        )
    return FormRead(printed, tuple(offers), tuple(refused))


def declarer_words(whom: str, function: str = "") -> str:
    """Return « la mairie (secrétaire) »."""
    who = WHOM.get(whom, whom)
    return f"{who} ({function})" if function else who


def field_value(question: Question, row: FormRow, today: date | None) -> Value:
    """Return the canonical value of a row; none where it reads « inconnu ».

    A short day is read from the day on which it was filled, refused without one.

    Raises:
        Refused: it cannot be an answer.
    """
    if row.state != "known":
        return None
    kind = TYPES[question.type]
    given: object = row.value
    if kind.is_several and isinstance(given, str):
        given = (given,)
    elif isinstance(given, str):
        given = kind.in_full(question, given, today)
    return kind.parse(question, given).value


STATES = STATE_KEYS | {"?": State.UNKNOWN}
"""What the first sign of a line means instead of a value."""

_NOTE = " # "


class Transcription:
    """One page being typed in: a number at hand."""

    def __init__(self, session: AuditSession, printed: Questionnaire) -> None:
        session.check_method()
        self.session = session
        self.printed = printed
        self.number = 1
        """The one at hand; past the last, the page is done."""
        self.recorded = 0
        """How many answers were written."""
        self._doubted = ""

    @property
    def is_done(self) -> bool:
        """Return whether every number was seen."""
        return self.number > len(self.printed.questions)

    @property
    def ident(self) -> str:
        """Return the id of the question at hand."""
        return self.printed.questions[self.number - 1]

    @property
    def question(self) -> Question | None:
        """Return the question at hand; None when the checklists no longer ask it."""
        return self.session.checklist.questions.get(self.ident)

    @property
    def asked(self) -> Asked | None:
        """Return it as things stand; None when it no longer applies."""
        facts = self.session.facts
        applying = relevant_questions(
            facts,
            self.session.checklist,
            facts.root,
            also=[(facts.root, self.ident)],
        )
        return next((one for one in applying if one.question.id == self.ident), None)

    @property
    def known(self) -> str:
        """Return what is known already and how; empty for nothing."""
        asked = self.asked
        return evidence(asked.question, asked.heads) if asked and asked.heads else ""

    def go(self, number: int) -> None:
        """Stand at a number of the page.

        Raises:
            DiagError: when the page has no such number.
        """
        last = len(self.printed.questions)
        if not 1 <= number <= last:
            raise DiagError(f"La page a les numéros 1 à {last}.")
        self.number, self._doubted = number, ""

    def give(self, typed: str) -> str:
        """Record a line, then pass to the next number; return what was recorded.

        An empty line leaves the question as it is, or confirms what was doubted. What
        follows « # » is kept as a note.

        Raises:
            UnlikelyAnswer: possible but unlikely: ask once.
            DiagError: it cannot be an answer; nothing was written.
        """
        doubted, self._doubted = self._doubted, ""
        line, recorded = typed.strip() or doubted, ""
        if line:
            recorded = self._record(line, sure=line == doubted)
        self.number += 1
        return recorded

    def _record(self, line: str, *, sure: bool) -> str:
        question, facts = self.question, self.session.facts
        if question is None or self.asked is None:
            raise DiagError("Cette question ne se pose plus ici : Entrée pour passer.")
        typed, _, note = (part.strip() for part in f" {line}".partition(_NOTE))
        before = facts.notes.get((facts.root, question.id), ())
        kept = " ; ".join((*before, note)) if note else None
        if not typed:
            record_note(self.session, question.id, kept or "")
            return f"{question.label}\u00a0: note écrite"
        kind = TYPES[question.type]
        try:
            if not kind.is_text and typed[0] in STATES:
                entry = NewAnswer(
                    question.id,
                    state=STATES[typed[0]],
                    provenance=Provenance.DECLARED,
                    reason=typed[1:].strip(),
                    note=kept,
                )
            else:
                # Several questions may be answered at once, in one line.
                checklist = self.session.checklist
                today = self.session.workspace.world.today()
                together = TOGETHER in typed and companions(checklist, question.id)
                entry = NewAnswer(
                    question.id,
                    typed if together else kind.parse_keys(question, typed, today),
                    provenance=Provenance.DECLARED,
                    note=kept,
                    sure=sure,
                )
            recorded = record_answer(self.session, entry)
        except UnlikelyAnswer:
            self._doubted = line
            raise
        self.recorded += 1
        return f"{question.label}\u00a0: {answer_words(question, recorded.answer)}"


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
    return PhoneSheet(
        title=title,
        intro=_INTRO.get(printed.whom, _USUAL),
        fields="".join(fieldset(one, rank) for rank, one in enumerate(asked, 1)),
        marks={
            "format": FORMAT,
            "version": str(VERSION),
            "subject": session.about.ref,
            "code": printed.id,
        },
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
        sheets = _kept(session)
        key = _key_of(phone)
        sheets[key] = {
            one.question: one.value for one in read.offers if one.question in allowed
        }
        put_setting(session.workspace.journal, _setting(session), sheets)
    else:
        propose(session, read.offers)
    return "Merci. Vous pouvez fermer cette page."


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
