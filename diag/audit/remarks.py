"""What people wrote in an audit next to its facts, as far as a reader may have it.

What may name somebody is asked about, never let out: whoever writes documents, a table
or the closing sees each passage with its place, and agrees or mends it. What is handed
over apart, the reserved sheet, is not asked about.

No list of first names: a name is known by what stands before it, or by who is known of
the audit. It asks once too often rather than let a child's name out in silence, and it
cannot know a first name alone in a sentence: whoever closes reads what is printed.
"""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

from diag.assess.judge import rooted
from diag.audit.memory import own_standing, steps_to_report
from diag.audit.session import AuditSession
from diag.checklist.source import Entries, Items, read_source, text_of
from diag.journal import subjects
from diag.journal.records import photos_of
from diag.journal.signatures import Signature, WrittenSince, signature_of
from diag.journal.subjects import (
    AnswerTopic,
    FlagTopic,
    HandTopic,
    NoteTopic,
    ObservationTopic,
    OwnTopic,
    PhotoTopic,
    RankTopic,
    WordingTopic,
)
from diag.model.audit import FollowUp, Observation, OwnAdvice, Photo
from diag.model.base import Noun
from diag.model.checklist import Wording
from diag.model.enums import (
    READERS,
    USUAL_READER,
    WORKING_READER,
    Audience,
    FollowUpState,
)
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.dates import day_of, day_words
from diag.words.sentences import NEXT_BUDGET, Blanks, counted, filled, listed
from diag.words.vocabulary import SUBJECTS
from diag.workspace.settings import Settings


@dataclass(frozen=True, slots=True)
class Evidence:
    """A photo of the audit, and who joined it."""

    photo: Photo
    author: str
    day: str
    """ISO day when it was taken, else when it was joined."""


@dataclass(frozen=True, slots=True)
class Remarks:
    """What was written of recommendations, and the photos; nothing reserved in public.

    Where an audit is read without its sensitive questions, what was written of an
    action that cures one, or photographed for one, is as if it had not been.
    """

    earlier: tuple[FollowUp, ...]
    """Steps of the audits before."""
    follow_ups: tuple[FollowUp, ...]
    own: tuple[OwnAdvice, ...]
    """The engineers' own recommendations."""
    wordings: Mapping[tuple[str, Audience], Wording]
    """What the engineer reworded: (recommendation, audience) → wording."""
    evidence: tuple[Evidence, ...]
    observations: tuple[Observation, ...]
    """What was seen and noted, by the name of who did; shown to everyone or not."""


def remarks_of(session: AuditSession) -> Remarks:
    """Return what was written in an audit, as far as it is read."""
    whole = rooted(session.workspace.editions.open(session.edition), session.about.kind)
    shown = session.checklist
    # Nothing, in the whole reading of an audit.
    questions = whole.questions.keys() - shown.questions.keys()
    criteria = whole.criteria.keys() - shown.criteria.keys()
    advice = whole.recommendations.keys() - shown.recommendations.keys()
    written = own_standing(session)
    own = tuple(one for one in written if one.criterion not in criteria)
    withheld = advice | {one.id for one in written if one not in own}

    def steps(some: tuple[FollowUp, ...]) -> tuple[FollowUp, ...]:
        return tuple(
            one for one in _as_corrected(some) if one.recommendation not in withheld
        )

    return Remarks(
        earlier=steps(steps_to_report(session)),
        follow_ups=steps(session.follow_ups),
        own=own,
        wordings={
            (ident, audience): current_wording(session, ident, audience)
            for ident, audience in session.wordings
            if ident not in withheld
        },
        evidence=tuple(
            one for one in evidence_of(session) if one.photo.question not in questions
        ),
        observations=tuple(
            one.model_copy(
                update={"author": session.workspace.settings.name_of(one.author)}
            )
            for one in session.observations
            if one.question not in questions
        ),
    )


_SAID = {FollowUpState.PROPOSEE, FollowUpState.DECIDEE, FollowUpState.ECARTEE}
"""What somebody says of an action; the rest is what was done."""


def _as_corrected(steps: Iterable[FollowUp]) -> tuple[FollowUp, ...]:
    """Return steps without those that were typed anew: same action, body and day.

    History keeps them; a council decides once in a sitting, and documents print that.
    """
    last: dict[object, FollowUp] = {}
    for at, one in enumerate(steps):
        sitting = (one.recommendation, one.place, one.by, one.on)
        key: object = sitting if one.by and one.on and one.state in _SAID else at
        last.pop(key, None)
        last[key] = one
    return tuple(last.values())


def own_advice(session: AuditSession) -> dict[str, OwnAdvice]:
    """Return the recommendations of engineers' own that stand, by id."""
    return {one.id: one for one in own_standing(session)}


def declared_wording(session: AuditSession, ident: str, audience: Audience) -> Wording:
    """Return the words for a reader as the checklists or the engineer declared them."""
    if declared := session.checklist.recommendations.get(ident):
        return declared.wording[audience]
    own = own_advice(session)[ident]
    return Wording(title=own.title, why=own.why)


def title_words(session: AuditSession, ident: str) -> str:
    """Return a recommendation's title without its figures, whatever became of it."""
    is_declared = ident in session.checklist.recommendations
    if not is_declared and ident not in own_advice(session):
        return ident
    words = declared_wording(session, ident, USUAL_READER)
    return filled(
        words.title, Blanks(None, "", SUBJECTS[session.about.kind][0], NEXT_BUDGET)
    )


def current_wording(session: AuditSession, ident: str, audience: Audience) -> Wording:
    """Return the words that a reader will get, reworded or not."""
    declared = declared_wording(session, ident, audience)
    words = session.wordings.get((ident, audience))
    if not words:
        return declared
    kept = {"otherwise": declared.otherwise}  # nobody rewords what stays otherwise
    return Wording.model_validate(words | kept)


def evidence_of(session: AuditSession) -> tuple[Evidence, ...]:
    """Return the photos of an audit, each with who joined it, and when."""
    journal, audit = session.workspace.journal, session.audit.id
    settings = session.workspace.settings
    found = []
    for photo in photos_of(journal, audit):
        first = journal.history(audit, subjects.photo(photo.id))[0]
        author, at = first.author, first.at
        day = photo.taken_at[:10] or day_of(at).isoformat()
        found.append(Evidence(photo, settings.name_of(author), day))
    return tuple(found)


def signature_read(session: AuditSession, remarks: Remarks) -> Signature | None:
    """Return who closed or accepted an audit, and what was written since.

    Where it is read without its sensitive questions, an answer to one unseals nothing.
    """
    shown = session.checklist
    evidence = {one.photo.id for one in remarks.evidence}
    own = {one.id for one in remarks.own}
    open_ones = {one.id for one in remarks.observations if one.shown}

    def is_read(topic: subjects.Topic) -> bool:
        match topic:
            case AnswerTopic() | NoteTopic() | FlagTopic():
                return topic.question in shown.questions
            case RankTopic() | WordingTopic() | HandTopic():
                return topic.recommendation in {*shown.recommendations, *own}
            case OwnTopic():
                return topic.recommendation in own
            case PhotoTopic():
                return topic.photo in evidence
            case ObservationTopic():
                return topic.observation in open_ones
        return True

    if not session.is_public:
        return signature_of(session.workspace.journal, session.audit.id)
    return signature_of(session.workspace.journal, session.audit.id, is_read)


def public_digest(session: AuditSession, remarks: Remarks) -> str:
    """Return the mark of what everyone may read of an audit.

    Of its content, and not of the journal: a sensitive answer changes none of it.
    """
    facts = session.facts
    read = {
        "edition": session.edition,
        "places": [_plain(one) for one in facts.places.values()],
        "closed": sorted(facts.closed),
        "answers": [
            (
                *asked,
                *((one.state, one.value, one.provenance, one.reason) for one in heads),
            )
            for asked, heads in sorted(facts.answers.items())
        ],
        "notes": [(*asked, *notes) for asked, notes in sorted(facts.notes.items())],
        "visits": [_plain(one) for one in session.visits],
        "photos": [
            # As they were before some could be shown, but for those that are.
            one.model_dump(mode="json", exclude=set() if one.shown else {"shown"})
            for one in (each.photo for each in remarks.evidence)
        ],
        "own": [_plain(one) for one in remarks.own],
        "wordings": sorted(
            (*key, sorted(_plain(words).items()))
            for key, words in remarks.wordings.items()
        ),
        "ranks": sorted(
            (ident, str(rank))
            for ident, rank in session.ranks.items()
            if ident in session.checklist.recommendations
        ),
    }
    hands = {
        ident: _plain(one)
        for ident, one in session.hands.items()
        if ident in session.checklist.recommendations
    }
    if shown := [_plain(one) for one in remarks.observations if one.shown]:
        read["observations"] = shown
    if hands:
        read["hands"] = [str(one) for one in sorted(hands.items())]
    return sha256(json.dumps(read, sort_keys=True).encode()).hexdigest()


def _plain(noun: Noun) -> dict[str, Any]:
    return noun.model_dump(mode="json")


def since_words(settings: Settings, since: WrittenSince) -> str:
    """Return « 3 modifications, par Camille, depuis le 05/10/2026 »."""
    who = listed([settings.name_of(label) for label in since.authors])
    told = (
        counted(since.lines, "modification") if since.lines else "",
        f"par {who}" if who else "",
        f"depuis le {day_words(since.at)}" if since.at else "",
        f"{counted(since.missing, 'modification signée manque', _MISSING)} ici : "
        "synchronisez"
        if since.missing
        else "",
    )
    return ", ".join(filter(None, told)) or "par des modifications écrites à part"


_MISSING = "modifications signées manquent"


class SlipKind(StrEnum):
    """What a piece of text may give away."""

    NAME = "nom"
    PHONE = "téléphone"
    MAIL = "adresse électronique"
    HEALTH = "santé"


_PHONE = re.compile(
    r"(?<![\w])(?:(?:\+|00)\s*33[\s.\-]*(?:\(0\)[\s.\-]*)?|\(?0)[1-9]\)?"
    r"(?:[\s.\-/]*\d){8}(?!\d)|\+\d[\d\s.\-]{7,}\d"
)
_MAIL = re.compile(
    r"(?<![\w.+-])[\w.+-]+\s?(?:@|\(at\)|\[at\]|\sarobase\s)\s?[\w-]+(?:\s?\.\s?[\w-]+)+",
    re.IGNORECASE,
)
_WORD = r"[^\W\d_][\w'’-]*"
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\w'’-]*"
_CIVIL = re.compile(
    r"\b(?:(?:M|MM|Dr|Pr)\.\s*|(?:Dr|Pr)\s+|(?i:mr|mrs|mmes?|mlles?|madame|monsieur|"
    r"mademoiselle|mesdames|messieurs|docteur)(?:\.\s*|\s+))"
    rf"(?P<name>(?:(?:de|du|d['’]|von|van|ben|le|la)\s*)?{_WORD}(?:\s+{_CAPITAL})*)"
)
_ROLE = re.compile(
    r"\b(?i:directeur|directrice|maîtres?|maîtresses?|enseignante?s?|professeure?s?|"
    r"instituteurs?|institutrices?|atsem|élèves?|enfants?|parents?|père|mère|papa|maman|"
    r"frère|sœur|concierge|gardien(?:ne)?|secrétaire|informaticien(?:ne)?|"
    r"technicien(?:ne)?|adjointe?|conseill(?:er|ère)|remplaçante?|stagiaire|collègue|"
    r"inspecteur|inspectrice|chez|prénommée?|nommée?|appelée?)"
    rf"\s*[,:(]?\s*(?P<name>{_CAPITAL}(?:\s+{_CAPITAL})*)"
)
_OWNED = re.compile(
    r"\b(?i:classe|bureau|poste|portable|ordinateur|tablette|session|compte|casier|"
    rf"place|code|mot de passe)\s+(?:de\s+|d['’])(?P<name>{_CAPITAL})"
)


_ASIDE = re.compile(r"\([^)]*\)")
"""What a name bears between brackets: where a person works."""

_NAME_PART = re.compile(r"(?<![\w-])[^\W\d_][^\W\d_'’-]*(?:['’-][^\W\d_]+)*(?![\w-])")


def slips_in(
    text: str, known: Iterable[str] = (), common: frozenset[str] = frozenset()
) -> Iterator[tuple[SlipKind, str]]:
    """Give what a text may give away, each once; never refuses a text.

    `known`: names of people of the audit. `common`: words that name nobody, folded.
    """
    plain = " ".join(unicodedata.normalize("NFKC", text).split())
    found: dict[tuple[SlipKind, str], None] = {}
    for kind, pattern in ((SlipKind.PHONE, _PHONE), (SlipKind.MAIL, _MAIL)):
        for match in pattern.finditer(plain):
            found[kind, match.group().strip()] = None
    names = dict.fromkeys((*_named(plain, common), *_known(plain, known)))
    for name in names:
        # « Martin » is part of « Mme Martin », not of « Martinez ».
        if not any(f" {name} " in f" {other} " for other in names if other != name):
            found[SlipKind.NAME, name] = None
    folded = fold(plain)
    for pattern in _health():
        for match in pattern.finditer(folded):
            found[SlipKind.HEALTH, match.group()] = None
    yield from found


def without_phones(text: str) -> str:
    """Return a text whose phone numbers are taken out, those glued to another too."""
    left = unicodedata.normalize("NFKC", text)
    if not _PHONE.search(left):
        return text
    while _PHONE.search(left):
        left = _PHONE.sub("[numéro retiré]", left)
    return left


def _named(text: str, common: frozenset[str]) -> Iterator[str]:
    roles = words_listed("roles")
    for match in _CIVIL.finditer(text):
        first = fold(re.split(r"[\s'’]", match["name"])[0])
        last = match["name"].split()[-1]
        # After a particle, a name is one (« de La Tour »); « le maire » is none.
        if first not in roles or (last[0].isupper() and fold(last) not in roles):
            yield match.group().strip()
    plain = common | words_listed("common")
    for pattern in (_ROLE, _OWNED):
        for match in pattern.finditer(text):
            # A capital begins a name, or an acronym, or a word of the school.
            first = match["name"].split(maxsplit=1)[0]
            is_acronym = first.isupper() and len(first) <= _ACRONYM
            is_level = any(letter.isdigit() for letter in first)
            is_usual = is_acronym or is_level or fold(first) in plain
            if not is_usual and len(first) > 1:
                yield match.group().strip()


_SHORTEST = 3
"""Letters of the shortest last name that is looked for: not « Le », « De »."""

_PEOPLE = 256
"""Of so many, how a text names them is remembered."""

_ACRONYM = 4
"""At most so many capitals are an acronym: CP, CE1, TBI, ULIS."""


def _known(text: str, known: Iterable[str]) -> Iterator[str]:
    """Give the people of the audit that a text names."""
    for way in chain.from_iterable(map(_ways_to_name, known)):
        if match := way.search(text):
            yield match.group()


@lru_cache(_PEOPLE)
def _ways_to_name(name: str) -> tuple[re.Pattern[str], ...]:
    """Return how a text names somebody: in full, or by a last name."""
    roles = words_listed("roles")
    parts = _NAME_PART.findall(_ASIDE.sub("", name))
    if not any(one[0].isupper() and fold(one) not in roles for one in parts):
        return ()
    whole = (" ".join(parts), " ".join(reversed(parts))) if len(parts) > 1 else ()
    ways = [re.compile(_alone(re.escape(one)), re.IGNORECASE) for one in whole]
    for part in parts[1:] or parts:
        if len(part) < _SHORTEST or fold(part) in roles or not part[0].isupper():
            continue
        cases = (part, part.capitalize(), part.upper())
        either = "|".join(map(re.escape, dict.fromkeys(cases)))
        ways.append(re.compile(_alone(either)))
    return tuple(ways)


def _alone(pattern: str) -> str:
    return rf"(?<!\w)(?:{pattern})(?!\w)"


@cache
def _health() -> tuple[re.Pattern[str], ...]:
    return tuple(
        re.compile(_alone(re.escape(one.rstrip("*")) + r"\w*" * one.endswith("*")))
        for one in words_listed("health")
    )


@cache
def words_listed(name: str) -> frozenset[str]:
    """Return the words of a list of `slips.yaml`, folded; `*` ends a beginning."""
    file = Path(__file__).with_name("slips.yaml")
    read = read_source(file.name, file.read_bytes()).root
    listed = read.nodes[name] if isinstance(read, Entries) else None
    nodes = listed.nodes if isinstance(listed, Items) else ()
    return frozenset(
        fold(text.rstrip("*")) + "*" * text.endswith("*")
        for text in map(text_of, nodes)
    )


PUBLIC_READERS = tuple(one for one in READERS if one is not WORKING_READER)
"""Whose documents anybody may ask for."""


class Slip(NamedTuple):
    """Words that may name somebody, and where they would be printed from."""

    where: str
    """« la note de « Classe CE1 » »."""
    kind: SlipKind
    words: str

    def __str__(self) -> str:
        """Return the line that is shown before it is let out."""
        return f"{self.where} : « {self.words} » ({self.kind})"


def slips_of(
    session: AuditSession, audiences: Iterable[Audience] = READERS
) -> tuple[Slip, ...]:
    """Return what the documents of some readers would let out; the sheet is none."""
    readers = [one for one in audiences if not one.reads_reserved]
    if not readers:
        return ()
    shown = session.public()
    known = people_of(session)
    common = _words_of(shown)
    return tuple(
        dict.fromkeys(
            Slip(where, kind, words)
            for where, text in texts_of(shown, readers)
            for kind, words in slips_in(text, known, common)
        )
    )


def slips_typed(session: AuditSession, *texts: str) -> tuple[Slip, ...]:
    """Return what texts just typed would let out, before they are kept."""
    known, common = people_of(session), _words_of(session)
    return tuple(
        Slip("ce texte", kind, words)
        for text in texts
        for kind, words in slips_in(text, known, common)
    )


def people_of(session: AuditSession) -> tuple[str, ...]:
    """Return who is known of an audit: its authors, who was there, who was met."""
    people = session.workspace.settings.people.values()
    visits = (name for one in session.visits for name in (*one.present, *one.met))
    return tuple(dict.fromkeys((*people, *visits)))


def _words_of(session: AuditSession) -> frozenset[str]:
    """Return the words of the kinds of rooms: « Motricité » names nobody."""
    choices = (
        choice.label
        for question in session.checklist.questions.values()
        for choice in question.choices
    )
    return frozenset(fold(word) for label in choices for word in label.split())


def texts_of(
    session: AuditSession, audiences: Iterable[Audience]
) -> Iterator[tuple[str, str]]:
    """Give each text that somebody typed and these readers would have, and whence."""
    readers = frozenset(audiences)
    remarks = remarks_of(session)
    names = _quoted_names(session)
    for place in session.facts.places.values():
        yield "le nom d'un lieu", place.name
    yield from _advice_texts(session, remarks, readers)
    is_working = WORKING_READER in readers  # who reads even what is not « à montrer »
    for seen in session.observations:
        if seen.shown or is_working:
            yield f"l'observation de {names.get(seen.place, 'ce lieu')}", seen.text
    for each in remarks.evidence:
        if each.photo.shown or is_working:
            where = names.get(each.photo.place, "ce lieu")
            yield f"la légende d'une photo de {where}", each.photo.caption
    if is_working:
        yield from _noted_texts(session)


def _advice_texts(
    session: AuditSession, remarks: Remarks, readers: frozenset[Audience]
) -> Iterator[tuple[str, str]]:
    for (ident, reader), words in session.wordings.items():
        if reader in readers and (ident, reader) in remarks.wordings:
            for text in words.values():
                yield f"la reformulation de « {ident} »", str(text)
    for ident, hand in session.hands.items():
        for text in (hand.title, hand.otherwise):
            yield f"le vote de « {ident} »", text
    for own in remarks.own:
        for text in (own.title, own.why):
            yield "une préconisation de votre main", text
    for step in (*remarks.earlier, *remarks.follow_ups):
        for text in (step.by, step.why):
            yield f"la suite de « {step.recommendation} »", text


def _noted_texts(session: AuditSession) -> Iterator[tuple[str, str]]:
    """Give what was noted next to answers: the technician and tables have it."""
    facts, questions = session.facts, session.checklist.questions
    names = _quoted_names(session)
    for (place, name), notes in facts.notes.items():
        if name in questions:
            for note in notes:
                yield f"la note de {names.get(place, place)}", note
    for (place, name), heads in facts.answers.items():
        for head in heads if name in questions else ():
            where = f"la réponse de {names.get(place, place)}"
            yield where, head.reason
            if isinstance(head.value, str) and not questions[name].choices:
                yield where, head.value


def _quoted_names(session: AuditSession) -> Mapping[str, str]:
    return {one.id: f"« {one.name} »" for one in session.facts.places.values()}


SHOWN = 8
"""At most so many are listed in a sentence."""


class HeldBackError(DiagError):
    """What would be let out was not agreed on: nothing was written."""


def held_words(slips: Iterable[Slip]) -> str:
    """Return how many words may name somebody, and the first of them."""
    every = [str(one) for one in slips]
    many = counted(len(every), "passage peut", "passages peuvent")
    return f"{many} désigner quelqu'un : {listed(every, SHOWN)}"


def question_of(slips: Iterable[Slip]) -> str:
    """Return what a screen asks before it lets them out, each on its line."""
    lines = "\n".join(f"- {one}" for one in slips)
    asked = "Le laisser sortir ? Sinon, récrivez-le d'abord."
    return f"Ceci peut désigner quelqu'un :\n{lines}\n\n{asked}"


def check_slips(slips: Iterable[Slip], *, let_out: bool) -> None:
    """Let nothing pass that may name somebody, unless it was agreed on.

    Raises:
        HeldBackError: something may, and nobody agreed.
    """
    found = tuple(slips)
    if found and not let_out:
        raise HeldBackError(
            f"{held_words(found)}. Corrigez ces textes, ou laissez-les sortir.",
            command="--let-out",
        )
