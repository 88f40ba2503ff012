"""What changed since the last audit, and what would follow, in lines that unfold."""

from collections.abc import Iterable, Iterator
from functools import partial

from diag.desk.bilan.compare import since_last
from diag.desk.bilan.compare_words import comparison_lines, title_words
from diag.desk.bilan.counsel import step_words
from diag.desk.bilan.outline import Line, Tone, heading, quiet
from diag.desk.bilan.previous import whole_story
from diag.desk.session import Session
from diag.desk.supposing.outcome_words import Row, outcome_lines
from diag.desk.supposing.suppose import Outcome
from diag.model.audit import FollowUp
from diag.model.enums import PlaceKind
from diag.words.vocabulary import FOLLOW_UPS

_NARROW = 36
"""Widest columns that are lined up; wider ones would push the text away."""
_CHANGE = 3
"""Cells of a change: before, →, after. What follows is a remark."""


_THIS = {
    PlaceKind.ECOLE: "cette école",
    PlaceKind.COMMUNE: "cette commune",
    PlaceKind.SYNDICAT: "ce syndicat",
}


def evolution(session: Session) -> tuple[Line, ...]:
    """Return what changed since the subject's last audit, section by section."""
    found = since_last(session)
    if found is None:
        return (
            heading("premier", f"Premier audit de {_THIS[session.about.kind]}"),
            quiet(
                "premier/ensuite",
                "À la prochaine campagne, ce qui aura changé s'affichera ici : niveaux "
                "gagnés ou perdus, préconisations résolues, suites données.",
            ),
        )
    head = [heading("campagnes", f"De {found.campaign} à {found.now}")]
    if found.edition_changed:
        head.append(
            quiet(
                "campagnes/grille",
                "Les grilles ont changé : l'ancien audit est rejugé par celles "
                "d'aujourd'hui. « Grille changée » dit ce que la méthode a déplacé.",
            )
        )
    changes = sections("evolution", comparison_lines(session, found))
    return (*head, *_stories(session), *changes)


def _stories(session: Session) -> Iterator[Line]:
    """Give what became of every recommendation followed up, each with its steps."""
    steps: dict[str, list[FollowUp]] = {}
    for one in whole_story(session):
        steps.setdefault(one.recommendation, []).append(one)
    if steps:
        yield heading("suites", "Suites données")
    advised = {one.recommendation.id for one in session.assessment.advice}
    for ident, told in steps.items():
        left = "" if ident in advised else ", n'est plus préconisée"
        yield Line(
            f"suites/{ident}",
            title_words(session, ident),
            f"{FOLLOW_UPS[told[-1].state]}{left}",
            inner=partial(_steps, ident, tuple(told)),
        )


def _steps(ident: str, steps: tuple[FollowUp, ...]) -> tuple[Line, ...]:
    return tuple(
        Line(f"suites/{ident}/{at}", step_words(one)) for at, one in enumerate(steps)
    )


def consequences(found: Outcome) -> tuple[Line, ...]:
    """Return what would follow from a supposition, before and after."""
    return tuple(sections("hypothese", outcome_lines(found)))


def sections(key: str, told: Iterable[tuple[str, tuple[Row, ...]]]) -> Iterator[Line]:
    """Give titled rows as lines; what comes after the first column stands aside."""
    for at, (title, cells) in enumerate(told):
        yield heading(f"{key}/{at}", title)
        rows = tuple(map(_marked, cells))
        for rank, ((text, *_), said) in enumerate(
            zip(rows, _aligned(rows), strict=True)
        ):
            yield Line(f"{key}/{at}/{rank}", text, said, tone=Tone.PLAIN)


def _marked(row: Row) -> Row:
    """Return a row whose remark stands apart from the change that it is about."""
    text, *change = row[: 1 + _CHANGE]
    return (text, *change, *(said and f"· {said}" for said in row[1 + _CHANGE :]))


def _aligned(rows: tuple[Row, ...]) -> list[str]:
    """Return what stands aside, in columns that line up when they are narrow."""
    asides = [rest for _, *rest in rows]
    widths = [max(map(len, column)) for column in zip(*asides, strict=True)]
    if sum(widths) > _NARROW:
        return [" ".join(filter(None, rest)) for rest in asides]
    return [
        " ".join(
            cell.rjust(width) for cell, width in zip(rest, widths, strict=True) if width
        )
        for rest in asides
    ]
