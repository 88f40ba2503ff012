"""Files that leave here and come back: bundles, shared folders, one audit alone.

Colleagues known, what is given and taken, in words. One audit is a JSON file, history
included: out and in again, an identity.
"""

from codecs import BOM_UTF8
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from diag.audit.erasing import note_asks
from diag.audit.session import AuditSession, listed, open_session
from diag.checklist.edition import open_edition
from diag.imports.source import read_file
from diag.journal import bundles as kept
from diag.journal.attachments import dropping_erased
from diag.journal.errors import RefusedError
from diag.journal.ingest import Ingested
from diag.journal.revision import parse
from diag.journal.seals import kept_cards, revoked_keys
from diag.model.audit import Audit, Auditee, School, audit_id, school_auditee
from diag.model.base import Noun
from diag.model.errors import DiagError
from diag.model.text import MAX_TEXT, clean_line, is_campaign
from diag.office.sealing import (
    admit_withheld,
    learn_cards,
    rules_of,
    seal,
    withheld_words,
)
from diag.sync.bundle import FORM, HeldAudit, read
from diag.sync.bundle.read import BundleReader, Entered
from diag.sync.bundle.write import Bundle, BundleSummary, WrittenBundle, write_bundle
from diag.sync.folder import FolderResult, FolderTransport
from diag.sync.keys import KeptKeys, KeyCard, Ring, read_device_keys
from diag.words.dates import moment_words
from diag.words.sentences import counted, person_words
from diag.workspace.disk import write_whole
from diag.workspace.settings import learn_names
from diag.workspace.subjects import auditee_of, programmes, remember
from diag.workspace.workspace import Workspace

OURSELVES = "ce poste"
"""Whose bundles are this device's own."""


def own_keys(workspace: Workspace) -> KeptKeys:
    """Return the keys of this device, made at the first use.

    Raises:
        DiagError: when they are there and cannot be read.
    """
    return read_device_keys(workspace.folder, workspace.settings.device)


def ring_of(workspace: Workspace) -> Ring:
    """Return the colleagues whose keys are known here."""
    return Ring(workspace.journal)


def add_colleague(workspace: Workspace, name: str, key: str) -> tuple[str, KeyCard]:
    """Keep a colleague's key; return the name and the key as kept.

    Raises:
        DiagError: when it is no key, this device's own, or the name is taken.
    """
    card = KeyCard.read(key)
    if card == own_keys(workspace).keys.card:
        raise DiagError("C'est la clé de ce poste. Donnez celle de votre collègue.")
    return ring_of(workspace).add(name, card), card


def signing_key(workspace: Workspace) -> str:
    """Return by what a hub knows this device's bundles; empty where nothing seals."""
    try:
        return own_keys(workspace).keys.card.sign
    except DiagError:
        return ""


def export(
    workspace: Workspace,
    refs: Sequence[str] | None,
    names: Iterable[str],
    path: Path,
    campaign: str | None = None,
) -> WrittenBundle:
    """Write a bundle of some audits, or of all, for some colleagues.

    Raises:
        DiagError: unknown audit or colleague, or nothing to write.
        OSError: when the file cannot be written; nothing is left of it.
    """
    if refs is None:
        audits = [one.audit.id for one in listed(workspace)]
        audits += [one.id for one in programmes(workspace.journal)]
    else:
        sessions = (open_session(workspace, ref, campaign) for ref in refs)
        audits = list(dict.fromkeys(one.audit.id for one in sessions))
    if not audits:
        raise DiagError(
            "Aucun audit à donner. Nommez une école, ou donnez-les tous.",
            command="--all",
        )
    seal(workspace, *audits)
    for audit in audits:
        workspace.journal.prove(audit)
    ring = ring_of(workspace)
    recipients = [ring.cards[ring.find(name)] for name in names]
    bundle = Bundle(
        audits=audits,
        keys=own_keys(workspace).keys,
        recipients=recipients,
        form=ring.form_for(recipients),
        at=workspace.world.clock(),
        summary=_summarize(workspace, audits),
    )
    return write_bundle(workspace.journal, bundle, path)


def preview(workspace: Workspace, path: Path) -> Entered:
    """Describe what a bundle would bring; nothing of it stays.

    Raises:
        DiagError: when it is refused, or cannot be read.
    """
    return read.preview(_reader(workspace), path, workspace.world.clock())


def bring_in(workspace: Workspace, path: Path) -> Entered:
    """Read a bundle in, under a name by which it can be undone.

    Raises:
        DiagError: when it is refused, or cannot be read: nothing came in.
    """
    at = workspace.world.clock()
    with dropping_erased(workspace.journal):
        entered = read.bring_in(_reader(workspace), path, at)
        _learn(workspace, entered)
    return entered


def undo(workspace: Workspace, name: str) -> int:
    """Take back what a bundle brought; return how many revisions were set aside.

    Raises:
        JournalError: when there is none, or something was built upon it.
    """
    return read.undo(workspace.journal, name, workspace.world.clock())


def synchronise_shared(workspace: Workspace, address: str) -> FolderResult:
    """Exchange with a folder that colleagues share and this machine sees.

    Raises:
        DiagError: when it is not there, nobody is known, or nothing can be written.
    """
    ring = ring_of(workspace)
    cards = ring.cards
    if not cards:
        raise DiagError(
            "Vous ne connaissez la clé d'aucun collègue : personne ne pourrait lire ce "
            "que ce poste écrirait. Demandez-la, puis : diag bundle keys add NOM CLE."
        )
    folder = Path(address)
    if workspace.folder.resolve().is_relative_to(folder.resolve()):
        raise DiagError(
            f"{folder} contient votre espace de travail, qui ne se partage pas. "
            "Donnez un dossier à part."
        )
    seal(workspace)
    meeting = FolderTransport(
        reader=_reader(workspace),
        folder=folder,
        recipients=cards,
        form=ring.form_for(cards.values()),
        summarise=lambda audits: _summarize(workspace, audits),
        learn=lambda entered: _learn(workspace, entered),
    )
    with dropping_erased(workspace.journal):
        result = meeting.run(workspace.world.clock())
        admit_withheld(workspace)
        return result


def words_of(workspace: Workspace, entered: Entered) -> Iterator[str]:
    """Give what a bundle brings, line by line."""
    yield f"Paquet de {entered.sender}, écrit le {moment_words(entered.created)}."
    contested = Counter(audit for audit, _ in entered.conflicts)
    titles = {
        held.audit: _title(workspace, entered, held) for held in entered.header.audits
    }
    for held in entered.header.audits:
        new = entered.new.get(held.audit, 0)
        if not new:
            continue
        conflicts = contested[held.audit]
        more = f", {counted(conflicts, 'conflit')} à trancher" if conflicts else ""
        many = counted(new, "modification nouvelle", "modifications nouvelles")
        yield f"  {titles[held.audit]} : {many}{more}"
    if not entered.revisions and not entered.withheld:
        yield "  Rien de nouveau : tout ce qu'il contient est déjà ici."
    if entered.photos:
        what = counted(entered.photos, "pièce jointe", "pièces jointes")
        yield f"  {what} (photos, éditions de grilles)"
    yield from (f"  Refusé : {reason}" for reason in entered.refused)
    names = {**entered.header.people, **workspace.settings.people}
    waiting = withheld_words(
        entered.withheld, titles.__getitem__, lambda label: person_words(label, names)
    )
    yield from (f"  {line}" for line in waiting)
    if entered.before and entered.before.undone_at is None:
        yield f"  Déjà lu le {moment_words(entered.before.at)}."


def _reader(workspace: Workspace) -> BundleReader:
    keys = own_keys(workspace).keys
    workspace.journal.check_table("card")
    known, gone = ring_of(workspace).signers, revoked_keys(workspace.journal)
    signers = {key: name for key, name in known.items() if key not in gone}
    signers[keys.card.sign] = OURSELVES
    rules = rules_of(workspace)
    return BundleReader(workspace.journal, keys, signers, rules=rules)


def _summarize(workspace: Workspace, audits: Sequence[str]) -> BundleSummary:
    found = kept.audits_among(workspace.journal, audits)
    about = {
        ident: auditee_of(workspace, audit).model_dump(mode="json")
        for ident, audit in found.items()
    }
    people = workspace.settings.people
    labels = sorted(kept.authors_in(workspace.journal, audits) & people.keys())
    names = {label: people[label] for label in labels}
    cards = tuple(kept_cards(workspace.journal))
    return BundleSummary(about, names, workspace.settings.author, cards)


def _learn(workspace: Workspace, entered: Entered) -> None:
    """Keep the names that came: of schools unknown here, of authors unknown here."""
    told = (
        (_about(held), entered.audits.get(held.audit)) for held in entered.header.audits
    )
    is_of = [
        one for one, audit in told if one and audit and one.subject == audit.subject
    ]
    remember(workspace, *is_of)
    authors = kept.authors_in(workspace.journal, entered.audits)
    people = {}
    for label, name in entered.header.people.items():
        with suppress(ValueError):  # a name that holds what no line may
            if label in authors and clean_line(name):
                people[label] = name
    learn_names(workspace, people)
    learn_cards(workspace, entered.header)
    note_asks(workspace)  # the week of an erasure that it asks for begins now
    admit_withheld(workspace)
    ring_of(workspace).note_form(entered.header.signer, min(entered.header.reads, FORM))


def _about(held: HeldAudit) -> Auditee | None:
    try:
        return Auditee.model_validate(held.about)
    except ValidationError:
        return None


def _title(workspace: Workspace, entered: Entered, held: HeldAudit) -> str:
    audit, school = entered.audits.get(held.audit), _about(held)
    if audit is None:
        return f"audit {held.audit[:8]}"
    known = auditee_of(workspace, audit)
    is_stub = audit.subject.code in known.name  # the directory does not name it
    same = school is not None and school.subject == audit.subject
    about = school if school and same and is_stub else known
    return f"{about.title} ({about.ref}, {audit.campaign})"


# One audit alone.

MAX_BYTES = 256 * 1024 * 1024
"""Largest file of one audit that is read: far above the largest audit."""


class AuditFile(Noun):
    """What the file holds; a revision is the text of its line, its very bytes."""

    format: Literal["diag-audit"] = "diag-audit"
    version: Literal[1] = 1
    audit: Audit
    school: School | None = None
    """Whom the audit is about, when it is a school…"""
    about: Auditee | None = None
    """… or when it is a commune or a syndicat."""
    digest: str
    """Exclusive or of the ids of all revisions."""
    edition: str
    """The compiled checklists, canonical JSON."""
    people: dict[str, Annotated[str, Field(max_length=MAX_TEXT)]] = Field(
        default_factory=dict
    )
    """Label → name of those who wrote in this audit, where known."""
    revisions: tuple[str, ...]

    @property
    def auditee(self) -> Auditee | None:
        """Whom the audit is about, whatever it is."""
        return school_auditee(self.school) if self.school else self.about


def export_audit(session: AuditSession, path: Path) -> int:
    """Write an audit to a file, whole or not at all; return how many revisions.

    Raises:
        DamagedError: the audit is no longer what was written.
    """
    workspace = session.workspace
    session.prove()
    lines = [line.decode() for line in workspace.journal.lines(session.audit.id)]
    people = session.workspace.settings.people
    labels = sorted({one.author for one in session.revisions()} & people.keys())
    file = AuditFile(
        audit=session.audit,
        school=session.about.school,
        about=None if session.about.school else session.about,
        digest=session.digest,
        edition=workspace.editions.read(session.edition).decode(),
        people={label: people[label] for label in labels},
        revisions=tuple(lines),
    )
    idle = {"about"} if file.about is None else {"school"}
    text = file.model_dump_json(indent=1, exclude=idle)
    write_whole(path, f"{text}\n".encode(), mode=0o600)
    return len(lines)


def import_audit(workspace: Workspace, path: Path) -> tuple[AuditSession, Ingested]:
    """Take in an audit from a file: what is here stays, what was missing comes.

    Raises:
        DiagError: when the file is no audit, was cut or altered; nothing came in.
    """
    content = read_file(path, MAX_BYTES)
    if len(content) > MAX_BYTES:
        raise DiagError(
            f"{path} : plus de {MAX_BYTES // 2**20} Mo. "
            "Ce n'est pas un audit exporté par diag."
        )
    try:
        file = AuditFile.model_validate_json(content.removeprefix(BOM_UTF8))
    except ValidationError as error:
        newer = any(problem["loc"][:1] == ("version",) for problem in error.errors())
        remedy = (
            "Il vient d'une version plus récente : mettez diag à jour."
            if newer
            else "Exportez-le à nouveau : diag audit export UAI FICHIER."
        )
        raise DiagError(
            f"{path} : ce n'est pas un audit exporté par cette version de diag, "
            f"ou il a été coupé. Rien n'a été lu. {remedy}"
        ) from error
    lines = [line.encode() for line in file.revisions]
    _verify(path, file, lines)
    workspace.editions.keep(file.edition.encode())
    with dropping_erased(workspace.journal):
        taken = workspace.journal.ingest(lines)
    learn_names(workspace, file.people)
    about = file.auditee
    assert about is not None  # verified
    remember(workspace, about)
    return AuditSession(workspace, file.audit, auditee_of(workspace, file.audit)), taken


def _verify(path: Path, file: AuditFile, lines: list[bytes]) -> None:
    """Check everything before anything is read in."""
    campaign, about = file.audit.campaign, file.auditee
    if not is_campaign(campaign):
        why = f"« {campaign[:40]} » n'est pas un nom de campagne."
        raise _unusable(f"{path}", why)
    if file.audit.id != audit_id(campaign, file.audit.subject):
        raise _unusable(f"{path}", "l'identifiant ne correspond pas au sujet.")
    if about is None or about.subject != file.audit.subject:
        why = "l'école ou la commune jointe n'est pas celle de l'audit."
        raise _unusable(f"{path}", why)
    digest = 0
    for number, line in enumerate(lines, 1):
        where = f"{path}, modification {number}"
        try:
            revision = parse(line)
        except RefusedError as error:
            raise _unusable(where, f"{error}.") from error
        if revision.audit != file.audit.id:
            raise _unusable(where, "elle parle d'un autre audit.")
        digest ^= int.from_bytes(revision.key)
    if f"{digest:064x}" != file.digest:
        why = "il manque des modifications, ou l'une a été altérée."
        raise _unusable(f"{path}", why)
    try:
        open_edition(file.edition.encode())
    except ValueError as error:
        why = "les grilles jointes sont illisibles."
        raise _unusable(f"{path}", why) from error


def _unusable(where: str, why: str) -> DiagError:
    return DiagError(f"{where} : {why} Rien n'a été lu. Exportez l'audit à nouveau.")
