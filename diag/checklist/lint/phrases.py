"""Sentences that do not fit: too long, blanks unfilled, false where printed."""

import re
from collections.abc import Iterator

from diag.checklist.loaded import Item, Loaded
from diag.model.checklist import Criterion, Found, Question, Recommendation, Strength
from diag.model.enums import Kind, PlaceKind
from diag.model.text import fold
from diag.rules.problem import Problem

LONGEST = 66
"""Characters of a sentence once filled: a line of a page, with its number."""

COLUMN = (2, 11)
"""Lines above a column of a grid, and the characters of each."""

CELL = 6
"""Characters of a choice in a column."""

LINE_BREAK = " / "
"""Between the two lines above a column."""

_FILLED = {
    "lieux": "Salle 12",
    "valeur": "1 000",
    "n": "12",
    "total": "120",
}
"""What measures a blank."""

_BLANKS = {"one": {"lieux", "valeur"}, "many": {"n", "total"}}
_NAMED = frozenset({PlaceKind.BATIMENT, PlaceKind.SALLE, PlaceKind.LOT})


def phrase_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield the sentences and the short words that do not fit."""
    draft = loaded.draft
    for criterion in draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        for name in ("found", "strength"):
            told = getattr(criterion, name)
            if told:
                yield from _sentence_problems(item, name, told, criterion)
        yield from _level_problems(item, criterion)
        aspects = [one.id for one in draft.aspects]
        if criterion.aspect and criterion.aspect not in aspects:
            yield item.problem(
                ("aspect",),
                f"aspect « {criterion.aspect} » inconnu",
                f"Déclarez-le dans lieux.yaml, ou écrivez : {', '.join(aspects)}.",
            )
    for question in draft.questions.values():
        item = loaded.item("questions", question.id)
        yield from _short_problems(item, question)
    questions = draft.questions.values()
    labels = [fold(label) for each in questions for label in told_by(each)]
    for synonym in draft.synonyms:
        for words in synonym.means:
            if not any(fold(words) in label for label in labels):
                yield loaded.item("synonyms", synonym.id).problem(
                    ("means",),
                    f"« {words} » n'est dans aucun libellé",
                    "Recopiez un bout du libellé d'une question ou d'un choix.",
                )
    for action in draft.recommendations.values():
        item = loaded.item("recommendations", action.id)
        yield from _otherwise_problems(item, action)


def told_by(question: Question) -> tuple[str, ...]:
    """Return the labels that a question is found by: its own, those of its choices."""
    return (question.label, *(choice.label for choice in question.choices))


def _sentence_problems(
    item: Item, name: str, told: Found | Strength, criterion: Criterion
) -> Iterator[Problem]:
    for key, known in _BLANKS.items():
        text = getattr(told, key)
        blanks = set(re.findall(r"\{([^{}]*)\}", text))
        for blank in sorted(blanks - known):
            yield item.problem(
                (name, key),
                f"« {name}.{key} » : {{{blank}}} ne se remplit pas ici",
                f"Connus : {', '.join(f'{{{one}}}' for one in sorted(known))}.",
            )
        filled = re.sub(r"\{([^{}]*)\}", lambda blank: _FILLED.get(blank[1], ""), text)
        if len(filled) > LONGEST:
            yield item.problem(
                (name, key),
                f"« {name}.{key} » fait {len(filled)} signes une fois remplie, pour "
                f"{LONGEST}",
                "Raccourcissez-la : c'est une ligne d'une page.",
            )
    if ("{valeur}" in told.one) is not bool(told.value):
        yield item.problem(
            (name,),
            f"« {name} » : {{valeur}} et « value » vont ensemble",
            "Ajoutez l'autre, ou retirez celui-là.",
        )
    if ("{lieux}" in told.one) is not (criterion.place in _NAMED):
        yield item.problem(
            (name, "one"),
            f"« {name}.one » : {{lieux}} se dit d'une salle ou d'un lot, et là "
            "seulement",
            "Ajoutez {lieux}, ou retirez-le.",
        )


def _level_problems(item: Item, criterion: Criterion) -> Iterator[Problem]:
    """Yield sentences that would be printed where they are not true, or never."""
    found, strength = criterion.found, criterion.strength
    is_rule = criterion.kind is Kind.COMPLIANCE
    if found and is_rule and found.below != criterion.conforms_at:
        yield item.problem(
            ("found", "below"),
            f"« found » vaut sous {found.below}, et la règle est respectée à partir "
            f"de {criterion.conforms_at}",
            f"Écrivez une phrase vraie partout sous {criterion.conforms_at}, et là "
            "seulement.",
        )
    if strength and strength.at_least not in criterion.levels:
        yield item.problem(
            ("strength", "at_least"),
            f"« strength » vaut à partir de {strength.at_least}, un niveau sans règle",
            f"Niveaux du critère : {', '.join(map(str, sorted(criterion.levels)))}.",
        )
    if found and strength and strength.at_least < found.below:
        yield item.problem(
            ("strength", "at_least"),
            f"au niveau {strength.at_least}, « found » et « strength » seraient vraies "
            "toutes les deux",
            f"Écrivez au moins {found.below}, ou baissez « found.below ».",
        )


def _short_problems(item: Item, question: Question) -> Iterator[Problem]:
    lines = question.short.split(LINE_BREAK)
    most, longest = COLUMN
    if len(lines) > most or any(len(line) > longest for line in lines):
        yield item.problem(
            ("short",),
            f"« short » : {most} lignes de {longest} signes au plus",
            f"Séparez les lignes par « {LINE_BREAK.strip()} », ou abrégez.",
        )
    written = [choice.short for choice in question.choices if choice.short]
    for short in sorted(set(written)):
        if len(short) > CELL:
            message = f"« {short} » fait plus de {CELL} signes"
        elif written.count(short) > 1:
            message = f"« {short} » se lit de deux choix"
        else:
            continue
        yield item.problem(("choices",), message, "Abrégez autrement.")


def _otherwise_problems(item: Item, action: Recommendation) -> Iterator[Problem]:
    for audience, words in action.wording.items():
        for key, text in words.otherwise or ():
            if text[:1] != text[:1].lower():
                yield item.problem(
                    ("wording", str(audience), "otherwise", key),
                    "se lit après « Sinon : » : pas de majuscule",
                    "Commencez par une minuscule.",
                )
