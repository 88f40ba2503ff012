"""What is recommended, in lines that unfold to reasons, costs, effect and follow-up."""

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from functools import partial

from diag.answers.types import TYPES, value_words
from diag.assess.money import format_cost, format_range, format_seen
from diag.assess.plan import ONCE, Action
from diag.assess.results import Target
from diag.assess.spread import NAMED
from diag.assess.words import quantity_words, short_cost
from diag.audit.advising import state_words, steps_standing
from diag.audit.bilan import OutlineLine, Tone, heading, quiet
from diag.audit.findings import observed, seen_words
from diag.audit.remarks import declared_wording
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.audit.votes import votes_of
from diag.model.audit import FollowUp
from diag.model.checklist import Checklist, EffectValue, Price, Question
from diag.model.enums import (
    USUAL_READER,
    WORKING_READER,
    Audience,
    Direction,
    Gate,
)
from diag.model.text import canonical_number
from diag.words.dates import describe_day
from diag.words.sentences import (
    NEXT_BUDGET,
    Blanks,
    euros,
    filled,
    listed,
    measure,
    number,
    out_of_100,
    sentence,
)
from diag.words.vocabulary import (
    AUDIENCES,
    FOLLOW_UPS,
    LEVELS,
    OWNERS,
)


def counsel(
    session: AuditSession, report: Report | None = None
) -> tuple[OutlineLine, ...]:
    """Return the plan, what is to be confirmed, what is behind, as a report has it."""
    report = report or report_of(session)
    lines: list[OutlineLine] = []
    for key, title, actions in (
        ("plan", "À faire", report.plan.actions),
        ("confirmer", "À confirmer", report.plan.to_confirm),
        ("passe", "Faites ou écartées", report.plan.closed),
    ):
        if actions or key == "plan":
            is_open = key != "passe"
            total = short_cost(*(one.advice.cost for one in actions)) * is_open
            lines.append(heading(key, f"{title} : {len(actions)}", total))
            lines += (_action(session, report, one) for one in actions)
    lines.append(
        OutlineLine(
            "votes",
            "Votes du conseil",
            "gelés à la clôture" if report.frozen else "tels que proposés ce jour",
            inner=lambda: tuple(_votes(report, steps_standing(session))),
            tone=Tone.HEADING,
        )
    )
    return tuple(lines)


def _votes(report: Report, steps: Mapping[str, FollowUp]) -> Iterator[OutlineLine]:
    """Give each vote, what it costs, and under it all that page 1 prints of it.

    What became of it stands first there, and beside its amount.
    """
    found = votes_of(report)
    for one in found.votes:
        key = f"votes/{one.number}"
        titles = (report.plan.action(ident) for ident in one.actions)
        details = (
            ("Suite", state_words(one, steps)),
            ("Où", one.where),
            ("Nature", one.nature.words),
            ("Sinon", one.otherwise.long),
            ("Brut", euros(one.spent.gross)),
            ("Quand", one.session),
            *(("Action", report.title(each)) for each in titles if each),
        )
        inner = tuple(
            quiet(f"{key}/{at}", f"{name} : {words}")
            for at, (name, words) in enumerate(details)
            if words
        )
        became = state_words(one, steps, brief=True)
        yield OutlineLine(
            key,
            f"{one.number}. {one.title}",
            " · ".join(filter(None, (became, f"net {euros(one.spent.net)}"))),
            inner=partial(tuple, inner),
        )
    for at, missing in enumerate(found.missing):
        yield quiet(f"votes/manque/{at}", f"Il manque : {missing}")


def _action(session: AuditSession, report: Report, action: Action) -> OutlineLine:
    indent = "↳ " if action.under else ""
    state = FOLLOW_UPS[action.state] if action.state else ""
    cost = action.advice.cost
    return OutlineLine(
        f"rec/{action.id}",
        f"{indent}{report.title(action)}",
        ", ".join(
            filter(
                None,
                (state, report.format_cost(action) if cost.free else short_cost(cost)),
            )
        ),
        inner=lambda: tuple(_unfolded(session, report, action)),
        lead=f"{action.number.ljust(3)} ",
    )


def _unfolded(
    session: AuditSession, report: Report, action: Action
) -> Iterator[OutlineLine]:
    key, advice = f"rec/{action.id}", action.advice
    many = advice.quantity
    result = report.result(action.advice.recommendation.when.criterion)
    found = ""
    if result:
        named = f"{result.criterion.title}, {observed(report, result)}"
        found = seen_words(report, result) or named
    rows = (
        ("Constat", found),
        ("Pourquoi", describe_reason(report, action, USUAL_READER)),
        ("Condition", describe_waiting(report, action, WORKING_READER)),
        ("Qui", OWNERS[advice.recommendation.owner]),
        ("Quand", describe_due(report, action)),
        ("Lieux", report.format_places(action, WORKING_READER) * bool(advice.places)),
        ("Combien", quantity_words(many, advice.usual) if many != ONCE else ""),
        ("Coût", report.format_cost(action)),
        ("Dont à engager", format_cost(advice.due) * (advice.due != advice.cost)),
        ("Fourchette", format_range(advice.cost)),
        ("Remplace aussi", describe_covered(report, action, WORKING_READER)),
        ("Étapes", describe_steps(action)),
        ("Rang", "placée à la main" if action.by_hand else ""),
    )
    for name, words in rows:
        if words:
            yield OutlineLine(f"{key}/{name}", f"{name} : {words}")
    for line in advice.cost.lines:
        price, (low, most) = line.price, line.quantity
        high = "…" if most is None else number(most)
        span = high if low == most else f"{number(low)} à {high}"
        rhythm = " par an" if price.yearly else ""
        words = f"{price.label} : {span} × {_unit_price(price)}{rhythm}"
        if price.is_old(report.date.isoformat()):
            words += f", {format_seen(price, report.date)}"
        yield quiet(f"{key}/prix/{price.id}", words)
    yield from _effect(session, action, key)
    for audience, reader in AUDIENCES.items():
        title = report.title(action, audience)
        mine = report.wording(action, audience) != declared_wording(
            session, action.id, audience
        )
        note = "reformulé" if mine else ""
        yield OutlineLine(f"{key}/mots/{audience}", f"Pour {reader} : {title}", note)
    steps = [one for one in report.follow_ups if one.recommendation == action.id]
    here = {one.revision for one in session.follow_ups}
    for one in steps:
        before = "" if one.revision in here else " (audit précédent)"
        author = session.workspace.settings.name_of(one.author)
        yield OutlineLine(
            f"{key}/suite/{one.revision}", step_words(one) + before, author
        )
    if not steps:
        yield quiet(f"{key}/suite", "Suite : rien encore.")


def _unit_price(price: Price) -> str:
    """Return what one costs, so that a cost with tax can be reckoned again."""
    least, usual, most = (
        measure(Fraction(cents, 100), "€")
        for cents in (price.minimum, price.typical, price.maximum)
    )
    span = "" if least == most else f" ; de {least} à {most}"
    return f"{usual} HT (TVA {measure(price.vat, '%')}{span})"


def _effect(session: AuditSession, action: Action, key: str) -> Iterator[OutlineLine]:
    """Give « effet si fait »: on the whole, then what becomes true."""
    effect, bounds = action.advice.recommendation.effect, session.judged.overall.bounds
    if not effect or bounds is None:
        return
    least = "au moins " * (bounds.low != bounds.high)
    before = out_of_100(bounds.low)
    after = out_of_100(bounds.low + action.advice.gain)
    words = f"{least}{before} → {least}{after}"
    yield OutlineLine(
        f"{key}/effet",
        "Effet si fait, sur l'ensemble",
        words if before != after else f"{least}{before}, inchangé",
    )
    for ident, value in effect.items():
        what, then = _effect_words(session.checklist, ident, value)
        yield OutlineLine(f"{key}/effet/{ident}", f"  {what}", then, tone=Tone.QUIET)


def _effect_words(
    checklist: Checklist, ident: str, value: EffectValue
) -> tuple[str, str]:
    """Return what an action changes, and what it becomes."""
    question = checklist.questions.get(ident)
    if question is None:
        criterion, level = checklist.criteria[ident], int(str(value))
        return criterion.title, f"{LEVELS[level]} ou mieux"
    if not TYPES[question.type].is_number:
        is_day = TYPES[question.type].is_day
        return question.label, "à jour" if is_day else value_words(question, value)
    order = "au plus" if question.better is Direction.DOWN else "au moins"
    return question.label, f"{order} {_amount(checklist, question, value)}"


def _amount(checklist: Checklist, question: Question, value: EffectValue) -> str:
    """Return a number as printed; one that a rule gives, by what it reads."""
    try:
        return measure(canonical_number(value), question.unit)
    except ValueError:
        read = checklist.questions.get(str(value))
        return f"« {read.label} »" if read else str(value)


def step_words(step: FollowUp, lead: str = "Suite : ") -> str:
    """Return one step in a line: state, day, before when, who decided, why."""
    day = f" le {describe_day(step.on)}" if step.on else ""
    due = f", avant le {describe_day(step.due)}" if step.due else ""
    by = f", {step.by}" if step.by else ""
    reason = f" : {step.why}" if step.why else ""
    return f"{lead}{FOLLOW_UPS[step.state]}{day}{due}{by}{reason}"


def describe_reason(report: Report, action: Action, audience: Audience) -> str:
    """Return why: the words for this reader, else the criterion's own reason."""
    own = report.wording(action, audience).why
    result = report.result(action.advice.recommendation.when.criterion)
    why = own or (result.criterion.why if result else "")
    return sentence(report.fill_blanks(action, why, audience))


def describe_steps(action: Action) -> str:
    """Return the steps in a row: « d'abord …, puis … »."""
    titles = [step.title.rstrip(".") for step in action.advice.recommendation.steps]
    return sentence(" ; puis ".join(titles))


def describe_due(report: Report, action: Action) -> str:
    """Return « avant le 12 mars 2027 »."""
    return f"avant le {report.format_due(action)}"


Naming = Callable[[Report, str, Audience], str]
"""Names a recommendation, or a criterion, by its id."""


def describe_waiting(
    report: Report, action: Action, audience: Audience, name: Naming | None = None
) -> str:
    """Return what must come first, by its `name`; empty when nothing must.

    Where only some places wait, they are named: « à CM2 : après R2 ».
    """
    needed = [
        one for one in action.advice.targets if one.trigger is action.advice.trigger
    ]
    waits: dict[tuple[Gate, tuple[str, ...]], list[Target]] = {}
    for one in needed:
        if one.gate is not Gate.OPEN:
            waits.setdefault((one.gate, one.waits_for), []).append(one)
    parts = []
    for (gate, first), targets in waits.items():
        names = listed([(name or name_places)(report, one, audience) for one in first])
        words = _waiting_words(gate, names, short=len(targets) < len(needed))
        if len(targets) < len(needed):
            places = [report.place_name(one.place) for one in targets]
            words = f"à {listed(places, NAMED)} : {words}"
        parts.append(words)
    return " ; ".join(parts)


def _waiting_words(gate: Gate, names: str, *, short: bool) -> str:
    if gate is Gate.CHECK_FIRST:
        return f"à vérifier d'abord : {names}" if names else "à vérifier d'abord"
    after = f"après {names}" if names else "sous condition"
    return after if short or not names else f"à engager {after}"


def describe_covered(report: Report, action: Action, audience: Audience) -> str:
    """Return the actions that it makes needless, by name."""
    return listed([name_places(report, one, audience) for one in action.advice.covers])


def name_places(report: Report, one: str, audience: Audience) -> str:
    """Return a recommendation by its id: its number and title, or what it was."""
    action = report.plan.action(one)
    if action:
        return f"{action.ref} ({report.title(action, audience)})"
    if one in report.checklist.criteria:
        known = report.checklist.recommendations
        cure = next(
            (
                action
                for action in report.plan.actions
                for each in action.advice.covers
                if each in known and known[each].when.criterion == one
            ),
            None,
        )
        if cure:
            return f"{cure.ref} ({report.title(cure, audience)})"
        return f"« {report.checklist.criteria[one].title} »"
    past = report.checklist.recommendations.get(one)
    words = past.wording.get(audience) if past else None
    return (
        filled(words.title, Blanks(None, "", report.it, NEXT_BUDGET)) if words else one
    )
