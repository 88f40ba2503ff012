"""A document's parts, as every writer gets them."""

from copy import deepcopy
from datetime import date

from diag.documents.document import DocumentPages, inline_text
from diag.documents.formats import Format
from tests.documents.reading import document, text_of

DAY = date(2026, 10, 5)


def read_document(text: str, running: str = "") -> DocumentPages:
    return document(text, "T", day=DAY, running=running).pages


def test_the_head_is_the_title_and_its_definitions() -> None:
    read = read_document("# Titre\n\nÉcole\n: Moulin\n\nTexte\n\n***\n\n## Suite\n")
    assert text_of(read.head) == "Titre\nÉcole\nMoulin"
    assert text_of(read.first_page) == "Texte"
    assert text_of(read.body) == "Suite"


def test_without_a_rule_the_first_page_ends_at_the_first_part() -> None:
    read = read_document("# Titre\n\nTexte\n\n## Suite\n")
    assert text_of(read.first_page) == "Texte"
    assert text_of(read.body) == "Suite"
    assert text_of(read_document("# Titre\n\nTexte\n").body) == "Texte"


def test_the_running_line_is_taken_out_wherever_it_stands() -> None:
    read = read_document("# T\n\n*foot*\n\n***\n\nTexte\n\n*foot*\n", "foot")
    assert text_of((*read.first_page, *read.body)) == "Texte"


def test_an_italic_line_before_a_table_is_its_caption() -> None:
    read = read_document("# T\n\n*Légende*\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n")
    table = next(token for token in read.body if token.type == "table_open")
    assert [one.content for one in table.meta["caption"] if one.content] == ["Légende"]
    assert "Légende" not in text_of(read.body)


def test_a_table_has_headers_in_both_directions() -> None:
    read = read_document("| a | b |\n| --- | ---: |\n| 1 | 2 |\n")
    cells = [one for one in read.body if one.type in {"th_open", "td_open"}]
    assert [(one.tag, one.attrs) for one in cells] == [
        ("th", {"scope": "col"}),
        ("th", {"scope": "col", "class": "number"}),
        ("th", {"scope": "row"}),
        ("td", {"class": "number"}),
    ]


def test_headings_that_say_the_same_have_their_own_anchors() -> None:
    read = read_document("# Été\n\n## Été\n\n## !\n")
    assert [one.anchor for one in read.outline] == ["ete", "ete-2", "partie"]
    assert inline_text(read.head[1]) == "Été"


def test_no_writer_changes_what_the_next_one_reads() -> None:
    markdown = (
        "# T\n\nÉcole\n: Moulin\n\n> [!WARNING]\n> **Gras**\n>\n> Texte[^1]\n\n***\n\n"
        "## Suite\n\n*Légende*\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |\n\n"
        "```sh\ncode\n```\n\n- [lien](https://e.fr)\n- ![image](x)\n\n[^1]: Note\n\n"
        "*foot*\n"
    )
    made = document(markdown, "T", "Camille", DAY, running="foot")
    before = deepcopy(made.pages)
    for form in Format:
        made.write(form)
    assert made.pages == before
