"""What was seen, in the author's words: where it is sure, and nowhere else."""

from diag.audit.findings import found_words, strength_words
from diag.audit.report import Report
from diag.model.checklist import Checklist, Found, Strength
from diag.model.enums import Audience
from tests.documents.builders import CHECKLIST, facts, report
from tests.documents.reading import markdown

FOUND = Found(
    below=2, one="{lieux} : {valeur} prise.", many="{n} salles sur {total}.",
    value="prises",
)  # fmt: skip
STRENGTH = Strength(at_least=2, one="{lieux} : deux prises.", many="{n} sur {total}.")


def telling() -> Checklist:
    sockets = CHECKLIST.criteria["prise-par-classe"].model_copy(
        update={"found": FOUND, "strength": STRENGTH}
    )
    return CHECKLIST.model_copy(
        update={"criteria": {**CHECKLIST.criteria, sockets.id: sockets}}
    )


def rooms(*sockets: int | None) -> Report:
    names = ("CP", "CE1", "CE2")[: len(sockets)]
    told = {(name, "type_salle"): "classe" for name in names}
    counted = {
        (name, "prises"): many
        for name, many in zip(names, sockets, strict=True)
        if many is not None
    }
    return report(facts({**told, **counted}, names), telling())


def seen(told: Report) -> tuple[str, str]:
    result = told.result("prise-par-classe")
    assert result
    return found_words(told, result), strength_words(told, result)


def test_one_place_is_named_with_its_value() -> None:
    assert seen(rooms(1, 2)) == ("CP : 1 prise.", "CE1 : deux prises.")


def test_several_places_are_counted() -> None:
    assert seen(rooms(0, 1, 2)) == ("2 salles sur 3.", "CE2 : deux prises.")


def test_what_is_not_known_is_not_told() -> None:
    assert seen(rooms(None)) == ("", "")


def test_the_mayor_reads_it_instead_of_a_level() -> None:
    page = markdown(rooms(0, 1, 1), Audience.MAIRIE)
    assert "| 3 salles sur 3. |" in page
