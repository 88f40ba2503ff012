"""A device whose territory changed hands over what it holds of the old one, a while."""

from collections.abc import Iterator
from hashlib import sha256
from itertools import count
from pathlib import Path

import pytest

from diag.journal import changes
from diag.journal.journal import Journal
from diag.model.audit import Photo
from diag.sync.hub.hub import MONTH, Hub
from diag.sync.protocol import Enrolling, ProblemError, Pushed
from tests.journal.builders import NOON, person
from tests.sync.offices import AUDITS, ROOTS, hub_in, journal_in, say, started

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


def test_what_was_said_in_the_old_territory_still_comes_in(
    hub: Hub, day: Day, laptop: Journal
) -> None:
    give(hub, come_in(hub, "999"), laptop)
    narrow = come_in(hub, "998")
    say(laptop, VALLEY, 7, ANNE)
    photo = Photo(
        id="00000000-0000-4000-8000-000000000001",
        sha=SHA,
        place=ROOTS[VALLEY.id],
        original=SHA,
        mime="image/jpeg",
        size=len(DATA),
    )
    laptop.write(changes.photographed(VALLEY.id, photo), ANNE)
    day.now += MONTH

    pushed = give(hub, narrow, laptop)
    caller = hub.door.caller(narrow)

    assert (pushed.new, pushed.rejected) == (2, ())
    assert hub.missing(caller, [SHA]) == {SHA: 0}
    assert hub.put_piece(caller, SHA, 0, DATA, len(DATA)) == len(DATA)


def test_nothing_of_the_old_territory_is_read_any_more(
    hub: Hub, laptop: Journal
) -> None:
    give(hub, come_in(hub, "999"), laptop)
    caller = hub.door.caller(come_in(hub, "998"))

    assert hub.manifest(caller) == ()
    with pytest.raises(ProblemError) as told:
        hub.page(caller, VALLEY.id, 0)
    assert told.value.kind == "scope"


def test_an_audit_that_the_office_never_saw_comes_in_too(
    hub: Hub, laptop: Journal
) -> None:
    come_in(hub, "999")

    assert give(hub, come_in(hub, "998"), laptop).rejected == ()


def test_after_a_month_it_is_refused(hub: Hub, day: Day, laptop: Journal) -> None:
    give(hub, come_in(hub, "999"), laptop)
    narrow = come_in(hub, "998")
    say(laptop, VALLEY, 7, ANNE)
    day.now += MONTH + 1

    pushed = give(hub, narrow, laptop)

    assert pushed.new == 0
    assert {one.kind for one in pushed.rejected} == {"scope"}


def test_a_month_runs_from_each_change(hub: Hub, day: Day, laptop: Journal) -> None:
    come_in(hub, "999")
    day.now += MONTH
    come_in(hub, "99801")
    day.now += MONTH
    last = come_in(hub, "997")

    assert give(hub, last, laptop).rejected == ()
    day.now += 1
    say(laptop, VALLEY, 7, ANNE)
    assert give(hub, last, laptop).rejected


@pytest.mark.parametrize(
    ("other", "label"),
    [
        ({"label": "u-2"}, "u-1"),
        ({"label": ""}, ""),
        ({"right": "read"}, "u-1"),
    ],
)
def test_another_device_or_who_could_only_read_left_nothing(
    hub: Hub, laptop: Journal, other: dict[str, str], label: str
) -> None:
    come_in(hub, "999", **other)
    mine = come_in(hub, "998", label=label)

    assert {one.kind for one in give(hub, mine, laptop).rejected} == {"scope"}


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
