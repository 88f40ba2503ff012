"""What is written in a programme, in French: of what, which value."""

from collections.abc import Callable
from typing import Any

from diag.journal import subjects
from diag.journal.revision import Json
from diag.journal.subjects import ProgrammeTopic
from diag.model.base import Noun
from diag.model.number import exact
from diag.model.programme import (
    CostSplit,
    EnvelopeState,
    ProgrammeFrame,
    RightsRule,
    YearEnvelope,
    YearLock,
)
from diag.programme.assembling import Board
from diag.programme.record import noun_of
from diag.words.figures import euros, euros_and_cents, number, percent

_KINDS = {
    subjects.PURCHASES: "un achat groupé",
    subjects.SHARED: "une opération partagée",
    subjects.EARMARKS: "une somme réservée",
    subjects.VARIANTS: "une variante",
    subjects.DECISIONS: "une décision",
    subjects.ADOPTIONS: "ce qui est arrêté",
    subjects.THEMES: "un thème",
    subjects.WORKSHOPS: "un atelier",
    subjects.SPLITS: "la part du syndicat",
}
"""What a subject is about, where nothing says it better."""

_RULES = {
    "frame": "les années, la réserve ou l'ordre",
    "rights": "le partage des droits de tirage",
    "weights": "le poids des thèmes",
}


def subject_words(board: Board, subject: str) -> str:
    """Return what a subject is about: « l'enveloppe 2028, syndicat (…) »."""
    match subjects.parse(subject):
        case ProgrammeTopic(subjects.PROGRAMME, (name,)) if name in _RULES:
            return _RULES[name]
        case ProgrammeTopic(subjects.ENVELOPES, (payer, year, section)):
            return f"l'enveloppe {year}, {board.payer_name(payer)} ({section})"
        case ProgrammeTopic(subjects.LOCKS, key):
            return f"le verrou de « {board.named('/'.join(key)).title} »"
        case ProgrammeTopic(kind, _) if kind in _KINDS:
            return _KINDS[kind]
    return subject


def value_words(subject: str, value: Json) -> str:
    """Return a value that somebody wrote, on one line; « retiré » of none."""
    if not isinstance(value, dict):
        return "retiré"
    kind, _, rest = subject.partition("/")
    known = _VALUES.get(rest if kind == subjects.PROGRAMME else kind)
    found = noun_of(known[0], value) if known else None
    if known and found:
        return known[1](found)
    return str(value.get("title") or value.get("name") or "une autre valeur")


def envelope_words(envelope: YearEnvelope) -> str:
    """Return an envelope: « 90 000 €, votée, reportable · DOB »."""
    cents = envelope.cents
    amount = euros_and_cents(cents) if cents % 100 else euros(cents // 100)
    state = "votée" if envelope.state is EnvelopeState.VOTE else "hypothèse"
    carried = ", reportable" if envelope.carry else ""
    source = f" · {envelope.source}" if envelope.source else ""
    return f"{amount}, {state}{carried}{source}"


def _lock_words(lock: YearLock) -> str:
    return f"{lock.year}, par {lock.by} : {lock.why}"


def _frame_words(frame: ProgrammeFrame) -> str:
    years = f"{frame.budgets[0]}-{frame.budgets[-1]}"
    order = "la loi, ce qui bloque" if frame.socle_first else "la loi"
    return f"{years}, réserve {number(frame.reserve)} %, {order}, les points par euro"


def _rights_words(rights: RightsRule) -> str:
    return f"{number(rights.school)} par école, {number(rights.pupil)} par élève"


def _split_words(split: CostSplit) -> str:
    return percent(exact(split.syndicat))


_VALUES: dict[str, tuple[type[Noun], Callable[[Any], str]]] = {
    subjects.ENVELOPES: (YearEnvelope, envelope_words),
    subjects.LOCKS: (YearLock, _lock_words),
    subjects.SPLITS: (CostSplit, _split_words),
    "frame": (ProgrammeFrame, _frame_words),
    "rights": (RightsRule, _rights_words),
}
"""Kind of subject → what its value is, and the words of one."""
