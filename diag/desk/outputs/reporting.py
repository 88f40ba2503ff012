"""Reports: what an audit tells, and the folder where they are written."""

from dataclasses import replace
from datetime import date
from functools import partial
from pathlib import Path

from diag.desk.bilan.comparing import comparables_of, progress_of
from diag.desk.bilan.previous import own_standing, steps_told
from diag.desk.evidence.album import Album, evidence_of
from diag.desk.house.own import office_of
from diag.desk.session import Session
from diag.desk.settings import Settings
from diag.desk.supposing.options import option_of
from diag.journal.arrangements import ranks_of
from diag.journal.follow_ups import wordings_of
from diag.model.checklist import Wording
from diag.model.fact import Facts
from diag.reports.report import Report, build_report


def report_of(
    session: Session, day: date | None = None, *, scenario: str = ""
) -> Report:
    """Return everything the documents of an audit tell, as of a day.

    Raises:
        DiagError: a scenario, to be printed as an option, that nobody kept.
    """
    workspace = session.workspace
    settings = workspace.settings
    territory = workspace.territory
    told = wordings_of(workspace.journal, session.audit.id)
    return build_report(
        about=session.about,
        commune=territory.commune(session.about.insee),
        town_hall=territory.town_hall(session.about.insee),
        audit=session.audit,
        status=session.status,
        facts=_signed(session.facts, settings),
        checklist=session.checklist,
        assessment=session.assessment,
        visits=session.visits,
        follow_ups=session.follow_ups,
        wordings={
            (recommendation, audience): Wording.model_validate(words)
            for (recommendation, place, audience), words in told.items()
            if place is None
        },
        author=settings.name_of(settings.author),
        office=office_of(workspace),
        today=day or workspace.world.today(),
        digest=session.digest,
        edition=session.edition,
        earlier=steps_told(session),
        own=own_standing(session),
        ranks=ranks_of(workspace.journal, session.audit.id),
        evidence=evidence_of(session),
        pictures=Album(session),
        look_back=partial(progress_of, session),
        look_around=partial(comparables_of, session),
        option=option_of(session, scenario) if scenario else None,
    )


def _signed(facts: Facts, settings: Settings) -> Facts:
    """Return facts whose authors bear their names instead of their labels."""
    answers = {
        asked: tuple(
            replace(head, author=settings.name_of(head.author)) for head in heads
        )
        for asked, heads in facts.answers.items()
    }
    return replace(facts, answers=answers)


def report_folder(session: Session) -> Path:
    """Return where an audit's reports go, in its workspace."""
    name = f"{session.about.stem}-{session.audit.campaign}"
    return session.workspace.folder / "exports" / name
