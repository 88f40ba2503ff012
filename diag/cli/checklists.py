"""`diag checklists`, `diag templates`: what a syndicat makes its own."""

import sys
from pathlib import Path

import click

from diag.checklist import shipped_checklists
from diag.cli.shared import (
    json_option,
    print_json,
    print_lines,
    print_table,
    workspace_command,
    workspace_of,
)
from diag.model.enums import PlaceKind
from diag.model.errors import DiagError
from diag.words.sentences import counted, first_few
from diag.workspace.checking import (
    NO_DICTIONARY,
    Checked,
    checked,
    respelled,
    situations_in,
)
from diag.workspace.disk import write_whole
from diag.workspace.workspace import Workspace


@click.group()
def checklists() -> None:
    """Montre vos changements des grilles, les éditions ; lit et écrit des grilles."""


@checklists.command()
@click.argument("old", metavar="[A]", default="livrée")
@click.argument("new", metavar="[B]", default="courante")
@json_option
@click.pass_context
def diff(ctx: click.Context, old: str, new: str, *, as_json: bool) -> None:
    """Dit ce qui diffère de A à B : dossiers, empreintes, « livrée », « courante ».

    Sans argument : ce que vos changements font aux grilles livrées.
    """
    # Reading and comparing editions: 60 ms that other commands do without.
    from diag.checklist.edition import differences  # noqa: PLC0415
    from diag.workspace.editions import (  # noqa: PLC0415
        difference_lines,
        edition_in,
        edition_named,
    )

    if Path(old).is_dir() and Path(new).is_dir():  # an author needs no workspace
        before, after = edition_in(Path(old)), edition_in(Path(new))
    else:
        with workspace_of(ctx) as workspace:
            before, after = (edition_named(workspace, one) for one in (old, new))
    for notice in filter(None, (before.notice, after.notice)):
        click.echo(notice, err=True)
    if as_json:
        found = differences(before.checklist, after.checklist)
        print_json({
            "before": before.digest,
            "after": after.digest,
            "differences": [
                {
                    "section": one.section,
                    "id": one.ident,
                    "fate": str(one.fate),
                    "fields": {
                        field.path: {"before": field.before, "after": field.after}
                        for field in one.fields
                    },
                }
                for one in found
            ],
        })
    else:
        print_lines(difference_lines(before, after))
    if before.notice or after.notice:
        sys.exit(1)


@checklists.command("list")
@workspace_command
def list_(workspace: Workspace, *, as_json: bool) -> None:
    """Liste les éditions gardées ici, et combien d'audits chacune juge."""
    from diag.workspace.editions import kept_editions  # noqa: PLC0415 - 60 ms

    kept = kept_editions(workspace)
    if as_json:
        print_json([one._asdict() for one in kept])
        return
    print_table(
        (one.digest[:12], one.version, counted(one.audits, "audit"), one.title)
        for one in kept
    )


@checklists.command()
def schema() -> None:
    """Écrit le schéma JSON de vos changements, pour que l'éditeur aide à les écrire."""
    from diag.checklist.files import overlay_schema  # noqa: PLC0415 - rare

    print_json(overlay_schema())


@checklists.command("import")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option(
    "--out",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Écrit le brouillon dans ce dossier ; sans lui, montre seulement.",
)
@click.option(
    "--columns",
    "typed",
    default="",
    metavar="COLONNE=CONTENU,…",
    help="Ce que tiennent les colonnes d'une grille Excel.",
)
@click.option(
    "--repeats",
    type=click.Choice(["batiment", "salle", "lot"]),
    default="salle",
    show_default=True,
    help="Les lieux que parcourent les boucles d'un XLSForm.",
)
def import_grid(file: Path, folder: Path | None, typed: str, repeats: str) -> None:
    """Lit une grille Excel ou un XLSForm : un brouillon de grille, montré d'abord.

    Dit chaque question et ce qu'elle devient, puis, ligne par ligne, tout ce qui n'a
    pas d'équivalent. Avec --out, écrit des fichiers YAML et les vérifie : ils posent
    des questions et ne jugent rien.
    """
    from diag.imports.grids import read_grid  # noqa: PLC0415 - XML, for workbooks only
    from diag.imports.grids.draft import files_of  # noqa: PLC0415

    draft, held = read_grid(file, typed, repeats)
    for name, content in held.items():
        click.echo(f"{name} → {content}")
    print_table(
        (str(one.line), one.id, str(one.type), str(one.place), one.label)
        for one in draft.questions
    )
    print_lines(map(str, draft.unsupported))
    many = counted(len(draft.questions), "question")
    left = counted(
        len(draft.unsupported), "point sans équivalent", "points sans équivalent"
    )
    click.echo(f"{draft.title}, feuille « {draft.sheet} » : {many}, {left}.")
    if not draft.questions:
        raise DiagError("Ce classeur ne pose aucune question que diag sache poser.")
    if folder is None:
        click.echo("Rien n'est écrit : ajoutez --out DOSSIER.", err=True)
        return
    if folder.exists() and any(folder.iterdir()):
        raise DiagError(f"{folder} n'est pas vide. Donnez un dossier neuf.")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files_of(draft).items():
        write_whole(folder / name, text.encode())
        click.echo(str(folder / name))
    result = _check(folder, spelling=False)
    _print_problems(result, f"{folder} : {result.summary}")


@checklists.command("export")
@click.argument("file", metavar="FICHIER", type=click.Path(path_type=Path))
@click.option("--xlsform", is_flag=True, required=True, help="En XLSForm (ODK, Kobo).")
@click.option(
    "--for",
    "kind",
    type=click.Choice(["ecole", "commune", "syndicat"]),
    default="ecole",
    show_default=True,
    help="Quel audit.",
)
@click.option(
    "--from",
    "edition",
    default="courante",
    show_default=True,
    metavar="ÉDITION",
    help="Livrée, courante, un dossier, ou le début d'une empreinte.",
)
@click.pass_context
def export_grid(
    ctx: click.Context, file: Path, kind: str, edition: str, *, xlsform: bool
) -> None:
    """Écrit une grille en XLSForm, et dit ce qui n'y a pas d'équivalent."""
    from diag.documents.tables.answers import xlsform_of  # noqa: PLC0415 - 100 ms
    from diag.workspace.editions import edition_named  # noqa: PLC0415

    assert xlsform
    with workspace_of(ctx) as workspace:
        named = edition_named(workspace, edition)
        day = workspace.world.today()
    form = xlsform_of(named.checklist, PlaceKind(kind), day)
    write_whole(file, form.content)
    print_lines(form.unsupported)
    click.echo(f"{file} : {counted(form.questions, 'question')}.")


_SPELLING = click.option(
    "--spelling",
    is_flag=True,
    help="Relit aussi l'orthographe, si un dictionnaire français est installé.",
)


@checklists.command("check")
@workspace_command
@_SPELLING
def check_overlay(workspace: Workspace, *, spelling: bool) -> None:
    """Vérifie vos changements, posés sur les grilles livrées."""
    overlay = workspace.overlay
    result = _check(shipped_checklists(), overlay, spelling=spelling)
    changed = counted(result.overlaid, "élément changé", "éléments changés")
    _print_problems(result, f"{overlay} : {changed} ; {result.summary}")


@click.command()
@click.argument(
    "folder", type=click.Path(path_type=Path), required=False, metavar="[DOSSIER]"
)
@click.option("--schema", is_flag=True, help="Écrit le schéma JSON pour les éditeurs.")
@click.option(
    "--situations",
    is_flag=True,
    help="Liste plutôt les faits jugés qui ne sont ni mieux ni pire : à relire.",
)
@_SPELLING
@json_option
def check(
    folder: Path | None,
    *,
    schema: bool,
    situations: bool,
    spelling: bool,
    as_json: bool,
) -> None:
    """Vérifie les grilles. Celles d'un dossier, sinon celles livrées avec diag."""
    if schema:
        from diag.checklist.files import json_schema  # noqa: PLC0415 - rare

        print_json(json_schema())
        return
    place = folder or shipped_checklists()
    if not place.is_dir():
        raise DiagError(f"{place} n'est pas un dossier. Donnez le dossier des grilles.")
    if situations:
        found = situations_in(place)
        if as_json:
            print_json([
                {
                    "question": one.question.id,
                    "label": one.question.label,
                    "criteria": list(one.criteria),
                }
                for one in found
            ])
            return
        print_table(
            (one.question.id, one.question.label, ", ".join(one.criteria))
            for one in found
        )
        click.echo(
            f"{place} : {counted(len(found), 'situation')} que les critères jugent "
            "sans dire ce qui est meilleur."
        )
        return
    result = _check(place, spelling=spelling)
    if not as_json:
        _print_problems(result, f"{place} : {result.summary}")
        return
    print_json([
        {
            "file": problem.file,
            "line": problem.line,
            "key": problem.key,
            "message": problem.message,
            "remedy": problem.remedy,
            "severity": problem.severity,
        }
        for problem in result.problems
    ])
    if any(problem.severity == "error" for problem in result.problems):
        sys.exit(1)


def _check(place: Path, overlay: Path | None = None, *, spelling: bool) -> Checked:
    result = checked(place, overlay)
    if not spelling:
        return result
    read = respelled(place, result, overlay)
    if read is None:
        click.echo(NO_DICTIONARY, err=True)
    return read or result


def _print_problems(result: Checked, head: str) -> None:
    """Print problems, the errors first, and how many; fail when one is an error."""
    ordered = sorted(result.problems, key=lambda one: one.severity != "error")
    print_lines(first_few(map(str, ordered)))
    if result.note:
        click.echo(result.note)
    errors = sum(problem.severity == "error" for problem in result.problems)
    notices = len(result.problems) - errors
    click.echo(
        f"{head} ; {counted(errors, 'erreur')}, {counted(notices, 'avertissement')}."
    )
    if errors:
        sys.exit(1)


_name = click.argument("name", metavar="[NOM]", default="")


@click.group()
def templates() -> None:
    """Met les documents à vos mots : copier, comparer, essayer."""


@templates.command("list")
@workspace_command
def list_templates(workspace: Workspace, *, as_json: bool) -> None:
    """Liste les modèles, et dit lesquels sont les vôtres."""
    # Jinja and the reports cost 100 ms to import: `diag --help` does without.
    from diag.documents.templates import templates as every  # noqa: PLC0415

    found = every(workspace)
    if as_json:
        print_json([
            {
                "name": one.name,
                "own": one.own is not None,
                "changed": one.own is not None and one.body != one.shipped,
                "outdated": one.is_outdated,
            }
            for one in found
        ])
        return
    print_table((one.name, one.words) for one in found)


@templates.command()
@workspace_command
@_name
def eject(workspace: Workspace, name: str) -> None:
    """Copie un modèle livré (tous, sans NOM) dans overlay/modeles, pour le changer."""
    from diag.documents.templates import eject as ejected  # noqa: PLC0415 - Jinja

    written = ejected(workspace, name)
    print_lines(map(str, written))
    if not written:
        click.echo("Rien à copier : tous les modèles sont déjà là.", err=True)


@templates.command("diff")
@workspace_command
@_name
def diff_template(workspace: Workspace, name: str) -> None:
    """Montre ce que vos modèles changent, et si le modèle livré a changé depuis."""
    from diag.documents.templates import chosen_templates, difference  # noqa: PLC0415

    wanted = chosen_templates(workspace, name)
    own = [one for one in wanted if one.own is not None]
    for one in own:
        print_lines(difference(one))
    if not own:
        click.echo("Vos documents suivent les modèles livrés.", err=True)


@templates.command("check")
@workspace_command
def check_templates(workspace: Workspace) -> None:
    """Essaie vos modèles et votre charte sur des audits inventés."""
    from diag.demo import problems_tried  # noqa: PLC0415 - Jinja
    from diag.documents.templates import templates as every  # noqa: PLC0415

    overlay = workspace.overlay
    found = every(workspace)
    made: list[str] = []
    problems = problems_tried(overlay, made.append)
    print_lines(problems)
    outdated = [one.name for one in found if one.is_outdated]
    for one in outdated:
        click.echo(
            f"{one} : avertissement : le modèle livré a changé depuis votre copie. "
            f"Voyez : diag templates diff {one}."
        )
    own = sum(one.own is not None for one in found)
    click.echo(
        f"{overlay} : {counted(own, 'modèle à vous', 'modèles à vous')} ; "
        f"{counted(len(made), 'document essayé', 'documents essayés')} ; "
        f"{counted(len(problems), 'erreur')}, "
        f"{counted(len(outdated), 'avertissement')}."
    )
    if problems:
        sys.exit(1)
