"""The routes: what is asked wrongly, too much of, or by the wrong person."""

import asyncio
import gzip
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import httpx
import pytest
import uvicorn
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send
from uvicorn.server import ServerState

from diag.journal import changes
from diag.journal.errors import DiskFullError, LockedError
from diag.journal.journal import Journal
from diag.journal.revision import MAX_LINE
from diag.model.audit import Photo
from diag.sync.hub import app, http
from diag.sync.hub.app import STRANGERS, STRANGERS_EACH, build_app
from diag.sync.hub.files import PART
from diag.sync.hub.http import JsonLines
from diag.sync.hub.hub import Hub
from diag.sync.protocol import KINDS, HubLimits
from tests.journal.builders import NOON, person
from tests.sync.hub.asking import Counter
from tests.sync.offices import (
    AUDITS,
    ROOTS,
    hub_in,
    journal_in,
    let_in,
    photographed,
    say,
    started,
)

VALLEY, _, COAST = AUDITS
ANNE = person("anne")
LIMITS = HubLimits(
    push_lines=20,
    push_bytes=MAX_LINE * 2,
    page_bytes=MAX_LINE,
    blob_bytes=100,
    piece_bytes=10,
    shas=3,
)
DATA = bytes(range(25))
SHA = sha256(DATA).hexdigest()


@dataclass
class Desk:
    """A client at the counter of a hub."""

    client: Counter
    hub: Hub
    token: str

    def ask(self, method: str, path: str, *, token: str = "", **more: Any) -> Any:
        headers = {"authorization": f"Bearer {token or self.token}"}
        headers |= more.pop("headers", {})
        return self.client.request(method, path, headers=headers, **more)

    def push(self, *lines: bytes, **more: Any) -> Any:
        return self.ask("POST", "/v1/revisions", content=b"\n".join(lines), **more)

    def put(self, start: int, piece: bytes, total: int, **more: Any) -> Any:
        headers = {"content-range": f"bytes {start}-{start + len(piece) - 1}/{total}"}
        path = f"/v1/blobs/{SHA}"
        return self.ask("PUT", path, content=piece, headers=headers, **more)


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with hub_in(tmp_path / "hub", limits=LIMITS) as hub:
        app = build_app(hub, authority="PEM")
        client = Counter(app)
        yield Desk(client, hub, let_in(hub))


@pytest.fixture
def lines(tmp_path: Path) -> Iterator[list[bytes]]:
    with journal_in(tmp_path / "laptop") as journal:
        started(journal, VALLEY, ANNE)
        for value in range(3):
            say(journal, VALLEY, value, ANNE)
        journal.write(changes.photographed(VALLEY.id, photo()), ANNE)
        yield list(journal.lines(VALLEY.id))


def photo() -> Photo:
    return Photo(
        id="00000000-0000-4000-8000-000000000001",
        sha=SHA,
        place=ROOTS[VALLEY.id],
        original=SHA,
        mime="image/jpeg",
        size=len(DATA),
    )


def refused(response: Any, kind: str) -> str:
    """Check a problem to the letter; return its detail."""
    told = response.json()
    assert response.headers["content-type"] == "application/problem+json"
    assert told["type"] == f"urn:diag:problem:{kind}"
    assert told["status"] == response.status_code == KINDS[kind].status
    assert told["title"] == KINDS[kind].title
    return str(told.get("detail", ""))


def test_hello_tells_the_limits_to_anyone(desk: Desk) -> None:
    told = desk.client.get("/v1/hello").json()

    assert told["hub"] == desk.hub.store.hub
    assert (told["oldest"], told["newest"]) == (1, 2)
    assert HubLimits.model_validate(told["limits"]) == LIMITS


def test_the_authority_is_given_to_anyone_when_there_is_one(desk: Desk) -> None:
    assert desk.client.get("/v1/ca").text == "PEM"
    plain = Counter(build_app(desk.hub))
    refused(plain.get("/v1/ca"), "not-found")


def test_a_pull_gives_back_what_a_push_gave(desk: Desk, lines: list[bytes]) -> None:
    zipped = gzip.compress(b"\n".join(lines))
    headers = {"content-encoding": "gzip"}
    given = desk.ask("POST", "/v1/revisions", content=zipped, headers=headers)
    path = f"/v1/audits/{VALLEY.id}/revisions"

    page = desk.ask("GET", path, params={"after": 1, "limit": 2})

    assert given.json()["new"] == len(lines)
    assert page.content.splitlines() == lines[1:3]
    assert page.headers["next-after"] == "3"
    assert page.headers["audit-revisions"] == str(len(lines))
    assert given.json()["sums"][VALLEY.id] == [
        len(lines),
        page.headers["audit-digest"],
    ]


def test_a_manifest_that_was_seen_is_not_sent_again(
    desk: Desk, lines: list[bytes]
) -> None:
    desk.push(*lines)
    first = desk.ask("GET", "/v1/audits")
    seen = {"if-none-match": first.headers["etag"]}

    assert [row[0] for row in first.json()] == [VALLEY.id]
    assert desk.ask("GET", "/v1/audits", headers=seen).status_code == 304
    assert desk.ask("GET", "/v1/audits", params={"territory": "998"}).json() == []
    narrow = let_in(desk.hub, "998")
    asked = desk.ask("GET", "/v1/audits", params={"territory": "999"}, token=narrow)
    refused(asked, "scope")


def test_without_a_good_token_every_door_is_closed_alike(desk: Desk) -> None:
    doors = [
        ("GET", "/v1/audits"),
        ("GET", f"/v1/audits/{VALLEY.id}/revisions"),
        ("GET", "/v1/people"),
        ("POST", "/v1/revisions"),
        ("POST", "/v1/blobs/missing"),
        ("PUT", f"/v1/blobs/{SHA}"),
        ("GET", "/v1/cards"),
        ("GET", "/v1/unproven"),
        ("GET", "/v1/unread"),
        ("GET", f"/v1/audits/{VALLEY.id}/unread"),
        *(("POST", f"/v2/{verb}") for verb in ("sync", "tree", "pull", "push")),
        ("POST", "/v2/blobs"),
        ("POST", "/v2/blobs/wanted"),
        ("PUT", f"/v2/blobs/{SHA}"),
        ("GET", f"/v1/blobs/{SHA}"),
        ("POST", "/v1/token/rotate"),
        ("DELETE", "/v1/devices/1"),
        ("GET", "/metrics"),
    ]
    revoked = let_in(desk.hub)
    desk.hub.store.revoke(desk.hub.store.devices()[-1].id, 1)
    told = set()
    for method, path in doors:
        for token in (revoked, "diag_unknown", "x" * 5_000):
            answer = desk.ask(method, path, token=token)
            refused(answer, "token-revoked")
            told.add(answer.content)
        told.add(desk.client.request(method, path).content)

    assert len(told) == 1


def test_an_expired_token_is_refused(tmp_path: Path) -> None:
    times = [0]
    with hub_in(tmp_path / "hub", clock=lambda: times[0]) as hub:
        token = let_in(hub)
        desk = Desk(Counter(build_app(hub)), hub, token)
        assert desk.ask("GET", "/v1/audits").status_code == 200
        times[0] = 181 * 24 * 3600 * 1000
        refused(desk.ask("GET", "/v1/audits"), "token-revoked")


def test_one_bad_line_in_a_push_is_refused_alone(
    desk: Desk, lines: list[bytes]
) -> None:
    told = desk.push(*lines[:2], b"{broken", *lines[2:]).json()

    assert told["new"] == len(lines)
    assert [(one["line"], one["kind"]) for one in told["rejected"]] == [
        (3, "bad-revision")
    ]


def test_an_audit_of_another_territory_is_neither_read_nor_written(
    desk: Desk, lines: list[bytes]
) -> None:
    desk.push(*lines)
    elsewhere = let_in(desk.hub, "998")
    path = f"/v1/audits/{VALLEY.id}/revisions"

    refused(desk.ask("GET", path, token=elsewhere), "scope")
    told = desk.push(*lines, token=elsewhere).json()
    assert {one["kind"] for one in told["rejected"]} == {"scope"}
    refused(desk.put(0, DATA[:10], 25, token=elsewhere), "not-found")
    assert (
        desk.ask(
            "POST", "/v1/blobs/missing", json={"shas": [SHA]}, token=elsewhere
        ).json()
        == {}
    )
    refused(desk.ask("GET", f"/v1/audits/{COAST.id}/revisions"), "unknown-audit")


def test_who_may_read_may_not_write(desk: Desk, lines: list[bytes]) -> None:
    desk.push(*lines)
    reader = let_in(desk.hub, right="read")

    refused(desk.push(*lines, token=reader), "right")
    refused(desk.put(0, DATA[:10], 25, token=reader), "right")
    refused(desk.ask("DELETE", "/v1/devices/1", token=reader), "right")


def test_an_administrator_revokes_anyone_and_one_revokes_oneself(desk: Desk) -> None:
    admin, other = let_in(desk.hub, right="admin"), let_in(desk.hub)

    assert desk.ask("DELETE", "/v1/devices/3", token=other).status_code == 204
    refused(desk.ask("GET", "/v1/audits", token=other), "token-revoked")
    assert desk.ask("DELETE", "/v1/devices/1", token=admin).status_code == 204
    refused(desk.ask("DELETE", "/v1/devices/1", token=admin), "not-found")
    assert desk.ask("GET", "/metrics", token=admin).status_code == 200


def test_a_token_rotates_and_whoever_shows_the_old_one_later_is_a_copy(
    tmp_path: Path,
) -> None:
    """What a thief copied serves until one of the two renews it: then neither."""
    at = [NOON]
    with hub_in(tmp_path / "hub", clock=lambda: at[0]) as hub:
        desk = Desk(Counter(build_app(hub)), hub, let_in(hub))
        other = let_in(hub)
        renewed = desk.ask("POST", "/v1/token/rotate").json()["token"]
        assert desk.ask("GET", "/v1/audits").status_code == 200
        assert desk.ask("GET", "/v1/audits", token=renewed).status_code == 200
        at[0] += 5 * 60_000  # a sync that was under way
        assert desk.ask("GET", "/v1/audits").status_code == 200

        at[0] += 6 * 60_000
        refused(desk.ask("GET", "/v1/audits"), "cloned")
        refused(desk.ask("GET", "/v1/audits", token=renewed), "cloned")
        assert desk.ask("GET", "/v1/audits", token=other).status_code == 200
        assert hub.store.cloned() == {1}
        assert hub.store.devices()[0].revoked_at == at[0]
        sent = desk.ask("POST", "/v1/revisions", content=b"{}", token=renewed)
        refused(sent, "cloned")


def test_enrolment_by_a_code_however_it_is_typed(desk: Desk) -> None:
    code = desk.hub.door.invite("Anne", ("999",), "write")
    typed = f"{code[:5].lower()}-{code[5:]}".replace("0", "o").replace("1", "l")

    given = desk.client.post("/v1/enrol", json={"code": typed, "device": "portable"})

    assert given.status_code == 201
    assert given.json()["territories"] == ["999"]
    again = desk.client.post("/v1/enrol", json={"code": code, "device": "portable"})
    refused(again, "enrol-refused")


# Limits, one by one.


def test_too_many_lines(desk: Desk) -> None:
    assert "20 admises" in refused(desk.push(*[b"x"] * 21), "too-large")
    assert len(desk.push(*[b"x"] * 20).json()["rejected"]) == 20


def test_too_many_bytes_inflated_or_not(desk: Desk) -> None:
    most = LIMITS.push_bytes
    refused(desk.push(b"x" * (most + 1)), "too-large")
    assert desk.push(b"x" * most).status_code == 200
    bomb = gzip.compress(bytes(64 * 2**20))
    headers = {"content-encoding": "gzip"}
    answer = desk.ask("POST", "/v1/revisions", content=bomb, headers=headers)
    refused(answer, "too-large")


def test_a_line_too_long_is_refused_alone(desk: Desk, lines: list[bytes]) -> None:
    told = desk.push(*lines, b"x" * (MAX_LINE + 1)).json()

    assert told["new"] == len(lines)
    assert "octets" in told["rejected"][0]["problem"]


@pytest.mark.parametrize("cut", [1, 20])
def test_a_compressed_body_that_is_cut_or_broken(desk: Desk, cut: int) -> None:
    whole = gzip.compress(b"x" * 1000)
    headers = {"content-encoding": "gzip"}
    for body in (whole[:-cut], b"plain", whole + b"more"):
        answer = desk.ask("POST", "/v1/revisions", content=body, headers=headers)
        refused(answer, "bad-request")
    other = {"content-encoding": "br"}
    answer = desk.ask("POST", "/v1/revisions", content=whole, headers=other)
    refused(answer, "bad-request")


def test_a_page_stops_at_its_bytes(desk: Desk, tmp_path: Path) -> None:
    with journal_in(tmp_path / "long") as journal:
        started(journal, VALLEY, ANNE)
        for _ in range(9):
            long_note(journal)
        for at in range(0, 10, 2):
            desk.push(*list(journal.lines(VALLEY.id))[at : at + 2])

    path = f"/v1/audits/{VALLEY.id}/revisions"
    page = desk.ask("GET", path, params={"after": 0})
    assert 0 < len(page.content.splitlines()) < 10
    assert len(page.content) <= LIMITS.page_bytes + 10


def long_note(journal: Journal) -> None:
    text = "é" * 9_000
    journal.write(changes.noted(VALLEY.id, ROOTS[VALLEY.id], "q", text), ANNE)


def test_an_attachment_goes_by_pieces_and_comes_back(
    desk: Desk, lines: list[bytes]
) -> None:
    desk.push(*lines)
    asked = {"shas": [SHA]}
    assert desk.ask("POST", "/v1/blobs/missing", json=asked).json() == {SHA: 0}

    assert desk.put(0, DATA[:10], 25).status_code == 202
    assert desk.ask("POST", "/v1/blobs/missing", json=asked).json() == {SHA: 10}
    wrong = desk.put(0, DATA[:10], 25)
    refused(wrong, "offset")
    assert wrong.json()["offset"] == 10
    refused(desk.ask("GET", f"/v1/blobs/{SHA}"), "not-found")
    desk.put(10, DATA[10:20], 25)
    assert desk.put(20, DATA[20:], 25).status_code == 201
    assert desk.put(0, DATA[:10], 25).status_code == 201

    assert desk.ask("POST", "/v1/blobs/missing", json=asked).json() == {}
    piece = desk.ask("GET", f"/v1/blobs/{SHA}", headers={"range": "bytes=20-"})
    assert (piece.status_code, piece.content) == (206, DATA[20:])
    assert piece.headers["content-range"] == "bytes 20-24/25"
    first = desk.ask("GET", f"/v1/blobs/{SHA}", headers={"range": "bytes=2-4"})
    assert first.content == DATA[2:5]
    past = desk.ask("GET", f"/v1/blobs/{SHA}", headers={"range": "bytes=25-"})
    refused(past, "offset")


def test_an_attachment_that_is_not_what_its_name_says_is_thrown_away(
    desk: Desk, lines: list[bytes]
) -> None:
    desk.push(*lines)

    refused(desk.put(0, b"autrechose", 10), "hash")
    asked = {"shas": [SHA]}
    assert desk.ask("POST", "/v1/blobs/missing", json=asked).json() == {SHA: 0}


def give_files(desk: Desk, *files: tuple[str, int, bytes, int]) -> Any:
    """Give what follows a byte of several attachments, in one request."""
    parts = [
        {"sha": sha, "start": start, "total": total} for sha, start, _, total in files
    ]
    head = json.dumps({"parts": parts}).encode()
    content = head + b"\n" + b"".join(piece for _, _, piece, _ in files)
    return desk.ask("POST", "/v2/blobs", content=content).json()


def test_several_attachments_are_judged_each_alone(
    desk: Desk, lines: list[bytes], tmp_path: Path
) -> None:
    desk.push(*lines)
    with journal_in(tmp_path / "more") as journal:
        started(journal, VALLEY, ANNE)
        shas = [photographed(journal, bytes([n]) * 40, n, ANNE) for n in (2, 3, 4)]
        desk.push(*journal.lines(VALLEY.id))
    unnamed, wrong, cut = "ab" * 32, shas[1], shas[2]

    told = give_files(
        desk,
        (unnamed, 0, b"x" * 30, 30),
        (SHA, 0, DATA, 25),
        (wrong, 0, b"y" * 40, 40),
        (shas[0], 7, b"z" * 40, 47),
        (cut, 0, bytes([4]) * 12, 40),
    )

    kinds = {sha: kind for sha, (kind, _) in told["refused"].items()}
    assert kinds == {unnamed: "not-found", wrong: "hash", shas[0]: "offset"}
    assert (told["held"][SHA], told["held"][cut]) == (25, 12)
    asked = {"shas": shas}
    missing = desk.ask("POST", "/v1/blobs/missing", json=asked).json()
    assert missing == {shas[0]: 0, wrong: 0, cut: 12}
    end = give_files(desk, (cut, 12, bytes([4]) * 28, 40))
    assert end == {"held": {cut: 40}, "refused": {}}

    wants = [{"sha": sha, "start": 5} for sha in (unnamed, SHA, cut)]
    question = {"wants": wants, "bytes": 30}
    given = desk.ask("POST", "/v2/blobs/wanted", json=question).content
    head, _, rest = given.partition(b"\n")
    read = json.loads(head)
    assert (read["sizes"], read["absent"]) == ([20, 10], [unnamed])
    assert rest == DATA[5:] + bytes([4]) * 10


def test_who_may_not_read_an_attachment_is_told_that_there_is_none(
    desk: Desk, lines: list[bytes]
) -> None:
    desk.push(*lines)
    give_files(desk, (SHA, 0, DATA, 25))
    elsewhere = let_in(desk.hub, "998")

    question = {"wants": [{"sha": SHA}]}
    given = desk.ask("POST", "/v2/blobs/wanted", json=question, token=elsewhere)

    assert json.loads(given.content)["absent"] == [SHA]


def test_a_head_of_attachments_that_is_none_is_refused(desk: Desk) -> None:
    for head in (b"", b"{}\n", b"[]\n", b"x" * (2**20 + 10)):
        assert desk.ask("POST", "/v2/blobs", content=head).status_code in {400, 413}


def test_limits_of_attachments(desk: Desk, lines: list[bytes]) -> None:
    desk.push(*lines)

    refused(desk.put(0, DATA[:10], 101), "too-large")
    refused(desk.put(0, DATA[:11], 25), "too-large")
    refused(desk.put(20, DATA[:10], 25), "bad-request")
    many = {"shas": [f"{number:064x}" for number in range(4)]}
    refused(desk.ask("POST", "/v1/blobs/missing", json=many), "too-large")
    for headers in ({}, {"content-range": "bytes 0-8/25"}, {"content-range": "x"}):
        path = f"/v1/blobs/{SHA}"
        answer = desk.ask("PUT", path, content=DATA[:10], headers=headers)
        refused(answer, "bad-request")
    bad = desk.ask("GET", f"/v1/blobs/{SHA}", headers={"range": "lignes=1"})
    refused(bad, "bad-request")


def test_nobody_stores_what_no_revision_names(desk: Desk) -> None:
    refused(desk.put(0, DATA[:10], 25), "not-found")


@pytest.mark.parametrize(
    ("method", "path", "kind"),
    [
        ("GET", "/v2/hello", "not-found"),
        ("PUT", "/v1/hello", "method"),
        ("GET", "/v1/blobs/../../etc/passwd", "not-found"),
        ("GET", "/v1/blobs/ABC", "not-found"),
        ("GET", f"/v1/audits/{VALLEY.id}/revisions?after=-1", "bad-request"),
        ("GET", f"/v1/audits/{VALLEY.id}/revisions?after={'9' * 30}", "bad-request"),
    ],
)
def test_a_wrong_question_is_a_problem(
    desk: Desk, method: str, path: str, kind: str
) -> None:
    refused(desk.ask(method, path), kind)


@pytest.mark.parametrize("body", [b"", b"[]", b'{"shas": ["x"]}', b'{"shas": 3}'])
def test_a_malformed_question_tells_its_fields(desk: Desk, body: bytes) -> None:
    detail = refused(desk.ask("POST", "/v1/blobs/missing", content=body), "bad-request")

    assert detail.startswith("Champs mal formés")


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (LockedError("x"), "busy"),
        (DiskFullError("x"), "hub-full"),
        (OSError(28, "No space left on device"), "hub-full"),
        (RuntimeError("secret"), "internal"),
    ],
)
def test_what_goes_wrong_inside_is_a_problem_without_a_stack(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, error: Exception, kind: str
) -> None:
    def fail(*_: object) -> None:
        raise error

    monkeypatch.setattr(desk.hub, "manifest", fail)
    answer = desk.ask("GET", "/v1/audits")

    refused(answer, kind)
    assert "secret" not in answer.text
    assert ("retry-after" in answer.headers) == (kind == "busy")


def test_more_requests_than_it_can_serve_are_told_to_come_back(desk: Desk) -> None:
    crowded = Counter(build_app(desk.hub, most=0))

    token = {"authorization": f"Bearer {desk.token}"}
    answer = crowded.get("/v1/hello", headers=token)

    refused(answer, "busy")
    assert crowded.get("/v1/hello").status_code == 200
    assert 1 <= int(answer.headers["retry-after"]) <= 5


def test_health_and_measures(desk: Desk, lines: list[bytes]) -> None:
    desk.push(*lines)
    near = Counter(desk.client.app, ("127.0.0.1", 1))

    assert desk.client.get("/health").json() == {
        "status": "ok",
        "audits": 1,
        "revisions": len(lines),
    }
    told = near.get("/metrics").text
    assert f"diag_hub_revisions_total {len(lines)}\n" in told
    assert "diag_hub_devices 1\n" in told
    assert 'diag_hub_requests_total{route="push",status="200"} 1\n' in told
    refused(desk.client.get("/metrics"), "token-revoked")


def test_the_log_tells_no_secret_at_any_level(
    desk: Desk,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not even of an error whose message quotes what was sent."""
    code = desk.hub.door.invite("Mme Zzyzx", ("*",), "write")
    with (
        journal_in(tmp_path / "laptop") as journal,
        caplog.at_level(logging.DEBUG),
    ):
        started(journal, VALLEY, ANNE)
        journal.write(changes.noted(VALLEY.id, ROOTS[VALLEY.id], "q", "Zzyzx"), ANNE)
        lines = list(journal.lines(VALLEY.id))
        desk.push(*lines)
        desk.push(b"Zzyzx", lines[-1][:-1])
        given = desk.client.post("/v1/enrol", json={"code": code, "device": "Zzyzx"})
        desk.client.post("/v1/enrol", json={"code": "Zzyzx", "device": ["Zzyzx"]})
        desk.ask("GET", "/v1/audits", token="diag_Zzyzx", params={"territory": "Zz"})

        def fail(*_: object) -> None:
            try:
                json.loads(f"Zzyzx {desk.token}")
            except ValueError as error:
                raise RuntimeError(f"Zzyzx {desk.token}") from error

        monkeypatch.setattr(desk.hub, "push", fail)
        desk.push(*lines)
    written = [JsonLines().format(record) for record in caplog.records]
    told = [json.loads(line) for line in written if '"route"' in line]

    assert [(one["route"], one["status"]) for one in told] == [
        ("push", 200),
        ("push", 200),
        ("enrol", 201),
        ("enrol", 400),
        ("manifest", 401),
        ("push", 500),
    ]
    (unexpected,) = [json.loads(line) for line in written if '"error"' in line]
    assert {"JSONDecodeError", "RuntimeError"} <= set(unexpected["error"])
    assert any(frame.endswith(" fail") for frame in unexpected["error"])
    for secret in (desk.token, code, given.json()["token"], "Zzyzx"):
        assert not [line for line in written if secret in line]


def test_an_erased_photo_leaves_the_disk_of_the_hub(desk: Desk, tmp_path: Path) -> None:
    with journal_in(tmp_path / "again") as journal:
        started(journal, VALLEY, ANNE)
        said = journal.write(changes.photographed(VALLEY.id, photo()), ANNE)
        desk.push(*journal.lines(VALLEY.id))
        for at in range(0, 25, 10):
            desk.put(at, DATA[at : at + 10], 25)
        assert desk.hub.files.path(SHA).exists()
        journal.write(changes.erased(VALLEY.id, said.id, "demande"), ANNE)
        desk.push(*journal.lines(VALLEY.id))

    assert not desk.hub.files.path(SHA).exists()
    refused(desk.ask("GET", f"/v1/blobs/{SHA}"), "not-found")


def test_what_is_erased_is_in_no_file_of_the_hub(desk: Desk, tmp_path: Path) -> None:
    """Its log once kept the erased values of a quiet hub for months."""
    with journal_in(tmp_path / "again") as journal:
        started(journal, VALLEY, ANNE)
        draft = changes.noted(VALLEY.id, ROOTS[VALLEY.id], "q", "Zzyzx")
        said = journal.write(draft, ANNE)
        desk.push(*journal.lines(VALLEY.id))
        assert "Zzyzx" in everything(tmp_path / "hub")
        journal.write(changes.erased(VALLEY.id, said.id, "demande"), ANNE)
        desk.push(*journal.lines(VALLEY.id))

    assert "Zzyzx" not in everything(tmp_path / "hub")


def everything(folder: Path) -> str:
    """Return all that the files of a hub hold."""
    files = folder.glob("hub.db*")
    return "".join(path.read_bytes().decode("latin-1") for path in files)


def test_an_attachment_that_nothing_names_is_swept(
    desk: Desk, lines: list[bytes]
) -> None:
    """A hub killed between an erasure and the removal of its photo left the photo."""
    desk.push(*lines)
    for at in range(0, 25, 10):
        desk.put(at, DATA[at : at + 10], 25)
    files = desk.hub.files
    for name in ("ab" * 32, f"{'cd' * 32}{PART}"):
        left = files.path(name[:64]).with_name(name)
        left.parent.mkdir(parents=True)
        left.write_bytes(b"x")

    assert desk.hub.sweep() == 2
    assert desk.hub.sweep() == 0
    assert [path.name for path in files.folder.glob("??/??/*")] == [SHA]


def test_a_body_that_never_comes_holds_no_place(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http, "_PATIENCE", 0.01)

    async def silence() -> AsyncIterator[bytes]:
        yield b"{"
        await asyncio.Event().wait()

    answer = desk.ask("POST", "/v1/enrol", content=silence())

    assert "Plus rien n'arrive" in refused(answer, "bad-request")


def test_a_stranger_has_little_time(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app, "STRANGER_SECONDS", 0.01)

    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b" "
            await asyncio.sleep(0)

    answer = desk.client.post("/v1/enrol", content=drip())

    assert "Plus rien n'arrive" in refused(answer, "bad-request")
    assert desk.client.get("/v1/hello").status_code == 200


def test_strangers_take_no_place_of_the_laptops_that_are_known(desk: Desk) -> None:
    """130 slow enrolments once locked everyone out."""
    near = [Counter(desk.client.app, (f"192.0.2.{at}", 4000)) for at in range(13)]
    token = {"authorization": f"Bearer {desk.token}"}

    async def crowd() -> tuple[int, list[str], list[httpx.Response]]:
        free = asyncio.Event()

        async def drip() -> AsyncIterator[bytes]:
            yield b"{"
            await free.wait()

        def enrol(one: Counter) -> asyncio.Task[httpx.Response]:
            asked = one.ask("POST", "/v1/enrol", content=drip())
            return asyncio.create_task(asked, name=one.client[0])

        tasks = [enrol(one) for one in near for _ in range(10)]
        for _ in range(10_000):  # turns of the loop, until all were let in or not
            if sum(not task.done() for task in tasks) <= STRANGERS:
                break
            await asyncio.sleep(0)
        inside = [task.get_name() for task in tasks if not task.done()]
        known = await near[0].ask("GET", "/v1/audits", headers=token)
        free.set()
        return known.status_code, inside, await asyncio.gather(*tasks)

    status, inside, answers = asyncio.run(crowd())

    assert status == 200
    assert len(inside) == STRANGERS
    assert {inside.count(address) for address in inside} == {STRANGERS_EACH}
    assert sum(one.status_code == 503 for one in answers) == 130 - STRANGERS


async def test_a_line_that_was_just_answered_may_ask_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Closed as its laptop asks again, it was a line cut: a slow photo ends so."""
    answering, looks = asyncio.Event(), list[Callable[[], None]]()

    async def answer(_scope: Scope, _receive: Receive, send: Send) -> None:
        await answering.wait()
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body"})

    config = uvicorn.Config(answer, log_config=None, http=app._Connection)
    config.load()
    line = app._Connection(config, ServerState(), {})
    loop, wire = asyncio.get_running_loop(), Mock(asyncio.Transport)
    wire.is_closing.return_value = False

    def look_later(_seconds: float, look: Callable[..., None], *seen: Any) -> Mock:
        if look == line._expect:
            looks.append(partial(look, *seen))
        return Mock()

    with monkeypatch.context() as patched:
        patched.setattr(loop, "call_later", look_later)
        line.connection_made(wire)
        line.data_received(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        looks.pop()()
        answering.set()
        await asyncio.gather(*line.server_state.tasks)
        assert line.cycle.response_complete
        looks.pop()()
        assert not wire.close.called
        looks.pop()()
        assert wire.close.called


def test_a_laptop_that_goes_away_is_no_error_of_the_hub(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Each killed laptop wrote a stack of fifty lines in the hub's log."""
    assert http.refuse(ClientDisconnect()).status_code == KINDS["bad-request"].status
    assert not caplog.records
