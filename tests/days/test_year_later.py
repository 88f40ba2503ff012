"""A year later: the second audit by difference, what became of what was voted."""

from pathlib import Path

import pytest

from diag.audit.advising import steps_standing
from diag.model.enums import FollowUpState, Provenance
from tests.days.living import FAKETIME, Laptop, Screen

pytestmark = [
    pytest.mark.long,
    pytest.mark.durable,
    pytest.mark.skipif(
        FAKETIME is None,
        reason="no libfaketime here: apt install faketime gives programs another year",
    ),
]

SCHOOL = "9990148G"
"""École Les Marronniers: closed in November 2026, twelve votes."""
COUNCIL, AGAIN = "2026-12-20 18:00:00", "2027-11-15 09:00:00"


def test_a_school_is_audited_again_a_year_later(tmp_path: Path) -> None:
    camille = Laptop(tmp_path / "camille", "Camille Perrin", clock=COUNCIL)
    the_council_votes_in_the_first_year(camille)
    camille.clock = AGAIN
    with camille.screens() as screen:
        a_new_year_is_told(screen)
        the_school_opens_on_what_changed(screen)
        what_holds_is_confirmed_room_by_room(screen, camille)
        the_bilan_says_what_was_voted(screen)
        one_of_the_votes_is_done(screen, camille)
        the_audit_is_closed(screen, camille)
    the_documents_say_for_how_long(camille)


def the_council_votes_in_the_first_year(camille: Laptop) -> None:
    camille.run("demo", "--dir", str(camille.folder))
    decide = ("audit", "decide", SCHOOL)
    for vote, *said in (
        ("2", "oui"),
        ("3", "non", "--reason", "D-31"),
        ("4", "oui"),
    ):
        camille.run(*decide, vote, *said, "--on", "12/12/2026")


def a_new_year_is_told(screen: Screen) -> None:
    """Nothing changes before the campaign is written in the settings."""
    screen.see("Une nouvelle année scolaire a commencé : 2027-2028")
    screen.press("ctrl+p").see("Chercher").press("reglages").see("Réglages")
    screen.press("enter").see("Prénom et nom").press("enter", "enter")
    screen.press("2027-2028", "f2").see("0 audit en 2027-2028")


def the_school_opens_on_what_changed(screen: Screen) -> None:
    screen.press("marronniers").see("1 école").press("enter")
    screen.see("2027-2028", "à commencer", "clos, 381 réponses").press("enter")
    screen.see("ce qui a changé depuis le", "F8 reprend les 16 lieux")


def what_holds_is_confirmed_room_by_room(screen: Screen, camille: Laptop) -> None:
    """F8 takes the places, then confirms a place at each press and goes to the next."""
    screen.press("f8").see("Repris : les 16 lieux")
    screen.press("f8").see("confirmés, reste 25")
    screen.press("f8").see("confirmés, reste 4")
    with camille.audit(SCHOOL) as audit:
        carried = {
            question
            for (_, question), (head,) in audit.facts.answers.items()
            if head.provenance is Provenance.CARRIED
        }
        assert len(carried) > 20
        assert "danger_electrique" not in carried


def the_bilan_says_what_was_voted(screen: Screen) -> None:
    screen.press("escape").see("question").press("f9").see("Bilan :", "en cours")
    screen.press("3").see("De 2026-2027 à 2027-2028", "Décidé, pas encore fait")
    screen.see("décidée le 12 décembre 2026")


def one_of_the_votes_is_done(screen: Screen, camille: Laptop) -> None:
    """The electrician came: what was voted goes on to « faite »."""
    screen.press("ctrl+p").see("Chercher").press("fibre relier").see("Relier les")
    screen.press("enter").see("Relier les bâtiments").press("s").see("Suite :")
    screen.press("down", "down", "down").see("> faite").press("f2").leave("Suite :")
    with camille.audit(SCHOOL, "2027-2028") as audit:
        step = steps_standing(audit)["relier-les-batiments"]
        assert (step.state, step.on) == (FollowUpState.FAITE, "2027-11-15")


def the_audit_is_closed(screen: Screen, camille: Laptop) -> None:
    screen.press("a").see("L'audit est en cours").press("clore").leave("Soumettre")
    screen.press("enter").see("restent à vérifier").press("o").see("2027-2028, clos")


def the_documents_say_for_how_long(camille: Laptop) -> None:
    camille.run("report", SCHOOL, "--format", "md")
    council = camille.page(SCHOOL, "mairie", "2027-2028")
    told = "Signalé le 27 novembre 2026, non traité depuis 353 jours : A1, A2"
    assert told in council
    assert "Voté le 12 décembre 2026, pas encore fait : A4." in council
    assert "Écarté le 12 décembre 2026 : A3." in council
    done = "Noté fait le 15 novembre 2027, encore à vérifier : A26."
    assert done in council
