"""A questionnaire on one printed page: questions by number, boxes to tick.

How long a question is on paper is reckoned here, so that the page that holds them is
the same on a machine that cannot typeset.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from diag.model.checklist import Question
from diag.model.enums import QuestionType
from diag.reports.escape import Md, one_line
from diag.reports.layout import bold, definitions, sections, written
from diag.reports.pdf.literals import drawable

_BOX = "☐\u00a0"
_BETWEEN = "\u00a0\u00a0 "
_BLANK = "………………"
_DAY = "……\u00a0/\u00a0……\u00a0/\u00a0…………"
_FREE = "…" * 40
_NOTHING = "Rien de cela"
"""A box of what several boxes do not say: left empty, nobody knows why."""
_NONE = "aucun"
"""Id of a choice that says it already."""
_PRIVACY = (
    "Vos réponses ne servent qu'à l'audit de l'école et portent la mention "
    "« déclaré ». N'écrivez aucun nom d'élève ou de collègue, aucun mot de passe. "
    "Une fois saisi, ce papier est détruit."
)

_SIGNS = 82
"""Signs that a line of the page surely holds, whoever prints it."""
_WIDE = frozenset("…%@—")
"""Signs as wide as capitals."""
_UNBROKEN = 60
"""The longest label that is never cut."""
_COVER_SIGNS = 20
"""The same, in a column under the title."""
_LINES = 64
"""Lines that the page holds under its title, the gaps between questions counted."""
_GAP = 0.5
"""Between two questions, in lines."""
_REST_SIGNS = 170
"""How much may be said of the questions that found no room."""
_NAME_SIGNS = 70
"""The longest label named among them."""


@dataclass(frozen=True, slots=True)
class Page:
    """Everything printed but the questions."""

    title: str
    school: str
    campaign: str
    back_to: str
    """Whom to return it to."""
    reach: str
    """How to reach him; empty when nobody knows."""
    advice: str
    """What this reader must know before he answers."""
    code: str
    """What finds the numbers again."""


def fitting(
    page: Page, first: Sequence[Question], order: Sequence[str]
) -> tuple[Question, ...]:
    """Return the questions that one page holds: chosen in the order of `first`.

    They are printed in the order of their ids in `order`.
    """
    room = _LINES - _around(page)
    kept = list[Question]()
    for question in first:
        height = _height(question)
        if height <= room:
            room -= height
            kept.append(question)
    return tuple(sorted(kept, key=lambda one: order.index(one.id)))


def questionnaire(
    page: Page, questions: Sequence[Question], left: Sequence[Question]
) -> str:
    """Return the page: same questions, same bytes; `left` found no room."""
    parts = (
        Md(f"# {written(page.title)}"),
        definitions((
            ("École", page.school),
            ("Campagne", page.campaign),
            ("À rendre à", page.back_to),
            ("Contact", page.reach),
        )),
        written(page.advice),
        Md("\n\n".join(_asked(questions))),
        written(_PRIVACY),
        written(_rest(left)),
        Md(f"*{written(f'{page.title} · {page.school} · code {page.code}')}*"),
    )
    return sections(parts) + "\n"


def _asked(questions: Iterable[Question]) -> Iterator[str]:
    for number, question in enumerate(questions, 1):
        start = f"{number}. "
        margin = "\n" + " " * len(start)
        yield f"{start}{bold(_said(question))}\\{margin}{written(_blank(question))}"


def _said(question: Question) -> str:
    return one_line(question.ask or question.label)


def _blank(question: Question) -> str:
    """Return where the answer is written; what the words leave vague is named."""
    if question.type in {QuestionType.CHOICE, QuestionType.CHOICES}:
        several = question.type is QuestionType.CHOICES
        labels = [choice.label for choice in question.choices]
        if several and all(choice.id != _NONE for choice in question.choices):
            labels.append(_NOTHING)
        boxes = (_BOX + _held(label) for label in labels)
        return ("Plusieurs possibles : " if several else "") + _BETWEEN.join(boxes)
    name = f"{one_line(question.label)} : " if question.ask else ""
    match question.type:
        case QuestionType.BOOLEAN:
            return f"{name}{_BOX}oui{_BETWEEN}{_BOX}non"
        case QuestionType.DATE:
            return name + _DAY
        case QuestionType.INTEGER | QuestionType.NUMBER:
            return f"{name}{_BLANK} {_unit(question.unit)}".rstrip()
    return name + _FREE


def _held(label: str) -> str:
    """Return a label that stays on the line of its box, unless it is long."""
    clean = one_line(label)
    return clean.replace(" ", "\u00a0") if len(clean) <= _UNBROKEN else clean


def _unit(unit: str) -> str:
    """Return « classe(s) »; a sign such as % or h has no plural."""
    clean = one_line(unit)
    is_word = len(clean) > 2 and clean.isalpha() and clean[-1] not in "sx"  # noqa: PLR2004 - « an » and « h » are no such words
    return f"{clean}(s)" if is_word else clean


def _rest(left: Sequence[Question]) -> str:
    """Return what was not asked, named as far as a line goes."""
    if not left:
        return ""
    told = ""
    names = [_short(question.label) for question in left]
    for rank, name in enumerate(names):
        longer = f"{told}, {name}" if told else name
        if told and _width(longer) > _REST_SIGNS:
            more = len(names) - rank
            return f"À voir ensemble : {told}, et {more} autre{'s' * (more > 1)}."
        told = longer
    return f"À voir ensemble : {told}."


def _short(label: str) -> str:
    clean = drawable(one_line(label))
    return clean if _width(clean) <= _NAME_SIGNS else f"{clean[: _NAME_SIGNS // 2]}…"


def _height(question: Question) -> float:
    return _lines(_said(question)) + _lines(_blank(question)) + _GAP


def _around(page: Page) -> float:
    """Return the lines of what stands around the questions."""
    cover = (page.school, page.campaign, page.back_to, page.reach)
    texts = (page.title * 2, page.advice, "x" * (_REST_SIGNS + _NAME_SIGNS))
    return (
        max(_lines(one, _COVER_SIGNS) for one in cover)
        + sum(_lines(one) + _GAP for one in texts)
        + _lines(_PRIVACY)
        + 1
    )


def _width(text: str) -> int:
    """Return the room a text takes, in common signs: capitals and dots take more."""
    return len(text) + sum(sign.isupper() or sign in _WIDE for sign in text)


def _lines(text: str, signs: int = _SIGNS) -> int:
    """Return how many lines a text takes, a sign that no font draws as its code."""
    lines, here = 1, 0
    for word in drawable(one_line(text)).split(" "):
        width = _width(word)
        if here and here + 1 + width > signs:
            lines, here = lines + 1, 0
        here += width + bool(here)
        lines, here = lines + here // (signs + 1), here % (signs + 1)
    return lines
