import pytest

from diag.documents.mail import letter
from diag.model.enums import READERS, Audience, AuditStatus
from diag.words.sentences import NBSP, NNBSP
from diag.workspace.charter import Issuer
from tests.documents.builders import changed, report

FILES = ("rapport-mairie.pdf", "rapport-mairie.odt")


def test_a_letter_says_what_it_brings_from_whom_and_how_to_read_it() -> None:
    told = letter(report(status=AuditStatus.CLOS), Audience.MAIRIE, FILES)
    assert told.subject == (
        "Diagnostic numérique – École élémentaire du Moulin (Aubeterre)"
    )
    assert told.text == (
        "Madame, Monsieur,\n\n"
        "Vous trouverez ci-joint le rapport à la commune sur le numérique de l’école "
        "(École élémentaire du Moulin, Aubeterre). Ce document est établi à la suite "
        f"de la visite du 9{NBSP}mars{NBSP}2026.\n\n"
        f"1 vote est proposé, le premier avant le 12{NBSP}septembre{NBSP}2026.\n"
        f"- Vote 1 : Raccorder l’école à la fibre. Brut 2{NNBSP}880{NBSP}€ TTC, sans "
        f"FCTVA, net 2{NNBSP}880{NBSP}€{NNBSP}; fonctionnement, prochain conseil.\n\n"
        "La première page suffit : elle dit ce qui demande votre décision, avec les "
        "montants et les dates. Elle se lit en trois minutes.\n\n"
        "Pièces jointes :\n"
        "- rapport-mairie.pdf : à lire et à imprimer\n"
        "- rapport-mairie.odt : le même, modifiable (LibreOffice, Word)\n\n"
        "Ana Martin\nSyndicat mixte Vallombre Numérique\n00 00 00 00 00\n"
        "ecoles@vallombre.example\n\n"
        f"Document définitif du 12{NBSP}mars{NBSP}2026, grilles 2026.1, "
        "empreinte a1b2c3d4e5f6.\n"
    ).replace(" :", f"{NBSP}:")


@pytest.mark.parametrize("audience", READERS)
def test_a_provisional_report_says_so_in_subject_and_bodies(audience: Audience) -> None:
    told = letter(report(), audience, FILES)
    assert told.subject.startswith("Provisoire – ")
    for body in (told.text, told.html):
        assert "provisoire (audit en cours)" in body
        assert "Document provisoire du" in body


@pytest.mark.parametrize("audience", READERS)
def test_every_word_of_the_text_is_in_the_html(audience: Audience) -> None:
    told = letter(report(), audience, FILES)
    for line in filter(None, told.text.splitlines()):
        assert line.removeprefix("- ").replace("'", "&#x27;") in told.html


def test_no_message_speaks_of_what_is_reserved() -> None:
    for audience in READERS:
        assert "sécurité" not in letter(report(), audience, FILES).text


def test_names_are_text_in_the_html_never_markup() -> None:
    hostile = changed(report(), author="<b>Ana</b> & co", office=Issuer("A < B"))
    told = letter(hostile, Audience.EQUIPE, ("<i>.pdf",))
    assert "&lt;b&gt;Ana&lt;/b&gt; &amp; co<br>A &lt; B" in told.html
    assert "<i>" not in told.html
    assert "<b>Ana</b> & co\nA < B\n" in told.text
