"""A day at the office: review, conflict, a council, the programme, a disk that dies."""

from pathlib import Path

import pytest

from diag.audit.advising import steps_standing
from diag.audit.votes import last_list
from diag.model.audit import Value
from diag.model.enums import AuditStatus, FollowUpState
from diag.workspace.workspace import Workspace
from tests.days.living import Laptop, Office, Screen, downloaded

pytestmark = [pytest.mark.long, pytest.mark.durable]

VILLAGE = "9990217G"
"""École du Village, Saint-Vérin: submitted by a colleague, waits for a review."""
MARRONNIERS = "9990148G"
"""École Les Marronniers, Courvaux: closed, twelve votes."""
SPEED = "debit_descendant"


def test_a_day_at_the_office(tmp_path: Path) -> None:
    files = downloaded(tmp_path / "downloads")
    office = Office(tmp_path / "hub", files)
    camille = Laptop(tmp_path / "camille", "Camille Perrin")
    lea = Laptop(tmp_path / "lea", "Léa Nour")
    with office.serving():
        the_campaign_is_there(camille, lea, office, files.annuaire)
        lea_gives_the_audit_back(lea)
        both_write_another_speed(camille, lea)
        camille_settles_and_submits_again(camille)
        lea_accepts_it(lea, camille)
        the_council_of_courvaux_decided(camille)
        the_programme_is_adopted_then_revised(camille)
        the_disk_dies(camille)
        lea.sync()
        assert same_everywhere(camille, lea)


def the_campaign_is_there(
    camille: Laptop, lea: Laptop, office: Office, annuaire: Path
) -> None:
    """Camille has worked for months; Léa, who reviews, begins today."""
    camille.run("demo", "--dir", str(camille.folder))
    camille.enrol(office)
    whose = ("--author", lea.person, "--syndicat", "Vallombre Numérique")
    lea.run("init", *whose, "--campaign", "2026-2027")
    lea.run("import", "annuaire", str(annuaire))
    lea.enrol(office, "review")
    assert same_everywhere(camille, lea)


def lea_gives_the_audit_back(lea: Laptop) -> None:
    with lea.screens("large") as screen:
        welcome(screen)
        screen.press("ctrl+p").see("Chercher").press("relire").see("À relire")
        screen.press("enter").see("1 en attente", "École primaire du Village")
        screen.press("enter").see("Bilan : École primaire du Village", "soumis")
        choose_the_state(screen, "soumis", "retourner")
        screen.see("Que faut-il compléter").press("Le débit est à mesurer", "enter")
        screen.see("Retourné par Léa Nour", "2026-2027, retourné")
    lea.sync()


def both_write_another_speed(camille: Laptop, lea: Laptop) -> None:
    """Camille measures; Léa is told by telephone; nobody has the other's yet."""
    camille.sync()
    answer = ("audit", "answer", VILLAGE, SPEED)
    camille.run(*answer, "40", "--provenance", "measured")
    lea.run(*answer, "30", "--provenance", "declared")
    for laptop in (camille, lea, camille):
        laptop.sync()
    assert speeds(camille) == speeds(lea) == {30, 40}


def camille_settles_and_submits_again(camille: Laptop) -> None:
    with camille.screens() as screen:
        open_school(screen, "saint verin", "École primaire du Village")
        screen.see("à trancher : 1 conflit, touche k", "Le débit est à mesurer")
        screen.press("k").see("À trancher : 1 conflit").press("enter")
        screen.see("Au départ : 284 Mbit/s", "Camille Perrin", "Léa Nour")
        measured = screen.line(r"([AB])\. 40 Mbit/s")[1].lower()
        screen.press(measured).see("Tranché : 40 Mbit/s")
        screen.press("escape").leave("À trancher", "à trancher").see("Audits")
        screen.press("b").see("Bilan :", "retourné")
        choose_the_state(screen, "retourné", "soumettre")
        screen.see("Soumettre à relecture").press("o").see("2026-2027, soumis")
    assert speeds(camille) == {40}
    camille.sync()


def lea_accepts_it(lea: Laptop, camille: Laptop) -> None:
    """She wrote in it: what she accepts is said to be by its author."""
    lea.sync()
    with lea.screens("large") as screen:
        open_school(screen, "saint verin", "École primaire du Village")
        screen.press("b").see("Bilan :", "2026-2027, soumis")
        choose_the_state(screen, "soumis", "accepter")
        screen.see("« accepté par son auteur »").press("o")
        screen.see("Un mot pour l'ingénieur").press("enter").see("2026-2027, accepté")
    lea.sync()
    camille.sync()
    with camille.audit(VILLAGE) as audit:
        assert audit.status is AuditStatus.ACCEPTE


def the_council_of_courvaux_decided(camille: Laptop) -> None:
    """Two votes, one sitting: the day is typed once."""
    with camille.screens() as screen:
        open_school(screen, "marronniers", "École primaire Les Marronniers")
        screen.press("b").see("Bilan :", "2026-2027, clos")
        screen.press("2").see("A1 ").press("end").see("gelés à la clôture")
        screen.press("enter", "down").see("1. Raccorder l'école").press("s")
        screen.see("Vote 1 :", "Jour du conseil").press("enter", "12/11/2026", "f2")
        screen.see("votée · net").press("down", "s")
        screen.see("Vote 2 :", "12/11/2026").press("down", "enter", "tab")
        screen.press("D-31", "f2").see("écartée · net")
    with camille.audit(MARRONNIERS) as audit:
        steps, frozen = steps_standing(audit), last_list(audit)
        assert frozen
        yes, no = frozen.votes[:2]
        assert {steps[one].state for one in yes.actions} == {FollowUpState.DECIDEE}
        assert {steps[one].state for one in no.actions} == {FollowUpState.ECARTEE}
        told = {(steps[one].on, steps[one].why) for one in no.actions}
        assert told == {("2026-11-12", "D-31")}
        assert audit.status is AuditStatus.CLOS


def the_programme_is_adopted_then_revised(camille: Laptop) -> None:
    """The committee adopts; an envelope shrinks; what would move is told before."""
    decide = ("programme", "decide")
    camille.run(*decide, "syndicat", "adopte", "--on", "10/11/2026", "--ref", "D-12")
    camille.run(*decide, "commune:99903", "adopte", "--on", "12/11/2026", "--ref", "31")
    adopt = ("programme", "adopt", "--decision", "D-12")
    assert "Rien n'est écrit" in camille.run(*adopt, "--dry-run")
    said = camille.run(*adopt)
    assert "N'a pas encore délibéré : Montfauvel" in said
    assert "Aucune opération ne change de place" in camille.run("programme", "revise")
    with camille.screens() as screen:
        screen.see("40 écoles").press("f9").see("Programme 2027-2031", "arrêté")
        screen.press("escape").see("40 écoles")
    less = ("--voted", "--why", "budget réduit")
    camille.run("programme", "envelope", "syndicat", "2027", "100", *less)
    assert "il manquait" in camille.run("programme", "revise")
    camille.sync()


def the_disk_dies(camille: Laptop) -> None:
    """The copy of the morning comes back; what came after, the office gives back."""
    made = camille.run("backup")
    copy = next(word for word in made.split() if word.endswith(".db"))
    camille.run("audit", "answer", VILLAGE, "nb_maitres", "2")
    camille.sync()
    last = digests(camille)
    journal = camille.folder / "diag.db"
    journal.write_bytes(b"\0" * 4096 + journal.read_bytes()[4096:])
    assert "abîmé" in camille.run("audit", "list", code=1)
    camille.run("restore", copy)
    assert digests(camille) != last
    camille.sync()
    assert digests(camille) == last


def welcome(screen: Screen) -> None:
    """Pass the discovery of a first day."""
    screen.see("Découverte").press("escape").leave("Découverte").see("40 écoles")


def open_school(screen: Screen, typed: str, name: str) -> None:
    screen.see("40 écoles").press(typed).see("1 école", name).press("enter")
    screen.see("Audits")


def choose_the_state(screen: Screen, now: str, typed: str) -> None:
    """Choose what an audit becomes, by a few letters."""
    screen.press("a").see(f"L'audit est {now}").press(typed).leave("Clore")
    screen.press("enter")


def speeds(laptop: Laptop) -> set[Value]:
    """Return what is said of the speed of the village: several when in conflict."""
    with laptop.audit(VILLAGE) as audit:
        heads = audit.facts.answers[audit.facts.root, SPEED]
        return {head.value for head in heads}


def same_everywhere(camille: Laptop, lea: Laptop) -> bool:
    """Say whether two laptops hold the same of each audit."""
    return digests(camille) == digests(lea)


def digests(laptop: Laptop) -> dict[str, str]:
    """Return what stands for all that is written in each audit."""
    with Workspace.open(laptop.folder) as there:
        return {one.audit: one.digest for one in there.journal.manifest()}
