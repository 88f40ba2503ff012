"""The visit in plain lines: one thing a line, words only, nothing to align."""

from collections.abc import Iterator

from diag.desk.visit.card import Card, Said
from diag.desk.visit.trail import time_words
from diag.desk.visit.visiting import Visiting
from diag.model.enums import QuestionType
from diag.words.vocabulary import PROVENANCES, levels

HELP = (
    "Une ligne est une réponse : un nombre, o ou n, une date, un texte.",
    "Pour un choix, son chiffre ou ses premières lettres ; plusieurs par des virgules.",
    "Entrée seule : question suivante. ? seul : cette aide.",
    "* et un motif : inconnu. / et un motif : sans objet. ! et un motif : refusé.",
    ":retour : question précédente. :relire : la question à nouveau.",
    ":utile : la question qui resserre le plus le score.",
    ":pourquoi : seuils, raisons, sources et historique de la question.",
    ":note TEXTE : écrit la note ; sans texte, la retire.",
    ":arevoir : marque la question, ou ne la marque plus.",
    ":vrai : toujours vrai, la réponse de l'audit précédent.",
    ":comment : mesuré, constaté ou déclaré, pour la réponse suivante.",
    ":annuler : reprend la dernière saisie ; répétable.",
    ":reste : ce qu'il reste à demander, lieu par lieu. :lieu NOM : y aller.",
    ":parcours : la durée de la visite. :parcours court, standard ou complet.",
    ":salle NOM et :materiel NOM : ajoutent un lieu.",
    ":partir : à vérifier avant de partir. :fin : quitter.",
)
"""What one can type."""


def card_lines(visiting: Visiting) -> Iterator[str]:
    """Give what one hears first of the question at hand."""
    card, question = visiting.card, visiting.question
    leg = visiting.walk.leg_of(visiting.key)
    assert leg is not None
    rank = [stop.key for stop in leg.stops].index(visiting.key) + 1
    flag = ", à revoir" if card.stop.flagged else ""
    maybe = ", peut-être sans objet" if card.stop.relevant is None else ""
    yield f"{leg.title}, question {rank} sur {len(leg.stops)}{flag}{maybe}."
    yield question.label
    for word, text in (
        ("Demander", question.ask),
        ("Regarder", question.look),
        ("Précision", question.hint),
        ("Attendu", card.expected),
    ):
        if text:
            yield f"{word} : {text}"
    for number, choice in enumerate(question.choices, 1):
        yield f"{number} : {choice.label}"
    if question.type is QuestionType.BOOLEAN:
        yield "o : oui. n : non."
    for said in card.said:
        word = "Contradictoire" if card.in_conflict else "Réponse actuelle"
        yield f"{word} : {_said(said)}"
    if card.last:
        whence = "Même commune" if card.last.school else "Audit précédent"
        yield f"{whence} : {card.last_words}. :vrai la reprend."
    for note in card.notes:
        yield f"Note : {note}"
    yield f"La réponse sera : {PROVENANCES[visiting.provenance]}."


def more_lines(card: Card) -> Iterator[str]:
    """Give the thresholds, the reasons, the sources and the history."""
    for scale in card.scales:
        now = "sans objet ici" if scale.out else levels(scale.low, scale.high)
        yield f"{scale.criterion.title} : {now}."
        for each in scale.thresholds:
            yield f"{each.name} : {each.asks}"
        yield f"Pourquoi : {scale.criterion.why}"
        for source in scale.sources:
            yield f"Source : {source.title}"
    for difference in card.diverging:
        yield f"Divergence : {difference}"
    for turn in card.trail:
        yield f"{time_words(turn.at)}, {turn.who} : {turn.after}"
    if not card.scales and not card.trail:
        yield "Aucun critère ne lit cette réponse directement."


def left_lines(visiting: Visiting) -> Iterator[str]:
    """Give what is left, part by part."""
    for leg in visiting.walk.legs:
        maybe = f", peut-être {leg.maybe} de plus" if leg.maybe else ""
        yield f"{leg.title} : {leg.left or 'rien'}{maybe}."


def _said(said: Said) -> str:
    how = f", {said.how}" if said.how else ""
    return f"{said.words}{how}, {said.who}, {said.day}"
