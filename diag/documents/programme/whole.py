"""The whole programme: page 1 suffices, then each budget, its payers, who gets what.

Behind page 1 stand the money that comes back, what communes get, also by IPS, what
workshops weigh, and how variants compare.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from fractions import Fraction

from diag.documents.blocks import (
    PAGE_BREAK,
    Md,
    bullets,
    numbered,
    sections,
    table,
    written,
)
from diag.programme.assembling import Board, board_of, weights_in_force
from diag.programme.figures import (
    LEAST,
    aids,
    budgets,
    checklist_of,
    commune_shares,
    fctva,
    ips_groups,
    spread,
    unblocked,
    under_floor,
    whole_euros,
    worth,
    year_sums,
)
from diag.programme.gathering import theme_weights
from diag.programme.history import is_as_adopted
from diag.programme.placing import Imposed, lacks_of
from diag.programme.setting import locks_of
from diag.programme.words import (
    LATE,
    NO_AID,
    asked_words,
    cost_words,
    exact_words,
    named_words,
    once_of,
    payer_words,
    per_pupil_words,
    placed_words,
    planned_words,
    reason_words,
    reserve_words,
    unconfirmed,
)
from diag.words.dates import describe_day
from diag.words.sentences import counted, euros, half_up, number, percent
from diag.words.vocabulary import BUDGET_SECTIONS

Row = tuple[str, ...]
"""A row of a table, as it is printed."""

WHYS = 5
"""So many reasons why something is no operation yet, on page 1."""

FIRST_ONES, OUTSIDE = 3, 2
"""So many years imposed, and operations left out, on page 1; the rest is a count."""


def programme_blocks(board: Board, day: date) -> Iterator[Md]:
    """Give the blocks of the programme: to vote, a committee needs page 1 alone."""
    asked = "Ce qui est arrêté"
    if not is_as_adopted(board):
        asked = "Ce qui est demandé au comité"
    yield Md(f"## {written(asked)}")
    yield bullets(proposal_words(board))
    yield years_table(board)
    notes, envelopes = list[str](), board.programme.envelopes
    if not envelopes:
        notes.append(
            "Aucune enveloppe n'est connue : rien ne peut encore être inscrit."
        )
    elif any(map(board.programme.carries, envelopes)):
        notes.append(
            "Une année peut dépasser son enveloppe : ce qui reste d'une enveloppe "
            "reportable sert les suivantes."
        )
    found = spread(commune_shares(board))
    if found and board.schedule.years:
        least, most = found.least, found.most
        median = euros(half_up(found.median / 100))
        notes.append(
            "Par élève, le syndicat aide de "
            f"{per_pupil_words(least)} ({least.name}, la moins aidée) à "
            f"{per_pupil_words(most)} ({most.name}, la plus aidée) ; au milieu des "
            f"{counted(found.communes, 'commune')}, {median}."
        )
    yield written(" ".join(notes))
    yield from why_parts(board, day)
    yield PAGE_BREAK
    yield from (_year_pages(board, year) for year in board.programme.years)
    yield from money_part(board, day)
    yield Md("## Besoin et part de chaque commune")
    yield shares_table(board)
    yield workshops_part(board)


def why_parts(board: Board, day: date) -> Iterator[Md]:
    """Give the rule, the years imposed, what stays out, what is to be confirmed."""
    yield Md("## La règle")
    yield numbered(_rule(board))
    placed = board.schedule.placements
    locked = [
        f"{named_words(board, name)}. {reason_words(board, name)}"
        for name, one in placed.items()
        if (one.year or name in board.names) and locks_of(board, name)
    ]
    if locked:
        if len(locked) > FIRST_ONES:
            locked[FIRST_ONES:] = [f"Et {counted(len(locked) - FIRST_ONES, 'autre')}."]
        yield Md("## Années imposées")
        yield bullets(locked)
    yield Md("## Hors programme")
    yield outside_part(board, list(placed), OUTSIDE)
    uncounted = Counter(one.why for one in board.gathered.left_out)
    if uncounted:
        first = uncounted.most_common(WHYS)
        reasons = [f"{why} ({many})" for why, many in first]
        if rest := uncounted.total() - sum(many for _, many in first):
            reasons.append(f"autre motif ({rest})")
        words = f"Ni inscrites ni comptées ci-dessus, {uncounted.total()} en tout"
        yield written(f"{words} : {' ; '.join(reasons)}.")
    yield Md("## À confirmer")
    poor = under_floor(board, checklist_of(board), day)
    floor = (
        f"{counted(len(poor), 'opération laisse', 'opérations laissent')} à qui "
        "achète moins de 20 % de l'investissement hors taxe : la part de l'autre est à "
        "baisser."
    )
    to_confirm = (*([floor] if poor else ()), *unconfirmed(board), NO_AID)
    yield written(" ".join(to_confirm))


def proposal_words(board: Board) -> Iterator[str]:
    """Give what is asked, in the figures of the table under it."""
    if not board.schedule.years:
        yield "Rien à inscrire encore : aucune opération n'a son année."
        return
    theirs, planned, whole = 0, 0, 0
    for row in year_sums(board):
        theirs, planned = theirs + row.syndicat, planned + row.syndicat_may
        whole += row.whole
    placed = board.schedule.years
    schools = {board.named(one).where for one in placed if board.named(one).commune}
    communes = {board.named(one).commune for one in placed} - {""}
    yield (
        f"Inscrire {counted(len(placed), 'opération')} dans "
        f"{counted(len(schools), 'école')} de {counted(len(communes), 'commune')}, "
        f"sur {counted(len(board.programme.years), 'budget')} : {exact_words(whole)}."
    )
    unused = sum(
        max(board.schedule.rights[one] - board.schedule.drawn.get(one, 0), 0)
        for one in board.schedule.rights
    )
    left = min(whole_euros(unused), planned - theirs)
    kept = (
        f" ; {exact_words(left)} restent au droit de communes qui ne peuvent pas "
        "encore les employer"
        if left > 0
        else ""
    )
    yield (
        f"Y mettre {exact_words(theirs)} du syndicat, sur {exact_words(planned)} "
        f"qu'il peut programmer{kept}."
    )
    yield (
        f"Proposer aux communes de payer {exact_words(whole - theirs)} : chaque "
        "conseil municipal vote sa part, rien n'est décidé à sa place."
    )


def years_table(board: Board) -> Md:
    """Return a line a year: what it costs, who pays it, out of what may be planned."""
    rows, sums = [], [0] * 6
    for year, one in zip(board.programme.years, year_sums(board), strict=True):
        row = [
            *(one.whole, one.whole - one.once),
            *(one.syndicat, one.syndicat_may),
            *(one.whole - one.syndicat, one.may - one.syndicat_may),
        ]
        rows.append((str(year), row))
        sums = [a + b for a, b in zip(sums, row, strict=True)]
    rows.append(("Total", sums))
    columns = (
        *("Budget", "Coût", "dont coûts annuels"),
        *("Le syndicat paie", "il peut programmer"),
        *("Les communes paient", "elles peuvent programmer"),
    )
    return table(
        "Ce qui est inscrit, qui le paie, et combien il peut programmer",
        columns,
        ((name, *map(exact_words, row)) for name, row in rows),
        numeric=range(1, 7),
    )


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


def _rule(board: Board) -> Iterator[str]:
    """Give the rule in six lines."""
    rights, weights = board.record.rights, weights_in_force(board.record)
    blocking = ", ce qui empêche une classe de travailler"
    yield (
        "Passe d'abord ce qui est décidé ou imposé, la loi"
        f"{blocking * board.programme.socle_first}, puis le reste."
    )
    themes = ""
    if weights:
        least, most = number(min(weights.values())), number(max(weights.values()))
        themes = f" (poids des ateliers : de {least} à {most})"
    yield (
        "À rang égal passe ce qui, pour un euro, relève le plus le score de l'école, "
        f"pour le plus d'élèves{themes}."
    )
    more = "".join((
        ", plus si l'IPS est bas" if rights.ips else "",
        ", plus en commune rurale" if rights.rural else "",
    ))
    yield (
        "L'argent du syndicat est partagé d'avance, "
        f"{number(rights.school)} parts par école, {number(rights.pupil)} par élève"
        f"{more} : le droit de tirage."
    )
    yield (
        "Une opération prend la première année où chaque payeur a sa part et où le "
        "droit suffit (la loi s'en passe)."
    )
    yield reserve_words(board)
    yield "Ce qui est placé ne bouge plus : une seule raison, écrite en face."


def _year_pages(board: Board, year: int) -> Md:
    """Return the operations of a budget, each with its reason, then who pays it."""
    placed, at = board.schedule.placements, board.programme.years.index(year)
    names = [name for name, one in placed.items() if one.year == year]
    title = Md(f"## Budget {year}, effet à la rentrée {year}")
    rows = [
        (
            named_words(board, name),
            placed_words(board, name),
            _payers(board, name),
            reason_words(board, name),
        )
        for name in names
    ]
    purses = budgets(board)[year]
    ordered = sorted(
        (purse for purse in purses if purses[purse].gross or purses[purse].own),
        key=lambda one: (one.section, payer_words(board, one.payer)),
    )
    payers: list[Row] = [
        (
            payer_words(board, purse.payer),
            BUDGET_SECTIONS[purse.section].capitalize(),
            exact_words(purses[purse].gross),
            exact_words(purses[purse].participation),
            exact_words(purses[purse].own),
            planned_words(board.programme.planned(purse)[at]),
        )
        for purse in ordered
    ]
    if not (rows or payers):
        return sections((title, written("Aucune opération.")))
    if rows:
        whole = sum(once_of(board, name) for name in names)
        yearly = sum(placed[name].yearly for name in names)
        rows.append(("Total", cost_words(whole, yearly), "", ""))
    sums = [
        sum(getattr(purses[purse], name) for purse in ordered)
        for name in ("gross", "participation", "own")
    ]
    payers.append(("Total", "", *map(exact_words, sums), ""))
    columns = ("Opération et école", "Coût", "Qui paie", "Pourquoi cette année")
    return sections((
        title,
        table(f"Opérations du budget {year}", columns, rows, numeric=(1,)),
        table(
            f"Ce que chacun paie en {year}, coûts annuels compris ; une participation "
            "reçue porte « − » ; « peut programmer » ne compte pas le report d'avant",
            (
                *("Payeur", "Section", "Achète", "Participation"),
                *("Reste à sa charge", "Peut programmer"),
            ),
            payers,
            numeric=(2, 3, 4, 5),
        ),
    ))


def _payers(board: Board, operation: str) -> str:
    """Return who pays: « Syndicat 120 €, Noirvaux 180 €, plus 30 € par an »."""
    placed, paid = board.schedule.placements[operation], dict[str, int]()
    for purse, cents in placed.paid.items():
        paid[purse.payer] = paid.get(purse.payer, 0) + cents
    running = board.payers[operation]
    if placed.yearly:
        paid.setdefault(running, 0)
    return ", ".join(
        f"{payer_words(board, payer)} "
        f"{cost_words(cents, placed.yearly if payer == running else 0)}"
        for payer, cents in paid.items()
    )


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


def variants_part(board: Board) -> Md:
    """Return the programme and its variants, side by side."""
    container, named = board.container, board.record.variants
    if not named:
        return Md("")
    base = board_of(container, "", board.gathered) if board.variant else board
    rows = []
    for each in (base, *(board_of(container, one, board.gathered) for one in named)):
        found, apart = worth(each.schedule, base.schedule), spread(commune_shares(each))
        paid = [item for some in budgets(each).values() for item in some.items()]
        syndicat, free = each.programme.syndicat, unblocked(each)
        rows.append((
            named[each.variant].name if each.variant else "Programme",
            str(found.placed),
            exact_words(sum(one.own for _, one in paid)),
            exact_words(sum(one.own for purse, one in paid if purse.payer == syndicat)),
            percent(free[-1]) if free else "–",
            str(found.late),
            per_pupil_words(apart.least) if apart else "–",
            str(found.moved),
        ))
    reasons = [f"{one.name} : {one.why}." for one in named.values() if one.why]
    return sections((
        Md("## Variantes"),
        table(
            "« Changent » : opérations dont le budget n'est pas celui du programme",
            (
                *("Variante", "Inscrites", "Coût", "Syndicat"),
                *("Écoles sans blocage à la fin", LATE),
                *("Moins aidée, par élève", "Changent"),
            ),
            rows,
            numeric=(1, 2, 3, 4, 5, 6, 7),
        ),
        bullets(reasons) if reasons else Md(""),
    ))


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
