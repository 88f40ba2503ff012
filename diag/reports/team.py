"""What the teachers read: what works, what comes when, whom to call; no ranking."""

from functools import partial

from diag.assess.results import Gate
from diag.model.checklist import Audience
from diag.reports import advice, frame
from diag.reports.alerts import alerts_box, compliance_table
from diag.reports.findings import observed, open_words, strengths
from diag.reports.layout import Pair, bullets
from diag.reports.plan import Action
from diag.reports.report import Report
from diag.reports.vocabulary import FOLLOW_UPS
from diag.reports.wording import sentence

READER = Audience.EQUIPE


def view(report: Report) -> dict[str, object]:
    """Return what the template prints."""
    plan = report.plan
    return {
        "cover": frame.cover(report, "Équipe de l'école"),
        "alerts": alerts_box(report, READER),
        "strengths": bullets(_strengths(report)),
        "actions": advice.blocks(report, plan.actions, READER, partial(_told, report)),
        "to_confirm": bullets(
            f"{one.ref}. {report.title(one, READER)}" for one in plan.to_confirm
        ),
        "compliance": compliance_table(report, READER),
        "follow_ups": advice.follow_ups(report, READER),
        "open": open_words(report),
    }


def _strengths(report: Report) -> list[str]:
    return [
        f"{one.criterion.title} : {observed(report, one, READER)}"
        for one in strengths(report)
    ]


def _told(report: Report, action: Action) -> tuple[Pair, ...]:
    words = report.wording(action, READER)
    return (
        ("Ce que cela rendra possible", advice.reason(report, action, READER)),
        ("Quand", _when(report, action)),
        ("Qui s'en charge", sentence(advice.owner(action))),
        ("En attendant", sentence(report.told(action, words.meanwhile, READER))),
    )


def _when(report: Report, action: Action) -> str:
    """Return a day, and whether anybody decided it: no promise in others' names."""
    if action.advice.gate is Gate.WAITS:
        return "Quand la condition sera remplie."
    day = advice.due(report, action)
    if action.state is None or action.undecided:
        return sentence(f"proposé {day}, pas encore décidé")
    return sentence(f"action {FOLLOW_UPS[action.state]}, prévue {day}")
