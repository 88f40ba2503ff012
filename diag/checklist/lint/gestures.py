"""What is answered in one gesture, and what is filled on one form."""

from collections.abc import Iterator

from diag.answers.answer_type import Refused
from diag.answers.types import TYPES
from diag.checklist.loaded import Item, Loaded
from diag.model.checklist import Choice, PaperForm, Question
from diag.model.enums import PlaceKind, Provenance, QuestionType
from diag.rules.problem import Problem, write_instead


def gesture_problems(
    loaded: Loaded, item: Item, question: Question
) -> Iterator[Problem]:
    """Yield what keeps the facts of a gesture from being written together."""
    yield from _companion_problems(loaded, item, question)
    for rank, choice in enumerate(question.choices):
        path = ("choices", str(rank), "sets")
        if choice.sets and (
            question.type is not QuestionType.CHOICE or question.id in choice.sets
        ):
            yield item.problem(
                path,
                "« sets » : un seul choix, et d'autres faits que lui",
                "Écrivez « sets » sous une question de type choice, sans la nommer.",
            )
        yield from _said_problems(loaded, item, question, path, choice)
    for rank, word in enumerate(question.words):
        path = ("words", str(rank), "sets")
        yield from _said_problems(loaded, item, question, path, word)


def _companion_problems(
    loaded: Loaded, item: Item, question: Question
) -> Iterator[Problem]:
    leader = loaded.draft.questions.get(question.same_gesture)
    if not question.same_gesture:
        return
    if question.same_gesture not in loaded.names("questions"):
        yield _unknown(loaded, item, ("with",), question.same_gesture)
    elif leader is None:
        return
    elif leader.place is not question.place:
        yield item.problem(
            ("with",),
            f"« with » : « {leader.id} » se demande par {leader.place}, elle par "
            f"{question.place}",
            "Un même geste répond en un même lieu : retirez « with ».",
            about=(leader.id,),
        )
    elif leader.same_gesture:
        yield item.problem(
            ("with",),
            f"« with » : « {leader.id} » va elle-même avec « {leader.same_gesture} »",
            "Nommez la question qui mène le geste.",
            about=(leader.id,),
        )


def _said_problems(
    loaded: Loaded,
    item: Item,
    question: Question,
    where: tuple[str, ...],
    choice: Choice,
) -> Iterator[Problem]:
    for name, value in choice.sets.items():
        path = (*where, name)
        other = loaded.draft.questions.get(name)
        if name not in loaded.names("questions"):
            yield _unknown(loaded, item, path, name)
        elif other is None:
            continue
        elif other.place is not question.place:
            yield item.problem(
                path,
                f"« sets » : « {name} » se répond par {other.place}, elle par "
                f"{question.place}",
                "Nommez un fait du même lieu.",
                about=(name,),
            )
        else:
            try:
                TYPES[other.type].parse(other, value)
            except Refused as refused:
                yield item.problem(
                    path,
                    f"« sets » : {refused.problem}",
                    "Donnez une valeur que cette question admet.",
                    about=(name,),
                )


def form_problems(loaded: Loaded, form: PaperForm) -> Iterator[Problem]:
    """Yield the lines of a form that its reader would not be asked."""
    item = loaded.item("forms", form.id)
    seen: set[str] = set()
    for name in (*form.questions, *form.columns):
        path = ("columns",) if name in form.columns else ("lines",)
        question = loaded.draft.questions.get(name)
        if name not in loaded.names("questions"):
            yield _unknown(loaded, item, path, name)
        if name in seen:
            yield item.problem(path, f"« {name} » y est deux fois", "Gardez-en une.")
        seen.add(name)
        if question is None:
            continue
        if question.whom != form.whom:
            yield item.problem(
                path,
                f"« {name} » se demande à « {question.whom} », pas à « {form.whom} »",
                "Corrigez « whom » de la question, ou retirez la ligne.",
                about=(name,),
            )
        wanted = {PlaceKind.LOT} if name in form.columns else _ON_LINES
        if question.place not in wanted:
            yield item.problem(
                path,
                f"« {name} » se demande par {question.place}",
                "« lines » interroge l'école ou la commune, « columns » chaque lot.",
                about=(name,),
            )
        if Provenance.DECLARED not in question.provenance:
            yield item.problem(
                path,
                f"« {name} » ne peut pas être déclarée",
                "Ajoutez « declared » à sa « provenance », ou retirez la ligne.",
                about=(name,),
            )
    yield from _line_problems(loaded, item, form)


_ON_LINES = frozenset({PlaceKind.ECOLE, PlaceKind.COMMUNE})


def _line_problems(loaded: Loaded, item: Item, form: PaperForm) -> Iterator[Problem]:
    questions = loaded.draft.questions
    for line in form.lines:
        known = [questions[name] for name in line if name in questions]
        leaders = [one.same_gesture or one.id for one in known]
        for leader, question in zip(leaders, known, strict=True):
            if leader != leaders[0]:
                yield item.problem(
                    ("lines",),
                    f"« {question.id} » n'est pas du même geste que « {known[0].id} »",
                    "Écrivez « with » dans la question, ou mettez-la sur sa ligne.",
                    about=(question.id,),
                )


def _unknown(loaded: Loaded, item: Item, path: tuple[str, ...], name: str) -> Problem:
    known = loaded.names("questions")
    remedy = write_instead(name, known, "Corrigez le nom, ou retirez-le.")
    return item.problem(path, f"question « {name} » inconnue", remedy)
