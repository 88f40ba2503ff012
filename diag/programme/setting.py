"""What a person sets in a programme, checked, then written there or in a variant.

What a lock would cost is shown before anybody writes it: the plan made again with it.
"""

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from pydantic import ValidationError

from diag.imports.source import read_source, read_table
from diag.journal import subjects
from diag.journal.revision import NewRevision
from diag.model.base import Noun
from diag.model.enums import BudgetSection, PlaceKind
from diag.model.errors import DiagError
from diag.model.programme import (
    FIRST_YEAR,
    LAST_YEAR,
    MOST_CENTS,
    KeptMoney,
    YearEnvelope,
    YearLock,
)
from diag.model.text import cents_typed, file_words, fold, normal_insee
from diag.programme.assembling import Board
from diag.programme.container import Container, plain
from diag.programme.figures import worth
from diag.programme.placing import Imposed, Settled, locked, schedule_of
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.words.sentences import cents_words, counted, euros, number, of

N = TypeVar("N", bound=Noun)

YEARS = frozenset(map(str, range(FIRST_YEAR, LAST_YEAR + 1)))
"""Budget years as they are typed."""

_SECTIONS = {"investissement": INVESTMENT, "fonctionnement": RUNNING}

_FIELDS = {
    "first": "première année",
    "years": "nombre d'années",
    "reserve": "réserve",
    "syndicat": "part du syndicat",
    "discount": "remise",
    "cents": "montant",
    "by": "qui l'impose",
    "why": "motif",
    "from": "ouverture",
    "until": "fermeture",
    "at_least": "quantité minimale",
    "prices": "articles",
    "communes": "communes",
    "members": "membres",
    "school": "poids d'une école",
    "pupil": "poids d'un élève",
    "rural": "poids d'une commune rurale",
    "ips": "IPS",
    "name": "nom",
    "ref": "numéro",
    "about": "objet",
    "votes": "votes",
    "title": "titre",
    "body": "instance",
    "on": "jour",
    "text": "texte",
    "points": "points",
    "present": "présents",
    "bound": "plus grand poids",
    "workshops": "ateliers",
}
"""What is wrong with a field is said by the name that its reader knows."""


def checked(noun: type[N], given: Mapping[str, Any]) -> N:
    """Return a noun of what was typed.

    Raises:
        DiagError: a field is missing or out of bounds.
    """
    try:
        return noun.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else ""
        reason = str(first.get("ctx", {}).get("error", "")) or "valeur refusée"
        about = _FIELDS.get(name, name) or "valeurs"
        raise DiagError(
            f"{about[:1].upper()}{about[1:]} : {reason}.", about=name
        ) from error


def put(
    container: Container, subject: str, value: Noun | None, variant: str = ""
) -> None:
    """Write a value, in the programme or in the variant of that id; None: taken away.

    Raises:
        DiagError: when nothing could be written.
    """
    container.write(*drafts_of(container, {subject: value}, variant))


def drafts_of(
    container: Container, values: Mapping[str, Noun | None], variant: str = ""
) -> tuple[NewRevision, ...]:
    """Return changes not written yet, of the programme or of a variant."""
    if not variant:
        return tuple(container.draft(name, one) for name, one in values.items())
    changed = {
        name: None if one is None else plain(one) for name, one in values.items()
    }
    return (container.varied(variant, changed),) if changed else ()


def payer_named(container: Container, text: str) -> str:
    """Return a payer: `syndicat`, `syndicat:SIREN`, `commune:INSEE` or the bare code.

    Raises:
        DiagError: it is none, or no commune here has that code.
    """
    kind, _, code = text.strip().partition(":")
    own = container.audit.subject
    if (kind.casefold() == own.kind and code in {"", own.code}) or kind == own.code:
        return str(own)
    try:
        insee = normal_insee(code or kind)
    except ValueError as error:
        raise DiagError(
            f"« {text[:30]} » n'est pas un payeur : « syndicat » ou commune:INSEE.",
            about="payer",
        ) from error
    return f"{PlaceKind.COMMUNE}:{insee_known(container, insee)}"


def insee_known(container: Container, text: str) -> str:
    """Return the INSEE code of a commune here, typed with or without `commune:`.

    Raises:
        DiagError: it is none, or no commune here has that code.
    """
    try:
        insee = normal_insee(text.strip().removeprefix(f"{PlaceKind.COMMUNE}:"))
    except ValueError as error:
        raise DiagError(
            f"« {text[:30]} » n'est pas le code INSEE d'une commune.", about="commune"
        ) from error
    territory = container.workspace.territory
    if territory.commune(insee) or territory.schools("", commune=insee, limit=1):
        return insee
    raise DiagError(
        f"Commune {insee} inconnue dans ce territoire. Vérifiez que ce n'est pas un "
        "code postal.",
        about="payer",
    )


def section_named(text: str) -> BudgetSection:
    """Return a section of the budget, by its name or its start.

    Raises:
        DiagError: it is neither.
    """
    wanted = fold(text)
    for name, section in _SECTIONS.items():
        if wanted and name.startswith(wanted):
            return section
    raise DiagError(
        f"« {text[:30]} » n'est pas une section : investissement ou fonctionnement."
    )


def amount_typed(text: str) -> int:
    """Return an amount in cents, typed in euros: « 1 234,50 ».

    Raises:
        DiagError: it is no amount, or more than any budget.
    """
    try:
        cents = cents_typed(text)
    except ValueError as error:
        raise DiagError(f"Ce n'est pas un montant en euros : {error}.") from error
    if not 0 <= cents <= MOST_CENTS:
        raise DiagError(
            f"« {text[:30]} » : un montant positif, de moins de cent milliards."
        )
    return cents


def envelope_subject(purse: Purse, year: int) -> str:
    """Return the subject of what a payer may spend in a year."""
    key = (purse.payer, str(year), str(purse.section))
    return subjects.programme(subjects.ENVELOPES, *key)


def operation_named(board: Board, text: str) -> str:
    """Return an operation by « UAI/recommendation », its recommendation or its id.

    Raises:
        DiagError: none has that name, or several do.
    """
    wanted = text.strip()
    refs = {name: ref_of(board, name) for name in board.schedule.placements}
    found = [name for name in refs if wanted in {name, refs[name]}]
    found = found or [
        name for name in refs if wanted and refs[name].partition("/")[2] == wanted
    ]
    if len(found) == 1:
        return found[0]
    some = ", ".join(refs[name] for name in found[:5])
    raise DiagError(
        f"« {wanted[:40]} » désigne plusieurs opérations : {some}."
        if found
        else f"Pas d'opération « {wanted[:60]} » dans ce programme. Voyez-les.",
        command="" if found else "diag programme show",
    )


def ref_of(board: Board, operation: str) -> str:
    """Return how commands name an operation: `9990148G/cabler-les-classes`."""
    candidate = board.gathered.candidates.get(operation)
    if candidate is None:
        return operation[: len("shared/") + 8]
    return f"{candidate.school}/{candidate.actions[0]}"


def lock_subject(operation: str) -> str:
    """Return the subject of the year that somebody imposes on an operation."""
    return subjects.programme(subjects.LOCKS, operation)


def locks_of(board: Board, operation: str) -> list[str]:
    """Return what the years imposed on an operation are named by: any of its actions.

    An action may have led an operation of its own when its year was imposed.
    """
    candidate = board.gathered.candidates.get(operation)
    actions = candidate.actions if candidate else ()
    own = (f"{candidate.audit}/{one}" for one in actions) if candidate else ()
    return [
        one for one in dict.fromkeys((operation, *own)) if one in board.record.locks
    ]


def lock_of(year: int | None, by: str, why: str, decision: str = "") -> YearLock:
    """Return a lock, checked; a year None leaves the operation out.

    Raises:
        DiagError: nobody imposes it, or no reason is given.
    """
    if not by.strip() or not why.strip():
        raise DiagError(
            "Une année s'impose avec un nom et un motif : les communes le liront. "
            "Donnez-les.",
            command='--by "le maire" --why "…"',
            about="why",
        )
    return checked(
        YearLock,
        {"year": year or "hors", "by": by, "why": why, "decision": decision},
    )


def kept_for(
    container: Container,
    operation: str,
    payer: str,
    year: int,
    cents: int,
    **details: str,
) -> KeptMoney:
    """Return money kept for an operation, checked.

    Raises:
        DiagError: a bad payer, year or amount.
    """
    given = {
        "operation": operation,
        "payer": payer_named(container, payer),
        "year": year,
        "cents": cents,
        **details,
    }
    return checked(KeptMoney, given)


class EnvelopeRow(NamedTuple):
    """One row of a table of envelopes, or why it is refused."""

    line: int
    subject: str = ""
    value: YearEnvelope | None = None
    problem: str = ""


_COLUMNS = ("code", "annee", "section", "montant")


def envelopes_in(container: Container, path: Path) -> Iterator[EnvelopeRow]:
    """Give the rows of a table: code;année;section;montant, in euros.

    Optional columns: vote (oui), report (oui), source.

    Raises:
        DiagError: it is no table, or lacks a column.
    """
    table = read_table(read_source(path), is_typed=True)
    places = {fold(name): at for at, name in enumerate(table.columns)}
    missing = [name for name in _COLUMNS if name not in places]
    if missing:
        raise DiagError(
            f"{path.name} : il manque la colonne {', '.join(missing)}. Attendu : "
            "code;année;section;montant."
        )
    for bad in table.bad_rows:
        yield EnvelopeRow(bad.line, problem=bad.reason)
    for row in table.rows:
        cells = {
            name: row.cells[at].strip() if at < len(row.cells) else ""
            for name, at in places.items()
        }
        if (year := cells["annee"]) not in YEARS:
            problem = f"« {year[:20]} » n'est pas une année."
            yield EnvelopeRow(row.line, problem=problem)
            continue
        try:
            payer = payer_named(container, cells["code"])
            purse = Purse(payer, section_named(cells["section"]))
            subject = envelope_subject(purse, int(year))
            value = checked(
                YearEnvelope,
                {
                    "cents": amount_typed(cells["montant"]),
                    "state": "vote" if _is_yes(cells.get("vote", "")) else "hypothese",
                    "carry": _is_yes(cells.get("report", "")),
                    "source": cells.get("source", "") or file_words(path.name),
                },
            )
        except DiagError as error:
            yield EnvelopeRow(row.line, problem=str(error))
        else:
            yield EnvelopeRow(row.line, subject, value)


def _is_yes(text: str) -> bool:
    return fold(text) in {"oui", "o", "x", "1", "vote"}


def put_envelopes(
    container: Container, rows: Iterable[EnvelopeRow], variant: str = ""
) -> int:
    """Write envelopes in one commit; return how many rows came in.

    Raises:
        DiagError: when nothing could be written.
    """
    taken = {one.subject: one.value for one in rows if one.value}
    if taken:
        container.write(*drafts_of(container, taken, variant))
    return len(taken)


def lowered(container: Container, text: str) -> dict[str, object]:
    """Return the syndicat's envelopes of a year, lowered: « 2028:5 », by 5 per cent.

    Raises:
        DiagError: no year and percentage, or there is no envelope that year.
    """
    year, _, less = text.partition(":")
    if not (year in YEARS and less in map(str, range(101))):
        raise DiagError(f"« {text[:20]} » : une année et un pourcentage, 2028:5.")
    own = str(container.audit.subject)
    found: dict[str, object] = {}
    for (purse, at), one in container.record().envelopes.items():
        if purse.payer == own and at == int(year):
            cents = one.cents * (100 - int(less)) // 100
            found[envelope_subject(purse, at)] = {**plain(one), "cents": cents}
    if not found:
        raise DiagError(f"Le syndicat n'a pas d'enveloppe en {year}.")
    return found


class LockEffect(NamedTuple):
    """What imposing a year on an operation, or leaving it out, would change."""

    holds: bool
    """Whether it is then where it is asked."""
    moved: tuple[str, ...]
    """Others that change year."""
    out: tuple[str, ...]
    """Those of them that leave the programme."""
    points: Fraction
    """What the whole programme wins, or loses."""
    right: tuple[int, int]
    """Cents left of its commune's right, before and after."""


def lock_effect(board: Board, operation: str, year: int | None) -> LockEffect:
    """Return what imposing a year would change; None: leaving it out.

    Raises:
        DiagError: every payer decided it, its year moves no more.
    """
    before = board.schedule
    if isinstance(before.placements[operation].reason, Settled):
        raise DiagError("Elle est décidée : son année ne s'impose plus.")
    after = schedule_of(locked(board.programme, operation, year))
    moved = tuple(one for one in before.moved(after) if one != operation)
    payer = board.payers[operation]
    left = [
        one.rights.get(payer, 0) - one.drawn.get(payer, 0) for one in (before, after)
    ]
    points = worth(after, before).points - worth(before, before).points
    return LockEffect(
        isinstance(after.placements[operation].reason, Imposed),
        moved,
        tuple(one for one in moved if one not in after.years),
        points,
        (left[0], left[1]),
    )


def lock_words(board: Board, operation: str, effect: LockEffect) -> Iterator[str]:
    """Give what a lock would change, a sentence each."""
    if not effect.holds:
        yield "Elle ne tiendrait pas : il manquerait de l'argent, ou un préalable."
    many = counted(len(effect.moved), "autre change", "autres changent")
    yield (
        f"{many} d'année, dont {len(effect.out)} hors programme."
        if effect.moved
        else "Aucune autre ne change d'année."
    )
    points = int(effect.points)
    if points:
        yield f"Points : {'+' * (points > 0)}{number(points)} sur tout le programme."
    before, after = effect.right
    name = board.payer_name(board.payers[operation])
    if before != after and board.named(operation).commune:
        left = (
            f"il resterait {euros(after // 100)}"
            if after >= 0
            else f"il serait dépassé de {cents_words(-after)}"
        )
        yield f"Droit {of(name)} : {left}, au lieu de {euros(before // 100)}."
