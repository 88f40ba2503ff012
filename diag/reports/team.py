"""What the teachers read: what works, what comes when, whom to call; no ranking."""

from diag.assess.results import Gate
from diag.model.checklist import Audience
from diag.reports import advice, frame
from diag.reports.alerts import alerts_box, compliance_table
from diag.reports.escape import Md
from diag.reports.findings import observed, open_words, strengths
from diag.reports.layout import Pair, bullets, sections
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
        "actions": sections(_entry(report, one) for one in plan.actions),
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


def _entry(report: Report, action: Action) -> Md:
    words = report.wording(action, READER)
    pairs: tuple[Pair, ...] = (
        ("Ce que cela rendra possible", advice.reason(report, action, READER)),
        ("Quand", _when(report, action)),
        ("Qui s'en charge", sentence(advice.owner(action))),
        ("En attendant", sentence(report.told(action, words.meanwhile, READER))),
    )
    return advice.block(report, action, READER, *pairs)


def _when(report: Report, action: Action) -> str:
    """Return a day, and whether anybody decided it: no promise in others' names."""
    if action.advice.gate is Gate.WAITS:
        return "Quand la condition sera remplie."
    day = advice.due(report, action)
    if action.state is None or action.undecided:
        return sentence(f"proposé {day}, pas encore décidé")
    return sentence(f"action {FOLLOW_UPS[action.state]}, prévue {day}")
