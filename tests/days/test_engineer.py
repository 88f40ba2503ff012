"""A day of an engineer: forms, a visit of thirty minutes, the closing, the office."""

from pathlib import Path

import pytest

from diag.audit.photos import photos_of
from diag.audit.session import AuditSession
from diag.audit.votes import last_list
from diag.model.audit import Value
from diag.model.enums import AuditStatus, Provenance
from diag.model.text import school_year
from tests.days.living import (
    Laptop,
    Office,
    Screen,
    Telephone,
    downloaded,
    filled,
    today,
)

pytestmark = [pytest.mark.long, pytest.mark.durable]

SCHOOL = "9990163Y"
"""École primaire du Bourg-Neuf, Montfauvel, three classes."""
CAMPAIGN = school_year(today())


def test_the_day_of_an_engineer(tmp_path: Path) -> None:
    files = downloaded(tmp_path / "downloads")
    office = Office(tmp_path / "hub", files)
    camille = Laptop(tmp_path / "camille", "Camille Perrin")
    with camille.screens() as screen:
        first_run(screen)
        import_the_schools(screen, files.annuaire)
        go_to_the_school(screen)
        send_the_forms(screen, camille)
        answers_come_back(screen, camille, tmp_path)
        the_rooms_are_named(screen)
        the_plan_is_shown_first(screen)
        a_danger_is_seen(screen)
        a_telephone_joins(screen, camille)
        whom_we_told(screen)
        other_rooms_are_safe(screen, camille)
        before_leaving(screen, camille)
        the_audit_is_closed(screen, camille)
        the_documents_are_written(screen, camille)
        it_reaches_the_office(screen, camille, office)


def first_run(screen: Screen) -> None:
    """Say who one is: three fields, one Enter each."""
    screen.see("Premier démarrage", "Votre prénom et votre nom")
    screen.press("Camille Perrin", "enter", "Vallombre Numérique", "enter")
    screen.see("Découverte 1/5").press("escape").leave("Découverte")


def import_the_schools(screen: Screen, annuaire: Path) -> None:
    """The screen of imports is there by itself: no school is known."""
    screen.see("fichiers officiels").press("enter").see("Chemin du fichier")
    screen.press(str(annuaire), "enter").see("Écoles : 40 à ajouter").press("o")
    screen.see("Import terminé", "40 ajoutées").press("escape").leave("Import terminé")
    screen.press("escape").see("40 écoles")


def go_to_the_school(screen: Screen) -> None:
    screen.press("bourg neuf").see("École primaire du Bourg-Neuf").press("enter")
    screen.see("16 route de Valbrise", "à commencer")


def send_the_forms(screen: Screen, laptop: Laptop) -> None:
    screen.press("q").see("en cours, 0 réponse", "questionnaires dans")
    with laptop.audit(SCHOOL) as audit:
        assert audit.status is AuditStatus.EN_COURS
        assert said(audit) == {}


def answers_come_back(screen: Screen, laptop: Laptop, folder: Path) -> None:
    """The head teacher's file is read at the office; nothing is answered before."""
    (page,) = laptop.folder.rglob("questionnaire-direction.html")
    told = {
        "telephones_eleves": "non",
        "nb_maitres": "4",
        "nb_maitres_formes": "1",
        "projet_pedagogique": "esquisse",
        "guichet_depannage": "personne",
        "comite_suivi": "?",
    }
    form = filled(page, "la directrice", told, folder)
    screen.press("p").see("Rien n'est proposé").press("o").see("Quel fichier")
    screen.press(str(form), "enter").see("6 réponses proposées")
    with laptop.audit(SCHOOL) as audit:
        assert said(audit) == {}
    screen.press("t").see("6 réponses acceptées").press("escape")
    screen.leave("rien n'est répondu").see("en cours, 6 réponses")
    with laptop.audit(SCHOOL) as audit:
        assert said(audit) == {**told, "nb_maitres": 4, "nb_maitres_formes": 1} | {
            "telephones_eleves": False,
            "comite_suivi": None,
        }


def the_rooms_are_named(screen: Screen) -> None:
    screen.press("enter").see("Aucune salle encore : F6").press("f6")
    screen.see("s en ajoute").press("s").see("Nom de la salle")
    screen.press("Classe PS-MS ; Classe CP-CE1 ; Classe CE2-CM2 ; Bureau")
    screen.see("4 salles : Classe PS-MS").press("enter").see("Enregistré · 4 salles")
    screen.press("ctrl+g").see("Toutes les salles sont là (4)", "Confirmer")
    screen.press("o").see("Enregistré · Toutes les salles sont là (4)")
    screen.press("ctrl+e").see("Confirmer").press("o").see("Enregistré · Tous les lots")


def the_plan_is_shown_first(screen: Screen) -> None:
    """Forms accepted before are no answer given here: the plan is there unasked."""
    screen.press("escape").see("la visite de", "30 min, jusqu'à", "À chaud")
    screen.press("enter").see("partir à", "Direction, question")
    screen.press("1").see("Répondu")


def a_danger_is_seen(screen: Screen) -> None:
    screen.press("f3").see("Danger électrique immédiat", "Classe PS-MS, question")
    screen.press("o").see("À qui le danger a été signalé")


def a_telephone_joins(screen: Screen, laptop: Laptop) -> None:
    """What it sends goes to the danger that has just been answered."""
    screen.press("f7").see("Photos : Classe PS-MS, Danger électrique immédiat")
    screen.press("t").see("Personne encore", "puis le code")
    with Telephone(screen) as telephone:
        screen.see("Téléphone joint depuis")
        assert telephone.where() == "Classe PS-MS, Danger électrique immédiat"
        assert telephone.photo("grey").startswith("Reçue")
        assert telephone.say("Prise arrachée derrière le tableau").startswith("Noté")
    screen.see("2 reçus")
    with laptop.audit(SCHOOL) as audit:
        (photo,) = photos_of(audit)
        (words,) = audit.observations
        assert audit.facts.places[photo.place].name == "Classe PS-MS"
        assert words.text == "Prise arrachée derrière le tableau"
    screen.press("escape").see("Déposez des fichiers").press("escape")
    screen.leave("Déposez des fichiers")


def whom_we_told(screen: Screen) -> None:
    screen.press("1,2", "enter").see("Jour où le danger a été signalé", "jj/mm/aaaa")
    screen.press(f"{today():%d%m%y}", "enter").see("Répondu")


def other_rooms_are_safe(screen: Screen, laptop: Laptop) -> None:
    for room in ("Classe CP-CE1", "Classe CE2-CM2", "Bureau"):
        screen.press("f3").see(f"{room}, question", "La question la plus utile")
        screen.press("r").see("Danger électrique immédiat : non")
    with laptop.audit(SCHOOL) as audit:
        dangers = [
            audit.facts.places[place].name
            for (place, question), (head,) in audit.facts.answers.items()
            if question == "danger_electrique" and head.value
        ]
        assert dangers == ["Classe PS-MS"]


def before_leaving(screen: Screen, laptop: Laptop) -> None:
    """The visit is dated; a page is turned to the head teacher, a day is agreed on."""
    screen.press("ctrl+r").see("Avant de partir", "Aucune visite n'est datée")
    screen.press("v").see("Qui a reçu")
    screen.press("f2").leave("Aucune visite n'est datée")
    screen.press("c").see("Ce que nous avons vu", "À décider ensemble")
    screen.see("Signalé à la direction de")
    screen.press("i").see("La page est")  # its path folds anywhere
    screen.press("escape").see("À voir ici").press("escape").leave("À voir ici")


def the_audit_is_closed(screen: Screen, laptop: Laptop) -> None:
    """Closing freezes the votes; until then every page is « provisoire »."""
    screen.press("f9").see("Bilan :", "1 danger", f"{CAMPAIGN}, en cours")
    screen.press("a").see("L'audit est en cours").press("clore").see("deviennent")
    screen.leave("Soumettre").press("enter").see("restent à vérifier")
    screen.press("o").see(f"{CAMPAIGN}, clos")
    with laptop.audit(SCHOOL) as audit:
        assert audit.status is AuditStatus.CLOS
        assert last_list(audit)


def the_documents_are_written(screen: Screen, laptop: Laptop) -> None:
    screen.press("r").see("documents : o").press("o")
    screen.see("Les quatre rapports sont écrits").press("escape")
    screen.leave("Les quatre rapports")
    for reader in ("mairie", "equipe", "academie", "technique"):
        page = laptop.page(SCHOOL, reader, CAMPAIGN)
        assert "provisoire" not in page.lower()
        assert "Bourg-Neuf" in page
    council = laptop.page(SCHOOL, "mairie", CAMPAIGN)
    assert "Classe PS-MS" in council
    assert "danger électrique" in council
    assert "Signalé à la direction de l’école et à la mairie" in council
    assert "derrière le tableau" not in council  # nobody said that it may be shown
    assert "derrière le tableau" in laptop.page(SCHOOL, "technique", CAMPAIGN)
    assert laptop.pages(SCHOOL, "mairie", CAMPAIGN) == 4


def it_reaches_the_office(screen: Screen, laptop: Laptop, office: Office) -> None:
    """The laptop enrols with one line, then what it holds is at the office."""
    with office.serving():
        screen.press("escape").see("question").press("escape").see("Audits")
        screen.press("ctrl+p").see("Chercher").press("synchro").see("Synchronisation")
        screen.press("enter").see("n pour l'inscrire")
        screen.press("n").see("Invitation donnée").press(office.invite(laptop.person))
        screen.press("enter").see("Vallombre Numérique").press("s")
        screen.see("Rien n'attend")
    assert office.audits() == 1


def said(audit: AuditSession) -> dict[str, Value]:
    """Return what is answered of the school itself, but what lists gave."""
    return {
        question: head.value
        for (place, question), (head,) in audit.facts.answers.items()
        if place == audit.facts.root and head.provenance is not Provenance.IMPORTED
    }
