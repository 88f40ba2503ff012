"""`diag suppose` and `diag compare`: what would follow, what changed."""

import click

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
from diag.desk.supposing import hypotheses
from diag.desk.supposing.scenarios import (
    forget_scenario,
    keep_scenario,
    scenario_named,
    scenarios,
    suppositions_of,
)
from diag.desk.supposing.suppose import Supposition, supposed
from diag.model.errors import DiagError


@click.command()
@subject_argument
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
@campaign_option
@json_option
@click.pass_context
def suppose(
    ctx: click.Context,
    /,
    ref: str,
    campaign: str | None,
    scenario: str,
    save: str,
    forget: str,
    *,
    as_json: bool,
    **asked: object,
) -> None:
    """« Et si… » : scores, préconisations et coûts ; aucun fait n'est changé."""
    from diag.desk.supposing.outcome_words import outcome_json, outcome_lines  # noqa: PLC0415 - judging costs 40 ms to import
    from diag.desk.supposing.suppose import outcome  # noqa: PLC0415 - as above

    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        if forget:
            gone = forget_scenario(session, forget)
            click.echo(f"Scénario oublié : {gone.name} (l'historique le garde).")
            return
        suppositions = _suppositions(session, asked, _taken_up(session, scenario))
        if not suppositions:
            raise DiagError(_nothing(session))
        if save:
            keep_scenario(session, save, suppositions)
        found = outcome(session.facts, session.checklist, suppositions)
        told = list(hypotheses.told(session, suppositions))
    if as_json:
        print_json({
            **about_json(session.about),
            "supposed": told,
            **outcome_json(found),
        })
        return
    click.echo(
        f"Scénario gardé : {save}, aucun fait n'est changé :"
        if save
        else "Hypothèse, rien n'est enregistré :"
    )
    for line in told:
        click.echo(f"  et si… {line}")
    for title, rows in outcome_lines(found):
        click.echo(f"\n{title}")
        print_table(("  " + first, *rest) for first, *rest in rows)


def _taken_up(session: Session, name: str) -> tuple[Supposition, ...]:
    if not name:
        return ()
    kept, lost = suppositions_of(session, scenario_named(session, name))
    for told in lost:
        click.echo(f"Laissé de côté : {told}.", err=True)
    return kept


def _nothing(session: Session) -> str:
    names = ", ".join(f"« {one.name} »" for one in scenarios(session))
    kept = f" Scénarios gardés : {names} (--scenario NOM)." if names else ""
    return (
        "Rien n'est supposé. Essayez : diag suppose UAI --fibre, ou "
        f"--answer debit_descendant=300.{kept}"
    )


def _suppositions(
    session: Session, asked: dict[str, object], first: tuple[Supposition, ...]
) -> tuple[Supposition, ...]:
    """Read every option in order, each seeing what those before suppose."""
    facts = supposed(session.facts, first)
    found: list[Supposition] = list(first)

    def suppose_one(*more: Supposition) -> None:
        nonlocal facts
        found.extend(more)
        facts = supposed(facts, more)

    if asked["fibre"]:
        suppose_one(*hypotheses.fibre(session))
    for text in _texts(asked["added"]):
        name, _, like = text.partition("=")
        suppose_one(hypotheses.added(facts, name, like))
    for text in _texts(asked["splits"]):
        name, _, donor = text.partition("=")
        suppose_one(hypotheses.split(session, facts, name, donor))
    for text in _texts(asked["closed"]):
        suppose_one(hypotheses.closed(facts, text))
    for text in _texts(asked["answers"]):
        question, _, rest = text.partition("=")
        raw, _, place = rest.partition("@")
        suppose_one(hypotheses.said(session, facts, question, raw, place))
    return tuple(found)


def _texts(option: object) -> tuple[str, ...]:
    assert isinstance(option, tuple)  # click's `multiple`
    return option


@click.command()
@subject_argument
@click.option("--with", "earlier", default="", help="Campagne (sinon la précédente).")
@campaign_option
@json_option
@click.pass_context
def compare(
    ctx: click.Context,
    ref: str,
    earlier: str,
    campaign: str | None,
    *,
    as_json: bool,
) -> None:
    """Dit ce qui a changé depuis le dernier audit de cette école."""
    # Judging costs 40 ms to import: only who judges pays for it.
    from diag.desk.bilan.compare import compared_with  # noqa: PLC0415
    from diag.desk.bilan.compare_words import comparison_json, comparison_lines  # noqa: PLC0415

    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        found = compared_with(session, earlier)
        sections = list(comparison_lines(session, found))
    if as_json:
        print_json({**about_json(session.about), **comparison_json(found)})
        return
    click.echo(f"De {found.campaign} à {found.now}")
    if found.edition_changed:
        click.echo(
            "Les grilles ont changé : l'ancien audit est rejugé par les grilles "
            "d'aujourd'hui ; ce que la méthode déplace est dit « grille changée »."
        )
    for title, rows in sections:
        click.echo(f"\n{title}")
        print_table(("  " + first, *rest) for first, *rest in rows)
