"""The programme on paper: for the committee, which deliberates, and for each commune.

Its facts are those of the public reading of the audits: the programme and the page of a
commune may be posted. The committee's file sets communes beside one another by IPS, and
is not; the deliberation is a file of its own, that may be. A commune's page gives what
its council votes, its operations, and why.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from pathlib import Path

from diag.assess.terms import year_day
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
    ips_part,
    money_part,
    outside_part,
    programme_blocks,
    proposal_words,
    shares_table,
    variants_part,
    why_parts,
    workshops_part,
    years_table,
)
from diag.documents.templates import finish, render
from diag.documents.write import Paper
from diag.model.enums import Milestone, Outcome, PlaceKind
from diag.model.errors import DiagError
from diag.model.programme import EnvelopeState
from diag.model.text import exact
from diag.programme.assembling import Board, weights_in_force
from diag.programme.container import EVERY
from diag.programme.figures import (
    PurseYear,
    aids,
    budgets,
    checklist_of,
    commune_shares,
    fctva,
    spread,
)
from diag.programme.gathering import theme_weights
from diag.programme.history import is_as_adopted, log_of
from diag.programme.placing import lacks_of, what_if
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.programme.words import (
    NO_AID,
    body_words,
    cost_words,
    effect_words,
    exact_words,
    named_words,
    once_of,
    only_school,
    per_pupil_words,
    placed_words,
    planned_words,
    reason_words,
    reserve_words,
    shared_title,
    span_words,
    unconfirmed,
    what_if_words,
)
from diag.words.dates import describe_day, long_date
from diag.words.sentences import (
    counted,
    euros,
    half_up,
    listed,
    number,
    percent,
    uncapitalised,
)
from diag.words.vocabulary import OUTCOMES
from diag.workspace.charter import house_of

WORKING = (
    "Document de travail du comité : il ne s'affiche pas et ne s'annexe pas. Le "
    "programme, la page de chaque commune et la délibération, eux, sont publics."
)

FIRST_ONES, MORE = 1, 3
"""So many lines of what is left out, on the page; more where few are placed."""

FEWEST, FEW = 2, 3
"""So many rows of operations, however full the page is; so many leave it room."""

PAGE_LINES, WIDE, HEADING, TABLE_LINE = 58, 96, 3, 1.3
"""What a page holds, the heads of the document apart; characters of a line; lines that
a heading takes, and a row of a table: measured on pages."""

ORDER = (
    "Le rang est l'ordre de passage : la loi, ce qui bloque une classe, puis ce qui "
    "relève le plus le score de l'école pour un euro."
)


def programme_paper(board: Board, day: date) -> Paper:
    """Return the whole programme: page 1 suffices, the operations follow."""
    subject = f"Programme numérique des écoles {span_words(board)}"
    blocks = programme_blocks(board, day)
    return Paper("programme", _document(board, day, subject, blocks))


def commune_paper(board: Board, insee: str, day: date) -> Paper:
    """Return the page of a commune: its operations, its share; no other is named.

    Raises:
        DiagError: none of its schools has an operation, and it shares none.
    """
    placed = board.schedule.placements
    mine = [name for name in placed if board.named(name).commune == insee]
    out = [name for name in mine if placed[name].year is None]
    joint = _joint_part(board, insee)
    if not (mine or joint):
        raise DiagError(
            f"Aucune opération du programme n'est à la commune {insee}, et elle n'en "
            "partage aucune.",
            about="commune",
        )
    before = [
        Md("## Ce que le conseil vote, et avant quand"),
        _to_vote(board, insee),
        bullets(_beside(board, insee, day)),
    ]
    own, after = list[Md](), list[Md]()
    if mine:
        most = MORE if len(mine) - len(out) <= FEW else FIRST_ONES
        after += Md("## Hors programme"), outside_part(board, mine, most, insee)
    if out:  # what the first one lacks, proved by a replay
        last = board.programme.years[-1]
        lacking = what_if(board.programme, board.schedule, out[0], last)
        asked = f"Que faudrait-il pour inscrire « {board.named(out[0]).title} » ?"
        after.append(written(" ".join((asked, *what_if_words(board, lacking, insee)))))
    after += joint, written(" ".join((ORDER, *unconfirmed(board, insee), NO_AID)))
    if mine:
        room = PAGE_LINES - sum(map(_lines, (*before, *after)))
        own += Md("## Ses opérations"), _operations_table(board, insee, mine, room)
    name = board.gathered.communes.get(insee) or insee
    subject = f"{name} : programme numérique {span_words(board)}"
    document = _document(board, day, subject, (*before, *own, *after))
    return Paper(f"programme-{insee}", document)


def committee_paper(board: Board, day: date) -> Paper:
    """Return the file of those who sit: page 1 suffices; never posted."""
    subject = f"Comité syndical : programme numérique {span_words(board)}"
    document = _document(board, day, subject, _committee_blocks(board, day))
    return Paper("dossier-de-comite", document)


def programme_folder(board: Board) -> Path:
    """Return where the documents of a programme go, in its workspace."""
    container = board.container
    return container.workspace.folder / "exports" / container.audit.campaign


def _document(board: Board, day: date, subject: str, blocks: Iterable[Md]) -> Document:
    """Return a document of a programme: what it is of, its blocks, its foot."""
    record, office = board.record, board.container.about.name
    variant = record.variants[board.variant].name if board.variant else ""
    adopted = record.adoption[1] if record.adoption else None
    state, since, is_standing = "non arrêté", "", is_as_adopted(board)
    if adopted:  # what moved since is no more what was adopted
        state = "arrêté" if is_standing else "révisé depuis l'arrêté"
    if adopted and (decision := record.decisions.get(adopted.decision)):
        ref = f", délibération {decision.ref}" if decision.ref else ""
        since = f" {'le' if is_standing else 'du'} {describe_day(decision.on)}{ref}"
    meta = Meta(
        title=subject,
        author=office,
        day=day,
        provisional=not is_standing,
        running=f"Programme {state}, {long_date(day)}",
    )
    pairs = (
        ("De", office),
        ("Variante", variant),
        ("État", f"{state}{since}, au {long_date(day)}"),
        ("Montants", "euros TTC ; effet à la rentrée de l'année"),
    )
    body = sections((Md(f"# {written(subject)}"), definitions(pairs), *blocks))
    house = house_of(board.container.workspace)
    return Document(meta=meta, markdown=finish(meta, body, ""), look=house.look)


def _lines(block: Md) -> float:
    """Return how many lines of a page a block takes, about."""
    rows = [one for one in block.splitlines() if one]
    if any(one.startswith("| ---") for one in rows):
        return 2 + TABLE_LINE * len(rows)
    return sum(HEADING if one.startswith("#") else -(-len(one) // WIDE) for one in rows)


def _to_vote(board: Board, insee: str) -> Md:
    """Return what the council votes each year, and before when."""
    purses = [
        Purse(f"{PlaceKind.COMMUNE}:{insee}", one) for one in (INVESTMENT, RUNNING)
    ]
    checklist, rows, sums = checklist_of(board), [], [0] * 4
    for year, found in budgets(board).items():
        invested, running = (found.get(one, PurseYear()) for one in purses)
        row = [
            invested.gross,
            running.gross,
            invested.participation + running.participation,
            invested.own + running.own,
        ]
        if any(row):
            last = year_day(checklist, Milestone.BUDGET, year)
            rows.append((
                str(year),
                *map(exact_words, row),
                long_date(date.fromisoformat(last.closes)) if last else "–",
            ))
            sums = [a + b for a, b in zip(sums, row, strict=True)]
    if not rows:
        return written("Rien à voter : aucune opération n'a encore son année.")
    rows.append(("Total", *map(exact_words, sums), ""))
    return table(
        "Coûts annuels compris. Participation du syndicat : « − », vous la recevez ; "
        "sans signe, vous la versez",
        (
            *("Budget", "Investissement", "Fonctionnement"),
            *("Participation", "Reste à votre charge", "À voter avant le"),
        ),
        rows,
        numeric=(1, 2, 3, 4),
    )


def _beside(board: Board, insee: str, day: date) -> Iterator[str]:
    """Give what stands beside the votes: date, right, need, FCTVA, aids."""
    checklist, payer = checklist_of(board), f"{PlaceKind.COMMUNE}:{insee}"
    last = year_day(checklist, Milestone.BUDGET, board.programme.years[0])
    if last:
        yield f"{last.rule.title}, à confirmer : {uncapitalised(last.rule.says)}"
    if not any(purse.payer == payer for purse in board.programme.envelopes):
        yield (
            "Ce que la commune peut dépenser n'est pas connu : cela compte pour 0 €. "
            "Dites-le au syndicat."
        )
    yield _right_words(board, insee)
    shares = commune_shares(board)
    own = next((one for one in shares if one.insee == insee), None)
    if own and own.need:
        found = spread(shares)
        beside = (
            f" ; au milieu des communes, {euros(half_up(found.median / 100))}"
            if found and found.communes > 1
            else ""
        )
        yield (
            f"Besoin de vos écoles : {exact_words(own.need)} ; inscrit : "
            f"{exact_words(own.placed)} ({percent(own.covered)}). Aide du syndicat par "
            f"élève : {per_pupil_words(own)}{beside}."
        )
    back = fctva(board, checklist, day)
    if back is None:
        yield "FCTVA à calculer : son taux n'a pas été relu depuis un an."
    elif payer in back.years or payer in back.undated:
        mine = [
            f"{exact_words(cents)} en {year}"
            for year, cents in back.years.get(payer, {}).items()
        ]
        if payer in back.undated:
            cents = exact_words(back.undated[payer])
            mine.append(f"{cents}, année à demander à la trésorerie")
        yield (
            f"FCTVA, en plus et plus tard : {', '.join(mine)} "
            f"({number(back.rule.percent or 0)} % de ce que vous investissez, à "
            "confirmer par le comptable)."
        )
    hoped = aids(board, checklist, day).get(payer)
    if hoped and hoped.high:
        low, high = exact_words(hoped.low), exact_words(hoped.high)
        yield f"Aides possibles : de {low} à {high}, aucune n'est promise."


def _right_words(board: Board, insee: str) -> str:
    """Return what the commune may draw of the syndicat's money, and what it lacks."""
    payer = f"{PlaceKind.COMMUNE}:{insee}"
    right = board.schedule.rights.get(payer, 0)
    drawn = board.schedule.drawn.get(payer, 0)
    words = (
        f"Votre droit de tirage sur l'argent du syndicat : {planned_words(right)}, "
        f"dont {exact_words(drawn)} employés."
    )
    lacking = {
        lack.purse.payer if lack.purse else ""
        for name, one in board.schedule.placements.items()
        if one.year is None and board.named(name).commune == insee
        for lack in lacks_of(one.reason)
    }
    if lacking == {payer} and right > drawn:
        words += " Ce qui reste dehors attend l'argent de la commune, pas celui-là."
    return words


def _own_share(board: Board, operation: str, insee: str) -> int:
    paid = board.schedule.placements[operation].paid
    payer = f"{PlaceKind.COMMUNE}:{insee}"
    return sum(cents for purse, cents in paid.items() if purse.payer == payer)


def _operations_table(
    board: Board, insee: str, names: Sequence[str], room: float
) -> Md:
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
        return written("Aucune n'a encore son année.")
    rows = []
    left = room - HEADING - 5 * TABLE_LINE  # its heading, head, total and last line
    for rank, name in enumerate(mine):
        row = (
            str(placed[name].year),
            named_words(board, name, insee),
            placed_words(board, name),
            cost_words(_own_share(board, name, insee), placed[name].yearly),
            reason_words(board, name, insee),
        )
        height = max(
            -(-len(row[1]) // 27), -(-len(row[4]) // 29), 1 + bool(placed[name].yearly)
        )
        left -= height + TABLE_LINE - 1
        if left < 0 and rank >= FEWEST:
            break
        rows.append(row)
    most = len(rows)
    if rest := mine[most:]:
        first, last = placed[rest[0]].year, placed[rest[-1]].year
        yearly = sum(placed[name].yearly for name in rest)
        once = sum(once_of(board, name) for name in rest)
        share = sum(_own_share(board, name, insee) for name in rest)
        is_one = len(rest) == 1
        rows.append((
            str(first) if first == last else f"{first}-{last}",
            named_words(board, rest[0], insee)
            if is_one
            else f"Et {len(rest)} autres opérations, en tout",
            cost_words(once, yearly),
            cost_words(share, yearly),
            "Au programme." if is_one else "Au programme, une par une.",
        ))
    whole = exact_words(sum(once_of(board, name) for name in mine))
    share_whole = exact_words(sum(_own_share(board, name, insee) for name in mine))
    rows.append(("Total", "", whole, share_whole, ""))
    school = only_school(board, insee)
    what = "Opération" if school else "Opération et école"
    columns = ("Budget", what, "Coût", "Votre part", "Pourquoi")
    where = school or "Année par année"
    caption = f"{where} ; le total ne compte que ce qui est payé une fois"
    return table(caption, columns, rows, numeric=(2, 3))


def _joint_part(board: Board, insee: str) -> Md:
    """Return what the commune shares with others: its right pays a part of each."""
    payer = f"{PlaceKind.COMMUNE}:{insee}"
    rows = [
        (
            str(board.schedule.placements[name].year or "–"),
            shared_title(board, name, insee),
            exact_words(board.schedule.placements[name].parts.get(payer, 0)),
            reason_words(board, name, insee),
        )
        for name, work in sorted(board.record.shared.items())
        if insee in work.communes
    ]
    return table(
        "Ce que vous partagez : le syndicat paie, sur le droit de tirage de chacune",
        ("Budget", "Opération", "Sur votre droit", "Pourquoi"),
        rows,
        numeric=(2,),
    )


def _committee_blocks(board: Board, day: date) -> Iterator[Md]:
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
    # What whoever keeps the minutes fills in.
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
