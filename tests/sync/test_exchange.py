"""Two laptops and a hub, in one process."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.journal import changes, exchange
from diag.journal.backup import backup
from diag.journal.journal import Journal
from diag.journal.people import retire
from diag.model.errors import DiagError
from diag.sync.exchange import CancelledError, ExchangeEvent, Pace, SyncResult
from diag.sync.hub.hub import Hub
from diag.sync.protocol import Hello, HubLimits, OfflineError, ProblemError
from tests.journal.builders import person
from tests.journal.worlds import content
from tests.sync import offices
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

VALLEY, VALLEY_TOO, COAST = AUDITS
ANNE, BRUNO = person("anne"), person("bruno")


@pytest.fixture(params=[1, 2], ids=["first protocol", "second protocol"], autouse=True)
def protocol(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setattr(offices, "SPOKEN", [request.param])
    return int(request.param)


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Hub]:
    with hub_in(tmp_path / "hub") as made:
        yield made


@pytest.fixture
def anne(tmp_path: Path) -> Iterator[Journal]:
    with journal_in(tmp_path / "anne") as journal:
        started(journal, VALLEY, ANNE)
        say(journal, VALLEY, 3, ANNE)
        yield journal


@pytest.fixture
def bruno(tmp_path: Path) -> Iterator[Journal]:
    with journal_in(tmp_path / "bruno") as journal:
        yield journal


@pytest.fixture
def office(hub: Hub) -> NearOffice:
    return NearOffice(hub, let_in(hub))


def same(one: Journal, other: Journal) -> bool:
    return content(one.connection) == content(other.connection)


def test_what_one_says_the_other_has(
    anne: Journal, bruno: Journal, office: NearOffice
) -> None:
    given, taken = exchanged(anne, office), exchanged(bruno, office)

    assert (given.pushed, given.pulled, given.unequal) == (2, 0, [])
    assert (taken.pushed, taken.pulled, taken.unequal) == (0, 2, [])
    assert same(anne, bruno)


def test_two_answers_made_apart_are_a_conflict_on_both_sides(
    anne: Journal, bruno: Journal, office: NearOffice
) -> None:
    started(bruno, VALLEY, BRUNO)
    say(bruno, VALLEY, 4, BRUNO)
    for journal in (anne, bruno, anne):
        exchanged(journal, office)

    heads = [head for head in anne.heads(VALLEY.id) if "nb_classes" in head.subject]
    assert len(heads) == 2
    assert same(anne, bruno)


def test_when_nothing_differs_nothing_moves_and_nothing_is_written(
    anne: Journal, office: NearOffice
) -> None:
    exchanged(anne, office)
    before = content(anne.connection)

    again = exchanged(anne, office)

    assert (again.differed, again.pushed, again.pulled) == (0, 0, 0)
    assert content(anne.connection) == before


def test_a_small_change_does_not_read_an_audit_again(
    anne: Journal, bruno: Journal, office: NearOffice
) -> None:
    for journal in (anne, bruno):
        exchanged(journal, office)
    say(anne, VALLEY, 5, ANNE)
    given, taken = exchanged(anne, office), exchanged(bruno, office)

    assert (given.pushed, given.reread) == (1, 0)
    assert (taken.pulled, taken.reread) == (1, 0)


def test_a_hub_back_from_an_old_copy_heals_from_the_laptops(
    anne: Journal, bruno: Journal, hub: Hub, office: NearOffice, tmp_path: Path
) -> None:
    for journal in (anne, bruno):
        exchanged(journal, office)
    hub.store.engine.back_up(tmp_path / "old" / "hub.db")
    say(anne, VALLEY, 5, ANNE)
    say(anne, VALLEY, 6, ANNE)
    started(bruno, VALLEY_TOO, BRUNO)
    for journal in (anne, bruno, anne):
        exchanged(journal, office)

    with hub_in(tmp_path / "old") as old:
        restored = NearOffice(old, office.token)
        say(bruno, VALLEY, 7, BRUNO)
        for journal in (bruno, anne, bruno):
            assert exchanged(journal, restored).unequal == []
        assert same(anne, bruno)
        assert old.store.counts().revisions == hub.store.counts().revisions + 1


def test_a_laptop_back_from_an_old_copy_gets_its_own_words_again(
    anne: Journal, office: NearOffice, tmp_path: Path
) -> None:
    copied = backup(anne.connection, tmp_path / "copies")
    say(anne, VALLEY, 5, ANNE)
    exchanged(anne, office)

    (tmp_path / "again").mkdir()
    copied.rename(tmp_path / "again" / "diag.db")
    with journal_in(tmp_path / "again") as again:
        exchanged(again, office)
        assert same(again, anne)


def test_a_cloned_laptop_loses_nothing(
    anne: Journal, office: NearOffice, tmp_path: Path
) -> None:
    copied = backup(anne.connection, tmp_path / "copies")
    (tmp_path / "clone").mkdir()
    copied.rename(tmp_path / "clone" / "diag.db")
    with journal_in(tmp_path / "clone") as clone:
        say(anne, VALLEY, 5, ANNE)
        say(clone, VALLEY, 6, ANNE)
        for journal in (anne, clone, anne):
            exchanged(journal, office)
        assert same(anne, clone)


@pytest.mark.parametrize("first", ["anne", "bruno"])
def test_an_erased_value_is_gone_everywhere_whoever_syncs_first(
    anne: Journal, bruno: Journal, hub: Hub, office: NearOffice, first: str
) -> None:
    note = changes.noted(VALLEY.id, ROOTS[VALLEY.id], "nb_classes", "Mme Zzyzx")
    said = anne.write(note, ANNE)
    for journal in (anne, bruno):
        exchanged(journal, office)
    anne.write(changes.erased(VALLEY.id, said.id, "demande"), ANNE)
    both = [anne, bruno] if first == "anne" else [bruno, anne]

    for journal in (*both, *both):
        exchanged(journal, office)

    assert same(anne, bruno)
    found = hub.store.lines(VALLEY.id, 0, 100, 10**6)
    assert found is not None
    assert not any(b"Zzyzx" in line for line in found[1])
    assert not any(b"Zzyzx" in line for line in bruno.lines(VALLEY.id))


def test_an_erased_value_does_not_come_back_from_a_laptop_that_slept(
    anne: Journal, bruno: Journal, hub: Hub, office: NearOffice, tmp_path: Path
) -> None:
    note = changes.noted(VALLEY.id, ROOTS[VALLEY.id], "nb_classes", "Mme Zzyzx")
    said = anne.write(note, ANNE)
    with hub_in(tmp_path / "second") as other:
        elsewhere = NearOffice(other, let_in(other))
        exchanged(anne, elsewhere)
        exchanged(bruno, elsewhere)
        anne.write(changes.erased(VALLEY.id, said.id, "demande"), ANNE)
        exchanged(anne, office)
        exchanged(bruno, office)
        exchanged(bruno, elsewhere)
        exchanged(anne, elsewhere)
        for each in (hub, other):
            found = each.store.lines(VALLEY.id, 0, 100, 10**6)
            assert found is not None
            assert not any(b"Zzyzx" in line for line in found[1])


def test_a_retired_audit_is_silent_everywhere_whoever_slept(
    anne: Journal, bruno: Journal, hub: Hub, office: NearOffice, tmp_path: Path
) -> None:
    for journal in (anne, bruno):
        exchanged(journal, office)
    with journal_in(tmp_path / "asleep") as asleep:
        exchanged(asleep, office)
        note = changes.noted(VALLEY.id, ROOTS[VALLEY.id], "nb_classes", "Mme Zzyzx")
        asleep.write(note, BRUNO)
        bruno.write(note, BRUNO)
        exchanged(bruno, office)  # the hub knows what the one who retires does not
        retire(anne, VALLEY.id, "terme", ANNE)

        for journal in (anne, asleep, bruno, anne, bruno, asleep):
            exchanged(journal, office)

        assert same(anne, bruno)
        assert same(anne, asleep)
    found = hub.store.lines(VALLEY.id, 0, 100, 10**6)
    assert found is not None
    for lines in (found[1], anne.lines(VALLEY.id)):
        assert not any(b"Zzyzx" in line for line in lines)


def test_a_page_cut_between_a_skeleton_and_its_erasure_heals_at_the_next(
    anne: Journal, bruno: Journal, tmp_path: Path
) -> None:
    said = anne.write(
        changes.noted(VALLEY.id, ROOTS[VALLEY.id], "nb_classes", "un nom"), ANNE
    )
    anne.write(changes.erased(VALLEY.id, said.id, "demande"), ANNE)
    with hub_in(tmp_path / "small", limits=HubLimits(push_lines=1)) as small:
        near = NearOffice(small, let_in(small))
        exchanged(anne, near)
        exchanged(bruno, near)

    assert same(anne, bruno)


def test_an_audit_out_of_territory_stays_here_and_is_told(
    anne: Journal, hub: Hub
) -> None:
    started(anne, COAST, ANNE)
    say(anne, COAST, 2, ANNE)

    done = exchanged(anne, NearOffice(hub, let_in(hub, "999")))

    assert done.unequal == [COAST.id]
    assert {refused.kind for refused in done.refused.values()} == {"scope"}
    assert hub.store.lines(VALLEY.id, 0, 1, 1) is not None
    assert hub.store.lines(COAST.id, 0, 1, 1) is None


def test_a_laptop_sees_its_territory_only(
    anne: Journal, bruno: Journal, hub: Hub, office: NearOffice
) -> None:
    started(anne, COAST, ANNE)
    exchanged(anne, office)

    exchanged(bruno, NearOffice(hub, let_in(hub, "99901")))

    assert [one.audit for one in bruno.manifest()] == [VALLEY.id]


def test_a_territory_that_grows_brings_whole_audits(
    anne: Journal, bruno: Journal, hub: Hub, office: NearOffice
) -> None:
    started(anne, COAST, ANNE)
    say(anne, COAST, 4, ANNE)
    exchanged(anne, office)
    exchanged(bruno, NearOffice(hub, let_in(hub, "999")))
    assert [one.audit for one in bruno.manifest()] == [VALLEY.id]

    exchanged(bruno, NearOffice(hub, let_in(hub, "999", "998")))

    assert same(anne, bruno)


def test_a_territory_that_shrinks_takes_nothing_away_and_says_what_stays_here(
    anne: Journal, hub: Hub, office: NearOffice
) -> None:
    started(anne, COAST, ANNE)
    exchanged(anne, office)
    say(anne, COAST, 4, ANNE)
    before = content(anne.connection)

    done = exchanged(anne, NearOffice(hub, let_in(hub, "999")))

    assert content(anne.connection) == before
    assert done.unequal == [COAST.id]
    assert {one.kind for one in done.refused.values()} == {"scope"}
    exchanged(anne, office)
    assert office.manifest() == {one.audit: one for one in anne.manifest()}


@pytest.mark.parametrize(
    ("speaks", "kind", "what"),
    [
        ((3, 4), "version-too-old", "mettez diag à jour"),
        ((0, 0), "hub-too-old", "l'administrateur du serveur doit le mettre à jour"),
    ],
)
def test_a_hub_that_speaks_another_version_is_left_alone(
    anne: Journal, office: NearOffice, speaks: tuple[int, int], kind: str, what: str
) -> None:
    class Other(NearOffice):
        def hello(self) -> Hello:
            said = dict(zip(("oldest", "newest"), speaks, strict=True))
            return super().hello().model_copy(update=said)

    before = content(anne.connection)
    with pytest.raises(ProblemError) as raised:
        exchanged(anne, Other(office.hub, office.token))

    assert raised.value.kind == kind
    assert what in str(raised.value)
    assert content(anne.connection) == before
    assert office.manifest() == {}


def test_a_reader_pulls_and_may_not_push(
    anne: Journal, bruno: Journal, hub: Hub, office: NearOffice
) -> None:
    exchanged(anne, office)
    reader = NearOffice(hub, let_in(hub, right="read"))
    exchanged(bruno, reader)
    say(bruno, VALLEY, 9, BRUNO)

    started(anne, COAST, ANNE)
    say(anne, VALLEY, 2, ANNE)
    exchanged(anne, office)
    done = exchanged(bruno, reader)

    assert done.pulled > 1
    assert done.unequal == [VALLEY.id]
    assert "Il a « read », il faut « write »" in done.barred
    assert COAST.id in {one.audit for one in bruno.manifest()}


def test_two_hubs_meet_through_the_laptops(
    anne: Journal, bruno: Journal, office: NearOffice, tmp_path: Path
) -> None:
    with hub_in(tmp_path / "second") as other:
        elsewhere = NearOffice(other, let_in(other))
        exchanged(anne, office)
        say(bruno, VALLEY, 8, BRUNO)
        exchanged(bruno, elsewhere)
        exchanged(anne, elsewhere)
        exchanged(anne, office)

        assert office.manifest() == elsewhere.manifest()


@pytest.mark.parametrize("cut", ["before", "after"])
def test_cut_at_any_request_it_goes_on_the_next_time(
    anne: Journal, bruno: Journal, hub: Hub, office: NearOffice, cut: str
) -> None:
    started(bruno, VALLEY, BRUNO)
    for value in range(4, 9):
        say(bruno, VALLEY, value, BRUNO)
    exchanged(bruno, office)
    at = 0
    while True:
        asked = iter(range(1_000))

        def fault(asked: Iterator[int] = asked, at: int = at) -> str:
            return cut if next(asked) == at else ""

        try:
            exchanged(anne, NearOffice(hub, office.token, fault))
        except OfflineError:
            at += 1
        else:
            break
    exchanged(bruno, office)

    assert at >= 1
    assert same(anne, bruno)


def test_stopped_by_the_user_what_passed_is_kept(
    anne: Journal, bruno: Journal, tmp_path: Path
) -> None:
    for value in range(20):
        say(anne, VALLEY, value, ANNE)
    with hub_in(tmp_path / "small", limits=HubLimits(push_lines=5)) as small:
        near = NearOffice(small, let_in(small))
        exchanged(anne, near)
        steps = iter(range(100))
        event = ExchangeEvent(cancelled=lambda: next(steps) >= 3)

        with pytest.raises(CancelledError):
            exchanged(bruno, near, event=event, pace=Pace(5, most_lines=5))

        kept = exchange.mark_of(bruno, small.store.hub, VALLEY.id).after
        assert kept == 15
        assert exchanged(bruno, near).pulled == 22 - kept
        assert same(anne, bruno)


def test_progress_reaches_its_end(anne: Journal, office: NearOffice) -> None:
    seen: list[tuple[str, int, int]] = []

    exchanged(anne, office, event=ExchangeEvent(lambda *step: seen.append(step)))

    assert seen[0] == ("revisions", 0, 2)
    assert seen[-1] == ("revisions", 2, 2)


def test_a_flipped_row_of_the_tally_does_not_hide_a_difference(
    anne: Journal, office: NearOffice
) -> None:
    anne.connection.execute("update tally set digest = zeroblob(32)")

    assert exchanged(anne, office).pushed == 2


@pytest.mark.parametrize(
    ("result", "code"),
    [
        (SyncResult("hub", "Hub", 0), 0),
        (SyncResult("hub", "Hub", 0, awaited=2), 14),
        (SyncResult("hub", "Hub", 0, unequal=["a"], awaited=2), 11),
        (SyncResult("hub", "Hub", 0, refused=["trop longue"], unequal=["a"]), 12),
    ],
)
def test_what_is_left_to_do_has_its_exit_code(result: SyncResult, code: int) -> None:
    result.conclude()

    assert result.code == code


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (OfflineError("Pas de réponse."), 10),
        (ProblemError("token-revoked"), 13),
        (ProblemError("busy"), 1),
    ],
)
def test_what_stopped_a_sync_has_its_exit_code(error: DiagError, code: int) -> None:
    result = SyncResult("hub", "Hub", 0, awaited=2)
    result.stop(error)
    result.conclude()

    assert (result.code, bool(result.problem)) == (code, True)
