"""Every page: sound, silent towards the world, and letter for letter what was typed."""

import re
from base64 import b64encode
from hashlib import sha256
from html.parser import HTMLParser
from itertools import pairwise

import pytest
from hypothesis import given

from diag.documents.atlas.pages import overview
from diag.documents.atlas.school import View
from diag.documents.blocks import one_line
from diag.model.audit import FollowUp
from diag.model.enums import AuditStatus, FollowUpState
from diag.words.sentences import french, typeset
from tests.documents.atlas.pages import PLACED, VIEWS, all_pages, entries_of
from tests.documents.builders import report
from tests.documents.test_escape import HOSTILE
from tests.examples import examples

VOID = {"meta", "br", "hr", "input", "circle", "rect", "path"}
HOSTILE_NAME = "</title></script><script>alert(1)</script>\" onload='x' {{7*7}} & é"


class Page(HTMLParser):
    """Reads a page as a browser would."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.sources: dict[str, str] = {}
        self.problems: list[str] = []
        self.feed(source)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open.pop() != tag:
            self.problems.append(tag)

    def handle_data(self, data: str) -> None:
        if self.open[-1:] in (["style"], ["script"]):
            self.sources[self.open[-1]] = data
        else:
            self.text += data

    def all(self, tag: str) -> list[dict[str, str]]:
        return [attrs for name, attrs in self.tags if name == tag]


def policy_of(page: Page) -> str:
    (found,) = [
        one["content"]
        for one in page.all("meta")
        if one.get("http-equiv") == "Content-Security-Policy"
    ]
    return found


@pytest.fixture(params=VIEWS, ids=str)
def pages(request: pytest.FixtureRequest) -> dict[str, Page]:
    view: View = request.param
    return {path: Page(text) for path, text in all_pages(view).items()}


def test_elements_are_closed_and_landmarks_are_there(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert not page.problems
        assert not page.open
        assert page.all("html") == [{"lang": "fr"}]
        for tag in ("main", "header", "footer", "h1"):
            assert len(page.all(tag)) == 1
        assert {"class": "skip", "href": "#contenu"} in page.all("a")
        ids = [attrs["id"] for _, attrs in page.tags if "id" in attrs]
        assert len(ids) == len(set(ids))


def test_titles_never_skip_a_level(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
        steps = pairwise(levels)
        assert all(after <= before + 1 for before, after in steps), path


def test_tables_have_a_caption_and_headers(pages: dict[str, Page]) -> None:
    for page in pages.values():
        assert len(page.all("caption")) == len(page.all("table"))
        assert all("scope" in one for one in page.all("th"))


def test_nothing_is_fetched_and_no_link_leaves(pages: dict[str, Page]) -> None:
    for page in pages.values():
        attrs = [one for _, one in page.tags]
        assert not any("src" in one or "style" in one for one in attrs)
        assert not any(name.startswith("on") for one in attrs for name in one)
        assert not page.all("link")
        assert not page.all("base")
        assert not re.search(r"url\(|@import|https?:", page.sources["style"])
        for one in attrs:
            assert not re.match(r"[a-z]+:|//", one.get("href", ""))


def test_only_the_pages_own_style_and_script_may_run(pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        policy = policy_of(page)
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        assert ("script" in page.sources) == (path == "index.html")
        for source in page.sources.values():
            digest = b64encode(sha256(source.encode()).digest()).decode()
            assert f"'sha256-{digest}'" in policy


def test_no_attribute_holds_a_typeset_space(pages: dict[str, Page]) -> None:
    numbers = {"viewbox", "d", "transform", "stroke-dasharray", "class", "href"}
    for page in pages.values():
        for _, attrs in page.tags:
            for name in numbers & attrs.keys():
                assert "\u202f" not in attrs[name]
                assert "\xa0" not in attrs[name]


def test_a_provisional_audit_says_so_everywhere() -> None:
    for path, text in all_pages().items():
        assert "provisoire" in Page(text).text.lower(), path
    final = all_pages(told=report(school=PLACED, status=AuditStatus.CLOS))
    page = Page(final["ecoles/ecole-elementaire-du-moulin-9990001w.html"])
    assert "provisoire" not in page.text.lower()


def test_money_and_votes_are_not_told_to_a_circonscription() -> None:
    step = FollowUp(
        recommendation="cabler",
        state=FollowUpState.FINANCEE,
        on="2026-03-11",
        by="conseil municipal",
        why="VOTE-DE-1200",
    )
    told = report(school=PLACED, follow_ups=(step,))

    office, mayor, inspector = (
        "".join(all_pages(view, told=told).values()) for view in VIEWS
    )
    for page in (office, mayor):
        assert "€" in page
        assert "VOTE-DE-1200" in page
    assert "€" not in inspector
    assert "VOTE-DE-1200" not in inspector
    assert "conseil municipal" not in inspector


def test_a_hostile_name_stays_text() -> None:
    school = PLACED.model_copy(
        update={"name": HOSTILE_NAME, "commune": HOSTILE_NAME, "sector": HOSTILE_NAME}
    )
    for path, text in all_pages(school=school).items():
        page = Page(text)
        assert re.fullmatch(r"[a-z0-9/-]+\.html", path)
        assert not page.problems
        assert len(page.all("script")) == (path == "index.html")
        assert not any("onload" in attrs for _, attrs in page.tags)
        assert french(HOSTILE_NAME) in page.text


@examples(60)
@given(HOSTILE)
def test_any_name_comes_out_letter_for_letter(name: str) -> None:
    school = PLACED.model_copy(update={"name": f"a{name}z", "commune": f"b{name}y"})
    pages = all_pages(school=school)

    said = [typeset(one_line(f"{one}{name}{two}")) for one, two in ("az", "by")]
    index = Page(pages["index.html"])
    assert not index.problems
    assert all(one in index.text for one in said if one == one.strip())
    assert any(one.get("aria-label", "").startswith(said[0]) for one in index.all("a"))


def test_every_school_is_on_the_map_and_in_the_list_alike() -> None:
    page = Page(
        all_pages(others=(PLACED.model_copy(update={"uai": "9990002X"}),))["index.html"]
    )

    marks = [one["data-mark"] for one in page.all("g") if "data-mark" in one]
    rows = [one["data-uai"] for one in page.all("tr") if "data-uai" in one]
    assert sorted(marks) == sorted(rows) == ["9990001W", "9990002X"]


def test_without_coordinates_there_is_a_list_and_no_map() -> None:
    lost = PLACED.model_copy(update={"latitude": ""})
    page = Page(all_pages(school=lost)["index.html"])

    assert "Carte des écoles" not in page.text
    assert len([one for one in page.all("tr") if "data-uai" in one]) == 1


def test_filters_wait_for_the_script() -> None:
    page = Page(all_pages()["index.html"])

    (form,) = page.all("form")
    assert "hidden" in form
    labels = {one["for"] for one in page.all("label")}
    fields = {one["id"] for tag in ("input", "select") for one in page.all(tag)}
    assert labels == fields


def test_schools_are_counted_whether_audited_or_not() -> None:
    found = overview(entries_of(5))

    assert (found.schools, found.audited, found.provisional) == (5, 1, 1)
    assert sum(count for _, count in found.socles) == 1
    assert found.budget.endswith("TTC")


def test_the_same_input_makes_the_same_pages() -> None:
    assert all_pages() == all_pages()


def test_the_offices_own_pages_say_that_they_stay_there() -> None:
    for view in VIEWS:
        for text in all_pages(view).values():
            assert ("à ne pas transmettre" in text) == (view is VIEWS[0])
