"""`diag audit …`: everything that is done to one audit."""

import click

from diag.cli.lazy import LazyGroup

COMMANDS = {
    "answer": "diag.cli.answering:answer",
    "close-places": "diag.cli.placing:close_places",
    "erase": "diag.cli.following:erase",
    "export": "diag.cli.keep:export",
    "follow": "diag.cli.following:follow",
    "history": "diag.cli.answering:history",
    "import": "diag.cli.keep:import_",
    "list": "diag.cli.starting:list_",
    "note": "diag.cli.answering:note",
    "photo": "diag.cli.photographing:photo",
    "place": "diag.cli.placing:place",
    "profile": "diag.cli.profiling:profile",
    "questions": "diag.cli.asking:questions",
    "recommend": "diag.cli.advising:recommend",
    "reorder": "diag.cli.advising:reorder",
    "reword": "diag.cli.advising:reword",
    "start": "diag.cli.starting:start",
    "status": "diag.cli.starting:status",
    "undo": "diag.cli.answering:undo",
    "upgrade": "diag.cli.upgrading:upgrade",
    "visit": "diag.cli.following:visit",
}
"""Subcommand → module and attribute."""


@click.group(cls=LazyGroup, places=COMMANDS)
def audit() -> None:
    """Mène un audit : lieux, réponses, visites, suites.

    SUJET est l'UAI d'une école, commune:INSEE ou syndicat:SIREN (« syndicat » : le
    vôtre).
    """
