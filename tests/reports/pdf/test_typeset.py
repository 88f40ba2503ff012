"""The PDF: read back, checked by rules, the same bytes, never refused."""

import io
from datetime import date

import page
import pypdf
import pytest
from hypothesis import given, settings

from diag.documents.formats.pdf import drawable, printed
from diag.documents.templates import markdown
from diag.model.enums import Audience
from tests.reports.builders import SCHOOL, facts, report
from tests.reports.pdf.test_literals import HOSTILE
from tests.reports.pdf.validation import failures

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


def made(text: str) -> bytes:
    return printed(text, "Titre", "Camille Perrin", DAY).pdf


def pages(pdf: bytes) -> list[str]:
    return [each.extract_text() for each in pypdf.PdfReader(io.BytesIO(pdf)).pages]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("audience", list(Audience))
def test_the_four_documents_pass_page_validation(audience: Audience) -> None:
    pdf = made(markdown(report(facts(rooms=ROOMS)), audience))
    for profile in ("ua1", "3a"):
        assert failures(pdf, profile) == []


def test_every_shape_of_our_markdown_is_printed() -> None:
    done = printed(EVERYTHING, "Titre", "Camille Perrin", DAY)
    assert not done.warning
    text = " ".join(pages(done.pdf))
    for word in ("Terme", "Attention", "barré", "gras", "[photo]", "Une note", "cité"):
        assert word in text
    assert "#read" in text
    assert page.is_pdf_compliant_bytes(done.pdf, profile="ua1")


def test_a_provisional_document_says_so_on_every_page() -> None:
    assert all("provisoire" in one for one in pages(made(EVERYTHING)))


def test_the_markdown_is_attached_byte_for_byte() -> None:
    reader = pypdf.PdfReader(io.BytesIO(made(EVERYTHING)))
    assert reader.attachments["document.md"] == [EVERYTHING.encode("utf-8")]


def test_the_same_document_is_the_same_bytes() -> None:
    text = markdown(report(facts(rooms=ROOMS)), Audience.MAIRIE)
    assert made(text) == made(text)


def test_page_one_of_the_mayor_s_document_holds_the_decisions() -> None:
    text = markdown(report(facts(rooms=ROOMS)), Audience.MAIRIE)
    first, second = pages(made(text))[:2]
    assert "L'essentiel" in first
    assert "Score d'ensemble" in first
    assert SCHOOL.name in first
    assert "Sommaire" in second


@settings(max_examples=15, deadline=None)
@given(HOSTILE)
def test_a_hostile_text_is_printed_not_run(text: str) -> None:
    # One paragraph of code: no Markdown, no typography, every letter counts.
    words = "".join(sign for sign in text if sign.isprintable() and sign.isascii())
    fence = "`" * (len(words) + 3)
    pdf = made(f"# T\n\n{fence}\n{words or 'x'}\n{fence}\n")
    assert squeezed(drawable(words)) in squeezed(" ".join(pages(pdf)))


def test_a_document_that_the_accessible_build_refuses_is_still_made(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("diag.documents.formats.pdf._style", _without_alternative_text)
    done = printed(EVERYTHING, "Titre", "Camille Perrin", DAY)
    assert done.pdf.startswith(b"%PDF")
    assert "aides à la lecture" in done.warning


def _without_alternative_text() -> str:
    from diag.documents.formats.pdf import _STYLE  # noqa: PLC0415 - unpatched

    style = _STYLE.read_text(encoding="utf-8")
    assert ", alt: alt" in style
    return style.replace(", alt: alt", "")


@pytest.mark.parametrize("filling", range(30, 40))
def test_a_heading_and_its_lead_stay_with_their_table(filling: int) -> None:
    """Whatever stands above, at the foot of the page."""
    above = "\n\n".join(f"Ligne {rank}." for rank in range(filling))
    table = "*Légende*\n\n| A | B |\n| --- | --- |\n| cellule | autre |"
    shown = pages(made(f"# T\n\n{above}\n\n## Partie\n\nMot d'entrée.\n\n{table}\n"))
    found = next(one for one in shown if "Mot d'entrée." in one)
    assert "Partie" in found
    assert "cellule" in found
