from diag.assess.facts import Tree
from diag.model.enums import PlaceKind
from tests.assess.builders import LOT, ROOT, SALLE, facts

BATIMENT = PlaceKind.BATIMENT

SCHOOL = facts(
    {},
    {"valise": {}, "CP": {}, "nord": {}, "perdue": {}, "hors": {}},
    kinds={"valise": LOT, "nord": BATIMENT},
    parents={"valise": "CP", "CP": "nord", "perdue": "disparu", "hors": "valise"},
)


def test_a_place_stands_in_the_line_of_all_that_hold_it() -> None:
    assert Tree(SCHOOL).line("valise") == ("valise", "CP", "nord", ROOT)


def test_places_are_found_inside_near_and_far() -> None:
    tree = Tree(SCHOOL)
    assert tree.inside("nord", SALLE) == ["CP"]
    assert tree.inside("nord", LOT) == tree.inside("CP", LOT) == ["valise"]
    assert tree.inside("CP", SALLE) == []
    assert tree.inside(ROOT, SALLE) == ["CP", "perdue", "hors"]


def test_a_place_whose_holder_is_gone_or_cannot_hold_it_is_the_schools() -> None:
    tree = Tree(SCHOOL)
    assert tree.line("perdue") == ("perdue", ROOT)
    assert tree.line("hors") == ("hors", ROOT)


def test_places_moved_apart_into_each_other_tie_no_knot() -> None:
    knot = facts(
        {}, {"A": {}, "B": {}}, parents={"A": "B", "B": "A"}, kinds={"A": BATIMENT}
    )
    assert Tree(knot).line("B") == ("B", "A", ROOT)
