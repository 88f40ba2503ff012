"""What bodies decided, the last first, and what each moved."""

from collections.abc import Iterator
from datetime import date

from diag.model.enums import PlaceKind
from diag.programme.adopting import PILOTAGE
from diag.programme.assembling import Board
from diag.programme.container import Container
from diag.programme.history import log_of
from diag.programme.words import effect_words
from diag.tui.lists import NARROW, ListColumn, ListLine
from diag.words.dates import describe_day
from diag.words.vocabulary import OUTCOMES

COLUMNS = (
    ListColumn("Séance", 10),
    ListColumn("Instance", 24, narrow=18),
    ListColumn("Dit", 10, tiny=0),
    ListColumn("N°", 10, narrow=8, least=60),
    ListColumn("Sur quoi"),
    ListColumn("Effet", 34, least=NARROW),
)

EMPTY = (
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
                body_words(container, board, one.decision.body),
                OUTCOMES[one.decision.outcome],
                one.decision.ref,
                one.decision.about,
                " ".join(effect_words(one)),
            ),
        )
        for one in reversed([*log_of(container)])
    ]


def body_words(container: Container, board: Board | None, body: str) -> str:
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
    body = body_words(container, board, said.body)
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
            yield f"{lock.year}  {_named(board, operation)} ({lock.why})"
    for moved in logged.moved:
        before, after = (year or "hors" for year in (moved.before, moved.after))
        yield f"{before} → {after}  {_named(board, moved.operation)}"


def _named(board: Board, operation: str) -> str:
    shown = board.named(operation)
    return ", ".join(filter(None, (shown.title, shown.where)))
