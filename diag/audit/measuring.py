"""Measures on site: who allowed them, against which server; their words, one a key."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import NamedTuple

from diag.audit.session import AuditSession
from diag.imports.evidence.measures import read_run
from diag.imports.evidence.reading import EvidenceRefusedError
from diag.journal.attachments import AttachmentStore
from diag.journal.records import evidence_of
from diag.model.errors import DiagError
from diag.model.measure import (
    FORMAT,
    Authorisation,
    Measurement,
    MeasureRun,
    MeasureStatus,
)
from diag.model.text import clean_line
from diag.words.dates import written_day
from diag.words.sentences import measure, with_detail


class MeasureTerms(NamedTuple):
    """Who let the line be filled, and the server that fills it."""

    authorisation: Authorisation | None = None
    mire: str = ""
    """URL of the speed server; empty for none."""


def kept_runs(session: AuditSession) -> Iterator[MeasureRun]:
    """Give the runs of our own that an audit keeps, the last one first."""
    store = AttachmentStore(session.workspace.folder)
    kept = evidence_of(session.workspace.journal, session.audit.id)
    runs = []
    for file in kept:
        raw = store.get(file.files[0])
        if raw is None or FORMAT.encode() not in raw[:200]:
            continue
        try:
            runs.append(read_run(raw))
        except EvidenceRefusedError:
            continue
    yield from sorted(runs, key=lambda one: one.started_at, reverse=True)


def last_terms(session: AuditSession) -> MeasureTerms:
    """Return the terms of the last run that filled the line, else of a visit."""
    for run in kept_runs(session):
        if run.authorisation:
            return MeasureTerms(run.authorisation, run.server)
    noted = [one.measuring for one in session.visits if one.measuring]
    return MeasureTerms(noted[-1] if noted else None)


def allowed_on(session: AuditSession, day: date) -> Authorisation | None:
    """Return who let the line be filled on a day; None: it was not."""
    return next(
        (
            one.authorisation
            for one in kept_runs(session)
            if one.authorisation and one.started_at.date() == day
        ),
        None,
    )


_ASKED = {
    "by": "Qui a signé l'autorisation",
    "role": "Quelle est sa fonction",
    "scope": "Qu'est-ce qu'elle permet",
    "told": "Qui a prévenu la direction",
}
"""What must be written → the question that it answers."""


def terms_from(mire: str, given: Mapping[str, str]) -> tuple[str, Authorisation]:
    """Return the server and the authorisation, once all of it is written.

    Raises:
        DiagError: what is missing, at its field.
    """
    cleaned = {name: clean_line(words)[:200] for name, words in given.items()}
    if not mire.strip():
        raise DiagError(
            "Dites l'adresse de la mire, le serveur de mesure du syndicat.",
            about="mire",
        )
    for name, question in _ASKED.items():
        if not cleaned.get(name):
            raise DiagError(
                f"{question} ? Sans cela, la ligne n'est pas remplie.", about=name
            )
    try:
        date.fromisoformat(cleaned["on"])
    except ValueError as error:
        raise DiagError(
            "Quel jour a-t-elle été signée ? Écrivez 2026-09-02.", about="on"
        ) from error
    return mire.strip(), Authorisation(**cleaned)


MEASURED = {
    "poste.interface": "Carte réseau",
    "poste.cable": "Branché par câble",
    "poste.lien": "Vitesse du lien",
    "poste.duplex": "Lien à double sens (full duplex)",
    "poste.mtu": "Taille des paquets de la carte (MTU)",
    "poste.vpn": "VPN sur cet ordinateur",
    "lan.passerelle": "Passerelle",
    "lan.dns": "Résolveurs DNS",
    "lan.dhcp": "Serveur DHCP",
    "lan.bail": "Durée du bail DHCP",
    "lan.sous_reseau": "Masque du réseau",
    "internet.debit_descendant": "Débit descendant",
    "internet.debit_montant": "Débit montant",
    "internet.latence": "Latence",
    "internet.gigue": "Gigue",
    "internet.perte": "Paquets perdus",
    "internet.latence_charge_descendante": "Latence, ligne pleine en réception",
    "internet.latence_charge_montante": "Latence, ligne pleine en envoi",
    "internet.dns_latence": "Réponse du DNS",
    "internet.dns_resolveur": "Résolveur de la ligne",
    "internet.dns_reecriture": "Noms inexistants réécrits",
    "internet.portail_captif": "Portail captif",
    "internet.proxy": "Proxy du système",
    "internet.mtu": "Taille des paquets de la ligne (MTU)",
    "internet.ipv6": "IPv6",
    "internet.ip_publique": "Adresse publique",
    "services.joignables": "Services qui répondent",
    "services.joignable": "Service joignable",
    "services.premier_octet": "Attente du premier octet",
    "services.inspection": "Pages ouvertes en chemin (inspection TLS)",
    "filtrage.categorie": "Catégorie bloquée",
    "filtrage.adresses_testees": "Sites d'essai tentés",
    "filtrage.adresses_bloquees": "Sites d'essai bloqués",
    "filtrage.safesearch": "Moteurs à recherche protégée",
    "filtrage.contournable": "Filtre contournable",
    "wifi.points_entendus": "Points d'accès entendus",
    "wifi.dit_eteint": "Wi-Fi dit éteint",
}
"""Key of a measure → what it is; of the line by Wi-Fi from a room, the same."""


SUBJECTS = {
    "wifi": "La salle",
    "internet": "La ligne",
    "services": "Les services",
    "filtrage": "Le filtrage",
    "lan": "Le réseau de l'école",
    "poste": "Cet ordinateur",
}
"""What the keys of a measure begin with → of what it tells, most wanted first."""


def key_label(key: str) -> str:
    """Return what a key measures: « Gigue »; the same by Wi-Fi from a room."""
    of_line = key.replace("wifi.", "internet.", 1)
    return MEASURED.get(key) or MEASURED.get(of_line, key)


def allowed_words(one: Authorisation) -> str:
    """Return « Mme Durand, maire, le 02/09/2026 (débit, le matin) »."""
    who = f"{one.by}, {one.role}, le {written_day(one.on)}"
    return with_detail(who, one.scope)


def measured_label(one: Measurement) -> str:
    """Return what was measured: « Service joignable : ENT (proxy) »."""
    label = key_label(one.key)
    named = one.target if one.key in _NAMED else ""
    way = " (proxy)" if one.method == "proxy" else ""
    return f"{label} : {named}{way}" if named else f"{label}{way}"


_NAMED = {"services.joignable", "filtrage.categorie"}
"""Keys measured of several things, each by its name."""


def measured_value(one: Measurement) -> str:
    """Return what came of it: « 48,27 Mbit/s », « 0 % (au plus 1,33 %) », « oui »."""
    if one.value is None:
        return STATUSES[one.status]
    if isinstance(one.value, bool):
        return "oui" if one.value else "non"
    if isinstance(one.value, str):
        return one.value
    least = "au moins " if one.status is MeasureStatus.PARTIAL else ""
    words = least + _short(one.value, one.unit)
    if one.unit == "%" and "loss_most" in one.stats:
        return f"{words} (au plus {_short(100 * one.stats['loss_most'], '%')})"
    return words


def _short(value: float, unit: str) -> str:
    return measure(f"{value:.2f}".rstrip("0").rstrip("."), unit)


STATUSES = {
    MeasureStatus.OK: "mesuré",
    MeasureStatus.PARTIAL: "partiel",
    MeasureStatus.INCONCLUSIVE: "non concluant",
    MeasureStatus.ABSENT: "sans objet",
}
"""What came of a measure without a value."""
