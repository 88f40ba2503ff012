"""Data on people: the register, copies and their term, encryption and its escrow."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from secrets import token_bytes
from typing import Any, NamedTuple

from diag.documents.blocks import inline
from diag.journal import connection, encryption
from diag.journal.backup import FOLDER
from diag.journal.connection import mark_path
from diag.journal.file import has_clear_lines
from diag.journal.journal import FILE, get_setting
from diag.journal.outbox import Outbox
from diag.journal.people import held_personal, official_addresses
from diag.model.errors import DiagError
from diag.office.retention import REASON, Retention, retention_of
from diag.sync import keys
from diag.sync.keys import load_age, read_identities, read_recipients
from diag.sync.trust import read_enrolments
from diag.words.sentences import counted
from diag.workspace.backup import back_up
from diag.workspace.disk import write_whole
from diag.workspace.workspace import Workspace

DAYS = 30
"""How long a copy is kept once something was erased (SYNC.md 3.10)."""


class Copy(NamedTuple):
    """A file made from the journal or from its photos."""

    path: Path
    made: date

    @property
    def expires(self) -> date:
        """Return the day after which it must be gone."""
        return self.made + timedelta(days=DAYS)


def copies(folder: Path) -> tuple[Copy, ...]:
    """Return the copies in a workspace, set aside by a restoration included."""
    found: set[Path] = set()
    for pattern in ("diag-*.db", "diag-*-overlay.zip"):
        found.update((folder / FOLDER).glob(pattern))
    for name in ("diag", "photos"):
        found.update(folder.glob(f"{name}-avant-*.db*"))
    return tuple(
        Copy(path, date.fromtimestamp(path.stat().st_mtime))  # noqa: DTZ012 -- a user's day
        for path in sorted(found)
    )


def drop_copies(workspace: Workspace) -> tuple[Path, ...]:
    """Make a fresh checked copy, then remove every other; return what was removed.

    Raises:
        DiagError: when the fresh copy could not be made: nothing is removed then.
    """
    fresh = {path for path in back_up(workspace) if path is not None}
    doomed = [one.path for one in copies(workspace.folder) if one.path not in fresh]
    for path in doomed:
        path.unlink()
        mark_path(path).unlink(missing_ok=True)
    return tuple(doomed)


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of personal data, and why it is held."""

    id: str
    title: str
    why: str
    how: str
    """How it is erased."""


_PERSON = "diag rgpd erase-person NOM"

OF_AUDITS = (
    Category(
        "visits",
        "Visites : présents, personnes rencontrées, autorisation",
        "dire qui a constaté quoi, avec quelle autorisation de la commune",
        _PERSON,
    ),
    Category(
        "notes",
        "Notes et observations libres (peuvent nommer une personne)",
        "expliquer une réponse à celui qui reprend l'audit",
        f"{_PERSON}, ou diag audit erase",
    ),
    Category(
        "photos",
        "Photos et leurs légendes (sans position ni numéro d'appareil)",
        "prouver un constat",
        "diag audit photo, puis diag audit erase",
    ),
    Category(
        "evidence",
        "Mesures et fichiers d'autres outils : qui les a permis, adresses de machines",
        "prouver une réponse mesurée, avec l'autorisation de la commune",
        f"{_PERSON}, ou diag audit erase",
    ),
    Category(
        "dispatches",
        "Envois : adresses des destinataires",
        "savoir qui a reçu quel état du rapport",
        _PERSON,
    ),
    Category(
        "follow_ups",
        "Suites données : qui a décidé",
        "suivre les préconisations jusqu'à leur réalisation",
        _PERSON,
    ),
    Category(
        "labels",
        "Auteurs, sous pseudonyme (u-…)",
        "garder la trace de chaque modification",
        "le nom part des réglages ; le pseudonyme reste dans l'historique",
    ),
)

OF_WORKSPACE = (
    Category(
        "directory",
        "Annuaire des collègues (pseudonyme → nom)",
        "signer les rapports et dire qui a saisi",
        "diag rgpd erase-person NOM ou PSEUDONYME, sur chaque poste",
    ),
    Category(
        "contact",
        "Téléphone et adresse du syndicat, compte d'envoi",
        "permettre aux destinataires de répondre",
        "réglages de l'espace de travail",
    ),
    Category(
        "addresses",
        "Adresses tapées pour un envoi",
        "proposer la même au prochain envoi",
        _PERSON,
    ),
    Category(
        "outbox",
        "Messages de la boîte d'envoi",
        "envoyer une seule fois, et le prouver",
        f"diag outbox cancel N°, ou {_PERSON}",
    ),
    Category(
        "official",
        "Adresses d'écoles et de mairies des listes officielles",
        "écrire à la bonne adresse (données publiques)",
        "remplacées à chaque import",
    ),
)


@dataclass(frozen=True, slots=True)
class CampaignHeld:
    """What the audits of a campaign hold."""

    retention: Retention
    over: bool
    audits: dict[str, dict[str, int]]
    """Audit → category → number."""
    names: dict[str, str]
    """Audit → whom it is about."""

    @property
    def totals(self) -> dict[str, int]:
        """Return the sum over the audits, by category."""
        total: Counter[str] = Counter()
        for counts in self.audits.values():
            total.update(counts)
        return dict(total)


@dataclass(frozen=True, slots=True)
class Register:
    """All that is held in a workspace."""

    workspace: dict[str, int]
    campaigns: tuple[CampaignHeld, ...]
    copies: tuple[Copy, ...]


def register_of(workspace: Workspace) -> Register:
    """Return which personal data a workspace holds: numbers, never the values."""
    # Facts bring judging: 35 ms that who encrypts or saves has no use for.
    from diag.workspace.subjects import audits  # noqa: PLC0415

    journal, settings = workspace.journal, workspace.settings
    journal.check_all()
    for table in ("school", "town_hall"):
        journal.check_table(table)
    held: dict[str, dict[str, int]] = {}
    for audit, what, number in held_personal(journal):
        held.setdefault(audit, {})[what] = number
    by_campaign: dict[str, dict[str, str]] = {}
    for one in audits(journal):
        by_campaign.setdefault(one.campaign, {})[one.id] = str(one.subject)
    account = get_setting(journal, "mail_account")
    campaigns = []
    for campaign, names in sorted(by_campaign.items()):
        retention = retention_of(workspace, campaign)
        counts = {audit: held.get(audit, {}) for audit in names}
        over = retention.is_over(workspace.world.today())
        campaigns.append(CampaignHeld(retention, over, counts, names))
    return Register(
        {
            "directory": len(settings.people),
            "contact": sum(map(bool, (settings.phone, settings.email, account))),
            "addresses": len(get_setting(journal, "mail_addresses", {})),
            "outbox": len(Outbox(journal).all()),
            "official": official_addresses(journal),
        },
        tuple(campaigns),
        copies(workspace.folder),
    )


def as_json(register: Register) -> dict[str, Any]:
    """Return the register for a program."""
    return {
        "workspace": register.workspace,
        "campaigns": [
            {
                "campaign": one.retention.campaign,
                "retention": one.retention.until.isoformat(),
                "decided": one.retention.decided,
                "over": one.over,
                "totals": one.totals,
                "audits": [
                    {"audit": audit, "subject": one.names[audit], "held": counts}
                    for audit, counts in one.audits.items()
                ],
            }
            for one in register.campaigns
        ],
        "copies": [
            {"path": str(one.path), "made": str(one.made), "expires": str(one.expires)}
            for one in register.copies
        ],
    }


def as_markdown(register: Register, syndicat: str, day: str) -> str:
    """Return the register as a page for the office's record of processing."""
    lines = [
        "# Données personnelles tenues par diag",
        "",
        (
            f"{inline(syndicat or 'Syndicat')}, état au {day}. Finalité : auditer le "
            "numérique des écoles et en rendre compte à ceux qui décident. "
            "Aucune donnée d'élève n'est demandée."
        ),
        "",
        "## Dans l'espace de travail",
        "",
        *_table(OF_WORKSPACE, register.workspace),
    ]
    for one in register.campaigns:
        kept = one.retention
        lines += [
            "",
            f"## Campagne {inline(kept.campaign)}",
            "",
            f"{counted(len(one.audits), 'audit')}. À garder jusqu'au "
            f"**{kept.until:%d/%m/%Y}**"
            + (" (décidée)." if kept.decided else f" ({REASON})."),
            *(["", "**Cette date est passée.**"] if one.over else []),
            "",
            *_table(OF_AUDITS, one.totals),
        ]
    lines += ["", "## Copies", ""]
    lines += [
        f"- {inline(one.path.name)}, du {one.made:%d/%m/%Y}, à supprimer au plus tard "
        f"le {one.expires:%d/%m/%Y} si quelque chose a été effacé depuis"
        for one in register.copies
    ] or ["Aucune copie dans l'espace de travail."]
    lines += ["", _ELSEWHERE, ""]
    return "\n".join(lines)


_ELSEWHERE = (
    "Hors de l'espace de travail, à tenir à part : les copies faites ailleurs, les "
    "paquets et les audits exportés, les rapports remis, le serveur du syndicat "
    "(postes, collègues et copies : docs/hub.md)."
)


def _table(categories: tuple[Category, ...], counts: dict[str, int]) -> list[str]:
    return [
        "| Donnée | Nombre | Pourquoi | Comment l'effacer |",
        "| --- | ---: | --- | --- |",
        *(
            f"| {one.title} | {counts.get(one.id, 0)} | {one.why} | {one.how} |"
            for one in categories
        ),
    ]


# Encryption: who holds the key, and its copy for the office.

IN_CLEAR = (
    "Restent en clair : les exports, rapports et audits exportés, vos grilles "
    "(overlay), diag.log, les preuves d'effacement, les serveurs de ce poste (hubs), "
    "et les copies faites avant."
)
"""What encryption does not cover, shown each time."""

_SECRETS = (
    "En clair aussi, faute de trousseau, lisibles de vous seul : {names}. Qui les lit "
    "peut se faire passer pour ce poste : perdu, faites-le révoquer au serveur."
)

_SHORTEST = 12


def in_clear(folder: Path) -> tuple[str, ...]:
    """Return what stays in clear, secrets that no keyring keeps among it."""
    keys_there = (folder / keys.FILE).exists()
    tokens = any(one.token for one in read_enrolments(folder))
    names = [
        *(["ses clés (keys.json)"] if keys_there else []),
        *(["les jetons de ses serveurs (hubs)"] if tokens else []),
    ]
    warning = _SECRETS.format(names=" et ".join(names))
    return (IN_CLEAR, warning) if names else (IN_CLEAR,)


def new_key(passphrase: str | None) -> tuple[bytes, dict[str, Any]]:
    """Return a fresh key and its mark: in the keyring, or under a passphrase.

    Raises:
        DiagError: when SQLCipher is missing, nothing holds the key, or the passphrase
            is too short.
    """
    connection.driver()
    key = token_bytes(connection.KEY_BYTES)
    if passphrase is None:
        return key, connection.held_by_keyring(key)
    if len(passphrase) < _SHORTEST:
        raise DiagError(
            f"Phrase de passe trop courte : {_SHORTEST} caractères au moins, quatre "
            "ou cinq mots sans lien par exemple."
        )
    return key, connection.held_by_passphrase(key, passphrase)


def prepare(folder: Path, key: bytes, mark: dict[str, Any]) -> None:
    """Have a new workspace made encrypted."""
    connection.remember(key)
    encryption.prepare(folder, mark)


def encrypt(folder: Path, choose: Callable[[], tuple[bytes, dict[str, Any]]]) -> bytes:
    """Encrypt the workspace that is there, or what was left of it; return its key.

    `choose` gives a fresh key and its mark, where nothing has one yet.

    Raises:
        DiagError: when there is none, or it is encrypted already, or open elsewhere.
    """
    _needed(folder)
    if encryption.is_encrypted(folder) and not has_clear_lines(folder):
        raise DiagError(f"{folder} est déjà chiffré. Rien n'a été changé.")
    key, mark = encryption.started(folder) or choose()
    encryption.encrypt(folder, key, mark)
    return key


def decrypt(folder: Path, key: bytes | None) -> None:
    """Put a workspace back in clear, with a key come from the escrow if need be.

    Raises:
        DiagError: when it is not encrypted, open elsewhere, or its key cannot be had.
    """
    _needed(folder)
    if not encryption.is_encrypted(folder):
        raise DiagError(f"{folder} n'est pas chiffré. Rien n'a été changé.")
    if key is not None:
        connection.remember(key)
    own = connection.key_of(folder / FILE)
    if own is None:
        raise DiagError(f"{folder} n'est pas chiffré.")
    encryption.decrypt(folder, own)


def escrow(folder: Path, key: bytes, recipients: Sequence[str]) -> Path:
    """Seal a key for the office's age keys; return the file to hand over.

    Raises:
        DiagError: when one is no age key.
    """
    found = read_recipients(recipients)
    content = json.dumps({"key": key.hex(), "id": connection.key_id(key)})
    path = folder / f"sequestre-{connection.key_id(key)}.age"
    write_whole(path, load_age().encrypt(content.encode(), found))
    return path


def from_escrow(folder: Path, identity: Path) -> bytes:
    """Open the escrow of a workspace with the office's private key.

    Raises:
        DiagError: when there is none, or that key does not open it.
    """
    openers = read_identities(identity)
    mark = json.loads(encryption.mark_of(folder).read_text(encoding="utf-8"))
    path = folder / f"sequestre-{mark['key']}.age"
    try:
        content = json.loads(load_age().decrypt(path.read_bytes(), openers))
    except (OSError, load_age().DecryptError) as error:
        raise DiagError(
            f"{path} : séquestre absent, ou fait pour une autre clé."
        ) from error
    return bytes.fromhex(content["key"])


def _needed(folder: Path) -> None:
    if not (folder / FILE).exists():
        raise DiagError(f"Aucun espace de travail dans {folder}.")
