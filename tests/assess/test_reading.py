from datetime import date

import pytest

from diag.assess.facts import (
    FactsReading,
    PlaceScope,
    WithNames,
    vocabulary_of,
)
from diag.model.audit import Facts
from diag.model.enums import PlaceKind
from diag.rules.evaluate import number as number_of
from diag.rules.expressions import (
    ABSENT,
    UNBOUNDED,
    RuleValue,
    Scope,
    Span,
    Truth,
    point,
)
from diag.rules.language import parse_rule
from tests.assess.builders import (
    LOT,
    ROOT,
    SALLE,
    SANS_OBJET,
    Said,
    boolean,
    choice,
    facts,
    known,
    number,
)

BATIMENT = PlaceKind.BATIMENT
QUESTIONS = (
    boolean("acces", void=True),
    number("debit", relevant="acces", void=True),
    number("etages", BATIMENT, void=True),
    choice("type_salle", "classe", "bureau", place=SALLE),
    number("prises", SALLE, relevant="type_salle == 'classe'", void=True),
    number("postes", LOT),
    number("poule", relevant="oeuf > 0"),
    number("oeuf", relevant="poule > 0"),
)
VOCABULARY = vocabulary_of({each.id: each for each in QUESTIONS})


def scope(school: Facts, place: str = ROOT) -> PlaceScope:
    return FactsReading(VOCABULARY, school).scope(place)


def test_a_place_reads_its_own_facts_and_those_of_all_that_hold_it() -> None:
    school = facts(
        {"acces": True, "debit": 8},
        {"CP": {"type_salle": "classe", "prises": 2}, "valise": {"postes": 12}},
        kinds={"valise": LOT},
        parents={"valise": "CP"},
    )
    here = scope(school, "valise")
    assert [here.value(name) for name in ("postes", "prises", "debit")] == [
        point(12),
        point(2),
        point(8),
    ]


def test_a_missing_ancestor_and_a_place_within_are_absent() -> None:
    school = facts({}, {"CP": {}})
    assert scope(school, "CP").value("etages") is ABSENT
    assert scope(school, "CP").value("postes") is ABSENT


def test_the_day_of_the_visit_is_known_or_anything() -> None:
    assert scope(facts()).value("visit_date") == UNBOUNDED
    dated = facts(visit_date=date(2026, 10, 1))
    assert scope(dated).value("visit_date") == point(739_890)


@pytest.mark.parametrize(
    ("acces", "debit"),
    [(True, point(8)), (False, ABSENT), (None, Span(8, 8, maybe_absent=True))],
)
def test_relevance_decides_whether_an_answer_counts(
    acces: Truth, debit: RuleValue
) -> None:
    answers: dict[str, Said] = {"debit": 8}
    if acces is not None:
        answers["acces"] = acces
    here = scope(facts(answers))
    assert here.relevance("debit") is acces
    assert here.value("debit") == debit


def test_a_fact_is_irrelevant_when_what_decides_was_declared_sans_objet() -> None:
    assert scope(facts({"acces": SANS_OBJET, "debit": 8})).value("debit") is ABSENT


def test_relevance_that_runs_in_circles_is_unknown() -> None:
    assert scope(facts()).relevance("poule") is None


@pytest.mark.parametrize(
    ("debit", "acces", "out"),
    [
        (8, True, False),
        (SANS_OBJET, True, True),
        (SANS_OBJET, None, None),
        (SANS_OBJET, False, False),
        ([known(8), SANS_OBJET], True, None),
        ([known(8), SANS_OBJET], False, False),
    ],
)
def test_a_fact_is_out_when_all_say_so_of_a_relevant_question(
    debit: Said, acces: Truth, out: Truth
) -> None:
    answers: dict[str, Said] = {"debit": debit}
    if acces is not None:
        answers["acces"] = acces
    school = facts(answers, {"CP": {}})
    assert scope(school).is_out("debit") is out
    assert scope(school, "CP").is_out("debit") is out


def test_a_fact_of_no_place_here_is_not_out() -> None:
    school = facts(
        {}, {"CP": {}, "nord": {"etages": SANS_OBJET}}, kinds={"nord": BATIMENT}
    )
    assert scope(school, "CP").is_out("etages") is False


def test_places_within_come_with_whether_their_list_is_open() -> None:
    here = scope(facts({}, {"CP": {}, "CE1": {}}, closed=(SALLE,)))
    rooms, is_open = here.inside(SALLE)
    assert [each.place for each in rooms if isinstance(each, PlaceScope)] == [
        "CP",
        "CE1",
    ]
    assert not is_open
    assert here.inside(LOT) == ([], True)


def test_what_is_declared_sans_objet_does_not_count_inside() -> None:
    school = facts(
        {},
        {
            "CP": {"type_salle": "classe", "prises": 2},
            "CE1": {"type_salle": "classe", "prises": SANS_OBJET},
            "CE2": {"type_salle": "classe", "prises": [known(1), SANS_OBJET]},
        },
    )
    rule = parse_rule("count(salle, prises < 3)")
    assert number_of(rule, scope(school)) == Span(1, 2)


def test_added_names_are_read_first_and_are_never_out() -> None:
    here: Scope = scope(facts({"acces": SANS_OBJET}, {"CP": {}}))
    wider = WithNames(here, {"quantite": point(4)})
    assert wider.value("quantite") == point(4)
    assert wider.is_out("quantite") is False
    assert wider.is_out("acces") is True
    assert wider.inside(SALLE) == here.inside(SALLE)
    assert number_of(parse_rule("2 * quantite + count(salle)"), wider) == point(9)


def test_a_reading_like_another_shares_what_places_say() -> None:
    first = FactsReading(VOCABULARY, facts({}, {"CP": {}}))
    second = FactsReading(VOCABULARY, facts({"acces": True}, {"CP": {}}), like=first)
    assert second.tree is first.tree
    assert second.scope("CP").value("acces") != first.scope("CP").value("acces")
