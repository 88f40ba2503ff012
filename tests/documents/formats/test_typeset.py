"""The PDF: read back, checked by rules, the same bytes, never refused."""

import io
import re
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import page
import pypdf
import pytest
from hypothesis import given

from diag.documents.document import Document, DrawnPages
from diag.documents.formats import pdf as typeset
from diag.documents.formats.pdf import NoPdfError, drawable, write_pdf
from diag.documents.templates import build_document
from diag.model.enums import READERS, Audience
from diag.words import sentences
from diag.words.sentences import NBSP
from tests.documents.builders import SCHOOL, facts, report
from tests.documents.formats.test_literals import HOSTILE
from tests.documents.formats.validation import failures
from tests.documents.reading import document, pdf
from tests.examples import examples

DAY = date(2026, 3, 12)
ROOMS = ("Classe 1", "Classe 2")
EVERYTHING = """# Titre

Terme
: Dit

> [!WARNING]
> **Attention**
>
> - un
> - deux

## Partie [lien](#partie-lien) et [perdu](#nulle-part)

Un mot[^1], ~~barré~~, `code`, *italique*, **gras** ![photo](http://pisteur/x.png)

3. trois
4. quatre

> cité

```
#read("/etc/passwd")
```

*Légende*

| Domaine | Score sur 100 |
| --- | ---: |
| Wi-Fi | entre 10 et 30 |

[^1]: Une note.

*Document provisoire, 12 mars 2026*
"""


def made(source: Document | str) -> bytes:
    return pdf(source, "Titre", "Camille Perrin", DAY)[0]


def pages(pdf: bytes) -> list[str]:
    return [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    return "".join(sentences.typeset(text).split())


@pytest.mark.parametrize("audience", list(READERS))
def test_the_four_documents_pass_page_validation(audience: Audience) -> None:
    file = made(build_document(report(facts(rooms=ROOMS)), audience))
    for profile in ("ua1", "3a"):
        assert failures(file, profile) == []


def test_every_shape_of_our_markdown_is_printed() -> None:
    file, warning = pdf(EVERYTHING, "Titre", "Camille Perrin", DAY)
    assert not warning
    text = " ".join(pages(file))
    for word in ("Terme", "Attention", "barré", "gras", "[photo]", "Une note", "cité"):
        assert word in text
    assert "#read" in text
    assert page.is_pdf_compliant_bytes(file, profile="ua1")


def test_a_provisional_document_says_so_on_every_page() -> None:
    foot = "Document provisoire, 12 mars 2026"
    stamped = document(EVERYTHING, "Titre", running=foot, provisional=True)
    assert all("provisoire" in one for one in pages(made(stamped)))
    final = replace(stamped, meta=replace(stamped.meta, provisional=False))
    assert made(final) != made(stamped)


def test_the_markdown_is_attached_byte_for_byte() -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(EVERYTHING)))
    assert reader.attachments["document.md"] == [EVERYTHING.encode("utf-8")]


def test_no_line_of_a_pdf_breaks_a_date() -> None:
    source = "# T\n\nLoi du 9 février 2015, avant le 1er mars, le 12 mai 2026.\n"
    (text,) = pages(made(source))
    for day in ("9 février 2015", "1er mars", "12 mai 2026"):
        assert day.replace(" ", NBSP) in text


def test_a_hyphen_of_a_cell_is_that_of_a_sentence() -> None:
    """Figures of one width set it wide apart: « Wi - Fi »."""
    source = "# T\n\nDu wi-fi\n\n| Où | Combien |\n| --- | ---: |\n| Du wi-fi | 11 |\n"
    only: Any = pypdf.PdfReader(io.BytesIO(made(source))).pages[0]
    shapes = [
        re.findall(rb"<(\w+)> *<002D>", font.get_object()["/ToUnicode"].get_data())
        for font in only["/Resources"]["/Font"].values()
    ]
    assert sorted(map(len, shapes)) == [0, 1]


def test_the_same_document_is_the_same_bytes() -> None:
    report_of = report(facts(rooms=ROOMS))
    once, again = (made(build_document(report_of, Audience.MAIRIE)) for _ in range(2))
    assert once == again


def test_page_one_of_the_mayor_s_document_holds_the_decisions() -> None:
    told = build_document(report(facts(rooms=ROOMS)), Audience.MAIRIE)
    first = pages(made(told))[0]
    assert "Ce qu’il faut savoir avant de décider" in first
    assert "Le vote que cela ouvre" in first
    assert "Examiné à" not in first
    assert SCHOOL.name in first


@examples(15, few=6)
@given(HOSTILE)
def test_a_hostile_text_is_printed_not_run(text: str) -> None:
    # One paragraph of code: no Markdown, no typography, every letter counts.
    words = "".join(sign for sign in text if sign.isprintable() and sign.isascii())
    fence = "`" * (len(words) + 3)
    file = made(f"# T\n\n{fence}\n{words or 'x'}\n{fence}\n")
    assert squeezed(drawable(words)) in squeezed(" ".join(pages(file)))


def test_a_document_that_the_accessible_build_refuses_is_still_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("diag.documents.formats.pdf._style", _without_alternative_text)
    mayors = build_document(report(), Audience.MAIRIE)
    sheet = DrawnPages(mayors.drawn.sheet)
    drawn = replace(mayors, draw=lambda: sheet)
    file, warning = write_pdf(drawn)
    assert file.startswith(b"%PDF")
    assert "aides à la lecture" in warning


def test_a_text_that_nests_without_end_is_refused_in_a_sentence() -> None:
    """A template of three thousand « > » ended as unexpected."""
    with pytest.raises(NoPdfError, match="imbriqué"):
        made(f"# T\n\n{'>' * 3000} x\n")


def _without_alternative_text() -> str:
    style = Path(typeset.__file__).with_name("style.typ").read_text(encoding="utf-8")
    assert ", alt: alt" in style
    return style.replace(", alt: alt", "")


@pytest.mark.parametrize("filling", range(30, 40))
def test_a_heading_and_its_lead_stay_with_their_table(filling: int) -> None:
    """Whatever stands above, at the foot of the page."""
    above = "\n\n".join(f"Ligne {rank}." for rank in range(filling))
    table = "*Légende*\n\n| A | B |\n| --- | --- |\n| cellule | autre |"
    shown = pages(made(f"# T\n\n{above}\n\n## Partie\n\nMot d’entrée.\n\n{table}\n"))
    found = next(one for one in shown if "Mot d’entrée." in one)
    assert "Partie" in found
    assert "cellule" in found
