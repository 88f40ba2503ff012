"""Questionnaires on one page: what a director or the team can tell without a visit.

What is printed is said in the audit, so that its numbers mean the same on any laptop,
whatever was answered meanwhile.
"""

from collections.abc import Iterator
from datetime import date
from hashlib import sha256

from diag.assess.questions import Asked, next_questions, relevant_questions
from diag.assess.readers import every_name
from diag.desk.outputs.papers import Paper
from diag.desk.session import Session
from diag.journal import changes
from diag.journal.questionnaires import questionnaires_of
from diag.model.accents import accented
from diag.model.checklist import Checklist, Question
from diag.model.enums import Kind, PlaceKind, Provenance, QuestionType
from diag.model.errors import DiagError
from diag.model.questionnaire import Questionnaire
from diag.reports.questionnaire import Page, fitting, questionnaire
from diag.rules.language import parse_rule
from diag.words.sentences import phone_number

WHOM = {
    "direction": "Questionnaire à la direction",
    "equipe": "Questionnaire à l'équipe enseignante",
}
"""Who fills one, and how it is called."""

_ADVICE = {
    "direction": "Cochez ou écrivez ce que vous savez, et laissez vide le reste : "
    "nous le verrons ensemble lors de la visite.",
    "equipe": "Cochez ou écrivez ce que vous savez, et laissez vide le reste. "
    "Une fiche pour l'équipe suffit, remplie ensemble. Si plusieurs fiches reviennent "
    "et diffèrent, l'ingénieur retient une réponse avec vous et note l'écart.",
}
_EVERY = 10_000
_CODE = 8


def compose(
    session: Session, whom: str, day: date | None = None
) -> tuple[Paper, Questionnaire]:
    """Return the page of questions for somebody, and what its numbers mean.

    Raises:
        DiagError: when it is no school, or nothing is left to ask him.
    """
    if session.about.kind is not PlaceKind.ECOLE:
        raise DiagError(
            "Ce questionnaire est celui d'une école : donnez un UAI. Pour "
            f"{session.about.name}, menez la visite : "
            f"diag visit {session.about.ref} --text."
        )
    wanted = _by_use(session, whom)
    if not wanted:
        raise DiagError(
            f"{WHOM[whom]} : rien à demander, tout ce qui s'y déclare est déjà connu."
        )
    on = day or session.workspace.world.today()
    order = list(session.checklist.questions)
    page = _page(session, whom, "0" * _CODE)
    asked = fitting(page, wanted, order)
    printed = Questionnaire(
        id=_code(session, whom, asked),
        whom=whom,
        questions=tuple(question.id for question in asked),
        on=on.isoformat(),
    )
    left = [question for question in wanted if question not in asked]
    paper = Paper(
        stem=f"questionnaire-{whom}",
        title=f"{WHOM[whom]} — {session.about.name}",
        author=_author(session),
        day=on,
        text=questionnaire(_page(session, whom, printed.id), asked, left),
    )
    return paper, printed


def keep(session: Session, printed: Questionnaire) -> None:
    """Say what the numbers of a page mean; said last already, nothing is written."""
    known = [one for one in printed_in(session) if one.whom == printed.whom]
    if known[-1:] != [printed]:
        session.say(changes.questioned(session.audit.id, printed))


def printed_in(session: Session) -> tuple[Questionnaire, ...]:
    """Return the questionnaires printed in an audit, the last one last."""
    return questionnaires_of(session.workspace.journal, session.audit.id)


def printed_for(session: Session, whom: str, code: str = "") -> Questionnaire:
    """Return the last page printed for somebody, or the one that bears a code.

    Raises:
        DiagError: when there is none; names those that were printed.
    """
    known = [one for one in printed_in(session) if one.whom == whom]
    wanted = code.strip().casefold()
    found = [one for one in known if not wanted or one.id == wanted]
    if found:
        return found[-1]
    ref = session.about.ref
    if not known:
        raise DiagError(
            "Aucun questionnaire n'a été imprimé pour cette école. Écrivez-le : "
            f"diag questionnaire {ref} --for {whom}."
        )
    codes = ", ".join(f"{one.id} ({one.on})" for one in known)
    raise DiagError(
        f"Code « {code[:20]} » inconnu : il est au pied de la page. Imprimés : {codes}."
    )


def _by_use(session: Session, whom: str) -> list[Question]:
    """Return what he can declare and nobody knows, what matters most first.

    What no criterion reads is left to the visit: the page is short.
    """
    facts, checklist = session.facts, session.checklist
    weight = _weights(checklist)
    asked = {
        each.question.id: each.question
        for each in relevant_questions(facts, checklist, facts.root)
        if each.question.id in weight and _is_for(each, whom)
    }
    ranked = next_questions(facts, checklist, _EVERY)
    useful = [each.question.id for each in ranked if each.question.id in asked]
    rank = {ident: at for at, ident in enumerate(dict.fromkeys([*useful, *asked]))}
    return sorted(asked.values(), key=lambda one: (weight[one.id], rank[one.id]))


def _is_for(each: Asked, whom: str) -> bool:
    """Say whether a question surely applies, is his to declare, and is unknown.

    Two answers that differ are settled by a person who saw both. A paper is left on a
    desk and sent by mail: what is sensitive is asked face to face.
    """
    question = each.question
    return (
        question.whom == whom
        and each.relevant is True
        and not each.is_settled
        and len(each.heads) <= 1
        and Provenance.DECLARED in question.provenance
        and question.type is not QuestionType.PHOTO
        and not question.sensitive
    )


def _weights(checklist: Checklist) -> dict[str, int]:
    """Return the rank of the gravest kind of criterion that reads each question."""
    kinds = tuple(Kind)
    found = dict[str, int]()
    for criterion in checklist.criteria.values():
        for rule in filter(None, (criterion.applicable, *criterion.levels.values())):
            for name in every_name(parse_rule(rule)):
                rank = kinds.index(criterion.kind)
                found[name] = min(rank, found.get(name, rank))
    return found


def _code(session: Session, whom: str, asked: tuple[Question, ...]) -> str:
    named = (session.edition, whom, *(question.id for question in asked))
    return sha256("\n".join(named).encode("utf-8")).hexdigest()[:_CODE]


def _page(session: Session, whom: str, code: str) -> Page:
    settings = session.workspace.settings
    reach = filter(None, (phone_number(settings.phone), settings.email))
    return Page(
        title=WHOM[whom],
        school=f"{accented(session.about.title)} ({session.about.code})",
        campaign=session.audit.campaign,
        back_to=_author(session),
        reach=", ".join(reach),
        advice=_ADVICE[whom],
        code=code,
    )


def _author(session: Session) -> str:
    settings = session.workspace.settings
    named: Iterator[str] = filter(
        None, (settings.name_of(settings.author), settings.syndicat)
    )
    return ", ".join(named)
