"""What is handed over and never mailed: what a sensitive answer speaks through.

Its actions have their own series and no other document knows of them, nor of how many
they are. The technician's words serve: the same hands do the work.
"""

from collections.abc import Iterable
from dataclasses import replace
from functools import partial

from diag.answers.types import heads_words, retired_question
from diag.assess.plan import Action
from diag.assess.results import CriterionResult
from diag.assess.spread import short_places
from diag.audit.findings import describe_due, describe_steps, observed
from diag.audit.report import Report
from diag.audit.votes import terms_of, votes_of
from diag.documents.blocks import Md, Pair, table
from diag.documents.parts import advice, frame
from diag.documents.parts.budget import known_sources, sources_list
from diag.documents.parts.places import observations_table, photos, signature
from diag.model.enums import WORKING_READER as READER
from diag.model.enums import Aside, Standing
from diag.words.sentences import euros, listed, sentence
from diag.words.vocabulary import PROVENANCES


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    judged = [
        one
        for one in report.assessment.criteria.values()
        if report.is_reserved(one.criterion.id) and one.standing is not Standing.OUT
    ]
    unseen = [one.criterion.title for one in judged if not one.settled]
    settled = [one for one in judged if one.settled]
    public = report.public.checklist.questions
    mine = [one for one in report.plan.actions if report.is_reserved(one.id)]
    cited = [source for one in settled for source in one.criterion.sources]
    seen = tuple(one for one in report.evidence if one.photo.question not in public)
    noted = [one for one in report.observations if one.question not in {"", *public}]
    unsure = [
        (
            one.titled(report.title(one, READER)),
            _where(report, one),
            advice.cost_cell(report, one),
        )
        for one in report.plan.to_confirm
        if report.is_reserved(one.id)
    ]
    decided = tuple(
        one for one in report.follow_ups if report.is_reserved(one.recommendation)
    )
    return {
        "cover": frame.cover(report, "Remis en main propre"),
        "actions": advice.blocks(report, mine, READER, partial(_action, report)),
        "use": _use_of_reserve(report, mine),
        "to_confirm": table(
            "À confirmer par une vérification",
            ("Action possible", "Où", "Coût TTC, environ"),
            unsure,
        ),
        "findings": _findings(report, settled),
        "unknown": listed(unseen, len(unseen) + 1),
        "answers": _answers(report),
        "follow_ups": advice.follow_ups(replace(report, follow_ups=decided), READER),
        "photos": photos(replace(report, evidence=seen)),
        "observations": observations_table(report, noted),
        "sources": sources_list(report, cited),
    }


def _use_of_reserve(report: Report, actions: Iterable[Action]) -> str:
    """Return what the flat sum of the public pages is for; empty where none is."""
    lines = votes_of(report).aside
    line = next((one for one in lines if one.why is Aside.RESERVE), None)
    if line is None:
        return ""
    terms = terms_of(report)
    asked = sum(
        terms.spent([one], terms.year(one)).gross
        for one in actions
        if terms.has_part(one)
    )
    left = line.spent.gross - asked
    told = f"il reste {euros(left)}" if left >= 0 else f"il manque {euros(-left)}"
    return (
        f"{line.title} ({line.where}), soit {euros(line.spent.gross)} dans les "
        f"documents publics. Les actions ci-dessus en demandent {euros(asked)} TTC sur "
        f"trois budgets : {told}."
    )


def _action(report: Report, action: Action) -> tuple[Pair, ...]:
    """Return where, what was seen, what is to be done, when, at what price."""
    recommendation = action.advice.recommendation
    how = report.fill_blanks(action, report.wording(action, READER).how, READER)
    done = report.fill_blanks(action, recommendation.done_when, READER)
    acts = " ".join(filter(None, (sentence(how), describe_steps(action))))
    who = f"{advice.owner(action)}, {describe_due(report, action)}"
    return (
        ("Où", sentence(_where(report, action))),
        *advice.found(report, action),
        ("Geste", acts),
        ("Qui et quand", sentence(who)),
        ("Prix", sentence(advice.cost(report, action))),
        ("Recette", sentence(done)),
        ("Suite", sentence(advice.follow_up(action))),
    )


def _where(report: Report, action: Action) -> str:
    """Return every place by its name: the sheet is read by who goes there."""
    names = advice.place_names(report, action)
    return listed(names, len(names)) if names else report.it


def _findings(report: Report, judged: Iterable[CriterionResult]) -> Md:
    """Return what is expected there, what was seen, and where it lacks."""
    rows = []
    for one in judged:
        short = [report.place_name(each.place) for each in short_places(one)]
        rows.append((
            f"{one.criterion.ref}. {one.criterion.title}",
            advice.rests_on(report, one),
            observed(report, one),
            listed(short, len(short)) if short else "",
            ", ".join(known_sources(one.criterion.sources)),
        ))
    columns = (
        *("Ce qui est attendu", advice.NATURE_AND_TEXT),
        *("Constat", "En dessous à", "Sources"),
    )
    return table("Points réservés", columns, rows)


def _answers(report: Report) -> Md:
    """Return each answer that no public document prints, how it is known, its note.

    One to a question of another edition is there too: nobody knows what it shows.
    """
    facts, questions = report.facts, report.checklist.questions
    public, rows = report.public.checklist.questions, []
    for place, name in sorted({*facts.answers, *facts.notes}):
        if name in public:
            continue
        heads = facts.answers.get((place, name), ())
        question = questions.get(name) or retired_question(name)
        told = (
            f"{PROVENANCES[head.provenance]}, {signature(report, head)}".rstrip(", ")
            for head in heads
        )
        rows.append((
            report.place_name(place),
            question.label,
            heads_words(question, heads) if heads else "",
            " / ".join(told),
            " / ".join(facts.notes.get((place, name), ())),
        ))
    columns = ("Lieu", "Question", "Réponse", "Origine", "Note")
    return table("Réponses réservées", columns, rows)
