"""A programme as a workbook: what an accountant adds up, in the pages' figures."""

from collections.abc import Callable, Iterator
from datetime import date
from fractions import Fraction

from diag.documents.tables import Cell, Column, Table, table_of
from diag.model.programme import EnvelopeState
from diag.model.text import exact
from diag.programme.assembling import Board, weights_in_force
from diag.programme.container import EVERY
from diag.programme.figures import (
    PurseYear,
    budgets,
    checklist_of,
    commune_shares,
    fctva,
    year_sums,
)
from diag.programme.gathering import theme_weights
from diag.programme.history import log_of
from diag.programme.setting import ref_of
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.programme.words import (
    body_words,
    effect_words,
    once_of,
    reason_words,
    reserve_words,
)
from diag.words.dates import long_date
from diag.words.sentences import percent
from diag.words.vocabulary import BUDGET_SECTIONS, OUTCOMES

Rows = Iterator[tuple[Cell, ...]]
Sheet = Callable[[Board, date], Rows]

_SHEETS: list[tuple[str, tuple[Column, ...], Sheet]] = []


def programme_tables(board: Board, day: date) -> tuple[Table, ...]:
    """Return the sheets of a programme, in their order; amounts in euros with tax."""
    return tuple(
        table_of(name, columns, tuple(rows(board, day)))
        for name, columns, rows in _SHEETS
    )


def _sheet(name: str, *heads: tuple[str, int]) -> Callable[[Sheet], Sheet]:
    """Add a sheet after those above: its name, heading and width of each column."""

    def add(rows: Sheet) -> Sheet:
        columns = tuple(Column(heading, heading, width) for heading, width in heads)
        _SHEETS.append((name, columns, rows))
        return rows

    return add


def _euros(cents: int) -> Fraction:
    return Fraction(cents, 100)


@_sheet("Lisez-moi", ("Quoi", 24), ("Valeur", 90))
def _about(board: Board, day: date) -> Rows:
    is_adopted = board.record.adoption is not None
    variant = board.record.variants[board.variant].name if board.variant else "aucune"
    first, last = board.programme.years[0], board.programme.years[-1]
    yield "Programme", f"{first}-{last}"
    yield "De", board.container.about.name
    yield "Variante", variant
    yield "État", "arrêté" if is_adopted else "non arrêté"
    yield "Fait le", long_date(day)
    yield "Montants", "euros TTC, estimés : ni devis, ni promesse"
    yield (
        "Budget",
        "« 2028 » : budget 2028, effet à la rentrée 2028 ; vide : hors programme",
    )
    yield "Opérations", "une ligne par opération ; le coût annuel court dès son budget"
    yield "Années", "les totaux de la première page du programme"
    bought = (
        "ce que chacun achète, la participation qu'il verse (plus) ou reçoit (moins), "
        "ce qui reste ; le FCTVA à part, l'année où il arrive, jamais retranché"
    )
    yield "Payeurs", bought
    yield "Communes", "élèves de toutes les écoles de la commune, auditées ou non"
    yield "Aides", "aucune n'est promise : aucune n'est comptée avant d'être notifiée"


@_sheet(
    "Opérations",
    *(("Référence", 34), ("Opération", 44), ("Où", 40), ("Code INSEE", 8)),
    *(("Budget", 8), ("Rang", 6), ("Pourquoi", 60), ("Coût", 12)),
    *(("Coût annuel", 12), ("Syndicat", 12), ("Commune", 12), ("Achète", 20)),
    ("À confirmer", 10),
)
def _operations(board: Board, _day: date) -> Rows:
    asked = {one.id: one for one in board.programme.operations}
    shared = board.programme.shared_purse
    for name, placed in board.schedule.placements.items():
        shown, lines = board.named(name), asked[name].lines
        is_placed = placed.year is not None
        once = once_of(board, name) if is_placed else sum(one.once for one in lines)
        theirs = placed.paid.get(shared, 0)
        yield (
            ref_of(board, name),
            shown.title,
            shown.where,
            shown.commune,
            placed.year,
            placed.rank,
            reason_words(board, name),
            _euros(once),
            _euros(placed.yearly if is_placed else sum(one.yearly for one in lines)),
            _euros(theirs) if is_placed else None,
            _euros(once - theirs) if is_placed else None,
            board.payer_name(board.buyer(name)),
            shown.is_open or shown.is_estimated,
        )


@_sheet(
    "Années",
    *(("Budget", 10), ("Opérations", 12), ("Coût", 12), ("Coûts annuels", 12)),
    *(("Total", 12), ("Syndicat", 12), ("Syndicat, programmable", 14)),
    *(("Communes", 12), ("Communes, programmable", 14)),
)
def _years(board: Board, _day: date) -> Rows:
    sums = [0] * 8
    for year, one in zip(board.programme.years, year_sums(board), strict=True):
        row = [
            *(one.operations, one.once, one.whole - one.once, one.whole),
            *(one.syndicat, one.syndicat_may),
            *(one.whole - one.syndicat, one.may - one.syndicat_may),
        ]
        sums = [a + b for a, b in zip(sums, row, strict=True)]
        yield year, row[0], *map(_euros, row[1:])
    yield "Total", sums[0], *map(_euros, sums[1:])


@_sheet(
    "Payeurs",
    *(("Payeur", 24), ("Code", 22), ("Section", 16), ("Budget", 8), ("Achète", 12)),
    *(("Participation", 13), ("Reste à sa charge", 14), ("Somme réservée", 14)),
    *(("Enveloppe", 12), ("État", 12), ("Programmable", 13), ("FCTVA reçu", 12)),
    ("FCTVA, année à demander", 14),
)
def _payers(board: Board, day: date) -> Rows:
    found = budgets(board)
    back = fctva(board, checklist_of(board), day)
    payers = {purse.payer for some in found.values() for purse in some}
    payers |= {purse.payer for purse in board.programme.envelopes}
    for payer in sorted(payers, reverse=True):
        received = back.years.get(payer, {}) if back else {}
        for section in (INVESTMENT, RUNNING):
            purse = Purse(payer, section)
            comes = received if section is INVESTMENT else {}
            for at, year in enumerate(board.programme.years):
                one = found[year].get(purse, PurseYear())
                kept = board.record.envelopes.get((purse, year))
                if not (kept or one.gross or one.own or comes.get(year)):
                    continue
                state = ""
                if kept:
                    is_voted = kept.state is EnvelopeState.VOTE
                    state = "votée" if is_voted else "hypothèse"
                yield (
                    board.payer_name(payer),
                    payer,
                    BUDGET_SECTIONS[section],
                    year,
                    *map(_euros, (one.gross, one.participation, one.own, one.kept)),
                    _euros(kept.cents) if kept else None,
                    state,
                    _euros(board.programme.planned(purse)[at] // 100 * 100),
                    _euros(comes.get(year, 0)) if section is INVESTMENT else None,
                    None,
                )
        whose = board.payer_name(payer), payer, BUDGET_SECTIONS[INVESTMENT]
        for year, cents in received.items():
            if year > board.programme.years[-1]:
                yield (*whose, year, *[None] * 7, _euros(cents), None)
        if undated := back.undated.get(payer, 0) if back else 0:
            yield (*whose, None, *[None] * 8, _euros(undated))


@_sheet(
    "Communes",
    *(("Commune", 24), ("Code INSEE", 8), ("Élèves", 8), ("Besoin", 12)),
    *(("Inscrit", 12), ("Part couverte", 10), ("Droit de tirage", 12)),
    *(("Payé par le syndicat", 14), ("Par élève", 10), ("Loi en retard", 8)),
)
def _communes(board: Board, _day: date) -> Rows:
    for one in commune_shares(board):
        each = one.per_pupil
        yield (
            one.name,
            one.insee,
            one.pupils,
            _euros(one.need),
            _euros(one.placed),
            one.covered,
            _euros(one.right),
            _euros(one.helped),
            None if each is None else each / 100,
            one.late,
        )


@_sheet(
    "Verrous",
    *(("Opération", 44), ("Où", 40), ("Budget imposé", 10), ("Par", 30)),
    *(("Motif", 50), ("Délibération", 16), ("Budget obtenu", 10)),
)
def _locks(board: Board, _day: date) -> Rows:
    own = {
        f"{one.audit}/{action}": name
        for name, one in board.gathered.candidates.items()
        for action in one.actions
    }
    for subject, lock in board.record.locks.items():
        name = own.get(subject, subject)
        placed = board.schedule.placements.get(name)
        decision = board.record.decisions.get(lock.decision)
        yield (
            board.named(name).title,
            board.named(name).where,
            lock.year,
            lock.by,
            lock.why,
            decision.ref if decision else "",
            placed.year if placed else None,
        )


@_sheet(
    "Décisions",
    *(("Jour", 12), ("Instance", 24), ("Décision", 14), ("Numéro", 16)),
    *(("Objet", 50), ("Votes", 30), ("Motif", 50), ("Effet", 50)),
)
def _decisions(board: Board, _day: date) -> Rows:
    for logged in log_of(board.container):
        one = logged.decision
        yield (
            date.fromisoformat(one.on),
            body_words(board, one),
            OUTCOMES[one.outcome],
            one.ref,
            one.about,
            one.votes,
            one.why,
            " ".join(effect_words(logged)),
        )


@_sheet(
    "Ateliers",
    *(("Atelier", 40), ("Jour", 12), ("Où", 24), ("Animé par", 24)),
    *(("Présents", 10), ("Cartes", 10), ("Bulletins", 10)),
)
def _workshops(board: Board, _day: date) -> Rows:
    record = board.record
    for ident, one in sorted(record.workshops.items(), key=lambda each: each[1].on):
        yield (
            one.title,
            date.fromisoformat(one.on),
            one.where,
            one.animator,
            sum(one.present.values()),
            sum(each == ident for each, _ in record.cards),
            sum(each == ident for each, _ in record.ballots),
        )


@_sheet("Règle", ("Quoi", 24), ("Valeur", 90))
def _rule(board: Board, _day: date) -> Rows:
    record, rights = board.record, board.record.rights
    first = ", puis ce qui bloque" if board.programme.socle_first else ""
    yield "Ordre", f"décidé, imposé, la loi{first}, puis les points par euro"
    yield "Réserve", reserve_words(board)
    yield "Droit, par école", Fraction(exact(rights.school))
    yield "Droit, par élève", Fraction(exact(rights.pupil))
    if rights.ips:
        yield "Droit, IPS sous", Fraction(exact(rights.ips.below))
        yield "Droit, par point d'IPS", Fraction(exact(rights.ips.step))
    if rights.rural:
        yield "Droit, commune rurale", Fraction(exact(rights.rural))
    yield "Droit, motif", rights.why
    for name, split in record.splits.items():
        what = "" if name == EVERY else f", {name}"
        yield f"Part du syndicat{what}", Fraction(exact(split.syndicat))
    for purchase in record.purchases.values():
        less = percent(Fraction(exact(purchase.discount)))
        years = f"{purchase.opens}-{purchase.closes}"
        yield f"Achat groupé, {purchase.title}", f"{years}, remise de {less}"
    in_force = weights_in_force(record)
    for one in theme_weights(record):
        title = record.themes[one.theme].title
        yield f"Thème, points : {title}", one.points
        yield f"Thème, poids adopté : {title}", in_force.get(one.theme, Fraction(1))
