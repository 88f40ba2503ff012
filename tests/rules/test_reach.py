"""Which places a rule may look at."""

from diag.model.enums import PlaceKind
from diag.rules.expressions import may_hold, reach


def test_a_lot_reads_what_may_hold_it() -> None:
    assert reach(PlaceKind.LOT) == {
        PlaceKind.LOT,
        PlaceKind.SALLE,
        PlaceKind.BATIMENT,
        PlaceKind.ECOLE,
    }


def test_commune_and_syndicat_stand_alone() -> None:
    for kind in (PlaceKind.COMMUNE, PlaceKind.SYNDICAT):
        assert reach(kind) == {kind}
        assert may_hold(kind) == frozenset()


def test_a_school_holds_buildings_rooms_and_lots() -> None:
    assert may_hold(PlaceKind.ECOLE) == {
        PlaceKind.BATIMENT,
        PlaceKind.SALLE,
        PlaceKind.LOT,
    }
