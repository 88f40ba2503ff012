"""Forgetting a person: found wherever a name is held, shown, then erased for ever."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from diag.audit.erasing import (
    PendingErasure,
    is_own_and_unsent,
    note_asks,
    pending_in,
    pending_words,
)
from diag.audit.session import AuditSession, listed
from diag.journal import changes, subjects
from diag.journal.asks import ConfirmedErasure, audits_asking, confirmed_erasures
from diag.journal.attachments import drop_unnamed
from diag.journal.journal import get_setting, put_setting
from diag.journal.outbox import Outbox
from diag.journal.people import (
    Mention,
    PersonName,
    drop_from_quarantine,
    mentions,
    unread_mentions,
)
from diag.journal.revision import Json, NewRevision
from diag.journal.subjects import AnswerTopic, EvidenceTopic, PhotoTopic
from diag.model.errors import DiagError
from diag.model.text import fold
from diag.words.sentences import counted
from diag.workspace.people import Forgotten, prove, remember, remember_forgotten
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
    """No old page is left; False when another program has the journal open."""


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
    own = [one for one in chosen if is_own_and_unsent(workspace, one.revision)]
    erasures = [
        changes.erased(one.revision.audit, one.revision.id, reason) for one in own
    ]
    erasures += [
        changes.erased(audit, ident, reason)
        for audit, ident in unread_mentions(journal, found.name)
    ]
    asks = [
        changes.erasure_asked(one.revision.audit, one.revision.id, reason)
        for one in chosen
        if one not in own
    ]
    written = journal.write_many([*rewritten, *asks, *erasures], origin)
    remember(workspace.folder, written[len(rewritten) + len(asks) :])
    note_asks(workspace)
    if any(found.forgotten):
        remember_forgotten(workspace, found.forgotten)
    photos = drop_unnamed(journal) if any(map(_is_attached, chosen)) else 0
    refused = drop_from_quarantine(journal, found.name)
    clean = journal.compact()
    proof = prove(workspace, _summarize(found, chosen, reason, photos=photos))
    done = (len(own), len(rewritten), photos, refused, len(asks))
    return PersonErased(*done, proof, clean)


def _is_attached(mention: Mention) -> bool:
    """Return whether what names the person has bytes beside it, and leaves whole."""
    topic = subjects.parse(mention.revision.subject)
    return isinstance(topic, PhotoTopic | EvidenceTopic)


def _rewritten(name: PersonName, mention: Mention) -> NewRevision | None:
    """Return the text to write instead; None for what leaves whole."""
    revision = mention.revision
    topic = subjects.parse(revision.subject)
    if not mention.is_current or _is_attached(mention):
        return None
    value = name.taken_from(revision.value)
    if isinstance(topic, AnswerTopic) and not _stays_an_answer(revision.value, value):
        return None
    draft = NewRevision(revision.audit, revision.subject, value)
    return replace(draft, parents=(revision.id,))


def _stays_an_answer(before: Any, after: Any) -> bool:
    """Return whether an answer is still one: a choice is not words."""
    try:
        text = before["value"]
        return bool(text == after["value"] or " " in text)
    except (KeyError, TypeError):
        return False


def _summarize(
    found: PersonNamed, chosen: Sequence[Mention], reason: str, *, photos: int
) -> dict[str, Any]:
    return {
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
    }


_TOLD = "erasures.told"
"""The erasures of what one wrote that were shown to its author, once."""

_REVIEWERS = {"review", "admin"}


def erasure_news(workspace: Workspace, rights: Sequence[str]) -> list[str]:
    """Return what is to be known of erasures, in French: asked for, and carried out.

    `rights`: those that hubs give to this laptop: who reviews is shown every ask, an
    author those of what they wrote, and once who erased it, who asked, why.
    """
    author = workspace.settings.author
    lines = [
        pending_words(pending)
        for pending in pending_everywhere(workspace)
        if pending.author == author or _REVIEWERS.intersection(rights)
    ]
    return lines + _carried_out(workspace)


def pending_everywhere(workspace: Workspace) -> list[PendingErasure]:
    """Return the erasures that are asked for in every audit, stopped ones included."""
    asking = {*audits_asking(workspace.journal)}
    return [
        pending
        for one in (listed(workspace) if asking else ())
        if one.audit.id in asking
        for pending in pending_in(AuditSession(workspace, one.audit, one.about))
    ]


def _carried_out(workspace: Workspace) -> list[str]:
    """Return the erasures of what this author wrote that they were not shown yet."""
    journal, settings = workspace.journal, workspace.settings
    told = get_setting(journal, _TOLD, [])
    news = [
        one
        for one in confirmed_erasures(journal)
        if one.author == settings.author and one.by != one.author and one.id not in told
    ]
    if news and not journal.readonly:
        put_setting(journal, _TOLD, [*told, *(one.id for one in news)])
    counts = Counter(one._replace(id="") for one in news)
    return [_gone_words(workspace, one, many) for one, many in counts.items()]


def _gone_words(workspace: Workspace, gone: ConfirmedErasure, many: int) -> str:
    """Return what its author reads of so many lines that are gone alike."""
    name_of = workspace.settings.name_of
    about = next((one for one in listed(workspace) if one.audit.id == gone.audit), None)
    where = f", {about.about.title}" if about else ""
    asker, lines = gone.asker, counted(many, "modification")
    how = f"demandé par {name_of(asker)}, confirmé" if asker else "sans demande,"
    return (
        f"Effacé pour toujours, que vous aviez écrit ({lines}{where}) : {how} par "
        f"{name_of(gone.by)} ({gone.reason})."
    )
