"""The words of the trade, told to someone who does not practise it.

A document explains each acronym it uses, and only those.
"""

import re

from diag.reports.escape import Md
from diag.reports.layout import definitions

TERMS = {
    "ADSL": "accès à Internet par la ligne en cuivre, lent et bientôt arrêté",
    "BCD": "bibliothèque et centre documentaire de l'école",
    "CAT 6": "catégorie d'un câble réseau récent",
    "CNIL": "autorité qui veille aux données personnelles",
    "CPC": "conseiller pédagogique de circonscription",
    "CRCN": "cadre national des compétences numériques des élèves",
    "DASEN": "directeur académique des services de l'Éducation nationale",
    "DETR": "dotation de l'État pour l'équipement des territoires ruraux",
    "DNS": "annuaire qui traduit un nom de site en adresse ; il sert souvent à filtrer",
    "DPD": "délégué à la protection des données",
    "DRANE": "service académique du numérique éducatif",
    "DSDEN": "services départementaux de l'Éducation nationale",
    "EAP": "connexion au Wi-Fi par un compte propre à chacun",
    "ENI": "écran numérique interactif",
    "ENT": "espace numérique de travail : cahier de textes, messagerie, documents",
    "EPCI": "intercommunalité",
    "ERUN": "enseignant référent aux usages du numérique",
    "FTTH": "fibre jusqu'au bâtiment, offre courante",
    "FTTE": "fibre pour les entreprises, dépannage garanti",
    "FTTO": "fibre dédiée à un seul site, dépannage garanti",
    "GAR": "accès protégé des élèves aux ressources numériques",
    "GTR": "garantie de temps de rétablissement après une panne",
    "HT": "hors taxes",
    "IEN": "inspecteur de l'Éducation nationale de la circonscription",
    "INSEE": "institut national de la statistique, qui numérote les communes",
    "IP": "adresse d'un appareil sur le réseau",
    "IPS": "indice de position sociale des élèves",
    "IPv6": "adresses récentes des appareils sur Internet",
    "LAN": "réseau local, celui de l'école",
    "MAC": "numéro d'un appareil sur le réseau",
    "Mbit/s": "mégabits par seconde : la vitesse d'un accès à Internet",
    "MDM": "logiciel qui gère à distance des tablettes",
    "MFP": "imprimante qui numérise aussi",
    "NAS": "boîtier de stockage partagé sur le réseau",
    "NF": "norme française",
    "OS": "système d'exploitation d'un ordinateur",
    "PC": "ordinateur",
    "PoE": "alimentation d'un appareil par son câble réseau",
    "RASED": "réseau d'aides aux élèves en difficulté",
    "REP": "réseau d'éducation prioritaire",
    "RGPD": "règlement européen sur les données personnelles",
    "RJ45": "prise réseau murale",
    "RPI": "regroupement pédagogique de plusieurs communes",
    "SSD": "disque rapide d'un ordinateur",
    "SSID": "nom d'un réseau Wi-Fi",
    "TBI": "tableau blanc interactif",
    "THD": "très haut débit",
    "TNI": "tableau numérique interactif",
    "TTC": "toutes taxes comprises",
    "TVA": "taxe sur la valeur ajoutée",
    "UAI": "numéro officiel d'une école",
    "ULIS": "unité d'enseignement pour élèves en situation de handicap",
    "UPE2A": "unité pour élèves arrivant d'un autre pays",
    "URL": "adresse d'une page",
    "USB": "prise d'un ordinateur pour clés et appareils",
    "VDSL": "accès à Internet par la ligne en cuivre, un peu plus rapide",
    "VLAN": "réseau séparé d'un autre sur les mêmes câbles",
    "VPI": "vidéoprojecteur interactif",
    "VPN": "liaison protégée à distance",
    "WPA2": "protection d'un réseau Wi-Fi",
    "WPA3": "protection récente d'un réseau Wi-Fi",
}
"""Term → what it means, in words of every day."""

_ACRONYM = re.compile(r"(?<![\w/.-])[A-Za-z]*[A-Z][A-Za-z]*[A-Z][A-Za-z]*\d?(?![\w])")


def terms_in(text: str) -> tuple[str, ...]:
    """Return the terms of the glossary that a text uses, in order."""
    return tuple(term for term in sorted(TERMS) if _uses(text, term))


def acronyms_in(text: str) -> frozenset[str]:
    """Return whatever looks like an acronym: a word with two capitals or more."""
    return frozenset(_ACRONYM.findall(text))


def glossary(text: str) -> Md:
    """Return the definitions of the terms that a text uses."""
    return definitions((term, TERMS[term]) for term in terms_in(text))


def _uses(text: str, term: str) -> bool:
    return re.search(rf"(?<![\w]){re.escape(term)}(?![\w])", text) is not None
