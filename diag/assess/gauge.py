"""A criterion made ready to judge: its rules compiled, its verdict at each place."""

from collections.abc import Sequence

from diag.assess.reading import PlaceScope, Reading, any_out
from diag.assess.results import CriterionResult, Verdict
from diag.assess.roll_up import WORST, rolled_up
from diag.assess.scores import compliance_of
from diag.model.checklist import Criterion
from diag.model.enums import Kind, Standing
from diag.rules.evaluate import condition
from diag.rules.language import parse_rule


class Gauge:
    """One criterion of one checklist, ready to judge any facts."""

    def __init__(self, criterion: Criterion) -> None:
        self.criterion = criterion
        """What it judges by."""
        self.is_compliance = criterion.kind is Kind.COMPLIANCE
        """Whether it is an alert, never averaged."""
        self.applicable = (
            parse_rule(criterion.applicable) if criterion.applicable else None
        )
        """When it applies; None: always."""
        self.levels = tuple(
            (level, parse_rule(criterion.levels[level]))
            for level in sorted(criterion.levels, reverse=True)
        )
        """Each level's rule, from the highest."""
        self.roll_up = WORST if self.is_compliance else criterion.roll_up or WORST
        """How its places become one level."""
        self.scope_names = self.applicable.names if self.applicable else frozenset()
        """What decides outside aggregates whether it applies."""
        applicable = (self.applicable,) if self.applicable else ()
        self.rules = (*applicable, *(rule for _, rule in self.levels))
        """All its rules."""
        self.names = frozenset[str]().union(*(rule.names for rule in self.rules))
        """What its rules read outside aggregates."""
        self._applies = condition(self.applicable) if self.applicable else None
        self._reached = tuple((level, condition(rule)) for level, rule in self.levels)
        self._top = max(criterion.levels, default=0)

    def verdicts(self, reading: Reading) -> tuple[Verdict, ...]:
        """Return its verdict at every place of its kind."""
        declared = not self.names.isdisjoint(reading.out_names)
        judge = self.verdict if declared else self._plain_verdict
        return tuple(judge(scope) for scope in reading.scopes(self.criterion.place))

    def result(self, verdicts: Sequence[Verdict], *, is_open: bool) -> CriterionResult:
        """Return its verdicts rolled up; `is_open`: there may be other places."""
        rolled = rolled_up(self.roll_up, verdicts, is_open=is_open)
        return CriterionResult(
            criterion=self.criterion,
            standing=rolled.standing,
            low=rolled.low,
            high=rolled.high,
            bounds=rolled.bounds,
            settled=rolled.settled,
            verdicts=tuple(verdicts),
            open=is_open,
            compliance=(
                compliance_of(rolled.standing, rolled.low, rolled.high)
                if self.is_compliance
                else None
            ),
        )

    def verdict(self, scope: PlaceScope) -> Verdict:
        """Return the levels that it can still reach at one place."""
        out = any_out(scope, self.names)
        if out is False:
            return self._plain_verdict(scope)
        applies = self.applies(scope)
        scope_out = any_out(scope, self.scope_names)
        if applies is False and scope_out is False:
            return self._out(scope)
        if self.is_compliance:
            sure = applies is True and scope_out is False
            standing = Standing.IN if sure else Standing.MAYBE
            return Verdict(self.criterion.id, scope.place, standing, 0, self._top)
        if out is True:
            return self._out(scope, declared=True)
        if applies is False:
            return self._out(scope)
        return self._reaching(scope, Standing.MAYBE)

    def applies(self, scope: PlaceScope) -> bool | None:
        """Say whether it applies at a place, whatever was declared sans objet."""
        return True if self._applies is None else self._applies(scope)

    def _plain_verdict(self, scope: PlaceScope) -> Verdict:
        applies = self.applies(scope)
        if applies is False:
            return self._out(scope)
        return self._reaching(scope, Standing.IN if applies else Standing.MAYBE)

    def _reaching(self, scope: PlaceScope, standing: Standing) -> Verdict:
        high = None
        low = 0
        for level, holds in self._reached:
            truth = holds(scope)
            if truth is False:
                continue
            if high is None:
                high = level
            if truth:
                low = level
                break
        return Verdict(self.criterion.id, scope.place, standing, low, high or 0)

    def _out(self, scope: PlaceScope, *, declared: bool = False) -> Verdict:
        ident = self.criterion.id
        return Verdict(ident, scope.place, Standing.OUT, 0, 0, declared)
