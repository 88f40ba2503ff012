"""The page of supervision: who may see it, what it shows, no script that it needs."""

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from sqlite3 import connect

import httpx
import pytest

from diag.journal import changes
from diag.journal.facts import claimed
from diag.journal.signatures import signable
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.office import sync as syncing
from diag.sync.hub.app import build_app
from diag.sync.hub.door import ACTIVITY
from diag.sync.hub.hub import Hub
from diag.sync.hub.supervision import (
    COOKIE,
    DAY,
    SILENT,
    HubView,
    SeenPerson,
    look,
    render,
)
from diag.sync.protocol import Enrolling, SyncQuestion
from diag.words.dates import day_words
from tests.audit.builders import workspace
from tests.cli.running import diag
from tests.documents.browser import looked_at
from tests.journal.builders import NOON, person
from tests.sync.databases import Server
from tests.sync.hub.asking import Counter
from tests.sync.offices import (
    AUDITS,
    SCHOOLS,
    NearOffice,
    exchanged,
    hub_in,
    journal_in,
    let_in,
    say,
    started,
)
from tests.sync.serving import free_port, made_home, served

VALLEY, OTHER, COAST = AUDITS
HOSTILE = "Zoé <script>alert(1)</script>"
ANNE = person("anne")


@dataclass
class Desk:
    """A hub that received the work of Anne, and who asks it."""

    hub: Hub
    folder: Path
    at: list[int] = field(default_factory=lambda: [NOON])

    def __post_init__(self) -> None:
        self.client = Counter(build_app(self.hub))

    def get(
        self, path: str, *, token: str = "", cookie: str = "", accept: str = "*/*"
    ) -> httpx.Response:
        headers = {"accept": accept}
        if token:
            headers["authorization"] = f"Bearer {token}"
        if cookie:
            headers["cookie"] = f"{COOKIE}={cookie}"
        return self.client.get(path, headers=headers)

    def ticket(self, token: str) -> httpx.Response:
        headers = {"authorization": f"Bearer {token}"}
        return self.client.post("/v1/page", headers=headers)

    def enter(self, token: str) -> str:
        """Return the cookie of a browser that was let in."""
        entered = self.get(self.ticket(token).json()["path"])
        assert entered.status_code == 303
        assert entered.headers["location"] == "/supervision"
        given = entered.headers["set-cookie"]
        for each in ("HttpOnly", "Secure", "SameSite=strict", "Path=/", "=28800"):
            assert each in given
        return str(re.match(rf"{COOKIE}=([^;]+)", given)[1])  # type: ignore[index]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    at = [NOON]
    with (
        hub_in(tmp_path / "hub", clock=lambda: at[0]) as hub,
        journal_in(tmp_path / "anne") as journal,
    ):
        code = hub.door.invite("Anne Roy", ("*",), "write")
        asked = Enrolling(code=code, device=HOSTILE, author="anne")
        token = hub.door.enrol(asked).token
        for audit in (VALLEY, COAST):
            started(journal, audit, ANNE)
            say(journal, audit, 7, ANNE)
        submitted = changes.moved(VALLEY.id, AuditStatus.SOUMIS)
        journal.write(submitted, ANNE)
        answer = next(rev for rev in journal.lines(COAST.id) if b"nb_classes" in rev)
        ident = sha256(answer).hexdigest()
        journal.write(changes.erasure_asked(COAST.id, ident, "nom"), ANNE)
        exchanged(journal, NearOffice(hub, token))
        yield Desk(hub, tmp_path / "hub", at)


def test_only_who_reviews_enters_once_within_a_minute_for_a_day(desk: Desk) -> None:
    reviewer = let_in(desk.hub, right="review")
    assert desk.ticket(let_in(desk.hub)).status_code == 403
    for door in (desk.get("/supervision"), desk.get("/supervision?ticket=x")):
        assert door.status_code == 401
        assert "diag sync page" in door.text
    path = desk.ticket(reviewer).json()["path"]
    secret = path.partition("=")[2]
    for token in (secret, f"ticket:{secret}"):
        assert desk.get("/v1/audits", token=token).status_code == 401

    assert desk.get(path).status_code == 303
    assert desk.get(path).status_code == 401
    late = desk.ticket(reviewer).json()["path"]
    desk.at[0] += 61_000
    assert desk.get(late).status_code == 401

    cookie = desk.enter(reviewer)
    assert desk.get("/supervision", cookie=cookie).status_code == 200
    for token in (cookie, f"page:{cookie}"):  # as it is hashed
        assert desk.get("/v1/audits", token=token).status_code == 401
    assert desk.get("/supervision", cookie=reviewer).status_code == 401
    desk.at[0] += 8 * 3600 * 1000
    assert desk.get("/supervision", cookie=cookie).status_code == 401

    again = desk.enter(reviewer)
    closed = desk.client.post("/supervision", headers={"cookie": f"{COOKIE}={again}"})
    assert closed.status_code == 200
    assert desk.get("/supervision", cookie=again).status_code == 401
    last = desk.enter(reviewer)
    desk.hub.store.revoke(2, desk.at[0])
    assert desk.get("/supervision", cookie=last).status_code == 401


def test_it_shows_people_audits_and_what_waits_as_text(desk: Desk) -> None:
    cookie = desk.enter(let_in(desk.hub, right="review"))
    desk.at[0] += SILENT + 1

    page = desk.get("/supervision", cookie=desk.enter(let_in(desk.hub, right="admin")))
    seen = look(desk.hub, desk.folder, {"*"})

    assert desk.get("/supervision", cookie=cookie).status_code == 401
    assert "<script" not in page.text
    assert "alert(1)&lt;/script&gt;" in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("default-src 'none'; style-src 'sha256-")
    assert "frame-ancestors 'none'" in policy
    assert page.headers["cache-control"] == "no-store"
    assert [(one.code, one.author) for one in seen.waiting] == [
        (VALLEY.subject.code, "Anne Roy")
    ]
    assert [(one.code, one.author) for one in seen.asks] == [
        (COAST.subject.code, "Anne Roy")
    ]
    assert seen.by_status == {"soumis": 1, "en_cours": 1}
    assert "muet" in page.text
    assert any("Anne Roy" in one and "pas appelé" in one for one in seen.alerts)
    assert "Aucune copie" in page.text


def test_an_audit_that_nobody_moved_is_nobody_s(desk: Desk) -> None:
    """A device that gave no label, as older ones, is not whom it waits for."""
    let_in(desk.hub)
    assert desk.hub.store.devices()[-1].author == ""

    seen = look(desk.hub, desk.folder, {"*"})

    assert {one.status: one.author for one in seen.audits} == {
        "soumis": "Anne Roy",
        "en_cours": "",
    }


def test_a_device_tells_its_version_what_waits_there_and_its_clock(
    desk: Desk,
) -> None:
    token = let_in(desk.hub, right="write")
    caller = desk.hub.door.caller(token)
    asked = SyncQuestion(app="0.1.0\x1b[2J", pending=7, time=desk.at[0] + 5 * 60_000)

    desk.hub.sync(caller, asked, [])

    seen = next(one for one in seen_by(desk).devices if one.number == caller.device)
    assert (seen.app, seen.pending, seen.gap) == ("0.1.0[2J", 7, 300)
    page = render(seen_by(desk))
    assert "7 modifications" in page
    assert "avance de 5 min" in page
    desk.hub.give(caller, [b"x"] * 7)
    assert "7 modifications" not in render(seen_by(desk)), "they came since"
    silent = SyncQuestion()  # as an older laptop asks
    desk.hub.sync(caller, silent, [])
    assert "avance de 5 min" in render(seen_by(desk))


def test_it_shows_what_was_written_since_an_acceptance_and_by_whom(
    desk: Desk, tmp_path: Path
) -> None:
    """Another laptop wrote in what was accepted: « descellé », until accepted anew."""
    with journal_in(tmp_path / "paul") as other:
        paul = person("paul")
        office = NearOffice(desk.hub, admitted(desk.hub, "Paul Petit", "paul"))
        exchanged(other, office)
        signed = signable(other, VALLEY.id)
        accepted = changes.accepted(VALLEY.id, signed.digest, signed.lines)
        other.write(accepted, paul)
        exchanged(other, office)
        assert seen_by(desk).unsealed == ()

        say(other, VALLEY, 9, paul)
        exchanged(other, office)
        first = seen_by(desk)
        signed = signable(other, VALLEY.id)
        anew = changes.accepted(VALLEY.id, signed.digest, signed.lines, alone=True)
        other.write(anew, paul)
        exchanged(other, office)

    (one,) = first.unsealed
    assert (one.code, one.unsealed, one.unsealed_by) == (
        VALLEY.subject.code,
        1,
        ("Paul Petit",),
    )
    page = render(first)
    assert "descellé" in page
    assert "écrit depuis la signature" in page
    assert seen_by(desk).unsealed == ()


def test_it_shows_conflicts_and_who_is_where(desk: Desk, tmp_path: Path) -> None:
    with journal_in(tmp_path / "paul") as other:
        paul = person("paul")
        started(other, VALLEY, paul)
        say(other, VALLEY, 9, paul)
        for until in (NOON + 3_600_000, NOON + 7_200_000):
            other.write(claimed(other, VALLEY.id, "paul", until), paul)
        office = NearOffice(desk.hub, admitted(desk.hub, "Paul Petit", "paul"))
        exchanged(other, office)

    seen = seen_by(desk)

    (one,) = seen.contested
    assert (one.code, one.people) == (
        VALLEY.subject.code,
        (SeenPerson("Paul Petit", NOON + 7_200_000),),
    )
    told = next(one for one in seen.fields()["audits"] if one["people"])
    assert told["people"] == [{"name": "Paul Petit", "until": NOON + 7_200_000}]
    shown = re.findall(r"Qui se dit où.*?</table>", render(seen))[0]
    assert "Paul Petit" in shown
    assert f"{day_words(NOON)}</td>" in shown, "a day, as everywhere else: no hour"
    desk.at[0] += 7_200_001
    assert [audit.people for audit in seen_by(desk).audits] == [(), ()]


def test_who_is_unknown_here_is_named_so_to_people_and_by_label_to_programs(
    desk: Desk, tmp_path: Path
) -> None:
    with journal_in(tmp_path / "paul") as other:
        started(other, VALLEY, person("paul"))
        zoe = person("zoe")
        other.write(claimed(other, VALLEY.id, "zoe", NOON + 7_200_000), zoe)
        office = NearOffice(desk.hub, admitted(desk.hub, "Paul Petit", "paul"))
        exchanged(other, office)

    seen = seen_by(desk)

    told = next(one for one in seen.fields()["audits"] if one["people"])
    assert told["people"] == [{"name": "zoe", "until": NOON + 7_200_000}]
    assert "quelqu&#x27;un d&#x27;inconnu ici (zoe)" in render(seen)


def test_what_is_too_much_for_one_showing_is_said_to_be_left(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diag.sync.hub.hub.MOST_LINES", 1)

    first = seen_by(desk)

    assert first.unread == 1
    assert "1 audit n'est pas lu encore en entier" in render(first)
    assert seen_by(desk).unread == 0


def test_who_read_and_who_sent_is_forgotten_after_thirty_days(desk: Desk) -> None:
    """Pushes were kept for ever: who worked on what, day by day."""
    cookie = desk.enter(let_in(desk.hub, right="review"))
    assert desk.get("/supervision", cookie=cookie).status_code == 200
    caller = desk.hub.door.caller(let_in(desk.hub))
    assert logged(desk) == {"page", "push"}

    desk.at[0] += ACTIVITY - 1
    desk.hub.sync(caller, SyncQuestion(), [])
    assert logged(desk) == {"page", "push"}
    desk.at[0] += DAY
    desk.hub.sync(caller, SyncQuestion(), [])

    assert logged(desk) == set()


def logged(desk: Desk) -> set[str]:
    with closing(connect(desk.folder / "hub.db")) as database:
        return {verb for (verb,) in database.execute("select verb from access_log")}


def admitted(hub: Hub, person: str, author: str) -> str:
    """Let a device of somebody else in; return its token."""
    code = hub.door.invite(person, ("*",), "review")
    return hub.door.enrol(Enrolling(code=code, device="p", author=author)).token


def seen_by(desk: Desk) -> HubView:
    return look(desk.hub, desk.folder, {"*"})


def test_one_sees_ones_own_territory(desk: Desk) -> None:
    token = let_in(desk.hub, "999", right="review")

    seen = desk.get("/supervision", token=token, accept="application/json").json()

    assert [one["code"] for one in seen["audits"]] == [VALLEY.subject.code]
    assert seen["asks"] == []
    assert desk.get("/supervision", token=let_in(desk.hub)).status_code == 403


@pytest.mark.long
def test_axe_finds_nothing_at_any_width(desk: Desk, tmp_path: Path) -> None:
    empty = look(desk.hub, desk.folder, ())
    pages = {"full": render(look(desk.hub, desk.folder, {"*"})), "empty": render(empty)}

    for scheme in ("light", "dark"):
        found = looked_at(pages, tmp_path, (360, 1200), scheme)
        for (name, width), one in found.items():
            assert one.violations == [], (name, width, scheme)
            assert one.wide <= width


def test_postgresql_tells_the_same(
    desk: Desk, tmp_path: Path, postgresql: Server
) -> None:
    home = made_home(tmp_path / "other", free_port()).on(postgresql.new_database())
    with closing(home.store()) as store, journal_in(tmp_path / "anne") as journal:
        store.put_directory(SCHOOLS.items())
        other = home.hub(store)
        exchanged(journal, NearOffice(other, let_in(other)))

        seen = look(other, home.folder, {"*"})

    here = look(desk.hub, desk.folder, {"*"})
    assert seen.by_status == here.by_status
    assert [(one.audit, one.code) for one in seen.asks] == [
        (one.audit, one.code) for one in here.asks
    ]
    assert [one.lines for one in seen.audits] == [one.lines for one in here.audits]


def test_a_laptop_opens_it_over_tls_and_reads_it_as_json(tmp_path: Path) -> None:
    with served(made_home(tmp_path / "hub", free_port())) as hub:
        with workspace(tmp_path / "laptop") as made:
            folder = made.folder
        given = diag(folder, "sync", "enrol", hub.invite("*", right="review"))
        opened = diag(folder, "sync", "page")
        told = diag(folder, "sync", "page", "--json")

    assert (given.code, opened.code, told.code) == (0, 0, 0), told.err
    assert re.search(r"^https://127\.0\.0\.1:\d+/supervision\?ticket=\S+$", opened.out)
    authority = next((folder / "hubs").glob("*.crt"))
    assert authority.read_text("ascii").startswith("-----BEGIN CERTIFICATE")
    assert str(authority) in opened.err
    assert '"person": "Camille Perrin"' in told.out


def test_a_laptop_that_no_hub_knows_is_told_so(tmp_path: Path) -> None:
    with (
        workspace(tmp_path) as made,
        pytest.raises(DiagError, match="Aucun serveur ne connaît"),
    ):
        syncing.open_supervision(made)
