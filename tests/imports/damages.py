"""Hundreds of ways in which an official file is damaged before it comes in.

Each is what somebody's tool does: a spreadsheet that eats zeros, an editor that saves
in another encoding, a stray delimiter, a download that stops. What the sound files say
is known; a damaged one must say the same, or be told.
"""

import calendar
import gzip
import io
import json
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from xlsxwriter import Workbook

from tests.imports.builders import COLUMNS_2024

Rows = list[list[str]]
"""A file, its header first."""

KEYS = "ABCDEFGHJKLMNPRSTUVWXYZ"
NUMBERS = range(20_001, 20_025)
CODES = [f"{number:07d}{KEYS[number % 23]}" for number in NUMBERS]
_NAMES = (
    *("de l'Église", "Françoise Dolto", "du Château", "Hélène Boucher", "Les Cèdres"),
    *("Jean Zay", "de la Forêt", "Noël Mamère", "Louis Pergaud", "du Vieux Chêne"),
)
_TOWNS = ("Abbécourt", "Crépy", "Œuilly", "Château-Thierry", "Laon", "Bohéries")


def annuaire() -> Rows:
    rows = [list(COLUMNS_2024)]
    for at, code in enumerate(CODES):
        town = at % len(_TOWNS)
        day = f"2026-{1 + at % 8:02d}-{3 + at:02d}"
        school = {
            "Identifiant_de_l_etablissement": code,
            "Nom_etablissement": f"Ecole primaire {_NAMES[at % len(_NAMES)]}",
            "Type_etablissement": "Ecole",
            "Statut_public_prive": "Privé" if at % 6 == 5 else "Public",
            "Adresse_1": f"{1 + at} rue du Général Leclerc",
            "Adresse_2": "Bâtiment B" if at % 5 == 2 else "",
            "Adresse_3": f"0{2300 + town} {_TOWNS[town].upper()}",
            "Code_postal": f"0{2300 + town}",
            "Code_commune": f"0{2001 + town}",
            "Nom_commune": _TOWNS[town],
            "Code_departement": "002",
            "Ecole_maternelle": str(at % 2),
            "Ecole_elementaire": "1",
            "Telephone": f"03236000{at:02d}",
            "Mail": f"ce.{code}@ac-amiens.example",
            "Appartenance_Education_Prioritaire": "REP+" if at % 7 == 3 else "",
            "SIREN_SIRET": f"2102000{town}00012",
            "Libelle_departement": "Aisne",
            "nom_circonscription": f"Inspection du 1er degré n°{at % 3}",
            "latitude": f"49.{5_000 + 37 * at}",
            "longitude": f"3.{2_000 + 41 * at}",
            "date_maj_ligne": day,
            "etat": "OUVERT",
            "rpi_disperse": f"00{1_000 + at}" if at % 4 == 0 else "",
            "code_nature": "151",
        }
        rows.append([school.get(name, "") for name in COLUMNS_2024])
    return rows


def effectifs() -> Rows:
    header = [
        *("Rentrée scolaire", "Département", "Commune", "Numéro de l'école"),
        *("Secteur", "Nombre total de classes", "Nombre total d'élèves", "Code Postal"),
    ]
    rows = [header]
    for at, code in enumerate(CODES):
        town = _TOWNS[at % len(_TOWNS)].upper()
        counts = (str(3 + at % 9), str(61 + 13 * at))
        rows.append(["2025", "AISNE", town, code, "PUBLIC", *counts, "02300"])
    return rows


def ips() -> Rows:
    rows = [["rentree_scolaire", "departement", "uai", "nom_de_la_commune", "ips"]]
    for at, code in enumerate(CODES):
        town = _TOWNS[at % len(_TOWNS)].upper()
        rows.append(["2024-2025", "AISNE", code, town, f"{80 + at}.{at % 9 + 1}"])
    return rows


def communes() -> Rows:
    header = (
        "code_insee;nom;departement;siren;codes_postaux;population;epci_siren;epci_nom"
    )
    rows = [header.split(";")]
    for at, town in enumerate(_TOWNS):
        siren, population = f"2102000{at}0", str(518 + 1_701 * at)
        codes = (siren, f"0{2300 + at}", population, "200071785", "CA Chauny Tergnier")
        rows.append([f"0{2001 + at}", town, "02", *codes])
    return rows


def fibre() -> Rows:
    header = "code_insee;nom_com;code_dep;nbr;type;elig_ftth;elig_coax;nbr_elig_8;date"
    rows = [header.split(";")]
    for at, town in enumerate(_TOWNS):
        counts = (
            str(300 + 17 * at),
            "all",
            str(281 + 11 * at),
            "0",
            str(290 + 17 * at),
        )
        rows.append([f"0{2001 + at}", town, "02", *counts, "2026-03-31"])
    return rows


def cuivre() -> Rows:
    header = "code_insee;nom_commune;fermeture_technique;fermeture_commerciale;lot"
    rows = [header.split(";")]
    for at, town in enumerate(_TOWNS):
        end = calendar.monthrange(2027, 1 + at)[1]  # as many days as in 2029
        days = f"2029-0{1 + at}-{end}", f"2027-0{1 + at}-{end}"
        rows.append([f"0{2001 + at}", town, *days, str(at)])
    return rows


def mairies() -> Rows:
    rows = [["département", "commune", "email"]]
    for at, town in enumerate(_TOWNS):
        rows.append(["02", f"Mairie - {town}", f"mairie{at}@commune.example"])
    return rows


SOUND: dict[str, Callable[[], Rows]] = {
    "communes": communes,
    "annuaire": annuaire,
    "effectifs": effectifs,
    "ips": ips,
    "fibre": fibre,
    "cuivre": cuivre,
    "mairies": mairies,
}


def written(rows: Rows, delimiter: str = ";", quote: str = "") -> str:
    lines = (delimiter.join(f"{quote}{cell}{quote}" for cell in row) for row in rows)
    return "".join(f"{line}\n" for line in lines)


class Damage(NamedTuple):
    """One damaged file."""

    kind: str
    what: str
    content: bytes


def damages() -> Iterator[Damage]:
    for kind, make in SOUND.items():
        for what, content in (
            *_encodings(make()),
            *_separators(make()),
            *_quotes(make()),
            *_columns(make()),
            *_truncations(make()),
            *_cells(kind, make()),
            *_other_dresses(make()),
        ):
            raw = content.encode() if isinstance(content, str) else content
            yield Damage(kind, what, raw)


Made = Iterator[tuple[str, str | bytes]]


def _encodings(rows: Rows) -> Made:
    text = written(rows)
    for codec in ("cp1252", "mac_roman", "utf-16", "cp850", "utf-8-sig"):
        yield f"en {codec}", text.encode(codec, errors="replace")
    for codec in ("cp1252", "mac_roman"):
        yield (
            f"codé deux fois par {codec}",
            text.encode().decode(codec, "ignore").encode(),
        )
    lines = text.encode().split(b"\n")
    lines[3] = lines[3].decode().encode("cp1252", errors="replace")
    yield "une ligne en cp1252", b"\n".join(lines)
    yield (
        "accents perdus",
        text.encode("ascii", errors="replace").replace(b"?", b"\xef\xbf\xbd"),
    )
    yield "lignes en CRLF", text.replace("\n", "\r\n")


def _separators(rows: Rows) -> Made:
    last = len(rows[0]) - 1
    for delimiter in (",", "\t", "|"):
        yield f"séparé par {delimiter!r}", written(rows, delimiter)
    for at in {0, 1, 2, last // 3, last // 2, last - 1, last}:
        yield (
            f"séparateur en trop, colonne {at}",
            written(_with(rows, 4, at, lambda c: f"{c[:2]};{c[2:]}")),
        )
    yield "un séparateur retiré", written(_with(rows, 2, 1, str)).replace(";", "", 1)
    short = [row[:] for row in rows]
    del short[3][1]
    yield "une cellule retirée", written(short)
    yield "séparateurs au bout", written(rows).replace("\n", ";;\n")
    yield "une ligne à virgules", _line(rows, 3, lambda line: line.replace(";", ","))


def _quotes(rows: Rows) -> Made:
    yield "tout entre guillemets", written(rows, quote='"')
    yield "guillemet jamais fermé", written(_with(rows, 3, 1, lambda c: f'"{c}'))
    yield (
        "guillemet au milieu",
        written(_with(rows, 3, 1, lambda c: f'{c[:3]}"{c[3:]}')),
    )
    yield (
        "guillemet qui mange une ligne",
        _line(
            _with(rows, 3, len(rows[0]) - 1, lambda c: f'"{c}'),
            4,
            lambda line: f'{line}"',
        ),
    )
    yield "apostrophes autour", written(_with(rows, 3, 0, lambda c: f"'{c}'"))


def _columns(rows: Rows) -> Made:
    width = len(rows[0])
    yield "colonnes à l'envers", written([row[::-1] for row in rows])
    for at in {0, 1, 2, 3, width // 2, width - 1}:
        yield (
            f"colonne {at} retirée",
            written([row[:at] + row[at + 1 :] for row in rows]),
        )
        yield f"titre {at} changé", written([_put(rows[0], at, "Autre"), *rows[1:]])
    yield "titres retirés", written(rows[1:])
    yield "titres répétés", written([*rows[:4], rows[0], *rows[4:]])
    yield "un titre au-dessus", "Extraction du 12/05/2026\n" + written(rows)
    yield "lignes vides au-dessus", ";;\n\n" + written(rows)
    yield "un total en dessous", written(rows) + f"Total : {len(rows) - 1}\n"
    yield "titres seuls", written(rows[:1])
    yield (
        "titres en capitales",
        written([[name.upper() for name in rows[0]], *rows[1:]]),
    )
    yield "une ligne en double", written([*rows, rows[2]])


def _truncations(rows: Rows) -> Made:
    raw = written(rows).encode()
    for part in (5, 20, 45, 70, 97):
        cut = raw[: len(raw) * part // 100]
        if cut.endswith(b"\n"):
            cut = cut[:-3]
        yield f"coupé à {part} %", cut
    yield "dernier octet coupé", raw[:-2]
    yield "archive coupée", gzip.compress(raw, mtime=0)[:-9]
    yield "vide", b""


def _cells(kind: str, rows: Rows) -> Made:
    """Yield what spreadsheets and scripts do to codes, figures and days."""
    for at, name in enumerate(rows[0]):
        values = [row[at] for row in rows[1:]]
        if any(value.startswith("0") for value in values):
            yield (
                f"zéros de {name} perdus",
                written(_each(rows, at, lambda c: c.lstrip("0"))),
            )
            yield f"{name} en nombre", written(_each(rows, at, _as_float))
    if kind == "annuaire":
        yield from _of_directory(rows)
    for name in ("ips", "Nombre total d'élèves", "population"):
        if name in rows[0]:
            at = rows[0].index(name)
            yield (
                f"{name} à virgule",
                written(_each(rows, at, lambda c: c.replace(".", ","))),
            )
            yield (
                f"{name} sans point",
                written(_each(rows, at, lambda c: c.replace(".", ""))),
            )
            if name != "population":  # where a thousand times more may be true
                many = _each(rows, at, lambda c: f"{c}000")
                yield f"{name} en milliers", written(many)
            yield f"{name} en date", written(_with(rows, 3, at, lambda c: "déc-84"))
    if kind == "effectifs":
        swapped = [[*row[:5], row[6], row[5], row[7]] for row in rows[1:]]
        yield "classes et élèves échangés", written([rows[0], *swapped])


def _of_directory(rows: Rows) -> Made:
    day, siret = rows[0].index("date_maj_ligne"), rows[0].index("SIREN_SIRET")
    latitude, longitude = rows[0].index("latitude"), rows[0].index("longitude")
    for name, change in {
        "françaises": lambda d: f"{d[8:]}/{d[5:7]}/{d[:4]}",
        "américaines": lambda d: f"{d[5:7]}/{d[8:]}/{d[:4]}",
        "avec l'heure": lambda d: f"{d}T00:00:00+00:00",
        "de deux chiffres": lambda d: f"{d[8:]}/{d[5:7]}/{d[2:4]}",
        "en numéros": lambda d: "46154" if d else "",
        "d'un autre siècle": lambda d: d.replace("2026", "2206"),
    }.items():
        yield f"dates {name}", written(_each(rows, day, change))
    yield "une date à venir", written(_with(rows, 3, day, lambda d: "2206-05-12"))
    yield "SIRET en puissances", written(_each(rows, siret, lambda c: "2,10200E+13"))
    yield (
        "coordonnées à virgule",
        written(_each(rows, latitude, lambda c: c.replace(".", ","))),
    )
    yield (
        "coordonnées sans point",
        written(_each(rows, latitude, lambda c: c.replace(".", ""))),
    )
    titles = _put(_put(rows[0], latitude, "longitude"), longitude, "latitude")
    yield "latitude et longitude échangées", written([titles, *rows[1:]])
    yield (
        "coordonnées nulles",
        written(_each(_each(rows, latitude, lambda c: "0"), longitude, lambda c: "0")),
    )
    yield "une lettre-clé fausse", written(_with(rows, 3, 0, lambda c: f"{c[:7]}A"))
    yield (
        "deux chiffres échangés",
        written(_with(rows, 3, 0, lambda c: f"2{c[1]}{c[0]}{c[3:]}")),
    )


def _other_dresses(rows: Rows) -> Made:
    records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    yield "en JSON", json.dumps(records)
    yield "en JSON coupé", json.dumps(records)[:-20]
    yield "en classeur", _workbook(rows, as_numbers=False)
    yield "en classeur de nombres", _workbook(rows, as_numbers=True)


def _workbook(rows: Rows, *, as_numbers: bool) -> bytes:
    stream = io.BytesIO()
    with Workbook(stream, {"strings_to_numbers": as_numbers}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return stream.getvalue()


def _as_float(cell: str) -> str:
    return f"{int(cell)}.0" if cell.isdigit() else cell


def _put(row: Sequence[str], at: int, cell: str) -> list[str]:
    return [*row[:at], cell, *row[at + 1 :]]


def _with(rows: Rows, line: int, at: int, change: Callable[[str], str]) -> Rows:
    return [
        _put(row, at, change(row[at])) if number == line else row
        for number, row in enumerate(rows)
    ]


def _each(rows: Rows, at: int, change: Callable[[str], str]) -> Rows:
    return [rows[0], *(_put(row, at, change(row[at])) for row in rows[1:])]


def _line(rows: Rows, line: int, change: Callable[[str], str]) -> str:
    lines = written(rows).split("\n")
    lines[line] = change(lines[line])
    return "\n".join(lines)
