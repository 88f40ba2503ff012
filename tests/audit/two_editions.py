"""Two editions of one checklist: ten criteria changed, each in its own way."""

HEAD = 'title: "Grille d\'essai"\nversion: "{version}"\nretired: [{retired}]\n'

PLACES = """\
places:
  - {id: ecole, label: "école", plural: "écoles", named_by: [nb_classes]}
questions:
  - {id: nb_classes, place: ecole, type: integer, label: "Classes", range: [1, 80],
     ask: "Combien de classes ?"}
"""


def boolean(ident: str, label: str, *more: str) -> str:
    others = "".join(f", {one}" for one in more)
    return (
        f"  - {{id: {ident}, place: ecole, type: boolean, "
        f'label: "{label}", ask: "Est-ce le cas ?"{others}}}\n'
    )


def counted(ident: str, label: str, unit: str = "prise", *more: str) -> str:
    others = "".join(f", {one}" for one in more)
    return (
        f"  - {{id: {ident}, place: ecole, type: integer, unit: {unit}, "
        f'label: "{label}", range: [0, 1000], look: "Compter."{others}}}\n'
    )


def choice(ident: str, label: str, *ids: str) -> str:
    choices = ", ".join(f'{{id: {one}, label: "Choix {one}"}}' for one in ids)
    return (
        f"  - {{id: {ident}, place: ecole, type: choice, "
        f'label: "{label}", choices: [{choices}], ask: "Lequel ?"}}\n'
    )


def criterion(ident: str, level: str, weight: int = 1, applicable: str = "") -> str:
    when = f'\n    applicable: "{applicable}"' if applicable else ""
    return f"""\
  - id: {ident}
    title: "Critère {ident}"
    kind: improvement
    nature: usage
    weight: {weight}
    place: ecole{when}
    levels: {{2: "{level}"}}
    why: "Parce que."
    sources: [metier]
"""


ADVICE = """\
recommendations:
  - id: renouveler
    when: {criterion: retire, below: 2}
    owner: commune
    effect: {retire: 2}
    wording:
      mairie: {title: "Renouveler", why: "Trop vieux.", decision: "Voter."}
      equipe: {title: "Renouveler", why: "Trop vieux.", meanwhile: "Patienter."}
      academie: {title: "Renouveler", why: "Trop vieux."}
      technique: {title: "Renouveler", how: "Acheter."}
    done_when: "Le matériel est neuf."
    sources: [metier]
"""


def domain(questions: list[str], criteria: list[str], advice: str = "") -> str:
    return "".join((
        'domain: {id: essai, title: "Essai", weight: 1}\n',
        "questions:\n",
        *questions,
        "criteria:\n",
        *criteria,
        advice,
    ))


FIRST = {
    "edition.yaml": HEAD.format(version="1", retired=""),
    "lieux.yaml": PLACES,
    "essai.yaml": domain(
        [
            boolean("mots", "Ancien libellé"),
            choice("acces", "Accès", "cuivre", "fibre"),
            counted("prises_mur", "Prises au mur"),
            counted("prises_sol", "Prises au sol"),
            boolean("vieux", "Matériel récent"),
            counted("seuil", "Débit", "Mbit/s"),
            boolean("genre", "Bornes"),
            choice("choix", "Filtrage", "aucun", "local"),
            counted("duree", "Durée", "mois"),
            boolean("poids", "Projet"),
            boolean("applique", "Référent"),
        ],
        [
            criterion("reformule", "mots"),
            criterion("scinde", "acces == 'fibre'"),
            criterion("mur", "prises_mur >= 2"),
            criterion("sol", "prises_sol >= 2"),
            criterion("retire", "vieux"),
            criterion("seuil-deplace", "seuil >= 30"),
            criterion("type-change", "genre"),
            criterion("choix-renomme", "choix == 'local'"),
            criterion("unite-change", "duree >= 12"),
            criterion("poids-change", "poids"),
            criterion("applicable-change", "applique"),
        ],
        ADVICE,
    ),
}

SECOND = {
    "edition.yaml": HEAD.format(
        version="2",
        retired="acces, scinde, prises_mur, prises_sol, mur, sol, vieux, retire,"
        " renouveler",
    ),
    "lieux.yaml": PLACES,
    "essai.yaml": domain(
        [
            boolean("mots", "Nouveau libellé"),
            choice("acces_support", "Support", "cuivre", "fibre"),
            boolean("acces_secours", "Secours"),
            counted("prises", "Prises en tout"),
            counted("seuil", "Débit", "Mbit/s"),
            counted("genre", "Bornes", "borne"),
            choice("choix", "Filtrage", "aucun", "academie"),
            counted("duree", "Durée", "jour"),
            boolean("poids", "Projet"),
            boolean("applique", "Référent"),
        ],
        [
            criterion("reformule", "mots"),
            criterion("support", "acces_support == 'fibre'"),
            criterion("secours", "acces_secours"),
            criterion("prises-en-tout", "prises >= 4"),
            criterion("seuil-deplace", "seuil >= 50"),
            criterion("type-change", "genre >= 1"),
            criterion("choix-renomme", "choix == 'academie'"),
            criterion("unite-change", "duree >= 365"),
            criterion("poids-change", "poids", weight=4),
            criterion("applicable-change", "applique", applicable="nb_classes > 1"),
        ],
    ),
}
