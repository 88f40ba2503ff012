"""What each commune asks and gets, the least covered first; then by IPS."""

from collections.abc import Iterator
from fractions import Fraction

from diag.documents.programme.lines import planned_words
from diag.model.enums import PlaceKind
from diag.programme.equity import LEAST, CommuneShare, ips_groups, spread
from diag.tui.lists import ListColumn, ListLine
from diag.tui.programme.years import YearsView, pupil_words
from diag.words.figures import cents_words, euros, number, percent
from diag.words.sentences import counted

_TABLE, _HALF = 70, 50
"""From so many columns, a list shows what is late; the right and the euros a pupil."""

COLUMNS = (
    ListColumn("Commune"),
    ListColumn("Élèves", 6, right=True),
    ListColumn("Besoin", 10, right=True, narrow=9),
    ListColumn("Droit", 10, right=True, narrow=9, least=_HALF),
    ListColumn("Inscrit", 10, right=True, narrow=9),
    ListColumn("Élève", 7, right=True, least=_HALF),
    ListColumn("Couvert", 7, right=True, least=_HALF),
    ListColumn("Retard", 6, right=True, least=_TABLE),
)

FIFTHS_COLUMNS = (
    ListColumn("Par IPS"),
    ListColumn("Communes", 8, right=True),
    ListColumn("IPS", 10, right=True),
    ListColumn("Élèves", 7, right=True, least=_HALF),
    ListColumn("Besoin", 11, right=True),
    ListColumn("Inscrit", 11, right=True, least=_HALF),
    ListColumn("Élève", 8, right=True, least=_HALF),
    ListColumn("Couvert", 7, right=True),
)

NO_GROUP = (
    f"Pas de groupe par IPS : il faut {2 * LEAST} communes dont l'IPS et les élèves "
    f"sont connus, {LEAST} au moins par groupe. Moins en désignerait une."
)


def commune_lines(view: YearsView) -> list[ListLine]:
    """Return a line for each commune.

    While nobody knows what the syndicat may spend, a right is a part of it.
    """
    terms = view.board.programme
    is_known = terms.shared_purse in terms.envelopes
    whole = sum(terms.weights.values())
    lines = []
    for one in view.shares.values():
        weight = terms.weights.get(f"{PlaceKind.COMMUNE}:{one.insee}", 0)
        part = percent(Fraction(weight) / whole) if whole else "–"
        right = planned_words(one.right) if is_known else part
        lines.append(ListLine(one.insee, tuple(_cells(one, right))))
    return lines


def _cells(one: CommuneShare, right: str) -> Iterator[str]:
    yield one.name
    yield number(one.pupils) if one.pupils else "–"
    yield cents_words(one.need)
    yield right
    yield cents_words(one.placed)
    yield pupil_words(one)
    yield percent(one.covered)
    yield str(one.late) if one.late else ""


def fifth_lines(view: YearsView) -> list[ListLine]:
    """Return a line for each group of communes of neighbouring IPS."""
    return [
        ListLine(
            str(one.rank),
            (
                one.words,
                str(one.communes),
                f"{number(int(one.low))} à {number(int(one.high))}",
                number(one.pupils),
                cents_words(one.need),
                cents_words(one.placed),
                euros(int(one.per_pupil) // 100),
                percent(one.covered),
            ),
        )
        for one in ips_groups(tuple(view.shares.values()))
    ]


def summary(view: YearsView) -> str:
    """Return how many communes there are, in which order, how far apart they are."""
    many = f"{counted(len(view.shares), 'commune')}, la moins couverte d'abord"
    found = spread(tuple(view.shares.values()))
    if found is None or found.communes == 1:
        return many
    least, most = pupil_words(found.least), pupil_words(found.most)
    half = euros(int(found.median) // 100)
    return f"{many}. Par élève : de {least} à {most}, médiane {half}."
