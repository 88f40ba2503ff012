"""`diag conflicts`: answers that differ, and settling them."""

from functools import wraps
from itertools import chain
from typing import Any

import click

from diag.audit.session import AuditSession, open_session
from diag.cli.programme_set import rival_lines
from diag.cli.shared import (
    Act,
    about_json,
    audit_command,
    campaign_option,
    complete_subject,
    print_json,
    print_lines,
    provenance_option,
    workspace_command,
)
from diag.journal.revision import Revision
from diag.model.enums import Provenance
from diag.office import conflicts as settling
from diag.office import merging
from diag.office.conflicts import (
    Contested,
    card_lines,
    find_contested,
    title_line,
    unsettled_words,
)
from diag.programme.assembling import board_of
from diag.programme.container import all_of
from diag.programme.history import rivals_of
from diag.words.sentences import counted
from diag.workspace.workspace import Workspace


class _ListFirst(click.Group):
    """A group where a subject, or nothing, asks for the list."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put « list » before what is no subcommand."""
        known = {*self.commands, "-h", "--help"}
        if not args or args[0] not in known:
            args = ["list", *args]
        return super().parse_args(ctx, args)


@click.group("conflicts", cls=_ListFirst)
def conflicts_group() -> None:
    """Montre et tranche ce que plusieurs ont dit différemment.

    Sans commande : la liste, d'un audit si un SUJET est nommé, sinon de tous. Chaque
    conflit porte un numéro de huit caractères, qui change avec lui.
    """


@conflicts_group.command("list")
@workspace_command
@click.argument(
    "ref", metavar="[SUJET]", required=False, shell_complete=complete_subject
)
@campaign_option
def list_(
    workspace: Workspace, ref: str | None, campaign: str | None, *, as_json: bool
) -> None:
    """Liste les conflits d'un audit, ou de tout l'espace de travail."""
    if ref:
        sessions = [open_session(workspace, ref, campaign)]
    else:
        sessions = settling.sessions_of(workspace)
    if as_json:
        found = chain.from_iterable(map(settling.contested_of, sessions))
        print_json([_contested_json(one) for one in found])
        return
    count = 0
    for session in sessions:
        about, conflicts = session.about, settling.contested_of(session)
        twice = len(merging.proposals(session))
        if conflicts or twice:
            click.echo(f"{about.title} ({about.ref})")
        print_lines(f"  {title_line(one)}" for one in conflicts)
        if twice:
            campaign = session.audit.campaign
            other = f" --campaign {campaign}" * (campaign != workspace.campaign)
            many = unsettled_words(0, twice)
            click.echo(f"  {many} : diag conflicts places {about.ref}{other}")
        count += len(conflicts)
    if count:
        click.echo(f"{counted(count, 'conflit')} à trancher.")
        click.echo("Ensuite : diag conflicts show SUJET NUMÉRO")
    for container in () if ref else all_of(workspace):
        if container.contested:
            rivals = list(rivals_of(board_of(container, afresh=False)))
            print_lines(rival_lines(container.slug, rivals))
            count += len(rivals)
    if not count:
        click.echo("Aucun conflit.")


_which = click.argument("which", metavar="NUMÉRO|QUESTION")
_where = click.option("--place", default="", help="Nom du lieu de la question.")


def _conflict_command(act: Act) -> Act:
    """Find the conflict that `_which` names for a command, which takes it first."""

    @audit_command
    @wraps(act)
    def run(session: AuditSession, which: str, place: str = "", **options: Any) -> None:
        act(find_contested(session, which, place), **options)

    return run


@conflicts_group.command()
@_conflict_command
@_which
@_where
def show(one: Contested, *, as_json: bool) -> None:
    """Montre un conflit : le départ, qui a dit quoi et quand, ce que cela change."""
    if as_json:
        print_json(_contested_json(one))
        return
    print_lines(card_lines(one))


@conflicts_group.command()
@_conflict_command
@_which
@click.argument("letter", metavar="A|B")
@_where
def take(one: Contested, letter: str, *, as_json: bool) -> None:
    """Retient ce que dit un candidat ; « diag audit undo » y revient."""
    chosen = one.candidate(letter)
    written = settling.take(one, letter)
    _acknowledge(one, written, f"tranché, {chosen.words}", as_json=as_json)


@conflicts_group.command(context_settings={"ignore_unknown_options": True})
@_conflict_command
@_which
@click.argument("value", metavar="RÉPONSE")
@_where
@provenance_option
@click.option("--sure", is_flag=True, help="Confirme une valeur inhabituelle.")
def write(
    one: Contested,
    value: str,
    provenance: Provenance | None,
    *,
    sure: bool,
    as_json: bool,
) -> None:
    """Écrit une autre réponse à la place de toutes celles qui diffèrent."""
    written = settling.write(one, value, provenance=provenance, sure=sure)
    _acknowledge(one, written, f"tranché, {value}", as_json=as_json)


@conflicts_group.command()
@_conflict_command
@_which
@click.option("--comment", required=True, help="Pourquoi il reste ouvert.")
@_where
def leave(one: Contested, comment: str, *, as_json: bool) -> None:
    """Laisse le conflit ouvert, avec un commentaire dans la note."""
    written = settling.leave(one, comment)
    _acknowledge(one, written, "laissé ouvert, commentaire noté", as_json=as_json)


@conflicts_group.command()
@_conflict_command
@_which
def keep(one: Contested, *, as_json: bool) -> None:
    """Garde un lieu que l'un a retiré pendant qu'un autre y écrivait."""
    written = settling.keep(one)
    _acknowledge(one, written, "gardé", as_json=as_json)


@conflicts_group.command()
@_conflict_command
@_which
def remove(one: Contested, *, as_json: bool) -> None:
    """Retire un lieu malgré ce qui y a été écrit ; l'historique garde tout."""
    written = settling.remove(one)
    _acknowledge(one, written, "retiré", as_json=as_json)


@conflicts_group.command()
@audit_command
def places(session: AuditSession, ref: str, *, as_json: bool) -> None:
    """Propose les lieux créés chacun de son côté qui n'en font peut-être qu'un."""
    found = merging.proposals(session)
    if as_json:
        print_json([
            {
                "kept": one.kept.id,
                "other": one.other.id,
                "names": [one.kept.name, one.other.name],
                "why": one.why,
                "conflicts": one.conflicts,
            }
            for one in found
        ])
        return
    for one in found:
        print_lines(merging.merge_lines(one))
        ids = f"{one.kept.id} {one.other.id}"
        click.echo(f"  Ensuite : diag conflicts merge {ref} {ids}")
        click.echo(f"  ou bien : diag conflicts distinct {ref} {ids}")
    if not found:
        click.echo("Aucun lieu ne paraît créé deux fois.")


@conflicts_group.command()
@audit_command
@click.argument("kept", metavar="LIEU_GARDÉ")
@click.argument("other", metavar="LIEU")
def merge(session: AuditSession, ref: str, kept: str, other: str) -> None:
    """Fait lire deux lieux comme un seul ; « separate » les sépare de nouveau."""
    found = merging.merge_of(session, kept, other)
    merging.merge(found)
    print_lines(merging.merged_lines(found, ref))


@conflicts_group.command()
@audit_command
@click.argument("first", metavar="LIEU")
@click.argument("second", metavar="AUTRE_LIEU")
def distinct(session: AuditSession, first: str, second: str) -> None:
    """Dit que deux lieux sont différents : ils ne sont plus proposés."""
    merging.keep_apart(merging.merge_of(session, first, second))
    click.echo("Deux lieux différents : ils ne seront plus proposés, ici ni ailleurs.")


@conflicts_group.command()
@audit_command
@click.argument("place", metavar="LIEU")
def separate(session: AuditSession, place: str) -> None:
    """Sépare de nouveau des lieux lus comme un seul."""
    merging.separate(session, place)
    click.echo("Séparés : chacun a gardé ce qui en avait été dit.")


def _acknowledge(
    one: Contested, written: tuple[Revision, ...], words: str, *, as_json: bool
) -> None:
    if as_json:
        print_json({"revisions": [revision.id for revision in written]})
    else:
        click.echo(f"{one.about} : {words}.")


def _contested_json(one: Contested) -> dict[str, Any]:
    return {
        "id": one.id,
        **about_json(one.session.about),
        "campaign": one.session.audit.campaign,
        "about": one.about,
        "place": getattr(one.conflict.topic, "place", None),
        "question": getattr(one.conflict.topic, "question", None),
        "base": one.base or None,
        "heads": list(one.conflict.heads),
        "notes": list(one.notes),
        "photos": list(one.photos),
        "edits": list(one.edits),
        "candidates": [
            {
                "letter": each.letter,
                "revision": each.revision.id,
                "says": each.words,
                "author": each.author,
                "device": each.device,
                "proof": each.proof,
                "relayed_by": each.relayed_by,
                "at": each.at,
                "clock_suspect": each.suspect,
                "same": list(each.same),
                "score": one.score(each) or None,
            }
            for each in one.candidates
        ],
    }
