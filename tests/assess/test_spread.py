"""A criterion in words: a level at a place, counts and names over several."""

from fractions import Fraction

import pytest

from diag.assess.results import (
    FREE,
    Assessment,
    CriterionResult,
    Score,
    SocleBounds,
    Verdict,
)
from diag.assess.spread import (
    declined,
    lasting_failures,
    level_pair,
    level_words,
    short_places,
    socle_words,
    spread_words,
    standing_words,
)
from diag.model.audit import Answer, Facts, Place
from diag.model.checklist import Checklist, Criterion, Domain, Question
from diag.model.enums import (
    Compliance,
    Kind,
    PlaceKind,
    QuestionType,
    Socle,
    Standing,
    State,
)
from diag.model.text import Bounds

ROOM = ("salle", "salles")


def at(place: str, low: int, high: int | None = None) -> Verdict:
    most = low if high is None else high
    return Verdict("prises", place, Standing.IN, low, most)


def out(place: str, *, declared: bool = False) -> Verdict:
    return Verdict("prises", place, Standing.OUT, 0, 0, declared)


def result(
    *verdicts: Verdict,
    place: PlaceKind = PlaceKind.SALLE,
    kind: Kind = Kind.BLOCKING,
    conforms_at: int | None = None,
    is_open: bool = False,
) -> CriterionResult:
    places = [one for one in verdicts if one.standing is not Standing.OUT]
    many = max(len(places), 1)
    criterion = Criterion.model_validate({
        "id": "prises",
        "domain": "reseau",
        "title": "Une prise par classe",
        "kind": kind,
        "weight": 1,
        "place": place,
        "levels": {1: "prises >= 1"},
        "conforms_at": conforms_at,
        "why": "parce que",
        "sources": ("metier",),
    })
    return CriterionResult(
        criterion=criterion,
        standing=Standing.IN if places or is_open else Standing.OUT,
        bounds=Bounds(
            Fraction(sum(one.low for one in places), 3 * many),
            Fraction(sum(one.high for one in places), 3 * many),
        ),
        settled=Fraction(1),
        verdicts=verdicts,
        open=is_open,
    )


def words(found: CriterionResult) -> str:
    return spread_words(found, str.upper, ROOM)


@pytest.mark.parametrize(
    ("verdicts", "said"),
    [
        (
            (at("cp", 3), at("ce1", 3), at("ce2", 3), at("cm2", 0)),
            "3 salles exemplaires, 1 insuffisante : CM2",
        ),
        (
            (at("cp", 1), at("ce1", 0), at("ce2", 0), at("cm2", 3)),
            (
                "1 salle exemplaire ; 1 au niveau de base : CP ; "
                "2 insuffisantes : CE1 et CE2"
            ),
        ),
        (
            (at("cp", 2), at("ce1", 0, 3), out("ce2")),
            "1 salle au niveau recommandé, 1 à vérifier",
        ),
        (
            (at("cp", 0, 1), at("ce1", 2)),
            "1 salle au niveau recommandé, 1 sous le niveau attendu : CP",
        ),
        ((out("cp"),), ""),
    ],
)
def test_places_are_counted_by_level_and_those_that_fall_short_are_named(
    verdicts: tuple[Verdict, ...], said: str
) -> None:
    assert words(result(*verdicts)) == said


def test_an_open_list_is_said_to_be_completed() -> None:
    assert words(result(at("cp", 3), is_open=True)) == (
        "1 salle exemplaire, liste à compléter"
    )
    assert words(result(is_open=True)) == "liste à compléter"


def test_what_the_law_asks_is_what_falls_short_of_it() -> None:
    found = result(at("cp", 2), at("cm2", 3), kind=Kind.COMPLIANCE, conforms_at=3)
    assert [one.place for one in short_places(found)] == ["cp"]
    assert not short_places(result(at("cp", 2)))


def test_over_places_there_is_a_score_and_no_level() -> None:
    rooms = result(at("cp", 3), at("ce1", 3), at("ce2", 3), at("cm2", 0))
    assert level_words(rooms) == "75"
    assert level_words(result(at("cp", 1, 2))) == "33 à 67"
    assert level_words(result(at("cp", 0, 3))) == "à vérifier"
    assert level_words(result(out("cp"))) == "sans objet"
    school = result(at("ecole", 1, 2), place=PlaceKind.ECOLE)
    assert level_words(school) == "base à recommandé"


def test_the_law_is_kept_or_not() -> None:
    broken = result(at("cp", 0), kind=Kind.COMPLIANCE, conforms_at=1)
    found = [
        level_words(broken._replace(compliance=one))
        for one in (Compliance.CONFORME, Compliance.NON_CONFORME)
    ]
    assert found == ["respecté", "non respecté"]


def test_a_move_within_the_same_words_shows_its_bounds() -> None:
    one = result(at("cp", 0, 1))._replace(compliance=Compliance.A_VERIFIER)
    other = result(at("cp", 0, 3))._replace(compliance=Compliance.A_VERIFIER)
    assert level_pair(one, other) == ("à vérifier (0 à 33)", "à vérifier (0 à 100)")


def test_a_place_declared_out_is_said_so() -> None:
    assert standing_words(out("cp", declared=True)) == "déclaré sans objet"
    assert standing_words(out("cp")) == "sans objet"
    assert standing_words(at("cp", 2)) == "recommandé"


def assessed(*results: CriterionResult, socle: Socle) -> Assessment:
    return Assessment(
        criteria={one.criterion.id: one for one in results},
        domains=(),
        overall=Score(Standing.OUT, None, Fraction(1)),
        socle=socle,
        dangers=(),
        advice=(),
        basket=FREE,
        due=FREE,
    )


def test_the_socle_names_the_places_that_fail_where_the_others_hold() -> None:
    rooms = result(at("cp", 3), at("ce1", 1), at("cm2", 0))._replace(
        socle=SocleBounds(Socle.ATTEINT_SAUF, Socle.ATTEINT_SAUF),
    )
    found = assessed(rooms, socle=Socle.ATTEINT_SAUF)
    assert [one.place for one in lasting_failures(found)] == ["cm2"]
    assert socle_words(found, str.upper) == "atteint sauf CM2 (une prise par classe)"


def test_a_socle_that_fails_or_holds_names_nobody() -> None:
    rooms = result(at("cm2", 0))._replace(
        socle=SocleBounds(Socle.NON_ATTEINT, Socle.NON_ATTEINT),
    )
    assert not lasting_failures(assessed(rooms, socle=Socle.NON_ATTEINT))
    assert socle_words(assessed(rooms, socle=Socle.NON_ATTEINT), str.upper) == (
        "non atteint"
    )
    assert socle_words(assessed(socle=Socle.ATTEINT), str.upper) == "atteint"


def test_what_was_declared_sans_objet_is_told_with_its_reason() -> None:
    question = Question(
        id="wifi_classes",
        domain="reseau",
        place=PlaceKind.ECOLE,
        type=QuestionType.BOOLEAN,
        label="Wi-Fi en classe",
        void=True,
    )
    other = question.model_copy(update={"id": "ent", "void": False})
    checklist = Checklist(
        title="essai",
        version="1",
        domains=(Domain(id="reseau", title="Réseau", weight=1),),
        questions={"wifi_classes": question, "ent": other},
        criteria={},
        recommendations={},
        prices={},
        sources={},
    )
    none = Answer(State.NOT_APPLICABLE, reason="pas de Wi-Fi, voté")
    facts = Facts(
        root="e",
        places={"e": Place(id="e", kind=PlaceKind.ECOLE, parent=None, name="École")},
        answers={("e", "wifi_classes"): (none,), ("e", "ent"): (none,)},
    )
    assert declined(facts, checklist)["reseau"] == [
        "Wi-Fi en classe : sans objet, pas de Wi-Fi, voté",
    ]
    assert "acces" not in declined(facts, checklist)
