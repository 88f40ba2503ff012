"""What a text may give away is found; what is of the trade is not; nothing crashes."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from diag.audit.remarks import SlipKind, slips_in, without_phones, words_listed

KNOWN = ("Camille Perrin", "Yann Le Goff", "La directrice", "Mme Sabatier")

GIVE_AWAY = [
    ("Appeler le 06 12 34 56 78 avant 16 h", SlipKind.PHONE, "06 12 34 56 78"),
    ("tél. 0612345678", SlipKind.PHONE, "0612345678"),
    ("+33 (0)6.12.34.56.78", SlipKind.PHONE, "+33 (0)6.12.34.56.78"),
    ("0033 6 12 34 56 78", SlipKind.PHONE, "0033 6 12 34 56 78"),
    ("06\u00a012\u202f34-56/78", SlipKind.PHONE, "06 12 34-56/78"),
    ("０６ １２ ３４ ５６ ７８", SlipKind.PHONE, "06 12 34 56 78"),
    ("(01) 23 45 67 89", SlipKind.PHONE, "(01) 23 45 67 89"),
    ("+32 475 12 34 56", SlipKind.PHONE, "+32 475 12 34 56"),
    ("écrire à jean.dupont@ecole.example", SlipKind.MAIL, "jean.dupont@ecole.example"),
    ("dupont (at) ecole.example", SlipKind.MAIL, "dupont (at) ecole.example"),
    ("voir avec Mme Dupont", SlipKind.NAME, "Mme Dupont"),
    ("voir avec mme dupont", SlipKind.NAME, "mme dupont"),
    ("M. Le Bihan garde la clé", SlipKind.NAME, "M. Le Bihan"),
    ("Monsieur de La Tour", SlipKind.NAME, "Monsieur de La Tour"),
    ("M.Durand est absent", SlipKind.NAME, "M.Durand"),
    ("MME DUPONT n'a pas la clé", SlipKind.NAME, "MME DUPONT"),
    ("Mme D. n'y arrive pas", SlipKind.NAME, "Mme D"),
    ("la directrice, Julie Morel, le sait", SlipKind.NAME, "directrice, Julie Morel"),
    ("l'élève Léo casse tout", SlipKind.NAME, "élève Léo"),
    ("l'enseignante Nadia", SlipKind.NAME, "enseignante Nadia"),
    ("chez Karima", SlipKind.NAME, "chez Karima"),
    ("Classe de Julie", SlipKind.NAME, "Classe de Julie"),
    ("le poste d'Émilie", SlipKind.NAME, "poste d'Émilie"),
    ("vu avec camille perrin", SlipKind.NAME, "camille perrin"),
    ("PERRIN Camille repasse", SlipKind.NAME, "PERRIN Camille"),
    ("demander à Goff", SlipKind.NAME, "Goff"),
    ("Sabatier a le code", SlipKind.NAME, "Sabatier"),
    ("tablette pour un enfant autiste", SlipKind.HEALTH, "autiste"),
    ("l'AESH l'utilise", SlipKind.HEALTH, "aesh"),
    ("matériel notifié par la MDPH", SlipKind.HEALTH, "mdph"),
    ("DYSLEXIQUE", SlipKind.HEALTH, "dyslexique"),
    ("élève en fauteuil roulant", SlipKind.HEALTH, "fauteuil roulant"),
    ("maître en arrêt maladie", SlipKind.HEALTH, "maladie"),
    ("allergique", SlipKind.HEALTH, "allergique"),
]

SAFE = [
    "La baie est dans le couloir, 12 prises, débit 94,5 Mbit/s le 28/09/2026.",
    "Monsieur le maire viendra ; madame la directrice aussi.",
    "3 m. de câble sous la fenêtre, 230 V, 16 A, NF C 15-100",
    "Classe de CP, salle de Motricité, classe de CM1-CM2, poste de Direction",
    "IP 192.168.100.254, masque 255.255.255.0, série 4012345678901",
    "Le Wi-Fi de la classe des grands tombe ; borne Cisco Meraki MR36.",
    "Deux enceintes au plafond et une enceinte portable",
    "La direction garde la clé ; l'équipe la demande le matin.",
    "Version 10.0.19045.3803 du 14 octobre 2025",
    "n° 0123 456",
    "",
]


@pytest.mark.parametrize(("text", "kind", "words"), GIVE_AWAY)
def test_what_may_name_somebody_is_found(text: str, kind: SlipKind, words: str) -> None:
    found = list(slips_in(text, KNOWN, frozenset({"motricite"})))
    assert (kind, words) in found, found


def test_one_name_is_asked_about_once() -> None:
    found = [*slips_in("près du bureau de Mme Goff", KNOWN)]
    assert found == [(SlipKind.NAME, "Mme Goff")]


def test_a_name_that_begins_another_is_asked_about_too() -> None:
    found = [*slips_in("Martin et Martinez sont venus", ["Luc Martin", "Léa Martinez"])]
    assert found == [(SlipKind.NAME, "Martin"), (SlipKind.NAME, "Martinez")]


@pytest.mark.parametrize("text", SAFE)
def test_the_words_of_the_trade_ask_nothing(text: str) -> None:
    assert list(slips_in(text, KNOWN, frozenset({"motricite"}))) == []


def test_the_lists_are_folded_and_read() -> None:
    for name in ("health", "roles", "common"):
        assert len(words_listed(name)) > 10
    assert "handicap*" in words_listed("health")


hostile = st.text(max_size=200) | st.lists(
    st.sampled_from([text for text, *_ in GIVE_AWAY] + SAFE + ["\x00", "\u202e", "M."]),
    max_size=6,
).map("".join)


@example("0100000000+33(0)100000000", [])
@given(hostile, st.lists(st.text(max_size=12), max_size=3))
def test_no_text_crashes_and_no_phone_is_left(text: str, known: list[str]) -> None:
    for kind, words in slips_in(text, known):
        assert words
        assert kind in SlipKind
    assert SlipKind.PHONE not in dict(slips_in(without_phones(text)))


@given(
    st.sampled_from([one for one in GIVE_AWAY if one[1] is not SlipKind.MAIL]),
    st.sampled_from(["", "Vu le 28/09. ", "12 prises, ", "« ", "(", "\n\t"]),
    st.sampled_from(["", ". Ensuite rien.", " »", ")", ",\n12 prises"]),
)
def test_nothing_around_silences_it(
    one: tuple[str, SlipKind, str], before: str, after: str
) -> None:
    text, kind, _ = one
    assert kind in dict(slips_in(f"{before}{text}{after}", KNOWN))


def test_a_word_without_end_is_looked_through_once() -> None:
    """Each letter looked to the end of the word: hours for so many."""
    text = f"{'x' * 150_000} jean.dupont@ecole.example"
    assert [*slips_in(text)] == [(SlipKind.MAIL, "jean.dupont@ecole.example")]
