"""The official files, column by column: 2019 to 2026, CSV labels and API names."""

from diag.imports.layout import Layout

ANNUAIRE = Layout(
    command="annuaire",
    title="l'annuaire de l'éducation",
    required={
        "uai": ("Identifiant_de_l_etablissement", "Numéro UAI", "Code établissement"),
        "name": (
            "Nom_etablissement",
            "Nom de l'établissement",
            "Appellation officielle",
        ),
        "insee": ("Code_commune", "Code commune INSEE"),
        "commune": ("Nom_commune", "Commune", "Libelle_commune"),
    },
    optional={
        "type": ("Type_etablissement",),
        "nature": ("code_nature",),
        "department": ("Code_departement",),
        "sector": ("Statut_public_prive", "Secteur public privé"),
        "nursery": ("Ecole_maternelle",),
        "elementary": ("Ecole_elementaire",),
        "address_1": ("Adresse_1", "Adresse"),
        "address_2": ("Adresse_2",),
        "address_3": ("Adresse_3",),
        "postcode": ("Code_postal",),
        "phone": ("Telephone",),
        "email": ("Mail",),
        "siret": ("SIREN_SIRET",),
        "latitude": ("latitude",),
        "longitude": ("longitude",),
        "position": ("position",),
        "circonscription": ("nom_circonscription",),
        "priority_education": ("Appartenance_Education_Prioritaire",),
        "rpi": ("rpi_disperse",),
        "state": ("etat",),
        "updated": ("date_maj_ligne",),
    },
    unused="""
        Code_academie;Code_region;Voie_generale;Voie_technologique;Voie_professionnelle
        Fax;Web;Restauration;Hebergement;ULIS;Apprentissage;Segpa;Section_arts
        Section_cinema;Section_theatre;Section_sport;Section_internationale
        Section_europeenne;Lycee_Agricole;Lycee_militaire;Lycee_des_metiers;Post_BAC
        GRETA;Nombre_d_eleves;Fiche_onisep;Libelle_departement;Libelle_academie
        Libelle_region;coordX_origine;coordY_origine;epsg_origine;coordonnee_X
        coordonnee_Y;epsg;precision_localisation;date_ouverture;ministere_tutelle
        multi_uai;etablissement_multi_lignes;rpi_concentre;libelle_nature;PIAL
        Type_contrat_prive;Code_type_contrat_prive
        etablissement_mere;type_rattachement_etablissement_mere
        code_circonscription;code_zone_animation_pedagogique
        libelle_zone_animation_pedagogique;code_bassin_formation
        libelle_bassin_formation
    """,
)
"""`fr-en-annuaire-education`: 69, 72 or 71 columns in 2023, 2024 and 2026."""

EFFECTIFS = Layout(
    command="effectifs",
    title="le fichier des effectifs et des classes",
    required={
        "uai": ("Numéro de l'école", "numero_ecole"),
        "year": ("Rentrée scolaire",),
        "pupils": ("Nombre total d'élèves", "nombre_total_eleves"),
        "classes": ("Nombre total de classes", "nombre_total_classes"),
    },
    optional={},
    unused="""
        Région académique;Code_region_aca;Code_region_insee;Académie;Code_academie
        Département;Code_departement;Commune;Code postal;Patronyme;Secteur;REP;REP +
        Dénomination principale;rep_plus;tri;num_ligne
        Nombre d'élèves en pré-élémentaire hors ULIS
        Nombre d'élèves en élémentaire hors ULIS
        Nombre d'élèves en ULIS;Nombre d'élèves en UEEA
        Nombre d'élèves en CP hors ULIS;Nombre d'élèves en CE1 hors ULIS
        Nombre d'élèves en CE2 hors ULIS;Nombre d'élèves en CM1 hors ULIS
        Nombre d'élèves en CM2 hors ULIS
        nombre_eleves_preelementaire_hors_ulis;nombre_eleves_elementaire_hors_ulis
        nombre_eleves_ulis;nombre_eleves_ueea;nombre_eleves_cp_hors_ulis
        nombre_eleves_ce1_hors_ulis;nombre_eleves_ce2_hors_ulis
        nombre_eleves_cm1_hors_ulis;nombre_eleves_cm2_hors_ulis
    """,
)
"""`fr-en-ecoles-effectifs-nb_classes`: labels in CSV, technical names in the API."""

IPS = Layout(
    command="ips",
    title="le fichier des IPS",
    required={
        "uai": ("UAI",),
        "year": ("Rentrée scolaire",),
        "ips": ("IPS",),
    },
    optional={},
    unused="""
        Académie;Code académie;Code du département;Département;Région académique
        Code région;Région;Nom de l'établissment;Nom de l'établissement
        Code INSEE de la commune;Nom de la commune;Secteur;Effectifs;num_ligne
        ips_national;ips_national_public;ips_national_prive
        ips_academique;ips_academique_public;ips_academique_prive
        ips_departemental;ips_departemental_public;ips_departemental_prive
    """,
)
"""`fr-en-ips_ecoles` and its successors, in three layouts."""

COMMUNES = Layout(
    command="communes",
    title="le code officiel des communes",
    required={
        "insee": ("code_insee", "code", "COM", "insee"),
        "name": ("nom", "LIBELLE", "libelle"),
        "department": ("departement", "DEP", "code_departement"),
    },
    optional={
        "type": ("type", "TYPECOM"),
        "population": ("population",),
        "siren": ("siren",),
        "epci_siren": ("epci_siren", "code_epci"),
        "epci_name": ("epci_nom", "nom_epci"),
        "postcodes": ("codes_postaux", "codesPostaux", "code_postal"),
    },
    unused="""
        région;arrondissement;epci_type;typeLiaison;zone;rangChefLieu;anciensCodes
        chefLieu;commune;REG;CTCD;ARR;TNCC;NCC;NCCENR;CAN;COMPARENT
    """,
)
"""INSEE's official code, in CSV or as `@etalab/decoupage-administratif` has it."""

MAIRIES = Layout(
    command="mairies",
    title="la liste des courriels des mairies",
    required={
        "department": ("département", "code_departement"),
        "commune": ("commune", "nom"),
        "email": ("email", "mail", "courriel", "adresse_courriel"),
    },
    optional={},
)
"""The DILA's public directory, reduced to the e-mails of town halls."""

ALL = (EFFECTIFS, IPS, ANNUAIRE, MAIRIES, COMMUNES)
"""The most particular first: a file is of the first kind that it fits."""
