"""The official files, column by column: 2019 to 2026, CSV labels and API names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import NamedTuple

from diag.imports.source import (
    MAX_BYTES,
    InputFile,
    RawTable,
    read_source,
    read_table,
    refusal,
)
from diag.model.text import fold


def positions_of(
    names: Mapping[str, tuple[str, ...]], columns: tuple[str, ...]
) -> dict[str, int]:
    """Return where each field is by the first of its `names` that a column has.

    Absent fields are left out; names are compared without accents nor case.
    """
    where: dict[str, int] = {}
    for index, column in enumerate(columns):
        where.setdefault(fold(column), index)
    found = {}
    for field, known in names.items():
        places = [where[name] for name in map(fold, known) if name in where]
        if places:
            found[field] = places[0]
    return found


@dataclass(frozen=True)
class FileLayout:
    """The columns of one official file, in all the spellings met.

    Columns are compared folded: `Code postal`, `Code_postal` and `code_postal` are one.
    """

    command: str
    """What follows `diag import`."""
    title: str
    """What the file is, in French, with its article."""
    required: Mapping[str, tuple[str, ...]]
    """Field → its columns, the official one first; no import without them."""
    optional: Mapping[str, tuple[str, ...]]
    """Field → its columns, the official one first."""
    unused: str = ""
    """Other official columns, nobody's concern: one a line or between semicolons."""

    def positions(self, columns: tuple[str, ...]) -> dict[str, int]:
        """Return where each field is among `columns`; absent fields are left out."""
        return positions_of({**self.required, **self.optional}, columns)

    def fits(self, columns: tuple[str, ...]) -> bool:
        """Say whether every required field is there."""
        return self.required.keys() <= self.positions(columns).keys()


class ImportRow(NamedTuple):
    """One row, by field."""

    line: int
    cells: Mapping[str, str]


@dataclass(frozen=True)
class InputSheet:
    """A file whose columns are understood."""

    source: InputFile
    table: RawTable
    layout: FileLayout
    positions: Mapping[str, int]

    @property
    def ignored_columns(self) -> tuple[str, ...]:
        """Columns that the official layout does not have."""
        used = set(self.positions.values())
        unused = {fold(name) for name in re.split(r"[;\n]", self.layout.unused)}
        return tuple(
            column
            for index, column in enumerate(self.table.columns)
            if index not in used and fold(column) not in unused
        )

    @property
    def absent_columns(self) -> tuple[str, ...]:
        """Columns that the layout may have, and the file lacks."""
        return tuple(
            names[0]
            for field, names in self.layout.optional.items()
            if field not in self.positions
        )

    def column(self, field: str) -> str:
        """Return the name that the file gives to a field's column."""
        return self.table.columns[self.positions[field]]

    def values(self, field: str) -> Iterator[str]:
        """Yield the cells of a field's column; none without it."""
        at = self.positions.get(field)
        if at is not None:
            yield from (cells[at].strip() for _, cells in self.table.rows)

    def entries(self) -> Iterator[ImportRow]:
        """Yield the rows, by field."""
        places = tuple(self.positions.items())
        for line, cells in self.table.rows:
            yield ImportRow(
                line, {field: cells[index].strip() for field, index in places}
            )


def open_sheet(path: Path, layout: FileLayout) -> InputSheet:
    """Return the rows of a file that must have this layout.

    Raises:
        ImportRefusedError: names the column missing and the nearest one, or the
            command that suits the file.
    """
    source = read_source(path, layout.fits)
    table = read_table(source)
    kind = _fitting(table.columns)
    if kind is not None and kind is not layout:
        raise refusal(
            path.name,
            f"ce n'est pas {layout.title}, mais {kind.title}",
            f"Importez-le comme « {kind.command} »",
            command=f"diag import {kind.command} {path.name}",
        )
    positions = layout.positions(table.columns)
    for field, names in layout.required.items():
        if field not in positions:
            spelled = {fold(column): column for column in reversed(table.columns)}
            near = get_close_matches(fold(names[0]), spelled, n=1)
            if near:
                seen = f"la plus proche est « {spelled[near[0]][:60]} »"
            else:
                shown = ", ".join(f"« {column[:30]} »" for column in table.columns[:4])
                seen = f"la première ligne commence par {shown or 'rien de lisible'}"
            raise refusal(
                path.name,
                f"la colonne « {names[0]} » manque pour lire {layout.title} ; {seen}",
                "Renommez la colonne, ou reprenez l'export officiel sans le retoucher",
            )
    return InputSheet(source, table, layout, positions)


ANNUAIRE = FileLayout(
    command="annuaire",
    title="l'annuaire de l'éducation",
    required={
        "uai": ("Identifiant_de_l_etablissement", "Numéro UAI", "Code établissement"),
        "name": (
            "Nom_etablissement",
            "Nom de l'établissement",
            "Appellation officielle",
        ),
        "insee": ("Code_commune", "Code commune INSEE"),
        "commune": ("Nom_commune", "Commune", "Libelle_commune"),
    },
    optional={
        "type": ("Type_etablissement",),
        "nature": ("code_nature",),
        "department": ("Code_departement",),
        "sector": ("Statut_public_prive", "Secteur public privé"),
        "nursery": ("Ecole_maternelle",),
        "elementary": ("Ecole_elementaire",),
        "address_1": ("Adresse_1", "Adresse"),
        "address_2": ("Adresse_2",),
        "address_3": ("Adresse_3",),
        "postcode": ("Code_postal",),
        "phone": ("Telephone",),
        "email": ("Mail",),
        "siret": ("SIREN_SIRET",),
        "latitude": ("latitude",),
        "longitude": ("longitude",),
        "position": ("position",),
        "circonscription": ("nom_circonscription",),
        "priority_education": ("Appartenance_Education_Prioritaire",),
        "rpi": ("rpi_disperse",),
        "state": ("etat",),
        "updated": ("date_maj_ligne",),
    },
    unused="""
        Code_academie;Code_region;Voie_generale;Voie_technologique;Voie_professionnelle
        Fax;Web;Restauration;Hebergement;ULIS;Apprentissage;Segpa;Section_arts
        Section_cinema;Section_theatre;Section_sport;Section_internationale
        Section_europeenne;Lycee_Agricole;Lycee_militaire;Lycee_des_metiers;Post_BAC
        GRETA;Nombre_d_eleves;Fiche_onisep;Libelle_departement;Libelle_academie
        Libelle_region;coordX_origine;coordY_origine;epsg_origine;coordonnee_X
        coordonnee_Y;epsg;precision_localisation;date_ouverture;ministere_tutelle
        multi_uai;etablissement_multi_lignes;rpi_concentre;libelle_nature;PIAL
        Type_contrat_prive;Code_type_contrat_prive
        etablissement_mere;type_rattachement_etablissement_mere
        code_circonscription;code_zone_animation_pedagogique
        libelle_zone_animation_pedagogique;code_bassin_formation
        libelle_bassin_formation
    """,
)
"""`fr-en-annuaire-education`: 69, 72 or 71 columns in 2023, 2024 and 2026."""

EFFECTIFS = FileLayout(
    command="effectifs",
    title="le fichier des effectifs et des classes",
    required={
        "uai": ("Numéro de l'école", "numero_ecole"),
        "year": ("Rentrée scolaire",),
        "pupils": ("Nombre total d'élèves", "nombre_total_eleves"),
        "classes": ("Nombre total de classes", "nombre_total_classes"),
    },
    optional={},
    unused="""
        Région académique;Code_region_aca;Code_region_insee;Académie;Code_academie
        Département;Code_departement;Commune;Code postal;Patronyme;Secteur;REP;REP +
        Dénomination principale;rep_plus;tri;num_ligne
        Nombre d'élèves en pré-élémentaire hors ULIS
        Nombre d'élèves en élémentaire hors ULIS
        Nombre d'élèves en ULIS;Nombre d'élèves en UEEA
        Nombre d'élèves en CP hors ULIS;Nombre d'élèves en CE1 hors ULIS
        Nombre d'élèves en CE2 hors ULIS;Nombre d'élèves en CM1 hors ULIS
        Nombre d'élèves en CM2 hors ULIS
        nombre_eleves_preelementaire_hors_ulis;nombre_eleves_elementaire_hors_ulis
        nombre_eleves_ulis;nombre_eleves_ueea;nombre_eleves_cp_hors_ulis
        nombre_eleves_ce1_hors_ulis;nombre_eleves_ce2_hors_ulis
        nombre_eleves_cm1_hors_ulis;nombre_eleves_cm2_hors_ulis
    """,
)
"""`fr-en-ecoles-effectifs-nb_classes`: labels in CSV, technical names in the API."""

IPS = FileLayout(
    command="ips",
    title="le fichier des IPS",
    required={
        "uai": ("UAI",),
        "year": ("Rentrée scolaire",),
        "ips": ("IPS",),
    },
    optional={},
    unused="""
        Académie;Code académie;Code du département;Département;Région académique
        Code région;Région;Nom de l'établissment;Nom de l'établissement
        Code INSEE de la commune;Nom de la commune;Secteur;Effectifs;num_ligne
        ips_national;ips_national_public;ips_national_prive
        ips_academique;ips_academique_public;ips_academique_prive
        ips_departemental;ips_departemental_public;ips_departemental_prive
    """,
)
"""`fr-en-ips_ecoles` and its successors, in three layouts."""

COMMUNES = FileLayout(
    command="communes",
    title="le code officiel des communes",
    required={
        "insee": ("code_insee", "code", "COM", "insee"),
        "name": ("nom", "LIBELLE", "libelle"),
        "department": ("departement", "DEP", "code_departement"),
    },
    optional={
        "type": ("type", "TYPECOM"),
        "population": ("population",),
        "siren": ("siren",),
        "epci_siren": ("epci_siren", "code_epci"),
        "epci_name": ("epci_nom", "nom_epci"),
        "postcodes": ("codes_postaux", "codesPostaux", "code_postal"),
    },
    unused="""
        région;arrondissement;epci_type;typeLiaison;zone;rangChefLieu;anciensCodes
        chefLieu;commune;REG;CTCD;ARR;TNCC;NCC;NCCENR;CAN;COMPARENT
    """,
)
"""INSEE's official code, in CSV or as `@etalab/decoupage-administratif` has it."""

MAIRIES = FileLayout(
    command="mairies",
    title="la liste des courriels des mairies",
    required={
        "department": ("département", "code_departement"),
        "commune": ("commune", "nom"),
        "email": ("email", "mail", "courriel", "adresse_courriel"),
    },
    optional={},
)
"""The DILA's public directory, reduced to the e-mails of town halls."""

FIBRE = FileLayout(
    command="fibre",
    title="la liste des locaux raccordables à la fibre",
    required={
        "insee": ("code_insee", "INSEE_COM"),
        "premises": ("nbr", "Locaux"),
        "fibre": ("elig_ftth", "ftth"),
    },
    optional={"counted_on": ("date",), "type": ("type",)},
    unused="""
        nom_com;code_dep;code_reg;elig_coax;elig_cu;elig_cu_30;elig_cu_8;elig_thdr
        elig_hdr;elig_4gf;elig_4fg;elig_sat;nbr_elig_8;NOM_COM;INSEE_DEP;INSEE_REG
    """,
)
"""ARCEP's `commune_meilleure_techno_thd.csv`, or `commune_techno.csv`; or its « Carte
fibre » by commune, saved as a table. Never a file of rates: `commune_debit.csv` counts
satellites, and has no column of fibre. Columns as public programs that download them
read them in 2026; `elig_4fg` until 2021."""

COPPER = FileLayout(
    command="cuivre",
    title="le calendrier de fermeture du cuivre",
    required={
        "insee": ("code_insee", "Code INSEE"),
        "sale_end": ("fermeture_commerciale", "Date de fermeture commerciale"),
        "line_end": ("fermeture_technique", "Date de fermeture technique"),
    },
    optional={},
    unused="""
        nom_commune;Nom de la commune;Code_postal;departement;region;point_geo
        forme_geo;commune_et_cp;nom_departement;lot;output usager;output_usager
        annee_fermeture_technique;report_FC;annonce_ferm_commerciale
        annonce_ferm_technique;fermeture_technique_initiale;eligibilite_ftth
        prevision_completude_des_zapms_premierpm;nbr_log_refus_tiers
        prevision_completude_des_zapms_dernierpm;nb_log_blocage_eligibilite
    """,
)
"""`fermeture-reseau-cuivre` of the ministry of the economy, its header as Faxbot read
it in October 2026; or the operator's « trajectoire », a workbook whose sheet
« Communes » has these columns, as the public `process_orange` of R reads it."""

ALL = (FIBRE, COPPER, EFFECTIFS, IPS, ANNUAIRE, MAIRIES, COMMUNES)
"""The most particular first: a file is of the first kind that it fits."""


_HEAD = 2**14
"""Bytes that hold the first line of an official file."""

_WORKBOOKS = {".xlsx", ".ods"}
_MOST_TO_LOOK = 20 * 2**20
"""Bytes of the largest workbook looked into: its texts come before its rows."""

_MOST_TABLES = 300
"""Files of a folder that are looked into."""


def layout_of(path: Path) -> FileLayout | None:
    """Return what official file this is by its first line; None for any other.

    Raises:
        OSError: when it cannot be read.
    """
    if path.suffix.lower() in _WORKBOOKS:
        from diag.imports import workbook  # noqa: PLC0415 - XML, 15 ms, for these only

        if path.stat().st_size > _MOST_TO_LOOK:
            return None
        try:
            sheets = workbook.workbook_columns(path, MAX_BYTES)
            return next(filter(None, map(_fitting, sheets)), None)
        except workbook.DAMAGES:
            return None
    with path.open("rb") as stream:
        raw = stream.read(_HEAD).partition(b"\n")[0]
    try:
        line = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        line = raw.decode("cp1252", errors="replace")
    for separator in ";,\t":
        columns = tuple(cell.strip(' "\r') for cell in line.split(separator))
        if layout := _fitting(columns):
            return layout
    return None


def _fitting(columns: tuple[str, ...]) -> FileLayout | None:
    return next((layout for layout in ALL if layout.fits(columns)), None)


def official_files(folders: Iterable[Path]) -> Mapping[str, Path]:
    """Return the newest official file of each kind in these folders, by its command."""
    found: dict[str, tuple[float, Path]] = {}
    for folder in folders:
        try:
            wanted = {".csv", *_WORKBOOKS}
            inside = [one for one in folder.iterdir() if one.suffix.lower() in wanted]
            tables = sorted(filter(Path.is_file, inside))[:_MOST_TABLES]
        except OSError:
            continue
        for path in tables:
            try:
                layout, changed = layout_of(path), path.stat().st_mtime
            except OSError:
                continue  # gone, or not for us: it is only an offer
            if layout and found.get(layout.command, (0.0,))[0] < changed:
                found[layout.command] = changed, path
    return {command: path for command, (_, path) in found.items()}
