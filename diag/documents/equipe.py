"""What the teachers read: what works, what comes when, whom to call; no ranking.

And the page that is left with the head teacher before any report.
"""

from collections.abc import Iterable
from dataclasses import replace

from diag.assess.plan import Action
from diag.audit.departure import Debrief
from diag.audit.findings import (
    conflict_words,
    describe_reason,
    foremost,
    is_own,
    open_words,
    pressing,
    strength_lines,
    strengths,
)
from diag.audit.report import Report
from diag.audit.votes import votes_of
from diag.documents.blocks import (
    PAGE_BREAK,
    Md,
    bold,
    box,
    bullets,
    numbered,
    sections,
    table,
    written,
)
from diag.documents.document import Document, EmbeddedFile
from diag.documents.parts import advice, frame, places
from diag.documents.parts.advice import alerts_box, compliance_points, themes_table
from diag.documents.parts.places import asked_of, lacking, room_levels
from diag.documents.parts.votes import votes_named
from diag.documents.write import Paper
from diag.model.enums import Audience, Gate, Owner, PlaceKind
from diag.model.votes import Vote
from diag.words.sentences import counted, listed, sentence, uncapitalised
from diag.words.vocabulary import FOLLOW_UPS

READER = Audience.EQUIPE

STRENGTHS = 8
"""At most so many strong points listed."""

DATED = 20
"""At most so many actions listed with their day; the others are counted by theme."""

ASKED = 8
"""At most so many questions left to the team listed."""

FREE, QUESTIONS, ROOMS, LACKS, FREE_HERE = 6, 5, 12, 2, 2
"""Most free acts, questions, rooms; lacks and acts without a vote of each room."""

NAMED, LETTERS = 3, 60
"""At most so many places named by a vote, the first whatever its length: two lines."""

_BY_ROOM = ("Salle", "Ce qui manque", "Proposé")


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    plan, strong = report.plan, strengths(report)
    reader, team = "Équipes des écoles", "aux équipes des écoles"
    if report.about.school:
        reader, team = "Équipe de l'école", "à toute l'équipe de l'école"
    asked, more = asked_of(report, "equipe", "direction", limit=ASKED)
    # As many as are dated, what presses and the indispensable first.
    urgent = pressing(report, plan.actions)
    first = [one for one in plan.actions if one in urgent or is_own(report, one)]
    order = (*_foremost(report), *advice.by_day(first), *plan.actions)
    dated = advice.choose(plan.actions, order, DATED)
    acts = [_gesture(report, one) for one in plan.actions if one.advice.is_danger]
    dangers = (*frame.dangers_found(report), *filter(None, acts))
    rest = [one for one in plan.actions if one not in dated]
    return {
        "cover": frame.cover(report, reader),
        "team": team,
        "noted": places.shown_list(report),
        "reply": places.reply_words(report),
        "dangers": box("CAUTION", frame.DANGER, bullets(dangers)),
        "alerts": alerts_box(report, READER),
        "strengths": bullets(strength_lines(report, STRENGTHS)),
        "other_strengths": max(0, len(strong) - STRENGTHS),
        "dates": _dates(report, dated),
        "rest": themes_table(report, rest, READER, "Les autres actions, par thème"),
        "rooms": room_levels(report),
        "domains": frame.domain_table(report),  # for a template of one's own
        "told": _describe_changes(report),
        "asked": asked,
        "more_asked": more,
        "compliance": compliance_points(report, READER),
        "follow_ups": advice.follow_ups(report, READER),
        "open": uncapitalised(open_words(report, conflicts=False)),
        "conflicts": conflict_words(report),
    }


def printed(report: Report) -> tuple[dict[str, object], tuple[EmbeddedFile, ...]]:
    """Return what its two pages print; the whole travels inside as Markdown."""
    asked, _ = asked_of(report, "equipe", "direction", limit=QUESTIONS)
    mine = [
        f"{report.title(one, READER)}. {_gesture(report, one)}".rstrip()
        for one in advice.by_day(report.plan.actions)
        if one.advice.cost.free
        and not one.conditional
        and one.advice.recommendation.owner is Owner.ECOLE
    ]
    rows = [
        (str(one.number), one.title, _where(report, one), one.session)
        for one in votes_of(report).votes
    ]
    columns = ("Vote", "Proposition", "Où", "Quand")
    view: dict[str, object] = {
        "free": bullets(mine[:FREE]),
        "voted": table("Les propositions au conseil municipal", columns, rows),
        "lacks_answers": bool(votes_of(report).missing),
        "questions": asked,
        "by_room": _by_room(report),
    }
    return view, ()


def _where(report: Report, vote: Vote) -> str:
    """Return the first places of a vote; the rooms have a table of their own."""
    names = [report.place_name(one) for one in vote.places]
    is_named = bool(names) and vote.where.startswith(names[0])
    if not is_named:
        return vote.where
    shown = [at for at in range(1, NAMED + 1) if len("".join(names[:at])) <= LETTERS]
    return listed(names, max(shown, default=1))


def _gesture(report: Report, action: Action) -> str:
    """Return what the team can do from Monday on; empty when nothing is written."""
    written = report.wording(action, READER).meanwhile
    return sentence(report.fill_blanks(action, written, READER))


def _by_room(report: Report) -> Md:
    """Return what lacks in each room and what is proposed there, a line a room."""
    short, rows, every = lacking(report), [], votes_of(report).votes
    for room in report.facts.places_of(PlaceKind.SALLE):
        acts = [one for one in report.plan.actions if room.id in one.advice.places]
        lacks = short.get(room.id, [])
        if not acts and not lacks:
            continue
        # The votes that hold these, then what is proposed without a vote.
        votes = [one for one in every if any(act.id in one.actions for act in acts)]
        voted = {ident for one in votes for ident in one.actions}
        titles = [report.title(one, READER) for one in acts if one.id not in voted]
        free = listed(list(map(uncapitalised, titles)), FREE_HERE)
        named = votes_named([one.number for one in votes]) if votes else ""
        rows.append((
            report.place_name(room.id),
            listed(lacks, LACKS) + " points" * (len(lacks) > LACKS),
            " ; ".join(filter(None, (named, free))),
        ))
    rest = len(rows) - ROOMS
    others = counted(rest, "autre salle", "autres salles")
    more = f"{others} dans le fichier joint, « document.md »."
    return sections((
        table("Ce qui manque, salle par salle", _BY_ROOM, rows[:ROOMS]),
        written(more if rest > 0 else ""),
    ))


def _foremost(report: Report) -> tuple[Action, ...]:
    """Return the few that the team reads at length: of improvements, its own first."""
    open_now = [one for one in report.plan.actions if not one.conditional]
    own = {Owner.ECOLE, Owner.ACADEMIE}
    return foremost(
        report, open_now, last=lambda one: one.advice.recommendation.owner not in own
    )


def _dates(report: Report, actions: Iterable[Action]) -> Md:
    """Return what is to come, the earliest first.

    Each with its day, and whether anybody decided it: no promise in others' names.
    """
    rows = []
    for one in advice.by_day(actions):
        when = report.format_due(one)
        if one.advice.gate is Gate.WAITS:
            refs = advice.awaited_refs(report, one)
            when = f"après {refs}" if refs else "sous condition"
        elif one.state is not None and not one.undecided:
            when = f"{when} ({FOLLOW_UPS[one.state]})"
        rows.append((when, one.titled(report.title(one, READER)), advice.owner(one)))
    return table("Ce qui est proposé, par date", ("Quand", "Action", "Qui"), rows)


def _describe_changes(report: Report) -> Md:
    """Return what the most useful actions change, and what to do until then."""
    rows = [
        (
            one.titled(report.title(one, READER)),
            describe_reason(report, one, READER),
            _gesture(report, one),
        )
        for one in _foremost(report)
    ]
    columns = ("Action", "Ce que cela rendrait possible", "En attendant")
    return table("Ce qui changerait pour la classe", columns, rows)


def debrief_paper(debrief: Debrief, report: Report) -> Paper:
    """Return the page that is left with the head teacher, on A5: no price, no score."""
    blocks = [
        Md(f"# {written(debrief.title)}"),
        written(debrief.early or "À chaud, avant le rapport."),
    ]
    for part in debrief.parts:
        dangers = [line.text for line in part.lines if line.is_danger]
        rest = [line for line in part.lines if not line.is_danger]
        decisions = [
            Md(f"{bold(line.text)}, {written(line.aside)}")
            for line in rest
            if line.advice
        ]
        facts = [line.text for line in rest if not line.advice]
        blocks += [
            Md(f"## {written(part.title)}"),
            box("CAUTION", frame.DANGER, bullets(dangers)),
            bullets(facts),
            numbered(decisions),
        ]
    meta = replace(frame.build_meta(report.public, debrief.title), size="a5")
    # A document that a rule ends has no table of contents.
    markdown = sections((*blocks, meta.running_line, PAGE_BREAK))
    return Paper("a-chaud", Document(meta=meta, markdown=f"{markdown}\n"))
