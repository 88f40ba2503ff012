"""The words of the trade, told to someone who does not practise it.

A document explains each acronym it uses, and only those.
"""

from diag.reports.escape import Md
from diag.reports.layout import definitions

TERMS = {
    "AAF": "annuaire de l'académie, d'où viennent les comptes",
    "ADSL": "accès à Internet par la ligne en cuivre, lent et bientôt arrêté",
    "AGEC": "loi de 2020 contre le gaspillage et pour le réemploi",
    "AIPD": "étude des risques d'un traitement de données personnelles",
    "ALPI": "syndicat du numérique des Landes",
    "AVICCA": "association des collectivités engagées dans le numérique",
    "BAES": "bloc d'éclairage de secours",
    "BCD": "bibliothèque et centre documentaire de l'école",
    "CARMO": "cadre national pour les appareils mobiles des élèves",
    "CCTP": "cahier technique d'un marché public",
    "CNFPT": "centre de formation des agents des communes",
    "CNIL": "autorité qui veille aux données personnelles",
    "CPC": "conseiller pédagogique de circonscription",
    "CPL": "réseau qui passe par les fils électriques, peu fiable",
    "CRCN": "cadre national des compétences numériques des élèves",
    "DASEN": "directeur académique des services de l'Éducation nationale",
    "DEEE": "déchets d'équipements électriques et électroniques",
    "DETR": "dotation de l'État pour l'équipement des territoires ruraux",
    "DHCP": "service qui donne son adresse à chaque appareil",
    "DNS": "annuaire qui traduit un nom de site en adresse, et sert souvent à filtrer",
    "DoH": "résolution de noms chiffrée, qui peut contourner un filtre",
    "DPD": "délégué à la protection des données",
    "DRANE": "service académique du numérique éducatif",
    "DSDEN": "services départementaux de l'Éducation nationale",
    "DSIL": "dotation de l'État de soutien à l'investissement local",
    "EAP": "connexion au Wi-Fi par un compte propre à chacun",
    "EduConnect": "compte unique des familles pour les services de l'école",
    "ENI": "écran numérique interactif",
    "ENT": "espace numérique de travail : cahier de textes, messagerie, documents",
    "EPCI": "intercommunalité",
    "ERUN": "enseignant référent aux usages du numérique",
    "FTTE": "fibre pour les entreprises, dépannage garanti",
    "FTTH": "fibre jusqu'au bâtiment, offre courante",
    "FTTO": "fibre dédiée à un seul site, dépannage garanti",
    "GAR": "accès protégé des élèves aux ressources numériques",
    "GFU": "réseau de fibre réservé à un groupe, une commune par exemple",
    "GHz": "gigahertz : la bande radio d'un Wi-Fi",
    "GTI": "garantie de temps d'intervention après une panne",
    "GTR": "garantie de temps de rétablissement après une panne",
    "HDMI": "prise vidéo courante d'un écran ou d'un projecteur",
    "HT": "hors taxes",
    "IA": "intelligence artificielle",
    "IEN": "inspecteur de l'Éducation nationale de la circonscription",
    "INSEE": "institut national de la statistique, qui numérote les communes",
    "IP": "adresse d'un appareil sur le réseau",
    "IPS": "indice de position sociale des élèves",
    "IPv4": "adresses courantes des appareils sur Internet",
    "IPv6": "adresses récentes des appareils sur Internet",
    "LAN": "réseau local, celui de l'école",
    "LED": "éclairage ou source de lumière économe",
    "LSU": "livret scolaire de l'élève, en ligne",
    "MAC": "numéro d'un appareil sur le réseau",
    "Mbit/s": "mégabits par seconde : la vitesse d'un accès à Internet",
    "MDM": "logiciel qui gère à distance des tablettes",
    "MFP": "imprimante qui numérise aussi",
    "MHz": "mégahertz : la largeur d'un canal Wi-Fi",
    "NAS": "boîtier de stockage partagé sur le réseau",
    "NF": "norme française",
    "OM4": "catégorie d'une fibre entre deux baies",
    "ONDE": "fichier national des élèves du premier degré",
    "OS": "système d'exploitation d'un ordinateur",
    "PC": "ordinateur",
    "PoE": "alimentation d'un appareil par son câble réseau",
    "PPMS": "plan de mise en sûreté de l'école face aux risques",
    "PrimTux": "système libre fait pour l'école primaire",
    "RASED": "réseau d'aides aux élèves en difficulté",
    "REP": "réseau d'éducation prioritaire",
    "RGAA": "référentiel d'accessibilité des services publics en ligne",
    "RGPD": "règlement européen sur les données personnelles",
    "RJ11": "prise téléphonique",
    "RJ45": "prise réseau murale",
    "RPI": "regroupement pédagogique de plusieurs communes",
    "SDET": "cadre national des espaces numériques de travail",
    "SSD": "disque rapide d'un ordinateur",
    "SSID": "nom d'un réseau Wi-Fi",
    "TBI": "tableau blanc interactif",
    "THD": "très haut débit",
    "TNI": "tableau numérique interactif",
    "TPM": "puce de sécurité que Windows 11 exige",
    "TTC": "toutes taxes comprises",
    "TVA": "taxe sur la valeur ajoutée",
    "UAI": "numéro officiel d'une école",
    "ULIS": "unité d'enseignement pour élèves en situation de handicap",
    "UPE2A": "unité pour élèves arrivant d'un autre pays",
    "URL": "adresse d'une page",
    "USB": "prise d'un ordinateur pour clés et appareils",
    "VA": "voltampère : la puissance d'un onduleur",
    "VDSL": "accès à Internet par la ligne en cuivre, un peu plus rapide",
    "VGA": "ancienne prise vidéo",
    "VLAN": "réseau séparé d'un autre sur les mêmes câbles",
    "VPI": "vidéoprojecteur interactif",
    "VPN": "liaison protégée à distance",
    "WEP": "ancienne protection du Wi-Fi, à ne plus employer",
    "WPA": "protection d'un réseau Wi-Fi",
    "WPA2": "protection d'un réseau Wi-Fi",
    "WPA3": "protection récente d'un réseau Wi-Fi",
}
"""Term → what it means, in words of every day."""


def terms_in(text: str) -> tuple[str, ...]:
    """Return the terms of the glossary that a text uses, in order."""
    return tuple(sorted(term for term in TERMS if _stands(term, text)))


def _stands(term: str, text: str) -> bool:
    """Say whether a term stands in a text as a word of its own.

    Ten times faster than telling the words of a long document apart.
    """
    at = text.find(term)
    while at >= 0:
        end = at + len(term)
        if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
            return True
        at = text.find(term, end)
    return False


def glossary(text: str) -> Md:
    """Return the definitions of the terms that a text uses."""
    return definitions((term, TERMS[term]) for term in terms_in(text))
