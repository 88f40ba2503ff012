"""What a laptop makes of the answers of a hub, and of what is no hub."""

from collections.abc import Callable, Iterator

import httpx
import pytest

from diag.sync.http import HttpTransport
from diag.sync.protocol import Enrolling, OfflineError, ProblemError, TreeQuestion
from diag.sync.trust import build_trust

Answer = Callable[[httpx.Request], httpx.Response]
BUSY = httpx.Response(
    503,
    headers={"retry-after": "7"},
    json={"type": "urn:diag:problem:busy", "title": "Le serveur est occupé."},
)


@pytest.fixture
def answers() -> list[Answer]:
    return []


@pytest.fixture
def waits() -> list[float]:
    return []


@pytest.fixture
def office(answers: list[Answer], waits: list[float]) -> Iterator[HttpTransport]:
    def next_answer(asked: httpx.Request) -> httpx.Response:
        return answers.pop(0)(asked)

    made = HttpTransport("https://hub", build_trust(""), "diag_x", wait=waits.append)
    made._client.close()
    made._client = httpx.Client(
        base_url="https://hub",
        transport=httpx.MockTransport(next_answer),
    )
    yield made
    made.close()


def always(response: httpx.Response) -> Answer:
    content = response.content
    return lambda _: httpx.Response(
        response.status_code, headers=response.headers, content=content
    )


def test_a_busy_hub_is_asked_again_after_what_it_says(
    office: HttpTransport, answers: list[Answer], waits: list[float]
) -> None:
    answers += [always(BUSY), always(BUSY), always(httpx.Response(200, json=[]))]

    assert office.manifest() == {}
    assert waits == [7, 7]


def test_a_hub_that_stays_busy_is_left_alone(
    office: HttpTransport, answers: list[Answer], waits: list[float]
) -> None:
    answers += [always(BUSY)] * 4

    with pytest.raises(ProblemError, match="occupé") as raised:
        office.manifest()

    assert raised.value.kind == "busy"
    assert len(waits) == 3


def test_what_a_proxy_says_is_not_shown(
    office: HttpTransport, answers: list[Answer]
) -> None:
    answers.append(always(httpx.Response(418, text="<html>teapot</html>")))

    with pytest.raises(ProblemError) as raised:
        office.manifest()

    assert raised.value.kind == "internal"
    assert "teapot" not in str(raised.value)
    assert "418" in str(raised.value)


def test_a_problem_of_a_newer_hub_shows_its_own_title(
    office: HttpTransport, answers: list[Answer]
) -> None:
    told = {"type": "urn:diag:problem:lune", "title": "C'est la pleine lune."}
    answers.append(always(httpx.Response(409, json={**told, "detail": "Demain."})))

    with pytest.raises(
        ProblemError, match=r"C'est la pleine lune\. Demain\."
    ) as raised:
        office.push([b"x"])

    assert raised.value.kind == "lune"


def test_another_server_at_the_address_is_told(
    office: HttpTransport, answers: list[Answer]
) -> None:
    answers.append(always(httpx.Response(200, text="<html>")))

    with pytest.raises(OfflineError, match="ce n'est pas un serveur de diag"):
        office.hello()


QUESTIONS: list[Callable[[HttpTransport], object]] = [
    lambda office: office.enrol(Enrolling(code="X", device="poste")),
    HttpTransport.rotate,
    HttpTransport.manifest,
    HttpTransport.people,
    lambda office: office.page("x", 0),
    lambda office: office.push([b"x"]),
    lambda office: office.missing(["00"]),
    lambda office: office.put_piece("00", 0, b"x", 1),
    lambda office: office.get_piece("00", 0),
]


@pytest.mark.parametrize("ask", QUESTIONS)
@pytest.mark.parametrize("page", ["<html>Bienvenue</html>\n", "[7]\n", "null\n"])
def test_a_page_of_a_portal_is_told_whatever_was_asked(
    office: HttpTransport,
    answers: list[Answer],
    ask: Callable[[HttpTransport], object],
    page: str,
) -> None:
    """A proxy's « 200 OK » in the middle of a sync once ended in a stack."""
    answers.append(always(httpx.Response(200, text=page)))

    with pytest.raises(OfflineError, match="ce n'est pas un serveur de diag"):
        ask(office)


def test_rows_and_addresses_that_are_none_are_refused_as_they_come(
    office: HttpTransport, answers: list[Answer]
) -> None:
    """Rows were read after the answer was taken, and ended a sync in a stack."""
    for rows in ("é", "AAAA"):
        found = {"root": "", "parts": [], "rows": rows}
        answers.append(always(httpx.Response(200, json=found)))
        with pytest.raises(OfflineError, match="ce n'est pas un serveur de diag"):
            office.tree(TreeQuestion(bits=0, sums=""))

    answers.append(always(httpx.Response(201, json={"path": "@ailleurs.example/"})))
    with pytest.raises(OfflineError, match="ce n'est pas un serveur de diag"):
        office.open_page()


def test_a_page_cut_in_the_middle_of_a_line_is_not_taken(
    office: HttpTransport, answers: list[Answer]
) -> None:
    answers.append(always(httpx.Response(200, content=b'{"a":1}\n{"b"')))

    with pytest.raises(OfflineError, match="coupée"):
        office.page("x", 0)


def test_an_answer_out_of_measure_is_refused(
    office: HttpTransport, answers: list[Answer], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("diag.sync.http._MOST", 10)
    answers.append(always(httpx.Response(200, content=b"x" * 11)))

    with pytest.raises(OfflineError, match="démesurée"):
        office.manifest()
