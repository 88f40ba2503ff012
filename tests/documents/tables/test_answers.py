import json
from fractions import Fraction

from diag.documents.tables import Coded, json_bytes, table_of
from diag.documents.tables.answers import ANSWERS, answers_of
from diag.model.audit import Answer, Facts
from diag.model.enums import PlaceKind, State
from tests.documents.builders import ORDINARY, facts, known, report
from tests.shipped import shipped


def rows(told: Facts, *, sensitive: bool = False) -> list[dict[str, object]]:
    keys = [column.key for column in ANSWERS]
    found = answers_of(report(told), sensitive=sensitive).rows
    return [dict(zip(keys, row, strict=True)) for row in found]


def test_each_answer_is_a_row_with_its_value_unit_and_origin() -> None:
    first = rows(ORDINARY)[0]

    assert first["question"] == "debit"
    assert first["label"] == "Débit descendant à la box"
    assert first["value"] == Fraction("12.5")
    assert first["unit"] == "Mbit/s"
    assert first["state"] == Coded("known", "connu")
    assert first["provenance"] == Coded("measured", "mesuré")
    assert first["author"] == "Ana"
    assert str(first["date"]) == "2026-03-08"
    assert first["subject"] == "9990001W"
    assert first["sensitive"] is False


def test_sensitive_answers_come_only_when_asked() -> None:
    quiet, whole = answers_of(report()), answers_of(report(), sensitive=True)

    assert quiet.withheld == 3
    assert whole.withheld == 0
    assert len(whole.rows) == len(quiet.rows) + 3
    questions = {row["question"] for row in rows(ORDINARY)}
    assert "mots_de_passe_affiches" not in questions


def test_an_answer_whose_question_is_gone_is_kept_back_too() -> None:
    told = facts({("ecole", "ancienne"): "secret"})

    assert rows(told) == []
    (row,) = rows(told, sensitive=True)
    assert row["label"] == "ancienne (retirée)"
    assert row["value"] == "secret"
    assert row["sensitive"] is None


def test_two_answers_that_disagree_are_two_rows() -> None:
    told = facts({("ecole", "debit"): (known(10), known(40, author="Bo"))})

    found = rows(told)

    assert [(row["value"], row["author"]) for row in found] == [(10, "Ana"), (40, "Bo")]
    assert all(row["conflict"] for row in found)


def test_what_is_unknown_says_why_and_a_note_alone_is_a_row() -> None:
    told = facts(
        {("ecole", "debit"): Answer(State.UNKNOWN, reason="box sous clé")},
        notes={("ecole", "remarque"): ("à revoir", "oui")},
    )

    unknown, note = rows(told)

    assert unknown["value"] is None
    assert unknown["reason"] == "box sous clé"
    assert note["note"] == "à revoir\noui"
    assert note["state"] is None


def test_a_choice_is_its_id_for_programs_and_its_label_for_people() -> None:
    found = [row for row in rows(ORDINARY) if row["question"] == "type_salle"]

    assert found[0]["value"] == Coded("classe", "Classe")
    assert found[0]["place"] == "CP"
    assert found[0]["place_kind"] == Coded(str(PlaceKind.SALLE), "salle")


def test_a_value_of_another_type_stands_as_it_is() -> None:
    told = facts({("ecole", "debit"): "beaucoup", ("ecole", "filtrage"): "parfois"})

    assert [row["value"] for row in rows(told)] == ["beaucoup", "parfois"]


def test_programs_read_canonical_values() -> None:
    told = answers_of(report())
    document = json.loads(json_bytes(table_of("R", ANSWERS, told.rows), {"version": 1}))

    first = document["rows"][0]
    assert first["value"] == "12.5"
    assert first["state"] == "known"
    assert first["status"] == "en_cours"
    values = {row["question"]: row["value"] for row in document["rows"]}
    assert values["filtrage"] is False
    assert values["type_salle"] == "autre"


def test_what_another_answer_makes_idle_is_marked() -> None:
    """After-school care has no grade: what was answered stays, and no rule reads it."""
    answers = {"type_salle": "periscolaire", "niveau_salle": "elementaire"}
    told = facts({("Salle", one): value for one, value in answers.items()}, ("Salle",))
    keys = [column.key for column in ANSWERS]
    found = [
        dict(zip(keys, row, strict=True))
        for row in answers_of(report(told, shipped())).rows
    ]
    assert {str(row["question"]): row["asked_no_more"] for row in found} == {
        "type_salle": False,
        "niveau_salle": True,
    }
