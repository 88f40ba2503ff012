"""Whatever the bytes, an import ends in a report or a French refusal, nothing lost."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.demo.territory import FictionalTerritory
from diag.imports.communes import (
    import_communes,
    import_effectifs,
    import_ips,
    import_mairies,
)
from diag.imports.intake import ImportReport
from diag.imports.schools import import_annuaire
from diag.imports.source import ImportRefusedError
from diag.journal.journal import Journal
from diag.journal.territory import Territory
from tests.examples import examples

IMPORTS: tuple[Callable[[Path, Territory], ImportReport], ...] = (
    import_annuaire,
    import_effectifs,
    import_ips,
    import_communes,
    import_mairies,
)
SPLICES = st.lists(
    st.tuples(
        st.floats(0, 1),
        st.integers(0, 40),
        st.one_of(
            st.binary(max_size=12),
            st.sampled_from([
                b";",
                b'"',
                b"\n",
                b"\r\n",
                b"\xff",
                b"\xc3",
                b"\0",
                b"=1+1",
                b"-1",
            ]),
        ),
    ),
    min_size=1,
    max_size=4,
)


@pytest.fixture(scope="module")
def held(
    tmp_path_factory: pytest.TempPathFactory, vallombre: FictionalTerritory
) -> Iterator[tuple[Path, Territory]]:
    folder = tmp_path_factory.mktemp("hostile")
    with Journal.open(folder) as journal:
        territory = Territory(journal.connection)
        import_communes(vallombre.communes_file, territory)
        import_annuaire(vallombre.annuaire, territory)
        yield folder, territory


def survive(path: Path, territory: Territory) -> None:
    before = {line.uai for line in territory.schools()}
    for read in IMPORTS:
        refused = ""
        try:
            read(path, territory)
        except ImportRefusedError as error:
            refused = str(error)
        assert not refused or "Rien n'a été importé." in refused
    after = {line.uai for line in territory.schools()}
    assert before <= after
    assert all(territory.school(uai) is not None for uai in after - before)


@examples(60)
@given(content=st.binary(max_size=400))
def test_arbitrary_bytes_are_refused_and_nothing_is_lost(
    held: tuple[Path, Territory], content: bytes
) -> None:
    folder, territory = held
    path = folder / "octets.csv"
    path.write_bytes(content)
    survive(path, territory)


@examples(60)
@given(which=st.integers(0, 4), splices=SPLICES)
def test_official_files_with_spliced_bytes_lose_nothing(
    held: tuple[Path, Territory],
    vallombre: FictionalTerritory,
    which: int,
    splices: list[tuple[float, int, bytes]],
) -> None:
    folder, territory = held
    content = (
        vallombre.annuaire,
        vallombre.effectifs,
        vallombre.ips,
        vallombre.communes_file,
        vallombre.mairies,
    )[which].read_bytes()[:6_000]
    for where, length, new in splices:
        start = int(where * len(content))
        content = content[:start] + new + content[start + length :]
    path = folder / "abime.csv"
    path.write_bytes(content)
    survive(path, territory)


@examples(40)
@given(
    rows=st.lists(
        st.dictionaries(
            st.sampled_from([
                *("identifiant_de_l_etablissement", "nom_etablissement"),
                *("code_commune", "nom_commune", "position", "telephone"),
            ]),
            st.recursive(
                st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
                lambda inner: (
                    st.lists(inner, max_size=2)
                    | st.dictionaries(st.text(max_size=3), inner, max_size=2)
                ),
                max_leaves=4,
            ),
        ),
        max_size=4,
    )
)
def test_any_json_records_lose_nothing(
    held: tuple[Path, Territory], rows: list[dict[str, object]]
) -> None:
    import json  # noqa: PLC0415 - of this property only

    folder, territory = held
    path = folder / "export.json"
    path.write_text(json.dumps({"results": rows}), encoding="utf-8")
    survive(path, territory)
