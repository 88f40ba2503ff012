"""Erasing for ever: a person, found wherever a name is held; a campaign.

A campaign is purged by one person at its term, by two before it, a week apart.
"""

import json
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import count
from pathlib import Path
from typing import Any, NamedTuple

from diag.audit.erasing import (
    PendingErasure,
    is_own_and_fresh,
    note_asks,
    pending_in,
    pending_words,
)
from diag.audit.session import AuditSession, listed
from diag.journal import changes, exchange, seals, subjects
from diag.journal.asks import (
    ErasureAsk,
    asks_of,
    audits_asking,
    confirmed_erasures,
    due_at,
    is_sole_author,
)
from diag.journal.attachments import drop_unnamed
from diag.journal.ingest import mark_of
from diag.journal.journal import get_setting, put_setting
from diag.journal.outbox import Outbox
from diag.journal.people import (
    Mention,
    PersonName,
    RetiredAudit,
    drop_from_quarantine,
    mentions,
    retire,
    retired,
    unread_mentions,
)
from diag.journal.revision import Json, NewRevision
from diag.journal.subjects import AnswerTopic, EvidenceTopic, PhotoTopic
from diag.model.errors import DiagError
from diag.model.text import accept, fold
from diag.office import retention
from diag.sync.trust import read_enrolments
from diag.words.dates import day_words, time_words
from diag.words.sentences import counted
from diag.workspace.backup import (
    ERASED,
    Forgotten,
    remember_erasures,
    remember_forgotten,
)
from diag.workspace.disk import write_whole
from diag.workspace.subjects import audits
from diag.workspace.workspace import Workspace

_SHORTEST = 3
"""Letters: shorter, a name is found everywhere."""

KINDS = {
    "VisitTopic": "visite",
    "NoteTopic": "note",
    "PhotoTopic": "photo",
    "ObservationTopic": "observation",
    "EvidenceTopic": "fichier d'un autre outil",
    "DispatchTopic": "envoi",
    "FollowTopic": "suite donnée",
    "PlaceTopic": "lieu",
    "AnswerTopic": "réponse",
    "WordingTopic": "reformulation",
    "OwnTopic": "préconisation ajoutée",
    "ScenarioTopic": "scénario",
}
"""What holds a name, in words."""


@dataclass(frozen=True, slots=True)
class PersonNamed:
    """Where a person is named."""

    name: PersonName
    mentions: tuple[Mention, ...]
    forgotten: Forgotten
    """What no revision holds: the directory, typed addresses, the outbox."""

    def __bool__(self) -> bool:
        return bool(self.mentions or any(self.forgotten))


@dataclass(frozen=True, slots=True)
class PersonErased:
    """What became of a person's name."""

    erased: int
    rewritten: int
    photos: int
    """Photos, and files of measures."""
    refused: int
    """Lines of the quarantine."""
    asked: int
    """Modifications that another person is to confirm; masked meanwhile."""
    proof: Path
    clean: bool
    """No old page is left; False when another program reads a file, or for want of
    room on the disk."""


def kind_of(mention: Mention) -> str:
    """Return what holds the name, in words: « visite »."""
    topic = subjects.parse(mention.revision.subject)
    return KINDS.get(type(topic).__name__, "autre")


def find_person(workspace: Workspace, wanted: str) -> PersonNamed:
    """Find a person by name, or by the label of a colleague.

    Raises:
        DiagError: when what was typed is too short to be a name.
    """
    people = workspace.settings.people
    text = people.get(wanted, wanted)
    if len(fold(text).replace(" ", "")) < _SHORTEST:
        raise DiagError(
            f"« {text[:20]} » est trop court pour chercher une personne : donnez son "
            "nom, ou son prénom et son nom."
        )
    name = PersonName(text)
    labels = [
        label
        for label, known in people.items()
        if label == wanted or (wanted not in people and name.spans(known))
    ]
    posted = Outbox(workspace.journal).all()
    addresses: dict[str, Json] = get_setting(workspace.journal, "mail_addresses", {})
    return PersonNamed(
        name,
        mentions(workspace.journal, name),
        Forgotten(
            labels,
            [key for key, owner in addresses.items() if name.is_in(owner)],
            [each.ident for each in posted if name.is_in([*each.dispatch.to])],
        ),
    )


def forget(
    workspace: Workspace, found: PersonNamed, chosen: Sequence[Mention], reason: str
) -> PersonErased:
    """Erase mentions of a person, history included; other words are written again.

    What others wrote, or what left this laptop, is asked to be: another person
    confirms it. What still stands is first rewritten without the name, by a revision
    that names it as its only parent: a conflict stays one. A photo leaves whole: a
    picture whose caption names a person likely shows that person; so does a file of
    measures that the person allowed: its bytes hold the name.

    Raises:
        DiagError: when something could not be written.
    """
    journal, origin = workspace.journal, workspace.origin
    rewritten = [*filter(None, (_rewritten(found.name, one) for one in chosen))]
    own = [one for one in chosen if is_own_and_fresh(workspace, one.revision)]
    erasures = [
        changes.erased(one.revision.audit, one.revision.id, reason) for one in own
    ]
    erasures += [
        changes.erased(audit, ident, reason)
        for audit, ident in unread_mentions(journal, found.name)
    ]
    to_ask = [one.revision for one in chosen if one not in own]
    mine = {
        ask.target
        for audit in {one.audit for one in to_ask}
        for ask in asks_of(journal, audit)
        if ask.author == origin.author and not ask.stopped_by
    }
    asks = [  # beside what another asks: over it, theirs would stand no more
        replace(changes.erasure_asked(one.audit, one.id, reason), parents=())
        for one in to_ask
        if one.id not in mine
    ]
    written = journal.write_many([*rewritten, *asks, *erasures], origin)
    remember_erasures(workspace.folder, written[len(rewritten) + len(asks) :])
    note_asks(workspace)
    if any(found.forgotten):
        remember_forgotten(workspace, found.forgotten)
    photos, clean = 0, True
    if any(map(_is_attached, chosen)):
        photos, clean = drop_unnamed(journal)
    refused = drop_from_quarantine(journal, found.name)
    clean = journal.compact() and clean
    proof = prove(
        workspace,
        {
            "what": "personne",
            "reason": reason,
            "counts": dict(Counter(map(kind_of, chosen))),
            "left": len(found.mentions) - len(chosen),
            "audits": sorted({one.revision.audit for one in chosen}),
            "revisions": [one.revision.id for one in chosen],
            "photos": photos,
            "directory": len(found.forgotten.labels),
            "addresses": len(found.forgotten.addresses),
            "messages": len(found.forgotten.messages),
        },
    )
    done = (len(own), len(rewritten), photos, refused, len(to_ask))
    return PersonErased(*done, proof, clean)


def _is_attached(mention: Mention) -> bool:
    """Return whether what names the person has bytes beside it, and leaves whole."""
    topic = subjects.parse(mention.revision.subject)
    return isinstance(topic, PhotoTopic | EvidenceTopic)


def _rewritten(name: PersonName, mention: Mention) -> NewRevision | None:
    """Return the text to write instead; None for what leaves whole."""
    revision = mention.revision
    if not mention.is_current or _is_attached(mention):
        return None
    before: Any = revision.value
    after: Any = name.taken_from(before)
    if isinstance(subjects.parse(revision.subject), AnswerTopic):
        try:  # a choice is not words: it leaves whole
            is_text = before["value"] == after["value"] or " " in before["value"]
        except (KeyError, TypeError):
            is_text = False
        if not is_text:
            return None
    draft = NewRevision(revision.audit, revision.subject, after)
    return replace(draft, parents=(revision.id,))


_TOLD = "erasures.told"
"""The erasures of what one wrote that were shown to its author, once."""

_REVIEWERS = {"review", "admin"}


def erasure_news(workspace: Workspace, rights: Sequence[str]) -> list[str]:
    """Return what is to be known of erasures, in French: asked for, and carried out.

    `rights`: those that hubs give to this laptop: who reviews is shown every ask, an
    author those of what they wrote, and once who erased it, who asked, why.
    """
    journal, settings = workspace.journal, workspace.settings
    lines = [
        pending_words(pending)
        for pending in pending_everywhere(workspace)
        if pending.author == settings.author or _REVIEWERS.intersection(rights)
    ]
    told = get_setting(journal, _TOLD, [])
    news = [
        one
        for one in confirmed_erasures(journal)
        if one.author == settings.author and one.by != one.author and one.id not in told
    ]
    if news and not journal.readonly:
        put_setting(journal, _TOLD, [*told, *(one.id for one in news)])
    titles = (
        {one.audit.id: one.about.title for one in listed(workspace)} if news else {}
    )
    for gone, times in Counter(one._replace(id="") for one in news).items():
        where = f", {titles[gone.audit]}" if gone.audit in titles else ""
        asker, many = gone.asker, counted(times, "modification")
        asked = f"demandé par {settings.name_of(asker)}, confirmé"
        lines.append(
            f"Effacé pour toujours, que vous aviez écrit ({many}{where}) : "
            f"{asked if asker else 'sans demande,'} par "
            f"{settings.name_of(gone.by)} ({gone.reason})."
        )
    return lines


def pending_everywhere(workspace: Workspace) -> list[PendingErasure]:
    """Return the erasures that are asked for in every audit, stopped ones included."""
    asking = {*audits_asking(workspace.journal)}
    return [
        pending
        for one in (listed(workspace) if asking else ())
        if one.audit.id in asking
        for pending in pending_in(AuditSession(workspace, one.audit, one.about))
    ]


_PURGED = "purged_campaigns"


class PurgeWay(StrEnum):
    """By whom a campaign may be purged."""

    AT_TERM = "at_term"
    """One person: its day is past. An administrator, where a hub gives rights."""
    UNSENT = "unsent"
    """One person: all of it is theirs, and never left this laptop."""
    BY_TWO = "by_two"
    """One asks, another confirms a week later; alone, who writes alone does both."""


class PurgePreview(NamedTuple):
    """What a purge would erase, or ask for."""

    campaign: str
    audits: tuple[str, ...]
    """Ids, those purged before included: something may have come since."""
    revisions: int
    current: bool
    """It is the campaign in which one works."""
    way: PurgeWay
    asks: Mapping[str, tuple[ErasureAsk, ...]]
    """Audit → the asks to erase it whole that stand; none for one that is retired."""
    due: Collection[str]
    """Audits that this person may erase now."""

    @property
    def to_ask(self) -> tuple[str, ...]:
        """The audits whose erasure nobody asks for yet."""
        if self.way is not PurgeWay.BY_TWO:
            return ()
        return tuple(audit for audit, asks in self.asks.items() if not asks)


class Purged(NamedTuple):
    """What a purge erased."""

    audits: int
    revisions: int
    photos: int
    proof: Path
    clean: bool
    """No old page is left; False when another program reads a file, or for want of
    room on the disk."""


def preview_purge(workspace: Workspace, campaign: str) -> PurgePreview:
    """Return what a purge would erase, or ask for.

    Raises:
        DiagError: when there is no audit of that campaign.
    """
    journal = workspace.journal
    kept = _purged(workspace).get(campaign, [])
    found = [one.id for one in audits(journal) if one.campaign == campaign]
    wanted = tuple(dict.fromkeys([*found, *kept]))
    if not wanted:
        known = sorted({one.campaign for one in audits(journal)})
        raise DiagError(
            f"Aucun audit de la campagne « {campaign[:40]} ». "
            f"Campagnes d'ici : {', '.join(known) or 'aucune'}."
        )
    sums = {one.audit: one.revisions for one in journal.manifest()}
    gone = retired(journal)
    live = [one for one in wanted if one not in gone]
    way = _find_way(workspace, campaign, live)
    asks = {one: _asks_to_erase(workspace, one) for one in live}
    due: Collection[str] = wanted
    if way is PurgeWay.BY_TWO:  # one asked, and this person is another, or alone
        author, now = workspace.settings.author, workspace.world.clock()
        is_alone = is_sole_author(journal, author)
        due = [
            audit
            for audit, asked in asks.items()
            if any(is_alone or one.author != author for one in asked)
            and now >= _due_at(workspace, asked)
        ]
    count = sum(sums.get(each, 0) for each in live)
    is_current = campaign == workspace.campaign
    return PurgePreview(campaign, wanted, count, is_current, way, asks, due)


def _find_way(workspace: Workspace, campaign: str, live: Collection[str]) -> PurgeWay:
    if retention.is_term_past(workspace, campaign):
        return PurgeWay.AT_TERM
    journal, author = workspace.journal, workspace.settings.author
    sent = exchange.held_by_hubs(journal)
    is_unsent = all(
        audit not in sent
        and not seals.seals_of(journal, audit)
        and {by for _, by, _ in seals.authored_in(journal, audit)} <= {author}
        for audit in live
    )
    return PurgeWay.UNSENT if is_unsent else PurgeWay.BY_TWO


def _asks_to_erase(workspace: Workspace, audit: str) -> tuple[ErasureAsk, ...]:
    """Return the asks to erase a whole audit that nobody stopped."""
    asks, mark = asks_of(workspace.journal, audit), mark_of(audit)
    return tuple(one for one in asks if one.target == mark and not one.stopped_by)


def _due_at(workspace: Workspace, asks: Collection[ErasureAsk]) -> int:
    seen = note_asks(workspace)
    admins = seals.administrators(workspace.journal)
    return due_at(asks, min(seen.get(one.id, one.at) for one in asks), admins)


def check_right(workspace: Workspace, plan: PurgePreview) -> None:
    """Refuse who is no administrator where a hub gives rights.

    Raises:
        DiagError: so; nothing was written.
    """
    hubs = read_enrolments(workspace.folder)
    rights = {
        one.partition("=")[2] or hub.right for hub in hubs for one in hub.territories
    }
    if hubs and plan.way is not PurgeWay.UNSENT and "admin" not in rights:
        raise DiagError(
            "Effacer toute une campagne demande le droit « admin » : l'administrateur "
            "du serveur le fait, ou peut en donner une invitation. Rien n'est changé."
        )


def ask_for_purge(workspace: Workspace, plan: PurgePreview, reason: str) -> int:
    """Ask that audits be erased whole by another person; return how many.

    Raises:
        DiagError: an empty reason, or one too long; nothing is asked.
    """
    why = accept(reason, "reason", line=True)
    drafts = [changes.erasure_asked(one, mark_of(one), why) for one in plan.to_ask]
    workspace.journal.write_many(drafts, workspace.origin)
    note_asks(workspace)
    return len(drafts)


def stop_purge(workspace: Workspace, plan: PurgePreview, reason: str) -> int:
    """Stop what was asked of a whole campaign; return of how many audits.

    Raises:
        DiagError: when nothing was, or the reason is none.
    """
    why = accept(reason, "reason", line=True)
    drafts = [
        changes.erasure_stopped(audit, one.target, one.id, why)
        for audit, asks in plan.asks.items()
        for one in asks
    ]
    if not drafts:
        raise DiagError(f"Personne ne demande d'effacer la campagne {plan.campaign}.")
    workspace.journal.write_many(drafts, workspace.origin)
    return len({draft.audit for draft in drafts})


def purge_news(workspace: Workspace) -> list[str]:
    """Return who asks for which campaign to be erased, and who may confirm when."""
    journal = workspace.journal
    asking = {*audits_asking(journal)}
    found: dict[str, list[ErasureAsk]] = {}
    for audit in audits(journal) if asking else ():
        if audit.id in asking:
            found.setdefault(audit.campaign, []).extend(
                _asks_to_erase(workspace, audit.id)
            )
    lines = []
    for campaign, asks in sorted(found.items()):
        if asks:
            is_alone = is_sole_author(journal, workspace.settings.author)
            other = "vous confirmez" if is_alone else "une autre personne confirme"
            first = min(asks, key=lambda one: one.at)
            who = workspace.settings.name_of(first.author)
            many = counted(len({one.target for one in asks}), "audit")
            lines.append(
                f"{who} demande depuis le {day_words(first.at)} d'effacer pour "
                f"toujours la campagne {campaign}, {many} : {first.reason}. À partir "
                f"du {time_words(_due_at(workspace, asks))}, {other} : diag rgpd purge "
                f"{campaign}. Pour s'y opposer : diag rgpd purge {campaign} --stop "
                "--reason …"
            )
    return lines


def purge(workspace: Workspace, plan: PurgePreview, reason: str) -> Purged:
    """Erase the audits of a campaign, each in one commit; done again, it completes.

    Raises:
        DiagError: when one could not be erased: those before it are.
    """
    journal, origin = workspace.journal, workspace.origin
    doomed = [one for one in plan.audits if one in plan.due]
    campaigns = {**_purged(workspace), plan.campaign: list(plan.audits)}
    put_setting(journal, _PURGED, campaigns)
    posted = [one.ident for one in Outbox(journal).all() if one.audit in doomed]
    gone: list[RetiredAudit] = []
    try:
        for audit in doomed:
            by_other = ""
            if plan.way is PurgeWay.BY_TWO:  # the ask that this confirms
                asks = plan.asks[audit]
                others = [one for one in asks if one.author != origin.author]
                by_other = (others or asks)[0].id
            gone.append(retire(journal, audit, reason, origin, by_other))
    finally:
        remember_erasures(
            workspace.folder, (line for one in gone for line in one.erasures)
        )
    revisions = [each for one in gone for each in one.erased]
    if posted:
        remember_forgotten(workspace, Forgotten(messages=posted))
    photos, clean = drop_unnamed(journal)
    clean = journal.compact() and clean
    proof = prove(
        workspace,
        {
            "what": "campagne",
            "campaign": plan.campaign,
            "reason": reason,
            "audits": doomed,
            "counts": {"modifications": len(revisions), "photos": photos},
            "revisions": revisions,
        },
    )
    return Purged(len(doomed), len(revisions), photos, proof, clean)


def _purged(workspace: Workspace) -> dict[str, list[str]]:
    found = get_setting(workspace.journal, _PURGED)
    return found if isinstance(found, dict) else {}


def prove(workspace: Workspace, told: dict[str, Any]) -> Path:
    """Write the proof of an act: what kind, when, by whom, how many, which ids."""
    settings = workspace.settings
    day = workspace.world.today()
    body = {"on": day.isoformat(), "by": settings.author, **told}
    folder = workspace.folder / ERASED
    folder.mkdir(exist_ok=True)
    names = (f"preuve-{day}-{number:02}.json" for number in count(1))
    path = next(folder / name for name in names if not (folder / name).exists())
    text = json.dumps(body, ensure_ascii=False, indent=2, sort_keys=True)
    write_whole(path, text.encode("utf-8") + b"\n")
    return path
