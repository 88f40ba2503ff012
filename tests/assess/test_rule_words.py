import pytest

from diag.assess.words import describe_condition
from diag.model.checklist import Choice, Question
from diag.model.enums import PlaceKind, QuestionType
from diag.rules.language import parse_rule

QUESTIONS = {
    ident: Question(
        id=ident,
        domain="d",
        place=PlaceKind.ECOLE,
        type=kind,
        label=label,
        unit=unit,
        choices=(Choice(id="a", label="Rien"), Choice(id="b", label="Câble"))
        if kind in {QuestionType.CHOICE, QuestionType.CHOICES}
        else (),
    )
    for ident, kind, label, unit in (
        ("debit", QuestionType.NUMBER, "Débit", "Mbit/s"),
        ("lien", QuestionType.CHOICE, "Lien", ""),
        ("secours", QuestionType.CHOICE, "Lien de secours", ""),
        ("outils", QuestionType.CHOICES, "Outils", ""),
        ("fibre", QuestionType.BOOLEAN, "Fibre", ""),
        ("achat", QuestionType.DATE, "Achat", ""),
        ("postes", QuestionType.INTEGER, "Postes", ""),
        ("pris", QuestionType.INTEGER, "Postes pris", ""),
        ("places", QuestionType.INTEGER, "Places", "place"),
    )
}


@pytest.mark.parametrize(
    ("rule", "own", "told"),
    [
        ("debit >= 100", "debit", "au moins 100\u00a0Mbit/s"),
        ("100 > debit", "debit", "moins de 100\u00a0Mbit/s"),
        ("debit >= 100", "", "Débit : au moins 100\u00a0Mbit/s"),
        ("lien == 'b'", "lien", "Câble"),
        ("lien != 'b'", "lien", "autre que Câble"),
        ("lien >= 'b'", "lien", "au moins «\u00a0Câble\u00a0»"),
        ("lien in ('a', 'b')", "lien", "Rien ou Câble"),
        ("lien not in ('a', 'b')", "lien", "ni Rien ni Câble"),
        ("'a' in outils", "outils", "avec Rien"),
        ("'a' not in outils", "", "Outils : sans Rien"),
        ("fibre", "fibre", "oui"),
        ("not fibre", "", "Fibre : non"),
        (
            "not (fibre and debit > 1)",
            "fibre",
            "sauf si oui et Débit : plus de 1\u00a0Mbit/s",
        ),
        ("fibre or (fibre and fibre)", "fibre", "oui ou (oui et oui)"),
        ("debit / 2 <= 5", "", "Débit : au plus 10\u00a0Mbit/s"),
        ("3 * debit <= 5", "", "Débit : au plus 5/3"),
        ("4 * postes / places >= 1", "", "Postes : au moins 1 pour 4 places (Places)"),
        ("4 * postes >= places", "postes", "au moins 1 pour 4 places (Places)"),
        ("postes / places >= 1", "", "Postes : au moins 1 par place (Places)"),
        (
            "debit / places >= 0.5",
            "",
            "Débit : au moins 0,5\u00a0Mbit/s par place (Places)",
        ),
        ("2 * places < postes / 3", "", "Places : moins de 1/6 de « Postes »"),
        ("pris / postes >= 0.95", "", "Postes pris : au moins 95\u00a0% de « Postes »"),
        ("3 * pris > 2 * postes", "", "Postes pris : plus de 2/3 de « Postes »"),
        ("pris >= 2 * postes", "", "Postes pris : au moins 200\u00a0% de « Postes »"),
        ("pris / postes >= 1", "", "Postes pris : au moins autant que « Postes »"),
        ("pris < postes", "pris", "moins que « Postes »"),
        (
            "10 * pris <= 3 * total(salle, postes)",
            "",
            "Postes pris : au plus 30\u00a0% du total de « Postes » dans les salles",
        ),
        (
            "count(salle) / places > 6",
            "",
            "nombre de salles : plus de 6\u00a0salles par place (Places)",
        ),
        (
            "2 * (pris + postes) <= places + 1",
            "",
            "Postes pris + Postes : au plus 50\u00a0% de (Places + 1)",
        ),
        (
            "pris / (postes - places) <= 2",
            "",
            "Postes pris divisé par (Postes − Places) : au plus 2",
        ),
        (
            "pris - (postes - 1) * 2 >= 0",
            "",
            "Postes pris − ((Postes − 1) × 2) : au moins 0",
        ),
        ("lien == secours", "", "Lien : Lien de secours"),
        ("lien != secours", "", "Lien : autre que Lien de secours"),
        ("achat >= visit_date", "", "Achat : pas avant la visite"),
        (
            "months_between(achat, visit_date) < 60",
            "",
            "mois entre Achat et la visite : moins de 60\u00a0mois",
        ),
        (
            "count(salle, lien == 'a') == 0",
            "",
            "nombre de salles où Lien : Rien : 0",
        ),
        (
            "share(salle, fibre, lien == 'a') >= 0.5",
            "",
            "part des salles où Lien : Rien où Fibre : oui : au moins 50\u00a0%",
        ),
        (
            "total(salle, debit) > 3",
            "",
            "total de « Débit » dans les salles : plus de 3",
        ),
        (
            "smallest(salle, debit) > 3",
            "",
            "le plus petit « Débit » des salles : plus de 3",
        ),
        (
            "largest(salle, debit) > 3",
            "",
            "le plus grand « Débit » des salles : plus de 3",
        ),
    ],
)
def test_a_rule_is_told_without_its_language(rule: str, own: str, told: str) -> None:
    assert describe_condition(parse_rule(rule).root, QUESTIONS, own) == told  # type: ignore[arg-type]  # conditions, all of them
