"""`diag audit profile`: how long the visit is, and what that leaves to ask."""

import click

from diag.cli.console import (
    campaign_option,
    json_option,
    print_json,
    print_table,
    subject_argument,
    workspace_of,
)
from diag.desk import audits
from diag.desk.visit.parcours import (
    PROFILES,
    Parcours,
    choose_profile,
    parcours_of,
    profile_named,
)


@click.command()
@subject_argument
@click.argument("parcours", required=False, metavar="[court|standard|complet]")
@campaign_option
@json_option
@click.pass_context
def profile(
    ctx: click.Context,
    ref: str,
    parcours: str | None,
    campaign: str | None,
    *,
    as_json: bool,
) -> None:
    """Choisit la durée de la visite, ou dit ce que chacune demanderait encore.

    Les minutes comptent les questions et les mesures ; ni la marche, ni les lieux qui
    restent à ajouter. Une réponse donnée hors du parcours compte comme les autres.
    """
    with workspace_of(ctx) as workspace:
        session = audits.open_session(workspace, ref, campaign)
        if parcours is not None:
            choose_profile(session, profile_named(parcours))
        found = parcours_of(session)
    if as_json:
        print_json([_told(one) for one in found])
        return
    print_table(
        (
            "*" if one.chosen else " ",
            one.name,
            PROFILES[one.profile][1],
            one.words,
        )
        for one in found
    )


def _told(one: Parcours) -> dict[str, object]:
    return {
        "profile": str(one.profile),
        "name": one.name,
        "chosen": one.chosen,
        "left": one.left,
        "maybe": one.maybe,
        "minutes": one.minutes,
        "minutes_most": one.minutes_most,
    }
