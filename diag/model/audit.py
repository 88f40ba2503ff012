"""Audits: one subject in one campaign; its places, the facts answered at each.

Who visited, what was decided, what is kept beside: photos, observations, proposals.
With the communes, schools and town halls audited, as the open data names them.
"""

from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from enum import StrEnum
from typing import Annotated, Any, Literal
from uuid import UUID, uuid5

from pydantic import Field, field_validator

from diag.model.base import IsoDay, Noun
from diag.model.enums import (
    Audience,
    FollowUpState,
    Owner,
    PlaceKind,
    ProposalSource,
    Provenance,
    State,
)
from diag.model.measure import Authorisation
from diag.model.text import Number, accented, id_in_campaign

ROOT_KINDS = frozenset({PlaceKind.SYNDICAT, PlaceKind.COMMUNE, PlaceKind.ECOLE})
"""Kinds that are the subject of an audit, hence one place each, never listed."""

PARENT_KINDS: dict[PlaceKind, frozenset[PlaceKind]] = {
    PlaceKind.BATIMENT: frozenset({PlaceKind.ECOLE}),
    PlaceKind.SALLE: frozenset({PlaceKind.ECOLE, PlaceKind.BATIMENT}),
    PlaceKind.LOT: frozenset({PlaceKind.ECOLE, PlaceKind.BATIMENT, PlaceKind.SALLE}),
}
"""Where each listed kind may stand: levels may be missing."""


class Place(Noun):
    """A school, a building, a room or a lot of equipment; known by its id alone."""

    id: str
    """UUID; the subject's own place is uuid5(audit, kind)."""
    kind: PlaceKind
    parent: str | None
    """Id of the place that holds this one; none for the subject itself."""
    name: str


Value = bool | int | str | tuple[str, ...] | None
"""A canonical value: boolean; integer; decimal string; ISO date; choice id; text;
sorted tuple of choice ids. None when the state is not `known`."""


@dataclass(frozen=True, slots=True)
class Answer:
    """One head of one fact: from a person, an import or a measure."""

    state: State
    value: Value = None
    provenance: Provenance = Provenance.OBSERVED
    reason: str = ""
    """Why it is unknown, refused or not applicable."""
    revision: str = ""
    """Hex id of its revision."""
    author: str = ""
    device: str = ""
    at: int = 0
    """Wall clock, UTC milliseconds: shown, never compared."""
    is_masked: bool = False
    """Somebody asks to erase it: it is judged, its words are not shown."""


FloorRow = tuple[tuple[str, int], ...]
"""Rooms side by side, each with its width: never coordinates, so none overlaps."""


@dataclass(frozen=True, slots=True)
class Facts:
    """Everything known of one audit's subject: the only input of judging.

    `answers` maps (place id, question id) to its heads: one, or several that differ
    in state or value when two people disagree (a conflict, judged as their hull).
    """

    root: str
    """Id of the subject's own place."""
    places: Mapping[str, Place]
    """By id, in the order in which they were created, the root included."""
    answers: Mapping[tuple[str, str], tuple[Answer, ...]] = field(default_factory=dict)
    notes: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)
    """Notes by (place id, question id); several when two people wrote one each."""
    flags: frozenset[tuple[str, str]] = frozenset()
    """« À revoir », by (place id, question id); judging does not read them."""
    closed: frozenset[PlaceKind] = frozenset()
    """Kinds whose list is complete: « toutes les salles sont là »."""
    floor: Mapping[str, tuple[FloorRow, ...]] = field(default_factory=dict)
    """Rows of rooms as somebody arranged them, by what holds them: it may name rooms
    that are gone and miss new ones; judging does not read it."""
    visit_date: date | None = None
    """Day of the last visit, if there was one."""
    directory: Mapping[str, int] = field(default_factory=dict)
    """What official lists say of the subject, by `DIRECTORY`: checks alone read it."""

    def about(self, questions: Container[str]) -> "Facts":
        """Return what is known of these questions alone, at the same places."""

        def kept(asked: tuple[str, str]) -> bool:
            return asked[1] in questions

        return replace(
            self,
            answers={key: self.answers[key] for key in self.answers if kept(key)},
            notes={key: self.notes[key] for key in self.notes if kept(key)},
            flags=frozenset(filter(kept, self.flags)),
        )

    def has_the_places_of(self, other: "Facts") -> bool:
        """Say whether places, closed lists and visit are the same."""
        return (self.places is other.places or self.places == other.places) and (
            self.root,
            self.closed,
            self.visit_date,
        ) == (other.root, other.closed, other.visit_date)

    def questions_answered_since(self, other: "Facts") -> frozenset[str]:
        """Return the questions of which another answer, or none, was read before."""
        now, then = self.answers, other.answers
        changed = {key[1] for key, heads in now.items() if then.get(key) is not heads}
        return frozenset(changed.union(key[1] for key in then if key not in now))

    def places_of(self, kind: PlaceKind) -> tuple[Place, ...]:
        """Return the places of a kind, in order."""
        return tuple(place for place in self.places.values() if place.kind is kind)

    def answer(self, place: str, question: str) -> Answer | None:
        """Return the single current answer; None when absent or in conflict."""
        heads = self.answers.get((place, question), ())
        return heads[0] if len(heads) == 1 else None

    def known(self, place: str, question: str) -> Answer | None:
        """Return the single current answer that has a value."""
        answer = self.answer(place, question)
        return answer if answer and answer.state is State.KNOWN else None

    def day(self, place: str, question: str) -> date | None:
        """Return the day that is known; None where a value is no ISO day."""
        known = self.known(place, question)
        try:
            return date.fromisoformat(str(known.value)) if known else None
        except ValueError:  # a program that was changed may write anything
            return None


DIRECTORY = {"annuaire_nb_classes": "classes", "annuaire_nb_eleves": "pupils"}
"""What official lists say of a school: name that checks read → field of its line."""


class School(Noun):
    """A primary-level school of the ministry's directory."""

    uai: str
    name: str
    insee: str
    """INSEE code of the commune: five characters."""
    commune: str
    department: str = ""
    """Three characters: `033`, `02A`."""
    sector: str = ""
    """`Public` or `Privé`."""
    nursery: bool | None = None
    """Takes pupils of maternelle."""
    elementary: bool | None = None
    """Takes pupils from CP to CM2."""
    address: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    siret: str = ""
    latitude: str = ""
    longitude: str = ""
    circonscription: str = ""
    priority_education: str = ""
    """`REP`, `REP+` or empty."""
    rpi: str = ""
    """Code of the regroupement pédagogique intercommunal, or empty."""
    state: str = ""
    """`OUVERT` or `A FERMER`."""
    updated: str = ""
    """Date of the directory's line, ISO."""
    classes: int | None = None
    pupils: int | None = None
    headcount_year: str = ""
    """School year of `classes` and `pupils`: `2022-2023`."""
    ips: Number | None = None
    """Indice de position sociale."""
    ips_year: str = ""
    vanished: str = ""
    """ISO date of the import in which the school was missing: probably closed."""


class Commune(Noun):
    """A commune of the official geographic code."""

    insee: str
    name: str
    department: str = ""
    population: int | None = None
    siren: str = ""
    epci_siren: str = ""
    epci_name: str = ""
    postcodes: tuple[str, ...] = Field(default=())


class CommuneAccess(Noun):
    """How a commune is served, from ARCEP and the calendar of the copper lines."""

    insee: str
    name: str
    premises: int | None = None
    """Homes and businesses."""
    fibre: int | None = None
    """Those that fibre reaches: a line may be ordered."""
    counted_on: str = ""
    """ISO date of the count."""
    sale_end: str = ""
    """ISO date after which no copper line is sold."""
    line_end: str = ""
    """ISO date on which copper lines stop."""


class TownHall(Noun):
    """How to write to a mairie, and how old that knowledge is."""

    insee: str
    name: str
    email: str = ""
    """Empty when the source holds no valid address."""
    problem: str = ""
    """Why there is no address, in French: « adresse inconnue », « page web »…"""
    source_date: str = ""
    """ISO date of the file: an address five years old is not to be trusted."""


class Subject(Noun):
    """What an audit is about: `ecole:UAI`, `commune:INSEE` or `syndicat:SIREN`."""

    kind: PlaceKind
    code: str

    def __str__(self) -> str:
        """Return the stable text form that ids are made of."""
        return f"{self.kind}:{self.code}"


class Audit(Noun):
    """One subject in one campaign."""

    id: str
    campaign: str
    subject: Subject


class Visit(Noun):
    """A day on site."""

    id: str
    date: str
    """ISO date."""
    present: tuple[str, ...] = ()
    """Who came, for the syndicat."""
    met: tuple[str, ...] = ()
    """Whom they met: name and role."""
    authorisation: str = ""
    """The commune's authorisation to enter and measure: who gave it, when."""
    measuring: Authorisation | None = None
    """Who let the line be filled that day, in writing; None: it was not."""


class VisitPlan(Noun):
    """How long a visit is to be, since when, and where it does not go."""

    minutes: int = Field(ge=1, le=1440)
    start: int = Field(default=0, ge=0)
    """Wall clock, UTC milliseconds; 0: nobody started it."""
    removed: tuple[str, ...] = ()
    """Whom one does not ask, places where one does not go."""

    @property
    def until(self) -> int:
        """When one leaves, by the same clock."""
        return self.start + self.minutes * 60_000


class FollowUp(Noun):
    """One step in the life of a recommendation; the last one holds."""

    recommendation: str
    place: str | None = None
    state: FollowUpState
    on: str = ""
    """ISO date of the decision, order, completion…"""
    due: str = ""
    """ISO date before which it was agreed to act; empty: as computed."""
    by: str = ""
    """Who decided: « conseil municipal », « comité de pilotage »…"""
    why: str = ""
    programme: str = ""
    """Id of the programme that gives its year."""
    year: int = 0
    """The budget that pays it, as every payer decided; 0: nobody said."""
    decision: str = ""
    """Id of the last decision that it rests on, in the programme."""
    cents: int = Field(default=0, ge=0, le=10**13)
    """What an order costs, tax included; 0: not ordered yet."""
    author: str = ""
    revision: str = ""

    @field_validator("due")
    @classmethod
    def _is_day(cls, text: str) -> str:
        return date.fromisoformat(text).isoformat() if text else ""


class OwnAdvice(Noun):
    """A recommendation of the engineer's own, that no checklist makes."""

    id: str
    """UUID."""
    title: str
    owner: Owner
    why: str = ""
    criterion: str = ""
    """Criterion that it cures, if any: its finding is printed next to it."""
    cents: int = Field(default=0, ge=0, le=10**11)
    """Estimate before tax, paid once; 0: nothing to pay."""
    vat: Literal[0, "2.1", "5.5", 10, 20] = 20
    """VAT rate, in percent."""
    delay: str = Field(default="", pattern=r"^(|P\d{1,3}[YMWD])$")
    """ISO 8601 duration within which to act; empty: with the next budget."""


class Scenario(Noun):
    """Suppositions kept under a name: never facts, never judged as such."""

    id: str
    """UUID."""
    name: str = Field(min_length=1, max_length=120)
    suppositions: tuple[dict[str, Any], ...] = Field(min_length=1, max_length=200)
    """Each as its kind and its fields, in the order in which they were made."""


def audit_id(campaign: str, subject: Subject) -> str:
    """Return the id that every laptop finds for this subject in this campaign."""
    return id_in_campaign(campaign, str(subject))


def root_place_id(audit: str, kind: PlaceKind) -> str:
    """Return the id of the subject's own place: uuid5(audit, kind)."""
    return str(uuid5(UUID(audit), str(kind)))


class Auditee(Noun):
    """The subject of an audit, with its name and where it is."""

    kind: PlaceKind
    code: str
    """UAI, INSEE code or SIREN."""
    name: str
    """`École Jules Ferry`, `Commune de Valbrune`, the syndicat's own name."""
    insee: str = ""
    """Code of the commune; empty for a syndicat."""
    commune: str = ""
    """Name of the commune; empty for a syndicat."""
    department: str = ""
    school: School | None = None
    """Its line of the directory, when it is a school."""

    @property
    def subject(self) -> Subject:
        """Return what the audit's id is made of."""
        return Subject(kind=self.kind, code=self.code)

    @property
    def ref(self) -> str:
        """Return how commands name it: a UAI, `commune:INSEE` or `syndicat:SIREN`."""
        return self.code if self.kind is PlaceKind.ECOLE else str(self.subject)

    @property
    def stem(self) -> str:
        """Return a name for its files: the same, without a colon."""
        return self.ref.replace(":", "-")

    @property
    def title(self) -> str:
        """Return its name, and where a school stands: two of them may share one."""
        if self.kind is PlaceKind.ECOLE:
            return ", ".join(part for part in (self.name, self.commune) if part)
        return self.name


def school_auditee(school: School) -> Auditee:
    """Return a school as the subject of an audit."""
    return Auditee(
        kind=PlaceKind.ECOLE,
        code=school.uai,
        name=accented(school.name),
        insee=school.insee,
        commune=school.commune,
        department=school.department,
        school=school,
    )


class Way(StrEnum):
    """How a report left."""

    DRAFT = "draft"
    """Handed to the mail program: diag does not know whether a person sent it."""
    SMTP = "smtp"
    """Sent by diag, and accepted by the mail server."""


class Dispatch(Noun):
    """One report that left for one reader."""

    id: str
    """UUID."""
    audience: Audience
    to: tuple[str, ...]
    """Addresses."""
    on: IsoDay
    way: Way
    digest: str = Field(default="", pattern=r"^([0-9a-f]{64}|)$")
    """Of the audit, as the report describes it."""
    edition: str = ""
    """Digest of the checklists that judged it."""
    message: str = ""
    """Message-ID."""
    provisional: bool = False
    """The audit was not closed yet."""


Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
"""A SHA-256, hex."""


class Photo(Noun):
    """A picture that shows a place, and maybe answers or backs one question."""

    id: str
    """UUID."""
    sha: Digest
    """SHA-256 of the picture as kept, hex: its name among the attachments."""
    place: str
    """Id of the place that it shows."""
    question: str = ""
    """Id of the question that it is the evidence of; empty: the place at large."""
    caption: str = ""
    """What one sees on it, in the engineer's words."""
    taken_at: str = ""
    """ISO local time that the camera wrote, if it did; the only thing kept of it."""
    original: Digest
    """SHA-256 of the file that was given, hex: the same one is not kept twice."""
    mime: str
    size: int
    """Bytes of the picture as kept."""
    shown: bool = False
    """« À montrer »: public documents may print it; else the technician's alone."""
    files: tuple[Digest, ...] = ()
    """SHA-256 of its thumbnail, which travels before it; none in an older photo."""

    @property
    def thumbnail(self) -> str:
        """Return the name of its thumbnail among the attachments; empty without."""
        return self.files[0] if self.files else ""


class Observation(Noun):
    """What was seen at a place, in the engineer's words: no fact, it judges nothing."""

    id: str
    """UUID."""
    text: str
    place: str
    """Id of the place where it was seen."""
    question: str = ""
    """Id of the question that it is about; empty: the place at large."""
    files: tuple[Digest, ...] = ()
    """SHA-256 of the pictures taken with it, hex."""
    at: int = 0
    """When it was noted, UTC milliseconds."""
    shown: bool = False
    """« À montrer »: public documents print it; else the technician's alone."""
    reply: bool = False
    """What the head teacher answers to the audit, in their words."""
    author: str = ""
    """Label of who noted it first."""


class Questionnaire(Noun):
    """One page of questions, in the order in which they were printed."""

    id: str
    """The code at the foot of the page."""
    whom: str
    """`direction` or `equipe`."""
    questions: tuple[str, ...] = Field(min_length=1)
    """Ids: the first one is number 1."""
    on: IsoDay


class EvidenceFile(Noun):
    """A file of another tool, kept as it came: sensitive, it is never printed."""

    id: str
    """UUID, of the audit, the file and the place: kept twice, it is one."""
    files: tuple[Digest, ...] = Field(min_length=1, max_length=1)
    """SHA-256 of the file, hex: its name among the attachments."""
    name: str = Field(max_length=120)
    """Name of the file, without its folder."""
    tool: str = Field(default="", max_length=60)
    """What wrote it, for people."""
    mime: str
    size: int
    """Bytes."""
    place: str = ""
    """Id of the room where it was measured; empty: the school at large."""
    ssids: tuple[str, ...] = ()
    """Names of Wi-Fi networks that are the school's."""
    columns: dict[str, str] = Field(default_factory=dict)
    """Column of a table → what it holds; empty where the file says it itself."""
    people: tuple[str, ...] = ()
    """Who signed what it holds, who informed: found when a person is to be erased."""
    on: IsoDay
    """ISO day on which it was read."""


class Proposal(Noun):
    """An answer that a form, a phone, an import or a measure offers: no fact yet.

    Only a person who accepts it makes it one.
    """

    id: str
    """UUID of what offers it, the place and the question: offered twice, it is one."""
    place: str
    """Id of the place; one that is not there yet is made with the answer."""
    lot: str = Field(default="", max_length=120)
    """Name of the lot of equipment to make; empty for a place that is there."""
    question: str
    state: State = State.KNOWN
    value: Value = None
    """Canonical, as an answer's."""
    source: ProposalSource
    by: str = Field(default="", max_length=120)
    """Who says so: « Mairie, secrétaire »."""
    why: str = Field(default="", max_length=200)
    """What it rests on: « 7 fiches sur 9 : oui »."""
    on: IsoDay
    """ISO day on which it came."""
