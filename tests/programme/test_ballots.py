"""A ballot of a telephone: kept under its role, replaced by its own, or refused."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.model.enums import Participant
from diag.model.errors import DiagError
from diag.programme.container import Container, create, opened
from diag.programme.gathering import (
    ballot_sheet,
    knows_phone,
    new_workshop,
    put_theme,
    take_ballot,
    without_ballots,
)
from diag.workspace.workspace import Workspace
from tests.audit.builders import workspace
from tests.programme.test_container import FRAME, SIREN

PHONE = "0f" * 16


@pytest.fixture
def anne(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "anne", author="anne") as made:
        yield made


@pytest.fixture
def there(anne: Workspace) -> tuple[Container, str]:
    """A programme with two themes, and a workshop."""
    made = create(anne, "2027-2031", FRAME, SIREN)
    put_theme(made, "reseau", "Réseau <b>")
    put_theme(made, "usages", "Usages")
    ident = new_workshop(made, title="Atelier du nord", on="2026-11-03")
    return opened(anne), ident


def sent(workshop: str, **fields: str) -> bytes:
    rows = [
        {"question": name.replace("theme_", "theme/"), "value": value}
        for name, value in fields.items()
    ]
    marks = {"format": "diag-ballot", "version": 1, "code": workshop, "by": ""}
    return json.dumps({**marks, "rows": rows}).encode()


def test_a_ballot_is_kept_under_its_role_and_the_last_of_a_phone_counts(
    there: tuple[Container, str],
) -> None:
    made, workshop = there
    page = ballot_sheet(made, workshop)
    assert page.title == "Atelier du nord"
    assert 'data-q="theme/reseau"' in page.fields
    assert "Réseau &lt;b&gt;" in page.fields
    first = {"role": "parent", "theme_reseau": "8", "mot": "Le Wi-Fi tombe"}
    assert "Merci" in take_ballot(made, workshop, PHONE, sent(workshop, **first))
    again = {"role": "elu", "theme_reseau": "4", "theme_usages": "6"}
    take_ballot(made.reopened(), workshop, PHONE, sent(workshop, **again))
    assert made.reopened().record().cards == {}
    take_ballot(made.reopened(), workshop, "1e" * 16, sent(workshop, **first))
    record = made.reopened().record()
    assert sorted((one.role, one.points) for one in record.ballots.values()) == [
        (Participant.ELU, {"reseau": 4, "usages": 6}),
        (Participant.PARENT, {"reseau": 8}),
    ]
    assert {one.text for one in record.cards.values()} == {"Le Wi-Fi tombe"}
    assert not any(PHONE in part for key in record.ballots for part in key)


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({"theme_reseau": "4"}, "rôle"),
        ({"role": "parent", "theme_reseau": "7", "theme_usages": "7"}, "10 points"),
        ({"role": "parent", "theme_reseau": "-1"}, "de 0 à 10"),
        ({"role": "parent", "theme_velo": "1"}, "plus à jour"),
        ({"role": "parent", "theme_reseau": "0", "mot": "  "}, "rien n'est à garder"),
        ({"role": "parent", "mot": "a" * 501}, "Texte"),
    ],
)
def test_what_is_no_ballot_is_refused_in_words_and_keeps_nothing(
    there: tuple[Container, str], fields: dict[str, str], problem: str
) -> None:
    made, workshop = there
    with pytest.raises(DiagError, match=problem):
        take_ballot(made, workshop, PHONE, sent(workshop, **fields))
    record = made.reopened().record()
    assert (record.ballots, record.cards) == ({}, {})


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(("rows", "format", "code", "question", "value")), inner
        )
    ),
    max_leaves=8,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    raw=st.binary(max_size=40)
    | _JSON.map(json.dumps).map(str.encode)
    | st.just(b"[" * 50_000)
)
def test_no_bytes_crash(there: tuple[Container, str], raw: bytes) -> None:
    made, workshop = there
    with pytest.raises(DiagError):
        take_ballot(made, workshop, PHONE, raw)


def test_what_came_by_a_code_is_taken_back(
    there: tuple[Container, str],
) -> None:
    """Other ballots stay; a telephone whose ballot was taken back is a new one."""
    made, workshop = there
    first = {"role": "parent", "theme_reseau": "8", "mot": "Le Wi-Fi tombe"}
    for phone in (PHONE, "1e" * 16):
        take_ballot(made.reopened(), workshop, phone, sent(workshop, **first))
    assert knows_phone(made.reopened(), workshop, PHONE)
    assert not knows_phone(made.reopened(), workshop, "2d" * 16)

    made.write(*without_ballots(made.reopened(), workshop, {PHONE, "2d" * 16}))

    record = made.reopened().record()
    assert (len(record.ballots), len(record.cards)) == (1, 1)
    assert not knows_phone(made.reopened(), workshop, PHONE)
