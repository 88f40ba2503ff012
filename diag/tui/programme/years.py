"""The years of a programme: what each costs whom, why, and commune by commune."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction

from textual.content import Content

from diag.model.enums import FollowUpState, PlaceKind
from diag.programme.assembling import Board
from diag.programme.figures import (
    LEAST,
    CommuneShare,
    PurseYear,
    budgets,
    commune_shares,
    ips_groups,
    sort_of,
    spread,
    unblocked,
    whole_euros,
)
from diag.programme.operations import LeftOut
from diag.programme.placing import Imposed, Unmet
from diag.programme.terms import INVESTMENT, Precedence, Purse
from diag.programme.words import (
    LATE,
    exact_words,
    per_pupil_words,
    planned_words,
    purse_words,
    reason_words,
)
from diag.tui.lists import ListColumn, ListLine
from diag.tui.text import NamedText, line
from diag.words.sentences import (
    cents_words,
    counted,
    euros,
    euros_between,
    half_up,
    number,
    percent,
    short_school,
    uncapitalised,
)

YEAR_COLUMNS = (
    ListColumn(width=4),
    ListColumn(width=8, tiny=0),
    ListColumn(width=18, narrow=11, tiny=8),
    ListColumn(width=18, narrow=14, tiny=0),
    ListColumn(),
    ListColumn(width=10, right=True, narrow=9),
    ListColumn(width=2),
)

SORTS = {Precedence.LAW: "Date/loi", Precedence.BLOCKING: "Socle"}
"""What an operation answers to, in a word; nothing for the rest."""

_STEPS = {
    FollowUpState.DECIDEE: "D",
    FollowUpState.FINANCEE: "F",
    FollowUpState.COMMANDEE: "C",
    FollowUpState.FAITE: "ok",
    FollowUpState.VERIFIEE: "ok",
}
"""How far an operation is, once every payer decided it."""

_LEFT_OUT = "out "
"""What the key of a line begins with, that is no operation yet."""

_LABEL = 13
"""Columns of the names of rows."""

_KILO = 100_000
"""Cents in a thousand euros."""

_BIG = 100 * _KILO
"""From so many cents in a year, amounts are in thousands of euros."""

_FEW = 5
"""So many years leave room for wide columns, and for « hors programme » in full."""


class YearsView:
    """One board, as the face of years shows it."""

    def __init__(self, board: Board) -> None:
        self.board = board
        self.shares = {one.insee: one for one in commune_shares(board)}
        """By commune."""
        self._operations = {one.id: one for one in board.programme.operations}
        territory = board.container.workspace.territory
        uais = {one.school for one in board.gathered.candidates.values()}
        schools = filter(None, map(territory.school, uais))
        self._schools = {one.uai: short_school(one.name) for one in schools}
        self._after: dict[str, list[str]] = {}
        """Operation → those that wait for it."""
        for each in board.programme.operations:
            for need in each.needs:
                self._after.setdefault(need, []).append(each.id)
        self._order = sorted(
            board.schedule.placements,
            key=lambda name: (
                board.schedule.years.get(name, board.programme.years[-1] + 1),
                board.schedule.placements[name].rank,
            ),
        )

    def cost(self, operation: str) -> int:
        """Return what an operation costs once: as placed, else as it was asked."""
        placed = self.board.schedule.placements[operation]
        if placed.year is None:
            return sum(line.once for line in self._operations[operation].lines)
        return sum(placed.paid.values())

    def head(self) -> Iterator[str]:
        """Give the rows of figures over the list, a column a year."""
        board = self.board
        years = board.programme.years
        syndicat = board.programme.syndicat
        own = Purse(syndicat, INVESTMENT)
        paid = budgets(board).values()
        theirs = [_of(one, syndicat, own=True) for one in paid]
        others = [_of(one, syndicat, own=False) for one in paid]
        may = [
            sum(
                whole_euros(board.programme.planned(purse)[at])
                for purse in board.programme.envelopes
                if purse.payer == syndicat
            )
            for at in range(len(years))
        ]
        out = [one for one in self._order if one not in board.schedule.years]
        left = 0
        for name in out:
            asked = self._operations[name]
            once = sum(one.once for one in asked.lines if one.section is INVESTMENT)
            left += int(asked.rate * once)
        is_big = max((*theirs, *others, *may, left)) >= _BIG
        unit = "k€" if is_big else "€"
        known = own in board.programme.envelopes
        beyond = sum(map(self.cost, out)) - left
        yield _row(
            "",
            [str(year) for year in years],
            "hors programme" if len(years) <= _FEW else "hors",
        )
        yield _row(
            f"Syndicat {unit}",
            [_short(one, is_big) for one in theirs],
            _short(left, is_big),
        )
        yield _row("  sur", [_short(one, is_big) if known else "–" for one in may])
        yield _row(
            f"Communes {unit}",
            [_short(one, is_big) for one in others],
            _short(beyond, is_big),
        )
        late = sum(one.late for one in self.shares.values())
        free = [percent(one) for one in unblocked(board)]
        if len(years) <= _FEW:
            yield f"{_row('Sans blocage', free)}  {uncapitalised(LATE)} : {late}"
        else:
            yield _row("Sans blocage", free)
            yield f"{LATE} : {late}"

    def lines(self, commune: str = "") -> list[ListLine]:
        """Return a line for each operation; of one commune, when it is named.

        What is no operation yet stands at the end, under its own heading.
        """
        lines = [
            self._line(name)
            for name in self._order
            if commune in {"", self.board.named(name).commune}
        ]
        out = self.board.gathered.left_out
        if out and not commune:
            lines.append(ListLine("", (f" Ni inscrites ni comptées : {len(out)}",)))
            for at, one in enumerate(out):
                where = short_school(one.where) if one.title else ""
                cells = ("–", "", "", where, one.title or one.where, "", "")
                lines.append(ListLine(f"{_LEFT_OUT}{at}", cells))
        return lines

    def left_out(self, key: str) -> LeftOut | None:
        """Return what a line stands for, where it is no operation yet."""
        at = key.removeprefix(_LEFT_OUT)
        return self.board.gathered.left_out[int(at)] if at != key else None

    def _line(self, operation: str) -> ListLine:
        board = self.board
        shown = board.named(operation)
        year = board.schedule.years.get(operation)
        candidate = board.gathered.candidates.get(operation)
        cost = self.cost(operation)
        yearly = sum(line.yearly for line in self._operations[operation].lines)
        reason = board.schedule.placements[operation].reason
        mark = "V" if isinstance(reason, Imposed | Unmet) else ""
        if candidate and candidate.step:
            mark = _STEPS.get(candidate.step.state, mark)
        return ListLine(
            operation,
            (
                str(year or "hors"),
                SORTS.get(sort_of(board, operation), ""),
                board.gathered.communes.get(shown.commune) or shown.where,
                self._schools.get(candidate.school, "") if candidate else "",
                shown.title,
                cents_words(cost)
                if cost or not yearly
                else f"{cents_words(yearly)}/an",
                f"{mark}{'*' * shown.is_open}",
            ),
        )

    def below(self, operation: str) -> str:
        """Return an operation in full, its reason, then how its commune is served."""
        if out := self.left_out(operation):
            words = out.title, out.where, f"Pourquoi : {out.why}."
            return "\n".join(filter(None, words))
        shown = self.board.named(operation)
        candidate = self.board.gathered.candidates.get(operation)
        where = self._schools.get(candidate.school) if candidate else ""
        lines = [
            f"{shown.title}, {where or shown.where}",
            reason_words(self.board, operation),
        ]
        share = self.shares.get(self.board.named(operation).commune)
        if share:
            lines.append(self.commune_words(share))
        return "\n".join(lines)

    def commune_words(self, share: CommuneShare) -> str:
        """Return how a commune is served: its right, the euros for each pupil."""
        drawn = self.board.schedule.drawn.get(f"{PlaceKind.COMMUNE}:{share.insee}", 0)
        part = (
            f"{number(100 * drawn // share.right)} % de son droit"
            if share.right
            else "aucun droit de tirage"
        )
        if share.per_pupil is None:
            return f"{share.name} : {part}."
        found = spread(tuple(self.shares.values()))
        half = f" (médiane {number(half_up(found.median / 100))})" if found else ""
        return f"{share.name} : {part}, {per_pupil_words(share)} par élève{half}."

    def detail(self, operation: str) -> Iterator[NamedText]:
        """Give all there is to know of an operation: reason, chain, payers, commune."""
        board = self.board
        if out := self.left_out(operation):
            yield NamedText("", Content.styled(line(out.title or out.where), "bold"))
            yield from _named("Pourquoi", [f"{out.why}.", out.where * bool(out.title)])
            return
        shown = board.named(operation)
        yield NamedText("", Content.styled(line(shown.title), "bold"))
        yield NamedText("", Content(line(shown.where)))
        yield from _named("Pourquoi", [reason_words(board, operation)])
        yield from _named(
            "Attend", map(self._placed, self._operations[operation].needs)
        )
        yield from _named(
            "Attendue par", map(self._placed, self._after.get(operation, ()))
        )
        yield from _named("Qui paie", self._payers(operation))
        kept = (
            f"{exact_words(one.cents)} en {one.year} : {purse_words(board, one.purse)}"
            for one in board.programme.earmarks
            if one.operation == operation
        )
        yield from _named("Somme réservée", kept)
        yield from _named("Aides", self._aids(operation))
        share = self.shares.get(shown.commune)
        if share:
            yield from _named("Commune", [self.commune_words(share)])
        doubts = (
            "audit encore ouvert : prix et conseil peuvent changer" * shown.is_open,
            "élèves estimés d'après les classes" * shown.is_estimated,
        )
        yield from _named("À confirmer", filter(None, doubts))

    def commune_detail(self, share: CommuneShare) -> Iterator[NamedText]:
        """Give the operations of a commune, year by year, each with its reason."""
        yield NamedText("", Content.styled(line(share.name), "bold"))
        yield NamedText("", Content(self.commune_words(share)))
        for name in self._order:
            if self.board.named(name).commune == share.insee:
                year = str(self.board.schedule.years.get(name, "hors"))
                yield from _named(
                    f"{year}  {self.board.named(name).title}",
                    [reason_words(self.board, name)],
                )

    def _placed(self, operation: str) -> str:
        year = self.board.schedule.years.get(operation)
        where = f"inscrite en {year}" if year else "hors programme"
        return f"« {self.board.named(operation).title} », {where}"

    def _payers(self, operation: str) -> Iterator[str]:
        board = self.board
        placed = board.schedule.placements[operation]
        for purse, cents in placed.paid.items():
            yield f"{purse_words(board, purse)} : {exact_words(cents)}"
        if placed.yearly:
            who = board.payer_name(board.payers[operation])
            yield f"{who}, chaque année ensuite : {exact_words(placed.yearly)}"
        if placed.year is None:
            yield f"personne encore : {exact_words(self.cost(operation))} en tout"

    def _aids(self, operation: str) -> Iterator[str]:
        candidate = self.board.gathered.candidates.get(operation)
        if candidate and candidate.aid:
            aid = candidate.aid
            yield f"{euros_between(aid.low, aid.high)} possibles, rien n'est promis"
            for one in aid.shares:
                yield f"{one.title}, au plus {number(one.percent)} %"


def _named(name: str, texts: Iterable[str]) -> Iterator[NamedText]:
    """Give texts under one name, after a blank line; nothing where there is none."""
    for rank, text in enumerate(texts):
        if not rank:
            yield NamedText("", Content(""))
            yield NamedText("", Content.styled(line(name), "$text-muted"))
        yield NamedText("", Content(line(text)))


def _of(paid: Mapping[Purse, PurseYear], syndicat: str, *, own: bool) -> int:
    """Return what the syndicat pays in a year, or all the others."""
    return sum(
        one.own for purse, one in paid.items() if (purse.payer == syndicat) is own
    )


def _short(cents: int, is_big: bool) -> str:  # noqa: FBT001 - a column's
    return number((cents + _KILO // 2) // _KILO if is_big else -(-cents // 100))


def _row(name: str, cells: Sequence[str], out: str = "") -> str:
    """Return figures, a column a year, then what is outside the programme."""
    size, last = (8, 16) if len(cells) <= _FEW else (7, 8)
    figures = "".join(cell.rjust(size) for cell in cells)
    return f"{name.ljust(_LABEL)}{figures}{out.rjust(last) if out else ''}"


_TABLE, _HALF = 70, 50
"""From so many columns, a list shows what is late; the right and the euros a pupil."""

COMMUNE_COLUMNS = (
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
        cells = (
            one.name,
            number(one.pupils) if one.pupils else "–",
            cents_words(one.need),
            planned_words(one.right) if is_known else part,
            cents_words(one.placed),
            per_pupil_words(one),
            percent(one.covered),
            str(one.late) if one.late else "",
        )
        lines.append(ListLine(one.insee, cells))
    return lines


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


def summarise_communes(view: YearsView) -> str:
    """Return how many communes there are, in which order, how far apart they are."""
    many = f"{counted(len(view.shares), 'commune')}, la moins couverte d'abord"
    found = spread(tuple(view.shares.values()))
    if found is None or found.communes == 1:
        return many
    least, most = per_pupil_words(found.least), per_pupil_words(found.most)
    half = euros(int(found.median) // 100)
    return f"{many}. Par élève : de {least} à {most}, médiane {half}."
