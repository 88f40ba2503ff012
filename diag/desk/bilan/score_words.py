"""Scores, moves and totals in words, the same on screen and on the command line."""

from collections.abc import Iterable

from diag.assess.results import Advice, Cost, CriterionResult, Score
from diag.desk.bilan.compare import Move
from diag.model.enums import Socle, Standing, Trigger
from diag.reports.money import Money, estimate, is_counted
from diag.words.figures import in_words, percent
from diag.words.vocabulary import COMPLIANCES, LEVELS

SOCLE = {
    Socle.ATTEINT: "atteint",
    Socle.NON_ATTEINT: "non atteint",
    Socle.INDETERMINE: "à vérifier",
    Socle.SANS_OBJET: "sans objet",
}
"""Whether everything blocking holds, in a word."""

MOVES = {
    Move.BETTER: "mieux",
    Move.WORSE: "moins bien",
    Move.LEARNT: "mieux connu",
    Move.UNSURE: "à vérifier",
    Move.APPEARED: "s'applique maintenant",
    Move.GONE: "ne s'applique plus",
    Move.SAME: "inchangé",
}
"""What became of a criterion, in a word."""


def score_words(score: Score | None) -> str:
    """Return « 58 », « entre 47 et 61 », or « sans objet »."""
    if score is None or score.bounds is None:
        return "sans objet"
    return in_words(score.bounds)


def filled_words(score: Score) -> str:
    """Return « renseigné à 82 % »."""
    return "" if score.bounds is None else f"renseigné à {percent(score.completeness)}"


def level_words(result: CriterionResult) -> str:
    """Return what a criterion says: « base », « base à recommandé », « conforme »."""
    if result.compliance is not None:
        return COMPLIANCES[result.compliance]
    if result.standing is Standing.OUT:
        return "sans objet"
    if (result.low, result.high) == (0, len(LEVELS) - 1):
        words = "à vérifier"
    elif result.low == result.high:
        words = LEVELS[result.low]
    else:
        words = f"{LEVELS[result.low]} à {LEVELS[result.high]}"
    return f"{words}, ou sans objet" if result.standing is Standing.MAYBE else words


def level_pair(before: CriterionResult, after: CriterionResult) -> tuple[str, str]:
    """Return what a criterion said and says; finer when the words are the same."""
    old, new = level_words(before), level_words(after)
    if old != new:
        return old, new
    return f"{old} ({in_words(before.bounds)})", f"{new} ({in_words(after.bounds)})"


def money_words(advice: Iterable[Advice]) -> tuple[str, str]:
    """Return what is paid once and every year, with tax, for what surely fires."""
    paid, kept = spent(firing(advice))
    return f"{paid}", f"{kept}"


def firing(advice: Iterable[Advice]) -> list[Cost]:
    """Return the costs that enter totals; those to be confirmed are left out."""
    return [one.cost for one in advice if one.trigger is Trigger.FIRES]


def short_cost(*costs: Cost) -> str:
    """Return « 336 € », « 300 € + entre 86 et 864 € par an », « sans dépense »."""
    paid, kept = spent(costs)
    said = [str(paid)] if paid != Money() else []
    said += [f"{kept} par an"] if kept != Money() else []
    return " + ".join(said) or "sans dépense"


def spent(costs: Iterable[Cost]) -> tuple[Money, Money]:
    """Return what several things cost, once and every year, as each is printed."""
    paid = kept = Money()
    for cost in costs:
        paid += estimate(cost.once_ttc, counted=is_counted(cost, yearly=False))
        kept += estimate(cost.yearly_ttc, counted=is_counted(cost, yearly=True))
    return paid, kept
