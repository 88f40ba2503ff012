"""`diag review`; of an audit: advice reworded, ranked, voted, followed; visits."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import click

from diag.audit import advising, remarks
from diag.audit import follow as following
from diag.audit.follow import (
    digest_to_accept,
    relayed_words,
    signature_json,
    standing_words,
)
from diag.audit.remarks import slips_typed
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.votes import votes_of
from diag.cli.shared import (
    Among,
    Day,
    about_json,
    agree_to_let_out,
    audit_command,
    audit_of,
    campaign_option,
    json_option,
    let_out_option,
    print_json,
    print_lines,
    print_table,
    subject_argument,
    undo_words,
    workspace_of,
)
from diag.journal.signatures import standing_word
from diag.model.audit import FollowUp
from diag.model.enums import READERS, Audience, Decision, FollowUpState, Owner
from diag.model.votes import AidRange, DecisionList
from diag.office import supervision
from diag.words.dates import day_words, describe_day, written_day
from diag.words.sentences import counted, euros, euros_between, sentence
from diag.words.vocabulary import PART_WORDS, PARTS


@click.command()
@audit_command
@click.argument("recommendation", metavar="PRÉCONISATION")
@click.argument("audience", type=Among(READERS))
@click.option("--title", help="Le titre, en une ligne.")
@click.option("--why", help="Pourquoi (mairie, equipe, academie).")
@click.option("--decision", help="Ce qui est à voter (mairie).")
@click.option("--meanwhile", help="Que faire en attendant (equipe).")
@click.option("--how", help="Comment s'y prendre (technique).")
@click.option("--as-declared", is_flag=True, help="Revenir aux mots des grilles.")
def reword(
    session: AuditSession,
    /,
    recommendation: str,
    audience: Audience,
    *,
    as_declared: bool,
    **parts: str | None,
) -> None:
    """Dit une préconisation autrement à un destinataire ; sans option, la montre."""
    ident = advising.find_advice(session, recommendation)
    words = {name: text for name, text in parts.items() if text is not None}
    if as_declared or words:
        wording = advising.reword(
            session, ident, audience, {} if as_declared else words
        )
    else:
        wording = remarks.current_wording(session, ident, audience)
    for name in PARTS[audience]:
        click.echo(f"{PART_WORDS[name]} : {getattr(wording, name)}")


@click.command()
@subject_argument
@click.argument("recommendation", required=False, metavar="[PRÉCONISATION]")
@click.option("--up", "by", flag_value=-1, type=int, help="Un rang plus haut.")
@click.option("--down", "by", flag_value=1, type=int, help="Un rang plus bas.")
@click.option("--as-computed", is_flag=True, help="Revenir à l'ordre calculé.")
@campaign_option
@click.pass_context
def reorder(
    ctx: click.Context,
    ref: str,
    recommendation: str | None,
    by: int | None,
    campaign: str | None,
    *,
    as_computed: bool,
) -> None:
    """Change le rang d'une préconisation ; sans option, montre l'ordre."""
    if (by is None) is not (recommendation is None):
        raise click.UsageError("Donnez une préconisation et --up ou --down.")
    with audit_of(ctx, ref, campaign) as session:
        if as_computed:
            advising.as_computed(session)
        elif recommendation is not None and by is not None:
            advising.move(session, advising.find_advice(session, recommendation), by)
        lines = list(advising.order(session))
    print_lines(lines)


@click.command()
@audit_command
@click.argument("title", metavar="TITRE")
@click.option(
    "--owner",
    default=str(Owner.COMMUNE),
    show_default=True,
    type=Among(Owner),
    help="Qui agit.",
)
@click.option("--why", default="", help="Pourquoi.")
@click.option("--criterion", default="", help="Critère qu'elle corrige.")
@click.option("--cost", "euros", default="", help="Estimation en euros HT.")
@click.option("--delay", default="", help="Délai : P7D, P6M, P1Y…")
@click.option(
    "--remove", is_flag=True, help="Retirer celle de cet identifiant (ou son numéro)."
)
def recommend(
    session: AuditSession,
    title: str,
    owner: Owner,
    *,
    remove: bool,
    **details: str,
) -> None:
    """Ajoute une préconisation de l'ingénieur ; les documents la disent."""
    if remove:
        advising.remove_own(session, advising.find_advice(session, title))
        click.echo("Retirée ; l'historique la garde (annulable : diag audit undo).")
        return
    own = advising.add_own(session, title, owner=owner, **details)
    click.echo(f"Ajoutée : {own.title} ({own.id})")


@click.command()
@audit_command
@click.option("--date", "day", type=Day(), help="Jour de la visite (sinon ce jour).")
@click.option("--present", multiple=True, help="Qui est venu ; répétable.")
@click.option("--met", multiple=True, help="Qui a été rencontré ; répétable.")
@click.option("--authorisation", default="", help="Accord de la commune : qui, quand.")
@click.option("--correct", type=Day(), help="Jour d'une visite déjà notée, à corriger.")
def visit(
    session: AuditSession,
    day: date | None,
    present: tuple[str, ...],
    met: tuple[str, ...],
    authorisation: str,
    correct: date | None,
) -> None:
    """Enregistre une visite sur place, ou corrige celle d'un jour."""
    former = following.visit_on(session, correct) if correct else None
    added = following.add_visit(
        session,
        day or correct or session.workspace.world.today(),
        present=present or (former.present if former else ()),
        met=met or (former.met if former else ()),
        authorisation=authorisation or (former.authorisation if former else ""),
        corrects=former,
    )
    click.echo(f"Visite enregistrée : {written_day(added.date)}")


@click.command()
@audit_command
@click.argument("recommendation", metavar="PRÉCONISATION")
@click.argument("state", type=Among(FollowUpState))
@click.option("--on", "day", type=Day(), help="Date de la décision, de la commande…")
@click.option("--due", type=Day(), help="Date convenue : à faire avant.")
@click.option("--by", default="", help="Qui a décidé : conseil municipal, comité…")
@click.option("--why", default="", help="Pourquoi.")
def follow(
    session: AuditSession,
    recommendation: str,
    state: FollowUpState,
    day: date | None,
    due: date | None,
    by: str,
    why: str,
) -> None:
    """Note ce que devient une préconisation ; les étapes passées restent."""
    when = day or session.workspace.world.today()
    step = FollowUp(
        recommendation=advising.find_advice(session, recommendation),
        state=state,
        on=when.isoformat(),
        due=due.isoformat() if due else "",
        by=by,
        why=why,
    )
    following.add_step(session, step)
    click.echo(f"Suite enregistrée : {recommendation}, {state}, {when}")


@click.group(invoke_without_command=True)
@json_option
@click.pass_context
def review(ctx: click.Context, *, as_json: bool) -> None:
    """Liste les audits à relire. Soumis, ou descellés depuis qu'on les a acceptés.

    On les soumet par « diag audit status UAI --set soumis ». Un audit accepté se
    descelle dès qu'on y écrit : seule une nouvelle acceptation y remédie. La dernière
    colonne est l'empreinte de ce qui sera accepté.
    """
    if ctx.invoked_subcommand:
        return
    with workspace_of(ctx) as workspace:
        found = supervision.to_review(workspace)
        if as_json:
            print_json([
                {
                    **about_json(one.session.about),
                    "campaign": one.session.audit.campaign,
                    "status": str(one.status),
                    "author": one.author,
                    "at": one.at,
                    "comment": one.comment,
                    "to_accept": digest_to_accept(one.session),
                    "signature": signature_json(
                        workspace.settings, one.session.signature
                    ),
                }
                for one in found
            ])
            return
        print_table(
            (
                one.session.about.ref,
                one.session.audit.campaign,
                day_words(one.at),
                one.who,
                one.session.about.title,
                standing_words(workspace.settings, one.status, one.session.signature),
                digest_to_accept(one.session)[:12],
            )
            for one in found
        )
    if not found:
        click.echo("Aucun audit n'attend de relecture.")


@review.command()
@audit_command
@click.option("--comment", default="", help="Un mot pour l'ingénieur.")
@click.option(
    "--digest",
    default="",
    metavar="EMPREINTE",
    help="Celle que vous avez relue (diag review) : refuse si l'audit a changé.",
)
@click.option("--alone", is_flag=True, help="Même si vous y avez écrit : tout le dira.")
def accept(session: AuditSession, comment: str, digest: str, *, alone: bool) -> None:
    """Accepte un audit soumis, ou descellé : sans conflit, et d'un autre que vous."""
    supervision.accept(session, comment, seen=digest, alone=alone)
    word = standing_word(session.status, session.signature)
    click.echo(f"{session.about.title} : {word}.")
    if relayed := relayed_words(session):
        click.echo(relayed, err=True)


@review.command("return")
@audit_command
@click.option("--comment", required=True, help="Ce qu'il faut compléter.")
def return_(session: AuditSession, comment: str) -> None:
    """Retourne un audit soumis, avec un motif que l'ingénieur lira."""
    supervision.give_back(session, comment)
    click.echo(f"{session.about.title} : retourné, {comment}")


@click.command()
@audit_command
def votes(session: AuditSession, *, as_json: bool) -> None:
    """Dit ce que le conseil vote : gelé à la clôture, sinon proposé à ce jour."""
    report = report_of(session)
    is_frozen = report.frozen is not None
    found = votes_of(report) if is_frozen else advising.votes_today(session)
    steps = advising.steps_standing(session)
    if as_json:
        print_json(_votes_json(found, steps, is_frozen=is_frozen))
        return
    version = f", version {found.version}"
    state = f"gelés le {describe_day(found.day)}{version}" if is_frozen else "non gelés"
    click.echo(f"{session.about.title} : {counted(len(found.votes), 'vote')}, {state}")
    refs = found.refs if is_frozen else {}
    for one in found.votes:
        spent = f"brut {euros(one.spent.gross)}, net {euros(one.spent.net)}"
        click.echo(f"{one.number:>3}  {one.title} : {spent}")
        named = [f"{refs.get(each, '')} {each}".strip() for each in one.actions]
        details = (one.where, one.session, one.nature.words, ", ".join(named))
        click.echo(f"     {' · '.join(filter(None, details))}")
        if one.aid:
            span = euros_between(one.aid.low, one.aid.high)
            click.echo(f"     aide, si elle est accordée : {span}")
        if became := advising.state_words(one, steps):
            click.echo(f"     → {became}")
    for line in found.aside:
        if line.spent.gross:
            click.echo(f"  –  Sans vote : {line.title}, {euros(line.spent.gross)}")
    if found.gross:
        sums = f"brut {euros(found.gross)}, net {euros(found.net)}"
        click.echo(f"     Ensemble : {sums}")
    for missing in found.missing:
        click.echo(f"  ?  {sentence(missing)}")
    for asked in found.questions:
        where = f", {asked.where}" if asked.where else ""
        who = f"{asked.whom}, {asked.minutes} min"
        click.echo(f"  ?  {asked.label}{where} ({who}) : {asked.opens}")


@click.command()
@audit_command
@click.argument("recommendation", metavar="PRÉCONISATION")
@click.option("--with", "into", default="", help="Rejoindre le vote de celle-ci.")
@click.option("--alone", is_flag=True, help="En faire un vote à part.")
@click.option("--due", type=Day(), help="Le jour avant lequel agir.")
@click.option("--title", default="", help="Ce qui est voté, 60 caractères au plus.")
@click.option("--otherwise", default="", help="Ce qui reste sinon, 110 au plus.")
@click.option("--why", default="", help="Le motif, que l'historique garde.")
@click.option("--as-computed", is_flag=True, help="Revenir à ce qui était calculé.")
@click.option("--dry-run", is_flag=True, help="Montrer les votes, sans rien écrire.")
@let_out_option
def vote(
    session: AuditSession,
    recommendation: str,
    into: str,
    due: date | None,
    *,
    alone: bool,
    as_computed: bool,
    dry_run: bool,
    let_out: bool,
    **words: str,
) -> None:
    """Regroupe, reformule ou déplace un vote avant la clôture ; dit ce qui change."""
    hand = None
    if not as_computed:
        into = recommendation if alone else into
        hand = advising.handled(session, recommendation, into=into, due=due, **words)
    before, after = advising.preview_hand(session, recommendation, hand)
    if hand and not dry_run:
        agree_to_let_out(
            slips_typed(session, hand.title, hand.otherwise), let_out=let_out
        )
    if not dry_run:
        advising.record_hand(session, recommendation, hand)
    print_lines(advising.changed_words(before, after))
    noted = f"Noté. {undo_words(session)}"
    click.echo("Rien n'est écrit : c'est un aperçu." if dry_run else noted)


@click.command()
@audit_command
@click.argument("number", metavar="VOTE", type=click.IntRange(min=1))
@click.argument("decision", type=Among(Decision))
@click.option("--on", "day", type=Day(), required=True, help="Le jour du conseil.")
@click.option("--reason", default="", help="La délibération ; il la faut pour un non.")
@click.option("--due", type=Day(), help="La nouvelle date d'un vote ajourné.")
def decide(
    session: AuditSession,
    number: int,
    decision: Decision,
    day: date,
    reason: str,
    due: date | None,
) -> None:
    """Note ce que le conseil a décidé d'un vote gelé, pour toutes ses actions."""
    one = advising.frozen_vote(session, number)
    steps = advising.decide(session, one, decision, day, reason=reason, due=due)
    words = advising.state_words(one, advising.steps_standing(session))
    many = counted(len(steps), "action notée", "actions notées")
    click.echo(f"Vote {number}, {one.title} : {words}")
    click.echo(f"{many}. {undo_words(session)}")


def _votes_json(
    found: DecisionList, steps: Mapping[str, FollowUp], *, is_frozen: bool
) -> dict[str, Any]:
    """Return a list for a program: as it is kept, its sums, what became of its votes.

    `state` is that of all actions of a vote, null where they differ or have none.
    """
    kept = found.model_dump(mode="json")
    for each, one in zip(kept["votes"], found.votes, strict=True):
        each["spent"] |= {"gross": one.spent.gross, "net": one.spent.net}
        each["class"] = each.pop("tier")
        if one.aid:
            each["aid"] |= _aid_json([one.aid])
        each["steps"] = {
            ident: {name: getattr(steps[ident], name) for name in _OF_STEP}
            for ident in one.actions
            if ident in steps
        }
        states = {
            steps[ident].state if ident in steps else None for ident in one.actions
        }
        each["state"] = states.pop() if len(states) == 1 else None
    for name in ("aside", "pending"):
        for each in kept[name]:
            each["class"] = each.pop("tier")
    sums: dict[str, object] = {
        "gross": found.gross,
        "fctva": found.fctva,
        "net": found.net,
        "aid": _aid_json(found.aids),
    }
    return {"frozen": is_frozen, **kept, **sums}


def _aid_json(aids: Sequence[AidRange]) -> dict[str, int] | None:
    """Return the sum of what schemes may pay; None: all of it is to be asked."""
    if not aids:
        return None
    low, high = (sum(getattr(one, end) for one in aids) for end in ("low", "high"))
    return {"low": low, "high": high}


_OF_STEP = ("state", "on", "by", "why", "due")
