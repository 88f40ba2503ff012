"""What a device may, where: after its territory changed, on its card, over others."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from diag.journal import changes
from diag.journal.journal import Journal
from diag.model.audit import Photo
from diag.sync.hub.hub import Hub
from diag.sync.protocol import Enrolling, ProblemError, Pushed
from tests.journal.builders import NOON, person
from tests.journal.test_seals import ANNES
from tests.sync.offices import AUDITS, ROOTS, hub_in, journal_in, started

VALLEY = AUDITS[0]
ANNE = person("anne")
KEYS = count(1)
DATA = b"une image"
SHA = sha256(DATA).hexdigest()


class Day:
    """The clock of a hub, moved by hand."""

    now = NOON

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def day() -> Day:
    return Day()


@pytest.fixture
def hub(tmp_path: Path, day: Day) -> Iterator[Hub]:
    with hub_in(tmp_path / "hub", clock=day) as made:
        yield made


@pytest.fixture
def laptop(tmp_path: Path) -> Iterator[Journal]:
    with journal_in(tmp_path / "laptop") as journal:
        started(journal, VALLEY, ANNE)
        yield journal


def come_in(
    hub: Hub, *scopes: str, who: str = "Anne", label: str = "u-1", right: str = "write"
) -> str:
    """Let a device in, with a new key each time."""
    code = hub.door.invite(who, scopes, right)
    key = f"{next(KEYS):064x}"
    asked = Enrolling(code=code, device="portable", author=label, sign_key=key)
    return hub.door.enrol(asked).token


def give(hub: Hub, token: str, laptop: Journal) -> Pushed:
    return hub.push(hub.door.caller(token), list(laptop.lines(VALLEY.id)))


def test_nothing_of_the_old_territory_is_read_any_more(
    hub: Hub, laptop: Journal
) -> None:
    give(hub, come_in(hub, "999"), laptop)
    caller = hub.door.caller(come_in(hub, "998"))

    assert hub.manifest(caller) == ()
    with pytest.raises(ProblemError) as told:
        hub.page(caller, VALLEY.id, 0)
    assert told.value.kind == "scope"


def test_nothing_is_written_in_the_old_territory_any_more(
    hub: Hub, laptop: Journal
) -> None:
    """For a month, whoever was given less still wrote where they had written."""
    give(hub, come_in(hub, "999"), laptop)
    for given in (("998",), ("999=read", "998")):
        narrow = come_in(hub, *given)
        said = laptop.write(changes.noted(VALLEY.id, ROOTS[VALLEY.id], "q", "7"), ANNE)
        photo = Photo(
            id="00000000-0000-4000-8000-000000000001",
            sha=SHA,
            place=ROOTS[VALLEY.id],
            original=SHA,
            mime="image/jpeg",
            size=len(DATA),
        )
        shown = laptop.write(changes.photographed(VALLEY.id, photo), ANNE)
        caller = hub.door.caller(narrow)

        pushed = hub.push(caller, [said.line, shown.line])

        assert {one.kind for one in pushed.rejected} == {"scope"}
        assert (pushed.new, hub.missing(caller, [SHA])) == (0, {})


def test_a_card_tells_no_more_than_a_right_reaches(tmp_path: Path) -> None:
    """Who reviews at home and reads elsewhere had « review » on the card of both."""
    with hub_in(tmp_path / "hub") as hub:
        hub.signer = ANNES
        mixed = come_in(hub, "999=read", "998", "997=admin", right="review")
        come_in(hub, "999", "998", who="Bruno", label="u-2", right="review")

        (card,) = hub.cards(hub.door.caller(mixed))

        assert (card.role, card.territories) == (
            "read",
            ("999", "998=review", "997=admin"),
        )


def test_an_administrator_revokes_at_home_only(hub: Hub) -> None:
    """One of a single commune could shut any device out of the whole hub."""

    def device(*scopes: str, right: str = "write", who: str) -> tuple[int, str]:
        token = come_in(hub, *scopes, right=right, who=who, label=who)
        return hub.door.caller(token).device, token

    _, near = device("99901=admin", "998=read", who="near")
    _, valley = device("999", right="admin", who="valley")
    _, chief = device("*", right="admin", who="chief")
    same, _ = device("99901", who="same")
    over, _ = device("999", who="over")
    both, _ = device("99901", "998", who="both")
    all_over, _ = device("*", who="all")

    def revoke(token: str, number: int) -> str:
        try:
            hub.door.drop_device(hub.door.caller(token), number)
        except ProblemError as problem:
            return problem.kind
        return ""

    assert [revoke(near, one) for one in (both, all_over, over)] == ["right"] * 3
    assert [revoke(valley, one) for one in (both, all_over)] == ["right"] * 2
    assert revoke(valley, 999) == "not-found"
    assert [revoke(valley, one) for one in (same, over)] == ["", ""]
    assert [revoke(chief, one) for one in (both, all_over)] == ["", ""]


def test_a_key_is_let_in_once_and_the_code_still_serves(hub: Hub) -> None:
    """Re-enrolment kept the key: a revoked copy went on writing through bundles."""

    def ask(code: str, key: str) -> int:
        asked = Enrolling(code=code, device="portable", sign_key=key)
        return hub.door.enrol(asked).device

    first = ask(hub.door.invite("Anne", ("999",), "write"), "a" * 64)
    hub.store.revoke(first, 1)
    code = hub.door.invite("Anne", ("999",), "write")

    with pytest.raises(ProblemError) as told:
        ask(code, "a" * 64)

    assert told.value.kind == "known-key"
    assert "mettez diag à jour".capitalize() in str(told.value)
    assert ask(code, "b" * 64) == first + 1


def test_the_label_of_another_person_is_refused(hub: Hub) -> None:
    come_in(hub, "999")

    with pytest.raises(ProblemError) as told:
        come_in(hub, "998", who="Bruno")

    assert told.value.kind == "known-label"


def test_names_go_to_who_shares_a_territory(hub: Hub, laptop: Journal) -> None:
    give(hub, come_in(hub, "999", label=ANNE.author), laptop)
    come_in(hub, "*", who="Dupré", label="never-wrote")

    def names(*scopes: str) -> dict[str, str]:
        token = come_in(hub, *scopes, who="Bruno", label="u-9")
        return hub.people(hub.door.caller(token))

    assert names("999") == names("*") == {ANNE.author: "Anne"}
    assert names("998") == {}
