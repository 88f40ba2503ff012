"""What state a workspace is in, and all that is had back of a damaged one.

The file that is examined is never written: what is found goes through `ingest` into a
new journal, erasures first, which takes its place once it is whole and checked.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from secrets import token_hex
from shutil import copyfile, disk_usage, rmtree
from typing import NamedTuple

from diag.journal import backup, subjects
from diag.journal import connection as keys
from diag.journal.attachments import FILE as PHOTOS
from diag.journal.attachments import (
    AttachmentStore,
    verify_photos,
)
from diag.journal.carve import Carved, carve, carved_photos
from diag.journal.errors import (
    DiskFullError,
    JournalError,
    LockedError,
    RefusedError,
)
from diag.journal.file import recorded_lines
from diag.journal.journal import FILE, Editions, Journal, get_setting, put_setting
from diag.journal.outbox import Outbox
from diag.journal.revision import Revision, parse
from diag.model.errors import DiagError, Health, Inspection
from diag.words.dates import day_words
from diag.words.sentences import counted, listed
from diag.workspace.backup import carry_out_again, stamp_aside
from diag.workspace.settings import Settings


class LostLines(NamedTuple):
    """Revisions of one audit that no source has."""

    audit: str
    """Its id; empty when nothing shows of which audit."""
    name: str
    """As a person knows it, as far as is known."""
    number: int
    subjects: Sequence[str]
    """What those that are named were about, and no value."""


@dataclass(slots=True)
class Gathered:
    """All that the sources of a workspace still hold, each line from the first."""

    lines: dict[bytes, bytes] = field(default_factory=dict)
    skeletons: dict[bytes, bytes] = field(default_factory=dict)
    editions: dict[str, bytes] = field(default_factory=dict)
    found: Counter[str] = field(default_factory=Counter)
    """How many lines each source was the first to give."""
    of_file: Carved = field(default_factory=Carved)
    """What the journal's own file holds."""
    revisions: dict[bytes, Revision] = field(default_factory=dict)
    """What this version reads of them."""

    def add(self, source: str, carved: Carved) -> None:
        """Add what a source holds, less what is here, erased or set aside."""
        away = self.of_file.erased | self.of_file.aside.keys()
        lines = {
            key: line
            for key, line in carved.lines.items()
            if key not in self.lines and key not in self.skeletons and key not in away
        }
        self.lines |= lines
        self.skeletons |= carved.skeletons
        self.editions |= carved.editions
        for key in carved.skeletons.keys() | carved.erased:
            self.lines.pop(key, None)
        if lines:
            self.found[source] += len(lines)
        for key, line in (lines | carved.skeletons).items():
            with suppress(RefusedError):
                self.revisions[key] = parse(line)

    def in_order(self) -> list[bytes]:
        """Return every line as a journal takes it in: erasures first."""
        read = self.revisions
        order = sorted(
            self.lines.keys() | self.skeletons.keys(),
            key=lambda key: (
                (read[key].op != "erase", read[key].lam, key)
                if key in read
                else (True, 0, key)
            ),
        )
        return [self.skeletons.get(key) or self.lines[key] for key in order]

    def lost(self) -> list[LostLines]:
        """Return what was there, by what still names or counts it, and is not."""
        unheld: dict[str, dict[bytes, str]] = {}
        for key, audit, subject in self._named():
            if key not in self.revisions and key not in self.of_file.aside:
                unheld.setdefault(audit, {})[key] = subject
        here = Counter(one.audit for one in self.revisions.values())
        numbered = self.of_file.audits.items()
        known = {number: audit for number, audit in numbered if audit in here}
        due, held = Counter[str](), Counter[str]()  # "": of audits not known apart
        for number, count in self.of_file.counts.items():
            due[known.get(number, "")] += count
        for audit, count in here.items():
            held[audit if audit in known.values() else ""] += count
        found = []
        for audit in sorted(unheld.keys() | due.keys()):
            named = unheld.get(audit, {})
            number = max(len(named), due[audit] - held[audit])
            about = sorted(set(named.values()))
            if number:
                found.append(LostLines(audit, self._name_of(audit), number, about))
        return found

    def _named(self) -> Iterator[tuple[bytes, str, str]]:
        """Give each revision that a row names, or another as what it follows."""
        for key, (number, subject) in self.of_file.named.items():
            yield key, self.of_file.audits.get(number, ""), subject
        for one in self.revisions.values():
            for parent in one.parents:
                yield bytes.fromhex(parent), one.audit, one.subject

    def _name_of(self, audit: str) -> str:
        for revision in self.revisions.values():
            is_about = revision.subject == subjects.SUBJECT and revision.audit == audit
            if is_about and isinstance(revision.value, Mapping):
                code = str(revision.value.get("code", ""))
                name = self.of_file.schools.get(code, "")
                return f"{name} ({code})" if name else code
        return ""


def gather(folder: Path, path: Path) -> Gathered:
    """Read all sources: the file and its log, the recorder, the copies.

    Raises:
        DiagError: when a key is lost.
    """
    found = Gathered()
    if path.exists():
        found.of_file = carve(path)
        found.add("fichier", found.of_file)
    found.add("enregistreur", _recorded(folder))
    for copied in _copies(folder):
        found.add(f"copie {copied.name}", carve(copied))
    return found


def _recorded(folder: Path) -> Carved:
    found = Carved()
    for line in recorded_lines(folder, keys.key_of(folder / FILE)):
        with suppress(RefusedError):
            revision = parse(line)
            kept = found.skeletons if revision.erased else found.lines
            kept[revision.key] = line
    return found


def _copies(folder: Path) -> list[Path]:
    """Return the copies of a workspace's journal, the newest first."""
    copies = (folder / backup.FOLDER).glob("diag-*.db")
    whole = [path for path in copies if not path.stem.endswith("-photos")]
    return sorted(whole, key=lambda path: path.stat().st_mtime, reverse=True)


# Looking: every step is reported, sound or not.


CLOCK_GAP = 120_000
"""Milliseconds by which the last line may be ahead of the clock."""

ROOM = 200 * 2**20
"""Free bytes under which a disk is reported as almost full."""

_SHUT = "il ne s'ouvre plus."

_REPAIR = "Pour le remettre en état : diag doctor --repair."


class Examined(NamedTuple):
    """What was seen of a workspace."""

    findings: Sequence[Inspection]
    evidence: Gathered | None
    """All that is left; gathered only when something is wrong."""

    @property
    def verdict(self) -> Health:
        """Return the worst of all."""
        return max((one.verdict for one in self.findings), default=Health.SOUND)

    @property
    def lost(self) -> Sequence[LostLines]:
        """Return what no source has."""
        return self.evidence.lost() if self.evidence else ()


def examine(folder: Path, now: int) -> Examined:
    """Look at a workspace, and write nothing.

    Raises:
        DiagError: when there is none, or its key is lost.
    """
    path, evidence = folder / FILE, None
    if not path.exists() and not _copies(folder):
        raise DiagError(f"Aucun espace de travail dans {folder}.")
    try:
        backup.verify(path)
    except JournalError as error:
        why = str(error).replace(type(error).sentence or "\n", _SHUT)
        why = " ".join(why.split())  # SQLite's own words have lines
        evidence = gather(folder, path)
        findings = [
            Inspection("fichier", Health.REPAIRABLE, f"{why} {_REPAIR}"),
            _what_is_lost(evidence),
        ]
    else:
        sound = "structure, lignes et réponses vérifiées"
        findings = [Inspection("fichier", Health.SOUND, sound)]
        with Journal.open(folder, readonly=True) as journal:
            findings += _look_inside(journal, now)
    findings += _look_around(folder)
    return Examined(findings, evidence)


def _what_is_lost(evidence: Gathered) -> Inspection:
    own, lost = evidence.of_file, sum(one.number for one in evidence.lost())
    found = f"{counted(len(evidence.revisions), 'modification')} retrouvées"
    what = ""
    if lost:
        what = f"au moins {counted(lost, 'modification')} sans aucune source"
    elif own.is_cut and not own.counts:
        what = "le fichier est coupé, et rien ne dit ce que la suite contenait"
    elif not own.lines and not evidence.found["enregistreur"]:
        what = "rien ne dit ce qui a été saisi depuis la dernière copie"
    if what:
        return Inspection("modifications", Health.LOST, f"{found} ; {what}")
    return Inspection("modifications", Health.REPAIRABLE, f"{found}, aucune perdue")


def _look_inside(journal: Journal, now: int) -> Iterator[Inspection]:
    """Look at the recorder, the clock and the outbox of a journal that is sound."""
    recorded = _recorded(journal.path.parent).lines
    if missing := backup.unknown_among(journal.connection, recorded):
        what = counted(len(missing), "modification")
        sentence = f"{what} de plus que le journal : une copie ancienne ? {_REPAIR}"
        yield Inspection("enregistreur", Health.REPAIRABLE, sentence)
    else:
        held = counted(len(recorded), "modification")
        sentence = f"{held}, toutes dans le journal"
        yield Inspection("enregistreur", Health.SOUND, sentence)
    last = backup.last_written(journal.connection)
    if last > now + CLOCK_GAP:
        day = day_words(last)
        sentence = f"elle retarde, ou a avancé : dernière saisie le {day}"
        yield Inspection("horloge", Health.REPAIRABLE, sentence)
    else:
        yield Inspection("horloge", Health.SOUND, "après la dernière saisie")
    outbox = Outbox(journal)
    if changed := sorted(outbox.changed()):
        names = listed([f"n° {number}" for number in changed])
        sentence = (
            f"messages abîmés, qui ne partiront pas : {names}. Retirez-les (diag "
            f"outbox cancel {changed[0]}), puis refaites-les"
        )
        yield Inspection("boîte d'envoi", Health.REPAIRABLE, sentence)
    else:
        taken = [f"n° {number} le {day_words(at)}" for number, at in outbox.taken_out()]
        sentence = "aucun message abîmé"
        if taken:
            sentence = f"messages abîmés, retirés : {listed(taken)}"
        yield Inspection("boîte d'envoi", Health.SOUND, sentence)


def _look_around(folder: Path) -> Iterator[Inspection]:
    """Look at what is next to the journal: photos, copies, and the room left."""
    photos = folder / PHOTOS
    if photos.exists():
        try:
            verify_photos(photos)
        except JournalError:
            whole = counted(len({*carved_photos(photos)}), "photo")
            sentence = f"le fichier est abîmé, {whole} s'y lisent encore. {_REPAIR}"
            yield Inspection("photos", Health.REPAIRABLE, sentence)
        else:
            yield Inspection("photos", Health.SOUND, "toutes vérifiées")
    damaged, copies = [], _copies(folder)
    for copied in copies:
        try:
            backup.verify(copied)
        except JournalError:
            damaged.append(copied.name)
    if damaged:
        sentence = f"abîmées : {', '.join(damaged)}. Refaites-en une : diag backup."
        yield Inspection("copies", Health.REPAIRABLE, sentence)
    else:
        many = counted(len(copies), "copie")
        sentence = f"{many}, la dernière {copies[0].name}" if copies else "aucune"
        yield Inspection("copies", Health.SOUND, sentence)
    free = disk_usage(folder).free
    room = counted(free // 2**20, "Mo libre", "Mo libres")
    if free < ROOM:
        yield Inspection("place", Health.REPAIRABLE, f"{room} : libérez de la place")
    else:
        yield Inspection("place", Health.SOUND, room)


# Repairing: a new journal, in the place of the file that is set aside as it is.


class Repaired(NamedTuple):
    """What came of it."""

    found: Mapping[str, int]
    """Lines, by the source that gave them."""
    new: int
    """Those that the journal did not hold any more."""
    lost: Sequence[LostLines]
    aside: Path | None
    """Where the damaged file is now, as it was; None when it was sound."""


def repair(folder: Path) -> Repaired:
    """Have a workspace hold again all that its sources have.

    Raises:
        DiagError: when another window has it open, or nothing can be written.
    """
    path = folder / FILE
    if path.exists() and backup.is_open_elsewhere(path):
        raise LockedError(f"{path} : {LockedError.sentence}")
    evidence = gather(folder, path)
    try:
        backup.verify(path)
    except JournalError:
        with _workshop(folder) as workshop:
            with Journal.open(workshop) as journal:
                take_back(journal, evidence)
                _carry_settings(journal, folder, evidence.of_file)
                if not journal.compact():  # what its log holds would stay behind
                    full = f"{path} : {DiskFullError.sentence}"
                    raise DiskFullError(full) from None
            aside = backup.restore(workshop / FILE, path, stamp_aside("reparation"))
        carry_out_again(folder, None)
        done = Repaired(evidence.found, 0, evidence.lost(), aside)
    else:
        with Journal.open(folder) as journal:
            new = take_back(journal, evidence)
        done = Repaired(evidence.found, new, (), None)
    _mend_photos(folder)
    with Journal.open(folder) as journal:
        if journal.recorder:
            found, lost = sum(done.found.values()), sum(one.number for one in done.lost)
            journal.recorder.add_event("repair", found=found, lost=lost)
    return done


def take_back(journal: Journal, evidence: Gathered) -> int:
    """Take in what was found, erasures first; return how many lines were new."""
    for content in evidence.editions.values():
        Editions(journal).keep(content)
    aside = evidence.of_file.aside.items()
    with journal.transaction() as connection:
        rows = ((key, one.line, one.problem) for key, one in aside)
        backup.set_aside_lines(connection, rows)
    return journal.ingest(evidence.in_order()).new


@contextmanager
def _workshop(folder: Path) -> Iterator[Path]:
    """Give a folder where files are built, under the key of the workspace."""
    workshop = folder / "reparation"
    rmtree(workshop, ignore_errors=True)
    workshop.mkdir(mode=0o700)
    try:
        for mark in folder.glob("*-chiffrement.json"):
            copyfile(mark, workshop / mark.name)
        yield workshop
    finally:
        rmtree(workshop, ignore_errors=True)


def _carry_settings(journal: Journal, folder: Path, carved: Carved) -> None:
    """Take what no line holds: from the file, then from the copies, the newest first.

    A new label for the laptop: lines that are lost had order numbers, which come again.
    """
    look = journal.path.with_name("examen.db")
    for suffix in ("", "-wal"):
        side = folder / f"{FILE}{suffix}"
        if side.exists():
            copyfile(side, look.with_name(f"{look.name}{suffix}"))
    for source in (look, *_copies(folder)):
        with journal.transaction() as connection:
            backup.carry_over(source, connection, last=source == look)
    if get_setting(journal, "workspace") is None:
        with suppress(KeyError, ValueError):  # no sum proves it; a person reads it
            kept = Settings.model_validate_json(carved.settings["workspace"])
            put_setting(journal, "workspace", kept.model_dump(mode="json"))
    kept = get_setting(journal, "workspace")
    if kept is not None:
        put_setting(journal, "workspace", {**kept, "device": f"d-{token_hex(4)}"})


def _mend_photos(folder: Path) -> None:
    """Put the photos that are whole in a new file, when the one there is damaged."""
    path = folder / PHOTOS
    if not path.exists():
        return
    with suppress(JournalError):
        verify_photos(path)
        return
    with _workshop(folder) as workshop:
        made = AttachmentStore(workshop)
        for mime, content in carved_photos(path):
            made.put(content, mime)
        if made.path.exists():
            backup.restore(made.path, path, stamp_aside("reparation"), verify_photos)


def take_from(journal: Journal, path: Path) -> Repaired:
    """Take in what a file set aside still holds; it is left as it is.

    Raises:
        DiagError: when the file is elsewhere, its key is lost, or nothing is written.
    """
    folder = journal.path.parent
    is_own = path.resolve().parent == folder.resolve()
    if not is_own or path.name == FILE:
        raise DiagError(
            f"{path} n'est pas un journal mis de côté dans {folder}. Une base venue "
            "d'ailleurs n'est pas ouverte : demandez un paquet."
        )
    evidence = Gathered()
    evidence.of_file = carve(path)
    evidence.add("fichier", evidence.of_file)
    new = take_back(journal, evidence)
    return Repaired(evidence.found, new, (), None)
