from pathlib import Path

import pytest

from diag.journal.journal import Journal, get_setting, jot_setting, put_setting

pytestmark = pytest.mark.durable


def test_a_setting_is_kept_and_replaced(journal: Journal) -> None:
    assert get_setting(journal, "équipe") is None
    assert get_setting(journal, "équipe", "personne") == "personne"
    put_setting(journal, "équipe", {"nom": "Vallombre", "jours": [1, 2]})
    assert get_setting(journal, "équipe") == {"nom": "Vallombre", "jours": [1, 2]}
    put_setting(journal, "équipe", False)
    assert get_setting(journal, "équipe", True) is False


def test_what_is_jotted_is_read_by_another_program_and_the_rest_stays_durable(
    journal: Journal, tmp_path: Path
) -> None:
    with Journal.open(tmp_path) as other:
        jot_setting(journal, "place", ["a", "b"])
        assert get_setting(other, "place") == ["a", "b"]
    assert journal.select("pragma synchronous") == [(2,)]


def test_nothing_is_jotted_in_a_file_to_read(tmp_path: Path) -> None:
    Journal.open(tmp_path).close()
    with Journal.open(tmp_path, readonly=True) as reader:
        jot_setting(reader, "place", 1)
        assert get_setting(reader, "place") is None


def test_what_cannot_be_jotted_is_let_go(journal: Journal, tmp_path: Path) -> None:
    journal.connection.execute("pragma busy_timeout = 0")
    with Journal.open(tmp_path) as other, other.transaction():
        jot_setting(journal, "place", 1)
    assert get_setting(journal, "place") is None
    assert journal.select("pragma synchronous") == [(2,)]
