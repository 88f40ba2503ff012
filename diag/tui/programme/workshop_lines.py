"""Workshops and themes as the face of workshops shows them."""

from collections import Counter
from collections.abc import Iterator
from datetime import date

from diag.programme.record import Record
from diag.programme.weighing import (
    ballots_of,
    points_by_role,
    theme_weights,
    weights_in_force,
)
from diag.tui.lists import ListColumn, ListLine
from diag.words.dates import describe_day
from diag.words.figures import number, percent
from diag.words.sentences import counted
from diag.words.vocabulary import PARTICIPANTS

COLUMNS = (
    ListColumn("Jour", 10),
    ListColumn("Atelier"),
    ListColumn("Lieu", 20, narrow=14, least=60),
    ListColumn("Présents", 8, right=True, least=50),
    ListColumn("Cartes", 6, right=True),
    ListColumn("Bulletins", 9, right=True),
    ListColumn("Compte", 6),
)

EMPTY = "Aucun atelier. Touche {key} : en noter un, puis ses cartes et ses bulletins."


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
