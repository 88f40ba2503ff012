"""One page, nothing fetched, sound for whoever reads it with the ears."""

import io
import re
from dataclasses import replace
from html.parser import HTMLParser
from zipfile import ZipFile

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.documents.formats.pdf import draw_pages
from diag.documents.templates import build_document
from diag.model.enums import READERS, Audience, AuditStatus
from tests.documents.builders import SCHOOL, changed, facts, report
from tests.documents.reading import DAY, document, html, odt
from tests.documents.test_escape import FRAGMENTS
from tests.examples import examples

VOID = {"meta", "br", "hr", "img", "rect", "input"}
ALL = list(READERS)


class Outline(HTMLParser):
    """Reads a page as a browser would, and notes what is unsound."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text: list[str] = []
        self.problems: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, {name: value or "" for name, value in attrs}))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1] != tag:
            self.problems.append(f"</{tag}> ferme {self.open[-1:]}")
        else:
            self.open.pop()

    def handle_data(self, data: str) -> None:
        if "style" not in self.open:
            self.text.append(data)

    def all(self, *tags: str) -> list[dict[str, str]]:
        return [attrs for tag, attrs in self.tags if tag in tags]


def read(page: str) -> Outline:
    outline = Outline()
    outline.feed(page)
    outline.close()
    return outline


def page_of(audience: Audience) -> str:
    return html(build_document(report(), audience), "Diagnostic du Moulin")


@pytest.mark.parametrize("audience", ALL)
def test_every_element_is_closed_in_its_turn(audience: Audience) -> None:
    outline = read(page_of(audience))
    assert not outline.problems
    assert not outline.open


@pytest.mark.parametrize("audience", ALL)
def test_landmarks_language_and_title_are_there(audience: Audience) -> None:
    outline = read(page_of(audience))
    assert outline.all("html") == [{"lang": "fr"}]
    for tag in ("header", "main", "nav", "footer", "h1"):
        assert len(outline.all(tag)) == 1
    assert outline.all("title")[0] == {}
    assert outline.all("main")[0]["id"] == "contenu"
    assert {"class": "skip", "href": "#contenu"} in outline.all("a")


@pytest.mark.parametrize("audience", ALL)
def test_heading_levels_are_never_skipped(audience: Audience) -> None:
    levels = [
        int(tag[1])
        for tag, _ in read(page_of(audience)).tags
        if re.fullmatch(r"h\d", tag)
    ]
    before = 0
    for level in levels:
        assert level <= before + 1
        before = level


@pytest.mark.parametrize("audience", ALL)
def test_tables_have_captions_and_scoped_headers(audience: Audience) -> None:
    outline = read(page_of(audience))
    assert len(outline.all("caption")) == len(outline.all("table")) > 0
    assert {attrs.get("scope") for attrs in outline.all("th")} == {"row", "col"}
    rows = page_of(audience).count("<tr>\n<td")
    assert rows == 0


@pytest.mark.parametrize("audience", ALL)
def test_anchors_are_unique_and_every_inner_link_leads_somewhere(
    audience: Audience,
) -> None:
    outline = read(page_of(audience))
    ids = [attrs["id"] for _, attrs in outline.tags if "id" in attrs]
    assert len(ids) == len(set(ids))
    links = [attrs.get("href", "") for attrs in outline.all("a")]
    assert {one[1:] for one in links if one.startswith("#")} <= set(ids)


@pytest.mark.parametrize("audience", ALL)
def test_nothing_is_fetched(audience: Audience) -> None:
    page = page_of(audience)
    outline = read(page)
    assert not outline.all("script", "link", "img", "iframe", "object", "use", "base")
    assert not any("src" in attrs or "style" in attrs for _, attrs in outline.tags)
    assert "url(" not in page
    assert "@import" not in page


@pytest.mark.parametrize("audience", ALL)
def test_the_same_document_gives_the_same_bytes(audience: Audience) -> None:
    assert page_of(audience) == page_of(audience)


def test_pages_one_and_two_end_before_the_table_of_contents() -> None:
    page = page_of(Audience.MAIRIE)
    first, second = page.index("<hr>"), page.rindex("<hr>")
    assert page.index("Reste à la commune") < page.index("Ensemble, trois budgets")
    assert page.index("Ensemble, trois budgets") < first
    assert first < page.index("Calendrier et budget") < second < page.index("<nav")
    assert page.count("<hr>") == 2


@pytest.mark.parametrize("audience", [one for one in ALL if not one.votes])
def test_alerts_stand_before_the_table_of_contents(audience: Audience) -> None:
    """But for who votes: a broken law is a vote, on the first page."""
    page = page_of(audience)
    assert page.index('markdown-alert-warning"') < page.index("<nav")


def test_provisoire_is_printed_on_every_page_and_stands_in_the_foot() -> None:
    page = page_of(Audience.MAIRIE)
    assert '<p class="watermark" aria-hidden="true">provisoire</p>' in page
    assert "<p>Document provisoire, 12\u00a0mars\u00a02026" in page
    assert '@bottom-left { content: "Document provisoire, 12\\a0 mars' in page


def test_an_edition_named_provisoire_stamps_no_definitive_report() -> None:
    final = report(status=AuditStatus.CLOS)
    edition = {"version": "2026.1-provisoire"}
    checklist = final.checklist.model_copy(update=edition)
    made = build_document(changed(final, checklist=checklist), Audience.MAIRIE)
    page = html(made, "a")
    assert "2026.1-provisoire" in page
    assert 'watermark" aria' not in page
    with ZipFile(io.BytesIO(odt(made, "a", "b", DAY))) as package:
        assert "Document provisoire" not in package.read("styles.xml").decode()
    stamped = replace(made, meta=replace(made.meta, provisional=True))
    pages = [draw_pages(one, 10)[0] for one in (made, stamped)]
    assert pages[0] != pages[1]


def test_a_foot_cannot_leave_its_css_string() -> None:
    page = html(document("# a\n", running='Fin "} body { display: none'), "a")
    foot = re.search(r'@bottom-left { content: "(.*?)" } }', page)
    assert foot
    assert not set(foot[1]) & set('"{}<>:')


def test_scores_are_drawn_described_and_followed_by_their_table() -> None:
    page = page_of(Audience.MAIRIE)
    svg = page[page.index("<svg") : page.index("</svg>")]
    assert 'role="img"' in svg
    assert "<title id=" in svg
    assert "<desc id=" in svg
    assert page.index("</svg>") < page.index(
        "Score de chaque domaine, et part examinée"
    )


def test_boxes_are_titled_by_their_first_bold_line_or_in_french() -> None:
    page = html(
        "# a\n\n> [!WARNING]\n> **Conformité**\n>\n> - b\n\n> [!TIP]\n> c\n", "a"
    )
    titles = re.findall(r'markdown-alert-title">(.*?)</p>', page)
    assert titles == ["<strong>Conformité</strong>", "Conseil"]
    assert page.count('role="note"') == 2


def test_images_are_words_and_dangerous_links_lead_nowhere() -> None:
    page = html(
        "# a\n\n![plan](http://x/y.png) [b](/etc/passwd) [c](https://x.fr)\n", "a"
    )
    assert "<img" not in page
    assert "[plan]" in page
    assert "passwd" not in page
    assert '<a href="https://x.fr">c</a>' in page


def test_raw_html_is_text() -> None:
    page = html("# a\n\n<script>alert(1)</script>\n", "<b>")
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert "<title>&lt;b&gt;</title>" in page


def test_a_document_without_cover_or_rule_is_a_page_too() -> None:
    for text in ("", "Bonjour", "## Deux\n\n#### Quatre\n"):
        outline = read(html(text, "a"))
        assert not outline.problems
    levels = re.findall(r"<(h\d) id", html("### Trois\n\n# Un\n\n#### Quatre\n", "a"))
    assert levels == ["h1", "h2", "h3"]


def test_typography_touches_texts_and_neither_code_nor_addresses() -> None:
    page = html("# a\n\nOui ! `non !` <https://x.fr/a?b=1>\n", "a")
    assert "Oui\u202f!" in page
    assert "<code>non !</code>" in page
    assert "https://x.fr/a?b=1</a>" in page


@examples(40, few=4)
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=6).map("".join))
def test_hostile_text_never_becomes_an_element(typed: str) -> None:
    told = facts(
        {("ecole", "remarque"): typed}, notes={("ecole", "remarque"): (typed,)}
    )
    school = SCHOOL.model_copy(update={"name": f"École {typed}"})
    page = html(build_document(report(told, school=school), Audience.TECHNIQUE), typed)
    plain = html(build_document(report(told, school=SCHOOL), Audience.TECHNIQUE), "a")
    outline = read(page)
    assert not outline.problems
    assert not outline.all("script", "img")
    assert {tag for tag, _ in outline.tags} <= {tag for tag, _ in read(plain).tags}
