"""What changed since the last audit, and what would follow, in lines that unfold."""

from collections.abc import Iterable, Iterator

from diag.desk.compare import since_last
from diag.desk.compare_words import comparison_lines
from diag.desk.outcome_words import Row, outcome_lines
from diag.desk.outline import Line, Tone, heading, quiet
from diag.desk.session import Session
from diag.desk.suppose import Outcome


def evolution(session: Session) -> tuple[Line, ...]:
    """Return what changed since the last audit of this school, section by section."""
    found = since_last(session)
    if found is None:
        return (
            heading("premier", "Premier audit de cette école"),
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
    return (*head, *sections("evolution", comparison_lines(session, found)))


def consequences(found: Outcome) -> tuple[Line, ...]:
    """Return what would follow from a supposition, before and after."""
    return tuple(sections("hypothese", outcome_lines(found)))


def sections(key: str, told: Iterable[tuple[str, tuple[Row, ...]]]) -> Iterator[Line]:
    """Give titled rows as lines; what comes after the first column stands aside."""
    for at, (title, rows) in enumerate(told):
        yield heading(f"{key}/{at}", title)
        for rank, (text, *rest) in enumerate(rows):
            said = " ".join(filter(None, rest))
            yield Line(f"{key}/{at}/{rank}", text, said, tone=Tone.PLAIN)
