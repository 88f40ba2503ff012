"""An edition is its bytes: canonical, pinned by digest, opened as it was."""

import json
import lzma
import sqlite3
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.assess import ENGINE as JUDGING
from diag.checklist.edition import ENGINE, EditionError, compiled, digest, open_edition
from diag.checklist.load import Harvest, load_checklists
from diag.model.enums import Kind
from tests.checklist.test_sentences import whole_files
from tests.examples import cases
from tests.rules.written import FILES, load_written

LANDED = Path(__file__).parents[1] / "fixtures" / "landed" / "diag.db.xz"
"""A journal of version 0.1.0: its edition is of the first judging."""


def edition_of(names: list[str]) -> bytes:
    harvest = Harvest()
    for name in names:
        harvest.take(name, FILES[name].encode())
    return compiled(harvest.loaded().draft)


def test_an_edition_that_commands_a_terminal_is_not_opened(tmp_path: Path) -> None:
    edition = compiled(load_written(tmp_path).draft)
    title = load_written(tmp_path).draft.title.encode()
    assert open_edition(edition.replace(title, rb"C:\\u001b", 1)).title == r"C:\u001b"
    for sign in (
        rb"\u001b",
        rb"\u009B",
        "\x9b".encode(),
        "\u202e".encode(),
        b"\\u2066",
    ):
        with pytest.raises(EditionError, match="commande"):
            open_edition(edition.replace(title, sign + b"[31m", 1))


def test_opening_gives_back_what_was_compiled(tmp_path: Path) -> None:
    checklist = load_written(tmp_path).draft
    opened = open_edition(compiled(checklist))
    assert opened == checklist
    assert list(opened.questions) == list(checklist.questions)
    assert opened.criteria["debit-suffisant"].levels[3] == "debit >= 100"


def test_every_key_is_kept(tmp_path: Path) -> None:
    checklist = load_written(tmp_path, whole_files()).draft
    assert open_edition(compiled(checklist)) == checklist


@pytest.mark.parametrize("value", [True, False, 2, "0.5", "2 * prises", ("a", "b")])
def test_what_a_fact_becomes_is_kept_with_its_type(
    value: object, tmp_path: Path
) -> None:
    checklist = load_written(tmp_path).draft
    action = checklist.recommendations["cabler-les-classes"]
    changed = action.model_copy(update={"effect": {"prises": value}})
    again = open_edition(
        compiled(checklist.model_copy(update={"recommendations": {action.id: changed}}))
    )
    kept = again.recommendations[action.id].effect["prises"]
    assert (kept, type(kept)) == (value, type(value))


def test_an_edition_says_by_which_judging_it_is_read(tmp_path: Path) -> None:
    body = compiled(load_written(tmp_path).draft)
    assert json.loads(body)["engine"] == ENGINE
    assert str(ENGINE) == JUDGING


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


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """The edition that a landed journal keeps."""
    path = tmp_path_factory.mktemp("landed") / "diag.db"
    path.write_bytes(lzma.decompress(LANDED.read_bytes()))
    journal = sqlite3.connect(path)
    ((body,),) = journal.execute("select body from edition").fetchall()
    journal.close()
    return str(body).encode()


def test_an_edition_of_the_first_judging_is_read(landed: bytes) -> None:
    written: dict[str, list[dict[str, Any]]] = json.loads(landed)
    opened = open_edition(landed)
    assert opened.engine == 1
    for section, nouns, title in (
        ("questions", opened.questions, "label"),
        ("criteria", opened.criteria, "title"),
        ("prices", opened.prices, "label"),
    ):
        named = [(one["id"], one[title]) for one in written[section]]
        assert [(one.id, getattr(one, title)) for one in nouns.values()] == named
    for one in written["recommendations"]:
        wording = opened.recommendations[one["id"]].wording
        titles = {str(reader): said.title for reader, said in wording.items()}
        assert titles == {key: said["title"] for key, said in one["wording"].items()}
    assert {one.conforms_at for one in opened.criteria.values()} == {None}
    assert any(one.kind is Kind.COMPLIANCE for one in opened.criteria.values())


def test_what_only_the_first_judging_read_is_left_out(landed: bytes) -> None:
    written = json.loads(landed)
    written["retired"] = ["vieux-critere"]
    opened = open_edition(json.dumps(written).encode())
    assert [(one.id, one.by) for one in opened.retired] == [("vieux-critere", "")]
    waits = [one for one in written["recommendations"] if one.get("requires")]
    assert waits
    for one in waits:
        kept = [need["criterion"] for need in one["requires"] if "at_least" in need]
        opened_needs = opened.recommendations[one["id"]].requires
        assert [need.criterion for need in opened_needs] == kept
    assert open_edition(compiled(opened)) == opened


@pytest.mark.parametrize("key", ["roll_up", "improves_with"])
def test_an_edition_of_today_holds_nothing_of_the_first_judging(
    key: str, tmp_path: Path
) -> None:
    body = json.loads(compiled(load_written(tmp_path).draft))
    body["criteria"][0][key] = {}
    with pytest.raises(EditionError):
        open_edition(json.dumps(body).encode())


@pytest.mark.parametrize("wrong", cases([3, [3], [[]], None], 3, [[]]))
def test_a_damaged_edition_of_the_first_judging_says_what_to_do(
    wrong: object, landed: bytes
) -> None:
    for section in ("criteria", "recommendations", "retired"):
        written = json.loads(landed) | {section: wrong}
        with pytest.raises(EditionError, match="Mettez diag à jour"):
            open_edition(json.dumps(written).encode())
