"""The committee's file: agenda, programme, variants, who gets what; deliberation.

Page 1 suffices to vote. It sets communes beside one another by IPS: a working paper of
those who sit, never posted. The deliberation is a file of its own, that may be.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from diag.documents.blocks import (
    PAGE_BREAK,
    Md,
    bullets,
    definitions,
    sections,
    table,
    written,
)
from diag.documents.document import Document, Meta
from diag.documents.drafts import TO_WRITE, prefilled, signatures, tools
from diag.documents.parts.votes import BALLOT
from diag.documents.programme.whole import (
    Row,
    money_part,
    proposal_words,
    shares_table,
    why_parts,
    workshops_part,
    years_table,
)
from diag.documents.templates import finish, render
from diag.documents.write import Paper
from diag.model.enums import Outcome
from diag.model.programme import EnvelopeState
from diag.model.text import exact
from diag.programme.assembling import Board, board_of, weights_in_force
from diag.programme.container import EVERY
from diag.programme.equity import (
    LEAST,
    commune_shares,
    ips_groups,
    spread,
    unblocked,
    worth,
)
from diag.programme.gathering import theme_weights
from diag.programme.history import log_of
from diag.programme.money import budgets
from diag.programme.words import (
    body_words,
    effect_words,
    exact_words,
    per_pupil_words,
    reserve_words,
    span_words,
)
from diag.words.dates import describe_day, long_date
from diag.words.sentences import counted, euros, half_up, listed, number, percent
from diag.words.vocabulary import OUTCOMES
from diag.workspace.charter import house_of

WORKING = (
    "Document de travail du comité : il ne s'affiche pas et ne s'annexe pas. Le "
    "programme, la page de chaque commune et la délibération, eux, sont publics."
)


def committee_blocks(board: Board, day: date) -> Iterator[Md]:
    """Give the blocks of the committee's file, page 1 first."""
    points = agenda(board)
    yield written(WORKING)
    yield Md("## Ordre du jour")
    yield table(
        "Chaque point se vote ; cochez en séance",
        ("N°", "Point", "Ce qui est proposé", "Décision"),
        [
            (str(rank), title, words, BALLOT)
            for rank, (title, words) in enumerate(points, 1)
        ],
    )
    yield Md("## Année par année")
    yield years_table(board)
    yield variants_part(board)
    yield PAGE_BREAK
    yield from why_parts(board, day)
    yield Md("## Besoin et part de chaque commune")
    yield shares_table(board)
    yield ips_part(board)
    yield from money_part(board, day)
    yield workshops_part(board)
    yield _decided_part(board)
    yield PAGE_BREAK
    yield from _decision_sheet(points)


def agenda(board: Board) -> list[tuple[str, str]]:
    """Return what is put to the vote: its title, and what is proposed."""
    record, rights = board.record, board.record.rights
    own = f"{number(rights.school)} parts par école, {number(rights.pupil)} par élève"
    splits = "Aucune part fixée : les communes paient tout."
    if usual := record.splits.get(EVERY):
        but = f", sauf {len(record.splits) - 1}" if len(record.splits) > 1 else ""
        part = percent(Fraction(exact(usual.syndicat)))
        splits = f"Participation : {part} de l'investissement de chaque opération{but}."
    points = [
        ("La règle de partage et la réserve", f"{own}. {reserve_words(board)}"),
        ("La part du syndicat", splits),
        ("Les enveloppes du syndicat", _envelopes_words(board)),
    ]
    if record.purchases:
        titles = [one.title for one in record.purchases.values()]
        points.append(("Les achats groupés", listed(titles, 5)))
    if record.shared:
        titles = [one.title for one in record.shared.values()]
        points.append(("Les opérations partagées", listed(titles, 5)))
    if theme_weights(record) and not weights_in_force(record):
        weighed = [
            f"{record.themes[one.theme].title}, {number(one.weight)}"
            for one in theme_weights(record)
        ]
        points.append(("Le poids des thèmes", listed(weighed, 5)))
    points.append(("Le programme", " ".join(proposal_words(board))))
    return points


def _envelopes_words(board: Board) -> str:
    """Return what the syndicat puts in each year: « 4 000 € en 2027 (hypothèse) »."""
    purse = board.programme.shared_purse
    kept = [
        (year, board.record.envelopes.get((purse, year)))
        for year in board.programme.years
    ]
    known = [(year, one) for year, one in kept if one]
    if not known:
        return "Aucune enveloppe n'est connue."
    supposed = sum(one.state is not EnvelopeState.VOTE for _, one in known)
    amounts = [f"{exact_words(one.cents)} en {year}" for year, one in known]
    if len({one.cents for _, one in known}) == 1 < len(known):
        first, last = known[0], known[-1]
        amounts = [f"{exact_words(first[1].cents)} par an de {first[0]} à {last[0]}"]
    whole = exact_words(sum(one.cents for _, one in known))
    state = f"{counted(supposed, 'hypothèse')}" if supposed else "toutes votées"
    return f"{listed(amounts, 8)}, {whole} en tout, réserve comprise ({state})."


def variants_part(board: Board) -> Md:
    """Return the programme and its variants, side by side."""
    container = board.container
    base = board_of(container, "", board.gathered) if board.variant else board
    boards = [
        base,
        *(board_of(container, one, board.gathered) for one in board.record.variants),
    ]
    if len(boards) == 1:
        return Md("")
    rows = [_variant_row(one, base) for one in boards]
    reasons = [
        f"{one.name} : {one.why}." for one in board.record.variants.values() if one.why
    ]
    return sections((
        Md("## Variantes"),
        table(
            "« Changent » : opérations dont le budget n'est pas celui du programme",
            (
                *(
                    "Variante",
                    "Inscrites",
                    "Coût",
                    "Syndicat",
                    "Écoles sans blocage à la fin",
                ),
                *("Loi en retard", "Moins aidée, par élève", "Changent"),
            ),
            rows,
            numeric=(1, 2, 3, 4, 5, 6, 7),
        ),
        bullets(reasons) if reasons else Md(""),
    ))


def _variant_row(board: Board, base: Board) -> Row:
    found, apart = worth(board.schedule, base.schedule), spread(commune_shares(board))
    purses = [
        (purse, one) for some in budgets(board).values() for purse, one in some.items()
    ]
    ours = [one.own for purse, one in purses if purse.payer == board.programme.syndicat]
    free = unblocked(board)
    name = board.record.variants[board.variant].name if board.variant else "Programme"
    return (
        name,
        str(found.placed),
        exact_words(sum(one.own for _, one in purses)),
        exact_words(sum(ours)),
        percent(free[-1]) if free else "–",
        str(found.late),
        per_pupil_words(apart.least) if apart else "–",
        str(found.moved),
    )


def ips_part(board: Board) -> Md:
    """Return the communes by fifths of IPS, or why there is no such view."""
    groups = ips_groups(commune_shares(board))
    if not groups:
        return written(
            f"Pas de vue par IPS : il faut deux groupes de {LEAST} communes au moins."
        )
    rows: list[Row] = [
        (
            f"{one.words}, de {number(one.low)} à {number(one.high)}",
            number(one.communes),
            number(one.pupils),
            exact_words(one.need),
            exact_words(one.placed),
            percent(one.covered),
            euros(half_up(one.per_pupil / 100)),
        )
        for one in groups
    ]
    sums = [
        sum(getattr(one, name) for one in groups)
        for name in ("communes", "pupils", "need", "placed")
    ]
    rows.append((
        "Total",
        *map(number, sums[:2]),
        *map(exact_words, sums[2:]),
        *("", ""),
    ))
    return table(
        f"Par IPS, le plus bas d'abord ; {LEAST} communes au moins par groupe",
        (
            *("IPS", "Communes", "Élèves", "Besoin", "Inscrit", "Couvert"),
            "Syndicat par élève",
        ),
        rows,
        numeric=(1, 2, 3, 4, 5, 6),
    )


def _decided_part(board: Board) -> Md:
    """Return what bodies have decided so far, and what it moved."""
    rows = [
        (
            describe_day(one.decision.on),
            body_words(board, one.decision),
            ", ".join(filter(None, (OUTCOMES[one.decision.outcome], one.decision.ref))),
            one.decision.about,
            ". ".join(filter(None, (one.decision.votes, one.decision.why))),
            " ".join(effect_words(one)),
        )
        for one in log_of(board.container)
    ]
    if not rows:
        return Md("")
    columns = ("Jour", "Instance", "Décision", "Objet", "Votes et motif", "Effet")
    return sections((
        Md("## Ce qui est déjà décidé"),
        table("Avis et délibérations, dans l'ordre", columns, rows),
    ))


def _decision_sheet(points: Sequence[tuple[str, str]]) -> Iterator[Md]:
    """Give the sheet that whoever keeps the minutes fills in."""
    yield Md("## Feuille de décision")
    yield written(
        "À remplir en séance, puis à noter dans le programme : l'instance, le jour, le "
        "numéro, les votes. Le programme s'arrête ensuite sur cette délibération."
    )
    yield table(
        "Un vote par point",
        ("N°", "Point", "Pour", "Contre", "Abstentions", "Décision"),
        [
            (str(rank), title, "", "", "", BALLOT)
            for rank, (title, _) in enumerate(points, 1)
        ],
    )
    yield table(
        "La séance",
        ("Quoi", "Réponse"),
        [
            (what, TO_WRITE)
            for what in (
                "Jour, lieu",
                "Présents, absents, pouvoirs",
                "Numéro de la délibération",
                "Ce que le comité a changé, et pourquoi",
            )
        ],
    )
    yield signatures("Le président", "Le secrétaire de séance")


DELIBERATION = "deliberation-programme"
"""The file of its draft, and its template."""


def programme_deliberation(board: Board, day: date) -> Paper:
    """Return a draft deliberation on a programme: the committee alone decides.

    It holds what the agenda puts to the vote, in the same words and figures.
    """
    span, office = span_words(board), board.container.about.name
    title = f"Projet de délibération — programme numérique {span}"
    variant = board.record.variants[board.variant].name if board.variant else ""
    grounds = []
    for one in sorted(board.record.decisions.values(), key=lambda each: each.on):
        about = f", sur {one.about}" if one.about else ""
        if one.outcome is Outcome.AVIS:
            seen = f"l'avis du comité de pilotage, {describe_day(one.on)}"
        else:
            ref = f" {one.ref}" if one.ref else ""
            by = f"{describe_day(one.on)} ({body_words(board, one)})"
            seen = f"la délibération{ref}, {by} : {OUTCOMES[one.outcome]}"
        grounds.append(f"Vu {seen}{about}")
    view = {
        **tools(),
        "title": title,
        "span": span,
        "cover": definitions((
            ("Syndicat", office),
            ("Variante", variant),
            ("Date du projet", long_date(day)),
        )),
        "prefilled": prefilled(
            f"d'après le programme {span}, tel qu'au {long_date(day)}.", "le syndicat"
        ),
        "decisions": bullets(grounds),
        "articles": agenda(board),
    }
    meta = Meta(
        title=title,
        day=day,
        author=office,
        provisional=board.record.adoption is None,
        running=f"Projet de délibération à compléter, {long_date(day)}",
    )
    house = house_of(board.container.workspace)
    markdown = finish(meta, render(DELIBERATION, DELIBERATION, view, house), "")
    document = Document(meta=meta, markdown=markdown)
    return Paper(DELIBERATION, document, "\n".join(house.refused.values()))
