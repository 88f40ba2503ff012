"""Questions that no rule reads, levels and roll-ups that make no sense."""

import keyword
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from diag.model.checklist import Criterion, RollUp
from diag.model.enums import Kind, PlaceKind
from diag.model.number import exact
from diag.model.place import ROOT_KINDS
from diag.rules.lint.meaning import QUANTITY, names_read, written_rules
from diag.rules.loaded import Item, Loaded
from diag.rules.problem import Problem
from diag.rules.symbols import UNREADABLE, VISIT_DATE

RESERVED = frozenset({
    *(str(kind) for kind in PlaceKind),
    *("count", "total", "share", "smallest", "largest", "months_between"),
    *(VISIT_DATE, QUANTITY, "true", "false"),
    *keyword.kwlist,
})
"""Words of the rule language, which can name no question."""


def coherence_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what does not hold together."""
    yield from _question_problems(loaded)
    for criterion in loaded.draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        yield from _roll_up_problems(item, criterion)
        yield from _level_problems(item, criterion)


def _question_problems(loaded: Loaded) -> Iterator[Problem]:
    unread = _unread_questions(loaded)
    for ident in loaded.draft.questions:
        item = loaded.item("questions", ident)
        if ident in RESERVED:
            yield item.problem(
                ("id",), "ce mot appartient au langage des règles", "Renommez-la."
            )
        elif ident in unread:
            yield item.problem(
                ("id",),
                "aucune règle ne la lit",
                "Lisez-la dans un critère ou une préconisation, citez-la dans "
                "« named_by » (lieux.yaml), ou supprimez-la.",
                "warning",
            )


def _unread_questions(loaded: Loaded) -> frozenset[str]:
    """Return the questions asked for nothing; none while a reader is faulty."""
    draft = loaded.draft
    built = len(draft.criteria) + len(draft.recommendations) + len(draft.questions)
    readers = ("criteria", "recommendations", "questions")
    if built != sum(len(loaded.names(section)) for section in readers):
        return frozenset()
    read = {name for rule in written_rules(draft) for name in names_read(rule.text)}
    read.update(name for place in draft.places for name in place.named_by)
    return frozenset(
        question.id
        for question in draft.questions.values()
        if question.id not in read and question.type not in UNREADABLE
    )


def _roll_up_problems(item: Item, criterion: Criterion) -> Iterator[Problem]:
    roll_up = criterion.roll_up
    if criterion.place in ROOT_KINDS:
        if roll_up:
            yield item.problem(
                ("roll_up",),
                f"« roll_up » n'a pas de sens : un seul lieu « {criterion.place} »",
                "Supprimez cette clé.",
            )
        return
    if roll_up is None:
        yield item.problem(
            (),
            f"il manque « roll_up » : comment plusieurs lieux ({criterion.place}) "
            "donnent un seul niveau",
            "Ajoutez « roll_up: worst », ou « roll_up: {share_reaching: 2, steps: "
            '{3: "1", 2: "0.75", 1: "0.5"}} ».',
        )
    elif criterion.kind is Kind.COMPLIANCE and roll_up.method != "worst":
        yield item.problem(
            ("roll_up",),
            "une conformité ne se moyenne pas : le pire lieu compte",
            "Écrivez « roll_up: worst ».",
        )
    elif roll_up.method == "share_reaching":
        yield from _step_problems(item, roll_up)


def _step_problems(item: Item, roll_up: RollUp) -> Iterator[Problem]:
    shares = [exact(share) for _, share in sorted(roll_up.steps.items())]
    path = ("roll_up", "steps")
    if not shares or not all(Fraction(0) < share <= 1 for share in shares):
        yield item.problem(
            path,
            "une part est un nombre au-dessus de 0 et jusqu'à 1",
            'Écrivez "0.75" pour les trois quarts des lieux.',
        )
    if any(low >= high for low, high in pairwise(shares)):
        yield item.problem(
            path,
            "un niveau plus haut doit demander une part plus grande",
            'Par exemple {3: "1", 2: "0.75", 1: "0.5"}.',
        )


def _level_problems(item: Item, criterion: Criterion) -> Iterator[Problem]:
    if not criterion.levels:
        yield item.problem(
            ("levels",), "aucun niveau : il vaudrait toujours 0", 'Ajoutez {1: "…"}.'
        )
    read = frozenset[str]().union(*map(names_read, criterion.levels.values()))
    for name in criterion.improves_with.keys() - read:
        yield item.problem(
            ("improves_with", name),
            f"« improves_with » cite « {name} », qu'aucun niveau ne lit",
            "Supprimez cette ligne, ou corrigez le nom.",
        )
