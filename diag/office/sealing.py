"""Seals of this laptop: what its author wrote is proven before it leaves."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from diag.audit.erasing import note_asks
from diag.audit.follow import move
from diag.audit.session import AuditSession
from diag.journal import seals
from diag.journal.attachments import dropping_erased
from diag.journal.bundles import Rules, Withheld, admit, withheld
from diag.journal.ingest import mark_of
from diag.journal.journal import get_setting, put_setting
from diag.journal.people import retired
from diag.journal.seals import Card, Signer, read_card
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError
from diag.sync.bundle import FORM, Header
from diag.sync.keys import KeyCard, Ring, read_device_keys
from diag.sync.protocol import ENVELOPES, REQUIRED, SEALS, Hello, Transport, Unproven
from diag.sync.trust import Enrolment, keep_enrolment, read_enrolments
from diag.words.dates import day_words
from diag.words.sentences import counted, of
from diag.workspace.workspace import Workspace

_READ = "seals.read"
"""Hub → number of the last line that it showed as not given by its author."""

_REQUIRED = "seals.required"
"""The hubs that were heard to require seals: they never go back on it."""

_OWN = "seals.own"
"""The keys of this workspace, former ones too."""


def seal(workspace: Workspace, *audits: str) -> int:
    """Seal what was written here since the last time; return how many seals.

    `audits`: which are looked at; all that changed when none is named. Nothing is
    sealed by who works alone, whom no hub nor colleague reads, nor where this device's
    keys cannot be read.
    """
    journal = workspace.journal
    if journal.readonly or not workspace.knows_author:
        return 0
    if not (read_enrolments(workspace.folder) or Ring(journal).cards):
        return 0
    changed = seals.audits_to_seal(journal)
    gone = retired(journal) if changed else ()  # nothing is written there
    wanted = [one for one in changed if one in audits or not audits if one not in gone]
    signer = signer_of(workspace) if wanted else None
    if signer is None:
        return 0
    _note_own(workspace, signer)
    if signer.key not in dict(seals.cards_of(journal)):
        since = workspace.world.clock()
        card = Card(signer.key, workspace.settings.author, "", (), since, 0)
        seals.keep_colleague(journal, card)
    origin = workspace.origin
    return sum(seals.seal(journal, one, signer, origin) for one in wanted)


def _note_own(workspace: Workspace, signer: Signer) -> None:
    own = get_setting(workspace.journal, _OWN, [])
    if signer.key not in own:
        put_setting(workspace.journal, _OWN, [*own, signer.key])


def signer_of(workspace: Workspace) -> Signer | None:
    """Return what signs here; None where the keys of this device cannot be had."""
    try:
        return read_device_keys(workspace.folder, workspace.settings.device).keys.signer
    except DiagError:
        return None


def key_of_hub(hub: Enrolment) -> str:
    """Return the key by which a hub signs cards; empty when it never gave one."""
    try:
        return KeyCard.read(hub.key).sign
    except DiagError:
        return ""


def learn_cards(workspace: Workspace, header: Header) -> None:
    """Keep the cards of a bundle that a hub known here signed; or its writer's word."""
    journal = workspace.journal
    cards = [card for card in map(read_card, header.cards) if card]
    for hub in read_enrolments(workspace.folder):
        seals.keep_cards(journal, key_of_hub(hub), cards)
    if header.author:
        own = Card(header.signer, header.author, "", (), header.created, 0)
        seals.keep_colleague(journal, own)


def rules_of(workspace: Workspace) -> Rules:
    """Return what is asked of bundles here, by the hubs that know this laptop."""
    hubs = read_enrolments(workspace.folder)
    requiring = {*get_setting(workspace.journal, _REQUIRED, [])}
    return Rules(
        workspace.world.clock(),
        note_asks(workspace),
        tuple(map(key_of_hub, hubs)),
        required=any(one.hub in requiring for one in hubs),
    )


def admit_withheld(workspace: Workspace) -> None:
    """Take in what waited and is proven, or confirmed, by now."""
    if not workspace.journal.readonly and withheld(workspace.journal):
        admit(workspace.journal, rules_of(workspace))


def withheld_words(
    waiting: Iterable[Withheld],
    title_of: Callable[[str], str],
    name_of: Callable[[str], str],
) -> Iterator[str]:
    """Give what waits, what is alike at once: whose it is, where, what lets it in.

    `title_of`: of an audit's id; `name_of`: of a person's label.
    """
    found = [*waiting]
    whole = {mark_of(one.revision.audit) for one in found}
    whole.intersection_update(one.revision.erases for one in found)
    lines = Counter[tuple[str, str, str]]()
    erasures = Counter[tuple[str, str, str, str]]()
    for one in found:
        revision, sender = one.revision, one.sender
        title, author = title_of(revision.audit), name_of(revision.author)
        mark = mark_of(revision.audit)
        if not revision.erases:
            lines[title, author, sender] += 1
        elif revision.erases == mark or mark not in whole:  # else the audit's says it
            erasures[title, author, sender, one.problem] += 1
    for (title, author, sender, problem), many in erasures.items():
        if many == 1:
            yield (
                f"Effacement mis de côté, {title}, {of(author)}, donné par {sender} : "
                f"{problem}. Ce qu'il efface reste ici."
            )
        else:
            yield (
                f"{many} effacements mis de côté, {title}, {of(author)}, donnés par "
                f"{sender} : {problem}. Ce qu'ils effacent reste ici."
            )
    for (title, author, sender), many in lines.items():
        yield (
            f"Mis de côté, {title} : {counted(many, 'modification')} {of(author)}, que "
            f"{sender} donne sans son sceau. Tout entre dès que {author} synchronise, "
            "ou avec un paquet qui porte ce sceau."
        )


@dataclass
class Sealing:
    """What a sync does of seals: nothing else is written by it."""

    workspace: Workspace
    office: Transport
    hub_key: str
    """The key by which the hub signs; empty when it never gave one."""
    written: int = 0
    """How many seals were."""
    strangers: list[str] = field(default_factory=list)
    """What is to be looked into: keys of others under one's own label, in French."""

    def begin(self, hello: Hello) -> None:
        """Learn whose the keys are, then seal what is to be given."""
        self.learn(hello)
        self.seal()
        self._look_for_strangers()

    def seal(self) -> None:
        """Seal what is to be given."""
        self.written = seal(self.workspace)

    def read_until(self, hub: str) -> int:
        """Return the number of the last line that a hub showed as not its author's."""
        return int(get_setting(self.workspace.journal, _READ, {}).get(hub, 0))

    def keep(self, hello: Hello, cards: Sequence[Card], unproven: Unproven) -> None:
        """Keep what a hub answers of both, and look for what is wrong."""
        self._note_form(hello)
        if SEALS in hello.features and self.hub_key:
            if cards:
                self._keep_cards(hello, cards)
            self._keep_unproven(hello.hub, unproven)
        self._look_for_strangers()

    def learn(self, hello: Hello) -> None:
        """Keep the cards that the hub signed, and who gave what is not theirs."""
        self._note_form(hello)
        if SEALS not in hello.features or not self.hub_key:
            return
        self._keep_cards(hello, self.office.cards())
        after = self.read_until(hello.hub)
        self._keep_unproven(hello.hub, self.office.unproven(after))

    def _keep_cards(self, hello: Hello, cards: Sequence[Card]) -> None:
        """Keep what the hub signed, by the key that it signs with now.

        A new one is believed when the one before vouches for it, and reported when not.
        """
        journal, before = self.workspace.journal, self.hub_key
        seals.keep_cards(journal, before, cards)
        while following := seals.successor_of(self.hub_key, cards):
            self.hub_key = following
            seals.keep_cards(journal, following, cards)
        try:
            now = KeyCard.read(hello.key).sign
        except DiagError:
            return
        if now != self.hub_key:
            self.strangers.append(
                "Le serveur signe avec une autre clé que celle connue de ce poste, et "
                "rien ne la garantit. Demandez une nouvelle invitation à "
                "l'administrateur, après l'avoir vérifié de vive voix."
            )
        elif now != before:
            folder = self.workspace.folder
            for one in read_enrolments(folder):
                if one.hub == hello.hub:
                    keep_enrolment(folder, one.model_copy(update={"key": hello.key}))
            Ring(journal).keep_hub(hello.name, hello.key)

    def _note_form(self, hello: Hello) -> None:
        """Remember which form of bundle the hub reads, and whether it wants seals."""
        journal = self.workspace.journal
        if ENVELOPES in hello.features and self.hub_key:
            Ring(journal).note_form(self.hub_key, FORM)
        known = get_setting(journal, _REQUIRED, [])
        if REQUIRED in hello.features and hello.hub not in known:
            put_setting(journal, _REQUIRED, [*known, hello.hub])

    def _keep_unproven(self, hub: str, found: Unproven) -> None:
        """Keep who gave what is not theirs, and ask for what follows while there is."""
        journal = self.workspace.journal
        before = self.read_until(hub)
        while True:
            rows = [(bytes.fromhex(key), sender) for key, sender in found.lines]
            seals.keep_relayed(journal, rows)
            if not found.more:
                break
            following = self.office.unproven(found.after)
            if following.after <= found.after:  # a hub that goes nowhere
                break
            found = following
        if found.after != before:
            read = get_setting(journal, _READ, {})
            put_setting(journal, _READ, {**read, hub: found.after})

    def _look_for_strangers(self) -> None:
        journal, settings = self.workspace.journal, self.workspace.settings
        if not get_setting(journal, _OWN, []):
            return
        if signer := signer_of(self.workspace):  # a new invitation gave a new key
            _note_own(self.workspace, signer)
        own = {*get_setting(journal, _OWN, [])}
        for key, author, since in seals.keys_and_dates(journal):
            if author == settings.author and key not in own:
                self.strangers.append(
                    f"Une clé inconnue de ce poste signe sous votre nom depuis le "
                    f"{day_words(since)} ({key[:8]}). Si ce n'est pas votre autre "
                    "ordinateur, prévenez l'administrateur du serveur."
                )


def move_sealed(
    session: AuditSession,
    status: AuditStatus,
    comment: str = "",
    *,
    seen: str = "",
    alone: bool = False,
) -> None:
    """Move an audit; what is submitted or accepted is sealed, the act included.

    That it cannot be sealed is no matter: a sync will.

    Raises:
        DiagError: as `move` does.
    """
    move(session, status, comment, seen=seen, alone=alone)
    if status in {AuditStatus.SOUMIS, AuditStatus.ACCEPTE}:
        with suppress(DiagError):
            seal(session.workspace, session.audit.id)
        session.catch_up()


def seal_at_leaving(workspace: Workspace) -> None:
    """Seal, and take in what waited, before the workspace is closed.

    That it fails is no matter: a sync will.
    """
    with suppress(DiagError):
        seal(workspace)
        with dropping_erased(workspace.journal):
            admit_withheld(workspace)
