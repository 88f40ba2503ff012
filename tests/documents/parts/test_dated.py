"""Aids and dates to watch, as the reports print them: dated, never promised."""

from diag.audit.report import Report
from diag.model.audit import Commune
from diag.model.checklist import Aid, AidState, Deadline
from diag.model.enums import Audience
from tests.documents.builders import changed, report
from tests.documents.reading import markdown

RURAL = Aid(
    id="rurale",
    title="Dotation rurale",
    state=AidState.UNKNOWN,
    applicant="la commune",
    conditions="Le numérique scolaire doit être retenu cette année.",
    rate="30 % constatés en 2017",
    ceiling="5 000 euros par classe",
    ask="la préfecture",
    max_population=20_000,
    as_of="2022",
    valid_until="2027",
)
DEADLINES = {
    "cuivre": Deadline(
        id="cuivre", title="Fin du cuivre", due="2030", what="Plus de ligne.",
        ask="le syndicat", as_of="2024-10-17",
    ),
    "windows": Deadline(
        id="windows", title="Fin de Windows 10", due="2025-10-14",
        what="Plus de correctifs.", ask="le prestataire", as_of="2025-10",
        verify_before_quoting=True,
    ),
    "pix": Deadline(
        id="pix", title="Pix Junior", what="Ouvert.", ask="l'inspection", as_of="2025",
    ),
}  # fmt: skip


def told(*aids: Aid, population: int = 900, department: str = "999") -> Report:
    made = report()
    commune = Commune(insee="99901", name="Aubeterre", population=population)
    return changed(
        made,
        commune=commune,
        about=made.about.model_copy(update={"department": department}),
        checklist=made.checklist.model_copy(
            update={"aids": {one.id: one for one in aids}, "deadlines": DEADLINES}
        ),
    )


def mairie(made: Report) -> str:
    return markdown(made, Audience.MAIRIE).replace("\u00a0", " ").replace("\u202f", " ")


def technique(made: Report) -> str:
    text = markdown(made, Audience.TECHNIQUE)
    return text.replace("\u00a0", " ").replace("\u202f", " ")


def test_the_mairie_reads_an_aid_with_its_date_and_with_whom_to_check_it() -> None:
    page = mairie(told(RURAL))
    assert "## Aides à vérifier" in page
    assert "aucune n'est acquise" in page.replace("\u2019", "'")
    (row,) = [line for line in page.splitlines() if "Dotation rurale" in line]
    assert "30 % constatés en 2017 ; plafond : 5 000 euros par classe" in row
    assert row.rstrip(" |").endswith("| la préfecture | 2022 (usage du métier)")


def test_a_rate_that_nobody_knows_for_that_day_is_to_be_asked() -> None:
    """No rate of 2017 is told to a council, nor to who counts on it."""
    for until in ("", "2025", "2025-12-31"):
        made = told(RURAL.model_copy(update={"valid_until": until}))
        for page in (mairie(made), technique(made)):
            (row,) = [line for line in page.splitlines() if "Dotation rurale" in line]
            assert "| à demander |" in row
            assert "30 %" not in row
            assert "5 000" not in row


def test_an_aid_that_serves_nobody_here_is_not_told_to_the_mairie() -> None:
    closed = RURAL.model_copy(update={"id": "close", "state": AidState.CLOSED})
    elsewhere = RURAL.model_copy(update={"id": "ailleurs", "departments": ("033",)})
    assert "Dotation rurale" not in mairie(told(closed, elsewhere))
    assert "Dotation rurale" not in mairie(told(RURAL, population=20_001))
    assert "Dotation rurale" in mairie(told(elsewhere, department="033"))


def test_the_technical_annex_keeps_closed_aids_to_date_what_is_there() -> None:
    closed = RURAL.model_copy(update={"state": AidState.CLOSED, "period": "2009"})
    (row,) = [
        line
        for line in technique(told(closed)).splitlines()
        if "Dotation rurale" in line
    ]
    assert "| terminée | 2009 |" in row


def test_dates_to_watch_are_in_order_and_say_what_has_passed() -> None:
    page = technique(told())
    rows = [
        line
        for line in page.split("Dates à surveiller", 2)[2].splitlines()
        if line.startswith(("| Fin", "| Pix"))
    ]
    assert [row.split(" | ")[0] for row in rows] == [
        "| Fin de Windows 10",
        "| Fin du cuivre",
        "| Pix Junior",
    ]
    assert "depuis le 14 octobre 2025" in rows[0]
    assert "Texte à vérifier." in rows[0]
    assert "| 2030 |" in rows[1]
    assert "| à vérifier |" in rows[2]


def test_a_year_has_not_passed_before_its_end() -> None:
    year = Deadline(id="a", title="A", due="2026", what="x", ask="y", as_of="2026")
    assert not year.has_passed("2026-12-31")
    assert year.has_passed("2027-01-01")
