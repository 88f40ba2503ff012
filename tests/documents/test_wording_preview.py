from collections.abc import Iterator
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from diag.audit.report import Report, report_of
from diag.documents.write import preview
from diag.model.enums import Audience
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace

HOSTILE = ["# titre", "*gras*", "[lien](http://x)", "<b>", "| a |", "```", "[/"]


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Workspace]:
    with audited_workspace(tmp_path / "desk") as made:
        yield made


@pytest.fixture
def report(desk: Workspace) -> Report:
    return report_of(audited(desk))


def test_blanks_are_filled_as_in_the_document(report: Report) -> None:
    words = {"title": "Câbler {quantite|salle|salles}", "why": "Avant le {echeance}."}

    text = preview(report, "cabler-les-classes", Audience.MAIRIE, words)

    assert "Câbler 3" in text.replace("\u00a0", " ")
    assert "**Pourquoi** : Avant le " in text
    assert "{" not in text


@pytest.mark.parametrize("text", HOSTILE)
def test_what_looks_like_markup_is_printed(report: Report, text: str) -> None:
    told = preview(report, "cabler-les-classes", Audience.EQUIPE, {"title": text})

    tokens = MarkdownIt().parse(told)
    inline = next(token for token in tokens if token.type == "inline")
    assert tokens[0].type == "paragraph_open"
    kinds = {child.type for child in inline.children or ()}
    assert not kinds & {"link_open", "em_open", "html_inline", "code_inline"}


def test_empty_parts_and_unknown_advice_are_told_without_fuss(report: Report) -> None:
    told = preview(report, "inconnue", Audience.MAIRIE, {"title": "T", "why": " "})

    assert told == "**T**"
