"""`diag programme envelope`, `lock`, `variant`…: what a person sets, and its effect."""

from collections.abc import Iterator, Sequence

import click

from diag.cli.programme import YEAR, board_command, named, programme_command, varied
from diag.cli.shared import print_json, print_lines, print_table, workspace_command
from diag.journal import subjects
from diag.model.errors import DiagError
from diag.model.programme import (
    CostSplit,
    EnvelopeState,
    JointPurchase,
    RightsRule,
    SharedWork,
    Variant,
    YearEnvelope,
)
from diag.model.text import exact
from diag.programme import history, setting
from diag.programme.assembling import Board, board_of
from diag.programme.container import EVERY, FRAME, RIGHTS, Container, opened
from diag.programme.history import (
    Rivals,
    revision_of,
    rivals_named,
    rivals_of,
)
from diag.programme.placing import Settled
from diag.programme.setting import lock_effect, lock_words
from diag.programme.terms import Purse
from diag.programme.words import named_words, purse_words, reason_words
from diag.words.sentences import cents_words, counted, letters, percent
from diag.workspace.workspace import Workspace

_SOURCE = click.option("--source", default="", help="D'où vient ce montant.")
_SECTION = click.option(
    "--section",
    default="investissement",
    show_default=True,
    help="Section du budget : investissement ou fonctionnement.",
)
_WHY = click.option("--why", default="", help="Pourquoi ; les communes le liront.")


@click.command()
@programme_command
@click.argument("payer", metavar="PAYEUR")
@click.argument("year", metavar="ANNÉE", type=YEAR)
@click.argument("amount", metavar="MONTANT")
@_SECTION
@click.option("--voted", is_flag=True, help="Votée ; sinon une hypothèse.")
@click.option("--carry", is_flag=True, help="Ce qui reste sert les années suivantes.")
@_SOURCE
@_WHY
@named
@varied
def envelope(
    container: Container,
    payer: str,
    year: int,
    amount: str,
    section: str,
    variant: str,
    *,
    voted: bool,
    carry: bool,
    **details: str,
) -> None:
    """Fixe ce qu'un payeur peut dépenser : syndicat ou commune:INSEE, une année."""
    purse = Purse(setting.payer_named(container, payer), setting.section_named(section))
    value = YearEnvelope(
        cents=setting.amount_typed(amount),
        state=EnvelopeState.VOTE if voted else EnvelopeState.HYPOTHESE,
        carry=carry,
        **details,
    )
    ident = container.variant_named(variant)
    setting.put(container, setting.envelope_subject(purse, year), value, ident)
    state = "votée" if voted else "hypothèse"
    click.echo(
        f"{purse.payer}, {year}, {section} : {cents_words(value.cents)}, {state}."
    )


@click.command()
@programme_command
@click.option(
    "--syndicat", required=True, help="Sa part de l'investissement, de 0 à 1."
)
@click.option("--recommendation", default=EVERY, help="Pour cette préconisation seule.")
@click.option(
    "--buyer",
    type=click.Choice(["commune", "syndicat"]),
    default="commune",
    show_default=True,
    help="Qui achète.",
)
@named
@varied
def split(
    container: Container, recommendation: str, variant: str, **given: str
) -> None:
    """Fixe la part que le syndicat paie de l'investissement ; la commune, le reste."""
    value = setting.checked(CostSplit, given)
    subject = subjects.programme(subjects.SPLITS, recommendation)
    setting.put(container, subject, value, container.variant_named(variant))
    part = percent(exact(value.syndicat))
    click.echo(f"Le syndicat paie {part} de l'investissement.")


@click.command()
@workspace_command
@click.option("--school", default="30", show_default=True, help="Poids d'une école.")
@click.option("--pupil", default="1", show_default=True, help="Poids d'un élève.")
@click.option("--ips-below", help="Compter l'IPS sous cette valeur.")
@click.option("--ips-step", help="De combien, par point d'IPS : 0.01.")
@click.option(
    "--rural", default="0", show_default=True, help="Commune de moins de 2 000."
)
@_WHY
@named
@varied
def rights(
    workspace: Workspace,
    ips_below: str | None,
    ips_step: str | None,
    slug: str,
    variant: str,
    **given: str,
) -> None:
    """Fixe comment l'argent du syndicat se partage entre les communes."""
    if bool(ips_below) != bool(ips_step):
        raise DiagError("L'IPS se compte avec --ips-below et --ips-step ensemble.")
    container = opened(workspace, slug)
    ips = {"below": ips_below, "step": ips_step} if ips_below else None
    value = setting.checked(RightsRule, {**given, "ips": ips})
    setting.put(container, RIGHTS, value, container.variant_named(variant))
    click.echo("Règle des droits de tirage notée.")


@click.command()
@programme_command
@click.argument("title", metavar="TITRE")
@click.option("--price", "prices", multiple=True, required=True, help="Un article.")
@click.option("--discount", required=True, help="Remise, de 0 à 1.")
@click.option("--from", "opens", type=YEAR, required=True, help="Premier budget.")
@click.option("--until", "closes", type=YEAR, required=True, help="Dernier budget.")
@click.option(
    "--at-least", type=click.IntRange(0), default=0, help="Quantité minimale."
)
@click.option(
    "--member", "members", multiple=True, help="Commune (INSEE) ; sinon toutes."
)
@named
@varied
def group(
    container: Container,
    title: str,
    prices: tuple[str, ...],
    discount: str,
    opens: int,
    closes: int,
    at_least: int,
    members: tuple[str, ...],
    variant: str,
) -> None:
    """Ouvre un achat groupé : des articles, une remise, des années, une quantité."""
    value = setting.checked(
        JointPurchase,
        {
            "title": title,
            "prices": prices,
            "discount": discount,
            "from": opens,
            "until": closes,
            "at_least": at_least,
            "members": [setting.insee_known(container, one) for one in members],
        },
    )
    subject = subjects.programme(subjects.PURCHASES, container.fresh())
    ident = container.variant_named(variant)
    setting.put(container, subject, value, ident)
    click.echo(f"Achat groupé noté : {title}, {opens}-{closes}.")
    candidates = board_of(container, ident).gathered.candidates.values()
    bought = {line.price for one in candidates for line in one.priced}
    for price in sorted({*prices} - bought):
        click.echo(f"Aucune opération n'achète encore « {price} ».")


@click.command()
@programme_command
@click.argument("title", metavar="TITRE")
@click.option("--once", required=True, help="Ce qu'elle coûte, en euros TTC.")
@click.option("--yearly", default="0", help="Par an ensuite, en euros TTC.")
@click.option("--points", default="0", help="Points de score pour chaque école.")
@click.option("--commune", "communes", multiple=True, required=True, help="INSEE.")
@named
@varied
def share(
    container: Container,
    title: str,
    once: str,
    yearly: str,
    points: str,
    communes: tuple[str, ...],
    variant: str,
) -> None:
    """Ajoute une opération partagée, que le syndicat paie sur les droits de chacune."""
    cents, running = setting.amount_typed(once), setting.amount_typed(yearly)
    value = setting.checked(
        SharedWork,
        {
            "title": title,
            "once": (cents,) * 3,
            "yearly": (running,) * 3,
            "points": points,
            "communes": [setting.insee_known(container, one) for one in communes],
        },
    )
    ident = container.fresh()
    subject = subjects.programme(subjects.SHARED, ident)
    setting.put(container, subject, value, container.variant_named(variant))
    click.echo(f"Opération partagée notée : {title} (shared/{ident[:8]}).")


@click.command()
@workspace_command
@click.argument("operation", metavar="OPÉRATION")
@click.option("--year", type=YEAR, help="Le budget imposé.")
@click.option("--out", is_flag=True, help="La laisser hors programme.")
@click.option("--by", default="", help="Qui l'impose.")
@_WHY
@click.option("--decision", default="", help="La décision qui l'impose.")
@click.option("--dry-run", is_flag=True, help="Montrer l'effet, sans rien écrire.")
@named
@varied
def lock(
    workspace: Workspace,
    operation: str,
    year: int | None,
    by: str,
    why: str,
    decision: str,
    slug: str,
    variant: str,
    *,
    out: bool,
    dry_run: bool,
) -> None:
    """Impose l'année d'une opération, avec un motif ; dit ce que cela déplace."""
    if bool(year) == out:
        raise DiagError("Donnez une année (--year), ou laissez-la dehors (--out).")
    container = opened(workspace, slug)
    ident = container.variant_named(variant)
    board = board_of(container, ident, afresh=False)
    name = setting.operation_named(board, operation)
    if year and year not in board.programme.years:
        raise DiagError(f"{year} n'est pas une année de ce programme.", about="year")
    effect = lock_effect(board, name, year)
    value = setting.lock_of(year, by, why, decision) if not dry_run else None
    click.echo(board.named(name).title)
    print_lines(lock_words(board, name, effect))
    if value:
        setting.put(container, setting.lock_subject(name), value, ident)
    click.echo("Noté." if value else "Rien n'est écrit : c'est un aperçu.")


@click.command()
@board_command
@click.argument("operation", metavar="OPÉRATION")
@named
@varied
def unlock(board: Board, operation: str) -> None:
    """Retire l'année imposée d'une opération."""
    name = setting.operation_named(board, operation)
    locks = setting.locks_of(board, name)
    if not locks:
        raise DiagError("Aucune année n'est imposée à cette opération.")
    for one in locks:
        setting.put(board.container, setting.lock_subject(one), None, board.variant)
    click.echo(f"Retiré : {board.named(name).title} reprend son tour.")


@click.command()
@board_command
@click.argument("operation", metavar="OPÉRATION")
@click.argument("payer", metavar="PAYEUR")
@click.argument("year", metavar="ANNÉE", type=YEAR)
@click.argument("amount", metavar="MONTANT")
@_SECTION
@_SOURCE
@_WHY
@named
@varied
def earmark(
    board: Board,
    operation: str,
    payer: str,
    year: int,
    amount: str,
    section: str,
    **details: str,
) -> None:
    """Réserve de l'argent à une seule opération, en plus des enveloppes."""
    container, name = board.container, setting.operation_named(board, operation)
    value = setting.kept_for(
        container,
        name,
        payer,
        year,
        setting.amount_typed(amount),
        section=str(setting.section_named(section)),
        **details,
    )
    subject = subjects.programme(subjects.EARMARKS, container.fresh())
    setting.put(container, subject, value, board.variant)
    whose = purse_words(board, Purse(value.payer, setting.section_named(section)))
    click.echo(f"{cents_words(value.cents)} réservés en {year} : {whose}.")


@click.command()
@programme_command
@click.argument("name", metavar="NOM")
@_WHY
@click.option("--lower", default="", help="Baisser les enveloppes : 2028:5 (%).")
@click.option(
    "--by-euro", is_flag=True, help="Sans faire passer d'abord ce qui bloque."
)
@named
def variant(
    container: Container, name: str, why: str, lower: str, *, by_euro: bool
) -> None:
    """Ouvre une variante : des changements nommés, sans copie du programme."""
    sets: dict[str, object] = {}
    if by_euro:
        sets[FRAME] = {"socle_first": False}
    if lower:
        sets |= setting.lowered(container, lower)
    subject = subjects.programme(subjects.VARIANTS, container.fresh())
    value = setting.checked(Variant, {"name": name, "why": why, "sets": sets})
    container.write(container.draft(subject, value))
    click.echo(f"Variante notée : {name}. Comparez : diag programme compare")


@click.command()
@board_command
@click.argument("which", default="", required=False, metavar="[NUMÉRO]")
@click.argument("letter", default="", required=False, metavar="[A|B]")
@named
def settle(board: Board, which: str, letter: str, *, as_json: bool) -> None:
    """Montre ce que deux personnes ont écrit différemment ; retient l'un des deux."""
    if not which:
        found = list(rivals_of(board))
        if as_json:
            print_json([
                {
                    "id": one.ident,
                    "subject": one.subject,
                    "words": one.words,
                    "values": [
                        {"author": each.plain_author, "words": each.words}
                        for each in one.values
                    ],
                }
                for one in found
            ])
            return
        print_lines(rival_lines(board.container.slug, found))
        if not found:
            click.echo("Rien à trancher.")
        return
    one = rivals_named(board, which)
    chosen = history.settle(board.container, one, letter)
    click.echo(f"Tranché : {one.words}, {chosen.words} ({chosen.author}).")


@click.command()
@programme_command
@click.option("--refonte", is_flag=True, help="Montrer celle qui repart de zéro.")
@named
def revise(container: Container, *, refonte: bool, as_json: bool) -> None:
    """Montre ce qui changerait de l'arrêté, en bougeant le moins, ou de zéro."""
    found = revision_of(container)
    if as_json:
        print_json({
            "placed": found.placed,
            "cents": found.cents,
            **{
                name: {
                    "placed": len(one.board.schedule.years),
                    "cents": one.cents,
                    "moved": [each._asdict() for each in one.moved],
                    "recosted": list(one.recosted),
                }
                for name, one in (("least", found.least), ("afresh", found.afresh))
            },
        })
        return
    print_table([
        ("", "Inscrites", "Coût, une fois", "Changent de place", "Changent de prix"),
        ("Arrêté", str(found.placed), cents_words(found.cents), "", ""),
        *(
            (
                name,
                str(len(one.board.schedule.years)),
                cents_words(one.cents),
                str(len(one.moved)),
                str(len(one.recosted)),
            )
            for name, one in (("Révision", found.least), ("Refonte", found.afresh))
        ),
    ])
    chosen = found.afresh if refonte else found.least
    board = chosen.board
    for moved in chosen.moved:
        before, after = str(moved.before or "hors"), str(moved.after or "hors")
        shown = board.named(moved.operation)
        is_known = moved.operation in board.schedule.placements
        why = reason_words(board, moved.operation) if is_known else "N'y est plus."
        click.echo(f"{before:>5} → {after:5} {shown.title}, {shown.where}")
        click.echo(f"       {why}")
    if not chosen.moved:
        click.echo("Aucune opération ne change de place.")
    over = [
        name
        for name, one in board.schedule.placements.items()
        if isinstance(one.reason, Settled) and one.reason.lacks
    ]
    if over:  # what was decided does not move, whatever was cut since
        one, many = "opération décidée dépasse", "opérations décidées dépassent"
        click.echo(f"{counted(len(over), one, many)} ce que l'enveloppe permet :")
    for name in over:
        click.echo(f"       {named_words(board, name)}. {reason_words(board, name)}")
    how = " --refonte" if refonte else ""
    click.echo(f"Pour l'arrêter : diag programme adopt --decision NUMÉRO{how}")


def rival_lines(slug: str, found: Sequence[Rivals]) -> Iterator[str]:
    """Give what is to be settled in a programme, and how."""
    if found:
        yield f"Programme {slug}"
    for one in found:
        yield f"  {one.ident}  {one.words}"
        for letter, each in zip(letters(), one.values, strict=False):
            yield f"    {letter} {each.words} ({each.author})"
    if found:
        yield "  Ensuite : diag programme settle NUMÉRO A"
