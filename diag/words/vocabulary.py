"""The words of judgements, people and places, one for each, everywhere."""

from diag.model.enums import (
    Audience,
    AuditStatus,
    BudgetSection,
    Compliance,
    FollowUpState,
    Kind,
    Nature,
    Outcome,
    Owner,
    Participant,
    Pending,
    PlaceKind,
    Profile,
    Provenance,
    Socle,
    State,
    Trade,
)

LEVELS = ("insuffisant", "base", "recommandé", "exemplaire")
"""Levels 0 to 3."""

LEVEL_PHRASES = (
    *("niveau insuffisant", "niveau de base"),
    *("niveau recommandé", "niveau exemplaire"),
)
"""The same, in a sentence: « base » alone is not clear."""

LEVELS_EXPLAINED = (
    "Niveaux : insuffisant (à reprendre), base (dépanne), recommandé "
    "(répond au besoin), exemplaire (au-delà)."
)
"""What every document prints once, before its first level."""

BUDGET_SECTIONS = {
    BudgetSection.INVESTISSEMENT: "investissement",
    BudgetSection.FONCTIONNEMENT: "fonctionnement",
    BudgetSection.TRAVAUX: "travaux du bâtiment",
    BudgetSection.A_CONFIRMER: "à confirmer",
}
"""Under which section of its budget a commune pays."""

OWNERS = {
    Owner.COMMUNE: "la commune",
    Owner.SYNDICAT: "le syndicat",
    Owner.ECOLE: "l'école",
    Owner.ACADEMIE: "l'académie",
    Owner.PRESTATAIRE: "le prestataire",
}
"""Who acts."""

ACTORS = {
    Owner.COMMUNE: "commune",
    Owner.SYNDICAT: "syndicat",
    Owner.ECOLE: "école",
    Owner.ACADEMIE: "académie",
    Owner.PRESTATAIRE: "prestataire",
}
"""The same in a cell, without article."""

WHOM = {
    "direction": "la direction",
    "equipe": "l'équipe",
    "commune": "la mairie",
    "syndicat": "le syndicat",
    "prestataire": "le prestataire",
    "bureau": "à lire au bureau",
    "fichier": "au fichier officiel",
    "baie": "à voir à la baie",
    "salle": "à voir dans la salle",
    "lot": "à voir sur le matériel",
}
"""Of whom a question is asked, or where its answer is seen."""

COMPLIANCES = {
    Compliance.CONFORME: "respecté",
    Compliance.NON_CONFORME: "non respecté",
    Compliance.A_VERIFIER: "à vérifier",
    Compliance.SANS_OBJET: "sans objet",
}
"""Whether what the law asks is done."""

LAW = "Ce que la loi demande"
"""What readers call compliance."""

ASKED = "Ce qui est demandé"
"""The same where no text was read that makes a law of it."""

NATURES = {
    Nature.LOI: "Obligation",
    Nature.CONSIGNE: "Consigne du ministère",
    Nature.SECURITE: "Sécurité constatée",
    Nature.AIDE: "Condition d'une aide",
    Nature.RECOMMANDATION: "Recommandation",
    Nature.USAGE: "Usage",
}
"""What a criterion rests on."""

TO_READ = "Texte à vérifier"
"""What stands for « Obligation » until somebody has read the text, or read it again."""

SOCLES = {
    Socle.ATTEINT: "atteint",
    Socle.ATTEINT_SAUF: "atteint sauf exceptions",
    Socle.NON_ATTEINT: "non atteint",
    Socle.INDETERMINE: "à vérifier",
    Socle.SANS_OBJET: "sans objet",
}
"""Whether everything blocking holds, in a word."""

SOCLE_SENTENCES = {
    Socle.ATTEINT: "Le socle est atteint : toutes les conditions indispensables "
    "sont réunies.",
    Socle.ATTEINT_SAUF: "Le socle est atteint, sauf dans quelques lieux",
    Socle.NON_ATTEINT: "Le socle n'est pas atteint : au moins une condition "
    "indispensable manque",
    Socle.INDETERMINE: "On ne sait pas encore si le socle est atteint : des "
    "conditions indispensables restent à vérifier.",
    Socle.SANS_OBJET: "",
}
"""Whether everything blocking holds; what is missing is named after it."""

UNSCORED = "loi seule"
"""Said of a domain that raises alerts and is never averaged: it has no score."""

PRIORITIES = {
    Kind.COMPLIANCE: "immédiate",
    Kind.BLOCKING: "haute",
    Kind.IMPROVEMENT: "normale",
}
"""How soon a criterion of each kind is to be cured."""

KINDS = {
    Kind.COMPLIANCE: "règle",
    Kind.BLOCKING: "indispensable",
    Kind.IMPROVEMENT: "amélioration",
}
"""How a criterion weighs."""

PLACES = {
    PlaceKind.SYNDICAT: ("syndicat", "syndicats"),
    PlaceKind.COMMUNE: ("commune", "communes"),
    PlaceKind.ECOLE: ("école", "écoles"),
    PlaceKind.BATIMENT: ("bâtiment", "bâtiments"),
    PlaceKind.SALLE: ("salle", "salles"),
    PlaceKind.LOT: ("lot de matériel", "lots de matériel"),
}
"""One place of a kind, and several."""

PLACE_NAMES = {kind: names[0] for kind, names in PLACES.items()} | {
    PlaceKind.LOT: "lot"
}
"""What a kind is called on screen: « lot »."""

FEMININE = frozenset({PlaceKind.COMMUNE, PlaceKind.ECOLE, PlaceKind.SALLE})
"""The kinds whose name is feminine."""

SUBJECTS = {
    PlaceKind.SYNDICAT: ("le syndicat", "du syndicat"),
    PlaceKind.COMMUNE: ("la commune", "de la commune"),
    PlaceKind.ECOLE: ("l'école", "de l'école"),
}
"""How a document calls whom it is about, and what is theirs."""

WHOLE_SUBJECTS = {
    PlaceKind.SYNDICAT: "tout le syndicat",
    PlaceKind.COMMUNE: "toute la commune",
    PlaceKind.ECOLE: "toute l'école",
}
"""A subject with all its places."""

THIS_SUBJECT = {
    PlaceKind.SYNDICAT: "ce syndicat",
    PlaceKind.COMMUNE: "cette commune",
    PlaceKind.ECOLE: "cette école",
}
"""A subject, pointed at."""

SUBJECT_CODES = {
    PlaceKind.SYNDICAT: "SIREN",
    PlaceKind.COMMUNE: "Code INSEE",
    PlaceKind.ECOLE: "UAI",
}
"""What the official number of a subject is called."""

PROVENANCES = {
    Provenance.MEASURED: "mesuré",
    Provenance.OBSERVED: "constaté",
    Provenance.DECLARED: "déclaré",
    Provenance.IMPORTED: "importé",
    Provenance.CARRIED: "repris d'un autre audit",
}
"""How a fact became known."""

PROVENANCE_MARKS = {
    Provenance.MEASURED: "mes",
    Provenance.OBSERVED: "vu",
    Provenance.DECLARED: "dit",
    Provenance.IMPORTED: "imp",
    Provenance.CARRIED: "rep",
}
"""The same in three letters at most; none reads as a unit (« 2 m »)."""

PROVENANCES_COUNTED = {
    Provenance.MEASURED: ("mesurée", "mesurées"),
    Provenance.OBSERVED: ("constatée sur place", "constatées sur place"),
    Provenance.DECLARED: ("déclarée", "déclarées"),
    Provenance.IMPORTED: ("reprise d'un fichier", "reprises de fichiers"),
    Provenance.CARRIED: ("reprise d'un autre audit", "reprises d'autres audits"),
}
"""The same of one answer, and of several."""

STATES = {
    State.KNOWN: "connu",
    State.UNKNOWN: "inconnu",
    State.NOT_APPLICABLE: "sans objet",
    State.REFUSED: "non communiqué",
}
"""How far a fact is known."""

PENDINGS = {
    Pending.QUANTITY: "quantité à mesurer",
    Pending.PRICE: "prix trop incertain, devis à demander",
    Pending.WORKS: "travaux du bâtiment, hors budget numérique",
    Pending.LATER: "après les trois budgets",
    Pending.TO_CONFIRM: "à vérifier d'abord",
    Pending.CLOSED: "faite ou écartée, et encore constatée",
    Pending.NO_ACTION: "aucune action des grilles ne s'applique en l'état",
}
"""Why something cannot be voted yet."""

FOLLOW_UPS = {
    FollowUpState.PROPOSEE: "proposée",
    FollowUpState.DECIDEE: "décidée",
    FollowUpState.FINANCEE: "financée",
    FollowUpState.COMMANDEE: "commandée",
    FollowUpState.FAITE: "faite",
    FollowUpState.VERIFIEE: "vérifiée",
    FollowUpState.ECARTEE: "écartée",
}
"""What became of a recommendation."""

FOLLOW_UPS_VOTED = FOLLOW_UPS | {FollowUpState.DECIDEE: "votée"}
"""What became of a vote."""

PARTICIPANTS = {
    Participant.ELU: "élu",
    Participant.DIRECTION: "direction d'école",
    Participant.ENSEIGNANT: "enseignant",
    Participant.PARENT: "parent d'élève",
    Participant.ELEVE: "élève",
    Participant.AGENT: "agent de la commune ou du syndicat",
    Participant.ACADEMIE: "académie",
    Participant.AUTRE: "autre",
}
"""In what role somebody speaks at a workshop."""

OUTCOMES = {
    Outcome.ADOPTE: "adopté",
    Outcome.AJOURNE: "ajourné",
    Outcome.REJETE: "rejeté",
    Outcome.AVIS: "avis donné",
}
"""What a body decided."""

STATUSES = {
    AuditStatus.EN_COURS: "en cours",
    AuditStatus.SOUMIS: "soumis",
    AuditStatus.ACCEPTE: "accepté",
    AuditStatus.RETOURNE: "retourné",
    AuditStatus.CLOS: "clos",
}
"""Where an audit stands, in a word."""

STATUSES_PRINTED = {
    AuditStatus.EN_COURS: "audit en cours",
    AuditStatus.SOUMIS: "soumis à relecture",
    AuditStatus.ACCEPTE: "relu et accepté, pas encore clos",
    AuditStatus.RETOURNE: "renvoyé pour complément",
    AuditStatus.CLOS: "définitif",
}
"""The same in documents, for readers who know no audit."""

STATUSES_UNSEALED = {
    AuditStatus.ACCEPTE: "modifié depuis l'acceptation",
    AuditStatus.CLOS: "modifié depuis la clôture",
}
"""In the place of « accepté » and « définitif », once something was written since."""

ACCEPTED_ALONE = "accepté par son auteur"
"""In the place of « accepté », where who accepted an audit wrote in it."""

PROOFS = {"sealed": "scellé", "device": "poste", "old": "ancien"}
"""What shows that a line is its author's: a key, who gave it, or that it is old."""

RELAYED_BY = "relayé par {}"
"""Where somebody else gave it, and no seal covers it."""

MASKED = "(masqué : effacement demandé)"
"""In the place of what somebody asks to erase, until another person confirms it."""

UNSEALED = "descellé"
"""In the place of « accepté » among those who work on it, once it was written in."""

STATUS_MOVES = {
    AuditStatus.EN_COURS: "Reprendre l'audit",
    AuditStatus.SOUMIS: "Soumettre à relecture",
    AuditStatus.ACCEPTE: "Accepter",
    AuditStatus.RETOURNE: "Retourner pour complément",
    AuditStatus.CLOS: "Clore : les rapports deviennent définitifs",
}
"""What moves an audit there."""

STATUS_MOVES_ALONE = (
    "Vous avez écrit dans cet audit. L'accepter seul ? Tout dira « accepté par son "
    "auteur »."
)
"""What one who wrote in an audit is asked before accepting it."""

STATUS_BUTTONS = STATUS_MOVES | {AuditStatus.CLOS: "Clore"}
"""The same on a button, where that is too long."""

PROFILES = {
    Profile.SHORT: "court",
    Profile.STANDARD: "standard",
    Profile.FULL: "complet",
}
"""How a visit was called before its minutes were chosen."""

AUDIENCES = {
    Audience.MAIRIE: "la mairie",
    Audience.EQUIPE: "l'équipe",
    Audience.ACADEMIE: "l'académie",
    Audience.TECHNIQUE: "la technique",
}
"""To whom a wording speaks."""

PARTS = {
    Audience.MAIRIE: ("title", "why", "decision"),
    Audience.EQUIPE: ("title", "why", "meanwhile"),
    Audience.ACADEMIE: ("title", "why"),
    Audience.TECHNIQUE: ("title", "how"),
}
"""The parts of a recommendation that each reader gets."""

TRADES = {
    Trade.ELECTRICITE: "Électricité",
    Trade.RESEAU: "Réseau",
    Trade.SALLES: "Salles et mobilier",
    Trade.APPAREILS: "Appareils",
    Trade.SERVICES: "Services et règles",
    Trade.FORMATION: "Formation",
}
"""Whose craft an action takes."""

PART_WORDS = {
    "title": "Titre",
    "why": "Pourquoi",
    "decision": "À décider",
    "meanwhile": "En attendant",
    "how": "Comment",
}
"""What each part of a wording is called."""

GRADES = {
    "A": "texte officiel ou administration",
    "B": "collectivité ou association de collectivités",
    "C": "presse ou témoignage",
    "D": "fournisseur, consultant ou copie d'un texte",
    "M": "usage du métier, sans source",
}
"""What the grade of a source means."""

GRADES_SHORT = {
    "A": "texte officiel",
    "B": "collectivité",
    "C": "presse ou étude",
    "D": "fournisseur",
    "M": "métier",
}
"""The same, beside a threshold on a screen."""

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
