"""`diag score` and `diag why`: what was found, and every reason for it."""

import click

from diag.assess.results import Advice, Assessment, DomainResult, Score
from diag.cli.console import (
    about_json,
    campaign_option,
    json_option,
    print_json,
    print_table,
    subject_argument,
    workspace_of,
)
from diag.desk import audits
from diag.desk.session import Session
from diag.desk.territory.glance import keep_judged
from diag.model.enums import Compliance, Gate, Socle, Standing, Trigger
from diag.words.sentences import counted

_SOCLE = {
    Socle.ATTEINT: "atteint",
    Socle.NON_ATTEINT: "non atteint",
    Socle.INDETERMINE: "à vérifier",
    Socle.SANS_OBJET: "sans objet",
}
_COMPLIANCE = {
    Compliance.NON_CONFORME: "NON CONFORME",
    Compliance.A_VERIFIER: "à vérifier",
}
_GATES = {
    Gate.OPEN: "",
    Gate.CHECK_FIRST: "vérifier d'abord :",
    Gate.WAITS: "attend :",
}

_UNCONFIRMED = 10
"""At most so many recommendations to be confirmed printed, unless all are asked."""


@click.command()
@subject_argument
@click.option(
    "--all", "everything", is_flag=True, help="Tout ce qui est à confirmer, aussi."
)
@campaign_option
@json_option
@click.pass_context
def score(
    ctx: click.Context,
    ref: str,
    campaign: str | None,
    *,
    everything: bool,
    as_json: bool,
) -> None:
    """Juge l'audit : alertes, scores par domaine, préconisations."""
    # Judging costs 40 ms to import: only who judges pays for it.
    from diag.assess.telling import assessment_json  # noqa: PLC0415

    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        assessment = session.assessment
        keep_judged(session)
        if as_json:
            print_json({
                **about_json(session.about),
                "campaign": session.audit.campaign,
                "digest": session.digest,
                "edition": session.edition,
                "conflicts": len(session.conflicts),
                **assessment_json(assessment),
            })
            return
        _print_head(session)
    _print_alerts(assessment)
    _print_scores(assessment)
    _print_advice(assessment, everything=everything)


def _print_head(session: Session) -> None:
    click.echo(f"{session.about.title} ({session.about.ref})")
    click.echo(f"Grilles : {session.checklist.title}, {session.checklist.version}\n")
    if count := len(session.conflicts):
        differ = counted(count, "réponse contradictoire", "réponses contradictoires")
        settle = f"diag conflicts {session.about.ref}"
        click.echo(f"{differ}, à trancher : {settle}\n")


def _print_alerts(assessment: Assessment) -> None:
    alerts = assessment.alerts
    click.echo(f"Conformité : {counted(len(alerts), 'point')} à traiter ou à vérifier")
    print_table(
        (
            f"  {_COMPLIANCE[result.compliance]}",
            result.criterion.id,
            result.criterion.title,
        )
        for result in alerts
        if result.compliance is not None
    )
    click.echo(f"Socle : {_SOCLE[assessment.socle]}\n")


def _print_scores(assessment: Assessment) -> None:
    rows = [(each.domain.title, *_domain_words(each)) for each in assessment.domains]
    print_table([*rows, ("Ensemble", *_score_words(assessment.overall))])
    click.echo("")


def _domain_words(result: DomainResult) -> tuple[str, str]:
    from diag.words.vocabulary import UNSCORED  # noqa: PLC0415 - as above

    return (UNSCORED, "") if result.only_complies else _score_words(result.score)


def _score_words(score: Score) -> tuple[str, str]:
    from diag.desk.bilan.score_words import filled_words, score_words  # noqa: PLC0415 - as above

    maybe = " (peut-être sans objet)" if score.standing is Standing.MAYBE else ""
    return score_words(score) + maybe * (score.bounds is not None), filled_words(score)


def _print_advice(assessment: Assessment, *, everything: bool) -> None:
    # Words for money cost 20 ms to import: only here.
    from diag.reports.money import spoken_cost  # noqa: PLC0415

    for trigger, title in (
        (Trigger.FIRES, "Préconisations"),
        (Trigger.TO_CONFIRM, "À confirmer, hors totaux"),
    ):
        advice = [each for each in assessment.advice if each.trigger is trigger]
        if not advice:
            continue
        whole = everything or trigger is Trigger.FIRES
        shown = len(advice) if whole else _UNCONFIRMED
        click.echo(f"{title} : {len(advice)}")
        print_table(
            (f"  {each.recommendation.id}", spoken_cost(each.cost), _gate_words(each))
            for each in advice[:shown]
        )
        if rest := len(advice[shown:]):
            click.echo(f"  … et {counted(rest, 'autre')} (--all les montre)")


def _gate_words(advice: Advice) -> str:
    first = ", ".join(advice.waits_for)
    return f"{_GATES[advice.gate]} {first}".strip()


@click.command()
@subject_argument
@click.argument("criterion", required=False)
@campaign_option
@json_option
@click.pass_context
def why(
    ctx: click.Context,
    ref: str,
    criterion: str | None,
    campaign: str | None,
    *,
    as_json: bool,
) -> None:
    """Déplie un critère (ou une préconisation) : faits, règles, sources."""
    from diag.desk.bilan.reasons import explained, listed  # noqa: PLC0415 - as above

    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        if criterion is None:
            for line in listed(session):
                click.echo(line)
            return
        reasons = explained(session, criterion)
    if as_json:
        print_json(reasons.to_json())
        return
    for line in reasons.lines:
        click.echo(line)
