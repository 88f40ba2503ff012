"""Rules against the questions that they read."""

import pytest

from diag.checklist.symbols import Expected, check_rule
from diag.model.checklist import Choice, Question
from diag.model.enums import PlaceKind, QuestionType
from diag.rules.expressions import RuleError
from diag.rules.language import parse_rule

ECOLE, SALLE, LOT = PlaceKind.ECOLE, PlaceKind.SALLE, PlaceKind.LOT


def question(
    name: str,
    type_: QuestionType,
    place: PlaceKind = ECOLE,
    *,
    unit: str = "",
    least: int | None = None,
    choices: str = "",
    ordered: bool = False,
) -> Question:
    return Question(
        id=name,
        domain="reseau",
        place=place,
        type=type_,
        label=name,
        unit=unit,
        range=None if least is None else (least, None),
        choices=tuple(Choice(id=each, label=each) for each in choices.split()),
        ordered=ordered,
    )


QUESTIONS = {
    each.id: each
    for each in (
        question("debit", QuestionType.NUMBER, unit="Mbit/s", least=0),
        question("debit_par_poste", QuestionType.NUMBER, unit="Mbit/s/poste"),
        question("postes", QuestionType.INTEGER, unit="poste", least=0),
        question("classes", QuestionType.INTEGER, least=1),
        question("ecart", QuestionType.NUMBER),
        question("acces", QuestionType.BOOLEAN),
        question("offre", QuestionType.CHOICE, choices="adsl fibre"),
        question("secours", QuestionType.CHOICE, choices="adsl fibre"),
        question("niveau", QuestionType.CHOICE, choices="bas haut", ordered=True),
        question("outils", QuestionType.CHOICES, choices="ent mail"),
        question("sauvegarde", QuestionType.DATE),
        question("remarque", QuestionType.TEXT),
        question("vue", QuestionType.PHOTO),
        question("prises", QuestionType.INTEGER, SALLE, least=0),
        question("ecart_salle", QuestionType.NUMBER, SALLE),
        question("neuf", QuestionType.BOOLEAN, LOT),
        question("siege", QuestionType.BOOLEAN, PlaceKind.SYNDICAT),
    )
}


def faults(
    text: str,
    place: PlaceKind = ECOLE,
    expects: Expected = "condition",
    *,
    given: str = "",
) -> list[RuleError]:
    return check_rule(
        parse_rule(text),
        QUESTIONS,
        place,
        expects,
        extra={"quantite": QuestionType.NUMBER},
        given=parse_rule(given) if given else None,
    )


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("acces and not acces", ECOLE),
        ("debit >= 30", ECOLE),
        ("debit / classes >= 2", ECOLE),
        ("debit / classes >= debit", ECOLE),
        ("debit_par_poste * postes >= debit", ECOLE),
        ("offre == 'fibre' or offre in ('adsl', 'fibre')", ECOLE),
        ("offre == secours", ECOLE),
        ("niveau >= 'haut'", ECOLE),
        ("'ent' in outils", ECOLE),
        ("months_between(sauvegarde, visit_date) < 12", ECOLE),
        ("sauvegarde < visit_date", ECOLE),
        ("count(salle, prises >= 2 and acces) >= classes", ECOLE),
        ("share(salle, prises >= 2) > 0.5", ECOLE),
        ("total(salle, prises) > 3 and largest(salle, prises) < 9", ECOLE),
        ("smallest(salle, ecart_salle) > -2", ECOLE),
        ("count(lot, neuf and prises > 1) > 0", SALLE),
        ("prises > 1 and acces", SALLE),
        ("1 / 3 < 2", ECOLE),
    ],
)
def test_what_fits_its_questions_has_no_fault(text: str, place: PlaceKind) -> None:
    assert faults(text, place) == []


@pytest.mark.parametrize(
    ("text", "place", "column", "words"),
    [
        ("debi > 1", ECOLE, 1, "Vouliez-vous écrire « debit »"),
        ("xyzzy > 1", ECOLE, 1, "Déclarez-la dans « questions »"),
        ("offre == fibre", ECOLE, 10, "entre apostrophes, « 'fibre' »"),
        ("salle > 1", ECOLE, 1, "écrivez « count(salle) »"),
        ("debit", ECOLE, 1, "est un nombre : comparez-le"),
        ("offre", ECOLE, 1, "« offre == 'choix' »"),
        ("sauvegarde", ECOLE, 1, "months_between(sauvegarde, visit_date)"),
        ("count(salle)", ECOLE, 1, "comparez ce nombre"),
        ("acces == 'oui'", ECOLE, 1, "écrivez « acces » ou « not acces »"),
        ("acces == 1", ECOLE, 1, "oui ou non"),
        ("offre == 'fibe'", ECOLE, 10, "Vouliez-vous écrire « fibre »"),
        ("offre in ('zzz')", ECOLE, 11, "Écrivez « adsl » ou « fibre »"),
        ("offre < 'fibre'", ECOLE, 1, "« ordered: true »"),
        ("offre > secours", ECOLE, 1, "« ordered: true »"),
        ("offre == niveau", ECOLE, 1, "pas les mêmes choix"),
        ("offre == acces", ECOLE, 10, "oui ou non"),
        ("offre == 3", ECOLE, 1, "une seule réponse"),
        ("debit == 'fibre'", ECOLE, 1, "est un nombre"),
        ("debit + 1 == 'fibre'", ECOLE, 1, "ne se compare qu'à une question"),
        ("outils == 'ent'", ECOLE, 1, "« 'choix' in outils »"),
        ("'fibre' in offre", ECOLE, 12, "une seule réponse"),
        ("remarque == 3", ECOLE, 1, "est un texte : une règle"),
        ("vue", ECOLE, 1, "est une photo : une règle"),
        ("prises > 1", ECOLE, 1, "passez par « count »"),
        ("siege", ECOLE, 1, "posez la question à « place: ecole »"),
        ("count(salle, neuf) > 1", ECOLE, 14, "se juge par salle"),
        ("count(ecole) > 1", SALLE, 1, "on parcourt « lot »"),
        ("count(lot) > 1", LOT, 1, "il n'en a pas"),
        ("debit >= postes", ECOLE, 1, "« Mbit/s » et « poste »"),
        ("debit + count(salle) > 1", ECOLE, 1, "« Mbit/s » et « sans unité »"),
        ("debit / classes >= debit / postes", ECOLE, 28, "on ne divise pas"),
        ("sauvegarde > 3", ECOLE, 14, "une date est attendue"),
        ("sauvegarde + 1 > 3", ECOLE, 1, "est une date"),
        ("months_between(debit, visit_date) > 1", ECOLE, 16, "est un nombre"),
        ("total(salle, ecart_salle) > 1", ECOLE, 1, "« range » à partir de 0"),
        ("total(salle, prises - 1) > 1", ECOLE, 1, "« range » à partir de 0"),
    ],
)
def test_what_does_not_fit_is_said_where_it_stands_with_what_to_do(
    text: str, place: PlaceKind, column: int, words: str
) -> None:
    first, *_ = faults(text, place)
    assert first.column == column
    assert words in first.message


def test_every_fault_is_found_in_the_order_of_the_text() -> None:
    found = faults("debi > 1 and offre == 'x' or prises > 2")
    assert [fault.column for fault in found] == [1, 23, 30]


def test_a_chained_comparison_tells_a_fault_once() -> None:
    assert len(faults("1 < debi < 3")) == 1


@pytest.mark.parametrize(
    ("text", "given"),
    [
        ("debit / postes > 1", "postes > 0"),
        ("debit / postes > 1", "acces and postes >= 1"),
        ("debit / postes > 1", "0 < postes"),
        ("debit / postes > 1", "postes != 0"),
        ("debit / postes > 1", "2 <= postes <= 9"),
        ("debit / ecart > 1", "ecart < 0"),
        ("debit / ecart > 1", "ecart <= -1"),
        ("debit / ecart > 1", "ecart == 3"),
        ("debit / (2 * postes) > 1", "postes > 0"),
        ("debit / (postes / 2) > 1", "postes > 0"),
        ("total(salle, prises) / count(salle) > 1", "count(salle) > 0"),
        ("postes > 0 and debit / postes > 1", ""),
        ("total(salle, debit / prises, prises > 0) > 1", ""),
    ],
)
def test_a_divisor_may_be_proved_not_to_be_0(text: str, given: str) -> None:
    assert faults(text, given=given) == []


@pytest.mark.parametrize(
    "given", ["", "postes >= 0", "postes > -1", "acces or postes > 0", "postes == 0"]
)
def test_a_divisor_that_may_be_0_is_refused(given: str) -> None:
    (fault,) = faults("debit / postes > 1", given=given)
    assert fault.column == 9
    assert "« postes > 0 »" in fault.message


def test_a_division_comes_after_what_proves_it() -> None:
    assert faults("debit / postes > 1 and postes > 0")
    assert faults("postes > 0 or debit / postes > 1")
    assert faults("debit / (postes * ecart) > 1", given="postes > 0")


@pytest.mark.parametrize("text", ["2 * quantite", "quantite / 4 + 1", "debit", "3"])
def test_a_number_is_expected_where_one_is(text: str) -> None:
    assert faults(text, expects="number") == []


@pytest.mark.parametrize("text", ["debit > 1", "acces", "offre", "not acces"])
def test_a_condition_is_refused_where_a_number_is_expected(text: str) -> None:
    (fault,) = faults(text, expects="number")
    assert fault.column == 1
