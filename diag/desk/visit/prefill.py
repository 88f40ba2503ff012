"""What the official lists already know of a school: never asked twice."""

from collections.abc import Iterator

from diag.journal import changes
from diag.journal.draft import Draft
from diag.model.audit import root_place_id
from diag.model.auditee import Auditee
from diag.model.checklist import Checklist
from diag.model.enums import Provenance, State
from diag.model.fact import Answer, Value
from diag.model.territory import School


def known_already(audit: str, about: Auditee, checklist: Checklist) -> list[Draft]:
    """Return the answers that the territory gives, where the checklists ask for them.

    They are marked imported, with the year of their source: a person who sees
    otherwise answers over them.
    """
    root = root_place_id(audit, about.kind)
    return [
        changes.answered(
            audit,
            root,
            question,
            Answer(State.KNOWN, value, Provenance.IMPORTED, reason=source),
        )
        for question, value, source in (_facts(about.school) if about.school else ())
        if question in checklist.questions
    ]


def _facts(school: School) -> Iterator[tuple[str, Value, str]]:
    if kind := _kind(school):
        yield "type_ecole", kind, f"annuaire, {school.updated}".rstrip(", ")
    headcount = f"effectifs, {school.headcount_year}"
    if school.classes is not None:
        yield "nb_classes", school.classes, headcount
    if school.pupils is not None:
        yield "nb_eleves", school.pupils, headcount


def _kind(school: School) -> str:
    kinds = {
        (True, True): "primaire",
        (True, False): "maternelle",
        (False, True): "elementaire",
    }
    return kinds.get((bool(school.nursery), bool(school.elementary)), "")
