"""S2 and the cut-over: what a hub takes of nobody, by every road."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from diag.journal import changes, seals
from diag.journal.asks import DELAY
from diag.journal.bundles import withdraw
from diag.journal.ingest import mark_of
from diag.journal.journal import Journal
from diag.journal.people import retire
from diag.journal.revision import (
    Json,
    NewRevision,
    Origin,
    Revision,
    compose,
    fresh_nonce,
)
from diag.sync.hub.hub import Hub
from diag.sync.hub.intake import WAITED, look_at_cut_over
from diag.sync.protocol import Enrolling, Pushed
from tests.journal.builders import known, person, quarantined
from tests.journal.test_seals import ANNES, BRUNOS
from tests.sync.bundle.colleagues import Colleague, keys_of, meet
from tests.sync.offices import AUDITS, ROOTS, hub_in, journal_in, started

VALLEY = AUDITS[0]
ANNE, BRUNO = person("anne"), person("bruno")
JULY_2030 = 1_911_000_000_000
"""Before the term of the campaign by some weeks, milliseconds."""
KEYS = {"anne": ANNES.key, "bruno": BRUNOS.key}


class Day:
    """A clock that one sets."""

    now = 100 * DELAY

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


def come_in(hub: Hub, who: str, right: str = "write", *territories: str) -> str:
    code = hub.door.invite(who, territories or ("999",), right)
    asked = Enrolling(code=code, device="pc", author=who, sign_key=KEYS.get(who, ""))
    return hub.door.enrol(asked).token


def give(hub: Hub, token: str, *lines: bytes) -> Pushed:
    return hub.push(hub.door.caller(token), lines)


def say(journal: Journal, value: int, origin: Origin, question: str = "q") -> Revision:
    draft = changes.answered(VALLEY.id, ROOTS[VALLEY.id], question, known(value))
    return journal.write(replace(draft, parents=()), origin)


def kinds(pushed: Pushed) -> list[str]:
    return [one.kind for one in pushed.rejected]


def test_s2_no_seal_enters_once_its_key_is_revoked_and_those_before_stand(
    hub: Hub, laptop: Journal
) -> None:
    """Given by its owner, or carried by a colleague."""
    anne, bruno = come_in(hub, "anne"), come_in(hub, "bruno")
    say(laptop, 1, ANNE)
    seals.seal(laptop, VALLEY.id, ANNES, ANNE)
    early = list(laptop.lines(VALLEY.id))
    assert give(hub, anne, *early).rejected == ()
    hub.store.revoke(hub.store.devices()[0].id, hub.clock())
    say(laptop, 2, ANNE)
    seals.seal(laptop, VALLEY.id, ANNES, ANNE)

    late = give(hub, bruno, *laptop.lines(VALLEY.id))

    assert kinds(late) == ["revoked-key"]
    assert "révocation" in late.rejected[0].problem
    assert give(hub, bruno, *early).rejected == ()


def test_what_is_left_of_a_seal_enters_where_a_laptop_without_a_key_was_revoked(
    hub: Hub, laptop: Journal
) -> None:
    anne, older = come_in(hub, "anne"), come_in(hub, "older")
    hub.store.revoke(hub.door.caller(older).device, hub.clock())
    give(hub, anne, *laptop.lines(VALLEY.id))
    laptop.write(NewRevision(VALLEY.id, f"seal/{ANNES.key}", {"key": ANNES.key}), ANNE)
    retire(laptop, VALLEY.id, "terme", ANNE)

    assert give(hub, anne, *laptop.lines(VALLEY.id)).rejected == ()


@pytest.mark.parametrize("key", [None, 7, ["a"], {"a": 1}])
def test_a_seal_whose_key_is_no_text_is_a_line_that_proves_nothing(
    hub: Hub, laptop: Journal, key: Json
) -> None:
    anne = come_in(hub, "anne")
    draft = NewRevision(VALLEY.id, f"seal/{ANNES.key}", {"key": key})
    laptop.write(draft, ANNE)

    assert give(hub, anne, *laptop.lines(VALLEY.id)).rejected == ()


def test_once_required_a_line_is_its_author_s_or_under_their_seal(
    hub: Hub, laptop: Journal
) -> None:
    anne, bruno = come_in(hub, "anne"), come_in(hub, "bruno")
    mine, forged = say(laptop, 1, ANNE), say(laptop, 2, BRUNO)
    lines = list(laptop.lines(VALLEY.id))
    hub.store.require_seals(hub.clock())

    alone = give(hub, anne, *lines)

    assert kinds(alone) == ["unproven"]
    assert alone.rejected[0].id == forged.id
    again = say(laptop, 3, ANNE, "r")
    refused = give(hub, bruno, again.line)
    assert kinds(refused) == ["unproven"]
    seals.seal(laptop, VALLEY.id, ANNES, ANNE)
    whole = [line for line in laptop.lines(VALLEY.id) if b'"bruno"' not in line]
    assert give(hub, bruno, *whole).rejected == ()
    assert mine.id != forged.id


def test_once_required_accepting_asks_for_the_right_to_review(
    hub: Hub, laptop: Journal
) -> None:
    bruno, dupre = come_in(hub, "bruno"), come_in(hub, "dupre", "review")
    anne = come_in(hub, "anne")
    give(hub, anne, *laptop.lines(VALLEY.id))

    def accept(who: Origin) -> bytes:
        draft = changes.accepted(VALLEY.id, "ab" * 32, 1, "", alone=False)
        return laptop.write(draft, who).line

    assert give(hub, bruno, accept(BRUNO)).rejected == ()
    hub.store.require_seals(hub.clock())

    assert kinds(give(hub, bruno, accept(BRUNO))) == ["review"]
    assert give(hub, dupre, accept(person("dupre"))).rejected == ()


def test_s4_an_erasure_takes_two_people_and_the_hub_s_own_week(
    hub: Hub, day: Day, laptop: Journal
) -> None:
    anne, bruno = come_in(hub, "anne"), come_in(hub, "bruno", "review")
    said = say(laptop, 1, ANNE)
    give(hub, anne, *laptop.lines(VALLEY.id))
    ask = laptop.write(changes.erasure_asked(VALLEY.id, said.id, "x"), ANNE)

    def confirm(who: Origin) -> bytes:
        draft = changes.erasure_confirmed(VALLEY.id, said.id, ask.id, "oui")
        return laptop.write(draft, who).line

    early = confirm(replace(BRUNO, clock=lambda: 2**40))
    assert kinds(give(hub, bruno, early)) == ["two-person"], "the ask is not here"
    give(hub, anne, ask.line)
    assert "trop tôt" in give(hub, bruno, early).rejected[0].problem
    day.now += DELAY
    assert "une autre personne" in give(hub, anne, confirm(ANNE)).rejected[0].problem
    assert give(hub, bruno, early).rejected == ()
    found = hub.store.lines(VALLEY.id, 0, 100, 10**6)
    assert found
    assert said.line not in found[1]


def test_once_stopped_an_erasure_is_an_administrator_s_to_ask(
    hub: Hub, day: Day, laptop: Journal
) -> None:
    anne, bruno = come_in(hub, "anne"), come_in(hub, "bruno", "review")
    admin = come_in(hub, "admin", "admin")
    said = say(laptop, 1, ANNE)
    give(hub, anne, *laptop.lines(VALLEY.id))

    def ask(who: str, token: str) -> str:
        asked = changes.erasure_asked(VALLEY.id, said.id, "x")
        line = laptop.write(replace(asked, parents=()), person(who))
        assert give(hub, token, line.line).rejected == ()
        return line.id

    def confirm(asked: str) -> Pushed:
        draft = changes.erasure_confirmed(VALLEY.id, said.id, asked, "oui")
        return give(hub, bruno, compose_erasure(draft, BRUNO))

    first = ask("zoé", anne)
    stop = changes.erasure_stopped(VALLEY.id, said.id, first, "non")
    give(hub, anne, laptop.write(stop, ANNE).line)
    again, by_admin = ask("zoé", anne), ask("admin", admin)
    day.now += DELAY

    assert "opposé à cet" in confirm(first).rejected[0].problem
    assert "administrateur décide" in confirm(again).rejected[0].problem
    assert confirm(by_admin).rejected == ()


def test_once_required_nobody_erases_alone_but_what_they_have_just_given(
    hub: Hub, day: Day, laptop: Journal
) -> None:
    """An administrator once erased a colleague's answer, alone and at once."""
    anne, bruno = come_in(hub, "anne"), come_in(hub, "bruno")
    admin = come_in(hub, "admin", "admin")
    first, second = say(laptop, 1, ANNE), say(laptop, 2, ANNE, "r")
    give(hub, anne, *laptop.lines(VALLEY.id))

    def erase(target: Revision, who: Origin) -> bytes:
        return laptop.write(changes.erased(VALLEY.id, target.id, "x"), who).line

    hub.store.require_seals(hub.clock())
    assert kinds(give(hub, bruno, erase(first, BRUNO))) == ["two-person"]
    assert give(hub, anne, erase(first, ANNE)).rejected == (), "given this very day"
    day.now += DELAY
    assert kinds(give(hub, anne, erase(second, ANNE))) == ["two-person"]
    alone = erase(second, person("admin"))
    assert kinds(give(hub, admin, alone)) == ["two-person"]


def test_once_required_a_whole_audit_is_purged_by_an_administrator_alone(
    hub: Hub, laptop: Journal, day: Day
) -> None:
    """Any writer once retired an audit: what it names never came as a line."""
    day.now = JULY_2030
    anne, admin = come_in(hub, "anne"), come_in(hub, "admin", "admin")
    said = say(laptop, 1, ANNE)
    give(hub, anne, *laptop.lines(VALLEY.id))
    hub.store.require_seals(hub.clock())
    draft = changes.erased(VALLEY.id, mark_of(VALLEY.id), "x")
    by_anne = compose_erasure(draft, ANNE)

    told = give(hub, anne, by_anne)

    assert kinds(told) == ["two-person"]
    assert "admin" in told.rejected[0].problem
    early = compose_erasure(draft, person("admin"))
    assert "avant le 31/08/2030" in give(hub, admin, early).rejected[0].problem
    day.now += 100 * 24 * 3600 * 1000
    done = retire(laptop, VALLEY.id, "terme", person("admin"))
    assert done.erasures[0].erases == mark_of(VALLEY.id)
    for erasure in done.erasures:  # as on a line that lets one through at a time
        assert give(hub, admin, erasure.line).rejected == ()
    found = hub.store.lines(VALLEY.id, 0, 100, 10**6)
    assert found
    assert said.line not in found[1]


def test_once_required_nobody_erases_what_the_hub_has_not_but_their_own(
    hub: Hub, laptop: Journal
) -> None:
    """A hub restored from a copy lacks lines: any writer could erase them for ever."""
    anne, bruno = come_in(hub, "anne"), come_in(hub, "bruno")
    give(hub, anne, *laptop.lines(VALLEY.id))
    hub.store.require_seals(hub.clock())
    lost, wrong = say(laptop, 1, ANNE), say(laptop, 2, ANNE, "r")
    before = set(laptop.lines(VALLEY.id))

    foreign = compose_erasure(changes.erased(VALLEY.id, lost.id, "x"), BRUNO)
    alone = compose_erasure(changes.erased(VALLEY.id, wrong.id, "x"), ANNE)

    assert kinds(give(hub, bruno, foreign)) == ["two-person"]
    assert kinds(give(hub, anne, alone)) == ["two-person"], (
        "nothing says that it is hers"
    )
    assert give(hub, anne, lost.line).rejected == ()
    laptop.write(changes.erased(VALLEY.id, wrong.id, "x"), ANNE)
    left = [line for line in laptop.lines(VALLEY.id) if line not in before]
    assert give(hub, anne, *left).rejected == ()
    found = hub.store.lines(VALLEY.id, 0, 100, 10**6)
    assert found
    assert lost.line in found[1]
    assert wrong.line not in found[1]


def test_once_required_two_administrators_erase_a_whole_audit_before_its_term(
    hub: Hub, day: Day, laptop: Journal
) -> None:
    tokens = {who: come_in(hub, who, "admin") for who in ("admin", "dupre")}
    tokens |= {"bruno": come_in(hub, "bruno", "review")}
    give(hub, tokens["bruno"], *laptop.lines(VALLEY.id))
    hub.store.require_seals(hub.clock())
    mark = mark_of(VALLEY.id)

    def ask(who: str) -> str:
        asked = laptop.write(changes.erasure_asked(VALLEY.id, mark, "x"), person(who))
        assert give(hub, tokens[who], asked.line).rejected == ()
        return asked.id

    def confirm(who: str, asked: str) -> Pushed:
        draft = changes.erasure_confirmed(VALLEY.id, mark, asked, "oui")
        return give(hub, tokens[who], compose_erasure(draft, person(who)))

    by_bruno, by_admin = ask("bruno"), ask("admin")
    assert "trop tôt" in confirm("dupre", by_admin).rejected[0].problem
    day.now += DELAY
    assert "une autre" in confirm("admin", by_admin).rejected[0].problem
    for who, asked in (("bruno", by_admin), ("dupre", by_bruno)):
        assert "deux admin" in confirm(who, asked).rejected[0].problem
    assert confirm("dupre", by_admin).rejected == ()


def compose_erasure(draft: NewRevision, who: Origin) -> bytes:
    """Return an erasure as a laptop writes it, which erases nothing here."""
    fields: dict[str, Json] = {
        "at": who.clock(),
        "audit": draft.audit,
        "author": who.author,
        "device": who.device,
        "lam": 99,
        "op": "erase",
        "parents": [],
        "subject": draft.subject,
        "value": draft.value,
    }
    return compose(fields, fresh_nonce()).line


def test_what_a_bundle_brought_and_a_hub_refuses_is_set_aside(
    tmp_path: Path,
) -> None:
    with (
        journal_in(tmp_path / "anne") as one,
        journal_in(tmp_path / "bruno") as other,
    ):
        anne, bruno = (
            Colleague("anne", one, keys_of(1)),
            Colleague("bruno", other, keys_of(2)),
        )
        meet(anne, bruno)
        started(one, VALLEY, anne.origin)
        said = say(one, 1, anne.origin)
        own = say(other, 2, bruno.origin)
        anne.write(tmp_path / "a.diag", bruno)
        bruno.read(tmp_path / "a.diag")

        done = withdraw(other, {said.id: "sans sceau", own.id: "sans sceau"})

        assert done == 1
        assert said.line not in [*other.lines(VALLEY.id)]
        assert own.line in [*other.lines(VALLEY.id)], "what was written here stays"
        assert [line.id for line in quarantined(other)] == [said.id]


def test_seals_may_be_required_once_all_seal_or_after_ninety_days(
    hub: Hub, day: Day, laptop: Journal
) -> None:
    anne, bruno = come_in(hub, "anne"), come_in(hub, "bruno")
    say(laptop, 1, ANNE)
    give(hub, anne, *laptop.lines(VALLEY.id))

    def offered() -> tuple[bool, list[str]]:
        cut = look_at_cut_over(hub.store.devices(), hub.store.first_seals())
        return cut.is_offered(day.now), [one.author for one in cut.behind]

    assert offered() == (False, ["anne", "bruno"])
    seals.seal(laptop, VALLEY.id, ANNES, ANNE)
    give(hub, anne, *laptop.lines(VALLEY.id))
    assert offered() == (False, ["bruno"])
    day.now += WAITED
    assert offered() == (True, ["bruno"])
    day.now -= WAITED
    say(laptop, 2, BRUNO)
    seals.seal(laptop, VALLEY.id, BRUNOS, BRUNO)
    give(hub, bruno, *laptop.lines(VALLEY.id))
    assert offered() == (True, [])


def test_a_right_reaches_as_far_as_its_territory(hub: Hub, laptop: Journal) -> None:
    """Over all that a device reads, or over one territory of it."""
    anne = come_in(hub, "anne")
    far = come_in(hub, "dupre", "review", "998")
    near = come_in(hub, "bruno", "read", "998", "999=review")
    reader = come_in(hub, "zoé", "write", "998", "999=read")
    give(hub, anne, *laptop.lines(VALLEY.id))
    hub.store.require_seals(hub.clock())

    def accept(who: str) -> bytes:
        draft = changes.accepted(VALLEY.id, "ab" * 32, 1, "", alone=False)
        return laptop.write(draft, person(who)).line

    assert kinds(give(hub, far, accept("dupre"))) == ["scope"]
    assert kinds(give(hub, anne, accept("anne"))) == ["review"]
    assert give(hub, near, accept("bruno")).rejected == ()
    assert kinds(give(hub, reader, say(laptop, 9, person("zoé")).line)) == ["scope"]
    assert hub.door.caller(reader).scopes == {"998", "999"}
