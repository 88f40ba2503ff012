"""The fiche in words: what stands above the choices, and what stands below."""

from collections.abc import Iterator, Mapping

from textual.content import Content

from diag.desk.bilan.rule_words import SHORT
from diag.desk.visit.card import Card, Said
from diag.desk.visit.scale import Scale
from diag.desk.visit.trail import Turn, time_words
from diag.model.checklist import Source
from diag.tui.commands import NO_CHOICE
from diag.tui.plain import content, line
from diag.tui.screens.visit_commands import SettleConflict, StillTrue
from diag.tui.widgets.told import Row
from diag.words.dates import written_day
from diag.words.typography import french
from diag.words.vocabulary import KINDS, levels

_GRADES = {
    "A": "texte officiel",
    "B": "collectivité",
    "C": "presse ou étude",
    "D": "fournisseur",
    "M": "métier",
}
NAMES = 15
"""Where the text of a threshold starts, past the name of its level."""
_TO_SETTLE = "réponses contradictoires ({key})"
_RECENT_TURNS = 6


def head_rows(
    card: Card,
    title: str,
    rank: int,
    count: int,
    *,
    look: bool = True,
    keys: Mapping[str, str] = NO_CHOICE,
) -> Iterator[Row]:
    """Give what one reads first: where, what, the words to say, what to look at.

    Without `look`, what to look at is left for below the choices. `keys` are those that
    the user chose.
    """
    question = card.question
    where = Content.styled(f"{line(title)}, question {rank} sur {count}", "$text-muted")
    marks = [" À revoir"] if card.stop.flagged else []
    if card.stop.relevant is None:
        marks.append(" Peut-être sans objet")
    marked = Content.styled(" ·".join(["", *marks]), "bold $warning")
    yield Row("", where + marked)
    yield Row("", Content.styled(line(question.label), "bold"))
    yield Row("", Content(""))
    if question.ask:
        yield Row("Demander", _told(f"« {question.ask} »"))
    if look:
        yield from look_rows(card)
    if card.expected:
        yield Row("Attendu", content(card.expected))
    yield from _answer_rows(card, keys)


def look_rows(card: Card) -> Iterator[Row]:
    """Give what counts as evidence, and how the question is meant."""
    question = card.question
    if question.look:
        yield Row("Regarder", _told(question.look))
    if question.hint:
        yield Row("Précision", _told(question.hint))


def more_rows(card: Card) -> Iterator[Row]:
    """Give what one may want to know: notes, thresholds, why, sources, history."""
    above = bool(card.notes or card.photos or card.diverging)
    for note in card.notes:
        yield Row("Note", content(note))
    if card.photos:
        yield Row("Photos", content(", ".join(card.photos)))
    for each in card.diverging:
        yield Row("Divergence", Content.styled(line(each), "$warning"))
    for rank, scale in enumerate(card.scales):
        if rank or above:
            yield Row("", Content(""))
        yield from _scale_rows(scale, card)
    yield from _trail_rows(card.trail)


def _answer_rows(card: Card, keys: Mapping[str, str]) -> Iterator[Row]:
    if card.in_conflict:
        to_settle = _TO_SETTLE.format(key=SettleConflict.key_names(keys))
        yield Row("À trancher", Content.styled(to_settle, "$error"))
        for each in card.said:
            yield Row("", content(f"  {_said(each)}"))
        if card.base:
            yield Row("", content(f"  au départ : {card.base}"))
    else:
        for each in card.said:
            yield Row("Réponse", Content.styled(line(_said(each)), "bold"))
    if card.stale:
        yield Row("", Content.styled(line(card.stale), "$warning"))
    if card.last:
        key = StillTrue.key_names(keys)
        repeat = "" if card.said else f" · {key} : toujours vrai"
        whence = "Ailleurs" if card.last.school else "Avant"
        yield Row(whence, content(card.last_words + repeat))


def _told(text: str) -> Content:
    """Return the words of a checklist, with French spaces."""
    return content(french(text))


def _said(said: Said) -> str:
    how = f", {said.how}" if said.how else ""
    return f"{said.words}{how} · {said.who}, {said.day}"


def _scale_rows(scale: Scale, card: Card) -> Iterator[Row]:
    criterion = scale.criterion
    title = Content.styled(line(criterion.title), "bold")
    kind = Content.styled(f"  {KINDS[criterion.kind]}", "$text-muted")
    yield Row("", title + kind)
    if scale.out:
        yield Row("", Content.styled("sans objet ici", "$text-muted"))
    elif scale.alone or all(len(each.asks) < SHORT for each in scale.thresholds):
        yield from _thresholds(scale, card)
    else:
        now = levels(scale.low, scale.high)
        yield Row("Constat", content(f"{now} (dépend aussi d'autres réponses)"))
    yield Row("Pourquoi", _told(criterion.why))
    for source in scale.sources:
        yield Row("Source", content(_source(source)))


def _thresholds(scale: Scale, card: Card) -> Iterator[Row]:
    """Give every level, the highest first; today's one is marked and in the accent."""
    now = card.said[0].words if len(card.said) == 1 else ""
    for each in scale.thresholds:
        here = scale.level == each.level and bool(card.said)
        style = "bold $accent" if here else ""
        asks = (
            f"{each.asks}  (aujourd'hui : {now})" if here and scale.alone else each.asks
        )
        name = f"{'>' if here else ' '} {each.name}"
        yield Row(name, Content.styled(line(asks), style), NAMES, style)


def _source(source: Source) -> str:
    grade = _GRADES.get(source.grade, source.grade)
    dated = f", {written_day(source.date)}" if source.date else ""
    return f"{source.id}, {grade} : {source.title}{dated}"


def _trail_rows(trail: tuple[Turn, ...]) -> Iterator[Row]:
    if len(trail) > 1 or (trail and trail[0].before):
        yield Row("", Content(""))
        for turn in reversed(trail[-_RECENT_TURNS:]):
            change = f"{turn.before} → {turn.after}" if turn.before else turn.after
            told = f"{time_words(turn.at)}  {turn.who} : {change}"
            yield Row("Historique", content(told))
