"""Syncs with the office: hubs known, what waits, the sync, its page, photos let go."""

import os
import platform
import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import asdict
from pathlib import Path
from typing import Any, NamedTuple

from diag.audit.follow import claim_news
from diag.audit.photos import photos_of
from diag.audit.session import AuditSession
from diag.journal import exchange
from diag.journal.attachments import (
    AttachmentStore,
    NamedAttachment,
    dropping_erased,
    of_closed_audits,
)
from diag.journal.bundles import withheld
from diag.journal.errors import JournalError
from diag.journal.facts import audits
from diag.journal.journal import get_setting, put_setting
from diag.model.audit import Auditee, Photo
from diag.model.errors import DiagError
from diag.office import bundles
from diag.office.erasing import erasure_news, purge_news
from diag.office.outlook import unsettled
from diag.office.sealing import Sealing, admit_withheld, key_of_hub, withheld_words
from diag.sync.exchange import CLOCK_DOUBT, ExchangeEvent, Progress, SyncResult
from diag.sync.keys import renew_signing_key
from diag.sync.meeting import open_transport, synchronise_with
from diag.sync.protocol import FILES, PAGE_LINES, ProblemError, Transport
from diag.sync.transfer import Transfer, is_metered
from diag.sync.trust import (
    Enrolment,
    alone,
    drop_enrolment,
    read_enrolments,
    read_invitation,
    write_private,
)
from diag.words.dates import gap_words
from diag.words.sentences import counted, listed, number
from diag.workspace.settings import learn_names
from diag.workspace.subjects import auditee_of
from diag.workspace.workspace import Workspace


def hubs(workspace: Workspace) -> tuple[Enrolment, ...]:
    """Return the hubs that know this laptop.

    Raises:
        DiagError: when what is kept of one cannot be read.
    """
    return read_enrolments(workspace.folder)


def names_of(known: Iterable[Enrolment]) -> Mapping[str, str]:
    """Return hub → its name; those that share one bear their id.

    A hub made anew at the same address is another one, of the same name.
    """
    listed = tuple(known)
    shared = Counter(one.name for one in listed)
    return {
        one.hub: f"{one.name} ({one.hub})" if shared[one.name] > 1 else one.name
        for one in listed
    }


def _find_hub(workspace: Workspace, name: str) -> Enrolment:
    known = hubs(workspace)
    names = names_of(known)
    found = [one for one in known if name in {"", one.url, one.name, names[one.hub]}]
    if len(found) == 1:
        return found[0]
    if not known:
        raise _unknown_here()
    listed = ", ".join(names.values())
    raise DiagError(f"Donnez le nom du serveur, un de ceux-ci : {listed}.")


def _unknown_here() -> DiagError:
    return DiagError(
        "Aucun serveur ne connaît ce poste. Demandez une invitation à "
        "l'administrateur du serveur, puis inscrivez ce poste.",
        command="diag sync enrol INVITATION",
    )


def forget(workspace: Workspace, name: str) -> Enrolment:
    """Forget a hub, by its name or its address; return what was known of it.

    Raises:
        DiagError: when no hub, or several, are called so.
    """
    known = hubs(workspace)
    names = names_of(known)
    found = [
        one for one in known if name in {one.name, one.url, one.hub, names[one.hub]}
    ]
    if len(found) != 1:
        named = ", ".join(f"{names[one.hub]}, {one.url}" for one in known) or "aucun"
        raise DiagError(
            f"« {name} » désigne plusieurs serveurs. Donnez un nom entier : {named}."
            if found
            else f"« {name} » ne désigne pas un serveur de ce poste. Donnez son nom ou "
            f"son adresse : {named}."
        )
    drop_enrolment(workspace.folder, found[0])
    return found[0]


_ENROLLING = "enrol.lock"


def enrol(workspace: Workspace, invitation: str) -> Enrolment:
    """Have this laptop let in by the hub of an invitation.

    What waits for a hub that lets it in anew leaves first, by the right that ends: the
    new one may be less. A hub lets no signing key in twice: a copy of this laptop,
    revoked, may hold it.

    Raises:
        DiagError: when it is not.
    """
    invited = read_invitation(invitation)
    if any(hub.url == invited.url for hub in hubs(workspace)):
        with suppress(DiagError):  # no network, or revoked already: it waits on
            run(workspace, lambda _phase, _done, _total: None)
    from diag.sync import http  # noqa: PLC0415 - 120 ms that others do without

    settings = workspace.settings
    device = f"{settings.name_of(settings.author)}, {platform.node()}"
    asked = (workspace.folder, invitation, device, settings.author)
    with alone(workspace.folder / _ENROLLING):  # else another window changes the key
        try:
            hub = http.enrol(*asked, bundles.signing_key(workspace))
        except ProblemError as problem:
            if problem.kind != "known-key":
                raise
            renew_signing_key(workspace.folder, settings.device)
            hub = http.enrol(*asked, bundles.signing_key(workspace))
    if hub.key:
        bundles.ring_of(workspace).keep_hub(hub.name, hub.key)
    return hub


# What waits here.


class Waiting(NamedTuple):
    """What one audit has that the office lacks, as far as this laptop remembers."""

    audit: str
    about: Auditee | None
    """None while its subject is unknown, or once it was purged."""
    revisions: int

    @property
    def title(self) -> str:
        """Return whom it is about, as a command names it."""
        if self.about is None:
            return f"audit effacé, ou inconnu ici ({self.audit[:8]})"
        return f"{self.about.name} ({self.about.ref})"


def waiting(workspace: Workspace, hub: Enrolment) -> tuple[Waiting, ...]:
    """Return what is not at the office yet, audit by audit; asks nobody."""
    return _waiting(workspace, exchange.unsettled(workspace.journal, hub.hub))


def _waiting(
    workspace: Workspace, counts: Iterable[tuple[str, int]]
) -> tuple[Waiting, ...]:
    """Return what waits of audits, with whom each is about."""
    counts = tuple(counts)
    known = {audit.id: audit for audit in audits(workspace.journal)} if counts else {}
    return tuple(
        Waiting(
            audit,
            auditee_of(workspace, known[audit]) if audit in known else None,
            revisions,
        )
        for audit, revisions in counts
    )


def count_waiting(workspace: Workspace) -> int:
    """Return how many modifications a hub has not yet: the one that lacks most.

    Raises:
        DiagError: when what is kept of a hub, or the journal, cannot be read.
    """
    counts = [
        sum(lines for _, lines in exchange.unsettled(workspace.journal, hub.hub))
        for hub in hubs(workspace)
    ]
    return max(counts, default=0)


def waiting_words(workspace: Workspace) -> Iterator[str]:
    """Give what bundles brought here and does not enter yet, and what lets it in."""
    found = withheld(workspace.journal)
    held = _waiting(workspace, ((one.revision.audit, 0) for one in found))
    titles = {one.audit: one.title for one in held}
    yield from withheld_words(found, titles.__getitem__, workspace.settings.name_of)


# The sync, and what it did.

_LAST = "sync.last"

_SHOWN = 5
"""Audits that are named, of those that differ, on both sides or between people."""

_UNKNOWN_CAUSE = "recommencez ; si cela dure, prévenez l'administrateur du serveur."

_MINUTE = 60_000


def run(
    workspace: Workspace,
    progress: Progress,
    cancelled: Callable[[], bool] = lambda: False,
    *,
    commit_lines: int = PAGE_LINES,
    light: bool | None = None,
) -> tuple[SyncResult, ...]:
    """Sync with every hub that knows this laptop; keep and return what happened.

    `commit_lines`: most lines of a durable commit: few, while somebody types. `light`:
    photos wait, thumbnails pass; None: where the system takes the line to be paid by
    volume.

    Raises:
        DiagError: when no hub does, or the workspace is read-only.
    """
    found = hubs(workspace)
    if not found:
        raise _unknown_here()
    journal = workspace.journal
    if journal.readonly:
        raise DiagError(journal.notice)
    free_space(workspace.folder)
    event = ExchangeEvent(progress, cancelled, commit_lines=commit_lines)
    event.light = is_metered() if light is None else light
    now = workspace.world.clock

    def steps(office: Transport, hub: Enrolment) -> Sealing:
        """Return what this sync does of seals."""
        return Sealing(workspace, office, key_of_hub(hub))

    with dropping_erased(journal):
        outcomes = tuple(
            synchronise_with(journal, hub, event, now(), steps) for hub in found
        )
        admit_withheld(workspace)
    outcomes[-1].freed = let_go(workspace, outcomes)
    names = names_of(found)
    for outcome in outcomes:
        outcome.name = names[outcome.hub]
        learn_names(workspace, outcome.people)
        outcome.people = {}  # names live in one place
        outcome.there = []  # proven for this once
        named = _waiting(workspace, ((audit, 0) for audit in outcome.causes))
        outcome.causes = {one.title: outcome.causes[one.audit] for one in named}
    rights = [hub.right for hub in found]
    outcomes[-1].erasures = erasure_news(workspace, rights) + purge_news(workspace)
    outcomes[-1].present = [*claim_news(workspace)]
    outcomes[-1].withheld = [*waiting_words(workspace)]
    if any(outcome.pulled for outcome in outcomes):
        differing = list[str]()
        with suppress(JournalError):  # a damaged audit is told where it is opened
            differing = sorted(unsettled(journal, journal.manifest()))
        named = _waiting(workspace, ((audit, 0) for audit in differing))
        titles = [one.title for one in named]
        if titles:
            outcomes[-1].unsettled = [f"À trancher : {listed(titles, _SHOWN)}."]
    put_setting(journal, _LAST, [asdict(outcome) for outcome in outcomes])
    reserve_space(workspace.folder)
    return outcomes


def last(workspace: Workspace) -> tuple[SyncResult, ...]:
    """Return what happened the last time, hub by hub."""
    return tuple(
        SyncResult(**kept) for kept in get_setting(workspace.journal, _LAST, [])
    )


def what_stays(outcome: SyncResult) -> str:
    """Return why something of this laptop is not at a hub; empty when all of it is."""
    reasons = [outcome.problem] if outcome.problem else outcome.refused
    return "\n".join(f"{outcome.name} : {reason}" for reason in reasons)


def words_of(outcome: SyncResult) -> Iterable[str]:
    """Give what happened, line by line."""
    yield (
        f"{outcome.name} : {counted(outcome.pushed, 'modification')} "
        f"{_plural(outcome.pushed, 'envoyée')}, "
        f"{counted(outcome.pulled, 'reçue')} ; "
        f"{counted(outcome.sent, 'pièce jointe', 'pièces jointes')} "
        f"{_plural(outcome.sent, 'envoyée')}, "
        f"{counted(outcome.received, 'reçue')}."
    )
    yield from (f"Refusé : {reason}" for reason in outcome.refused)
    if outcome.withdrawn:
        yield (
            f"{counted(outcome.withdrawn, 'modification')} d'un paquet, que rien ne "
            f"prouve : {_plural(outcome.withdrawn, 'mise')} de côté."
        )
    if outcome.given_back:
        yield (
            f"{counted(outcome.given_back, 'effacement')} d'une seule personne, trop "
            "tard : la valeur revient à la prochaine synchronisation. Demandez-le "
            "alors, et un autre que vous confirme."
        )
    yield from outcome.strangers
    yield from outcome.erasures
    yield from outcome.present
    yield from outcome.unsettled
    yield from outcome.withheld
    yield from _files_words(outcome)
    if outcome.unread:
        yield (
            f"{counted(outcome.unread, 'modification')} d'une version plus récente de "
            f"diag : {_plural(outcome.unread, 'gardée')} ici et "
            f"{_plural(outcome.unread, 'transmise')}. Mettez diag à jour pour "
            f"{'la' if outcome.unread == 1 else 'les'} lire."
        )
    if outcome.freed:
        yield (
            f"{counted(outcome.freed, 'photo')} d'audits clos "
            f"{'a' if outcome.freed == 1 else 'ont'} quitté ce poste : "
            "le bureau les a. « Photos » dans la visite, ou diag audit photo SUJET "
            "fetch, les redemande."
        )
    if outcome.unequal:
        many = counted(len(outcome.unequal), "audit")
        yield f"{many} : pas encore le même des deux côtés."
        for title, why in [*outcome.causes.items()][:_SHOWN]:
            yield f"  {title} : {why or _UNKNOWN_CAUSE}"
    if abs(outcome.clock_gap) > CLOCK_DOUBT:
        way = "avance" if outcome.clock_gap > 0 else "retarde"
        gap = gap_words(abs(outcome.clock_gap) // _MINUTE)
        yield (
            f"L'horloge de ce poste {way} de {gap} sur celle du serveur : "
            "réglez-la. Rien n'est perdu, l'ordre des réponses n'en dépend pas."
        )
    if outcome.problem:
        yield outcome.problem
    elif outcome.is_whole:
        yield "Tout ce qui est ici est au bureau, et l'inverse."


def _files_words(outcome: SyncResult) -> Iterable[str]:
    """Give which attachments are still to pass, and what they wait for."""
    if outcome.awaited:
        yield (
            f"{counted(outcome.awaited, 'pièce jointe', 'pièces jointes')} pas encore "
            f"{_plural(outcome.awaited, 'reçue')} : le serveur les attend d'un autre "
            "poste."
        )
    if outcome.deferred:
        weight = number(f"{outcome.deferred_bytes / 2**20:.1f}")
        yield (
            f"{counted(outcome.deferred, 'pièce jointe', 'pièces jointes')} "
            f"({weight} Mo) {'attend' if outcome.deferred == 1 else 'attendent'} une "
            "connexion qui n'est pas payée au volume ; les vignettes n'attendent pas."
        )


def _plural(count: int, word: str) -> str:
    return word if count < 2 else f"{word}s"  # noqa: PLR2004 -- French plural


# The page of a hub.


def open_supervision(workspace: Workspace, name: str = "") -> tuple[str, Path | None]:
    """Return the address of a hub's page, good once within a minute, and its authority.

    The authority is a file that a browser may be given; None for a public one.

    Raises:
        DiagError: when no hub, or several, are called so, or it refuses.
    """
    hub = _find_hub(workspace, name)
    with closing(open_transport(hub)) as line:
        address = line.open_page()
    if not hub.authority:
        return address, None
    path = workspace.folder / "hubs" / f"{hub.hub}.crt"
    write_private(path, hub.authority.encode("ascii"))
    return address, path


def read_supervision(workspace: Workspace, name: str) -> dict[str, Any]:
    """Return what the page of a hub shows, for a program.

    Raises:
        DiagError: when no hub, or several, are called so, or it refuses.
    """
    with closing(open_transport(_find_hub(workspace, name))) as line:
        return line.supervision()


# Photos that the office keeps.

AT_OFFICE = "au bureau"
"""It was here; every hub had it when it left."""

AWAITED = "pas encore reçue"
"""It was joined on another laptop, and has not come."""


class Fetched(NamedTuple):
    """What came of asking."""

    received: int
    awaited: int
    """How many no hub has."""
    problem: str
    """Why a hub gave nothing, in French; empty when each answered."""


def absent(session: AuditSession) -> dict[str, str]:
    """Return the photos of an audit whose picture is not here: id → where it is."""
    attachments = AttachmentStore(session.workspace.folder)
    here, gone = attachments.sizes(), attachments.gone()
    return {
        photo.id: AT_OFFICE if photo.sha in gone else AWAITED
        for photo in photos_of(session)
        if photo.sha not in here
    }


def fetch(workspace: Workspace, photos: Iterable[Photo]) -> Fetched:
    """Ask the hubs that know this laptop for pictures, one hub after the other.

    May run in another thread: nothing of the journal is read.

    Raises:
        DiagError: when no hub knows this laptop, or a picture cannot be kept.
    """
    wanted = {one.sha: NamedAttachment(one.sha, one.size, one.mime) for one in photos}
    asked, problem = len(wanted), ""
    found = hubs(workspace)
    if not found:
        raise DiagError(
            "Aucun serveur ne connaît ce poste : l'image reste sur le poste qui l'a "
            "jointe. Un paquet de ce collègue l'apporte aussi."
        )
    for hub in found:
        office = open_transport(hub)
        try:
            hello = office.hello()
            transfer = Transfer(workspace.journal, hello.limits)
            transfer.several = FILES in hello.features
            transfer.take(office, wanted.values())
        except DiagError as error:
            problem = str(error)
        finally:
            office.close()
        here = AttachmentStore(workspace.folder).sizes()
        wanted = {sha: one for sha, one in wanted.items() if sha not in here}
        if not wanted:
            break
    return Fetched(asked - len(wanted), len(wanted), problem if wanted else "")


_SINCE = "photos.at_every_hub"
"""Photos that may leave → when a sync first found them at every hub, milliseconds."""

_DAY = 24 * 3600 * 1000


def let_go(workspace: Workspace, outcomes: Sequence[SyncResult]) -> int:
    """Remove the photos that may leave, after a sync with every hub; return how many.

    One may once its audit is closed and two syncs, a day apart, found it at every hub.
    A sync that stopped short proves nothing: nothing leaves.

    Raises:
        JournalError: when the photos cannot be written.
    """
    if any(outcome.problem for outcome in outcomes):
        return 0
    journal, now = workspace.journal, workspace.world.clock()
    photos = AttachmentStore(workspace.folder)
    # A hub asks for nothing of an audit that it does not know: the log must be equal.
    behind = {audit for outcome in outcomes for audit in outcome.unequal}
    for outcome in outcomes:
        behind |= {audit for audit, _ in exchange.unsettled(journal, outcome.hub)}
    everywhere = set(photos.sizes()).intersection(*(one.there for one in outcomes))
    closed = of_closed_audits(journal)
    before: Any = get_setting(journal, _SINCE, {})
    since = {
        sha: before.get(sha, now)
        for sha in sorted(everywhere)
        if sha in closed and not closed[sha] & behind
    }
    # A clock that jumped shortens the wait, it never makes it last for years.
    due = [sha for sha, at in since.items() if abs(now - at) >= _DAY]
    if due:
        photos.let_go(due)
        with suppress(JournalError):  # a full disk: free pages serve the next photos
            photos.compact()
    left = {sha: at for sha, at in since.items() if sha not in due}
    if left != before:
        put_setting(journal, _SINCE, left)
    return len(due)


# Room held for a full disk.

FILE = "lest"
"""File of the workspace that holds room for a full disk; anyone may delete it."""

SIZE = 20 * 2**20
"""Bytes: some 50,000 modifications."""

_PLENTY = 50 * SIZE
"""What must be free for it to be taken."""


def free_space(folder: Path) -> bool:
    """Give the room back where there is less than that; return whether it was."""
    path = folder / FILE
    if not path.exists() or shutil.disk_usage(folder).free >= SIZE:
        return False
    with suppress(OSError):
        path.unlink()
        return True
    return False


def reserve_space(folder: Path) -> None:
    """Set room aside, where there is plenty; that it fails is no matter."""
    path = folder / FILE
    if path.exists() or shutil.disk_usage(folder).free < _PLENTY:
        return
    part = path.with_suffix(".part")
    try:
        part.write_bytes(os.urandom(SIZE))  # zeros would take no room on some disks
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
