"""Another edition for an audit: what answers, alerts, advice become; the passage.

What it does is read before it is done: at length, in short, in JSON.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from diag.assess.judge import judge_of, rooted
from diag.assess.results import Assessment, Cost, Score, plain
from diag.assess.words import score_words
from diag.audit.answer import Key, doubts_of, is_out_of_place
from diag.audit.follow import move
from diag.audit.session import AuditSession
from diag.audit.snapshot import OLDER, Heirs, facts_for, heirs_of, is_older, passed_on
from diag.checklist.edition import EditionChanges, compare, compiled
from diag.journal import changes
from diag.journal.facts import asked_again_of
from diag.journal.records import (
    OVERALL,
    Cents,
    Kept,
    KeptAdvice,
    KeptAlert,
    kept_judgement,
    ranks_of,
    wordings_of,
)
from diag.journal.revision import Revision
from diag.model.checklist import Checklist
from diag.model.enums import USUAL_READER, AuditStatus, Socle, Trigger
from diag.model.errors import DiagError
from diag.words.sentences import NEXT_BUDGET, Blanks, euros, filled, half_up, number
from diag.words.vocabulary import COMPLIANCES, SOCLES, SUBJECTS
from diag.workspace.editions import CURRENT, NamedEdition, edition_named


@dataclass(frozen=True, slots=True)
class Judgement:
    """An audit as it is judged, or as it was: what a preview compares."""

    overall: Score
    socle: Socle
    domains: Mapping[str, tuple[str, Score]]
    """Title and score, by id, in order."""
    alerts: Mapping[str, KeptAlert]
    advice: Mapping[str, KeptAdvice]
    once: Cents
    """What all that is advised costs, with tax."""
    yearly: Cents
    covered: Mapping[str, str]
    """What another action makes needless: its id, the title of that one."""


@dataclass(frozen=True, slots=True)
class Becoming:
    """One thing before and after, in words."""

    ident: str
    title: str
    before: str
    """Empty when what was found was not kept."""
    after: str
    was_there: bool
    is_there: bool

    @property
    def moved(self) -> bool:
        """Whether its words are others than before, where that is known."""
        return bool(self.before) and self.before != self.after

    @property
    def words(self) -> str:
        """Return « Charte signée : à vérifier → non conforme »."""
        words = f"{self.before} → {self.after}" if self.moved else self.after
        return f"{self.title} : {words}"


def _judged_before(kept: Kept, subject: str) -> Judgement:
    """Return a judgement from its rows; `subject` as titles name it."""
    summary = kept.summary
    sure = [one for one in kept.advice.values() if one.trigger is Trigger.FIRES]
    return Judgement(
        overall=summary.scores[OVERALL],
        socle=summary.socle,
        domains={
            ident: (title, summary.scores[ident])
            for ident, title in summary.titles.items()
        },
        alerts=kept.alerts,
        advice={
            ident: one._replace(title=_title(one.title, subject))
            for ident, one in kept.advice.items()
        },
        once=_sum(one.once for one in sure),
        yearly=_sum(one.yearly for one in sure),
        covered={},
    )


def judged_now(assessment: Assessment, subject: str) -> Judgement:
    """Return what a preview compares of an assessment; `subject` as titles name it."""
    once, yearly = _cents(assessment.basket)
    advised = {one.recommendation.id: one for one in assessment.advice}
    titles = {
        ident: _title(one.recommendation.wording[USUAL_READER].title, subject)
        for ident, one in advised.items()
    }
    return Judgement(
        overall=assessment.overall,
        socle=assessment.socle,
        domains={
            one.domain.id: (one.domain.title, one.score) for one in assessment.domains
        },
        alerts={
            one.criterion.id: KeptAlert(one.criterion.title, one.compliance)
            for one in assessment.alerts
            if one.compliance is not None
        },
        advice={
            ident: KeptAdvice(
                titles[ident],
                one.trigger,
                *_cents(one.cost),
                within=titles[one.shared[0].payer] if one.shared else "",
            )
            for ident, one in advised.items()
        },
        once=once,
        yearly=yearly,
        covered={
            needless: titles[ident]
            for ident, one in advised.items()
            for needless in one.covers
        },
    )


def money_words(once: Cents, yearly: Cents) -> str:
    """Return « de 760 à 1 235 €, puis 240 € par an »; « sans dépense » for nothing."""
    parts = [_range(once)] if once != (0, 0) else []
    parts += [f"{_range(yearly)} par an"] if yearly != (0, 0) else []
    return ", puis ".join(parts) or "sans dépense"


def _paid(one: KeptAdvice) -> str:
    cost = money_words(one.once, one.yearly)
    if one.within and (one.once, one.yearly) == ((0, 0), (0, 0)):
        cost = f"comprise dans « {one.within} »"
    return cost if one.trigger is Trigger.FIRES else f"{cost}, à confirmer"


def _alert(alert: KeptAlert | None, none: str = "") -> str:
    return COMPLIANCES[alert.compliance] if alert else none


def _title(text: str, subject: str) -> str:
    """Return a title without its figures."""
    return filled(text, Blanks(None, "", subject, NEXT_BUDGET))


def _cents(cost: Cost) -> tuple[Cents, Cents]:
    once, yearly = (
        (
            half_up(Fraction(one.low)),
            None if one.high is None else half_up(Fraction(one.high)),
        )
        for one in (cost.once_ttc, cost.yearly_ttc)
    )
    return once, yearly


def _sum(amounts: Iterable[Cents]) -> Cents:
    lows, highs = zip((0, 0), *amounts, strict=True)
    bounded = [one for one in highs if one is not None]
    return sum(lows), sum(bounded) if len(bounded) == len(highs) else None


def _range(cents: Cents) -> str:
    low, high = (None if one is None else half_up(Fraction(one, 100)) for one in cents)
    if high is None:
        return f"au moins {euros(low)}" if low else "à chiffrer"
    return euros(high) if low == high else f"de {number(low or 0)} à {euros(high)}"


@dataclass(frozen=True, slots=True)
class ScorePair:
    """A score by the old edition and by the new; None where it has no such domain."""

    title: str
    before: Score | None
    after: Score | None


@dataclass(frozen=True, slots=True)
class Upgrade:
    """What passing to another edition does to an audit."""

    old: NamedEdition
    new: NamedEdition
    changes: EditionChanges
    kept: int
    """Answers that stand as they are."""
    reworded: tuple[str, ...]
    """Questions answered and worded anew: their answers stand."""
    again: tuple[Key, ...]
    """Answers to be given again: their question means another thing."""
    restated: tuple[Key, ...]
    """« Sans objet » to be said again: the question has no such answer any more."""
    reviewed: tuple[Key, ...]
    """Answers that stand and are to be looked at again: a part above its whole."""
    lost: tuple[Key, ...]
    """Answers that no question reads any more; the journal keeps them."""
    passed: tuple[tuple[str, str], ...]
    """Ids followed up, reworded or ranked, and what takes their place."""
    orphans: tuple[str, ...]
    """Recommendations followed up, reworded or ranked, that are no longer made."""
    before: Judgement | None
    """None when it is judged no more and what was found was not kept."""
    after: Judgement
    assessment: Assessment
    """By the new edition."""
    heirs: Heirs

    @property
    def scores(self) -> tuple[ScorePair, ...]:
        """Each domain's score under both, in the new order, the whole last."""
        before, after = self.before, self.after
        old = dict(before.domains) if before else {}
        pairs = []
        for ident, (title, score) in after.domains.items():
            was = old.pop(ident, None)
            pairs.append(ScorePair(title, was[1] if was else None, score))
        pairs += [ScorePair(title, score, None) for title, score in old.values()]
        whole = before.overall if before else None
        return (*pairs, ScorePair("Ensemble", whole, after.overall))

    @property
    def alerts(self) -> tuple[Becoming, ...]:
        """What each point of compliance becomes, those that stand first."""
        before, after = self.before, self.after
        old = passed_on(before.alerts, self.heirs) if before else {}
        none = "pas d'alerte" if before else ""
        now = (
            Becoming(
                ident,
                alert.title,
                _alert(old.get(ident), none),
                _alert(alert),
                was_there=ident in old,
                is_there=True,
            )
            for ident, alert in after.alerts.items()
        )
        gone = []
        for ident, alert in old.items():
            if ident in after.alerts:
                continue
            result = self.assessment.criteria.get(ident)
            cleared = "n'est plus vérifié"
            if result is not None:
                kept = result.compliance
                cleared = COMPLIANCES[kept] if kept else "n'est plus une obligation"
            gone.append(
                Becoming(
                    ident,
                    alert.title,
                    _alert(alert),
                    cleared,
                    was_there=True,
                    is_there=False,
                )
            )
        return (*now, *gone)

    @property
    def advice(self) -> tuple[Becoming, ...]:
        """What each action becomes, and what it costs, those advised first."""
        before, after = self.before, self.after
        old = before.advice if before else {}
        none = "pas préconisée" if before else ""
        came: dict[str, list[str]] = {}
        for ident, one in old.items():
            heir = self.heirs.get(ident, ident)
            named = _paid(one) if heir == ident else f"« {one.title} », {_paid(one)}"
            came.setdefault(heir, []).append(named)
        now = (
            Becoming(
                ident,
                one.title,
                " et ".join(came.get(ident, [none])),
                _paid(one),
                was_there=ident in came,
                is_there=True,
            )
            for ident, one in after.advice.items()
        )
        gone = (
            Becoming(
                ident,
                one.title,
                _paid(one),
                f"remplacée par « {cover} »" if cover else "n'est plus préconisée",
                was_there=True,
                is_there=False,
            )
            for ident, one in old.items()
            if self.heirs.get(ident, ident) not in after.advice
            for cover in [after.covered.get(self.heirs.get(ident, ident), "")]
        )
        return (*now, *gone)

    @property
    def is_of_older(self) -> bool:
        """Whether the edition left is of an older method."""
        return is_older(self.old.checklist)


def preview(session: AuditSession, name: str = CURRENT) -> Upgrade:
    """Return what passing to an edition would do; nothing is recorded.

    Raises:
        DiagError: when there is no such edition, its files hold errors, it is judged
            no more, or the audit already has it.
    """
    new = edition_named(session.workspace, name)
    if new.notice:  # never to the shipped edition instead of the syndicat's own
        raise DiagError(new.notice)
    if new.digest == session.edition:
        raise DiagError(
            f"L'audit emploie déjà cette édition ({new.checklist.version}) : rien à "
            "changer."
        )
    if is_older(new.checklist):
        raise DiagError(
            f"L'édition {new.checklist.version} est d'une {OLDER} : elle ne juge plus. "
            "Passez à l'édition courante."
        )
    old = session.checklist
    judged = rooted(new.checklist, session.about.kind)
    found = compare(old, judged)
    facts = facts_for(session.facts, old, judged)
    heirs = heirs_of(judged)
    passed = {
        question
        for (place, question), heads in session.facts.answers.items()
        if question in old.questions
        and heirs.get(question) in judged.questions
        and facts.answers.get((place, heirs[question])) == heads
    }
    stay = {*found.kept, *found.reworded} | passed
    journal, audit = session.workspace.journal, session.audit.id
    subject = SUBJECTS[session.about.kind][0]
    if session.is_older:  # what was kept of it is all that is known
        kept = kept_judgement(journal, audit)
        before = _judged_before(kept, subject) if kept else None
    else:
        before = judged_now(session.assessment, subject)
    touched = dict.fromkeys((
        *(step.recommendation for step in session.follow_ups),
        *(
            wording[0]
            for wording, words in wordings_of(journal, audit).items()
            if words
        ),
        *ranks_of(journal, audit),
    ))
    gone = old.recommendations.keys() - judged.recommendations.keys()
    assessment = judge_of(judged).assess(facts)
    doubts = doubts_of(facts, judged)
    out = tuple(
        key
        for key, heads in facts.answers.items()
        if key[1] in judged.questions
        and is_out_of_place(judged.questions[key[1]], heads)
    )
    return Upgrade(
        old=NamedEdition(session.edition[:12], old, session.edition),
        new=new,
        changes=found,
        kept=sum(
            asked[1] in stay and asked not in out for asked in session.facts.answers
        ),
        reworded=tuple(
            one
            for one in found.reworded
            if one in {asked[1] for asked in session.facts.answers}
        ),
        again=tuple(
            asked for asked in session.facts.answers if asked[1] in found.changed
        ),
        restated=out,
        reviewed=tuple(key for key in doubts if key not in out),
        lost=tuple(
            asked
            for asked in session.facts.answers
            if asked[1] in found.lost and asked[1] not in passed
        ),
        passed=tuple((one, heirs[one]) for one in touched if one in heirs),
        orphans=tuple(one for one in touched if one in gone and one not in heirs),
        before=before,
        after=judged_now(assessment, subject),
        assessment=assessment,
        heirs=heirs,
    )


def upgrade(session: AuditSession, planned: Upgrade) -> Revision:
    """Pass the audit to the edition previewed, in one revision.

    Raises:
        DiagError: when the audit is closed or changed edition since the preview.
    """
    if session.status is AuditStatus.CLOS:
        raise DiagError(
            "L'audit est clos : il garde l'édition sous laquelle il a été signé. "
            "Rouvrez-le d'abord.",
            command=f"diag audit status {session.about.ref} --set en_cours",
        )
    if session.edition != planned.old.digest:
        raise DiagError(
            "L'audit a changé d'édition entre-temps. Regardez de nouveau ce que le "
            "passage ferait."
        )
    journal, audit = session.workspace.journal, session.audit.id
    # A folder's edition is kept here too: the audit names it from now on.
    session.workspace.editions.keep(compiled(planned.new.checklist))
    last = max(revision.lam for revision in session.revisions())
    again = asked_again_of(journal, audit)
    again |= dict.fromkeys(planned.changes.changed, last)
    (written,) = session.record(changes.pinned(audit, planned.new.digest, again))
    return written


def reopen_and_upgrade(session: AuditSession, planned: Upgrade) -> Revision:
    """Pass an audit to the edition previewed, reopened first when it is closed.

    Raises:
        DiagError: when the audit changed edition since the preview.
    """
    if session.status is AuditStatus.CLOS:
        move(session, AuditStatus.EN_COURS)
    return upgrade(session, planned)


# What the passage does, in words.

_RESTATED = "À redire, « sans objet » ne s'y dit plus"
_REVIEWED = "À revoir, une partie y dépasse le tout"
_PASSED = "Suites, rangs et textes qui passent à ce qui remplace"
_LOST = "Perdues pour le jugement, gardées dans l'historique"
_ORPHANS = "Suites de préconisations qui n'existent plus"
_UNKNOWN = "Ce que l'audit valait n'a pas été gardé depuis sa dernière réponse"
_SHOWN = 12
"""At most so many answers named, unless all are asked."""


def upgrade_lines(
    session: AuditSession, found: Upgrade, *, everything: bool = False
) -> Iterator[str]:
    """Yield what the passage does, to be read before it is done."""
    most = None if everything else _SHOWN
    old, new = found.old.checklist, found.new.checklist
    yield f"Édition {old.version} → {new.version}"
    if found.is_of_older:
        yield f"L'édition {old.version} est d'une {OLDER} : elle ne juge plus."
    yield f"Réponses gardées : {found.kept}"
    if found.reworded:
        yield f"  dont la question est dite autrement : {_some(found.reworded, most)}"
    yield f"À redemander : {len(found.again)}"
    yield from _named(session, new, found.again, most)
    for title, asked in ((_RESTATED, found.restated), (_REVIEWED, found.reviewed)):
        if asked:
            yield f"{title} : {len(asked)}"
            yield from _named(session, new, asked, most)
    yield f"{_LOST} : {len(found.lost)}"
    yield from _named(session, old, found.lost, most)
    if found.changes.new:
        yield f"Questions nouvelles : {_some(found.changes.new, most)}"
    if found.passed:
        yield f"{_PASSED} : {_some([f'{one} → {by}' for one, by in found.passed])}"
    if found.orphans:
        yield f"{_ORPHANS} : {_some(found.orphans)}"
    if found.before is None:
        yield f"{_UNKNOWN}."
    yield from _becoming("Alertes", found.alerts, most)
    yield from _becoming("Préconisations", found.advice, most)
    yield f"Budget : {_money(found)}"
    yield f"Socle : {_socle(found)}"
    yield "Scores"
    for pair in found.scores:
        yield f"  {pair.title} : {_score(pair, found)}"


def upgrade_summary(session: AuditSession, found: Upgrade) -> Iterator[str]:
    """Yield what it does in a few lines, to be read before saying yes."""
    old, new = found.old.checklist, found.new.checklist
    yield f"Passer de l'édition {old.version} à {new.version} ?"
    if found.is_of_older:
        yield f"L'édition {old.version} est d'une {OLDER} : elle ne juge plus."
    if session.status is AuditStatus.CLOS:
        yield (
            "L'audit est clos : les documents écrits alors restent. Il se rouvre, et "
            "sera à clore de nouveau."
        )
    yield ""
    yield f"Réponses gardées : {found.kept}"
    yield f"À redemander : {len(found.again)}{_labels(new, found.again)}"
    if found.restated:
        named = _labels(new, found.restated)
        yield f"{_RESTATED} : {len(found.restated)}{named}"
    if found.reviewed:
        named = _labels(new, found.reviewed)
        yield f"{_REVIEWED} : {len(found.reviewed)}{named}"
    lost = _labels(old, found.lost)
    yield f"{_LOST} : {len(found.lost)}{lost}"
    yield f"Questions nouvelles : {len(found.changes.new)}"
    if found.orphans:
        yield f"{_ORPHANS} : {_some(found.orphans, 3)}"
    yield ""
    if found.before is None:
        yield f"{_UNKNOWN}."
    yield f"Alertes : {_tally(found.alerts)}"
    yield f"Préconisations : {_tally(found.advice)}"
    yield f"Budget : {_money(found)}"
    yield f"Socle : {_socle(found)}"
    yield f"Ensemble : {_score(found.scores[-1], found)}"
    command = f"diag audit upgrade {session.about.ref} --dry-run --all"
    yield f"Le détail, en ligne de commande : {command}"


def upgrade_json(found: Upgrade) -> dict[str, object]:
    """Return what the passage does for a program, exact."""
    return {
        "old": found.old.digest,
        "new": found.new.digest,
        "kept": found.kept,
        "reworded": list(found.reworded),
        "to_ask_again": _asked(found.again),
        "to_say_again": _asked(found.restated),
        "to_review": _asked(found.reviewed),
        "lost": _asked(found.lost),
        "new_questions": list(found.changes.new),
        "passed_on": [{"id": one, "by": by} for one, by in found.passed],
        "orphan_follow_ups": list(found.orphans),
        "older_method": found.is_of_older,
        "alerts": _becoming_json(found.alerts),
        "recommendations": _becoming_json(found.advice),
        "budget": {
            "before": _budget_json(found.before) if found.before else None,
            "after": _budget_json(found.after),
        },
        "socle": {
            "before": plain(found.before.socle) if found.before else None,
            "after": plain(found.after.socle),
        },
        "scores": [
            {
                "title": pair.title,
                "before": plain(pair.before) if pair.before else None,
                "after": plain(pair.after) if pair.after else None,
            }
            for pair in found.scores
        ],
    }


def _budget_json(judged: Judgement) -> dict[str, object]:
    bounds = ("low_cents", "high_cents")
    return {
        "once": dict(zip(bounds, judged.once, strict=True)),
        "yearly": dict(zip(bounds, judged.yearly, strict=True)),
    }


def _asked(asked: Sequence[Key]) -> list[dict[str, str]]:
    return [{"place": place, "question": question} for place, question in asked]


def _becoming_json(things: Sequence[Becoming]) -> list[dict[str, str]]:
    return [
        {"id": one.ident, "before": one.before, "after": one.after} for one in things
    ]


def _becoming(
    title: str, things: Sequence[Becoming], most: int | None
) -> Iterator[str]:
    """Yield what moves among alerts or actions; what does not is counted."""
    moved = [one for one in things if one.moved or not one.before]
    same = len(things) - len(moved)
    yield f"{title} : {_tally(things)}"
    for one in moved[:most]:
        yield f"  {one.words}"
    if most is not None and len(moved) > most:
        yield f"  … et {len(moved) - most} de plus (--all les montre)"
    if same:
        yield f"  sans changement : {same}"


def _tally(things: Sequence[Becoming]) -> str:
    """Return how many were there and are: « 11 → 9 »."""
    before = sum(one.was_there for one in things)
    after = sum(one.is_there for one in things)
    unknown = any(one.is_there and not one.before for one in things)
    return str(after) if unknown or before == after else f"{before} → {after}"


def _named(
    session: AuditSession,
    checklist: Checklist,
    asked: Sequence[Key],
    most: int | None,
) -> Iterator[str]:
    places = session.facts.places
    for place, question in asked[:most]:
        known = checklist.questions.get(question)
        yield f"  {places[place].name} : {known.label if known else question}"
    if most is not None and len(asked) > most:
        yield f"  … et {len(asked) - most} de plus (--all les montre)"


def _labels(checklist: Checklist, asked: Sequence[Key]) -> str:
    """Return « (Débit, Bornes et 2 de plus) » after a count; empty for none."""
    known = checklist.questions
    names = dict.fromkeys(known[one].label for _, one in asked if one in known)
    return f" ({_some(list(names), 3)})" if names else ""


def _some(names: Sequence[str], most: int | None = _SHOWN) -> str:
    shown = ", ".join(names[:most])
    left = len(names) - len(names[:most])
    return f"{shown} et {left} de plus" if left else shown


def _score(pair: ScorePair, found: Upgrade) -> str:
    after = score_words(pair.after) if pair.after else "n'existe plus"
    if found.before is None:
        return after
    before = score_words(pair.before) if pair.before else "n'existait pas"
    return before if before == after else f"{before} → {after}"


def _socle(found: Upgrade) -> str:
    after = SOCLES[found.after.socle]
    before = SOCLES[found.before.socle] if found.before else after
    return after if before == after else f"{before} → {after}"


def _money(found: Upgrade) -> str:
    after = money_words(found.after.once, found.after.yearly)
    if found.before is None:
        return after
    before = money_words(found.before.once, found.before.yearly)
    return after if before == after else f"{before} → {after}"
