"""What an audit keeps beside its facts: advice, photos, dispatches, visits, results.

The results of judging are kept to be shown at once: a cache, never the truth. It is
fresh while the audit's digest and the engine are those it was computed from; a digest
that differs is the only flag, so that none can be forgotten.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, groupby
from typing import Any, NamedTuple

from diag.assess.results import Assessment, Score
from diag.assess.spread import concerned
from diag.journal import subjects
from diag.journal.changes import BESIDE, SHEET
from diag.journal.heads import board_of, latest, merged_in, read_noun, visits_in
from diag.journal.journal import Head, Journal
from diag.journal.proof import judgement_sums, sound_judgements
from diag.journal.subjects import (
    BallotTopic,
    DispatchTopic,
    EvidenceTopic,
    FollowTopic,
    HandTopic,
    ObservationTopic,
    OwnTopic,
    PhotoTopic,
    ProposalTopic,
    QuestionnaireTopic,
    RankTopic,
    ScenarioTopic,
    Topic,
    WordingTopic,
)
from diag.model.audit import (
    Dispatch,
    EvidenceFile,
    FollowUp,
    Observation,
    OwnAdvice,
    Photo,
    Proposal,
    Questionnaire,
    Scenario,
    Visit,
)
from diag.model.enums import (
    WORKING_READER,
    Audience,
    Compliance,
    Socle,
    Standing,
    Trigger,
)
from diag.model.text import Bounds, exact
from diag.model.votes import DecisionList, VoteHand
from diag.words.sentences import half_up, out_of_100

_BIRTHS = """
select subject, min(lam), coalesce(json_extract(body, '$.author'), '') from rev
where audit = (select n from audit where id = ?) and subject >= ? and subject < ?
group by subject
"""


_Birth = tuple[int, str, str]
"""Order number of the first revision of a subject, the subject, who wrote it."""


def _latest_inside(
    journal: Journal, audit: str, prefix: str
) -> Iterator[tuple[Topic, Head]]:
    """Yield each topic under a prefix, with its last head that carries a value."""
    heads = journal.heads_inside(audit, prefix)
    for subject, group in groupby(heads, lambda head: head.subject):
        if head := latest(tuple(group)):
            yield subjects.parse(subject), head


def ranks_of(journal: Journal, audit: str) -> dict[str, Fraction]:
    """Return where the engineer put recommendations, by id; the last word counts."""
    found: dict[str, Fraction] = {}
    for head in journal.heads_inside(audit, "rec"):
        topic, value = subjects.parse(head.subject), head.value
        if not isinstance(topic, RankTopic) or isinstance(value, bool):
            continue
        if head.has_value and isinstance(value, int | str):
            try:
                found[topic.recommendation] = Fraction(exact(value))
            except ValueError:
                continue
    return found


def own_advice_of(journal: Journal, audit: str) -> tuple[OwnAdvice, ...]:
    """Return the recommendations of the engineer's own, in the order of their ids."""
    found: dict[str, OwnAdvice] = {}
    for head in journal.heads_inside(audit, "rec"):
        topic, value = subjects.parse(head.subject), head.value
        if isinstance(topic, OwnTopic) and head.has_value and isinstance(value, dict):
            try:
                own = OwnAdvice.model_validate({**value, "id": topic.recommendation})
            except ValueError:
                continue
            found[own.id] = own
    return tuple(found.values())


def dispatches_of(journal: Journal, audit: str) -> tuple[Dispatch, ...]:
    """Return every report that left, by day; what cannot be read is left out."""
    found = (
        read_noun(Dispatch, head.value, id=topic.dispatch)
        for topic, head in _latest_inside(journal, audit, subjects.DISPATCHES)
        if isinstance(topic, DispatchTopic)
    )
    return tuple(sorted(filter(None, found), key=lambda sent: (sent.on, sent.id)))


def follow_ups_of(journal: Journal, audit: str) -> tuple[FollowUp, ...]:
    """Return every step ever recorded and not taken back, in order."""
    history = journal.history_inside(audit, "rec")
    undone = {revision.undoes for revision in history}
    steps = (
        read_noun(
            FollowUp,
            revision.value,
            recommendation=topic.recommendation,
            place=topic.place,
            author=revision.author,
            revision=revision.id,
        )
        for revision in history
        if isinstance(topic := subjects.parse(revision.subject), FollowTopic)
        and not revision.undoes
        and revision.id not in undone
    )
    return tuple(filter(None, steps))


def wordings_of(
    journal: Journal, audit: str
) -> dict[tuple[str, str | None, Audience], dict[str, str]]:
    """Return the rewordings, by recommendation, place and audience.

    No words where one was taken back: it reads as declared.
    """
    found: dict[tuple[str, str | None, Audience], dict[str, str]] = {}
    for head in journal.heads_inside(audit, "rec"):
        topic, words = subjects.parse(head.subject), head.value
        if not isinstance(topic, WordingTopic):
            continue
        key = (topic.recommendation, topic.place, topic.audience)
        if isinstance(words, dict):
            found[key] = {name: str(text) for name, text in words.items()}
        elif head.withdrawn:
            found.setdefault(key, {})
    return found


def photos_of(journal: Journal, audit: str) -> tuple[Photo, ...]:
    """Return the photos of an audit, in the order in which they were joined."""
    photos = {
        head.subject: photo
        for topic, head in _latest_inside(journal, audit, subjects.PHOTOS)
        if isinstance(topic, PhotoTopic)
        and (photo := read_noun(Photo, head.value, id=topic.photo))
    }
    births = _births(journal, audit, subjects.PHOTOS)
    merged = merged_in(journal, audit) if photos else {}
    return tuple(
        photo.model_copy(update={"place": merged.get(photo.place, photo.place)})
        for subject, photo in sorted(photos.items(), key=lambda one: births[one[0]])
    )


def observations_of(journal: Journal, audit: str) -> tuple[Observation, ...]:
    """Return what was seen and noted, in the order in which it was."""
    found = {
        head.subject: seen
        for topic, head in _latest_inside(journal, audit, subjects.OBSERVATIONS)
        if isinstance(topic, ObservationTopic)
        and (seen := read_noun(Observation, head.value, id=topic.observation))
    }
    if not found:
        return ()
    births = _births(journal, audit, subjects.OBSERVATIONS)
    merged = merged_in(journal, audit)
    return tuple(
        seen.model_copy(
            update={
                "place": merged.get(seen.place, seen.place),
                "author": births[subject][-1],
            }
        )
        for subject, seen in sorted(
            found.items(), key=lambda one: (one[1].at, births[one[0]])
        )
    )


def _births(journal: Journal, audit: str, prefix: str) -> dict[str, _Birth]:
    rows = journal.select(_BIRTHS, [audit, *subjects.inside(prefix)])
    return {subject: (lam, subject, author) for subject, lam, author in rows}


def standing_list_of(journal: Journal, audit: str) -> DecisionList | None:
    """Return the list that the last move of an audit, its closing, froze.

    None where that closing froze none: a version before votes closed it anew, and an
    earlier list speaks of other facts.
    """
    closing = latest(journal.current(audit, subjects.STATUS))
    which = latest(journal.current(audit, subjects.VOTES))
    if closing is None or which is None:
        return None
    is_of_it = (closing.device, closing.lam) == (which.device, which.lam + 1)
    return decision_list_of(journal, audit) if is_of_it else None


def decision_list_of(journal: Journal, audit: str) -> DecisionList | None:
    """Return the list of votes that the last closing froze; None for none.

    Of two closings made apart, the latest counts. A list of which a part was erased
    or is not here yet cannot be read.
    """
    head = latest(journal.current(audit, subjects.VOTES))
    which: Any = head.value if head else None
    if not isinstance(which, dict):
        return None
    parts: dict[str, Any] = {
        topic.part: head.value
        for topic, head in _latest_inside(
            journal, audit, f"{subjects.LISTS}/{which.get('list')}"
        )
        if isinstance(topic, BallotTopic)
    }
    numbers = sorted(int(part) for part in parts if part.isdecimal())
    value: Any = parts.get(SHEET)
    try:
        return DecisionList.model_validate({
            **value,
            **{name: parts[name] for name in BESIDE},
            "version": which["version"],
            "votes": [{**parts[str(one)], "number": one} for one in numbers],
        })
    except (KeyError, TypeError, ValueError):
        return None


def hands_of(journal: Journal, audit: str) -> dict[str, VoteHand]:
    """Return what the engineer did to votes, by id of recommendation."""
    found = (
        (topic.recommendation, read_noun(VoteHand, head.value))
        for topic, head in _latest_inside(journal, audit, "rec")
        if isinstance(topic, HandTopic)
    )
    return {ident: hand for ident, hand in found if hand}


def questionnaires_of(journal: Journal, audit: str) -> tuple[Questionnaire, ...]:
    """Return what was printed, the last one last; what cannot be read is left out."""
    printed = [
        (head.lam, page)
        for topic, head in _latest_inside(journal, audit, subjects.QUESTIONNAIRES)
        if isinstance(topic, QuestionnaireTopic)
        and (page := read_noun(Questionnaire, head.value, id=topic.questionnaire))
    ]
    return tuple(page for _, page in sorted(printed, key=lambda each: each[0]))


def proposals_of(journal: Journal, audit: str) -> tuple[Proposal, ...]:
    """Return what waits to be accepted, as it came; what cannot be read is left out.

    Offered on one laptop and seen on another at the same time, it waits still.
    """
    waiting = [
        (head.lam, offer)
        for topic, head in _latest_inside(journal, audit, subjects.PROPOSALS)
        if isinstance(topic, ProposalTopic)
        and (offer := read_noun(Proposal, head.value, id=topic.proposal))
    ]
    return tuple(offer for _, offer in sorted(waiting, key=lambda one: one[0]))


def evidence_of(journal: Journal, audit: str) -> tuple[EvidenceFile, ...]:
    """Return the files of other tools, as they came, but what cannot be read."""
    kept = [
        (head.lam, file)
        for topic, head in _latest_inside(journal, audit, subjects.EVIDENCE)
        if isinstance(topic, EvidenceTopic)
        and (file := read_noun(EvidenceFile, head.value, id=topic.evidence))
    ]
    return tuple(file for _, file in sorted(kept, key=lambda one: one[0]))


def scenarios_of(journal: Journal, audit: str) -> tuple[Scenario, ...]:
    """Return what was kept in an audit, by name."""
    found = (
        read_noun(Scenario, head.value, id=topic.scenario)
        for topic, head in _latest_inside(journal, audit, subjects.SCENARIOS)
        if isinstance(topic, ScenarioTopic)
    )
    return tuple(sorted(filter(None, found), key=lambda each: (each.name, each.id)))


def visits_of(journal: Journal, audit: str) -> tuple[Visit, ...]:
    """Return the visits, in order of date."""
    visits = visits_in(board_of(journal.heads_inside(audit, "visit")))
    return tuple(sorted(visits, key=lambda visit: (visit.date, visit.id)))


# Results of judging, until an audit or the engine changes.

OVERALL = "ensemble"
"""Dimension of the overall score, beside the ids of domains."""

_PUBLIC = "public/"
"""Before a dimension, in the score that everyone may read; no id holds a stroke."""

Row = tuple[object, ...]

_SUMMARIES = """
select a.id, j.socle, j.alerts, j.conflicts,
  s.dim, s.title, s.standing, s.low, s.high, s.completeness
from judged j join tally t on t.audit = j.audit and t.digest = j.digest
join audit a on a.n = j.audit join score s on s.audit = j.audit
where j.engine = ? and s.dim not like 'public/%' order by j.audit, s.position
"""

_KEEP_SUMS = "update judged set sum = ?, rest = ? where audit = ?"
_JUDGED_COLUMNS = "(audit, digest, edition, engine, conflicts, alerts, socle)"

_SHOWN = """
select s.dim, s.standing, s.low, s.high, s.completeness
from judged j join tally t on t.audit = j.audit and t.digest = j.digest
join audit a on a.n = j.audit join score s on s.audit = j.audit
where a.id = ? and j.engine = ? and s.dim like 'public/%'
"""


@dataclass(frozen=True, slots=True)
class Summary:
    """An audit at a glance."""

    audit: str
    socle: Socle
    alerts: int
    conflicts: int
    scores: Mapping[str, Score]
    """By domain id, in order, after `OVERALL`."""
    titles: Mapping[str, str]
    """Of the domains, by id."""


def store_judged(
    journal: Journal,
    audit: str,
    assessment: Assessment,
    *,
    digest: str,
    edition: str,
    engine: str,
    public: Assessment | None = None,
    conflicts: int = 0,
) -> None:
    """Keep an assessment of the audit as it was at `digest`, in place of the last.

    `public` is what everyone may read of it, the assessment itself by default.
    """
    alerts = len(assessment.alerts)
    header = (bytes.fromhex(digest), edition, engine, conflicts, alerts)
    tables = {
        "score": chain(_scores(assessment), _scores(public or assessment, _PUBLIC)),
        "finding": _findings(assessment),
        "advice": _advice(assessment),
        "judged": iter([(*header, str(assessment.socle))]),
    }
    with journal.transaction() as connection:
        (number,) = connection.execute(
            "select n from audit where id = ?", [audit]
        ).fetchone()
        for table, rows in tables.items():
            # Names of tables are written in this module, never given.
            names = _JUDGED_COLUMNS if table == "judged" else ""
            connection.execute(f"delete from {table} where audit = ?", [number])  # noqa: S608
            for row in rows:
                marks = ", ".join("?" * (len(row) + 1))
                connection.execute(
                    f"insert into {table}{names} values ({marks})",  # noqa: S608
                    (number, *row),
                )
        connection.execute(_KEEP_SUMS, (*judgement_sums(connection, number), number))


def is_judged(journal: Journal, audit: str, *, engine: str) -> bool:
    """Say whether what is kept is fresh: by this engine, of all that is recorded."""
    return bool(public_scores(journal, audit, engine=engine))


def public_scores(journal: Journal, audit: str, *, engine: str) -> dict[str, Score]:
    """Return the scores that everyone may read of an audit, by domain and overall.

    Empty when it is to be judged.
    """
    if audit not in sound_judgements(journal.connection, engine, audit):
        return {}
    rows = journal.select(_SHOWN, [audit, engine])
    return {dim.removeprefix(_PUBLIC): _score(*columns) for dim, *columns in rows}


def summaries(journal: Journal, *, engine: str) -> dict[str, Summary]:
    """Return what is fresh, by audit; an audit that is missing is to be judged."""
    kept = sound_judgements(journal.connection, engine)
    rows = [row for row in journal.select(_SUMMARIES, [engine]) if row[0] in kept]
    found = {}
    for (audit, socle, alerts, conflicts), group in groupby(rows, lambda row: row[:4]):
        own = [row[4:] for row in group]
        found[audit] = Summary(
            audit=audit,
            socle=Socle(socle),
            alerts=alerts,
            conflicts=conflicts,
            scores={dim: _score(*columns) for dim, _, *columns in own},
            titles={dim: title for dim, title, *_ in own if dim != OVERALL},
        )
    return found


def _scores(assessment: Assessment, mark: str = "") -> Iterator[Row]:
    yield mark + OVERALL, "", 0, *_score_row(assessment.overall)
    for position, result in enumerate(assessment.domains, 1):
        domain = result.domain
        yield mark + domain.id, domain.title, position, *_score_row(result.score)


def _score_row(score: Score) -> Row:
    low = _text(score.bounds.low) if score.bounds else None
    high = _text(score.bounds.high) if score.bounds else None
    return str(score.standing), low, high, _text(score.completeness)


def _score(standing: str, low: str | None, high: str | None, complete: str) -> Score:
    bounds = Bounds(_exact(low), _exact(high)) if low and high else None
    return Score(Standing(standing), bounds, _exact(complete))


def _findings(assessment: Assessment) -> Iterator[Row]:
    for position, result in enumerate(assessment.criteria.values()):
        criterion = result.criterion
        told = concerned(result)
        yield (
            position,
            criterion.id,
            criterion.ref,
            criterion.domain,
            criterion.title,
            str(criterion.kind),
            str(result.standing),
            min((one.low for one in told), default=0),
            min((one.high for one in told), default=0),
            str(result.compliance) if result.compliance else None,
            out_of_100(result.bounds.low),
            out_of_100(result.bounds.high),
            result.alone is None,
        )


def _advice(assessment: Assessment) -> Iterator[Row]:
    for position, advice in enumerate(assessment.advice, 1):
        recommendation, cost = advice.recommendation, advice.cost
        wording = recommendation.wording.get(WORKING_READER)
        yield (
            position,
            recommendation.id,
            wording.title if wording else "",
            recommendation.domain,
            str(recommendation.owner),
            str(advice.trigger),
            str(advice.gate),
            _text(advice.quantity.low),
            _text(advice.quantity.high),
            half_up(cost.once_ttc.minimum),
            half_up(cost.once_ttc.low),
            _cents(cost.once_ttc.maximum),
            half_up(cost.yearly_ttc.low),
            _text(advice.gain),
            _cents(cost.once_ttc.high),
            _cents(cost.yearly_ttc.high),
        )


def _cents(amount: Fraction | int | None) -> int | None:
    return None if amount is None else half_up(amount)


def _text(ratio: Fraction | int | None) -> str | None:
    return None if ratio is None else f"{ratio.numerator}/{ratio.denominator}"


def _exact(text: str) -> Fraction:
    numerator, denominator = text.split("/")
    return Fraction(int(numerator), int(denominator))


Cents = tuple[int, int | None]
"""With tax, at least and at most; no most where nothing bounds it."""

_ENGINE = """
select j.engine from judged j join tally t on t.audit = j.audit and t.digest = j.digest
join audit a on a.n = j.audit where a.id = ?
"""

_ALERTS = """
select f.criterion, f.title, f.compliance from finding f
join audit a on a.n = f.audit where a.id = ? and f.compliance in (?, ?)
order by f.position
"""

_ADVICE = """
select v.recommendation, v.title, v.trigger, v.cents_low, v.cents_typical,
  v.yearly_cents_typical
from advice v join audit a on a.n = v.audit where a.id = ? order by v.position
"""


_CHANGED = (
    "Ce qui avait été jugé par la méthode antérieure a changé sur le disque : il "
    "n'est pas montré. Une copie du dossier « backups » peut l'avoir encore."
)


class KeptAlert(NamedTuple):
    """A point of compliance that failed, or was to be checked."""

    title: str
    compliance: Compliance


class KeptAdvice(NamedTuple):
    """An action that was advised, and what it cost."""

    title: str
    trigger: Trigger
    once: Cents
    yearly: Cents
    within: str = ""
    """Title of the action that pays for all of it; empty when it pays for itself."""


@dataclass(frozen=True, slots=True)
class Kept:
    """The last judgement of an audit."""

    summary: Summary
    alerts: Mapping[str, KeptAlert]
    """By criterion."""
    advice: Mapping[str, KeptAdvice]
    """By recommendation."""


def kept_judgement(journal: Journal, audit: str) -> Kept | None:
    """Return how an audit was judged last; None when it was written in since."""
    engines = journal.select(_ENGINE, [audit])
    if not engines:
        return None
    ((engine,),) = engines
    if audit not in sound_judgements(journal.connection, engine, audit):
        journal.on_change(_CHANGED)
        return None
    alerting = (Compliance.NON_CONFORME, Compliance.A_VERIFIER)
    return Kept(
        summary=summaries(journal, engine=engine)[audit],
        alerts={
            ident: KeptAlert(title, Compliance(compliance))
            for ident, title, compliance in journal.select(_ALERTS, [audit, *alerting])
        },
        advice={
            ident: KeptAdvice(
                title,
                Trigger(trigger),
                (low, None) if typical is None else (typical, typical),
                (0, None) if yearly is None else (yearly, yearly),
            )
            for ident, title, trigger, low, typical, yearly in journal.select(
                _ADVICE, [audit]
            )
        },
    )
