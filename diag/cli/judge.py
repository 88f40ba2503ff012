"""`diag score`, `why`, `suppose`, `compare`: what was found, and why."""

from typing import Any

import click

from diag.assess.judge import public
from diag.assess.results import Assessment, Score, assessment_json
from diag.assess.spread import danger_words, declined, socle_words
from diag.assess.words import WORKS, filled_words, format_cost, score_cell
from diag.audit import hypotheses
from diag.audit.bilan import (
    explained,
    explained_json,
    explained_lines,
    list_criteria,
)
from diag.audit.compare import (
    compared_with,
    comparison_json,
    comparison_lines,
    keep_judged,
)
from diag.audit.hypotheses import (
    forget_scenario,
    keep_scenario,
    scenario_named,
    scenarios,
    suppositions_of,
)
from diag.audit.session import AuditSession
from diag.audit.suppose import (
    Supposition,
    outcome,
    outcome_json,
    outcome_lines,
    supposed,
)
from diag.cli.shared import (
    about_json,
    audit_command,
    print_json,
    print_lines,
    print_table,
)
from diag.model.audit import Facts
from diag.model.enums import Compliance, Gate, Standing, Trigger
from diag.model.errors import DiagError
from diag.words.sentences import counted
from diag.words.vocabulary import COMPLIANCES, LAW, UNSCORED

_UNCONFIRMED = 10
"""At most so many recommendations to be confirmed printed, unless all are asked."""


@click.command()
@audit_command
@click.option(
    "--all", "everything", is_flag=True, help="Tout ce qui est à confirmer, aussi."
)
def score(session: AuditSession, *, everything: bool, as_json: bool) -> None:
    """Juge l'audit : alertes, scores par domaine, préconisations."""
    assessment = session.assessment
    keep_judged(session)
    if as_json:
        print_json({
            **about_json(session.about),
            "campaign": session.audit.campaign,
            "digest": session.digest,
            "edition": session.edition,
            "conflicts": len(session.conflicts),
            **assessment_json(assessment, public(session.checklist)),
        })
        return
    click.echo(f"{session.about.title} ({session.about.ref})")
    click.echo(f"Grilles : {session.checklist.title}, {session.checklist.version}\n")
    if count := len(session.conflicts):
        differ = counted(count, "réponse contradictoire", "réponses contradictoires")
        settle = f"diag conflicts {session.about.ref}"
        click.echo(f"{differ}, à trancher : {settle}\n")
    name = session.place_name
    for danger in assessment.dangers:
        click.echo(f"! {danger_words(danger)} ({name(danger.place)})")
    points = counted(len(assessment.alerts), "point")
    click.echo(f"{LAW} : {points} à traiter ou à vérifier")
    alerts = []
    for each in assessment.alerts:
        if each.compliance is not None:
            words = COMPLIANCES[each.compliance]
            if each.compliance is Compliance.NON_CONFORME:
                words = words.upper()
            alerts.append((f"  {words}", each.criterion.id, each.criterion.title))
    print_table(alerts)
    click.echo(f"Socle : {socle_words(assessment, name)}\n")
    without_object = declined(session.facts, session.checklist)
    rows = []
    for result in assessment.domains:
        words, known = _score_words(result.score)
        if result.only_complies:
            words, known = UNSCORED, ""
        choices = without_object.get(result.domain.id, ())
        notes = " ; ".join(filter(None, (known, *choices)))
        rows.append((result.domain.title, words, notes))
    rows.append(("Ensemble", *_score_words(assessment.overall)))
    print_table(rows)
    click.echo("")
    _print_advice(assessment, everything=everything)


def _score_words(score: Score) -> tuple[str, str]:
    maybe = " (peut-être sans objet)" if score.standing is Standing.MAYBE else ""
    return score_cell(score) + maybe * (score.bounds is not None), filled_words(score)


def _print_advice(assessment: Assessment, *, everything: bool) -> None:
    """Print actions: what each costs or others buy of it, what it waits for."""
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
        rows = []
        for each in advice[:shown]:
            cost, waits = format_cost(each.cost), ""
            if payers := ", ".join(dict.fromkeys(one.payer for one in each.shared)):
                own = "" if each.cost.free else f"{cost}, le reste "
                cost = f"{own}compris dans {payers}"
            if each.waits_for:
                partly = "en partie, " * (each.gate is Gate.OPEN)
                is_checked = each.gate is Gate.CHECK_FIRST
                verb = "vérifier d'abord" if is_checked else "attend"
                waits = f"{partly}{verb} : {', '.join(each.waits_for)}"
            rows.append((f"  {each.recommendation.id}", cost, waits))
        print_table(rows)
        if rest := len(advice[shown:]):
            click.echo(f"  … et {counted(rest, 'autre')} (--all les montre)")
    if assessment.advice:
        click.echo(f"Tout ensemble : {format_cost(assessment.basket)}")
        click.echo(f"  dont à engager : {format_cost(assessment.due)}")
        if not assessment.basket.works.free:
            click.echo(f"  dont {WORKS} : {format_cost(assessment.basket.works)}")


@click.command()
@audit_command
@click.argument("criterion", required=False, metavar="[CRITÈRE]")
def why(session: AuditSession, criterion: str | None, *, as_json: bool) -> None:
    """Déplie un critère, une préconisation : faits, règle, source."""
    if criterion is None:
        print_lines(list_criteria(session))
        return
    found = explained(session, criterion)
    if as_json:
        print_json(explained_json(found, session.checklist))
        return
    print_lines(explained_lines(found))


@click.command()
@audit_command
@click.option("--fibre", is_flag=True, help="La fibre est arrivée.")
@click.option(
    "--answer",
    "answers",
    multiple=True,
    metavar="QUESTION=VALEUR[@LIEU]",
    help="Une autre réponse ; « ? » : pas connue. Répétable.",
)
@click.option(
    "--add-room",
    "added",
    multiple=True,
    metavar="NOM[=COMME]",
    help="Une salle de plus, équipée comme une autre. Répétable.",
)
@click.option("--close-room", "closed", multiple=True, help="Une salle ferme.")
@click.option(
    "--split",
    "splits",
    multiple=True,
    metavar="CLASSE[=SALLE]",
    help="Dédoubler une classe ; SALLE donne son équipement et ferme.",
)
@click.option("--scenario", default="", help="Reprendre un scénario gardé.")
@click.option("--save", default="", metavar="NOM", help="Garder sous ce nom.")
@click.option("--forget", default="", metavar="NOM", help="Oublier un scénario.")
def suppose(
    session: AuditSession,
    /,
    scenario: str,
    save: str,
    forget: str,
    *,
    as_json: bool,
    **asked: Any,
) -> None:
    """Dit ce qu'un changement ferait aux scores et aux coûts."""
    if forget:
        gone = forget_scenario(session, forget)
        click.echo(f"Scénario oublié : {gone.name} (l'historique le garde).")
        return
    kept: tuple[Supposition, ...] = ()
    if scenario:
        kept, lost = suppositions_of(session, scenario_named(session, scenario))
        for dropped in lost:
            click.echo(f"Laissé de côté : {dropped}.", err=True)
    suppositions = _suppositions(session, kept, **asked)
    if not suppositions:
        names = ", ".join(f"« {one.name} »" for one in scenarios(session))
        known = f" Scénarios gardés : {names} (--scenario NOM)." if names else ""
        raise DiagError(
            "Rien n'est supposé. Essayez : diag suppose UAI --fibre, ou "
            f"--answer debit_descendant=300.{known}"
        )
    if save:
        keep_scenario(session, save, suppositions)
    found = outcome(session.facts, session.checklist, suppositions)
    lines = list(hypotheses.describe_hypotheses(session, suppositions))
    if as_json:
        print_json({
            **about_json(session.about),
            "supposed": lines,
            **outcome_json(found, public(session.checklist)),
        })
        return
    click.echo(
        f"Scénario gardé : {save}, aucun fait n'est changé :"
        if save
        else "Hypothèse, rien n'est enregistré :"
    )
    click.echo(found.head)
    for line in lines:
        click.echo(f"  et si… {line}")
    for title, rows in outcome_lines(found):
        click.echo(f"\n{title}")
        print_table(("  " + first, *rest) for first, *rest in rows)


def _suppositions(
    session: AuditSession,
    first: tuple[Supposition, ...],
    *,
    fibre: bool,
    added: tuple[str, ...],
    splits: tuple[str, ...],
    closed: tuple[str, ...],
    answers: tuple[str, ...],
) -> tuple[Supposition, ...]:
    """Read every option in order, each seeing what those before suppose."""
    found = (*first, *(hypotheses.fibre(session) if fibre else ()))

    def facts() -> Facts:
        return supposed(session.facts, found)

    for text in added:
        name, _, like = text.partition("=")
        found = (*found, hypotheses.added(facts(), name, like))
    for text in splits:
        name, _, donor = text.partition("=")
        found = (*found, hypotheses.split(session, facts(), name, donor))
    for text in closed:
        found = (*found, hypotheses.closed(facts(), text))
    for text in answers:
        asked, _, rest = text.partition("=")
        raw, _, place = rest.partition("@")
        one = hypotheses.suppose_answer(session, facts(), asked, raw, place)
        found = (*found, one)
    return found


@click.command()
@audit_command
@click.option("--with", "earlier", default="", help="Campagne (sinon la précédente).")
def compare(session: AuditSession, earlier: str, *, as_json: bool) -> None:
    """Dit ce qui a changé depuis le dernier audit de cette école."""
    found = compared_with(session, earlier)
    sections = list(comparison_lines(session, found))
    if as_json:
        shown = public(session.checklist)
        print_json({**about_json(session.about), **comparison_json(found, shown)})
        return
    click.echo(f"De {found.campaign} à {found.now}")
    if found.edition_changed:
        click.echo(
            "Les grilles ont changé : l'ancien audit est rejugé par les grilles "
            "d'aujourd'hui ; ce que la méthode déplace est dit « grilles changées »."
        )
    for title, rows in sections:
        click.echo(f"\n{title}")
        print_table(("  " + first, *rest) for first, *rest in rows.values())
