"""Lines of a newer version, relayed by a hub and laptops that cannot read them."""

from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from hashlib import sha256
from itertools import chain, count, repeat
from pathlib import Path

import pytest

from diag.journal import changes
from diag.journal.exchange import proven_sum, unread_lines, whole_sum
from diag.journal.journal import AuditSum, Journal
from diag.journal.revision import NewRevision
from diag.office.sync import words_of
from diag.sync.exchange import ExchangeEvent, SyncResult
from diag.sync.hub.hub import Hub
from diag.sync.meeting import synchronise
from diag.sync.protocol import Hello, LogPage, OfflineError, ProblemError
from tests.journal.builders import person
from tests.journal.newer import newer, other_act
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
ANNE, BORIS = person("anne"), person("boris")


class OldOffice(NearOffice):
    """A hub of the landed version: it announces no feature, and has no such route."""

    def hello(self) -> Hello:
        return (
            super()
            .hello()
            .model_copy(update={"features": (), "unread": False, "newest": 1})
        )

    def unread_sums(self) -> dict[str, AuditSum]:
        raise ProblemError("not-found")

    def unread_page(self, audit: str, after: int) -> LogPage:
        raise ProblemError("not-found")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with hub_in(tmp_path / "hub") as opened:
        yield opened


@pytest.fixture
def laptops(tmp_path: Path) -> Iterator[tuple[Journal, Journal]]:
    with journal_in(tmp_path / "anne") as anne, journal_in(tmp_path / "boris") as boris:
        started(anne, VALLEY, ANNE)
        yield anne, boris


def later(journal: Journal, text: str = "un portail") -> bytes:
    """Have a newer build write in a laptop; return its line."""
    draft = changes.noted(VALLEY.id, ROOTS[VALLEY.id], "nb_classes", text)
    line = newer(journal.write(draft, ANNE))
    journal.ingest([line])
    return line


def kept(journal: Journal) -> list[bytes]:
    return [keyed.line for keyed in unread_lines(journal).get(VALLEY.id, [])]


def test_what_neither_reads_goes_from_laptop_to_hub_to_laptop(
    hub: Hub, laptops: tuple[Journal, Journal]
) -> None:
    anne, boris = laptops
    lines = [later(anne), later(anne, "un préau")]
    lines.append(other_act(anne.history(VALLEY.id, "audit/subject")[0]))
    anne.ingest(lines)
    near, far = (NearOffice(hub, let_in(hub)) for _ in range(2))

    exchanged(anne, near)
    done = exchanged(boris, far)

    assert sorted(kept(boris)) == sorted(lines)
    assert whole_sum(boris, VALLEY.id) == whole_sum(anne, VALLEY.id)
    assert (done.unequal, done.refused, done.unread) == ([], {}, 3)
    for journal, office in ((anne, near), (boris, far)):
        again = exchanged(journal, office)
        assert (again.differed, again.pulled, again.pushed) == (0, 0, 0)


def test_a_person_is_told_and_that_both_sides_are_the_same(
    hub: Hub, laptops: tuple[Journal, Journal]
) -> None:
    anne, _ = laptops
    later(anne)

    result = synchronise(
        anne,
        NearOffice(hub, let_in(hub)),
        SyncResult(hub.store.hub, "Vallombre", 0),
        ExchangeEvent(),
    )

    told = " ".join(words_of(result))
    assert "1 modification d'une version plus récente" in told
    assert "Tout ce qui est ici est au bureau" in told


def test_a_peer_of_the_first_version_gets_sums_over_what_it_reads(
    hub: Hub, laptops: tuple[Journal, Journal]
) -> None:
    anne, boris = laptops
    later(anne)
    exchanged(anne, NearOffice(hub, let_in(hub)))
    say(boris, VALLEY, 3, BORIS)
    old = OldOffice(hub, let_in(hub))

    for _ in range(2):
        done = exchanged(boris, old)
        assert (done.unequal, done.refused) == ([], {})

    assert kept(boris) == []
    assert old.manifest()[VALLEY.id] == proven_sum(boris, VALLEY.id)
    assert (exchanged(boris, old).pulled, exchanged(boris, old).pushed) == (0, 0)


def test_a_hub_of_the_first_version_is_given_nothing_that_it_would_refuse(
    hub: Hub, laptops: tuple[Journal, Journal]
) -> None:
    anne, _ = laptops
    line = later(anne)

    done = exchanged(anne, OldOffice(hub, let_in(hub)))

    assert (done.unequal, done.refused, done.unread) == ([], {}, 1)
    assert kept(anne) == [line]
    assert hub.store.unread_sums({"*"}) == ()


def test_where_there_is_none_nothing_more_is_asked(
    hub: Hub, laptops: tuple[Journal, Journal]
) -> None:
    anne, _ = laptops
    asked = count()
    office = NearOffice(hub, let_in(hub), lambda: str(next(asked)))
    exchanged(anne, office)
    before = next(asked)

    exchanged(anne, office)

    assert next(asked) - before == 2, "the manifest, and this very count"


@pytest.mark.parametrize("erased_first", [True, False])
def test_an_erasure_reaches_it_at_the_hub_and_beyond(
    hub: Hub, laptops: tuple[Journal, Journal], *, erased_first: bool
) -> None:
    anne, boris = laptops
    line = later(anne, "Madame Untelle")
    key = sha256(line).digest()
    near, far = NearOffice(hub, let_in(hub)), NearOffice(hub, let_in(hub))
    if not erased_first:
        exchanged(anne, near)
        exchanged(boris, far)
    note = next(one for one in anne.heads(VALLEY.id) if one.subject.endswith("/note"))
    for target in (key.hex(), note.id):
        anne.write(changes.erased(VALLEY.id, target, "demande"), ANNE)

    exchanged(anne, near)
    exchanged(boris, far)

    served = hub.unread_page(hub.door.caller(near.token), VALLEY.id, 0).lines
    assert len(served) == 1
    for left in (*served, *kept(anne), *kept(boris)):
        assert key.hex().encode() in left
        assert b"Untelle" not in left
    assert whole_sum(boris, VALLEY.id) == whole_sum(anne, VALLEY.id)


def test_another_territory_neither_reads_it_nor_adds_to_it(
    hub: Hub, laptops: tuple[Journal, Journal], tmp_path: Path
) -> None:
    anne, boris = laptops
    line = later(anne)
    exchanged(anne, NearOffice(hub, let_in(hub)))
    far = NearOffice(hub, let_in(hub, "998"))

    done = exchanged(boris, far)
    pushed = far.push([line.replace(b"portail", b"postail")])

    assert kept(boris) == []
    assert done.unread == 0
    assert [one.kind for one in pushed.rejected] == ["scope"]
    with pytest.raises(ProblemError):
        far.unread_page(VALLEY.id, 0)


def test_it_says_nothing_of_an_audit_that_the_hub_does_not_know(
    hub: Hub, laptops: tuple[Journal, Journal]
) -> None:
    line = later(laptops[0])

    pushed = NearOffice(hub, let_in(hub)).push([line])

    assert [one.kind for one in pushed.rejected] == ["unknown-audit"]


def test_pages_follow_one_another_to_the_last(
    hub: Hub, laptops: tuple[Journal, Journal], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diag.sync.hub.hub.UNREAD_LINES", 2)
    anne, boris = laptops
    lines = [later(anne, f"portail {number}") for number in range(5)]
    exchanged(anne, NearOffice(hub, let_in(hub)))

    exchanged(boris, NearOffice(hub, let_in(hub)))

    assert sorted(kept(boris)) == sorted(lines)


def test_attachments_named_by_files_are_wanted_whatever_names_them(
    hub: Hub, laptops: tuple[Journal, Journal]
) -> None:
    anne, _ = laptops
    shas = [sha256(bytes([number])).hexdigest() for number in range(3)]
    draft = NewRevision(VALLEY.id, "evidence/1", {"files": shas[:2]})
    said = anne.write(draft, ANNE)
    anne.ingest([newer(said, value={"files": shas[2:]})])
    office = NearOffice(hub, let_in(hub))
    exchanged(anne, office)

    assert office.missing(shas) == dict.fromkeys(shas, 0)

    for number, sha in enumerate(shas):
        office.put_piece(sha, 0, bytes([number]), 1)
    assert office.missing(shas) == {}
    for key in (said.key, *(one.key for one in unread_lines(anne)[VALLEY.id])):
        anne.write(changes.erased(VALLEY.id, key.hex(), "demande"), ANNE)
    exchanged(anne, office)
    assert not any(hub.files.path(sha).exists() for sha in shas)


def test_cut_at_any_request_it_goes_on_the_next_time(
    hub: Hub, laptops: tuple[Journal, Journal]
) -> None:
    anne, boris = laptops
    lines = [later(anne), later(anne, "un préau")]
    for at in range(6):
        for journal in (anne, boris):
            faults = chain(repeat("", at), ["after"], repeat(""))
            office = NearOffice(hub, let_in(hub), partial(next, faults))
            with suppress(OfflineError):
                exchanged(journal, office)
    assert sorted(kept(boris)) == sorted(lines)


def test_thousands_are_spaced_both_ways() -> None:
    told = next(
        iter(words_of(SyncResult("h", "Bureau", 0, pushed=2700, pulled=2700, sent=1)))
    )
    assert told == (
        "Bureau : 2\u202f700 modifications envoyées, 2\u202f700 reçues ; "
        "1 pièce jointe envoyée, 0 reçue."
    )
    waits = SyncResult("h", "Bureau", 0, deferred=2, deferred_bytes=1_300 * 2**20)
    assert any("(1\u202f300,0 Mo)" in line for line in words_of(waits))
