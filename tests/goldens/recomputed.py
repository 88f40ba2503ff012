"""The figures of a whole school, by the oracle alone: nothing of the engine."""

from collections.abc import Iterable

from diag.assess.results import CriterionResult, Score
from diag.model.audit import Facts
from diag.model.checklist import Checklist
from diag.model.enums import Trigger
from tests.oracle import Judged, rounded
from tests.oracle_actions import Actions


def recomputed(facts: Facts, checklist: Checklist) -> dict[str, object]:
    """Return what `expect` must say of a school."""
    judged = Judged(facts, checklist)
    fires, to_confirm = _advised(Actions(judged))
    return {
        "overall": _shown(judged.overall),
        "socle": str(judged.socle),
        "domains": {
            each.domain.id: {
                "score": _shown(each.score),
                "completeness": rounded(each.score.completeness),
            }
            for each in judged.domains
        },
        "compliance": _compliance(judged.criteria.values()),
        "fires": fires,
        "to_confirm": to_confirm,
    }


def _shown(score: Score) -> list[int] | str:
    if score.bounds is None:
        return "sans_objet"
    return [rounded(score.bounds.low), rounded(score.bounds.high)]


def _compliance(results: Iterable[CriterionResult]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for result in results:
        if result.compliance is not None:
            found.setdefault(str(result.compliance), []).append(result.criterion.id)
    return {status: sorted(found[status]) for status in sorted(found)}


def _advised(actions: Actions) -> tuple[list[str], list[str]]:
    fires: list[str] = []
    to_confirm: list[str] = []
    for ident, targets in sorted(actions.targets.items()):
        is_sure = any(each.trigger is Trigger.FIRES for each in targets)
        (fires if is_sure else to_confirm).append(ident)
    return fires, to_confirm
