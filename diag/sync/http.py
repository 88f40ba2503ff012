"""A hub reached over HTTPS: being let in, requests, their limits, cut lines."""

import gzip
import json
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, nullcontext, suppress
from itertools import accumulate, pairwise
from pathlib import Path
from time import sleep
from typing import Any, TypeVar

import httpx
from pydantic import ValidationError

from diag.journal.journal import AuditSum
from diag.journal.revision import now
from diag.journal.seals import Card, card_of
from diag.model.text import clean_line
from diag.sync.protocol import (
    URN,
    Admission,
    Enrolling,
    FilesAnswer,
    FilesGiven,
    FilesHead,
    FilesQuestion,
    FilesTaken,
    GivenAnswer,
    Hello,
    LogPage,
    OfflineError,
    Piece,
    ProblemError,
    PulledPage,
    PullQuestion,
    Pushed,
    Renewed,
    SyncAnswer,
    SyncQuestion,
    TreeAnswer,
    TreeQuestion,
    Unproven,
    Wire,
    check_versions,
    read_page,
)
from diag.sync.trust import (
    Enrolment,
    build_trust,
    fetch_authority,
    keep_enrolment,
    read_invitation,
)
from diag.words.dates import day_words

_W = TypeVar("_W", bound=Wire)

_TIMEOUT = httpx.Timeout(30, connect=10)

_MOST = 64 * 2**20
"""Largest answer that is read, inflated."""

_CUTS = (httpx.ReadError, httpx.ReadTimeout, httpx.RemoteProtocolError)
"""What ends an answer before its end."""

_TRIES = 4
_LONGEST_WAIT = 30

_DATES = ("certificate has expired", "certificate is not yet valid")
"""What OpenSSL says of a certificate that is right, but for a clock."""

_LEVEL = 6


class HttpTransport:
    """A hub at an address; nothing but `hello` and `enrol` goes without a token."""

    def __init__(
        self,
        url: str,
        trust: ssl.SSLContext,
        token: str = "",
        *,
        wait: Callable[[float], None] = sleep,
    ) -> None:
        self.url = url
        self._keeps_parts = False
        """Whether the hub keeps what came of an attachment that was cut."""
        self._wait = wait
        self._client = httpx.Client(base_url=url, verify=trust, timeout=_TIMEOUT)
        if token:
            self._client.headers["authorization"] = f"Bearer {token}"

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def hello(self) -> Hello:
        """Ask for the hub's id, versions, limits."""
        return self._read(Hello, "GET", "/v1/hello")

    def enrol(self, asked: Enrolling) -> Admission:
        """Ask to be let in, with a code that serves once."""
        content = asked.model_dump_json().encode()
        return self._read(Admission, "POST", "/v1/enrol", content=content)

    def rotate(self) -> Renewed:
        """Ask for a new token; the present token works until that is used."""
        return self._read(Renewed, "POST", "/v1/token/rotate")

    def open_page(self) -> str:
        """Return an address that shows the page of supervision, once."""
        given = self._ask("POST", "/v1/page")
        with self._reading():
            path = json.loads(given.content)["path"]
            if not path.startswith("/"):  # « @elsewhere » would name another host
                raise ValueError(path)
            return f"{self.url}{path}"

    def supervision(self) -> dict[str, Any]:
        """Return what the page of supervision shows."""
        headers = {"accept": "application/json"}
        given = self._ask("GET", "/supervision", headers=headers)
        with self._reading():
            return dict(json.loads(given.content))

    def manifest(self) -> dict[str, AuditSum]:
        """Return the sum of each audit in this device's territory."""
        return self._sums("/v1/audits")

    def unread_sums(self) -> dict[str, AuditSum]:
        """Return the sum of what the hub keeps of each audit and cannot read."""
        return self._sums("/v1/unread")

    def _sums(self, path: str) -> dict[str, AuditSum]:
        given = self._ask("GET", path)
        with self._reading():
            sums = json.loads(given.content)
            return {
                row[0]: AuditSum(str(row[0]), int(row[1]), str(row[2])) for row in sums
            }

    def people(self) -> dict[str, str]:
        """Return the names of colleagues, by the label of their revisions."""
        given = self._ask("GET", "/v1/people")
        with self._reading():
            names = json.loads(given.content)
            return {str(label): str(name) for label, name in names.items()}

    def cards(self) -> list[Card]:
        """Return whose the keys are, as the hub signed them."""
        given = self._ask("GET", "/v1/cards")
        with self._reading():
            return [*filter(None, map(card_of, json.loads(given.content)))]

    def unproven(self, after: int) -> Unproven:
        """Return which lines their author did not give, after a number."""
        return self._read(Unproven, "GET", "/v1/unproven", params={"after": after})

    def page(self, audit: str, after: int) -> LogPage:
        """Return what follows a revision in the hub's log of an audit."""
        return self._page(f"/v1/audits/{audit}/revisions", audit, after)

    def unread_page(self, audit: str, after: int) -> LogPage:
        """Return what follows a line in what the hub cannot read of an audit."""
        return self._page(f"/v1/audits/{audit}/unread", audit, after)

    def _page(self, path: str, audit: str, after: int) -> LogPage:
        given = self._ask("GET", path, params={"after": after})
        lines = given.content.split(b"\n")
        if lines.pop():
            raise OfflineError(f"{self.url} : la réponse a été coupée.")
        headers = given.headers
        with self._reading():
            total = AuditSum(
                audit, int(headers["audit-revisions"]), headers["audit-digest"]
            )
            return LogPage(lines, int(headers["next-after"]), total)

    def push(self, lines: Sequence[bytes]) -> Pushed:
        """Give lines."""
        return self._read(Pushed, "POST", "/v1/revisions", **_pack(lines))

    def sync(self, question: SyncQuestion, lines: Sequence[bytes]) -> SyncAnswer:
        """Give lines, ask what is new."""
        head = question.model_dump_json().encode()
        answer = self._read(SyncAnswer, "POST", "/v2/sync", **_pack([head, *lines]))
        self._keeps_parts = True
        return answer

    def tree(self, question: TreeQuestion) -> TreeAnswer:
        """Ask for the rows that are not as remembered."""
        asked = _pack([question.model_dump_json().encode()])
        return self._read(TreeAnswer, "POST", "/v2/tree", **asked)

    def pull(self, question: PullQuestion) -> PulledPage:
        """Ask for lines of several audits."""
        asked = _pack([question.model_dump_json().encode()])
        given = self._ask("POST", "/v2/pull", **asked)
        with self._reading():
            return read_page(given.content)

    def give(self, lines: Sequence[bytes]) -> GivenAnswer:
        """Give lines; learn what the hub holds now of their audits."""
        return self._read(GivenAnswer, "POST", "/v2/push", **_pack(lines))

    def missing(self, shas: Sequence[str]) -> dict[str, int]:
        """Return which attachments the hub wants, and how many bytes it has of each."""
        content = json.dumps({"shas": list(shas)}).encode()
        given = self._ask("POST", "/v1/blobs/missing", content=content)
        with self._reading():
            held = json.loads(given.content)
            return {str(sha): int(size) for sha, size in held.items()}

    def put_piece(self, sha: str, start: int, piece: bytes, total: int) -> int:
        """Give a part of an attachment; return how many bytes the hub has now."""
        last = start + len(piece) - 1
        headers = {"content-range": f"bytes {start}-{last}/{total}"}
        version = "v2" if self._keeps_parts else "v1"
        path = f"/{version}/blobs/{sha}"
        given = self._ask("PUT", path, content=piece, headers=headers)
        with self._reading():
            return int(json.loads(given.content)["offset"])

    def get_piece(self, sha: str, start: int) -> Piece:
        """Return a part of an attachment; what came before a cut is one."""
        headers = {"range": f"bytes={start}-"}
        path = f"/v1/blobs/{sha}"
        given = self._ask("GET", path, headers=headers, is_part=True)
        with self._reading():
            total = given.headers["content-range"].rpartition("/")[2]
            return Piece(given.content, int(total))

    def give_files(self, given: FilesGiven, contents: Sequence[bytes]) -> FilesTaken:
        """Give several attachments; the hub keeps what came of them, even cut."""
        head = given.model_dump_json().encode()
        content = b"".join((head, b"\n", *contents))
        return self._read(FilesTaken, "POST", "/v2/blobs", content=content)

    def take_files(self, question: FilesQuestion) -> FilesAnswer:
        """Ask for several attachments; what came before a cut is an answer."""
        content = question.model_dump_json().encode()
        given = self._ask("POST", "/v2/blobs/wanted", content=content, is_part=True)
        line, end, rest = given.content.partition(b"\n")
        if not end:
            raise OfflineError(f"{self.url} : la réponse a été coupée.")
        with self._reading():
            head = FilesHead.model_validate_json(line)
            if len(head.sizes) != len(head.parts):
                raise ValueError(head)
        if any(head.sizes) and not rest:
            raise OfflineError(f"{self.url} : la réponse a été coupée.")
        bounds = pairwise(accumulate(head.sizes, initial=0))
        return FilesAnswer(head, [rest[start:end] for start, end in bounds])

    def _read(self, model: type[_W], method: str, path: str, **more: Any) -> _W:
        """Ask, and read the answer."""
        given = self._ask(method, path, **more)
        with self._reading():
            return model.model_validate_json(given.content)

    @contextmanager
    def _reading(self) -> Iterator[None]:
        """Refuse an answer that is none of the protocol's: a portal, a proxy's page."""
        try:
            yield
        except (ValueError, KeyError, IndexError, TypeError, AttributeError) as error:
            raise OfflineError(
                f"{self.url} répond, mais ce n'est pas un serveur de diag. "
                "Vérifiez l'adresse."
            ) from error

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        """Ask, and again while the hub is busy.

        Raises:
            ProblemError: when the hub refuses.
            OfflineError: when it may or may not have been reached.
        """
        for left in reversed(range(_TRIES)):
            given = self._send(method, path, **more)
            if given.is_success:
                return given
            problem = _read_problem(given)
            if problem.kind != "busy" or not left:
                raise problem
            self._wait(min(max(problem.retry_after or 1, 1), _LONGEST_WAIT))
        raise AssertionError

    def _send(
        self, method: str, path: str, *, is_part: bool = False, **more: Any
    ) -> httpx.Response:
        try:
            with self._client.stream(method, path, **more) as given:
                body = bytearray()
                with suppress(*_CUTS) if is_part else nullcontext():
                    for part in given.iter_bytes():
                        body += part
                        if len(body) > _MOST:
                            raise OfflineError(
                                f"{self.url} : réponse démesurée, refusée."
                            )
                if is_part and not body and given.is_success:
                    raise httpx.ReadError("cut before its first byte")
                headers = given.headers.copy()
                for name in ("content-encoding", "content-length"):
                    headers.pop(name, None)
                return httpx.Response(
                    given.status_code, headers=headers, content=bytes(body)
                )
        except (httpx.TransportError, httpx.DecodingError) as error:
            sentence = (
                f"{self.url} ne répond pas, ou la liaison a été coupée. Ce qui est "
                "passé est gardé, vos saisies restent ici : recommencez quand le "
                "réseau revient."
            )
            if any(words in str(error) for words in _DATES):
                sentence = (
                    f"{self.url} : le certificat du serveur n'est pas valable à la "
                    f"date de ce poste, le {day_words(now())}. Si ce n'est pas la "
                    "bonne date, réglez l'horloge de ce poste et recommencez ; sinon, "
                    "prévenez l'administrateur du serveur. Rien n'a été envoyé."
                )
            elif "CERTIFICATE_VERIFY_FAILED" in str(error):
                sentence = (
                    f"{self.url} : le certificat présenté n'est pas celui de votre "
                    "serveur. Rien n'a été envoyé. Prévenez l'administrateur du "
                    "serveur."
                )
            raise OfflineError(sentence) from error


def _pack(lines: Sequence[bytes]) -> dict[str, Any]:
    """Return lines as the compressed body of a request."""
    content = gzip.compress(b"\n".join(lines), _LEVEL, mtime=0)
    return {"content": content, "headers": {"content-encoding": "gzip"}}


def _read_problem(given: httpx.Response) -> ProblemError:
    """Read a refusal; an intermediary's own words are not shown."""
    try:
        fields = given.json()
        kind = str(fields["type"]).removeprefix(URN)
        offset = fields.get("offset")
        return ProblemError(
            kind,
            str(fields.get("detail", "")),
            title=str(fields["title"]),
            offset=int(offset) if offset is not None else None,
            retry_after=int(given.headers.get("retry-after", 0)),
        )
    except (ValueError, KeyError, TypeError, ValidationError):
        kind = "busy" if given.status_code in {502, 503, 504} else "internal"
        return ProblemError(kind, f"Réponse {given.status_code}.")


def enrol(
    folder: Path, text: str, device: str, author: str = "", sign_key: str = ""
) -> Enrolment:
    """Enrol a workspace at the hub of an invitation, and keep what it gives.

    `sign_key`: public key by which the hub will know this device's bundles.

    Raises:
        DiagError: when the string is no invitation, the hub does not answer, is
            another one or of another version, or refuses.
    """
    invited = read_invitation(text)
    authority = fetch_authority(invited)
    asked = Enrolling(
        code=invited.code, device=device[:200], author=author, sign_key=sign_key
    )
    with closing(HttpTransport(invited.url, build_trust(authority))) as transport:
        hello = transport.hello()
        check_versions(hello)
        given = transport.enrol(asked)
    enrolment = Enrolment(
        hub=hello.hub,
        name=clean_line(hello.name) or invited.url,
        url=invited.url,
        authority=authority,
        token=given.token,
        expires=given.expires,
        device=given.device,
        territories=given.territories,
        right=given.right,
        key=hello.key,
    )
    keep_enrolment(folder, enrolment)
    return enrolment
