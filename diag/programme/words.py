"""A programme in French: operations, payers, amounts, the one reason of each line.

Reasons are a closed list of sentences.
"""

from collections.abc import Iterator, Sequence

from diag.model.enums import PlaceKind
from diag.model.programme import BodyDecision, YearLock
from diag.model.text import fold
from diag.programme.adopting import Adopting
from diag.programme.assembling import Board, themed
from diag.programme.figures import CommuneShare, IpsGroup, whole_euros
from diag.programme.gathering import ballots_of
from diag.programme.history import LoggedDecision, YearMoved
from diag.programme.placing import (
    AfterNeed,
    AfterOpening,
    Circular,
    First,
    Imposed,
    Placement,
    Settled,
    Unmet,
    Unmoved,
    Waited,
    WhatIf,
    lacks_of,
    schedule_of,
    unweighted,
)
from diag.programme.setting import locks_of
from diag.programme.terms import Lack, Precedence, Purse
from diag.words.dates import describe_day
from diag.words.sentences import (
    cents_words,
    counted,
    euros,
    euros_and_cents,
    half_up,
    number,
    of,
    percent,
    to,
)
from diag.words.vocabulary import BUDGET_SECTIONS, FOLLOW_UPS

NO_PROMISE = "Les montants sont des estimations : ni devis, ni promesse."

NO_AID = (
    "Aides : aucune n'est promise, aucune n'est retranchée avant d'être notifiée. Ne "
    "signez aucun devis avant l'accusé de réception de la demande."
)


def purse_words(board: Board, purse: Purse) -> str:
    """Return whose money it is: « syndicat (investissement) »."""
    return f"{board.payer_name(purse.payer)} ({BUDGET_SECTIONS[purse.section]})"


def reason_words(board: Board, operation: str, reader: str = "") -> str:
    """Return why an operation is where it is, or out, in one sentence.

    `reader`: INSEE code of a commune that is to read of no other; a reason that names
    one, in what people wrote or as a payer, is then left to the programme.
    """
    placed = board.schedule.placements[operation]
    begins = f"En {placed.year}" if placed.year else "Hors programme"
    if reader and _names_another(board, operation, reader):
        return f"{begins} : motif au programme."
    match placed.reason:
        case First():
            words = f"{begins}, première année possible"
        case Unmoved():
            words = f"{begins}, comme arrêté"
        case AfterNeed(need):
            words = f"{begins} : {_after(board, need)}"
        case AfterOpening(grouping):
            title = board.record.purchases[grouping].title
            joint = board.programme.groupings[grouping]
            opens = f"{joint.opens} (−{percent(joint.discount)})"
            words = f"{begins} : l'achat groupé « {title} » ouvre en {opens}"
        case Waited(year, lack):
            late = f"à son tour (rang {placed.rank}), {_lacked(board, lack, year)}"
            why = late if placed.year else _out_of(board, operation, lack)
            words = f"{begins} : {why}"
        case Imposed() | Unmet():
            words = _imposed(board, operation, placed)
        case Settled(lacks):
            words = _settled(board, operation, lacks)
        case Circular():
            words = f"{begins} : ce qu'elle attend l'attend à son tour"
    return f"{words}."


def _names_another(board: Board, operation: str, reader: str) -> bool:
    """Tell whether a reason names another commune than the one that reads."""
    reason = board.schedule.placements[operation].reason
    own = {f"{PlaceKind.COMMUNE}:{reader}", board.programme.syndicat}
    payers = {lack.purse.payer for lack in lacks_of(reason) if lack.purse}
    typed: tuple[str, ...] = ()
    """What people wrote, and the reason repeats."""
    match reason:
        case AfterNeed(need):
            typed = (board.named(need).title,)
        case AfterOpening(grouping):
            typed = (board.record.purchases[grouping].title,)
        case Imposed() | Unmet() if lock := _lock_on(board, operation):
            typed = (lock.by, lock.why)
    return not payers <= own or any(names_another(board, one, reader) for one in typed)


def names_another(board: Board, text: str, reader: str) -> bool:
    """Tell whether what somebody wrote names another commune of the territory."""
    said = f" {fold(text)} "
    names = {one.insee: fold(one.name) for one in board.communes}
    if own := names.pop(reader, ""):
        said = said.replace(f" {own} ", "  ")
    return any(f" {name} " in said for name in names.values() if name)


def _settled(board: Board, operation: str, lacks: tuple[Lack, ...]) -> str:
    over = (
        f"{cents_words(lack.cents)}, {purse_words(board, lack.purse)}"
        for lack in lacks
        if lack.purse
    )
    candidate = board.gathered.candidates.get(operation)
    step = candidate.step if candidate else None
    words = FOLLOW_UPS[step.state].capitalize() if step else "Décidée"
    if step and step.on:
        words += f" le {describe_day(step.on)}"
    words += " : ne bouge plus"
    if candidate and candidate.is_dropped:
        words += ", mais elle n'est plus préconisée : à réexaminer"
    return "".join((words, *(f" ; enveloppe dépassée de {one}" for one in over)))


def _after(board: Board, need: str) -> str:
    first = f"attend « {board.named(need).title} »"
    placed = board.schedule.placements.get(need)
    if placed is None:
        return f"{first}, que personne ne peut encore chiffrer"
    if placed.year is None:
        return f"{first}, qui n'y est pas"
    return f"{first}, inscrite en {placed.year}"


def _lacked(board: Board, lack: Lack, year: int) -> str:
    missing = cents_words(lack.cents)
    if lack.purse is None:
        return f"il manquait {missing} au droit de tirage"
    name = board.payer_name(lack.purse.payer)
    whom = "au syndicat" if lack.purse.payer == board.programme.syndicat else to(name)
    section = BUDGET_SECTIONS[lack.purse.section]
    return f"il manquait {missing} {whom} en {year} ({section})"


def _out_of(board: Board, operation: str, lack: Lack) -> str:
    asked = cents_words(lack.asked)
    if lack.purse is None:
        left = euros((lack.asked - lack.cents) // 100)
        insee = board.named(operation).commune
        name = board.gathered.communes.get(insee, "")
        whose = f"du droit {of(name)}" if name else "des droits des communes"
        return f"il reste {left} {whose}, il en faut {asked}"
    until = board.programme.years[-1]
    payer = lack.purse.payer
    own = payer == board.programme.syndicat
    who = "le syndicat" if own else board.payer_name(payer)
    section = BUDGET_SECTIONS[lack.purse.section]
    return f"{who} n'a pas sa part ({asked}, {section}) d'ici {until}"


def _imposed(board: Board, operation: str, placed: Placement) -> str:
    lock = _lock_on(board, operation)
    by = f" par {lock.by} : {lock.why}" if lock else ""
    if isinstance(placed.reason, Imposed):
        where = f"en {placed.year}" if placed.year else "hors programme"
        return f"Imposée {where}{by}"
    assert isinstance(placed.reason, Unmet)
    asked = lock.year if lock else ""
    words = f"Hors programme : imposée en {asked}{by}"
    lack = placed.reason.lack
    if lack is None or not isinstance(asked, int):
        return f"{words}, mais elle attend autre chose"
    return f"{words}, mais {_lacked(board, lack, asked)}"


def _lock_on(board: Board, operation: str) -> YearLock | None:
    return next(map(board.record.locks.get, locks_of(board, operation)), None)


def theme_words(board: Board, operation: str) -> str:
    """Return what an operation's theme weighs, and its year without it.

    Empty where it weighs 1, or the operation takes its turn by its class alone.
    """
    record, terms = board.record, board.programme
    turns = {one.id: terms.turn(one) for one in terms.operations}
    if turns.get(operation) is not Precedence.REST:
        return ""
    own = themed(record, board.gathered.candidates)
    found = own.get(operation)
    if found is None or found.weight == 1 or record.weighing is None:
        return ""
    beside = [name for name, one in own.items() if one.theme == found.theme]
    other = schedule_of(unweighted(board.programme, beside)).years.get(operation)
    ballots = ballots_of(record, record.weighing).values()
    return (
        f"Thème {record.themes[found.theme].title}, poids {number(found.weight)} "
        f"({counted(len(ballots), 'atelier')}, "
        f"{counted(sum(map(len, ballots)), 'bulletin')}) : sans lui, "
        f"{other or 'hors programme'}."
    )


def reserve_words(board: Board) -> str:
    """Return what the reserve is, in one sentence."""
    kept = board.programme.reserve
    if not kept:
        return (
            "Aucune réserve : sur des prix moyens, une année dépasse une fois sur deux "
            "ou plus."
        )
    return (
        f"Réserve de {percent(kept / 100)} : sur {number(100 + kept)} € votés, 100 € "
        "sont programmés ; le reste paie ce qui coûtera plus que prévu."
    )


def what_if_words(board: Board, found: WhatIf, reader: str = "") -> Iterator[str]:
    """Give what an operation lacks to be in by a year, then what comes of it.

    `reader`: INSEE code of the one commune that reads it; no other is named.
    """
    if not found.money:
        placed = board.schedule.placements[found.operation]
        if found.lands:
            yield f"Rien : elle est déjà inscrite en {placed.year}."
        else:
            why = reason_words(board, found.operation, reader)
            yield f"Aucune somme n'y suffit. {why}"
        return
    for one in found.money:
        purse = purse_words(board, one.purse)
        kept = f"{cents_words(one.cents)} de plus en {one.year}, réservés : {purse}"
        if one.operation != found.operation:
            title = board.named(one.operation).title
            kept += f", pour « {title} » qui vient d'abord"
        yield f"{kept}."
    if not found.lands:
        yield f"Vérifié : cela ne suffit pas à l'inscrire en {found.year}."
        return
    many, back = len(found.moved), len(found.receded)
    fate = f"dont {counted(back, 'recule', 'reculent')}" if back else "aucune ne recule"
    others = f"{counted(many, 'autre change', 'autres changent')} d'année, {fate}"
    if not many:
        others = "aucune autre ne bouge"
    elif many == back:
        others = counted(many, "autre recule", "autres reculent")
    year = found.after.years[found.operation]
    yield f"Vérifié : elle passe en {year} ; {others}."


def body_words(board: Board, decision: BodyDecision) -> str:
    """Return who spoke: « Comité de pilotage », « Conseil, Noirvaux »."""
    if decision.body == board.programme.syndicat:
        return "Comité syndical"
    is_payer = ":" in decision.body
    whose = f"Conseil, {board.payer_name(decision.body)}"
    return whose if is_payer else "Comité de pilotage"


def years_moved_words(moved: Sequence[YearMoved]) -> str:
    """Return « 1 opération entre, 2 changent d'année »; « rien ne change » for none."""
    entered = sum(one.before is None for one in moved)
    left = sum(one.after is None for one in moved)
    many = {
        ("opération entre", "opérations entrent"): entered,
        ("change d'année", "changent d'année"): len(moved) - entered - left,
        ("sort", "sortent"): left,
    }
    counts = [counted(some, *words) for words, some in many.items() if some]
    return ", ".join(counts) or "rien ne change"


def effect_words(logged: LoggedDecision) -> Iterator[str]:
    """Give what rests on a decision, a line each."""
    if logged.adopts:
        yield f"Arrête le programme : {years_moved_words(logged.moved)}."
    if logged.locks:
        yield f"Impose l'année de {counted(len(logged.locks), 'opération')}."
    if logged.weighs:
        yield "Adopte le poids des thèmes."


def adopting_words(board: Board, found: Adopting) -> Iterator[str]:
    """Give what adopting would write: how many are in, who has not decided yet."""
    schedule = board.schedule
    yield (
        f"{counted(len(schedule.years), 'opération inscrite', 'opérations inscrites')}."
    )
    yield (
        f"Décidées par tous leurs payeurs : {len(found.ready)} ; en attente d'un "
        f"conseil : {len(found.waiting)}."
    )
    for payer in sorted({one for _, lacking in found.waiting for one in lacking}):
        yield f"  N'a pas encore délibéré : {board.payer_name(payer)}"


def span_words(board: Board) -> str:
    """Return « 2027-2031 »."""
    return f"{board.programme.years[0]}-{board.programme.years[-1]}"


def exact_words(cents: int) -> str:
    """Return an amount to the cent, without the cents where there are none."""
    shown = euros_and_cents(abs(cents)) if cents % 100 else euros(abs(cents) // 100)
    return f"−{shown}" if cents < 0 else shown


def planned_words(cents: int) -> str:
    """Return what may be spent, in whole euros: never more than there is."""
    return exact_words(whole_euros(cents))


LATE = "Date/loi en retard"
"""Head of what a date or a law requires and comes after it, or never."""


def cost_words(once: int, yearly: int) -> str:
    """Return what is paid once, and each year too: « 480 €, plus 30 € par an »."""
    later = f"{exact_words(yearly)} par an" if yearly else ""
    if not once and later:
        return later
    return ", plus ".join(filter(None, (exact_words(once), later)))


def _where_of(board: Board, operation: str, insee: str) -> str:
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


def per_pupil_words(one: CommuneShare | IpsGroup) -> str:
    """Return what the syndicat gives a pupil: « 8 € »; a dash where nobody knows."""
    each = one.per_pupil
    return "–" if each is None else euros(half_up(each / 100))
