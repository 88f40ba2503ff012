"""Actions as one reader sees them: titled blocks, rows of tables, themes."""

from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from diag.assess.plan import Action, refs_words
from diag.assess.results import CriterionResult
from diag.assess.spread import basis, concerns, deadline_words, heading, label
from diag.assess.words import FREE_WORDS, Money, added, estimate, format_range, works_of
from diag.audit.findings import (
    describe_covered,
    describe_waiting,
    name_places,
    observed,
    where,
)
from diag.audit.report import Report, once
from diag.documents.blocks import (
    Md,
    Pair,
    bold,
    box,
    bullets,
    entry,
    sections,
    table,
    written,
)
from diag.model.enums import Audience, Compliance, Gate, Nature, PlaceKind
from diag.words.dates import describe_day
from diag.words.sentences import NBSP, listed, sentence, uncapitalised
from diag.words.vocabulary import ACTORS, FOLLOW_UPS, LAW, OWNERS


def blocks(
    report: Report,
    actions: Sequence[Action],
    audience: Audience,
    pairs: Callable[[Action], Iterable[Pair]],
) -> Md:
    """Return each action as a titled block; what waits stands one level lower."""
    shown = {action.id for action in actions}

    def block(action: Action) -> Md:
        title = action.titled(report.title(action, audience))
        condition = ("Condition", sentence(describe_waiting(report, action, audience)))
        level = 4 if action.under in shown else 3
        return entry(title, (condition, *pairs(action)), level)

    return sections(map(block, actions))


def choose(
    actions: Iterable[Action], order: Iterable[Action], limit: int
) -> list[Action]:
    """Return the first of an order, each once, in the order of the actions."""
    ids = list(dict.fromkeys(one.id for one in order))[:limit]
    return [one for one in actions if one.id in ids]


def found(report: Report, action: Action) -> tuple[Pair, ...]:
    """Return what is expected where the action comes from, and what was seen."""
    result = report.result(action.advice.recommendation.when.criterion)
    if result is None:
        return ()
    return (
        ("Attendu", sentence(result.criterion.title)),
        ("Constaté", sentence(observed(report, result))),
    )


def nature(report: Report, action: Action) -> str:
    """Return what the action rests on; empty for the engineer's own."""
    result = report.result(action.advice.recommendation.when.criterion)
    return sentence(rests_on(report, result)) if result else ""


def cost(report: Report, action: Action) -> str:
    """Return its share of the whole and its extremes, with tax."""
    told, extremes = report.format_cost(action), format_range(action.advice.cost)
    if not extremes:
        return told
    share = action.advice.cost
    is_range = any(estimate(one).more for one in (share.once_ttc, share.yearly_ttc))
    return f"{told} ({'selon les prix, ' * is_range}{extremes})"


def covered(report: Report, action: Action, audience: Audience) -> Pair:
    """Return the actions that it makes needless."""
    return "Remplace aussi", sentence(describe_covered(report, action, audience))


def treated(report: Report) -> frozenset[str]:
    """Return the criteria that an action cures, or that one makes needless to cure."""
    known = report.checklist.recommendations
    covered = {one for action in report.plan for one in action.advice.covers}
    return frozenset((
        *(action.advice.recommendation.when.criterion for action in report.plan),
        *(known[one].when.criterion for one in covered if one in known),
    ))


def cited(report: Report, action: Action, limit: int) -> tuple[str, ...]:
    """Return the ids of the first sources that the action rests on."""
    result = report.result(action.advice.recommendation.when.criterion)
    told = (
        *action.advice.recommendation.sources,
        *(result.criterion.sources if result else ()),
    )
    named = [one for one in dict.fromkeys(told) if one in report.checklist.sources]
    return tuple(named[:limit])


def condition(report: Report, action: Action) -> str:
    """Return « (après R10) », or nothing when nothing must come first."""
    if action.advice.gate is Gate.OPEN:
        return ""
    refs = awaited_refs(report, action)
    verb = "après" if action.conditional else "vérifier d'abord"
    return f" ({verb} {refs})" if refs else " (sous condition)"


def awaited_refs(report: Report, action: Action) -> str:
    """Return the numbers of what it waits for in the plan; empty when none is there."""
    firsts = map(report.plan.action, action.advice.waits_for)
    return refs_words([one for one in firsts if one])


def line(
    report: Report, action: Action, audience: Audience, *, priced: bool = True
) -> tuple[str, ...]:
    """Return an action as one row: number, title, who, cost, day."""
    actor = ACTORS[action.advice.recommendation.owner]
    day = report.format_due(action).replace(" ", NBSP)
    title = report.title(action, audience) + condition(report, action)
    price = (cost_cell(report, action),) if priced else ()
    return action.number, title, actor, *price, day


def cost_cell(report: Report, action: Action) -> str:
    """Return a cost whose column has « environ » and « TTC »."""
    return report.format_cost(action, headed=True)


def place_names(report: Report, action: Action) -> tuple[str, ...]:
    """Return the places that its quantity counts; those not sure are marked."""
    return (
        *(report.place_name(one) for one in action.advice.places),
        *(f"{report.place_name(one)} (à vérifier)" for one in action.unsure_places),
    )


def owner(action: Action) -> str:
    """Return who acts."""
    return OWNERS[action.advice.recommendation.owner]


def follow_up(action: Action) -> str:
    """Return where an action stands."""
    return FOLLOW_UPS[action.state] if action.state else ""


def calendar(report: Report, actions: Iterable[Action], audience: Audience) -> Md:
    """Return what is to be done, the earliest first."""
    rows = []
    for one in by_day(actions):
        _, title, who, price, day = line(report, one, audience)
        rows.append((day, one.titled(title), who, price))
    columns = ("Avant le", "Action", "Qui", "Coût TTC, environ")
    return table("Calendrier des actions principales", columns, rows)


def by_day(actions: Iterable[Action]) -> list[Action]:
    """Return actions by deadline; those of the next budget come last."""
    return sorted(actions, key=lambda one: one.due or date.max)


def to_confirm(report: Report, actions: Sequence[Action], audience: Audience) -> Md:
    """Return the actions that a check may call for: they only raise the totals."""
    criteria = report.assessment.criteria
    rows = [
        (
            one.titled(report.title(one, audience)),
            criteria[one.advice.recommendation.when.criterion].criterion.title,
        )
        for one in actions
        if one.advice.recommendation.when.criterion in criteria
    ]
    columns = ("Action possible", "Ce qui reste à vérifier")
    return table("Actions à confirmer par une vérification", columns, rows)


def follow_ups(report: Report, audience: Audience) -> Md:
    """Return the follow-ups, each with its day, who decided and why."""
    rows = [
        (
            name_places(report, one.recommendation, audience),
            FOLLOW_UPS[one.state],
            describe_day(one.on),
            one.by,
            one.why,
        )
        for one in report.follow_ups
    ]
    columns = ("Action", "Suite", "Date", "Décidée par", "Motif")
    return table("Suites données aux actions", columns, rows)


NAMED = 3
"""So many broken rules named in the box; the table further on has them all."""

CHECKED = 12
"""So many points to be checked named, the others counted."""

EXPECTED = "Ce qui est attendu"
"""Header of a criterion's title."""

EXPECTED_AND_SEEN = (EXPECTED, "Ce que nous avons constaté")
"""Headers of a criterion's title and of what was seen."""

NATURE_AND_TEXT = "Sur quoi cela repose"
"""Header of its nature, of its text and of its date."""


def rests_on(report: Report, result: CriterionResult) -> str:
    """Return what a criterion rests on, and until when or since when."""
    until = deadline_words(
        result.criterion, report.checklist, report.facts, report.date
    )
    return " ; ".join(filter(None, (basis(result), until)))


@once
def rules(report: Report, audience: Audience) -> tuple[CriterionResult, ...]:
    """Return the rules that are broken or to be checked, and that a reader answers for.

    Read laws first, then what the ministry asks, then what nobody read.
    """
    alerts = report.assessment.alerts
    bound = [one for one in alerts if concerns(one.criterion, audience)]
    return tuple(sorted(bound, key=_weakness))


def _weakness(result: CriterionResult) -> int:
    if result.is_law:
        return 0
    return 1 if result.criterion.nature is Nature.CONSIGNE else 2


def failing(report: Report, audience: Audience) -> tuple[CriterionResult, ...]:
    """Return what is surely not respected, what is to be cured first before."""
    wrong = [
        one
        for one in rules(report, audience)
        if one.compliance is Compliance.NON_CONFORME
    ]
    cures = [one for one in report.plan.actions if one.due]
    days = {
        one.criterion.id: min(
            (each.due for each in cures if each.due and each.cures(one.criterion.id)),
            default=date.max,
        )
        for one in wrong
    }
    wrong.sort(key=lambda one: (_weakness(one), days[one.criterion.id]))
    return tuple(wrong)


def alerts_box(
    report: Report,
    audience: Audience,
    shown: Container[str] = frozenset(),
    *,
    attached: bool = False,
) -> Md:
    """Return the box that comes first; empty when compliance raises nothing.

    The criteria already `shown` in a box of their own are left out. `attached`: the
    chapter that names the others is in the text attached, not in these pages.
    """
    alerts = [one for one in rules(report, audience) if one.criterion.id not in shown]
    wrong = [one for one in failing(report, audience) if one in alerts]
    if not alerts:
        return Md("")
    unchecked, lines, rest = len(alerts) - len(wrong), [], []
    if not wrong:
        no_fault = f"Aucun manquement constaté ; {_points(unchecked)} à vérifier."
        return box("WARNING", LAW, bullets([no_fault]))
    for one in wrong[:NAMED]:
        nature = basis(one) if one.is_read else label(one.criterion)
        at = where(report, one)
        named = f"« {one.criterion.title} » ({uncapitalised(nature)})"
        lines.append(f"{named} : {at}" if at else named)
    if wrong[NAMED:]:
        rest.append(_points(len(wrong[NAMED:]), other=True))
    if unchecked:
        rest.append(f"{_points(unchecked)} à vérifier")
    if rest:
        place = "dans l'annexe jointe, " if attached else ""
        lines.append(f"Voir aussi, {place}sous « {LAW} » : {' et '.join(rest)}.")
    title = heading(is_law=any(one.is_law for one in wrong))
    return box("WARNING", title, bullets(lines))


def compliance_points(report: Report, audience: Audience) -> Md:
    """Return the points that fail with what cures them, then those to be checked."""
    wrong, unchecked = failing(report, audience), _unchecked(report, audience)
    titles = [f"« {one.criterion.title} »" for one in unchecked]
    told = listed(titles, CHECKED)
    # Some rules are for others to keep: they are not listed here.
    others = len(report.assessment.alerts) - len(wrong) - len(unchecked)
    whose = "de l'école ni de l'académie"
    if audience.votes:
        is_office = report.about.kind is PlaceKind.SYNDICAT
        whose = "du syndicat" if is_office else "de la commune"
    elsewhere = f"pas {whose} : qui en répond les lit ailleurs."
    if others > 1:
        elsewhere = f"{others} autres points ne relèvent {elsewhere}"
    elif others:
        elsewhere = f"Un autre point ne relève {elsewhere}"
    return sections((
        _table(report, wrong, audience, "Points non respectés"),
        Md(f"{bold('Encore à vérifier :')} {written(told)}.") if told else Md(""),
        written(elsewhere if others else ""),
    ))


def compliance_table(report: Report, audience: Audience) -> Md:
    """Return every point that fails or is to be checked, and what cures it."""
    told = (*failing(report, audience), *_unchecked(report, audience))
    return _table(report, told, audience, "Points non respectés ou à vérifier")


def _unchecked(report: Report, audience: Audience) -> list[CriterionResult]:
    return [
        one
        for one in rules(report, audience)
        if one.compliance is not Compliance.NON_CONFORME
    ]


def _table(
    report: Report,
    judged: Iterable[CriterionResult],
    audience: Audience,
    caption: str,
) -> Md:
    rows = [
        (
            one.criterion.title,
            rests_on(report, one),
            observed(report, one),
            cures(report, one, audience),
        )
        for one in judged
    ]
    expected, seen = EXPECTED_AND_SEEN
    return table(caption, (expected, NATURE_AND_TEXT, seen, "Action"), rows)


def cures(report: Report, result: CriterionResult, audience: Audience) -> str:
    """Return the actions that cure a criterion, numbered."""
    told = _curing(report).get(result.criterion.id, ())
    return " ; ".join(one.titled(report.title(one, audience)) for one in told)


@once
def _curing(report: Report) -> Mapping[str, list[Action]]:
    """Return what is advised because of each criterion, what is sure before."""
    cures: dict[str, list[Action]] = {}
    for one in (*report.plan.actions, *report.plan.to_confirm):
        criterion = one.advice.recommendation.when.criterion
        cures.setdefault(criterion, []).append(one)
    return cures


def _points(count: int, *, other: bool = False) -> str:
    plural = "s" * (count != 1)
    return f"{count} {f'autre{plural} ' * other}point{plural}"


# A reader who is given a hundred rows reads none; the technical document has them all.
ELSEWHERE = "Autres sujets"
"""Theme of what belongs to no domain."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The actions of one domain, at least one, in the order of the plan."""

    title: str
    actions: tuple[Action, ...]

    @property
    def refs(self) -> str:
        """Their numbers: « A2, A14 et A21 »."""
        return listed([one.number for one in self.actions], len(self.actions))

    def cost(self, report: Report) -> str:
        """Return what they cost: « 900 € ; travaux : 400 € », « plus tard »."""
        ids = {one.id for one in self.actions}
        paid = added(row.total for row in report.budget.rows if row.action.id in ids)
        later = any(one.id in ids for one in report.budget.beyond)
        works = added(
            works_of(one.advice.cost) for one in report.budget.building if one.id in ids
        )
        if works != Money():
            beside = f"travaux : {works.cell}"
            return beside if paid == Money() else f"{paid.cell} ; {beside}"
        if paid == Money():
            shared = any(one.advice.shared for one in self.actions)
            unpaid = "compris dans d'autres actions" if shared else FREE_WORDS
            return "plus tard" if later else unpaid
        return paid.cell


def themes(report: Report, actions: Iterable[Action]) -> tuple[Theme, ...]:
    """Return actions by domain, in the order of the checklists."""
    titles = {one.id: one.title for one in report.checklist.domains}
    found: dict[str, list[Action]] = {}
    for one in actions:
        domain = one.advice.recommendation.domain
        found.setdefault(domain if domain in titles else "", []).append(one)
    order = [*titles, ""]
    return tuple(
        Theme(titles.get(domain, ELSEWHERE), tuple(found[domain]))
        for domain in sorted(found, key=order.index)
    )


def themes_table(
    report: Report,
    actions: Sequence[Action],
    audience: Audience,
    caption: str,
    *,
    priced: bool = False,
) -> Md:
    """Return a row for each theme: how many actions, the first of them, their numbers.

    When `priced`, what they cost together over the years of the budget.
    """
    rows = [
        (
            theme.title,
            str(len(theme.actions)),
            *((theme.cost(report),) if priced else ()),
            report.title(theme.actions[0], audience),
            theme.refs,
        )
        for theme in themes(report, actions)
    ]
    years = report.budget.years
    price = (f"Coût {years[0]} à {years[-1]}, TTC",) if priced else ()
    columns = ("Thème", "Actions", *price, "La première", "Numéros")
    return table(caption, columns, rows, numeric=range(1, 2 + len(price)))
