"""A bundle brought to the office is its device's push, no more."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.journal import changes
from diag.journal.attachments import AttachmentStore
from diag.model.audit import Photo
from diag.sync.bundle import BundleError, Fault
from diag.sync.hub.hub import Delivered, Hub, deliver
from diag.sync.protocol import Enrolling, HubLimits, ProblemError
from tests.sync.bundle.colleagues import Colleague, keys_of
from tests.sync.offices import (
    AUDITS,
    ROOTS,
    NearOffice,
    exchanged,
    hub_in,
    journal_in,
    let_in,
    say,
    started,
)

VALLEY, _, COAST = AUDITS


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with hub_in(
        tmp_path / "hub", limits=HubLimits(push_lines=2, piece_bytes=4)
    ) as made:
        yield made


@pytest.fixture
def anne(tmp_path: Path) -> Iterator[Colleague]:
    with journal_in(tmp_path / "anne") as journal:
        one = Colleague("anne", journal, keys_of(1))
        started(journal, VALLEY, one.origin)
        say(journal, VALLEY, 3, one.origin)
        say(journal, VALLEY, 4, one.origin)
        yield one


def enrolled(hub: Hub, who: Colleague, *territories: str, right: str = "write") -> int:
    """Let a colleague in, whose device signs; return its number."""
    code = hub.door.invite(who.name, territories, right)
    key = who.keys.card.sign
    return hub.door.enrol(Enrolling(code=code, device="pc", sign_key=key)).device


def brought(hub: Hub, by: Colleague, tmp_path: Path) -> Delivered:
    keys = keys_of(9)
    office = Colleague("bureau", by.journal, keys)
    by.write(tmp_path / "a.diag", office)
    return deliver(hub, keys, tmp_path, tmp_path / "a.diag")


def test_it_holds_then_what_the_laptop_holds(
    hub: Hub, anne: Colleague, tmp_path: Path
) -> None:
    enrolled(hub, anne, "999")
    done = brought(hub, anne, tmp_path)
    assert (done.person, done.received, done.new) == ("anne", 3, 3)
    met = exchanged(anne.journal, NearOffice(hub, let_in(hub)))
    assert (met.pulled, met.pushed, met.differed) == (0, 0, 0)
    assert brought(hub, anne, tmp_path).new == 0


def test_photos_come_by_pieces(hub: Hub, anne: Colleague, tmp_path: Path) -> None:
    enrolled(hub, anne, "999")
    sha = AttachmentStore(anne.folder).put(b"une image", "image/jpeg")
    photo = Photo(
        id="00000000-0000-4000-8000-000000000001",
        sha=sha,
        place=ROOTS[VALLEY.id],
        original=sha,
        mime="image/jpeg",
        size=9,
    )
    anne.journal.write(changes.photographed(VALLEY.id, photo), anne.origin)
    assert brought(hub, anne, tmp_path).attachments == 1
    assert hub.files.path(sha).read_bytes() == b"une image"
    assert brought(hub, anne, tmp_path).attachments == 0


def test_what_is_out_of_its_territory_is_refused(
    hub: Hub, anne: Colleague, tmp_path: Path
) -> None:
    enrolled(hub, anne, "999")
    started(anne.journal, COAST, anne.origin)
    done = brought(hub, anne, tmp_path)
    assert (done.new, sum(done.refused.values())) == (3, 1)


@pytest.mark.parametrize("known", [False, True])
def test_a_device_that_is_unknown_or_revoked_brings_nothing(
    hub: Hub, anne: Colleague, tmp_path: Path, *, known: bool
) -> None:
    if known:
        hub.store.revoke(enrolled(hub, anne, "999"), 1)
    with pytest.raises(BundleError) as refused:
        brought(hub, anne, tmp_path)
    assert refused.value.fault is Fault.UNKNOWN_SIGNER
    assert "diag hub enrol" in str(refused.value)
    assert not hub.store.manifest({"*"})


def test_a_revoked_copy_brings_nothing_once_its_owner_is_back(
    hub: Hub, anne: Colleague, tmp_path: Path
) -> None:
    """With one key for both, the owner's return let the stolen copy write again."""
    hub.store.revoke(enrolled(hub, anne, "999"), 1)
    back = Colleague("anne", anne.journal, keys_of(5))
    enrolled(hub, back, "999")

    with pytest.raises(BundleError) as refused:
        brought(hub, anne, tmp_path)
    assert refused.value.fault is Fault.UNKNOWN_SIGNER
    (tmp_path / "a.diag").unlink()
    assert brought(hub, back, tmp_path).new == 3


def test_a_key_that_an_older_hub_let_in_twice_is_refused_once_revoked(
    hub: Hub, anne: Colleague, tmp_path: Path
) -> None:
    enrolled(hub, anne, "999")
    (device,) = hub.store.devices()
    hub.store.add_device(device)
    hub.store.revoke(device.id, 1)

    with pytest.raises(BundleError) as refused:
        brought(hub, anne, tmp_path)
    assert refused.value.fault is Fault.UNKNOWN_SIGNER


def test_who_may_only_read_brings_nothing(
    hub: Hub, anne: Colleague, tmp_path: Path
) -> None:
    enrolled(hub, anne, "999", right="read")
    with pytest.raises(ProblemError) as refused:
        brought(hub, anne, tmp_path)
    assert refused.value.kind == "right"
    assert not hub.store.manifest({"*"})
