"""The results of judging, kept to be shown at once: a cache, never the truth.

It is fresh while the audit's digest and the engine are those it was computed from;
a digest that differs is the only flag, so that none can be forgotten.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain, groupby
from typing import NamedTuple

from diag.assess.results import Assessment, Score
from diag.assess.spread import concerned
from diag.journal.journal import Journal
from diag.journal.proof import judgement_sums, sound_judgements
from diag.model.enums import WORKING_READER, Compliance, Socle, Standing, Trigger
from diag.model.text import Bounds
from diag.words.sentences import half_up, out_of_100

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
_NAMED = "(audit, digest, edition, engine, conflicts, alerts, socle)"

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
            names = _NAMED if table == "judged" else ""
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
