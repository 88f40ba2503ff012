"""A programme as commands print it: lines, tables, and for a program."""

from collections.abc import Iterator, Sequence
from typing import Any

from diag.assess.json import plain
from diag.model.programme import ProgrammeFrame
from diag.programme import setting
from diag.programme.adopting import SchoolProspect
from diag.programme.assembling import Board, adopted_in, payer_sums
from diag.programme.history import (
    ProgrammeRevision,
    Revised,
    Rivals,
    rivals_of,
    years_moved,
)
from diag.programme.money import budgets
from diag.programme.words import reason_words, reserve_words
from diag.words.sentences import cents_words, counted, letters


def variant_name(board: Board) -> str:
    """Return the name of what is shown: the programme, or a variant."""
    if not board.variant:
        return f"Programme {board.container.slug}"
    return board.record.variants[board.variant].name


def span_words(frame: ProgrammeFrame | None) -> str:
    """Return « 2027-2031 »."""
    assert frame is not None
    return f"{frame.budgets[0]}-{frame.budgets[-1]}"


def head_lines(board: Board) -> Iterator[str]:
    """Give what is shown, on what rule, and what to settle first."""
    state = "non arrêté" if board.record.adoption is None else "révision de l'arrêté"
    yield f"{variant_name(board)} · {span_words(board.record.frame)} · {state}"
    yield reserve_words(board)
    order = "la loi, puis ce qui bloque" if board.programme.socle_first else "la loi"
    yield f"Ordre : {order}, puis les points par euro. « 2028 » : budget 2028."
    then = adopted_in(board.container, board.record)
    moved = years_moved(then.years, board.schedule.years) if then else ()
    if moved:
        many = counted(len(moved), "opération a changé", "opérations ont changé")
        yield f"{many} depuis l'arrêté. Voyez : diag programme revise"
    for one in rivals_of(board):
        yield f"À trancher : {one.words}. Voyez : diag programme settle"
    still_open = sum(one.is_open for one in board.names.values())
    if still_open:
        yield (
            f"{counted(still_open, 'opération')} d'audits encore ouverts (*) : leur "
            "prix peut changer."
        )


def years_table(board: Board) -> Iterator[tuple[str, ...]]:
    """Give how many operations each year has, what they cost once, then each year."""
    # Documents bring templates: `--help` does without them.
    from diag.documents.programme.whole import year_sums  # noqa: PLC0415

    sums = year_sums(board)
    out = [
        one for one in board.programme.operations if one.id not in board.schedule.years
    ]
    lines = [line for one in out for line in one.lines]
    once, yearly = (
        sum(getattr(line, name) for line in lines) for name in ("once", "yearly")
    )
    yield ("", *map(str, board.programme.years), "hors programme")
    yield ("Opérations", *(str(one.operations) for one in sums), str(len(out)))
    yield ("Coût", *(cents_words(one.once) for one in sums), cents_words(once))
    yield (
        "Coûts annuels",
        *(cents_words(one.whole - one.once) for one in sums),
        cents_words(yearly),
    )
    yield ("Total", *(cents_words(one.whole) for one in sums), "")


def payers_table(board: Board) -> Iterator[tuple[str, ...]]:
    """Give what each payer is asked for, pays once and each year, and may spend."""
    from diag.documents.programme.lines import (  # noqa: PLC0415
        planned_words,
        whole_euros,
    )

    yield ("Payeur", "Demandé", "Inscrit", "Coûts annuels", "Programmable")
    paid: dict[str, int] = {}
    for purses in budgets(board).values():
        for purse, year in purses.items():
            paid[purse.payer] = paid.get(purse.payer, 0) + year.own
    may: dict[str, int] = {}
    for purse in board.programme.envelopes:
        more = sum(map(whole_euros, board.programme.planned(purse)))
        may[purse.payer] = may.get(purse.payer, 0) + more
    for one in payer_sums(board):
        yearly = paid.get(one.payer, 0) - one.placed
        yield (
            board.payer_name(one.payer),
            *map(cents_words, (one.asked, one.placed, yearly)),
            planned_words(may[one.payer])
            if one.planned
            else "enveloppe inconnue : 0 €",
        )


def operation_lines(board: Board, name: str) -> Iterator[str]:
    """Give an operation: its year, its cost, its one reason."""
    from diag.documents.programme.lines import (  # noqa: PLC0415
        asked_words,
        placed_words,
    )

    placed, shown = board.schedule.placements[name], board.named(name)
    mark = "*" if shown.is_open else ""
    year = str(placed.year) if placed.year else "hors"
    words = placed_words if placed.year else asked_words
    yield f"{year:>5}{mark:1} {shown.title}, {shown.where}, {words(board, name)}"
    yield f"       {setting.ref_of(board, name)} · {reason_words(board, name)}"


def left_out_lines(board: Board) -> Iterator[str]:
    """Give what is neither placed nor counted, and why."""
    found = board.gathered.left_out
    if found:
        yield f"Ni placées ni comptées : {len(found)}."
    for one in found:
        title = f"{one.title}, " if one.title else ""
        yield f"   –   {title}{one.where} : {one.why}"


def rival_lines(slug: str, found: Sequence[Rivals]) -> Iterator[str]:
    """Give what is to be settled in a programme, and how."""
    if found:
        yield f"Programme {slug}"
    for one in found:
        yield f"  {one.ident}  {one.words}"
        for letter, each in zip(letters(), one.values, strict=False):
            yield f"    {letter} {each.words} ({each.author})"
    if found:
        yield "  Ensuite : diag programme settle NUMÉRO A"


def board_json(board: Board) -> dict[str, Any]:
    """Return a programme for a program, amounts in cents."""
    assert board.record.frame is not None
    return {
        "programme": board.container.slug,
        "variant": board.variant or None,
        "years": list(board.programme.years),
        "adopted": board.record.adoption[0] if board.record.adoption else None,
        "contested": sorted(board.container.contested),
        "rights": dict(sorted(board.schedule.rights.items())),
        "drawn": dict(sorted(board.schedule.drawn.items())),
        "payers": [one._asdict() for one in payer_sums(board)],
        "operations": [
            operation_json(board, name) for name in board.schedule.placements
        ],
        "left_out": [one._asdict() for one in board.gathered.left_out],
    }


def operation_json(board: Board, name: str) -> dict[str, Any]:
    """Return an operation for a program."""
    placed, shown = board.schedule.placements[name], board.named(name)
    return {
        "id": name,
        "ref": setting.ref_of(board, name),
        "title": shown.title,
        "where": shown.where,
        "commune": shown.commune,
        "open": shown.is_open,
        "year": placed.year,
        "rank": placed.rank,
        "reason": type(placed.reason).__name__.lower(),
        "words": reason_words(board, name),
        "paid": [
            {"payer": purse.payer, "section": purse.section, "cents": cents}
            for purse, cents in placed.paid.items()
        ],
        "yearly": placed.yearly,
    }


def prospect_json(school: SchoolProspect) -> dict[str, Any]:
    """Return where a school would stand each year, for a program; 0 is today."""
    return {
        "audit": school.audit,
        "school": school.school,
        "where": school.where,
        "years": [
            {
                "year": one.year,
                "low": plain(one.score.bounds.low) if one.score.bounds else None,
                "high": plain(one.score.bounds.high) if one.score.bounds else None,
                "socle": one.socle,
            }
            for one in school.years
        ],
    }


def revision_table(found: ProgrammeRevision) -> Iterator[tuple[str, ...]]:
    """Give what was adopted, the revision, the fresh start: how many, how much."""
    yield ("", "Inscrites", "Coût, une fois", "Changent de place", "Changent de prix")
    yield ("Arrêté", str(found.placed), cents_words(found.cents), "", "")
    for name, one in (("Révision", found.least), ("Refonte", found.afresh)):
        yield (
            name,
            str(len(one.board.schedule.years)),
            cents_words(one.cents),
            str(len(one.moved)),
            str(len(one.recosted)),
        )


def revised_lines(found: Revised) -> Iterator[str]:
    """Give each operation that changes place, from where to where, and why."""
    for one in found.moved:
        before = str(one.before or "hors")
        after = str(one.after or "hors")
        shown = found.board.named(one.operation)
        known = one.operation in found.board.schedule.placements
        why = reason_words(found.board, one.operation) if known else "N'y est plus."
        yield f"{before:>5} → {after:5} {shown.title}, {shown.where}"
        yield f"       {why}"
    if not found.moved:
        yield "Aucune opération ne change de place."


def revision_json(found: ProgrammeRevision) -> dict[str, Any]:
    """Return a revision for a program, amounts in cents."""
    return {
        "placed": found.placed,
        "cents": found.cents,
        **{
            name: {
                "placed": len(one.board.schedule.years),
                "cents": one.cents,
                "moved": [each._asdict() for each in one.moved],
                "recosted": list(one.recosted),
            }
            for name, one in (("least", found.least), ("afresh", found.afresh))
        },
    }
