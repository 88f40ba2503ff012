"""Whatever was typed comes out letter for letter, in every context."""

import re
from collections.abc import Callable
from functools import cache
from random import Random

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st
from hypothesis.errors import NoSuchExample
from markdown_it import MarkdownIt

from diag.documents import blocks
from diag.documents.blocks import Md, block, code, inline, link, one_line, paragraphs
from diag.documents.document import parser
from tests.documents.reading import text_of
from tests.examples import examples

PARSER: MarkdownIt = parser()

FRAGMENTS = (
    *"\\`*_[]()<>#+-=.!|~:&;\"'^{}$@/ \t\n\r",
    *("a", "Z", "é", "1", "12", "  ", "\n\n", "e\u0301", "\u202e", "\u200f", "\ufeff"),
    *(
        "[/",
        "=1+1",
        "<script>",
        "| a",
        '"]',
        "> ",
        "# ",
        "1. ",
        "- ",
        "* ",
        "~~",
        "---",
    ),
    *("===", "[^1]", "[^1]: x", ": x", "~ x", "&amp;", "&#35;", "![a](b)", "[a](b)"),
    *(
        "<a@b.fr>",
        "<https://x.fr>",
        "https://x.fr",
        "[a]: /b",
        "> [!NOTE]",
        "```",
        "- [ ]",
    ),
    *(
        "**",
        "__",
        "_a_",
        "a_b",
        "\\\n",
        "    code",
        "|---|",
        ":--",
        "\u00a0",
        "\u2028",
        "\x00",
    ),
)
HOSTILE = st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join)
TYPED = st.one_of(HOSTILE, st.text(max_size=30))

CONTEXTS: dict[str, str] = {
    "paragraphe": "{}",
    "phrase": "Nom : {}",
    "titre": "## {}",
    "élément": "- {}",
    "élément numéroté": "1. {}",
    "définition": "Terme\n: {}",
    "terme": "{}\n: définition",
    "citation": "> {}",
    "gras": "**{}** suite",
    "première cellule": "| Un | Deux |\n| --- | --- |\n| {} | b |",
    "dernière cellule": "| Un | Deux |\n| --- | --- |\n| a | {} |",
    "en-tête": "| {} | Deux |\n| --- | --- |\n| a | b |",
}


def reread(markdown: str) -> str:
    return text_of(PARSER.parse(markdown))


@cache
def around(context: str, word: str) -> str:
    return reread(CONTEXTS[context].format(word))


def comes_out(context: str, typed: str, escaped: Callable[[str], str]) -> bool:
    """Whether the text in its context reads as the same context around a plain word."""
    expected = around(context, "PLAIN").replace("PLAIN", one_line(typed))
    return reread(CONTEXTS[context].format(escaped(typed))) == expected


@pytest.mark.parametrize("context", CONTEXTS)
@examples(150)
@given(typed=TYPED.filter(one_line))
def test_inline_text_comes_out_letter_for_letter(context: str, typed: str) -> None:
    assert comes_out(context, typed, inline)


@examples(500)
@given(typed=TYPED)
def test_block_text_keeps_letters_paragraphs_and_line_breaks(typed: str) -> None:
    assert reread(block(typed)) == "\n".join(map("\n".join, paragraphs(typed)))


@examples(300)
@given(typed=TYPED.filter(one_line))
def test_code_in_a_cell_comes_out_letter_for_letter(typed: str) -> None:
    assert reread(f"| a |\n| --- |\n| {code(typed)} |") == f"a\n{one_line(typed)}"


@examples(300)
@given(typed=TYPED.filter(one_line))
def test_an_address_comes_out_letter_for_letter_or_percent_encoded(typed: str) -> None:
    assert reread(f"Voir {link('https://x.fr/' + typed)}.").startswith("Voir https")
    assert reread(f"Voir {link(typed)}.") == f"Voir {one_line(typed)}."


def test_only_a_web_address_becomes_a_link() -> None:
    assert link("https://exemple.fr/a_b?c=1") == "<https://exemple.fr/a_b?c=1>"
    assert link("javascript:alert(1)") == "javascript:alert(1)"
    assert link("https://a.fr> <b") == "https://a.fr> \\<b"


def test_ordinary_french_stays_readable_in_the_source() -> None:
    plain = "L'école n° 5 (rue de l'Église) : 12 salles - 3 étages, débit < 8 Mbit/s !"
    assert inline(plain) == plain


def test_ten_thousand_characters_come_out() -> None:
    typed = "".join(FRAGMENTS) * 60
    assert len(typed) > 10_000
    assert comes_out("première cellule", typed, inline)


def test_right_to_left_letters_and_combining_accents_are_kept() -> None:
    typed = "مدرسة e\u0301cole שלום"
    assert comes_out("titre", typed, inline)
    assert one_line(typed) == typed


def test_what_xml_has_no_character_for_is_not_printed() -> None:
    """A drawing of a PDF is XML: one of these in a room's name made none of any."""
    assert one_line("Salle\ufffe 1\uffff") == "Salle 1"


def test_our_own_markdown_is_a_text_that_says_so() -> None:
    assert isinstance(inline("a"), Md)
    assert isinstance(block("a"), Md)


MUTATIONS = {
    "la barre oublie les tableaux": (r"\[\]|~", r"\[\]~"),
    "la contre-oblique s'oublie": (r"[\\`", r"[`"),
    "le crochet ouvre un lien": (r"*\[\]", "*"),
    "la perluète fait une entité": (r"|&(?=[#A-Za-z])", ""),
    "le chevron fait une adresse": (r"|<(?![ =])", ""),
    "le début de ligne fait une liste": (r"|[-+](?=\s|$)", ""),
    "le début de ligne fait une citation": (r"[:>]", r"[:]"),
    "le titre perd son dièse": (r"|#$", ""),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_each_mutation_of_the_rules_is_caught(
    mutation: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = MUTATIONS[mutation]
    pattern = blocks._SIGNS.pattern
    assert before in pattern
    mutant = re.compile(pattern.replace(before, after))
    monkeypatch.setattr(blocks, "_SIGNS", mutant)

    def is_caught(typed: str) -> bool:
        written = "\n".join(map(blocks._disarmed, [one_line(typed)]))
        return any(not comes_out(one, typed, lambda _: written) for one in CONTEXTS)

    try:
        find(
            HOSTILE.filter(one_line),
            is_caught,
            settings=settings(max_examples=3000, phases=(Phase.generate,)),
            random=Random(1),  # the same each run: chance took a second, or none
        )
    except NoSuchExample:
        pytest.fail(f"mutation non détectée : {mutation}")
