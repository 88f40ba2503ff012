"""The mayor's first page fits one page, whatever it holds; nothing of it is clipped."""

import io
import re
from collections.abc import Mapping, Sequence
from itertools import product

import pypdf
import pytest

from diag.documents.formats.pdf import value
from diag.documents.sheet import Plain
from tests.documents.formats.fitting import Fitted, fitted
from tests.documents.formats.test_typeset import squeezed
from tests.examples import cases

NAMES = {
    "court": "CP",
    "long": "Classe des petits et moyens du bâtiment de la rue des Marronniers",
}
SIZES = [*product(range(1, 13), (1, 6, 20), (0, 6), NAMES)]
"""1 to 12 votes, 1, 6 or 20 rooms, no danger or six, short or very long names."""


def rooms(count: int, name: str) -> list[Plain]:
    return [f"{NAMES[name]} {at}" for at in range(1, count + 1)]


def sheet(
    votes: int, places: int, dangers: int, name: str, *, aided: bool
) -> dict[str, Plain]:
    """Return a page of that size, every row as long as it may be."""
    amounts: dict[str, Plain] = {
        "gross": 12_340,
        "fctva": 1_010,
        "net": 11_330,
        "inv": 6_170,
        "fon": 6_170,
    }
    return {
        "title": "École primaire intercommunale Marie-Curie des Marronniers",
        "kind": "Feuille de décision du conseil",
        "line": "Courvaux-sur-Ombre · 9990148G · visite du 28 septembre 2026",
        "dangers": [
            {"where": f"{one}.", "fact": "Prise arrachée, fils nus à portée d'enfant."}
            for one in rooms(dangers, name)
        ],
        "acts": ["Supprimer le danger électrique : 336 € TTC."] * bool(dangers),
        "groups": {"t2": "Une date", "t3": "Une classe", "t4": "Demandé"},
        "votes": [
            {
                "number": at,
                "tier": f"t{2 + at // 5}",
                "what": f"Poser des prises réseau et un bouton de coupure, lot {at}"[
                    :60
                ],
                "also": ["poser trois stores dans les classes du bâtiment du parc"]
                * (at % 5),
                "where": rooms(places, name),
                "refs": [f"A{100 + each}" for each in range(4)],
                "nature": "Obligation : loi n° 2015-136 du 9 février 2015, article 7",
                "presses": True,
                "long": ("dans une classe sur deux le maître reste sans prise " * 3)[
                    :110
                ],
                "short": "une classe sur deux reste sans aucune prise réseau."[:60],
                "when": "conseil du 20 novembre 2026",
                "aid": "12\u202f340 à 45\u202f670",
                **amounts,
            }
            for at in range(1, votes + 1)
        ],
        "unvoted": [
            {
                "what": "Sans vote : 3 petites dépenses",
                "which": "ranger les câbles de quatre salles, poser des prises",
                "who": "crédits ouverts",
                **amounts,
            }
        ],
        "sums": {**amounts, "gross": 987_650, "net": 975_310},
        "head": {
            **amounts,
            "none": "aucun",
            "rounded": True,
            "least": 10_000,
            "most": 60_000,
            "aid": "112\u202f340 à 245\u202f670 €" if aided else "à demander",
            "left": "29\u202f640 à 62\u202f970 €" if aided else "",
        },
        "ticks": True,
        "aided": aided,
        "foot": "Net = brut − FCTVA, avant toute aide. " * 4,
    }


FEW = [(1, 1, 0, "court"), (12, 1, 0, "court"), SIZES[-1]]
"""The extremes: all of them, 144, take a minute."""

FOLDED = 20
"""The level from which votes go to page 2: no size needs it."""


def pages(sheets: Sequence[Mapping[str, Plain]]) -> tuple[Fitted, list[str]]:
    """Return how each page was fitted, and its text: all of them in one document."""
    body = "\n#pagebreak(weak: true)\n".join(
        f"#decision-sheet({value(one)})" for one in sheets
    )
    found, made = fitted(body)
    reader = pypdf.PdfReader(io.BytesIO(made))
    return found, [squeezed(page.extract_text()) for page in reader.pages]


@pytest.mark.parametrize("votes", cases([2, 7], 7))
def test_amounts_of_a_million_stand_apart(votes: int) -> None:
    """As they would be read aloud: no two sums of the last line run together."""
    made = sheet(votes, 1, 0, "court", aided=False)
    sums = {"gross": 1_442_160, "fctva": 230_840, "net": 1_211_320}
    told = fitted(f"#decision-sheet({value({**made, 'sums': sums})})")
    page = pypdf.PdfReader(io.BytesIO(told[1])).pages[0]
    text = page.extract_text(extraction_mode="layout").replace("\u202f", " ")

    assert re.search(r"1 442 160\s+230 840\s+1 211 320", text)


@pytest.mark.parametrize(
    ("sizes", "aided"),
    [
        (FEW, False),
        (FEW[::2], True),
        pytest.param(SIZES, False, marks=pytest.mark.long),
        pytest.param(SIZES, True, marks=pytest.mark.long),
    ],
    ids=("few", "few, aided", "all", "all, aided"),
)
def test_every_size_is_one_page_that_fits_with_nothing_cut(
    sizes: list[tuple[int, int, int, str]], *, aided: bool
) -> None:
    fitted, texts = pages([sheet(*size, aided=aided) for size in sizes])

    if sizes is not SIZES:  # a short page takes its ease, a full one is tightened
        assert fitted[0]["level"] == 0
        assert fitted[-1]["level"] > fitted[0]["level"]
    assert len(texts) == len(fitted) == len(sizes)
    for (votes, _, dangers, name), one, text in zip(sizes, fitted, texts, strict=True):
        assert one["fits"]
        assert one["level"] < FOLDED
        for room in rooms(dangers, name):
            assert squeezed(str(room)) in text
        assert text.count("☐") == 3 * votes
        assert text.count(squeezed("12\u202f340 à 45\u202f670")) == votes * aided
        assert squeezed("975\u202f310") in text
        assert "Ensemble,troisbudgets" in text


@pytest.mark.parametrize(
    "size",
    [(7, 2, 1, "court"), pytest.param((4, 20, 6, "long"), marks=pytest.mark.long)],
)
def test_halves_find_the_form_that_trying_each_in_order_finds(
    size: tuple[int, int, int, str],
) -> None:
    """Seven aided votes in two rooms of short names: saying « 2 lieux » is longer."""
    body = f"#decision-sheet({value(sheet(*size, aided=True))})"

    assert fitted(body)[0] == fitted(body, in_order=True)[0]


@pytest.mark.parametrize("schools", cases([2, 5], 2))
def test_the_votes_of_several_schools_are_one_page_too(schools: int) -> None:
    """Each under the name of its school; what no page holds is counted, never cut."""
    ((one,), (text,)) = pages([of_a_commune(schools)])
    assert one["fits"]
    named = [text.count(f"École{at}") for at in range(schools)]
    shown = sum(named)
    left = schools * 12 - shown
    assert shown >= 10
    assert left
    assert squeezed(f"{left} autres votes, dans le texte") in text
    assert text.count("☐") == 3 * (shown - named[1])
    assert squeezed("975\u202f310") in text


def of_a_commune(schools: int) -> dict[str, Plain]:
    """Return the page of several schools, the second of which is not closed."""
    rest: dict[str, Plain] = {"rest": "dans le texte joint à ce PDF"}
    one = sheet(12, 2, 1, "court", aided=False)
    votes = one["votes"]
    assert isinstance(votes, list)
    many: list[Plain] = [
        {**vote, "school": f"École {at}", "ticked": at != 1}
        for at in range(schools)
        for vote in votes
        if isinstance(vote, dict)
    ]
    return {**one, **rest, "votes": many}


def test_data_is_no_code() -> None:
    assert value({"a": ['"]#panic()', 1, True], "b": {}}) == (
        '("a": ("\\"]#panic()", 1, true, ), "b": (:))'
    )
    with pytest.raises(TypeError):
        value(1.5)
