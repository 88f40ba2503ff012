"""What a keeper would look at of a hub; nothing is written, the hub may run.

Each step is reported, sound or not, with what to do.
"""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from shutil import disk_usage, which
from ssl import SSLError
from time import monotonic
from typing import Any, NamedTuple

from cryptography import x509

from diag.journal.errors import DamagedError, LockedError
from diag.model.enums import AuditStatus
from diag.model.errors import DiagError, Health, Inspection
from diag.model.text import clean_line
from diag.sync.hub import service, sqlite
from diag.sync.hub.copies import LastCopy, SealedBlobs, count_former, try_copy
from diag.sync.hub.files import ERASURES, KEPT, BlobFiles, ErasureLog, is_intact
from diag.sync.hub.home import (
    AUTHORITY,
    BLOBS,
    CERTIFICATE,
    DATABASE,
    TLS,
    HubHome,
    check_pair,
)
from diag.sync.hub.hub import AuditReading, Reader
from diag.sync.hub.intake import CutOver, begins, look_at_cut_over
from diag.sync.hub.store import Store
from diag.sync.hub.supervision import COPY_AGE, ROOM, SILENT, status_of
from diag.sync.hub.tables import ASIDE, EVERYWHERE, AuditLife, Device, is_set_aside
from diag.sync.keys import FILE as KEYS
from diag.sync.protocol import URN, ProblemError
from diag.sync.trust import build_trust
from diag.words.dates import day_words, time_words
from diag.words.sentences import counted, listed, number

_SOON = 30
_YEAR = 365
_GAP = 120_000
_WAIT = 5.0
_MOST = 65_536
_LONGEST = 80
_SHOWN = 5
_SIGNED = {AuditStatus.ACCEPTE, AuditStatus.CLOS}


class Machine(NamedTuple):
    """What the system reports of itself; a test gives something else."""

    has_systemd: bool
    hub: str
    """State of the unit that serves."""
    timer: str
    """State of the unit that copies."""
    is_on_time: bool
    """Whether something sets the clock."""
    free: int
    """Free bytes of the disk."""


def look_at_machine(folder: Path) -> Machine:
    """Ask the system."""
    runs = service.has_systemd()
    hub = service.state_of(service.UNIT) if runs else ""
    timer = service.state_of(service.TIMER) if runs else ""
    is_on_time = True  # a container has its host's clock
    if which("timedatectl"):
        words = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
        done = subprocess.run(words, check=False, capture_output=True, text=True)  # noqa: S603 -- our own words
        is_on_time = done.stdout.strip() != "no"
    return Machine(runs, hub, timer, is_on_time, disk_usage(folder).free)


def examine(
    home: HubHome, machine: Machine, at: int, identity: Path | None = None
) -> list[Inspection]:
    """Look at a hub.

    `at`: the time now, UTC milliseconds; `identity`: the office's private key, which
    opens sealed copies.
    """
    found = [
        _look_at_modes(home.folder),
        _look_at_log(home),
        *_look_at_identity(home),
        _look_at_answer(home, machine),
        *_look_at_system(home, machine),
        *_look_at_copies(home, at, identity),
        *_look_at_files(home.folder),
    ]
    if not any(one.verdict is Health.LOST for one in found):
        try:
            with closing(home.store(readonly=True)) as store:
                found += _look_at_store(home, store, at)
        except LockedError as error:
            cut = _to_do("base", str(error))
            if cut not in found:  # what never answered is told above
                found.append(cut)
    return found


def _sound(step: str, sentence: str) -> Inspection:
    return Inspection(step, Health.SOUND, sentence)


def _to_do(step: str, sentence: str) -> Inspection:
    return Inspection(step, Health.REPAIRABLE, sentence)


def _look_at_modes(folder: Path) -> Inspection:
    if sys.platform == "win32":
        return _sound("droits", "ceux du dossier")
    if folder.stat().st_mode & 0o077:
        return _to_do("droits", f"d'autres lisent le dossier : chmod -R go= {folder}")
    owner, foreign = folder.stat().st_uid, list[str]()
    for place, folders, names in os.walk(folder):
        for path in (Path(place, name) for name in (*folders, *names)):
            with suppress(FileNotFoundError):  # a hub that runs removes some of it
                if path.stat().st_uid != owner:
                    foreign.append(str(path))
    if foreign:
        return _to_do(
            "droits",
            f"pas au compte du serveur : {listed(foreign, _SHOWN)}. Rendez-les-lui : "
            f"chown -R --reference={folder} {folder}",
        )
    return _sound("droits", f"{folder} n'est lisible que de son compte")


def _look_at_log(home: HubHome) -> Inspection:
    """Prove the database: structure, every hash, every sum."""
    try:
        if home.settings.database:
            with closing(home.store(readonly=True)) as store:
                store.verify()
        else:
            sqlite.verify(home.folder / DATABASE)
    except DamagedError as error:
        return Inspection("base", Health.LOST, str(error))
    except LockedError as error:  # a PostgreSQL that is stopped has lost nothing
        return _to_do("base", str(error))
    except DiagError as error:
        return Inspection("base", Health.LOST, f"elle ne s'ouvre pas. {error}")
    return _sound("base", "structure, lignes et sommes vérifiées")


def _look_at_identity(home: HubHome) -> Iterator[Inspection]:
    """Look at what proves to laptops which hub it is: certificates, keys."""
    settings, tls = home.settings, home.folder / TLS
    if settings.tls == "proxy":
        yield _sound("certificat", "c'est le mandataire qui le présente")
    elif settings.tls == "files":
        pair = Path(settings.certificate), Path(settings.key)
        try:
            check_pair(*pair)
        except (DiagError, OSError) as error:
            yield _to_do("certificat", str(error))
        else:
            advice = "remplacez-le, puis relancez le serveur"
            yield _end_of("certificat", pair[0], advice)
    else:
        if (tls / CERTIFICATE).exists():
            advice = (
                "relancez le serveur, qui le renouvelle : systemctl restart diag-hub"
            )
            yield _end_of("certificat", tls / CERTIFICATE, advice)
        else:
            yield _sound("certificat", "sera fait au premier lancement")
        advice = "les postes devront être réinscrits : diag hub enrol"
        yield _end_of("autorité", tls / AUTHORITY, advice, _YEAR)
    if not (home.folder / KEYS).exists():
        yield _sound("clés", "seront faites au premier lancement")
        return
    try:
        mark = home.keys.card.fingerprint
    except DiagError as error:
        yield _to_do("clés", str(error))
    else:
        yield _sound("clés", f"empreinte {mark}")


def _end_of(step: str, path: Path, advice: str, soon: int = _SOON) -> Inspection:
    """Tell when a certificate ends."""
    try:
        ends = x509.load_pem_x509_certificate(path.read_bytes()).not_valid_after_utc
    except (OSError, ValueError):
        return _to_do(step, f"{path} ne se lit pas : restaurez-le d'une copie")
    left = (ends - datetime.now(UTC)).days
    day = day_words(int(ends.timestamp() * 1000))
    if left < soon:
        when = "fini depuis le" if left < 0 else "finit le"
        return _to_do(step, f"{when} {day} : {advice}")
    return _sound(step, f"valable jusqu'au {day}")


def _look_at_answer(home: HubHome, machine: Machine) -> Inspection:
    """Call the hub as a laptop does: name, authority, protocol."""
    start = "systemctl start diag-hub" if machine.has_systemd else "diag hub serve"
    try:
        hello = _ask_hello(home)
    except ProblemError:
        return _to_do("réponse", "il répond qu'il est occupé : voyez la ligne « base »")
    except (OSError, RecursionError, ValueError) as error:
        if not isinstance(error, OSError) or isinstance(error, SSLError):
            sentence = f"ce qui répond sur le port {home.port} n'est pas ce serveur"
        else:
            sentence = f"rien ne répond sur le port {home.port} : {start}"
        return _to_do("réponse", sentence)
    if hello.get("name") != home.settings.name:
        return _to_do(
            "réponse",
            f"un autre serveur répond sur le port {home.port} : "
            f"« {_shown(hello['name'])} »",
        )
    return _sound("réponse", f"{home.settings.url} répond, diag {_shown(hello['app'])}")


def _shown(told: object) -> str:
    """Return what some server answered as it can be shown: nobody vouches for it."""
    with suppress(ValueError):
        return clean_line(str(told))[:_LONGEST]
    return "illisible"


def _ask_hello(home: HubHome) -> dict[str, Any]:
    with ExitStack() as held:
        line = held.enter_context(
            socket.create_connection(("127.0.0.1", home.port), _WAIT)
        )
        if home.settings.tls != "proxy":
            trust = build_trust(home.authority)
            line = held.enter_context(
                trust.wrap_socket(line, server_hostname=home.host)
            )
        asked = f"GET /v1/hello HTTP/1.0\r\nHost: {home.host}\r\n\r\n"
        line.sendall(asked.encode("ascii"))
        answer, until = b"", monotonic() + _WAIT
        while (part := line.recv(_MOST)) and len(answer) < _MOST:
            answer += part
            if monotonic() > until:  # a byte at a time
                raise TimeoutError
    found = json.loads(answer.partition(b"\r\n\r\n")[2])
    if isinstance(found, dict) and found.get("type") == f"{URN}busy":
        raise ProblemError("busy")
    if not isinstance(found, dict) or not {"name", "app"} <= found.keys():
        raise ValueError
    return found


def _look_at_system(home: HubHome, machine: Machine) -> Iterator[Inspection]:
    if not machine.has_systemd:
        yield _sound("service", "systemd ne tourne pas ici")
    elif machine.hub != "active":
        sentence = "arrêté : systemctl status diag-hub en dit la raison"
        yield _to_do("service", sentence)
    elif machine.timer != "active":
        sentence = "pas de copie chaque heure : en root, diag hub setup --service"
        yield _to_do("service", sentence)
    else:
        yield _sound("service", "le serveur et sa copie de chaque heure tournent")
    if not machine.is_on_time:
        advice = "timedatectl set-ntp true, ou installez chrony"
        yield _to_do("horloge", f"rien ne la met à l'heure : {advice}")
    file = home.folder / DATABASE
    wanted = max(ROOM, 2 * file.stat().st_size if file.exists() else 0)
    room = counted(machine.free // 2**20, "Mo libre", "Mo libres")
    if machine.free < wanted:
        advice = "agrandissez le disque, ou rangez ailleurs les copies (--copies)"
        least = number(wanted // 2**20)
        yield _to_do("place", f"{room}, il en faut {least} : {advice}")
    else:
        yield _sound("place", room)


def _look_at_copies(
    home: HubHome, at: int, identity: Path | None
) -> Iterator[Inspection]:
    last = LastCopy.read(home.folder)
    if last is None:
        yield _to_do("copies", "aucune : diag hub backup, puis chaque heure")
        return
    path, when = Path(last.path), time_words(last.at)
    if not path.exists():
        yield _to_do("copies", f"{path} n'est plus là : diag hub backup")
        return
    if at - last.at > COPY_AGE:
        yield _to_do("copies", f"la dernière est du {when} : diag hub backup")
        return
    try:
        done = try_copy(home, last, identity)
    except DiagError as error:
        yield _to_do("copies", f"{error} Refaites-en une : diag hub backup")
        return
    is_here = path.stat().st_dev == home.folder.stat().st_dev
    where = f"{path.parent}, sur ce disque" if is_here else str(path.parent)
    yield _sound("copies", f"la dernière est du {when} ({where}) : {done}")
    if not last.keys:
        return
    blobs = SealedBlobs(home.folder / BLOBS, path.parent, last.keys)
    _, left = blobs.unsealed()
    former, older = blobs.former(), count_former(last)
    if left:
        many = counted(len(left), "pièce jointe", "pièces jointes")
        yield _to_do(
            "clé du bureau",
            f"{many} à chiffrer encore pour la nouvelle : relancez diag hub backup "
            "avec --seal, qui reprend où il s'est arrêté. Gardez l'ancienne",
        )
    elif older or former:
        many = counted(len(former), "pièce jointe", "pièces jointes")
        yield _sound(
            "clé du bureau",
            f"la précédente ouvre encore {counted(older, 'copie')} de la base et "
            f"{many} : gardez-la trente jours après le changement",
        )
    else:
        yield _sound("clé du bureau", "la même ouvre toutes les copies")


def _look_at_files(folder: Path) -> Iterator[Inspection]:
    """Look at what restorations set aside, and at the attachments."""
    former = [path.name for path in folder.glob(f"*{ASIDE}-*")]
    held = counted(len(former), "ancienne base", "anciennes bases")
    forget = "diag hub restore --forget"
    if not former:
        yield _sound("restaurations", "rien de mis de côté")
    elif any(is_set_aside(name, datetime.now(UTC) - KEPT) for name in former):
        aged = f"{held} de plus de trente jours, avec ce qui a été effacé"
        yield _to_do("restaurations", f"{aged} : {forget}")
    else:
        sentence = f"{held} de côté, trente jours au plus ({forget})"
        yield _sound("restaurations", sentence)
    paths = list(BlobFiles(folder / BLOBS).all())
    if damaged := [str(path) for path in paths if not is_intact(path)]:
        advice = "abîmées, supprimez-les (une copie ou un poste les rendra)"
        yield _to_do("photos", f"{advice} : {listed(damaged, _SHOWN)}")
    else:
        yield _sound("photos", counted(len(paths), "pièce jointe", "pièces jointes"))


def _look_at_store(home: HubHome, store: Store, at: int) -> Iterator[Inspection]:
    schools = store.places({EVERYWHERE})
    if schools:
        yield _sound("annuaire", f"{schools} écoles et communes")
    else:
        yield _to_do("annuaire", "vide : diag hub directory ANNUAIRE.csv")
    if store.last_arrived() > at + _GAP:
        day = day_words(store.last_arrived())
        yield _to_do("horloge", f"elle retarde, ou a avancé : dernier envoi le {day}")
    log = ErasureLog(home.folder / ERASURES)
    held = set(store.erasure_lines())
    lost = [line for line in log.about(None) if line not in held]
    if lost:
        what = counted(len(lost), "effacement")
        sentence = (
            f"{what} à refaire : relancez le serveur, qui le fait avant de servir"
        )
        yield _to_do("effacements", sentence)
    else:
        done = counted(len(held), "effacement, fait", "effacements, tous faits")
        yield _sound("effacements", done if held else "aucun")
    invited = store.invitations()
    if burnt := [one.person for one, is_closed in invited if is_closed]:
        sentence = (
            f"cinq codes faux pour {listed(burnt, _SHOWN)} : quelqu'un essaie-t-il ? "
            "Donnez-en une autre : diag hub enrol"
        )
        yield _to_do("invitations", sentence)
    else:
        waiting = sum(one.expires_at > at for one, _ in invited)
        yield _sound("invitations", f"{waiting} en cours")
    yield _check_devices(store, at)
    yield _check_seals(store, at)
    yield _check_signatures(store, at)
    if home.settings.database:
        try:
            store.engine.check_tools()
        except DiagError as error:
            yield _to_do("PostgreSQL", str(error))
        else:
            yield _sound("PostgreSQL", "répond, et ses outils sont là")


def _name(device: Device) -> str:
    return f"{device.person or '(effacé)'} (n° {device.id})"


def _check_devices(store: Store, at: int) -> Inspection:
    devices, cloned = store.devices(), store.cloned()
    back = {one.author for one in devices if not one.revoked_at}
    copied = [
        _name(one) for one in devices if one.id in cloned and one.author not in back
    ]
    if copied:
        names = listed(copied, _SHOWN)
        sentence = f"copiés, donc arrêtés : {names}. Comprenez pourquoi, puis réinvitez"
        return _to_do("postes", f"{sentence} : diag hub enrol")
    inside = [one for one in devices if not one.revoked_at]
    silent = [
        _name(one) for one in inside if at - max(one.seen_at, one.enrolled_at) > SILENT
    ]
    gone = len(devices) - len(inside)
    many = f"{counted(len(inside), 'poste')}, {counted(gone, 'révoqué')}"
    if silent:
        names = listed(silent, _SHOWN)
        sentence = (
            f"{many} ; muets depuis trente jours : {names}. Un poste perdu se "
            "révoque : diag hub revoke N"
        )
        return _to_do("postes", sentence)
    return _sound("postes", many)


def _check_seals(store: Store, at: int) -> Inspection:
    if store.required_at:
        return _sound("sceaux", f"exigés depuis le {day_words(store.required_at)}")
    cut = look_at_cut_over(store.devices(), store.first_seals())
    if cut.is_offered(at):
        return _sound("sceaux", "peuvent être exigés : diag hub require seals")
    if late := name_unsealing(store, cut):
        names = listed(late, _SHOWN)
        sentence = f"appellent depuis trente jours sans rien sceller : {names}. Mettez"
        return _to_do("sceaux", f"{sentence} leur diag à jour")
    return _sound("sceaux", f"{counted(len(cut.behind), 'poste')} sans sceau encore")


def name_unsealing(store: Store, cut: CutOver) -> list[str]:
    """Name who recorded something, and has called for a month without sealing it.

    Who may write and did not has nothing to seal.
    """
    return [
        _name(one)
        for one in cut.behind
        if cut.since
        and one.scopes("write")
        and one.seen_at - max(cut.since, one.enrolled_at) > SILENT
        and any(map(begins, store.written_by(one.author)))
    ]


def _check_signatures(store: Store, at: int) -> Inspection:
    """Name what was accepted or closed, and written in for more than a month."""
    telling, signed = store.telling({EVERYWHERE}), dict[AuditLife, int]()
    for life in store.lives({EVERYWHERE}, at):
        status, since, _ = status_of(telling.get(life.audit, ()))
        if status in _SIGNED:
            signed[life] = since
    reader, read = Reader(store), dict[str, AuditReading]()
    while len(read) < len(signed):
        read = reader.read(signed)
    late = [
        life.code
        for life, since in signed.items()
        # What is not dated, or by a clock that is late, came after the signature.
        if (one := read[life.audit].since) and at - max(one.at, since) > SILENT
    ]
    many = counted(len(signed), "audit accepté ou clos", "audits acceptés ou clos")
    if late:
        names = listed(late, _SHOWN)
        sentence = f"{many} ; descellés depuis plus de trente jours : {names}"
        return _to_do("signatures", f"{sentence}. À relire, puis accepter de nouveau")
    return _sound("signatures", many)
