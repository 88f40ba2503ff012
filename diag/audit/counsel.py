"""What is recommended, what changed since the last audit, what would follow.

Lines that unfold: an action to its reasons, costs, effect and follow-up, a change to
what it rests on.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from functools import partial

from diag.answers.types import TYPES, value_words
from diag.assess.plan import ONCE, Action
from diag.assess.spread import level_pair
from diag.assess.words import (
    Move,
    format_cost,
    format_range,
    format_seen,
    quantity_words,
    score_cell,
    short_cost,
)
from diag.audit.advising import state_words, steps_standing
from diag.audit.answer import Key
from diag.audit.bilan import OutlineLine, Tone, asked_by, heading, quiet, reasons_of
from diag.audit.compare import (
    METHOD,
    CriterionChange,
    Row,
    comparison_lines,
    older_before,
    since_last,
    stays_out,
)
from diag.audit.findings import (
    describe_covered,
    describe_due,
    describe_reason,
    describe_steps,
    describe_waiting,
    found_words,
    observed,
    seen_words,
)
from diag.audit.memory import whole_story
from diag.audit.remarks import declared_wording, title_words
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.audit.suppose import SupposedOutcome, outcome_lines
from diag.audit.votes import votes_of
from diag.model.audit import FollowUp
from diag.model.checklist import Price
from diag.model.enums import (
    USUAL_READER,
    WORKING_READER,
    Compliance,
    Direction,
    FollowUpState,
    Standing,
)
from diag.model.text import canonical_number
from diag.words.dates import describe_day
from diag.words.sentences import counted, euros, measure, number, out_of_100
from diag.words.vocabulary import AUDIENCES, FOLLOW_UPS, LEVELS, OWNERS, THIS_SUBJECT


def counsel(
    session: AuditSession, report: Report | None = None
) -> tuple[OutlineLine, ...]:
    """Return the plan, what is to be confirmed, what is behind, as a report has it."""
    report = report or report_of(session)
    lines: list[OutlineLine] = []
    for key, title, actions in (
        ("plan", "À faire", report.plan.actions),
        ("confirmer", "À confirmer", report.plan.to_confirm),
        ("passe", "Faites ou écartées", report.plan.closed),
    ):
        if actions or key == "plan":
            is_open = key != "passe"
            total = short_cost(*(one.advice.cost for one in actions)) * is_open
            lines.append(heading(key, f"{title} : {len(actions)}", total))
            lines += (_action(session, report, one) for one in actions)
    lines.append(
        OutlineLine(
            "votes",
            "Votes du conseil",
            "gelés à la clôture" if report.frozen else "tels que proposés ce jour",
            inner=lambda: tuple(_votes(report, steps_standing(session))),
            tone=Tone.HEADING,
        )
    )
    return tuple(lines)


def _votes(report: Report, steps: Mapping[str, FollowUp]) -> Iterator[OutlineLine]:
    """Give each vote, what it costs, and under it all that page 1 prints of it.

    What became of it stands first there, and beside its amount.
    """
    found = votes_of(report)
    for one in found.votes:
        key = f"votes/{one.number}"
        titles = (report.plan.action(ident) for ident in one.actions)
        details = (
            ("Suite", state_words(one, steps)),
            ("Où", one.where),
            ("Nature", one.nature.words),
            ("Sinon", one.otherwise.long),
            ("Brut", euros(one.spent.gross)),
            ("Quand", one.session),
            *(("Action", report.title(each)) for each in titles if each),
        )
        inner = tuple(
            quiet(f"{key}/{at}", f"{name} : {words}")
            for at, (name, words) in enumerate(details)
            if words
        )
        became = state_words(one, steps, brief=True)
        yield OutlineLine(
            key,
            f"{one.number}. {one.title}",
            " · ".join(filter(None, (became, f"net {euros(one.spent.net)}"))),
            inner=partial(tuple, inner),
        )
    for at, missing in enumerate(found.missing):
        yield quiet(f"votes/manque/{at}", f"Il manque : {missing}")


def _action(session: AuditSession, report: Report, action: Action) -> OutlineLine:
    indent = "↳ " if action.under else ""
    state = FOLLOW_UPS[action.state] if action.state else ""
    cost = action.advice.cost
    return OutlineLine(
        f"rec/{action.id}",
        f"{indent}{report.title(action)}",
        ", ".join(
            filter(
                None,
                (state, report.format_cost(action) if cost.free else short_cost(cost)),
            )
        ),
        inner=lambda: tuple(_unfolded(session, report, action)),
        lead=f"{action.number.ljust(3)} ",
    )


def _unfolded(
    session: AuditSession, report: Report, action: Action
) -> Iterator[OutlineLine]:
    key, advice = f"rec/{action.id}", action.advice
    many = advice.quantity
    result = report.result(action.advice.recommendation.when.criterion)
    found = ""
    if result:
        named = f"{result.criterion.title}, {observed(report, result)}"
        found = seen_words(report, result) or named
    rows = (
        ("Constat", found),
        ("Pourquoi", describe_reason(report, action, USUAL_READER)),
        ("Condition", describe_waiting(report, action, WORKING_READER)),
        ("Qui", OWNERS[advice.recommendation.owner]),
        ("Quand", describe_due(report, action)),
        ("Lieux", report.format_places(action, WORKING_READER) * bool(advice.places)),
        ("Combien", quantity_words(many, advice.usual) if many != ONCE else ""),
        ("Coût", report.format_cost(action)),
        ("Dont à engager", format_cost(advice.due) * (advice.due != advice.cost)),
        ("Fourchette", format_range(advice.cost)),
        ("Remplace aussi", describe_covered(report, action, WORKING_READER)),
        ("Étapes", describe_steps(action)),
        ("Rang", "placée à la main" if action.by_hand else ""),
    )
    for name, words in rows:
        if words:
            yield OutlineLine(f"{key}/{name}", f"{name} : {words}")
    for line in advice.cost.lines:
        price, (low, most) = line.price, line.quantity
        high = "…" if most is None else number(most)
        span = high if low == most else f"{number(low)} à {high}"
        rhythm = " par an" if price.yearly else ""
        words = f"{price.label} : {span} × {_unit_price(price)}{rhythm}"
        if price.is_old(report.date.isoformat()):
            words += f", {format_seen(price, report.date)}"
        yield quiet(f"{key}/prix/{price.id}", words)
    yield from _effect(session, action, key)
    for audience, reader in AUDIENCES.items():
        title = report.title(action, audience)
        mine = report.wording(action, audience) != declared_wording(
            session, action.id, audience
        )
        note = "reformulé" if mine else ""
        yield OutlineLine(f"{key}/mots/{audience}", f"Pour {reader} : {title}", note)
    steps = [one for one in report.follow_ups if one.recommendation == action.id]
    here = {one.revision for one in session.follow_ups}
    for one in steps:
        before = "" if one.revision in here else " (audit précédent)"
        author = session.workspace.settings.name_of(one.author)
        yield OutlineLine(
            f"{key}/suite/{one.revision}", step_words(one) + before, author
        )
    if not steps:
        yield quiet(f"{key}/suite", "Suite : rien encore.")


def _unit_price(price: Price) -> str:
    """Return what one costs, so that a cost with tax can be reckoned again."""
    least, usual, most = (
        measure(Fraction(cents, 100), "€")
        for cents in (price.minimum, price.typical, price.maximum)
    )
    span = "" if least == most else f" ; de {least} à {most}"
    return f"{usual} HT (TVA {measure(price.vat, '%')}{span})"


def _effect(session: AuditSession, action: Action, key: str) -> Iterator[OutlineLine]:
    """Give « effet si fait »: on the whole, then what becomes true."""
    effect, bounds = action.advice.recommendation.effect, session.judged.overall.bounds
    if not effect or bounds is None:
        return
    least = "au moins " * (bounds.low != bounds.high)
    before = out_of_100(bounds.low)
    after = out_of_100(bounds.low + action.advice.gain)
    words = f"{least}{before} → {least}{after}"
    yield OutlineLine(
        f"{key}/effet",
        "Effet si fait, sur l'ensemble",
        words if before != after else f"{least}{before}, inchangé",
    )
    checklist = session.checklist
    for ident, value in effect.items():
        question = checklist.questions.get(ident)
        if question is None:
            what = checklist.criteria[ident].title
            then = f"{LEVELS[int(str(value))]} ou mieux"
        elif TYPES[question.type].is_number:
            order = "au plus" if question.better is Direction.DOWN else "au moins"
            try:
                amount = measure(canonical_number(value), question.unit)
            except ValueError:  # a rule gives it: by what it reads
                read = checklist.questions.get(str(value))
                amount = f"« {read.label} »" if read else str(value)
            what, then = question.label, f"{order} {amount}"
        else:
            is_day = TYPES[question.type].is_day
            then = "à jour" if is_day else value_words(question, value)
            what = question.label
        yield OutlineLine(f"{key}/effet/{ident}", f"  {what}", then, tone=Tone.QUIET)


def step_words(step: FollowUp, lead: str = "Suite : ") -> str:
    """Return one step in a line: state, day, before when, who decided, why."""
    day = f" le {describe_day(step.on)}" if step.on else ""
    due = f", avant le {describe_day(step.due)}" if step.due else ""
    by = f", {step.by}" if step.by else ""
    reason = f" : {step.why}" if step.why else ""
    return f"{lead}{FOLLOW_UPS[step.state]}{day}{due}{by}{reason}"


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
    moved = [one for one in found.criteria if not stays_out(one)]
    settled = [one for one in moved if one.move is Move.BETTER]
    arisen = [one for one in moved if _arose(session, one)]
    judged_otherwise = [
        _change(session, one, "grille") for one in moved if one.move is Move.SAME
    ]
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
                    f"decide/{ident}",
                    title_words(session, ident),
                    step_words(one, ""),
                    asks=_asked_of(session, ident),
                )
                for ident, one in last.items()
                if one.state in _UNDER_WAY
            ],
        ),
        heading("inchange", f"Inchangé  {unchanged}"),
        OutlineLine(
            "grille",
            f"Les grilles ont changé, pas l'école  {len(judged_otherwise)}",
            tone=Tone.HEADING,
            inner=partial(tuple, judged_otherwise) if judged_otherwise else None,
        ),
        *_stories(session),
        OutlineLine(
            "detail",
            "Tout ce qui a bougé",
            tone=Tone.HEADING,
            inner=lambda: tuple(
                _sections("evolution", rest, partial(_asked_of, session))
            ),
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


def _asked_of(session: AuditSession, ident: str) -> Callable[[], Key | None] | None:
    """Return what gives the question of a criterion, or of what a recommendation cures.

    None for what is neither.
    """
    advice = session.checklist.recommendations.get(ident)
    criterion = advice.when.criterion if advice else ident
    if criterion not in session.checklist.criteria:
        return None
    return partial(asked_by, session, criterion)


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
        asks=_asked_of(session, ident),
    )


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
        each = [
            OutlineLine(f"suites/{ident}/{at}", step_words(one))
            for at, one in enumerate(moves)
        ]
        lines.append(
            OutlineLine(
                f"suites/{ident}",
                title_words(session, ident),
                f"{FOLLOW_UPS[moves[-1].state]}{left}",
                inner=partial(tuple, each),
            )
        )
    if lines:
        yield OutlineLine(
            "suites",
            f"Suites données  {len(lines)}",
            tone=Tone.HEADING,
            inner=lambda: tuple(lines),
        )


def consequences(found: SupposedOutcome) -> tuple[OutlineLine, ...]:
    """Return what would follow from a supposition, before and after."""
    groups = (
        (title, {str(rank): row for rank, row in enumerate(rows)})
        for title, rows in outcome_lines(found)
    )
    return tuple(_sections("hypothese", groups, lambda _: None))


def _sections(
    key: str,
    groups: Iterable[tuple[str, Mapping[str, Row]]],
    asked: Callable[[str], Callable[[], Key | None] | None],
) -> Iterator[OutlineLine]:
    """Give titled rows as lines; what comes after the first column stands aside.

    `asked`: gives what opens the question of a row, by what the row goes by.
    """
    for at, (title, rows) in enumerate(groups):
        cells = tuple(rows.values())
        yield heading(f"{key}/{at}", title)
        # What stands aside, in columns that line up when they are narrow.
        end = 1 + _CHANGE
        asides = [
            (*row[1:end], *(note and f"· {note}" for note in row[end:]))
            for row in cells
        ]
        widths = [max(map(len, column)) for column in zip(*asides, strict=True)]
        is_wide = sum(widths) > _NARROW
        for (ident, row), aside in zip(rows.items(), asides, strict=True):
            shown = [
                cell if is_wide else cell.rjust(width)
                for cell, width in zip(aside, widths, strict=True)
                if cell or (width and not is_wide)
            ]
            yield OutlineLine(
                f"{key}/{at}/{ident}", row[0], " ".join(shown), asks=asked(ident)
            )
