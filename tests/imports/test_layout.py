from pathlib import Path

import pytest

from diag.imports.layouts import (
    ALL,
    ANNUAIRE,
    COMMUNES,
    EFFECTIFS,
    IPS,
    MAIRIES,
    FileLayout,
    InputSheet,
    open_sheet,
)
from diag.imports.source import ImportRefusedError
from tests.imports.builders import (
    COLUMNS_2023,
    COLUMNS_2024,
    COLUMNS_2026,
    csv_text,
    school,
    write,
)

HEADERS = {
    "annuaire": ";".join(COLUMNS_2024),
    "effectifs": (
        "Rentrée scolaire;Numéro de l'école;Nombre total de classes;"
        "Nombre total d'élèves;Commune"
    ),
    "ips": "Rentrée scolaire;UAI;Nom de l'établissment;IPS",
    "communes": "code_insee;nom;departement;population",
    "mairies": "département,commune,email",
}


def opened(folder: Path, header: str, layout: FileLayout) -> InputSheet:
    return open_sheet(write(folder, f"{header}\n"), layout)


def refusal_of(folder: Path, header: str, layout: FileLayout) -> str:
    with pytest.raises(ImportRefusedError) as caught:
        opened(folder, header, layout)
    return caught.value.at_prompt()


@pytest.mark.parametrize("asked", ALL, ids=lambda layout: layout.command)
@pytest.mark.parametrize("given", HEADERS)
def test_a_file_of_another_kind_names_the_command_that_suits_it(
    tmp_path: Path, asked: FileLayout, given: str
) -> None:
    if asked.command == given:
        assert opened(tmp_path, HEADERS[given], asked).layout is asked
    else:
        told = refusal_of(tmp_path, HEADERS[given], asked)
        assert f"ce n'est pas {asked.title}, mais " in told
        assert f"comme « {given} » : diag import {given} fichier.csv." in told


def test_a_missing_column_names_the_nearest_one_seen(tmp_path: Path) -> None:
    header = ";".join(COLUMNS_2024).replace("Identifiant_de_l_", "Identif_")
    told = refusal_of(tmp_path, header, ANNUAIRE)
    assert "la colonne « Identifiant_de_l_etablissement » manque" in told
    assert "la plus proche est « Identif_etablissement »" in told


def test_a_missing_name_column_is_refused_too(tmp_path: Path) -> None:
    header = ";".join(COLUMNS_2024).replace("Nom_etablissement", "Appelation_locale")
    assert "la colonne « Nom_etablissement » manque" in refusal_of(
        tmp_path, header, ANNUAIRE
    )


def test_without_any_near_column_the_first_ones_are_shown(tmp_path: Path) -> None:
    told = refusal_of(tmp_path, "x;y", ANNUAIRE)
    assert "la première ligne commence par « x », « y »" in told


@pytest.mark.parametrize(
    ("columns", "width"),
    [(COLUMNS_2023, 69), (COLUMNS_2024, 72), (COLUMNS_2026, 71)],
)
def test_no_official_column_of_any_year_is_called_unknown(
    tmp_path: Path, columns: tuple[str, ...], width: int
) -> None:
    sheet = opened(tmp_path, ";".join(columns), ANNUAIRE)
    assert len(columns) == width
    assert sheet.ignored_columns == ()


def test_an_unknown_column_is_ignored_and_named(tmp_path: Path) -> None:
    header = ";".join((*COLUMNS_2024, "Commentaire perso"))
    assert opened(tmp_path, header, ANNUAIRE).ignored_columns == ("Commentaire perso",)


def test_columns_are_read_by_name_whatever_their_order(tmp_path: Path) -> None:
    backwards = csv_text(reversed(COLUMNS_2024), school(Nom_etablissement="Ici"))
    sheet = open_sheet(write(tmp_path, backwards), ANNUAIRE)
    (entry,) = sheet.entries()
    assert entry.cells["name"] == "Ici"
    assert sheet.column("name") == "Nom_etablissement"


def test_the_api_s_lower_case_names_are_the_same_columns(tmp_path: Path) -> None:
    lower = opened(tmp_path, ";".join(COLUMNS_2026).lower(), ANNUAIRE)
    assert (
        lower.positions == opened(tmp_path, ";".join(COLUMNS_2026), ANNUAIRE).positions
    )


@pytest.mark.parametrize(
    ("layout", "columns"),
    [
        (
            EFFECTIFS,
            (
                "rentree_scolaire,code_region_aca,code_region_insee,region_academique,"
                "code_academie,academie,code_departement,departement,code_postal,commune,"
                "numero_ecole,denomination_principale,patronyme,secteur,rep,rep_plus,"
                "nombre_total_classes,nombre_total_eleves,"
                "nombre_eleves_preelementaire_hors_ulis,"
                "nombre_eleves_elementaire_hors_ulis,nombre_eleves_ulis,"
                "nombre_eleves_ueea,nombre_eleves_cp_hors_ulis,nombre_eleves_cm2_hors_ulis,"
                "num_ligne"
            ),
        ),
        (
            IPS,
            (
                "rentree_scolaire;code_region;region;code_academie;academie;"
                "code_du_departement;departement;uai;nom_de_l_etablissment;"
                "code_insee_de_la_commune;nom_de_la_commune;secteur;effectifs;ips;"
                "ips_national;ips_national_public;ips_academique_prive;"
                "ips_departemental_public;num_ligne"
            ),
        ),
        (
            COMMUNES,
            "TYPECOM,COM,REG,DEP,CTCD,ARR,TNCC,NCC,NCCENR,LIBELLE,CAN,COMPARENT",
        ),
        (
            COMMUNES,
            (
                "code;nom;typeLiaison;zone;arrondissement;departement;region;type;"
                "rangChefLieu;siren;codesPostaux;population;anciensCodes;chefLieu"
            ),
        ),
        (MAIRIES, "département,commune,email"),
    ],
)
def test_every_published_layout_is_known_whole(
    tmp_path: Path, layout: FileLayout, columns: str
) -> None:
    assert opened(tmp_path, columns, layout).ignored_columns == ()
