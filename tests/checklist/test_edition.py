"""An edition is its bytes: canonical, pinned by digest, opened as it was."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.checklist.edition import EditionError, compiled, digest, open_edition
from diag.checklist.load import Harvest, load_checklists
from tests.rules.written import FILES, load_written


def edition_of(names: list[str]) -> bytes:
    harvest = Harvest()
    for name in names:
        harvest.take(name, FILES[name].encode())
    return compiled(harvest.loaded().draft)


def test_opening_gives_back_what_was_compiled(tmp_path: Path) -> None:
    checklist = load_written(tmp_path).draft
    opened = open_edition(compiled(checklist))
    assert opened == checklist
    assert list(opened.questions) == list(checklist.questions)
    assert opened.criteria["debit-suffisant"].levels[3] == "debit >= 100"


def test_compiling_again_gives_the_same_bytes(tmp_path: Path) -> None:
    edition = compiled(load_written(tmp_path).draft)
    assert compiled(load_checklists(tmp_path).draft) == edition
    assert compiled(open_edition(edition)) == edition


@given(st.permutations(list(FILES)))
def test_the_order_of_files_changes_nothing(names: list[str]) -> None:
    assert edition_of(names) == edition_of(list(FILES))


def test_the_bytes_are_canonical_json(tmp_path: Path) -> None:
    edition = compiled(load_written(tmp_path).draft)
    body = json.loads(edition, parse_float=pytest.fail)
    again = json.dumps(
        body, sort_keys=True, separators=(",", ":"), ensure_ascii=False
    ).encode()
    assert again == edition
    assert "Débit" in edition.decode()


def test_the_digest_is_sha256_in_hex() -> None:
    assert digest(b"") == (
        "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    )


def test_a_wording_changes_the_digest(tmp_path: Path) -> None:
    checklist = load_written(tmp_path).draft
    other = checklist.model_copy(update={"title": "Autre"})
    assert digest(compiled(other)) != digest(compiled(checklist))


@pytest.mark.parametrize(
    "edition", [b"", b"{}", b"\xff", b'{"title": "x", "nouveaute": 1}', b"[" * 9999]
)
def test_what_cannot_be_opened_says_what_to_do(edition: bytes) -> None:
    with pytest.raises(EditionError, match="Mettez diag à jour"):
        open_edition(edition)
