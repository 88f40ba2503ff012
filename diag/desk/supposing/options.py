"""A kept scenario made ready to be printed: judged now, told beside the facts."""

from diag.desk.bilan.score_words import money_words, score_words, short_cost
from diag.desk.session import Session
from diag.desk.supposing import hypotheses
from diag.desk.supposing.outcome_words import title_of
from diag.desk.supposing.scenarios import scenario_named, suppositions_of
from diag.desk.supposing.suppose import Outcome, Said, Supposition, outcome
from diag.model.errors import DiagError
from diag.reports.option import Option, Supposed


def option_of(session: Session, name: str) -> Option:
    """Return a scenario as documents print it; the audit's facts stay what they are.

    Raises:
        DiagError: unknown; or nothing of it means anything here any more.
    """
    scenario = scenario_named(session, name)
    kept, _ = suppositions_of(session, scenario)
    if not kept:
        raise DiagError(
            f"Le scénario « {scenario.name} » ne suppose plus rien qui existe ici."
        )
    found = outcome(session.facts, session.checklist, kept)
    told = hypotheses.told(session, kept)
    return Option(
        name=scenario.name,
        supposed=tuple(
            Supposed(words, _is_sensitive(session, one))
            for words, one in zip(told, kept, strict=True)
        ),
        scores=tuple(
            (title, score_words(before), score_words(after))
            for title, before, after in found.scores
            if before != after or title == found.scores[-1][0]
        ),
        costs=_costs(found),
        resolved=_advice(session, found, new=False),
        new=_advice(session, found, new=True),
    )


def _costs(found: Outcome) -> tuple[tuple[str, str, str], ...]:
    before, after = (money_words(one.advice) for one in (found.before, found.after))
    return (("Une fois", before[0], after[0]), ("Par an", before[1], after[1]))


def _advice(
    session: Session, found: Outcome, *, new: bool
) -> tuple[tuple[str, str], ...]:
    told = found.new if new else found.resolved
    kind = session.about.kind
    return tuple((title_of(one, kind), short_cost(one.cost)) for one in told)


def _is_sensitive(session: Session, one: Supposition) -> bool:
    asked = session.checklist.questions
    return isinstance(one, Said) and asked[one.question].sensitive
