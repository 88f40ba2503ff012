"""How the documents of a programme write one operation, one payer, one amount."""

from collections import Counter
from collections.abc import Iterator, Sequence

from diag.documents.blocks import Md, bullets, sections, written
from diag.programme.assembling import Board
from diag.programme.equity import CommuneShare
from diag.programme.placing import Imposed, lacks_of
from diag.programme.words import names_another, reason_words
from diag.words.sentences import counted, euros, euros_and_cents, half_up

Row = tuple[str, ...]
"""A row of a table, as it is printed."""

NO_PROMISE = "Les montants sont des estimations : ni devis, ni promesse."

NO_AID = (
    "Aides : aucune n'est promise, aucune n'est retranchée avant d'être notifiée. Ne "
    "signez aucun devis avant l'accusé de réception de la demande."
)


def span_words(board: Board) -> str:
    """Return « 2027-2031 »."""
    return f"{board.programme.years[0]}-{board.programme.years[-1]}"


def exact_words(cents: int) -> str:
    """Return an amount to the cent, without the cents where there are none."""
    shown = euros_and_cents(abs(cents)) if cents % 100 else euros(abs(cents) // 100)
    return f"−{shown}" if cents < 0 else shown


def whole_euros(cents: int) -> int:
    """Return cents without what is under a euro: what may be spent, as it is shown."""
    return cents // 100 * 100


def planned_words(cents: int) -> str:
    """Return what may be spent, in whole euros: never more than there is."""
    return exact_words(whole_euros(cents))


def cost_words(once: int, yearly: int) -> str:
    """Return what is paid once, and each year too: « 480 €, plus 30 € par an »."""
    later = f"{exact_words(yearly)} par an" if yearly else ""
    if not once and later:
        return later
    return ", plus ".join(filter(None, (exact_words(once), later)))


def _where_of(board: Board, operation: str, insee: str = "") -> str:
    """Return the school; its commune too, but on the page of that commune."""
    where = board.named(operation).where
    own = board.gathered.communes.get(insee, "")
    return where.removesuffix(f", {own}") if own else where


def only_school(board: Board, insee: str) -> str:
    """Return the one school of a commune's operations; empty where they have more."""
    schools = {
        _where_of(board, name, insee)
        for name in board.schedule.placements
        if board.named(name).commune == insee
    }
    return schools.pop() if len(schools) == 1 else ""


def named_words(board: Board, operation: str, insee: str = "") -> str:
    """Return an operation's title and its school, unless the page is of that one.

    The title is marked where its audit may still change it.
    """
    shown, where = board.named(operation), _where_of(board, operation, insee)
    title = f"{shown.title}{' (à confirmer)' * (shown.is_open or shown.is_estimated)}"
    return title if insee and only_school(board, insee) else f"{title}, {where}"


def once_of(board: Board, operation: str) -> int:
    """Return what a placed operation costs once, in cents."""
    return sum(board.schedule.placements[operation].paid.values())


def placed_words(board: Board, operation: str) -> str:
    """Return what a placed operation costs: « 480 €, plus 30 € par an »."""
    yearly = board.schedule.placements[operation].yearly
    return cost_words(once_of(board, operation), yearly)


def asked_words(board: Board, *operations: str) -> str:
    """Return what operations would cost, without any discount."""
    asked = {one.id: one.lines for one in board.programme.operations}
    lines = [line for name in operations for line in asked.get(name, ())]
    return cost_words(
        sum(line.once for line in lines), sum(line.yearly for line in lines)
    )


def payer_words(board: Board, payer: str) -> str:
    """Return whose money it is, as a cell begins: « Syndicat », « Noirvaux »."""
    name = board.payer_name(payer)
    return f"{name[:1].upper()}{name[1:]}"


def in_year(board: Board, year: int) -> list[str]:
    """Return the operations of a budget, in the order of their turns."""
    return [name for name, one in board.schedule.placements.items() if one.year == year]


def outside_part(board: Board, names: Sequence[str], most: int, insee: str = "") -> Md:
    """Return what has no year: the first ones with their reason, then how many."""
    out = [one for one in names if board.schedule.placements[one].year is None]
    if not out:
        return written("Toutes les opérations chiffrées ont leur année.")
    lines = [
        f"{named_words(board, one, insee)}, "
        f"{asked_words(board, one)}. {reason_words(board, one, insee)}"
        for one in out[:most]
    ]
    if len(out) > most:
        lines.append(f"Et {counted(len(out) - most, 'autre')}.")
    causes = Counter[str]()
    for name in out:  # whose money lacks, or what it waits for
        reason = board.schedule.placements[name].reason
        cause = "en attente d'autre chose"
        if lacks := lacks_of(reason):
            purse = lacks[0].purse
            is_ours = purse is not None and purse.payer == board.programme.syndicat
            cause = f"faute d'argent {'du syndicat' if is_ours else 'de la commune'}"
            if purse is None:
                cause = "faute de droit de tirage"
        elif isinstance(reason, Imposed):
            cause = "par un choix imposé"
        causes[cause] += 1
    told = ", ".join(f"{many} {cause}" for cause, many in causes.most_common())
    many = counted(len(out), "opération")
    words = f"{many} sans année, pour {asked_words(board, *out)}"
    words += f" ({told}) :" if len(out) > 1 else " :"
    return sections((written(words), bullets(lines)))


def unconfirmed(board: Board, insee: str = "") -> Iterator[str]:
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
    yield NO_PROMISE


def shared_title(board: Board, operation: str, insee: str) -> str:
    """Return the title of a shared operation, unless it names another commune."""
    title = board.named(operation).title
    if names_another(board, title, insee):
        return "Opération partagée, nommée au programme"
    return title


def per_pupil_words(one: CommuneShare) -> str:
    """Return what the syndicat gives a pupil: « 8 € »; a dash where nobody knows."""
    each = one.per_pupil
    return "–" if each is None else euros(half_up(each / 100))
