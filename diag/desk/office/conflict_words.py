"""A conflict in plain lines, the same on the command line and on screen."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from textwrap import wrap

from diag.desk.bilan.score_words import score_words
from diag.desk.office.conflicts import Candidate, Contested
from diag.journal.subjects import AnswerTopic

_WIDTH = 80
_GAP = " | "


def title_line(one: Contested) -> str:
    """Return a conflict on one line: its number, what it is about, what is said."""
    return f"{one.id}  {one.about} : {said_line(one)}"


def said_line(one: Contested) -> str:
    """Return what is said, on one line."""
    if one.edits:
        return removal_words(one)
    return " ou ".join(_short(each.words) for each in one.candidates)


def removal_words(one: Contested) -> str:
    """Return « modifié par X après que Y l'a retiré »."""
    name_of = one.session.workspace.settings.name_of
    wrote = dict.fromkeys(name_of(each.author) for each in one.conflict.edited)
    took = " et ".join(dict.fromkeys(each.who for each in one.candidates))
    return f"modifié par {' et '.join(wrote)} après que {took} l'a retiré"


def card_lines(one: Contested, width: int = _WIDTH) -> Iterator[str]:
    """Give everything that one needs to settle a conflict."""
    yield one.about
    if one.question is not None and one.question.ask:
        yield from _indented(f"« {one.question.ask} »", width)
    if one.edits:
        yield from _indented(f"Lieu {removal_words(one)} :", width)
        for edit in one.edits:
            yield from _indented(f"- {edit}", width)
        return
    start = one.base or "rien, chacun a écrit sans l'autre"
    yield from _indented(f"Au départ : {start}", width)
    if one.is_long:
        left, right = (each.words for each in one.candidates)
        yield from side_by_side(left, right, width)
    now = score_words(one.session.judged.overall)
    scores = {each.letter: one.score(each) for each in one.candidates}
    moves = set(scores.values()) != {now}
    for each in one.candidates:
        yield from candidate_lines(each, width, brief=one.is_long)
        if moves and scores[each.letter]:
            yield from _indented(f"le score serait : {scores[each.letter]}", width, 5)
    if isinstance(one.conflict.topic, AnswerTopic):
        told = (
            "Score tant que rien n'est tranché" if moves else "Le score n'en dépend pas"
        )
        yield from _indented(f"{told} : {now}", width)
    for note in one.notes:
        yield from _indented(f"Note : {note}", width)
    if one.photos:
        yield from _indented(f"Photos : {', '.join(one.photos)}", width)


def candidate_lines(one: Candidate, width: int, *, brief: bool) -> Iterator[str]:
    """Give one candidate: what it says, who, on which device, when."""
    by = f"{one.who}, poste {one.device}, {one.when}"
    head, *rest = wrap(f"{one.letter}. {by if brief else one.words}", width - 2)
    yield f"  {head}"
    yield from (f"     {line}" for line in rest)
    if not brief:
        yield from _indented(by, width, 5)
    if one.same:
        yield from _indented(f"{_same(one)} : {' ; '.join(one.same)}", width, 5)


def side_by_side(left: str, right: str, width: int = _WIDTH) -> Iterator[str]:
    """Give two texts beside each other; what only one says is marked « > »."""
    size = (width - len(_GAP) - 4) // 2
    mine, theirs = _lines(left, size), _lines(right, size)
    yield f"  {'A'.ljust(size)}{_GAP}B"
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        mark = " " if tag == "equal" else ">"
        for at in range(max(i2 - i1, j2 - j1)):
            one = mine[i1 + at] if i1 + at < i2 else ""
            two = theirs[j1 + at] if j1 + at < j2 else ""
            yield f"{mark} {one.ljust(size)}{_GAP}{two}".rstrip()


def _same(one: Candidate) -> str:
    return "les deux disent pareil" if len(one.same) == 1 else "tous disent pareil"


def _lines(text: str, size: int) -> list[str]:
    return [line for part in text.splitlines() for line in wrap(part, size) or [""]]


def _short(text: str, most: int = 40) -> str:
    flat = " ".join(text.split())
    return flat if len(flat) <= most else f"{flat[: most - 1]}…"


def _indented(text: str, width: int, by: int = 2) -> Iterator[str]:
    for part in text.splitlines() or [""]:
        for rank, line in enumerate(wrap(part, max(width - by, 20)) or [""]):
            yield " " * (by if not rank else by + 2) + line
