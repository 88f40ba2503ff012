"""The official files read a second time, apart from the importers: what they say.

Written from the files' own description alone, with `csv` and a few lines a column; the
tests compare it with the territory, field by field.
"""

import csv
import gzip
import json
import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path

Said = dict[str, object]
"""Field of the territory → what a file says of it."""


def lines_of(path: Path, delimiter: str = ";") -> Iterator[dict[str, str]]:
    """Yield the lines of a sound file, by the names of its columns."""
    raw = path.read_bytes()
    text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode("utf-8-sig")
    for row in csv.DictReader(text.splitlines(), delimiter=delimiter):
        yield {name: value.strip() for name, value in row.items()}


_PLAIN = {
    "insee": "Code_commune",
    "department": "Code_departement",
    "sector": "Statut_public_prive",
    "email": "Mail",
    "siret": "SIREN_SIRET",
    "latitude": "latitude",
    "longitude": "longitude",
    "priority_education": "Appartenance_Education_Prioritaire",
    "state": "etat",
    "updated": "date_maj_ligne",
}
"""Fields that a directory gives as they are."""

_FLAG = {"1": True, "0": False, "": None}


def schools_of(path: Path) -> dict[str, Said]:
    """Return what a directory says of each school of the primary level."""
    found: dict[str, Said] = {}
    for line in lines_of(path):
        is_school = line["Type_etablissement"] == "Ecole"
        if is_school or line["code_nature"].startswith("1"):
            found.setdefault(line["Identifiant_de_l_etablissement"], _school(line))
    return found


def _school(line: Mapping[str, str]) -> Said:
    postcode = line.get("Code_postal") or line.get("Code postal", "")
    streets = [_single(line[f"Adresse_{n}"]) for n in (1, 2)]
    town = re.fullmatch(r"(\d{5}) .+", line["Adresse_3"])
    if not town:
        streets.append(_single(line["Adresse_3"]))
    kept = [street for street in streets if re.search(r"\w", street)]
    return {
        "name": _single(line["Nom_etablissement"]),
        "commune": _single(line["Nom_commune"]),
        "nursery": _FLAG[line["Ecole_maternelle"]],
        "elementary": _FLAG[line["Ecole_elementaire"]],
        "address": ", ".join(dict.fromkeys(kept)),
        "postcode": postcode or (town[1] if town else ""),
        "phone": line["Telephone"].replace(" ", ""),
        "circonscription": _single(line["nom_circonscription"]),
        "rpi": line["rpi_disperse"].zfill(6) if line["rpi_disperse"] else "",
        **{field: line[column] for field, column in _PLAIN.items()},
    }


def _single(text: str) -> str:
    return unicodedata.normalize("NFC", re.sub(r"\s+", " ", text))


def headcounts_of(path: Path) -> dict[str, Said]:
    """Return the classes and pupils of each school in the last year of a file."""
    if path.suffix == ".gz":
        records = json.loads(gzip.decompress(path.read_bytes()))
        lines = [each["record"]["fields"] for each in records]
        names = ("numero_ecole", "rentree_scolaire")
        counts = ("nombre_total_classes", "nombre_total_eleves")
    else:
        lines = list(lines_of(path))
        names = ("Numéro de l'école", "Rentrée scolaire")
        counts = ("Nombre total de classes", "Nombre total d'élèves")
    found: dict[str, Said] = {}
    for line in sorted(lines, key=lambda one: str(one[names[1]])):
        year = int(line[names[1]])
        classes, pupils = (int(line[name]) for name in counts)
        found[line[names[0]]] = {
            "classes": classes,
            "pupils": pupils,
            "headcount_year": f"{year}-{year + 1}",
        }
    return found


def indices_of(path: Path) -> dict[str, tuple[float, str]]:
    """Return the index of each school, and its year."""
    found = {}
    for line in lines_of(path):
        low = {
            name.lower().replace("é", "e").replace(" ", "_"): v
            for name, v in line.items()
        }
        found[low["uai"]] = float(low["ips"]), low["rentree_scolaire"]
    return found


def communes_of(path: Path) -> dict[str, Said]:
    """Return what the official code says of each commune."""
    return {
        line["code_insee"]: {
            "name": line["nom"],
            "department": line["departement"].zfill(3)
            if line["departement"].isdigit()
            else f"0{line['departement']}",
            "population": int(line["population"]) if line["population"] else None,
            "siren": line["siren"],
            "epci_siren": line["epci_siren"],
            "epci_name": line["epci_nom"],
            "postcodes": tuple(re.findall(r"\d{5}", line["codes_postaux"])),
        }
        for line in lines_of(path)
    }


def town_halls_of(path: Path, communes: Mapping[str, Said]) -> dict[str, set[str]]:
    """Return the addresses that a file gives for each commune of today, by code."""
    codes: dict[tuple[object, str], list[str]] = {}
    for insee, commune in communes.items():
        key = commune["department"], _letters(str(commune["name"]))
        codes.setdefault(key, []).append(insee)
    found: dict[str, set[str]] = {}
    for line in lines_of(path, ","):
        title, _, name = line["commune"].partition(" - ")
        department = line["département"]
        key = department.zfill(3), _letters(name)
        known = codes.get(key, [])
        if title == "Mairie" and len(known) == 1:
            found.setdefault(known[0], set()).add(line["email"])
    return found


def _letters(name: str) -> str:
    bare = unicodedata.normalize("NFD", name.lower().replace("œ", "oe"))
    text = re.sub(r"[^a-z0-9]+", " ", re.sub(r"[\u0300-\u036f]", "", bare)).strip()
    return re.sub(r"\bst(e?)\b", r"saint\1", text)
