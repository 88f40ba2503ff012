"""The decision list of an audit: what a council votes, in the words that it reads.

Drawn from what everyone may read of the audit; frozen when the audit is closed.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from fractions import Fraction

from diag.assess.plan import DONE, Action, Plan
from diag.assess.results import CostLine
from diag.assess.spread import basis, law_words, short_places
from diag.assess.terms import Terms, aid_rates, aided, cured_by
from diag.assess.votes import (
    Ballot,
    Lacks,
    Motion,
    Unpriced,
    Unvoted,
    ballot_of,
    lacks_of,
    opening_questions,
)
from diag.audit.findings import for_the_council
from diag.audit.hypotheses import CLASS_USE, USE
from diag.audit.memory import session_before
from diag.audit.report import Report, once, report_of
from diag.audit.session import AuditSession
from diag.audit.snapshot import passed_on
from diag.journal import changes
from diag.journal.records import decision_list_of
from diag.journal.revision import NewRevision
from diag.model.enums import (
    USUAL_READER,
    Aside,
    FollowUpState,
    Nature,
    Owner,
    Party,
    PlaceKind,
    Standing,
    Trigger,
)
from diag.model.text import canonical_number
from diag.model.votes import (
    NEW_ACTION,
    TITLE,
    ActionNumber,
    AsideLine,
    DecisionList,
    DecisionQuestion,
    PendingLine,
    Spent,
    Vote,
    VoteLine,
    VoteNature,
    VoteOtherwise,
    YearSpent,
)
from diag.words.dates import describe_day, long_date
from diag.words.sentences import counted, euros, listed, uncapitalised
from diag.words.vocabulary import NATURES, OWNERS, WHOLE_SUBJECTS, WHOM

NAMED = 6
"""At most so many places named by a vote."""

_LACKING = 3
"""At most so many criteria named, of those that keep a council from deciding."""

_PARTIES = {PlaceKind.SYNDICAT: Party.SYNDICAT}
NEXT_COUNCIL = "prochain_conseil"
"""The question that says when the council meets."""


def decisions_of(
    report: Report, earlier: DecisionList | None = None, version: int = 1
) -> DecisionList:
    """Return the list that a closing would freeze on the day of a report.

    `earlier` is the last list of the same school: its numbers are kept.
    """
    shown = report.public
    terms = terms_of(shown)
    lacks = lacks_of(shown.facts, shown.checklist, shown.assessment, terms.party)
    if lacks:  # a danger waits for no further knowledge: it is to be stopped
        urgent = tuple(one for one in shown.plan.actions if one.advice.is_danger)
        ballot = Ballot((), ballot_of(Plan(urgent), terms).aside, ())
    else:
        joins = {ident: one.into for ident, one in shown.hands.items() if one.into}
        ballot = ballot_of(shown.plan, terms, joins)
    asked = [(one.actions, one.year) for one in ballot.motions]
    aids = aided(asked, terms.rates, terms.checklist, terms.budgets, terms.day)
    return DecisionList(
        day=shown.date.isoformat(),
        version=version,
        budgets=terms.budgets,
        votes=tuple(
            _vote(shown, terms, one, number).model_copy(update={"aid": aid})
            for number, (one, aid) in enumerate(
                zip(ballot.motions, aids, strict=True), 1
            )
        ),
        aside=(
            *(_aside(shown, one) for one in ballot.aside),
            *(_reserve(shown, terms) if not lacks else ()),
        ),
        pending=tuple(_pending(shown, one) for one in ballot.pending),
        missing=tuple(_missing_words(shown, lacks)),
        questions=tuple(_questions(shown, terms)) if lacks else (),
        numbers=_numbers(shown, shown.plan, earlier.numbers if earlier else None),
        reserved=_numbers(
            report,
            [one for one in report.plan if shown.plan.action(one.id) is None],
            earlier.reserved if earlier else None,
        ),
    )


def frozen_votes(session: AuditSession) -> tuple[NewRevision, ...]:
    """Return the drafts that freeze what a council votes, as of today."""
    world, before = session.workspace.world, last_list(session)
    own = decision_list_of(session.workspace.journal, session.audit.id)
    votes = decisions_of(
        report_of(session, world.today()), before, own.version + 1 if own else 1
    )
    return changes.frozen(session.audit.id, world.fresh_id(), votes)


def last_list(session: AuditSession) -> DecisionList | None:
    """Return the last list of the same school, its ids those of this edition."""
    found, at = None, session
    while found is None:
        found = decision_list_of(session.workspace.journal, at.audit.id)
        before = session_before(at)
        if before is None:
            break
        at = before
    if found is None:
        return None
    passed = {
        name: passed_on(getattr(found, name), session.heirs)
        for name in ("numbers", "reserved")
    }
    return found.model_copy(update=passed)


@once
def votes_of(report: Report) -> DecisionList:
    """Return the votes that documents print: frozen, else as they would be today."""
    return report.public.frozen or decisions_of(report)


def terms_of(report: Report) -> Terms:
    """Return on what terms the actions of a report are put to the vote."""
    return Terms(
        results=report.assessment.criteria,
        facts=report.facts,
        checklist=report.checklist,
        day=report.date,
        party=_PARTIES.get(report.about.kind, Party.COMMUNE),
        has_part=lambda action: for_the_council(report, action),
        rates=aid_rates(
            report.checklist,
            report.date,
            report.about.department,
            report.commune.population if report.commune else None,
        ),
    )


def _vote(report: Report, terms: Terms, motion: Motion, number: int) -> Vote:
    lead, due = motion.lead, motion.due
    council = f"budget {motion.year}"
    if motion.year <= report.date.year:
        day = council_day(report)
        council = f"conseil du {describe_day(day)}" if day else "prochain conseil"
    return Vote(
        number=number,
        tier=motion.tier,
        title=_by_hand(report, motion, "title") or report.title(lead),
        also=tuple(map(report.title, motion.actions[1:])),
        where=_where(report, motion.actions),
        places=tuple(_places(motion.actions)),
        actions=tuple(one.id for one in motion.actions),
        findings=_findings(report, motion.actions),
        trade=motion.trade,
        nature=_nature(report, terms, motion),
        otherwise=_otherwise(report, motion),
        lines=tuple(_lines(motion.actions)),
        spent=motion.spent,
        due=due.isoformat() if due else "",
        session=council,
        year=motion.year,
    )


def _where(report: Report, actions: Sequence[Action]) -> str:
    """Return the places by name, or « toute l'école » where one of them is."""
    if all(one.advice.places for one in actions):
        return listed([report.place_name(one) for one in _places(actions)], NAMED)
    return WHOLE_SUBJECTS[report.about.kind]


def _places(actions: Iterable[Action]) -> Iterator[str]:
    yield from dict.fromkeys(place for one in actions for place in one.advice.places)


def _findings(report: Report, actions: Iterable[Action]) -> tuple[str, ...]:
    cured = (cured_by(one, report.checklist) for one in actions)
    return tuple(dict.fromkeys(name for names in cured for name in names))


def _nature(report: Report, terms: Terms, motion: Motion) -> VoteNature:
    """Return what a vote rests on: the law, the date, else what its lead cures.

    What it replaces may press too: a date is not lost with what it would have asked.
    """
    cured = _findings(report, motion.actions)
    results = [result for one in cured if (result := report.result(one))]
    broken = [one for one in results if motion.tier <= _BY_LAW and terms.is_broken(one)]
    pressed = [one for one in results if terms.is_pressed(one)]
    if not results:
        return VoteNature(kind=Nature.USAGE, words=NATURES[Nature.USAGE])
    first = (*broken, *pressed, *results)[0]
    law, day = first.criterion.law, terms.deadline(first.criterion)
    words = basis(first)
    if first not in broken and first in pressed:
        words = f"Échéance : {describe_day(day)}"
    return VoteNature(
        kind=first.criterion.nature,
        words=words,
        article=law_words(law) if law else "",
        read_on=law.read_on if law and first.is_read else "",
        deadline=day if first in pressed else "",
    )


_BY_LAW = 2
"""Last class in which a law may press."""


def _by_hand(report: Report, motion: Motion, name: str) -> str:
    """Return the engineer's words for a vote: those of its dearest action."""
    hand = report.hands.get(motion.lead.id)
    return str(getattr(hand, name)) if hand else ""


def _otherwise(report: Report, motion: Motion) -> VoteOtherwise:
    """Return what stays otherwise, of the dearest action that has it."""
    if own := _by_hand(report, motion, "otherwise"):
        return VoteOtherwise(long=own, short=own if len(own) <= TITLE else "")
    for one in motion.actions:
        words = one.advice.recommendation.wording.get(USUAL_READER)
        if words and words.otherwise:
            long, short = (
                report.fill_blanks(one, text, USUAL_READER)
                for text in (words.otherwise.long, words.otherwise.short)
            )
            return VoteOtherwise(long=uncapitalised(long), short=uncapitalised(short))
    return VoteOtherwise()


def _lines(actions: Iterable[Action]) -> Iterator[VoteLine]:
    found: dict[str, list[CostLine]] = {}
    for one in actions:
        for line in one.advice.cost.digital.lines:
            found.setdefault(line.price.id, []).append(line)
    for ident, lines in found.items():
        price = lines[0].price
        many = sum((Fraction(one.quantity.low) for one in lines), Fraction())
        if many:
            yield VoteLine(
                price=ident,
                label=price.label,
                quantity=canonical_number(round(many, 2)),
                unit=price.unit,
                cents=price.typical,
                vat=price.vat,
                yearly=price.yearly,
                section=str(price.section),
                as_of=price.as_of,
            )


def council_day(report: Report) -> str:
    """Return the ISO day of the next council; empty where it is past or not known."""
    day = report.facts.day(report.facts.root, NEXT_COUNCIL)
    return day.isoformat() if day and day >= report.date else ""


def _aside(report: Report, unvoted: Unvoted) -> AsideLine:
    motion = unvoted.motion
    owner = motion.lead.advice.recommendation.owner
    return AsideLine(
        why=unvoted.why,
        tier=motion.tier,
        title=report.title(motion.lead),
        where=_where(report, motion.actions),
        actions=tuple(one.id for one in motion.actions),
        findings=_findings(report, motion.actions),
        who="" if owner is Owner.COMMUNE else OWNERS[owner],
        spent=motion.spent,
    )


CLASSES = "nb_classes"
"""The question that says how many classes a school has."""


def _reserve(report: Report, terms: Terms) -> Iterator[AsideLine]:
    """Give the flat sum for what is reserved, where the syndicat settled one.

    So much a class, whatever a sensitive fact is: neither its presence nor its amount
    shows anything.
    """
    facts, school = report.facts, report.about.school
    if not report.per_class or school is None:
        return
    answer = facts.answer(facts.root, CLASSES)
    classes = school.classes or 0
    if answer and isinstance(answer.value, int):
        classes = answer.value
    elif not classes:  # neither answered, nor in the official file: by rooms
        uses = (facts.answer(place, USE) for place in facts.places)
        classes = sum(one is not None and one.value == CLASS_USE for one in uses)
    year, amount = terms.budgets[1], report.per_class * classes
    paid = (YearSpent(year=year, fon=amount),) if amount else ()
    yield AsideLine(
        why=Aside.RESERVE,
        tier=4,
        title=f"Forfait réservé : {euros(report.per_class)} par classe",
        where=counted(classes, "classe") if classes else "classes à compter",
        actions=(),
        spent=Spent(years=paid, least=amount, most=amount),
    )


def _pending(report: Report, unpriced: Unpriced) -> PendingLine:
    action, result = unpriced.action, report.result(unpriced.criterion)
    names: Sequence[str] = ()
    if action is not None:
        title, names = report.title(action), [*_places([action])]
    elif result is not None:
        title = result.criterion.title
        if result.alone is None:
            names = [one.place for one in short_places(result)]
    else:
        title = unpriced.criterion
    findings = _findings(report, [action]) if action else ()
    return PendingLine(
        why=unpriced.why,
        tier=unpriced.tier,
        title=title,
        where=listed([report.place_name(one) for one in names], NAMED),
        actions=(action.id,) if action else (),
        findings=tuple(dict.fromkeys(filter(None, (unpriced.criterion, *findings)))),
    )


def _missing_words(report: Report, lacks: Lacks) -> Iterator[str]:
    """Give what a council lacks to decide, a sentence each."""
    for kind in lacks.lists:
        yield f"la liste des {report.kind_words(kind)[1]} n'est pas complète"
    dangers: dict[str, list[str]] = {}
    for place, question in lacks.dangers:
        names = dangers.setdefault(report.checklist.questions[question].label, [])
        names.append(report.place_name(place))
    for question, names in dangers.items():
        yield f"{uncapitalised(question)} : à regarder dans {listed(names, NAMED)}"
    if lacks.obligations:
        known = [report.checklist.criteria[one].title for one in lacks.obligations]
        yield (
            f"{counted(len(known), 'obligation')} à vérifier : "
            f"{listed([f'« {one} »' for one in known], _LACKING)}"
        )
    for ident, places in list(lacks.places.items())[:_LACKING]:
        title = report.checklist.criteria[ident].title
        names = [report.place_name(one) for one in report.facts.places if one in places]
        yield f"« {title} » : à vérifier dans {listed(names, NAMED)}"
    more = len(lacks.places) - _LACKING
    if more > 0:
        others = counted(more, "autre point", "autres points")
        yield f"{others} à vérifier dans les salles ou les lots"
    if lacks.inventory:
        yield "aucun inventaire du matériel n'a été reçu"


def _questions(report: Report, terms: Terms) -> Iterator[DecisionQuestion]:
    def opens(ident: str) -> bool:
        action = report.plan.action(ident)
        return action is not None and action.undecided and terms.has_part(action)

    found = opening_questions(report.facts, report.checklist, report.assessment, opens)
    for each, ident in found:
        action = report.plan.action(ident)
        at_root = each.place == report.facts.root
        yield DecisionQuestion(
            question=each.question.id,
            label=each.question.label,
            where="" if at_root else report.place_name(each.place),
            whom=WHOM.get(each.question.whom, each.question.whom),
            minutes=-(-each.seconds // 60),
            opens=report.title(action) if action else "",
        )


# Numbers: an action bears one for ever, in every audit of its school.


_STILL_CALLED_FOR = {
    FollowUpState.ECARTEE: "écarté{}",
    **dict.fromkeys(
        (FollowUpState.DECIDEE, FollowUpState.FINANCEE, FollowUpState.COMMANDEE),
        "voté{}, pas encore fait",
    ),
    **dict.fromkeys(
        (FollowUpState.FAITE, FollowUpState.VERIFIEE), "noté fait{}, encore à vérifier"
    ),
}
"""What became of an action for which the answers still call; `{}` is the day."""


def _numbers(
    report: Report,
    actions: Iterable[Action],
    earlier: Mapping[str, ActionNumber] | None,
) -> dict[str, ActionNumber]:
    """Return the number of each action; those given before are kept, with what became.

    None is used again: what is new comes after the last.
    """
    day, here = report.date.isoformat(), {one.id: one for one in actions}
    found = {
        ident: one.model_copy(update={"became": _became(report, ident, one, here)})
        for ident, one in (earlier or {}).items()
    }
    last = max((one.number for one in found.values()), default=0)
    new = NEW_ACTION if earlier is not None else ""
    for ident in here:
        if ident not in found:
            last += 1
            found[ident] = ActionNumber(number=last, first=day, became=new)
    return found


def _became(
    report: Report, ident: str, given: ActionNumber, here: Mapping[str, Action]
) -> str:
    """Return what became of an action that bears a number: nothing goes unmentioned."""
    if ident in here and given.first == report.date.isoformat():
        return given.became
    if ident in here:
        steps = {one.recommendation: one for one in report.follow_ups}
        step = steps.get(ident)
        if step and step.state in _STILL_CALLED_FOR:
            on = f" le {describe_day(step.on)}" if step.on else ""
            # Asked for again, as the answers of a later visit surely call for it.
            action, seen = here[ident], report.facts.visit_date
            is_asked = action.undecided and action.advice.trigger is Trigger.FIRES
            is_again = step.state in DONE and is_asked and step.on
            if is_again and seen and step.on < seen.isoformat():
                return f"noté fait{on}, manque constaté de nouveau le {long_date(seen)}"
            return _STILL_CALLED_FOR[step.state].format(on)
        days = (report.date - date.fromisoformat(given.first)).days
        since = f"signalé le {describe_day(given.first)}"
        return f"{since}, non traité depuis {counted(days, 'jour')}"
    known = report.checklist.recommendations.get(ident)
    result = report.result(known.when.criterion) if known else None
    judged = result.verdicts if result else ()
    places = [one for one in judged if one.standing is not Standing.OUT]
    if known and places and all(one.low >= known.when.below for one in places):
        seen = report.facts.visit_date or report.date
        return f"fait, vérifié le {long_date(seen)}"
    return "devenu sans objet"
