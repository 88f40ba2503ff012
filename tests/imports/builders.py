"""Builders: small official files, one line changed at a time."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from diag.demo.territory import COLUMNS, directory_lines, schools, uai

Line = Mapping[str, str]

COLUMNS_2024 = tuple(COLUMNS.split(";"))
_OLD_NAMES = {
    "Code_postal": "Code postal",
    "coordX_origine": "coordonnee_X",
    "coordY_origine": "coordonnee_Y",
    "epsg_origine": "epsg",
    "multi_uai": "etablissement_multi_lignes",
}
_SINCE_2024 = {
    "code_circonscription",
    "code_zone_animation_pedagogique",
    "libelle_zone_animation_pedagogique",
}
COLUMNS_2023 = tuple(
    _OLD_NAMES.get(name, name) for name in COLUMNS_2024 if name not in _SINCE_2024
)
COLUMNS_2026 = tuple(name for name in COLUMNS_2024 if name != "Nombre_d_eleves")

_MODEL = dict(
    zip(
        COLUMNS_2024,
        list(directory_lines(tuple(schools(1))))[5].split(";"),
        strict=True,
    )
)
"""The first school of the invented territory: 9990100E, in Valbrise."""


def school(number: int = 100, **changes: str) -> dict[str, str]:
    """Return a directory line for the school of this number."""
    return _MODEL | {
        "Identifiant_de_l_etablissement": uai(number),
        "Nom_etablissement": f"Ecole primaire {number}",
        "Mail": f"ce.{uai(number)}@ac-vallombre.example",
        **changes,
    }


def csv_text(columns: Iterable[str], *lines: Line, delimiter: str = ";") -> str:
    """Return a CSV without quotes, as the ministry writes it."""
    columns = tuple(columns)
    rows = [columns, *(tuple(line.get(name, "") for name in columns) for line in lines)]
    return "".join(f"{delimiter.join(row)}\n" for row in rows)


def directory(
    folder: Path, *lines: Line, columns: Iterable[str] = COLUMNS_2024
) -> Path:
    """Write a directory file: UTF-8 with its mark, line feeds."""
    return write(folder, "\ufeff" + csv_text(columns, *lines), "annuaire.csv")


def write(folder: Path, text: str, name: str = "fichier.csv") -> Path:
    """Write a text as it is."""
    path = folder / name
    path.write_text(text, encoding="utf-8", newline="")
    return path


def in_2023(line: Line) -> dict[str, str]:
    """Return a line under the column names of 2023."""
    return {_OLD_NAMES.get(name, name): value for name, value in line.items()}
