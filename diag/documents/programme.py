"""The programme on paper: for the committee, and a page for each commune.

Its facts are those of the public reading of the audits: both pages may be posted.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from diag.assess.finances import year_day
from diag.documents.blocks import (
    PAGE_BREAK,
    bullets,
    definitions,
    sections,
    table,
    written,
)
from diag.documents.document import Document, Meta
from diag.documents.escape import Md
from diag.documents.templates import finish
from diag.documents.write import Paper
from diag.model.enums import Milestone, PlaceKind
from diag.model.errors import DiagError
from diag.programme.assembling import Board
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.programme.words import names_another, reason_words, reserve_words
from diag.words.dates import long_date
from diag.words.figures import euros, euros_and_cents
from diag.words.sentences import counted
from diag.workspace.charter import house_of
from diag.workspace.editions import current

FIRST_ONES, COMMUNE_ONES = 5, 3
"""So many lines of what is left out, on a page; the rest is a count."""

_FEW_YEARS = 5
COMMUNE_ROWS = 7
"""So many rows of operations on the one page of a commune, if nothing is left out."""


def programme_paper(board: Board, day: date) -> Paper:
    """Return the whole programme: page 1 suffices, the operations follow."""
    placed = [_year_pages(board, year) for year in board.programme.years]
    blocks = (
        written(_order(board)),
        written(reserve_words(board)),
        _years_table(board),
        written(_carried(board)),
        Md("## Hors programme"),
        _outside(board, list(board.schedule.placements)),
        _uncounted(board),
        Md("## À confirmer"),
        bullets(_unconfirmed(board)),
        PAGE_BREAK,
        *placed,
    )
    subject = f"Programme numérique des écoles {_span(board)}"
    return Paper("programme", _document(board, day, subject, blocks))


def commune_paper(board: Board, insee: str, day: date) -> Paper:
    """Return the page of a commune: its operations, its share; no other is named.

    Raises:
        DiagError: none of its schools has an operation, and it shares none.
    """
    mine = [one for one in board.schedule.placements if _is_of(board, one, insee)]
    joint = _joint_part(board, insee)
    if not (mine or joint):
        raise DiagError(
            f"Aucune opération du programme n'est à la commune {insee}, et elle n'en "
            "partage aucune.",
            about="commune",
        )
    name = board.gathered.communes.get(insee) or insee
    blocks = (
        Md("## Ce que le conseil décide"),
        _to_vote(board, insee),
        Md("## Ses opérations"),
        _commune_table(board, insee, mine),
        joint,
        Md("## Hors programme"),
        _outside(board, mine, insee),
        written(" ".join(_unconfirmed(board, insee))),
    )
    subject = f"{name} : programme numérique {_span(board)}"
    return Paper(f"programme-{insee}", _document(board, day, subject, blocks))


def programme_folder(board: Board) -> Path:
    """Return where the documents of a programme go, in its workspace."""
    container = board.container
    return container.workspace.folder / "exports" / container.audit.campaign


def _document(board: Board, day: date, subject: str, blocks: Sequence[Md]) -> Document:
    """Return a document of a programme: what it is of, its blocks, its foot."""
    is_adopted = board.record.adoption is not None
    office, state = board.container.about.name, "arrêté" if is_adopted else "non arrêté"
    variant = board.record.variants[board.variant].name if board.variant else ""
    meta = Meta(
        title=subject,
        author=office,
        day=day,
        provisional=not is_adopted,
        running=f"Programme {state}, {long_date(day)}",
    )
    pairs = (
        ("De", office),
        ("Variante", variant),
        ("État", f"{state}, au {long_date(day)}"),
        ("Montants", "euros TTC ; « 2028 » : budget 2028"),
    )
    body = sections((Md(f"# {written(subject)}"), definitions(pairs), *blocks))
    house = house_of(board.container.workspace)
    return Document(
        meta=meta, markdown=finish(meta, body, ""), look=house.look, is_short=True
    )


def _span(board: Board) -> str:
    return f"{board.programme.years[0]}-{board.programme.years[-1]}"


def _order(board: Board) -> str:
    blocking = ", puis ce qui bloque" if board.programme.socle_first else ""
    return (
        f"Chaque opération passe à son tour : la loi d'abord{blocking}, puis ce qui "
        "apporte le plus aux élèves pour un euro. Elle prend la première année où "
        "chaque payeur a sa part et où la commune a encore son droit de tirage, sa "
        "part de l'argent du syndicat. Ce qui est décidé ou imposé le reste."
    )


def exact_words(cents: int) -> str:
    """Return an amount to the cent, without the cents where there are none."""
    return euros_and_cents(cents) if cents % 100 else euros(cents // 100)


def spent(board: Board, year: int) -> dict[Purse, int]:
    """Return what each purse pays in a budget, in cents, yearly costs included."""
    found: dict[Purse, int] = {}
    for name, one in board.schedule.placements.items():
        if one.year == year:
            for purse, cents in one.paid.items():
                found[purse] = found.get(purse, 0) + cents
        if one.yearly and one.year is not None and one.year <= year:
            running = Purse(board.payers[name], RUNNING)
            found[running] = found.get(running, 0) + one.yearly
    return found


def _in_year(board: Board, year: int) -> list[str]:
    return [name for name, one in board.schedule.placements.items() if one.year == year]


def _once(board: Board, operation: str) -> int:
    """Return what a placed operation costs once, in cents."""
    return sum(board.schedule.placements[operation].paid.values())


def _years_table(board: Board) -> Md:
    """Return a line a year: what is placed, who pays it, out of what may be planned."""
    syndicat, rows, sums = board.programme.syndicat, [], [0] * 7
    for at, year in enumerate(board.programme.years):
        paid, names = spent(board, year), _in_year(board, year)
        once = sum(_once(board, name) for name in names)
        theirs = sum(cents for purse, cents in paid.items() if purse.payer == syndicat)
        may = {purse: board.programme.planned(purse)[at] for purse in _purses(board)}
        planned = sum(cents for purse, cents in may.items() if purse.payer == syndicat)
        whole = sum(paid.values())
        row = [len(names), once, whole - once, theirs, planned, whole - theirs]
        row.append(sum(may.values()) - planned)
        rows.append((str(year), row))
        sums = [a + b for a, b in zip(sums, row, strict=True)]
    rows.append(("Total", sums))
    columns = ("Budget", "Opérations", "Coût", "Coûts annuels", "Syndicat", "Communes")
    return table(
        "Ce qui est inscrit chaque année, et sur combien chacun peut programmer",
        columns,
        (
            (
                name,
                str(many),
                exact_words(once),
                exact_words(yearly),
                f"{exact_words(theirs)} sur {exact_words(planned)}",
                f"{exact_words(others)} sur {exact_words(may)}",
            )
            for name, (many, once, yearly, theirs, planned, others, may) in rows
        ),
        numeric=(1, 2, 3, 4, 5),
    )


def _purses(board: Board) -> list[Purse]:
    return sorted(board.programme.envelopes)


def _carried(board: Board) -> str:
    if not _purses(board):
        return "Aucune enveloppe n'est connue : rien ne peut encore être inscrit."
    if not any(map(board.programme.carries, _purses(board))):
        return ""
    return (
        "Ce qui reste d'une enveloppe reportable sert les années suivantes : une année "
        "peut donc dépasser la sienne."
    )


def _year_pages(board: Board, year: int) -> Md:
    """Return the operations of a budget, each with its reason, then who pays it."""
    names, at = _in_year(board, year), board.programme.years.index(year)
    title = Md(f"## Budget {year}")
    rows = [
        (
            _title(board, name),
            board.named(name).where,
            _cost(board, name),
            _payers(board, name),
            reason_words(board, name),
        )
        for name in names
    ]
    paid = spent(board, year)
    payers = [
        (
            _payer(board, purse.payer),
            purse.section.value.capitalize(),
            exact_words(paid[purse]),
            exact_words(board.programme.planned(purse)[at]),
        )
        for purse in sorted(
            paid, key=lambda one: (one.section, _payer(board, one.payer))
        )
        if paid[purse]
    ]
    if not (rows or payers):
        return sections((title, written("Aucune opération.")))
    whole = sum(_once(board, name) for name in names)
    if rows:
        rows.append(("Total", "", exact_words(whole), "", ""))
    columns = ("Opération", "Où", "Coût", "Qui paie", "Pourquoi cette année")
    return sections((
        title,
        table(f"Opérations du budget {year}", columns, rows, numeric=(2,)),
        table(
            f"Ce que chacun paie en {year}, coûts annuels compris",
            ("Payeur", "Section", "Inscrit", "Programmable"),
            payers,
            numeric=(2, 3),
        ),
    ))


def _title(board: Board, operation: str) -> str:
    shown = board.named(operation)
    return f"{shown.title}{' (à confirmer)' * (shown.is_open or shown.is_estimated)}"


def _cost(board: Board, operation: str) -> str:
    """Return what a placed operation costs: « 480 €, puis 30 € par an »."""
    yearly = board.schedule.placements[operation].yearly
    return _cost_words(_once(board, operation), yearly)


def _cost_words(once: int, yearly: int) -> str:
    later = f"{exact_words(yearly)} par an" if yearly else ""
    if not once and later:
        return later
    return ", puis ".join(filter(None, (exact_words(once), later)))


def _payer(board: Board, payer: str) -> str:
    name = board.payer_name(payer)
    return f"{name[:1].upper()}{name[1:]}"


def _payers(board: Board, operation: str) -> str:
    """Return who pays: « Syndicat 120 €, Noirvaux 180 €, puis 30 € par an »."""
    placed, paid = board.schedule.placements[operation], dict[str, int]()
    for purse, cents in placed.paid.items():
        paid[purse.payer] = paid.get(purse.payer, 0) + cents
    running = board.payers[operation]
    if placed.yearly:
        paid.setdefault(running, 0)
    return ", ".join(
        f"{_payer(board, payer)} "
        f"{_cost_words(cents, placed.yearly if payer == running else 0)}"
        for payer, cents in paid.items()
    )


def _outside(board: Board, names: Sequence[str], insee: str = "") -> Md:
    """Return what has no year: the first ones with their reason, then how many."""
    out = [one for one in names if board.schedule.placements[one].year is None]
    if not out:
        return written("Toutes les opérations chiffrées ont leur année.")
    most = COMMUNE_ONES if insee else FIRST_ONES
    asked = {
        one.id: (
            sum(line.once for line in one.lines),
            sum(line.yearly for line in one.lines),
        )
        for one in board.programme.operations
    }
    once, yearly = (
        sum(some) for some in zip(*map(asked.__getitem__, out), strict=True)
    )
    lines = [
        f"{_title(board, one)}, {_where(board, one, insee)}, "
        f"{_cost_words(*asked[one])}. "
        f"{reason_words(board, one, insee)}"
        for one in out[:most]
    ]
    if len(out) > most:
        lines.append(f"Et {counted(len(out) - most, 'autre')}.")
    cost = _cost_words(once, yearly)
    words = f"{counted(len(out), 'opération')} sans année, pour {cost} :"
    return sections((written(words), bullets(lines)))


def _uncounted(board: Board) -> Md:
    """Return what is no operation yet: the first ones with why, then how many."""
    found = board.gathered.left_out
    if not found:
        return Md("")
    lines = [
        f"{', '.join(filter(None, (one.title, one.where)))} : {one.why}"
        for one in found[:FIRST_ONES]
    ]
    if len(found) > FIRST_ONES:
        lines.append(f"Et {counted(len(found) - FIRST_ONES, 'autre')}.")
    words = f"Ni inscrites ni comptées ci-dessus, {len(found)} en tout :"
    return sections((written(words), bullets(lines)))


def _unconfirmed(board: Board, insee: str = "") -> Iterator[str]:
    """Give what may still change: open audits, estimated pupils, rival values."""
    shown = [one for one in board.names.values() if insee in ("", one.commune)]
    if many := sum(one.is_open for one in shown):
        found = counted(many, "opération")
        yield f"{found} d'audits non clos : le prix et le conseil peuvent changer."
    if many := sum(one.is_estimated for one in shown):
        found = counted(many, "opération")
        yield f"{found} d'écoles dont les élèves sont estimés d'après les classes."
    if board.container.contested:
        yield "Des saisies faites à deux sont à trancher : la plus basse compte."
    yield "Les montants sont des estimations, ni devis ni promesse, sans aucune aide."


def _is_of(board: Board, operation: str, insee: str) -> bool:
    return board.named(operation).commune == insee


def _where(board: Board, operation: str, insee: str) -> str:
    """Return the school; its commune too, but on the page of that commune."""
    where = board.named(operation).where
    own = board.gathered.communes.get(insee, "")
    return where.removesuffix(f", {own}") if own else where


def _own_share(board: Board, operation: str, insee: str) -> int:
    paid = board.schedule.placements[operation].paid
    payer = f"{PlaceKind.COMMUNE}:{insee}"
    return sum(cents for purse, cents in paid.items() if purse.payer == payer)


def _commune_table(board: Board, insee: str, names: Sequence[str]) -> Md:
    """Return the operations of a commune by year, what each costs it, and why.

    Beyond what one page holds, the last ones are a line: how many, what they cost.
    """
    placed = board.schedule.placements
    mine = [
        name
        for year in board.programme.years
        for name in names
        if placed[name].year == year
    ]
    if not mine:
        has = "n'a encore son année" if names else "n'est à elle seule"
        return written(f"Aucune {has}.")
    # What is left out takes the place of two rows, and six years or more of one.
    fitting = COMMUNE_ROWS - min(len(names) - len(mine), 2)
    fitting -= len(board.programme.years) > _FEW_YEARS
    most = len(mine) if len(mine) <= fitting else fitting - 1
    rows = [
        (
            str(placed[name].year),
            f"{_title(board, name)}, {_where(board, name, insee)}",
            _cost(board, name),
            _cost_words(_own_share(board, name, insee), placed[name].yearly),
            reason_words(board, name, insee),
        )
        for name in mine[:most]
    ]
    if rest := mine[most:]:
        first, last = placed[rest[0]].year, placed[rest[-1]].year
        yearly = sum(placed[name].yearly for name in rest)
        once = sum(_once(board, name) for name in rest)
        share = sum(_own_share(board, name, insee) for name in rest)
        rows.append((
            str(first) if first == last else f"{first}-{last}",
            f"Et {len(rest)} autres opérations, en tout",
            _cost_words(once, yearly),
            _cost_words(share, yearly),
            "Au programme, une par une.",
        ))
    whole = exact_words(sum(_once(board, name) for name in mine))
    share_whole = exact_words(sum(_own_share(board, name, insee) for name in mine))
    rows.append(("Total", "", whole, share_whole, ""))
    columns = ("Budget", "Opération et école", "Coût", "Votre part", "Pourquoi")
    caption = "Année par année ; le total ne compte pas les coûts annuels"
    return table(caption, columns, rows, numeric=(2, 3))


def _joint_part(board: Board, insee: str) -> Md:
    """Return what the commune shares with others: its right pays a part of each.

    A title that names another commune is left to the programme.
    """
    payer, rows = f"{PlaceKind.COMMUNE}:{insee}", []
    for name, work in sorted(board.record.shared.items()):
        if insee in work.communes:
            placed = board.schedule.placements[name]
            is_ours = not names_another(board, work.title, insee)
            rows.append((
                str(placed.year or "–"),
                work.title if is_ours else "Opération partagée, nommée au programme",
                exact_words(placed.parts.get(payer, 0)),
                reason_words(board, name, insee),
            ))
    return table(
        "Ce qu'elle partage : le syndicat paie, sur le droit de tirage de chacune",
        ("Budget", "Opération", "Sur votre droit", "Pourquoi"),
        rows,
        numeric=(2,),
    )


def _to_vote(board: Board, insee: str) -> Md:
    """Return what the council votes each year, and before when; then its right."""
    payer = f"{PlaceKind.COMMUNE}:{insee}"
    purses = Purse(payer, INVESTMENT), Purse(payer, RUNNING)
    rows, rules = [], dict[str, None]()
    here = board.container.workspace
    checklist = here.editions.open(current(here).digest)
    for year in board.programme.years:
        paid = spent(board, year)
        asked = [paid.get(purse, 0) for purse in purses]
        if any(asked):
            last = year_day(checklist, Milestone.BUDGET, year)
            until = long_date(date.fromisoformat(last.closes)) if last else "–"
            rows.append((str(year), *map(exact_words, asked), until))
            if last:
                rules[f"{last.rule.title}, à confirmer : {last.rule.says} "] = None
    right = exact_words(board.schedule.rights.get(payer, 0))
    drawn = exact_words(board.schedule.drawn.get(payer, 0))
    columns = ("Budget", "Investissement", "Fonctionnement", "À voter avant le")
    caption = "Votre part à inscrire, coûts annuels compris"
    return sections((
        table(caption, columns, rows, numeric=(1, 2))
        or written("Rien à voter : aucune opération n'a encore son année."),
        written(
            f"{''.join(rules)}Votre droit de tirage sur l'argent du syndicat : "
            f"{right}, dont {drawn} employés."
        ),
    ))
