"""The syndicat's own spreadsheet becomes changes of the overlay, row by row."""

from pathlib import Path

import pytest

from diag.imports.source import ImportRefusedError
from diag.model.checklist import AidState, Checklist
from diag.model.enums import BudgetSection, FinanceTopic
from diag.office.imports import OwnImport, import_own_table
from diag.workspace.editions import current
from diag.workspace.workspace import Workspace
from tests.audit.small_edition import ship

PRICES = (
    "Identifiant;Désignation;Unité;Année;Prix bas;Prix courant;Prix haut;TVA;"
    "Durée de vie;Chaque année;Fournisseur\r\n"
    "prise_rj45;;;2026;;101,50 €;;;;;Dupont\r\n"
    ";Borne de la Somme;borne;2026;1 250,00;1 300;1 400,5 € HT;5,5 %;8 ans;non;\r\n"
    ";Maintenance d'école;école;2026;10;20;30;20;;oui;\r\n"
)


@pytest.fixture(autouse=True)
def shipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return ship(tmp_path / "livrees", monkeypatch)


@pytest.fixture
def csv(tmp_path: Path) -> Path:
    return tmp_path / "tarifs.csv"


def read(desk: Workspace, csv: Path, text: str, kind: str = "prix") -> OwnImport:
    csv.write_bytes(b"\xef\xbb\xbf" + text.encode("utf-8"))
    return import_own_table(desk, kind, csv)


def in_use(desk: Workspace) -> Checklist:
    found = current(desk)
    assert found.notice == ""
    return desk.editions.open(found.digest)


def test_prices_of_a_french_spreadsheet_come_in(desk: Workspace, csv: Path) -> None:
    account = read(desk, csv, PRICES)
    assert account.lines[0] == "tarifs.csv : 2 ajoutées, 1 changée."
    assert "Colonnes inconnues, ignorées : Fournisseur" in account.lines
    prices = in_use(desk).prices
    assert (prices["prise_rj45"].typical, prices["prise_rj45"].year) == (10150, 2026)
    assert prices["prise_rj45"].unit == "prise", "as shipped"
    terminal = prices["borne_de_la_somme"]
    assert (terminal.minimum, terminal.typical, terminal.maximum) == (
        125_000,
        130_000,
        140_050,
    )
    assert (terminal.vat, terminal.lifetime, terminal.yearly) == ("5.5", "P8Y", False)
    assert prices["maintenance_d_ecole"].yearly
    assert prices["maintenance_d_ecole"].source == "metier"


def test_the_same_file_again_says_the_same(desk: Workspace, csv: Path) -> None:
    read(desk, csv, PRICES)
    first = current(desk).digest
    read(desk, csv, PRICES)
    assert current(desk).digest == first


def test_rows_that_say_what_is_shipped_write_nothing(
    desk: Workspace, csv: Path
) -> None:
    account = read(desk, csv, "id;prix courant\nprise_rj45;95,5\n")
    assert account.lines == ("tarifs.csv : 1 comme livrée.",)
    account = read(desk, csv, "id;prix courant\nprise_rj45;95,5\ntablette;320\n")
    assert account.lines == ("tarifs.csv : 2 comme livrées.",)
    assert not (desk.overlay / "import-prix.yaml").exists()


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("prise_rj45;;cher;", "« prix courant » : il faut un montant en euros HT"),
        ("prise_rj45;;12 TTC;", "pas le texte « 12 TTC »"),
        ("prise_rj45;;500;", "prix bas ≤ prix courant ≤ prix haut"),
        ("prise_rj45;;99;;S999", "source « S999 » inconnue"),
        (";;12;", "ni identifiant ni désignation"),
        ("nouveau;Nouveau;12;", "il manque la clé « unité »"),
        ("prise_rj46;;12;", "(vouliez-vous « prise_rj45 » ?), et pour l'ajouter il"),
        ("nouveau;Nouveau;12;oui", "rien à désactiver"),
        ("Prise;x;12;", "il faut un identifiant"),
        ("prise_rj45;;99;peut-être", "désactivé : « peut-être » n'est pas 0 ou 1"),
    ],
)
def test_a_refused_row_is_told_with_its_line_and_the_others_come_in(
    row: str, said: str, desk: Workspace, csv: Path
) -> None:
    head = "id;désignation;prix courant;désactivé;source\n"
    account = read(desk, csv, f"{head}tablette;;321;\n{row}\n")
    assert account.lines[0].endswith("1 changée, 1 refusée.")
    (told,) = [line for line in account.lines if line.startswith("Refusé : ligne 3")]
    assert said in told
    assert in_use(desk).prices["tablette"].typical == 32_100


def test_a_row_twice_or_changed_by_hand_is_refused(desk: Workspace, csv: Path) -> None:
    desk.overlay.mkdir()
    (desk.overlay / "local.yaml").write_text(
        "prices:\n  - {id: tablette, as_of: 2026}\n", encoding="utf-8"
    )
    rows = "tablette;300\nprise_rj45;99\nprise_rj45;98\n"
    account = read(desk, csv, f"id;prix\n{rows}")
    told = "\n".join(account.lines)
    assert "« tablette » est déjà changé dans overlay/local.yaml, ligne 2" in told
    assert "« prise_rj45 » est déjà à la ligne 3" in told


def test_what_is_no_longer_in_the_table_is_as_shipped(
    desk: Workspace, csv: Path
) -> None:
    read(desk, csv, "id;prix\nprise_rj45;99\ntablette;300\n")
    account = read(desk, csv, "id;prix\ntablette;300\n")
    assert "De retour à ce qui est livré : prise_rj45" in account.lines
    assert in_use(desk).prices["prise_rj45"].typical == 9550


def test_when_every_row_is_refused_what_was_there_stays(
    desk: Workspace, csv: Path
) -> None:
    read(desk, csv, "id;prix\ntablette;300\n")
    account = read(desk, csv, "id;prix\ntablette;cher\n")
    assert account.is_refused
    assert in_use(desk).prices["tablette"].typical == 30_000


def test_aids_and_dates_come_in_as_french_writes_them(
    desk: Workspace, csv: Path
) -> None:
    aids = (
        "Aide;État;Qui demande;Conditions;À vérifier auprès de;Départements;"
        "Population maximale;Information de\n"
        "Aide de la Somme;ouverte;la commune;Une école par an.;le Département;80;"
        "5 000;14/10/2026\n"
    )
    assert read(desk, csv, aids, "aides").lines[0] == "tarifs.csv : 1 ajoutée."
    aid = in_use(desk).aids["aide-de-la-somme"]
    assert aid.state is AidState.OPEN
    assert (aid.departments, aid.max_population) == (("080",), 5000)
    assert aid.as_of == "2026-10-14"
    dates = "Identifiant;Date;Texte à relire\nfin-du-cuivre;01/2029;oui\n"
    read(desk, csv, dates, "echeances")
    deadline = in_use(desk).deadlines["fin-du-cuivre"]
    assert (deadline.due, deadline.verify_before_quoting) == ("2029-01", True)


RULES = (
    "Identifiant;Sujet;Règle;Ce qu'elle dit;Section;Taux;Seuil;Depuis;Jusqu'à;"
    "Information de;Désactivé\n"
    "fctva-taux;;;;;16,5 %;;01/01/2027;;03/2027;\n"
    ";Achat;Devis sans publicité;Trois devis suffisent.;à confirmer;;60 000 € HT;"
    "01/04/2026;;27/11/2026;\n"
)


def test_finance_rules_come_in_as_french_writes_them(
    desk: Workspace, csv: Path
) -> None:
    account = read(desk, csv, RULES, "finances")
    assert account.lines[0] == "tarifs.csv : 1 ajoutée, 1 changée."
    assert not [line for line in account.lines if "ignorées" in line]
    rules = in_use(desk).finances
    rate = rules["fctva-taux"]
    assert (rate.percent, rate.since, rate.as_of) == ("16.5", "2027-01-01", "2027-03")
    assert rate.says == "16,404 % du TTC éligible.", "as shipped"
    own = rules["devis-sans-publicite"]
    assert (own.topic, own.section) == (FinanceTopic.ACHAT, BudgetSection.A_CONFIRMER)
    assert (own.euros, own.since, own.source) == (6_000_000, "2026-04-01", "metier")
    read(desk, csv, "id;désactivé\nfctva-taux;oui\n", "finances")
    assert in_use(desk).finances.keys() == {"vote"}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("fctva-taux;;beaucoup;;", "taux"),
        ("fctva-taux;impots;;;", "sujet"),
        ("fctva-taux;;;2027;2026", "elle finirait (2026) avant de commencer (2027)"),
        ("fctva-tau;;17;;", "(vouliez-vous « fctva-taux » ?), et pour l'ajouter il"),
    ],
)
def test_a_finance_rule_that_is_refused_is_told_with_its_line_and_remedy(
    row: str, said: str, desk: Workspace, csv: Path
) -> None:
    head = "id;sujet;taux;depuis;jusqu'à\n"
    account = read(desk, csv, f"{head}{row}\n", "finances")
    (told,) = [line for line in account.lines if line.startswith("Refusé : ligne 2")]
    assert said in told
    assert " — " in told, "the remedy"
    assert account.is_refused
    assert in_use(desk).finances["fctva-taux"].percent == "16.404"


def test_a_file_that_names_nothing_is_refused_whole(desk: Workspace, csv: Path) -> None:
    with pytest.raises(ImportRefusedError, match="aucune colonne « identifiant »"):
        read(desk, csv, "a;b\n1;2\n")


def test_a_dry_run_tells_each_cell_and_writes_nothing(
    desk: Workspace, csv: Path
) -> None:
    csv.write_text(PRICES, encoding="utf-8")
    account = import_own_table(desk, "prix", csv, dry_run=True)
    assert not desk.overlay.exists()
    told = "\n".join(account.lines)
    assert "  prise_rj45\n    relevé en : 2025 → 2026\n    prix courant : " in told
    assert "  borne_de_la_somme (à ajouter)\n    désignation : (vide) → " in told
    assert "Écrit dans" not in told


def test_prices_seen_over_two_years_ago_are_named(desk: Workspace, csv: Path) -> None:
    old = PRICES.replace("borne;2026", "borne;01/2018")
    told = read(desk, csv, old).lines
    aged = "Relevés depuis plus de deux ans, à redemander : borne_de_la_somme"
    assert f"{aged} (janvier 2018)" in told
    assert not any("à redemander" in line for line in read(desk, csv, PRICES).lines)
