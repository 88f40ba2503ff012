"""Behind page 1: money that comes back, what communes get, what workshops weigh."""

from collections.abc import Iterator
from datetime import date
from fractions import Fraction

from diag.documents.blocks import sections, table, written
from diag.documents.escape import Md
from diag.documents.programme.lines import (
    NO_AID,
    Row,
    exact_words,
    payer_words,
    per_pupil_words,
    planned_words,
)
from diag.programme.assembling import Board
from diag.programme.equity import commune_shares
from diag.programme.money import aids, checklist_of, fctva
from diag.programme.weighing import theme_weights, weights_in_force
from diag.words.dates import describe_day
from diag.words.figures import euros, half_up, number, percent
from diag.words.sentences import counted


def money_part(board: Board, day: date) -> Iterator[Md]:
    """Give what comes back, and what may: FCTVA by the year it is received, aids."""
    checklist = checklist_of(board)
    yield Md("## FCTVA et aides, à part")
    back = fctva(board, checklist, day)
    if back is None:
        yield written("FCTVA à calculer : son taux n'a pas été relu depuis un an.")
    else:
        rows: list[Row] = []
        whole = 0
        for payer in sorted({*back.years, *back.undated}, reverse=True):
            dated, undated = back.years.get(payer, {}), back.undated.get(payer, 0)
            mine = [f"{exact_words(cents)} en {year}" for year, cents in dated.items()]
            if undated:
                mine.append(f"{exact_words(undated)}, année à demander à la trésorerie")
            total = sum(dated.values()) + undated
            whole += total
            shown = payer_words(board, payer), exact_words(total), ", ".join(mine)
            rows.append(shown)
        if rows:
            rows.append(("Total", exact_words(whole), ""))
        yield table(
            f"FCTVA de qui achète, {number(back.rule.percent or 0)} % de ce qu'il "
            f"investit TTC (taux relevé le {describe_day(back.rule.as_of)}), à "
            "confirmer par le comptable ; jamais retranché de la dépense",
            ("Payeur", "FCTVA", "Reçu"),
            rows,
            numeric=(1,),
        )
    hoped = aids(board, checklist, day).values()
    low, high = sum(one.low for one in hoped), sum(one.high for one in hoped)
    unknown = sum(one.unknown for one in hoped)
    if high:
        yield written(
            f"Aides possibles : de {exact_words(low)} à {exact_words(high)}, aucune "
            "n'est promise."
        )
    if unknown:
        yield written(
            f"{counted(unknown, 'opération')} sans taux d'aide connu : à demander."
        )
    yield written(NO_AID)


def shares_table(board: Board) -> Md:
    """Return a line a commune, the least covered first: its need, part, right."""
    shares = commune_shares(board)
    rows: list[Row] = [
        (
            one.name,
            number(one.pupils),
            exact_words(one.need),
            exact_words(one.placed),
            percent(one.covered),
            planned_words(one.right),
            exact_words(one.helped),
            per_pupil_words(one),
        )
        for one in shares
    ]
    if rows:
        sums = [
            sum(getattr(one, name) for one in shares)
            for name in ("pupils", "need", "placed", "right", "helped")
        ]
        pupils, need, placed, _, helped = sums
        right = sum(one.right // 100 * 100 for one in shares)
        rows.append((
            "Total",
            number(pupils),
            *map(exact_words, (need, placed)),
            percent(_ratio(placed, need)),
            *map(exact_words, (right, helped)),
            euros(half_up(_ratio(helped, pupils) / 100)),
        ))
    return table(
        "Coûts annuels non compris ; les élèves sont ceux de toutes les écoles de la "
        "commune, auditées ou non ; droits à l'euro inférieur",
        (
            *("Commune", "Élèves", "Besoin", "Inscrit", "Couvert"),
            *("Droit de tirage", "Payé par le syndicat", "Par élève"),
        ),
        rows,
        numeric=(1, 2, 3, 4, 5, 6, 7),
    )


def _ratio(part: int, whole: int) -> Fraction:
    return Fraction(part, whole) if whole else Fraction(0)


def workshops_part(board: Board) -> Md:
    """Return the workshops, what their ballots weigh, and what was adopted of it."""
    record = board.record
    if not record.workshops:
        return Md("")
    rule = record.weighing
    rows: list[Row] = []
    for ident, one in sorted(record.workshops.items(), key=lambda pair: pair[1].on):
        ballots = sum(each == ident for each, _ in record.ballots)
        cards = sum(each == ident for each, _ in record.cards)
        rows.append((
            one.title,
            ", ".join(filter(None, (describe_day(one.on), one.where))),
            number(sum(one.present.values())),
            number(cards),
            number(ballots),
        ))
    sums = [
        sum(sum(one.present.values()) for one in record.workshops.values()),
        len(record.cards),
        len(record.ballots),
    ]
    rows.append(("Total", "", *map(number, sums)))
    adopted = weights_in_force(record)
    weighed = [
        (
            record.themes[one.theme].title,
            number(one.points),
            percent(one.share),
            number(adopted.get(one.theme, Fraction(1))),
        )
        for one in theme_weights(record)
    ]
    decision = record.decisions.get(rule.decision) if rule else None
    ref = f", délibération {decision.ref}" if decision and decision.ref else ""
    state = (
        f"Poids adoptés le {describe_day(decision.on)}{ref} : ils ne jouent qu'entre "
        "opérations que ni la loi ni un blocage ne font passer d'abord."
        if adopted and decision
        else "Aucun poids n'est adopté : les bulletins ne changent encore rien."
    )
    return sections((
        Md("## Ateliers"),
        table(
            "Qui est venu : des rôles, jamais des noms",
            ("Atelier", "Quand et où", "Présents", "Cartes", "Bulletins"),
            rows,
            numeric=(2, 3, 4),
        ),
        table(
            "Chaque bulletin partage dix points entre les thèmes",
            ("Thème", "Points", "Part", "Poids"),
            weighed,
            numeric=(1, 2, 3),
        ),
        written(state),
    ))
