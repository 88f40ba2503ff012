"""Subjects: what a revision is about, as text; built and read here and nowhere else."""

from collections.abc import Callable
from dataclasses import dataclass

from diag.model.enums import READERS, Audience, PlaceKind

EDITION = "audit/edition"
"""The checklists that judge the audit."""

CLAIM = "audit/claim"
"""Who is on the audit, until when."""

FLOOR = "places/plan"
"""How rooms stand in their buildings: rows in order, with widths."""

MINUTES = "audit/minutes"
"""How long the visit is to be, and since when."""

PROFILE = "audit/profile"
"""The same as one of three names: read, written no more."""

STATUS = "audit/status"
"""Where the audit stands."""

SUBJECT = "audit/subject"
"""What the audit is about: campaign, kind, code."""

DISPATCHES = "dispatch"
"""Prefix of the reports that were sent."""

SCENARIOS = "scenario"
"""Prefix of the suppositions that were kept."""

VOTES = "audit/votes"
"""Which list of votes stands, and its version."""

LISTS = "votes"
"""Prefix of what closings froze for a council."""

OBSERVATIONS = "observation"
"""Prefix of what was seen and noted."""

PHOTOS = "photo"
"""Prefix of the photos."""

QUESTIONNAIRES = "questionnaire"
"""Prefix of the questionnaires that were printed."""

PROPOSALS = "proposal"
"""Prefix of the answers that wait to be accepted."""


PROGRAMME = "programme"
"""Prefix of the frame and the rights of a programme; campaigns of programmes too."""

ENVELOPES = "envelope"
"""Prefix of what a payer may spend, by year and section."""

SPLITS = "split"
"""Prefix of who pays what of an investment."""

PURCHASES = "group"
"""Prefix of the articles bought together."""

SHARED = "shared"
"""Prefix of the operations that several communes share."""

LOCKS = "lock"
"""Prefix of the years that somebody imposes."""

EARMARKS = "earmark"
"""Prefix of the money kept for one operation."""

VARIANTS = "variant"
"""Prefix of named changes over a programme."""

DECISIONS = "decision"
"""Prefix of what bodies decided."""

ADOPTIONS = "adopted"
"""Prefix of what was adopted."""

THEMES = "theme"
"""Prefix of what workshops give weight to."""

WORKSHOPS = "workshop"
"""Prefix of the workshops, of their cards and of their ballots."""

EVIDENCE = "evidence"
"""Prefix of the files of other tools that were kept."""

ASKS = "erase-ask"
"""Prefix of the erasures that are asked for, by the revision that they are about."""

STOPS = "erase-stop"
"""Prefix of what stops them."""

SEALS = "seal"
"""Prefix of what proves who wrote; no content."""

HUB_SEAL = "seal/hub"
"""What a hub held before there were seals."""


@dataclass(frozen=True, slots=True)
class PlaceTopic:
    """A place itself: kind, parent, name."""

    place: str


@dataclass(frozen=True, slots=True)
class AnswerTopic:
    """The answer to a question at a place."""

    place: str
    question: str


@dataclass(frozen=True, slots=True)
class NoteTopic:
    """The note beside an answer."""

    place: str
    question: str


@dataclass(frozen=True, slots=True)
class FlagTopic:
    """« À revoir »: a question to come back to, at a place."""

    place: str
    question: str


@dataclass(frozen=True, slots=True)
class SameTopic:
    """That a place is the same as another one."""

    place: str


@dataclass(frozen=True, slots=True)
class ApartTopic:
    """That two places, which look alike, are two."""

    place: str
    other: str


@dataclass(frozen=True, slots=True)
class ClosedTopic:
    """Whether the list of places of a kind is complete."""

    kind: PlaceKind


@dataclass(frozen=True, slots=True)
class FloorTopic:
    """How rooms stand in their buildings."""


@dataclass(frozen=True, slots=True)
class VisitTopic:
    """A day on site."""

    visit: str


@dataclass(frozen=True, slots=True)
class PhotoTopic:
    """A picture: what it shows, and the name of its bytes."""

    photo: str


@dataclass(frozen=True, slots=True)
class ObservationTopic:
    """What was seen, in the engineer's words: no fact, it judges nothing."""

    observation: str


@dataclass(frozen=True, slots=True)
class FollowTopic:
    """What becomes of a recommendation; append-only."""

    recommendation: str
    place: str | None


@dataclass(frozen=True, slots=True)
class WordingTopic:
    """A recommendation reworded for one audience."""

    recommendation: str
    place: str | None
    audience: Audience


@dataclass(frozen=True, slots=True)
class RankTopic:
    """Where the engineer puts a recommendation in the order of reading."""

    recommendation: str


@dataclass(frozen=True, slots=True)
class OwnTopic:
    """A recommendation of the engineer's own, that no checklist makes."""

    recommendation: str


@dataclass(frozen=True, slots=True)
class ScenarioTopic:
    """A supposition kept under a name: never a fact."""

    scenario: str


@dataclass(frozen=True, slots=True)
class DispatchTopic:
    """A report that was sent."""

    dispatch: str


@dataclass(frozen=True, slots=True)
class QuestionnaireTopic:
    """A questionnaire that was printed: which question each number is."""

    questionnaire: str


@dataclass(frozen=True, slots=True)
class ProposalTopic:
    """An answer that waits for a person to accept it; taken away once it was seen."""

    proposal: str


@dataclass(frozen=True, slots=True)
class EvidenceTopic:
    """A file of another tool, kept as it came."""

    evidence: str


@dataclass(frozen=True, slots=True)
class BallotTopic:
    """A part of what a closing froze: a vote by its number, or what is beside them."""

    ballot: str
    part: str


@dataclass(frozen=True, slots=True)
class HandTopic:
    """What the engineer did to the vote of a recommendation, before the closing."""

    recommendation: str


@dataclass(frozen=True, slots=True)
class ErasureTopic:
    """A revision that is to lose its value."""

    revision: str


@dataclass(frozen=True, slots=True)
class AskTopic:
    """That a revision is to be erased, if another person confirms it."""

    revision: str


@dataclass(frozen=True, slots=True)
class StopTopic:
    """That a revision is not to be erased: its author's word."""

    revision: str


@dataclass(frozen=True, slots=True)
class SealTopic:
    """Which lines a key vouches for: it holds nothing about the school."""

    key: str


@dataclass(frozen=True, slots=True)
class ProgrammeTopic:
    """A part of a programme: its kind, and what it is about."""

    kind: str
    key: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AuditTopic:
    """A fact about the audit itself: `status`, `edition` or another."""

    name: str


@dataclass(frozen=True, slots=True)
class OtherTopic:
    """What this version does not know: kept and relayed, not shown."""

    subject: str


Topic = (
    PlaceTopic
    | AnswerTopic
    | NoteTopic
    | FlagTopic
    | SameTopic
    | ApartTopic
    | ClosedTopic
    | FloorTopic
    | VisitTopic
    | PhotoTopic
    | ObservationTopic
    | FollowTopic
    | WordingTopic
    | RankTopic
    | OwnTopic
    | ScenarioTopic
    | DispatchTopic
    | QuestionnaireTopic
    | ProposalTopic
    | EvidenceTopic
    | BallotTopic
    | HandTopic
    | ErasureTopic
    | AskTopic
    | StopTopic
    | SealTopic
    | ProgrammeTopic
    | AuditTopic
    | OtherTopic
)


def place(place_id: str) -> str:
    """Return the subject of a place."""
    return f"place/{place_id}"


def answer(place_id: str, question: str) -> str:
    """Return the subject of an answer."""
    return f"place/{place_id}/q/{question}"


def note(place_id: str, question: str) -> str:
    """Return the subject of the note beside an answer."""
    return f"place/{place_id}/q/{question}/note"


def flag(place_id: str, question: str) -> str:
    """Return the subject of « à revoir »."""
    return f"place/{place_id}/flag/{question}"


def same(place_id: str) -> str:
    """Return the subject of « c'est le même lieu »."""
    return f"place/{place_id}/same_as"


def apart(first: str, second: str) -> str:
    """Return the subject of « ce sont deux lieux différents », in either order."""
    least, greatest = sorted((first, second))
    return f"place/{least}/other_than/{greatest}"


def closed(kind: PlaceKind) -> str:
    """Return the subject of « toutes les salles sont là »."""
    return f"places/{kind}/closed"


def visit(visit_id: str) -> str:
    """Return the subject of a visit."""
    return f"visit/{visit_id}"


def photo(photo_id: str) -> str:
    """Return the subject of a photo."""
    return f"{PHOTOS}/{photo_id}"


def observation(observation_id: str) -> str:
    """Return the subject of an observation."""
    return f"{OBSERVATIONS}/{observation_id}"


def follow(recommendation: str, place_id: str | None = None) -> str:
    """Return the subject of a recommendation's follow-up, maybe at one place."""
    return f"{_recommendation(recommendation, place_id)}/follow"


def wording(
    recommendation: str, audience: Audience, place_id: str | None = None
) -> str:
    """Return the subject of a recommendation reworded for an audience."""
    return f"{_recommendation(recommendation, place_id)}/wording/{audience}"


def rank(recommendation: str) -> str:
    """Return the subject of a recommendation's place in the order of reading."""
    return f"{_recommendation(recommendation, None)}/rank"


def own(recommendation: str) -> str:
    """Return the subject of a recommendation of the engineer's own."""
    return f"{_recommendation(recommendation, None)}/own"


def scenario(scenario_id: str) -> str:
    """Return the subject of a supposition kept under a name."""
    return f"{SCENARIOS}/{scenario_id}"


def dispatch(dispatch_id: str) -> str:
    """Return the subject of a report that was sent."""
    return f"{DISPATCHES}/{dispatch_id}"


def questionnaire(code: str) -> str:
    """Return the subject of a questionnaire that was printed."""
    return f"{QUESTIONNAIRES}/{code}"


def proposal(proposal_id: str) -> str:
    """Return the subject of an answer that waits to be accepted."""
    return f"{PROPOSALS}/{proposal_id}"


def evidence(evidence_id: str) -> str:
    """Return the subject of a file of another tool."""
    return f"{EVIDENCE}/{evidence_id}"


def ballot(ballot_id: str, part: str | int) -> str:
    """Return the subject of a part of what a closing froze for a council."""
    return f"{LISTS}/{ballot_id}/{part}"


def hand(recommendation: str) -> str:
    """Return the subject of what the engineer did to a recommendation's vote."""
    return f"{_recommendation(recommendation, None)}/vote"


def programme(kind: str, *key: str) -> str:
    """Return the subject of a part of a programme: `lock/audit/recommendation`."""
    return "/".join((kind, *key))


def erasure(revision: str) -> str:
    """Return the subject of the erasure of a revision."""
    return f"erase/{revision}"


def seal(key: str) -> str:
    """Return the subject of the seals of a key, by its short name."""
    return f"{SEALS}/{key}"


def ask(revision: str) -> str:
    """Return the subject of the ask to erase a revision."""
    return f"{ASKS}/{revision}"


def stop(revision: str) -> str:
    """Return the subject of what stops the erasure of a revision."""
    return f"{STOPS}/{revision}"


def erased_by(subject: str) -> str | None:
    """Return the id of the revision that an erasure names."""
    head, _, revision = subject.partition("/")
    return revision if head == "erase" else None


def inside(prefix: str) -> tuple[str, str]:
    """Return the bounds of the subjects that start with `prefix/`: low ≤ s < high."""
    return f"{prefix}/", f"{prefix}0"  # "0" follows "/" in ASCII


def parse(subject: str) -> Topic:
    """Read a subject; what is not known comes back as `OtherTopic`."""
    topic: Topic | None = None
    match subject.split("/"):
        case ["place", *rest]:
            topic = _read_place(rest)
        case ["rec", *rest]:
            topic = _read_recommendation(rest)
        case [kind, *key] if kind in _OF_PROGRAMME and key:
            topic = ProgrammeTopic(kind, tuple(key))
        case ["places", kind, "closed"] if kind in _KINDS:
            topic = ClosedTopic(PlaceKind(kind))
        case ["places", "plan"]:
            topic = FloorTopic()
        case [what, ident] if what in _BY_IDENT:
            topic = _BY_IDENT[what](ident)
        case ["audit", name] if name in _ABOUT:
            topic = AuditTopic(name)
        case ["votes", ballot_id, part]:
            topic = BallotTopic(ballot_id, part)
    return topic or OtherTopic(subject)


def _recommendation(recommendation: str, place_id: str | None) -> str:
    return f"rec/{recommendation}" + (f"/{place_id}" if place_id else "")


def _read_place(rest: list[str]) -> Topic | None:
    topic: Topic | None = None
    match rest:
        case [place_id, "q", question]:
            topic = AnswerTopic(place_id, question)
        case [place_id, "q", question, "note"]:
            topic = NoteTopic(place_id, question)
        case [place_id, "flag", question]:
            topic = FlagTopic(place_id, question)
        case [place_id]:
            topic = PlaceTopic(place_id)
        case [place_id, "same_as"]:
            topic = SameTopic(place_id)
        case [place_id, "other_than", other]:
            topic = ApartTopic(place_id, other)
    return topic


def _read_recommendation(rest: list[str]) -> Topic | None:
    match rest:
        case [name, "follow"]:
            return FollowTopic(name, None)
        case [name, "wording", audience] if audience in _AUDIENCES:
            return WordingTopic(name, None, Audience(audience))
        case [name, ("rank" | "own" | "vote") as what]:
            return _OF_ADVICE[what](name)
        case [name, place_id, "follow"]:
            return FollowTopic(name, place_id)
        case [name, place_id, "wording", audience] if audience in _AUDIENCES:
            return WordingTopic(name, place_id, Audience(audience))
    return None


_OF_ADVICE: dict[str, Callable[[str], Topic]] = {
    "rank": RankTopic,
    "own": OwnTopic,
    "vote": HandTopic,
}

_OF_PROGRAMME = frozenset({
    PROGRAMME,
    ENVELOPES,
    SPLITS,
    PURCHASES,
    SHARED,
    LOCKS,
    EARMARKS,
    VARIANTS,
    DECISIONS,
    ADOPTIONS,
    THEMES,
    WORKSHOPS,
})

_ABOUT = frozenset({
    "claim",
    "edition",
    "minutes",
    "profile",
    "status",
    "subject",
    "votes",
})

_BY_IDENT: dict[str, Callable[[str], Topic]] = {
    "visit": VisitTopic,
    "photo": PhotoTopic,
    "observation": ObservationTopic,
    "scenario": ScenarioTopic,
    "dispatch": DispatchTopic,
    "questionnaire": QuestionnaireTopic,
    "proposal": ProposalTopic,
    "evidence": EvidenceTopic,
    "erase": ErasureTopic,
    "erase-ask": AskTopic,
    "erase-stop": StopTopic,
    "seal": SealTopic,
}

_AUDIENCES = frozenset(READERS)
_KINDS = frozenset(PlaceKind)
