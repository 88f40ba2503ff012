"""What changed since the last audit, and what would follow from a supposition."""

from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from diag.assess.json import criterion_json, plain
from diag.assess.spread import level_pair
from diag.assess.words import MOVES, Move, score_cell
from diag.audit.bilan import (
    OutlineLine,
    Tone,
    asked_by,
    heading,
    quiet,
    reasons_of,
)
from diag.audit.compare import (
    Comparison,
    CriterionChange,
    ScoreChange,
    older_before,
    since_last,
)
from diag.audit.counsel import step_words
from diag.audit.findings import found_words, seen_words
from diag.audit.memory import whole_story
from diag.audit.remarks import title_words
from diag.audit.session import AuditSession
from diag.audit.suppose import Row, SupposedOutcome, outcome_lines
from diag.model.audit import FollowUp
from diag.model.checklist import Checklist
from diag.model.enums import Compliance, FollowUpState, Standing
from diag.words.sentences import counted
from diag.words.vocabulary import (
    FOLLOW_UPS,
    THIS_SUBJECT,
)

METHOD = "grilles changées"
"""What moved because it is judged otherwise."""


def comparison_lines(
    session: AuditSession, found: Comparison
) -> Iterator[tuple[str, tuple[Row, ...]]]:
    """Give each section's title and rows, those that are empty left out."""
    scores = []
    for score in (*found.domains, found.overall):
        if not _stays_out(score):
            again = f"{METHOD} (rejugé : {score_cell(score.again)})"
            before, now = score_cell(score.before), score_cell(score.now)
            note = again if score.method_changed else ""
            scores.append((score.title, before, "→", now, note))
    yield "Scores", tuple(scores)
    sections = (
        ("Mieux", Move.BETTER),
        ("Moins bien", Move.WORSE),
        ("Mieux connu", Move.LEARNT),
        ("À vérifier", Move.UNSURE),
        ("S'applique maintenant", Move.APPEARED),
        ("Ne s'applique plus", Move.GONE),
        ("Jugé autrement", Move.SAME),
    )
    for title, move in sections:
        rows = []
        for one in found.moved(move):
            if not _stays_out(one):
                before, now = level_pair(one.again, one.now)
                note = METHOD if one.method_changed else ""
                rows.append((one.criterion.title, before, "→", now, note))
        if rows:
            yield title, tuple(rows)
    for title, idents in (
        ("Préconisations résolues", found.resolved),
        ("Préconisations nouvelles", found.new),
    ):
        if idents:
            yield title, tuple((title_words(session, ident),) for ident in idents)
    if not (found.criteria or found.resolved or found.new):
        yield "Rien n'a changé", ()


def _stays_out(change: ScoreChange | CriterionChange) -> bool:
    """Return whether it was « sans objet » and still is: there is nothing to show."""
    if isinstance(change, CriterionChange):
        return change.again.standing is change.now.standing is Standing.OUT
    before = change.before or change.again
    return before.bounds is None and change.now.bounds is None


def comparison_json(found: Comparison, shown: Checklist) -> dict[str, object]:
    """Return a comparison for a program, exact; `shown` is what everyone may read."""
    return {
        "before": found.campaign,
        "now": found.now,
        "edition_changed": found.edition_changed,
        "overall": _score_json(found.overall),
        "domains": [_score_json(one) for one in found.domains],
        "criteria": {
            one.criterion.id: {
                "move": str(one.move),
                "words": MOVES[one.move],
                "method_changed": one.method_changed,
                "before": criterion_json(one.again, shown),
                "now": criterion_json(one.now, shown),
            }
            for one in found.criteria
        },
        "resolved": list(found.resolved),
        "new": list(found.new),
        "kept": list(found.kept),
    }


def _score_json(change: ScoreChange) -> dict[str, object]:
    return {
        "title": change.title,
        "before": plain(change.before) if change.before else None,
        "before_rejudged": plain(change.again),
        "now": plain(change.now),
        "method_changed": change.method_changed,
    }


_NARROW = 36
"""Widest columns that are lined up; wider ones would push the text away."""

_CHANGE = 3
"""Cells of a change: before, →, after. What follows is a remark."""


def evolution(session: AuditSession) -> tuple[OutlineLine, ...]:
    """Return what changed since the subject's last audit, section by section."""
    found = since_last(session)
    if older := older_before(session):
        lines = heading("anterieure", "Pas de comparaison")
        return (lines, quiet("anterieure/pourquoi", older), *_stories(session))
    if found is None:
        return (
            heading("premier", f"Premier audit de {THIS_SUBJECT[session.about.kind]}"),
            quiet(
                "premier/ensuite",
                "À la prochaine campagne, ce qui aura changé s'affichera ici : niveaux "
                "gagnés ou perdus, préconisations résolues, suites données.",
            ),
        )
    moved = [one for one in found.criteria if not _stays_out(one)]
    settled = [one for one in moved if one.move is Move.BETTER]
    arisen = [one for one in moved if _arose(session, one)]
    otherwise = [one for one in moved if one.move is Move.SAME]
    gone = {one.criterion.id for one in moved if one.move is not Move.SAME}
    unchanged = sum(
        one.standing is Standing.IN and one.bounds.low == one.bounds.high
        for ident, one in session.assessment.criteria.items()
        if ident not in gone
    )
    rest = comparison_lines(session, found)
    before, now = score_cell(found.overall.before), score_cell(found.overall.now)
    last = {one.recommendation: one for one in whole_story(session)}
    return (
        heading(
            "campagnes",
            f"De {found.campaign} à {found.now}",
            f"ensemble {before}, puis {now}",
        ),
        *_group("regle", "Réglé", [_change(session, one, "regle") for one in settled]),
        *_group(
            "apparu", "Apparu", [_change(session, one, "apparu") for one in arisen]
        ),
        *_group(
            "decide",
            "Décidé, pas encore fait",
            [
                OutlineLine(
                    f"decide/{ident}", title_words(session, ident), step_words(one, "")
                )
                for ident, one in last.items()
                if one.state in _UNDER_WAY
            ],
        ),
        heading("inchange", f"Inchangé  {unchanged}"),
        OutlineLine(
            "grille",
            f"Les grilles ont changé, pas l'école  {len(otherwise)}",
            tone=Tone.HEADING,
            inner=partial(_changes, session, otherwise, "grille")
            if otherwise
            else None,
        ),
        *_stories(session),
        OutlineLine(
            "detail",
            "Tout ce qui a bougé",
            tone=Tone.HEADING,
            inner=lambda: tuple(sections("evolution", rest)),
        ),
    )


_AT_ONCE = 3
"""Lines under a heading; when there are more, the last one unfolds them."""


def _group(key: str, title: str, lines: Sequence[OutlineLine]) -> Iterator[OutlineLine]:
    """Give a heading with how many there are, and three lines at most."""
    yield heading(f"{key}/titre", f"{title}  {len(lines)}")
    shown = len(lines) if len(lines) <= _AT_ONCE else _AT_ONCE - 1
    yield from lines[:shown]
    if rest := tuple(lines[shown:]):
        words = f"… {counted(len(rest), 'autre', 'autres')}"
        yield OutlineLine(f"{key}/autres", words, inner=lambda: rest)


def _arose(session: AuditSession, change: CriterionChange) -> bool:
    """Return whether something fell short since, or applies now and falls short."""
    if change.move is Move.APPEARED:
        broken = change.now.compliance is Compliance.NON_CONFORME
        return broken or bool(found_words(session, change.now))
    return change.move is Move.WORSE


def _change(session: AuditSession, change: CriterionChange, key: str) -> OutlineLine:
    ident = change.criterion.id
    before, now = level_pair(change.again, change.now)
    return OutlineLine(
        f"{key}/{ident}",
        seen_words(session, change.now) or change.criterion.title,
        f"{before}, puis {now}" if change.move is not Move.SAME else METHOD,
        inner=lambda: reasons_of(session, ident, key),
        asks=lambda: asked_by(session, ident),
    )


def _changes(
    session: AuditSession, changes: Iterable[CriterionChange], key: str
) -> tuple[OutlineLine, ...]:
    return tuple(_change(session, one, key) for one in changes)


_UNDER_WAY = frozenset({
    FollowUpState.DECIDEE,
    FollowUpState.FINANCEE,
    FollowUpState.COMMANDEE,
})
"""Decided, and no fact shows yet that it was done."""


def _stories(session: AuditSession) -> Iterator[OutlineLine]:
    """Give what became of every recommendation followed up, each with its steps."""
    steps: dict[str, list[FollowUp]] = {}
    for one in whole_story(session):
        steps.setdefault(one.recommendation, []).append(one)
    advised = {one.recommendation.id for one in session.assessment.advice}
    lines = []
    for ident, moves in steps.items():
        left = "" if ident in advised else ", n'est plus préconisée"
        lines.append(
            OutlineLine(
                f"suites/{ident}",
                title_words(session, ident),
                f"{FOLLOW_UPS[moves[-1].state]}{left}",
                inner=partial(_steps, ident, tuple(moves)),
            )
        )
    if lines:
        yield OutlineLine(
            "suites",
            f"Suites données  {len(lines)}",
            tone=Tone.HEADING,
            inner=lambda: tuple(lines),
        )


def _steps(ident: str, steps: tuple[FollowUp, ...]) -> tuple[OutlineLine, ...]:
    return tuple(
        OutlineLine(f"suites/{ident}/{at}", step_words(one))
        for at, one in enumerate(steps)
    )


def consequences(found: SupposedOutcome) -> tuple[OutlineLine, ...]:
    """Return what would follow from a supposition, before and after."""
    return tuple(sections("hypothese", outcome_lines(found)))


def sections(
    key: str, groups: Iterable[tuple[str, tuple[Row, ...]]]
) -> Iterator[OutlineLine]:
    """Give titled rows as lines; what comes after the first column stands aside."""
    for at, (title, cells) in enumerate(groups):
        yield heading(f"{key}/{at}", title)
        for rank, (row, aside) in enumerate(zip(cells, _align(cells), strict=True)):
            yield OutlineLine(f"{key}/{at}/{rank}", row[0], aside, tone=Tone.PLAIN)


def _align(rows: tuple[Row, ...]) -> list[str]:
    """Return what stands aside, in columns that line up when they are narrow."""
    asides = [
        (*row[1 : 1 + _CHANGE], *(note and f"· {note}" for note in row[1 + _CHANGE :]))
        for row in rows
    ]
    widths = [max(map(len, column)) for column in zip(*asides, strict=True)]
    if sum(widths) > _NARROW:
        return [" ".join(filter(None, rest)) for rest in asides]
    return [
        " ".join(
            cell.rjust(width) for cell, width in zip(rest, widths, strict=True) if width
        )
        for rest in asides
    ]
