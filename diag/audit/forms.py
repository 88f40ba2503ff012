"""Filled forms: the small file that comes back by mail, and the sheets of phones.

Anybody may have written the file. It is read whole or not at all; what it holds only
makes proposals.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from uuid import UUID, uuid5

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.audit.proposals import proposal_id
from diag.audit.session import AuditSession
from diag.journal.records import questionnaires_of
from diag.model.audit import Proposal, Questionnaire
from diag.model.checklist import Question
from diag.model.enums import PlaceKind, ProposalSource, State
from diag.model.errors import DiagError
from diag.model.fact import Value
from diag.model.text import clean_line, fold
from diag.words.vocabulary import WHOM
from diag.workspace.disk import read_file

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
    form = parse_form(raw, session.about.ref)
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
    rows = _Rows(session, printed, form, source)
    offers = tuple(rows.offers())
    return FormRead(printed, offers, tuple(rows.refused))


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


def parse_form(raw: bytes, ref: str) -> FilledForm:
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


class _Rows:
    """The rows of a form, each read as an answer of its question."""

    def __init__(
        self,
        session: AuditSession,
        printed: Questionnaire,
        form: FilledForm,
        source: ProposalSource,
    ) -> None:
        self._session = session
        self._printed = printed
        self._form = form
        self._source = source
        self._on = session.workspace.world.today()
        self.refused: list[str] = []

    def offers(self) -> Iterator[Proposal]:
        """Yield what each row offers; those that cannot be are kept apart.

        Raises:
            DiagError: a row answers what the page does not ask.
        """
        known = self._session.checklist.questions
        columns = self._columns()
        for row in self._form.rows:
            asked = columns if row.purchase else self._printed.questions
            if row.question not in asked:
                raise DiagError(
                    "Ce fichier répond à une question que la page ne pose pas : "
                    f"« {clean_line(row.question)} ». Rien n'a été lu."
                )
            question = known.get(row.question)
            if question is None or (row.state == "known" and row.value == ""):
                continue
            try:
                value = field_value(question, row)
            except Refused as refused:
                self.refused.append(str(refused))
            else:
                yield self._offer(question, row, value)

    def _columns(self) -> tuple[str, ...]:
        forms = self._session.checklist.forms.values()
        found = (one.columns for one in forms if one.whom == self._printed.whom)
        return next(found, ())

    def _offer(self, question: Question, row: FormRow, value: Value) -> Proposal:
        session, code = self._session, self._printed.id
        place, lot = session.facts.root, ""
        if row.purchase:
            place, lot = self._lot(row)
        return Proposal(
            id=proposal_id(session, code, place, question.id),
            place=place,
            lot=lot,
            question=question.id,
            state=State(row.state),
            value=value,
            source=self._source,
            by=declarer_words(self._printed.whom, clean_line(self._form.by)),
            on=self._on.isoformat(),
        )

    def _lot(self, row: FormRow) -> tuple[str, str]:
        """Return the lot of that name, or the id of one to make."""
        name = clean_line(row.name) or f"Achat {row.purchase}"
        for place in self._session.facts.places_of(PlaceKind.LOT):
            if fold(place.name) == fold(name):
                return place.id, ""
        made = f"{self._printed.id}/{row.purchase}"
        return str(uuid5(UUID(self._session.audit.id), made)), name


def declarer_words(whom: str, function: str = "") -> str:
    """Return « la mairie (secrétaire) »."""
    who = WHOM.get(whom, whom)
    return f"{who} ({function})" if function else who


def field_value(question: Question, row: FormRow) -> Value:
    """Return the canonical value of a row; none where it reads « inconnu ».

    Raises:
        Refused: it cannot be an answer.
    """
    if row.state != "known":
        return None
    kind = TYPES[question.type]
    given: object = row.value
    if kind.is_several and isinstance(given, str):
        given = (given,)
    return kind.parse(question, given).value
