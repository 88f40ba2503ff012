"""The lines of each face: communes, decisions, variants, workshops."""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import NamedTuple

from diag.documents.programme.lines import planned_words
from diag.model.enums import PlaceKind
from diag.programme.adopting import PILOTAGE
from diag.programme.assembling import Board, board_of
from diag.programme.container import FRAME, Container, Record
from diag.programme.equity import (
    LEAST,
    CommuneShare,
    commune_shares,
    ips_groups,
    spread,
    unblocked,
    unevenness,
)
from diag.programme.history import log_of, subject_words, value_words
from diag.programme.operations import Contenders
from diag.programme.replay import Worth, worth
from diag.programme.weighing import (
    ballots_of,
    points_by_role,
    theme_weights,
    weights_in_force,
)
from diag.programme.words import effect_words
from diag.tui.lists import NARROW, ListColumn, ListLine
from diag.tui.programme.years import YearsView, pupil_words
from diag.words.dates import describe_day
from diag.words.sentences import cents_words, counted, euros, half_up, number, percent
from diag.words.vocabulary import OUTCOMES, PARTICIPANTS

_TABLE, _HALF = 70, 50
"""From so many columns, a list shows what is late; the right and the euros a pupil."""

COMMUNE_COLUMNS = (
    ListColumn("Commune"),
    ListColumn("Élèves", 6, right=True),
    ListColumn("Besoin", 10, right=True, narrow=9),
    ListColumn("Droit", 10, right=True, narrow=9, least=_HALF),
    ListColumn("Inscrit", 10, right=True, narrow=9),
    ListColumn("Élève", 7, right=True, least=_HALF),
    ListColumn("Couvert", 7, right=True, least=_HALF),
    ListColumn("Retard", 6, right=True, least=_TABLE),
)

FIFTHS_COLUMNS = (
    ListColumn("Par IPS"),
    ListColumn("Communes", 8, right=True),
    ListColumn("IPS", 10, right=True),
    ListColumn("Élèves", 7, right=True, least=_HALF),
    ListColumn("Besoin", 11, right=True),
    ListColumn("Inscrit", 11, right=True, least=_HALF),
    ListColumn("Élève", 8, right=True, least=_HALF),
    ListColumn("Couvert", 7, right=True),
)

NO_GROUP = (
    f"Pas de groupe par IPS : il faut {2 * LEAST} communes dont l'IPS et les élèves "
    f"sont connus, {LEAST} au moins par groupe. Moins en désignerait une."
)


def commune_lines(view: YearsView) -> list[ListLine]:
    """Return a line for each commune.

    While nobody knows what the syndicat may spend, a right is a part of it.
    """
    terms = view.board.programme
    is_known = terms.shared_purse in terms.envelopes
    whole = sum(terms.weights.values())
    lines = []
    for one in view.shares.values():
        weight = terms.weights.get(f"{PlaceKind.COMMUNE}:{one.insee}", 0)
        part = percent(Fraction(weight) / whole) if whole else "–"
        right = planned_words(one.right) if is_known else part
        lines.append(ListLine(one.insee, tuple(_commune_cells(one, right))))
    return lines


def _commune_cells(one: CommuneShare, right: str) -> Iterator[str]:
    yield one.name
    yield number(one.pupils) if one.pupils else "–"
    yield cents_words(one.need)
    yield right
    yield cents_words(one.placed)
    yield pupil_words(one)
    yield percent(one.covered)
    yield str(one.late) if one.late else ""


def fifth_lines(view: YearsView) -> list[ListLine]:
    """Return a line for each group of communes of neighbouring IPS."""
    return [
        ListLine(
            str(one.rank),
            (
                one.words,
                str(one.communes),
                f"{number(int(one.low))} à {number(int(one.high))}",
                number(one.pupils),
                cents_words(one.need),
                cents_words(one.placed),
                euros(int(one.per_pupil) // 100),
                percent(one.covered),
            ),
        )
        for one in ips_groups(tuple(view.shares.values()))
    ]


def summarise_communes(view: YearsView) -> str:
    """Return how many communes there are, in which order, how far apart they are."""
    many = f"{counted(len(view.shares), 'commune')}, la moins couverte d'abord"
    found = spread(tuple(view.shares.values()))
    if found is None or found.communes == 1:
        return many
    least, most = pupil_words(found.least), pupil_words(found.most)
    half = euros(int(found.median) // 100)
    return f"{many}. Par élève : de {least} à {most}, médiane {half}."


DECISION_COLUMNS = (
    ListColumn("Séance", 10),
    ListColumn("Instance", 24, narrow=18),
    ListColumn("Dit", 10, tiny=0),
    ListColumn("N°", 10, narrow=8, least=60),
    ListColumn("Sur quoi"),
    ListColumn("Effet", 34, least=NARROW),
)

NO_DECISION = (
    "Aucune décision notée. Touche {key} : ce qu'une instance a dit, comité syndical, "
    "conseil municipal ou pilotage."
)


def decision_lines(container: Container, board: Board | None) -> list[ListLine]:
    """Return a line for each decision, the last first."""
    return [
        ListLine(
            one.ident,
            (
                f"{date.fromisoformat(one.decision.on):%d/%m/%Y}",
                name_body(container, board, one.decision.body),
                OUTCOMES[one.decision.outcome],
                one.decision.ref,
                one.decision.about,
                " ".join(effect_words(one)),
            ),
        )
        for one in reversed([*log_of(container)])
    ]


def name_body(container: Container, board: Board | None, body: str) -> str:
    """Return which body it is: « Comité syndical », « Conseil de Noirvaux »."""
    if body == PILOTAGE:
        return "Comité de pilotage"
    kind, _, code = body.partition(":")
    if kind == PlaceKind.SYNDICAT:
        return "Comité syndical"
    commune = container.workspace.territory.commune(code)
    name = board.payer_name(body) if board else code
    return f"Conseil, {commune.name if commune and name == code else name}"


def decision_text(container: Container, board: Board, ident: str) -> Iterator[str]:
    """Give all that is known of a decision, then what it moved."""
    logged = next(one for one in log_of(container) if one.ident == ident)
    said = logged.decision
    body = name_body(container, board, said.body)
    yield f"{body}, {describe_day(said.on)} : {OUTCOMES[said.outcome]}."
    for name, text in (("N°", said.ref), ("Sur", said.about), ("Votes", said.votes)):
        if text:
            yield f"{name} : {text}"
    if said.why:
        yield said.why
    yield from ("", *effect_words(logged))
    for operation in logged.locks:
        lock = board.record.locks.get(operation)
        if lock:
            yield f"{lock.year}  {_operation_named(board, operation)} ({lock.why})"
    for moved in logged.moved:
        before, after = (year or "hors" for year in (moved.before, moved.after))
        yield f"{before} → {after}  {_operation_named(board, moved.operation)}"


def _operation_named(board: Board, operation: str) -> str:
    shown = board.named(operation)
    return ", ".join(filter(None, (shown.title, shown.where)))


VARIANT_COLUMNS = (
    ListColumn("Variante"),
    ListColumn("Points", 8, right=True),
    ListColumn("Sans blocage", 12, right=True, least=50),
    ListColumn("Retard", 6, right=True),
    ListColumn("Écart", 5, right=True, least=50),
    ListColumn("Moins aidée", 11, right=True, least=60),
    ListColumn("Bougent", 7, right=True),
)

BASE = "programme"
"""The key of the programme itself, among its variants."""


class VariantFigures(NamedTuple):
    """A variant worked out, beside the programme."""

    board: Board
    worth: Worth
    unblocked: Fraction | None
    """Part of the schools with nothing left that blocks, the last year."""
    unevenness: Fraction
    """Of the syndicat's money a pupil: 0, the same; 1, one has it all."""
    least: Fraction | None
    """Cents a pupil of the commune that is helped least."""


def figures_of(
    container: Container, found: Contenders, base: Board
) -> dict[str, VariantFigures]:
    """Return the programme and every variant of it, worked out."""
    known = container.record().variants
    first = base if not base.variant else _variant_board(container, "", found)
    boards = [first, *(_variant_board(container, one, found) for one in known)]
    return {one.variant or BASE: _figures(one, first) for one in boards}


def _variant_board(container: Container, variant: str, found: Contenders) -> Board:
    return board_of(container, variant, found, afresh=False)


def _figures(board: Board, base: Board) -> VariantFigures:
    shares = commune_shares(board)
    found, free = spread(shares), unblocked(board)
    return VariantFigures(
        board,
        worth(board.schedule, base.schedule),
        free[-1] if free else None,
        unevenness(shares),
        found.least.per_pupil if found else None,
    )


def variant_lines(
    container: Container, figures: dict[str, VariantFigures], shown: str
) -> list[ListLine]:
    """Return a line for the programme, then for each variant; the one shown marked."""
    names = {BASE: "Le programme"}
    names |= {ident: one.name for ident, one in container.record().variants.items()}
    return [
        ListLine(
            ident,
            (
                f"{'>' if ident == (shown or BASE) else ' '} {name}",
                *_variant_cells(figures.get(ident), is_base=ident == BASE),
            ),
        )
        for ident, name in names.items()
    ]


def _variant_cells(found: VariantFigures | None, *, is_base: bool) -> Iterator[str]:
    if found is None:
        yield from ("…",) * (len(VARIANT_COLUMNS) - 1)
        return
    yield number(int(found.worth.points))
    yield "–" if found.unblocked is None else percent(found.unblocked)
    yield str(found.worth.late)
    yield number(Fraction(round(found.unevenness * 100), 100))
    yield "–" if found.least is None else euros(half_up(found.least / 100))
    yield "-" if is_base else str(found.worth.moved)


def change_words(board: Board, ident: str) -> Iterator[str]:
    """Give what a variant changes, and what it has instead."""
    container = board.container
    frame = container.record(ident).frame
    for subject, value in container.record().variants[ident].sets.items():
        # A variant keeps only what it changes of a frame.
        whole = frame.model_dump(mode="json") if subject == FRAME and frame else value
        yield f"{subject_words(board, subject)} : {value_words(subject, whole)}"


def differences(ident: str, found: VariantFigures, base: Board) -> Iterator[str]:
    """Give what a variant changes, then the operations that change year."""
    for one in change_words(base, ident):
        yield f"– {one}"
    moved = base.schedule.moved(found.board.schedule)
    yield ""
    if not moved:
        yield "Aucune opération ne change d'année."
        return
    many = counted(len(moved), "opération change", "opérations changent")
    yield f"{many} d'année :"
    for name in moved:
        shown = base.named(name)
        before, after = (
            str(one.schedule.years.get(name, "hors")) for one in (base, found.board)
        )
        yield f"{before} → {after}  {shown.title}, {shown.where}"


WORKSHOP_COLUMNS = (
    ListColumn("Jour", 10),
    ListColumn("Atelier"),
    ListColumn("Lieu", 20, narrow=14, least=60),
    ListColumn("Présents", 8, right=True, least=50),
    ListColumn("Cartes", 6, right=True),
    ListColumn("Bulletins", 9, right=True),
    ListColumn("Compte", 6),
)

NO_WORKSHOP = (
    "Aucun atelier. Touche {key} : en noter un, puis ses cartes et ses bulletins."
)


def workshop_lines(record: Record) -> list[ListLine]:
    """Return a line for each workshop, the last first."""
    cards = Counter(where for where, _ in record.cards)
    ballots = Counter(where for where, _ in record.ballots)
    rule = record.weighing
    return [
        ListLine(
            ident,
            (
                f"{date.fromisoformat(one.on):%d/%m/%Y}",
                one.title,
                one.where,
                number(sum(one.present.values())),
                str(cards[ident]),
                str(ballots[ident]),
                "oui" if rule and ident in rule.workshops else "non" if rule else "",
            ),
        )
        for ident, one in sorted(
            record.workshops.items(), key=lambda one: (one[1].on, one[0]), reverse=True
        )
    ]


def theme_rows(record: Record) -> Iterator[str]:
    """Give what each theme weighs, and whether it counts yet."""
    if not record.themes:
        yield "Aucun thème encore : les cartes en attendent, les bulletins aussi."
        return
    found, in_force = theme_weights(record), weights_in_force(record)
    if not found:
        titles = ", ".join(one.title for one in record.themes.values())
        yield f"Thèmes : {titles}. Aucun bulletin ne compte encore."
        return
    many = (
        sum(map(len, ballots_of(record, record.weighing).values()))
        if record.weighing
        else 0
    )
    state = (
        "adopté, il compte dans l'ordre"
        if in_force
        else "sans effet tant qu'une délibération ne l'adopte pas"
    )
    yield f"Poids des thèmes, {counted(many, 'bulletin')} : {state}."
    weights = {one.theme: in_force.get(one.theme, one.weight) for one in found}
    yield " · ".join(
        f"{record.themes[one.theme].title} {number(weights[one.theme])} "
        f"({percent(one.share)} des points)"
        for one in found
    )


def workshop_text(record: Record, ident: str) -> Iterator[str]:
    """Give all that was written in a workshop."""
    one = record.workshops[ident]
    yield ", ".join(filter(None, (one.title, describe_day(one.on), one.where)))
    if one.animator:
        yield f"Animé par {one.animator}"
    if one.present:
        yield "Présents : " + ", ".join(
            f"{PARTICIPANTS[role]} {many}" for role, many in one.present.items() if many
        )
    for role, points in points_by_role(record).items():
        said = ", ".join(
            f"{record.themes[name].title} {many}"
            for name, many in sorted(points.items(), key=lambda each: -each[1])
        )
        yield f"Points donnés, tous ateliers, rôle {PARTICIPANTS[role]} : {said}"
    for (where, _), card in record.cards.items():
        if where == ident:
            theme = record.themes.get(card.theme)
            about = f", {theme.title}" if theme else ""
            yield f"« {card.text} » ({PARTICIPANTS[card.role]}{about})"
