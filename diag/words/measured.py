"""The words of what is measured on site, one for each key, everywhere."""

from diag.model.measure import Authorisation, Measurement, MeasureStatus
from diag.words.dates import written_day
from diag.words.figures import measure
from diag.words.sentences import with_detail

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
