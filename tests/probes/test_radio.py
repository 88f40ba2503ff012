"""What scans of a room show, whoever made them."""

from hypothesis import given
from hypothesis import strategies as st

from diag.model.measure import HeardNetwork
from diag.probes.radio import (
    Signal,
    merge_scans,
    names_of,
    overlaps,
    read_room,
    room_words,
    signal_of,
    without_addresses,
)

OURS = HeardNetwork(
    "École", -60, "5", security="WPA2", channel=44, width=80, bssid="00:00:5e:00:53:01"
)


def at(channel: int, band: str = "2.4", width: int | None = None) -> HeardNetwork:
    return HeardNetwork("x", -60, band, channel=channel, width=width)


def test_strengths_have_three_classes() -> None:
    assert [signal_of(dbm) for dbm in (-40, -65, -66, -75, -76)] == [
        Signal.GOOD,
        Signal.GOOD,
        Signal.FAIR,
        Signal.FAIR,
        Signal.POOR,
    ]


def test_three_scans_make_one_list_with_the_strength_in_the_middle() -> None:
    scans = [
        [HeardNetwork("École", dbm, "5", bssid="00:00:5e:00:53:01")]
        for dbm in (-58, -72, -61)
    ]
    scans[1].append(HeardNetwork("Loin", -88, "2.4", bssid="00:00:5e:00:53:02"))
    first, second = merge_scans(scans)
    assert (first.dbm, second.ssid) == (-61, "Loin")


def test_channels_that_meet_are_found() -> None:
    assert overlaps(at(1), at(3))
    assert overlaps(at(6), at(6))
    assert not overlaps(at(1), at(5))
    assert not overlaps(at(1), at(6))
    assert overlaps(at(36, "5", 80), at(48, "5"))
    assert not overlaps(at(36, "5", 40), at(44, "5", 40))
    assert overlaps(at(64, "5", 160), at(36, "5", 20))
    assert overlaps(at(149, "5", 80), at(161, "5"))
    assert not overlaps(at(149, "5", 80), at(165, "5"))
    assert overlaps(at(37, "6", 80), at(33, "6"))
    assert not overlaps(at(1, "6"), at(1, "2.4"))


AIR = st.builds(
    HeardNetwork,
    ssid=st.sampled_from(["", "École", "Voisin", "iPhone d'Anne"]),
    dbm=st.none() | st.integers(-100, -20),
    band=st.sampled_from(["", "2.4", "5", "6"]),
    security=st.sampled_from(["", "open", "WEP", "WPA2"]),
    channel=st.none() | st.integers(1, 233),
    width=st.sampled_from([None, 20, 40, 80, 160, 320]),
    load=st.none() | st.floats(0, 1),
    bssid=st.sampled_from(["", "00:00:5e:00:53:01", "da:a1:19:00:00:01"]),
)


@given(AIR, AIR)
def test_meeting_goes_both_ways(one: HeardNetwork, other: HeardNetwork) -> None:
    assert overlaps(one, other) == overlaps(other, one)


@given(scans=st.lists(st.lists(AIR, max_size=5), max_size=3), said_off=st.booleans())
def test_a_room_is_always_said_and_names_no_neighbour(
    scans: list[list[HeardNetwork]], *, said_off: bool
) -> None:
    room = read_room(merge_scans(scans), {"École"}, len(scans))
    words = " ".join(room_words(room, said_off=said_off))
    assert words
    assert "Voisin" not in words
    assert "Anne" not in words
    for one in without_addresses(merge_scans(scans), {"École"}):
        assert one.ssid in {"", "École"}
        assert not one.bssid


def test_a_room_says_its_result_first() -> None:
    crowd = [
        HeardNetwork("Voisin", -70, "5", channel=48, bssid="00:00:5e:00:53:02"),
        HeardNetwork("Loin", -90, "5", channel=36, bssid="00:00:5e:00:53:03"),
    ]
    busy = HeardNetwork(
        "Invités", -63, "2.4", security="open", channel=6, load=0.72, bssid="a"
    )
    words = room_words(read_room([busy, OURS, *crowd], {"École", "Invités"}, 1))
    assert words[0] == "Bon : −60\u00a0dBm"
    assert words[1] == "« École », 5 GHz, canal 44, 80 MHz, 1 relevé, ±5 dB."
    assert "1 réseau voisin sur le même air (canal 48)." in words
    assert any("72 %" in one for one in words)
    assert any("« Invités »" in one for one in words)


def test_neighbours_without_a_name_are_no_network_of_the_school() -> None:
    kept = HeardNetwork("", -60, "5", channel=44)
    verdict, around = room_words(read_room([kept, kept], {"École"}, 3))
    assert "rien entendu" in verdict
    assert "2 points d'accès" in around


def test_the_school_heard_while_said_off_is_told() -> None:
    assert any(
        "dit éteint" in one
        for one in room_words(read_room([OURS], {"École"}, 1), said_off=True)
    )
    silent = room_words(read_room([], {"École"}, 1), said_off=True)
    assert "bien éteint" in silent[0]


def test_the_names_to_choose_among_begin_with_the_strongest() -> None:
    heard = [OURS, HeardNetwork("Près", -30), HeardNetwork("", -20), OURS]
    assert names_of(heard) == ("Près", "École")
