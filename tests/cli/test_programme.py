"""`diag programme`, from its years to the step that its adoption writes."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from shutil import copytree
from typing import Any

import pytest
from pypdf import PdfReader

from diag.audit.advising import steps_standing
from diag.audit.answer import NewAnswer, record_answer
from diag.audit.follow import move
from diag.documents import programme
from diag.documents.formats import Format
from diag.documents.write import write_paper
from diag.model.enums import AuditStatus, FollowUpState
from diag.model.programme import RightsRule, YearLock
from diag.office.imports import import_file
from diag.programme.assembling import Board, board_of
from diag.programme.container import opened
from diag.programme.placing import Imposed, Placement, Waited
from diag.programme.terms import INVESTMENT, Lack, Purse
from diag.programme.words import cost_words
from diag.words.sentences import euros, euros_and_cents, typeset
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import SCHOOL, territory
from tests.cli.running import Run, diag
from tests.programme.reading import read_once
from tests.shared import copy_once_made

INSEE = "99903"
WIRING, WIFI = "cabler-les-classes", "permettre-la-coupure-du-wifi"
IMPOSED = ("lock", WIRING, "--year", "2030", "--by", "le maire", "--why", "travaux")
PAID = Purse(f"commune:{INSEE}", INVESTMENT)
OTHER = "99909"
"""Noirvaux, that nobody has audited here."""
PAST = "01/02/2024"
"""Before any day on which tests run."""


@pytest.fixture(scope="module", autouse=True)
def _audits_read_once() -> Iterator[None]:
    with read_once():
        yield


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace with a school whose audit is closed, and its programme."""
    folder = tmp_path_factory.mktemp("programme") / "home"
    copy_once_made("programme", begin, folder)
    return folder


def begin(folder: Path) -> None:
    with audited_workspace(folder) as made:
        record_answer(audited(made), NewAnswer("nb_eleves", "66"))
        move(audited(made), AuditStatus.CLOS)
    run(folder, "new", "plan", "--first", "2027", "--siren", "200000172")


def run(home: Path, *words: str) -> str:
    done = diag(home, "programme", *words)
    assert done.code == 0, done.err
    return done.out


def refused(home: Path, *words: str) -> Run:
    done = diag(home, "programme", *words)
    assert done.code == 1
    return done


def shown(home: Path, *words: str) -> dict[str, dict[str, Any]]:
    found = json.loads(run(home, "show", "--json", *words))
    return {one["ref"].partition("/")[2]: one for one in found["operations"]}


def test_who_gives_no_siren_is_told_the_option(home: Path) -> None:
    told = refused(home, "new", "autre", "--first", "2028").err
    assert "diag programme new autre --first 2028 --siren SIREN" in " ".join(
        told.split()
    )


def test_a_programme_is_set_explained_varied_and_adopted(
    home: Path, tmp_path: Path
) -> None:
    # Nobody has money yet: needs are there, no year is.
    assert {one["year"] for one in shown(home).values()} == {None}
    assert "enveloppe inconnue" in run(home, "show")
    empty(home, tmp_path)
    run(home, "split", "--syndicat", "0.4")
    table = tmp_path / "enveloppes.csv"
    rows = [
        *(f"syndicat;{year};investissement;600;oui" for year in range(2027, 2032)),
        *(f"{INSEE};{year};investissement;1500;oui" for year in range(2027, 2032)),
        *(f"{INSEE};{year};fonctionnement;3000;" for year in range(2027, 2032)),
        "80021;2027;autre;3;",
        f"{INSEE};{'9' * 5000};investissement;3;",
    ]
    table.write_text("\n".join(("code;année;section;montant;report", *rows)))
    read = diag(home, "import", "enveloppes", str(table))
    assert "15 enveloppes lues" in read.out
    assert "ligne 17" in read.out
    assert "ligne 18" in read.out
    plan = shown(home)
    assert plan[WIFI]["words"] == "En 2027, première année possible."
    assert plan[WIRING]["year"] == 2028
    assert "au syndicat en 2027 (investissement)" in plan[WIRING]["words"]
    assert "Réserve de 15" in run(home, "show", "--year", "2028")
    printed(home, tmp_path)
    compared(home)
    # What would bring it in, then a lock that says what it moves before it is written.
    asked = json.loads(run(home, "what-if", WIRING, "--year", "2027", "--json"))
    assert asked["lands"]
    for one in asked["money"]:
        euros = f"{one['cents'] / 100:.2f}"
        run(home, "earmark", WIRING, one["payer"], "2027", euros)
    assert shown(home)[WIRING]["year"] == 2027
    assert "motif" in refused(home, "lock", WIRING, "--year", "2030").err
    assert "autre" in run(home, *IMPOSED, "--dry-run")
    assert shown(home)[WIRING]["year"] == 2027
    run(home, *IMPOSED)
    assert run(home, "why", WIRING).splitlines()[1] == (
        "Imposée en 2030 par le maire : travaux."
    )
    run(home, "variant", "Prudente", "--lower", "2027:100")
    names = [one["variant"] for one in json.loads(run(home, "compare", "--json"))]
    assert names == ["Programme plan", "Prudente"]
    assert shown(home, "--variant", "prudente") != shown(home)
    # Adopted by the syndicat alone, nothing of the school's own audit moves.
    assert "Rien n'est encore arrêté" in refused(home, "revise").err
    run(home, "decide", "syndicat", "adopte", "--on", PAST, "--ref", "D-12")
    assert "Courvaux-sur-Ombre" in run(home, "adopt", "--decision", "D-12", "--dry-run")
    many = sum(one["year"] is not None for one in shown(home).values())
    assert many > 3
    assert f"conseil : {many}." in run(home, "adopt", "--decision", "D-12")
    assert states(home) == {}
    assert "Aucune opération ne change de place." in run(home, "revise")
    assert "depuis l'arrêté" not in run(home, "show")
    commune = f"commune:{INSEE}"
    run(home, "decide", commune, "adopte", "--on", PAST, "--ref", "31")
    before = shown(home)
    run(home, "adopt", "--decision", "D-12")
    assert states(home)[WIRING] == (FollowUpState.DECIDEE, 2030, 0)
    after = shown(home)
    assert {ref: one["year"] for ref, one in after.items()} == {
        ref: one["year"] for ref, one in before.items()
    }
    assert after[WIRING]["words"] == "Décidée le 1er février 2024 : ne bouge plus."
    follow_through(home)


def empty(home: Path, folder: Path) -> None:
    """Print both documents while nothing has its year: they say why."""
    forms = ("--format", "md", "--out", str(folder))
    run(home, "report", *forms)
    run(home, "report", "--commune", INSEE, *forms)
    made = folder / "programme-plan"
    assert "Rien à inscrire encore" in (made / "programme.md").read_text()
    page = (made / f"programme-{INSEE}.md").read_text()
    assert "Rien à voter" in page
    assert typeset("compte pour 0 €") in page


def _counted(cell: str) -> Decimal:
    """Return the one figure of a cell: « 6 843,68 € »."""
    return Decimal(re.sub(r"[\s€]", "", cell).replace(",", "."))


def printed(home: Path, folder: Path) -> None:
    """Print both documents and read them: totals, reasons, one page, one commune."""
    forms = ("--format", "md", "--format", "pdf", "--out", str(folder))
    run(home, "report", *forms)
    run(home, "report", "--commune", INSEE, *forms)
    made = folder / "programme-plan"
    whole = (made / "programme.md").read_text()
    plan = json.loads(run(home, "show", "--json"))
    first, _, later = whole.partition("\n***\n")
    for year in plan["years"]:
        mine = [one for one in plan["operations"] if one["year"] == year]
        cents = sum(paid["cents"] for one in mine for paid in one["paid"])
        spent, running = map(_counted, cells(first, str(year))[1:3])
        assert spent - running == _counted(amount(cents))
        part = later.partition(f"## Budget {year}")[2].partition("\n## ")[0]
        yearly = sum(one["yearly"] for one in mine)
        assert not mine or cells(part, "Total")[1] == cost_words(cents, yearly)
        for one in mine:
            assert all(typeset(one[text]) in part for text in ("title", "words"))
    # Few columns, each with a head of its own: four of nine were « sur » what, twice.
    heads = cells(first, "Budget")
    assert len(set(heads)) == len(heads) <= 7
    # Who adds up a column of page 1 finds its total, cents of orders included.
    rows = [cells(first, str(year))[1:] for year in plan["years"]]
    for column, total in zip(
        zip(*rows, strict=True), cells(first, "Total")[1:], strict=True
    ):
        assert sum(map(_counted, column)) == _counted(total)
    out = [one for one in plan["operations"] if one["year"] is None]
    assert f"{len(out)} opération" in first
    assert "Réserve de 15" in first
    for one in (*out[:2], *plan["left_out"][:5]):
        assert typeset(one.get("words") or one["why"]) in first
    page = (made / f"programme-{INSEE}.md").read_text()
    assert "Courvaux" in page
    assert typeset("15 avril 2027") in page
    assert typeset("à confirmer : avant le 15 avril") in page
    payer = f"commune:{INSEE}"
    share = sum(
        paid["cents"]
        for one in plan["operations"]
        for paid in one["paid"]
        if paid["payer"] == payer
    )
    voted, _, own = page.partition("Ses opérations")
    assert cells(own, "Total")[3] == amount(share)
    yearly = [
        (one["year"], one["yearly"])
        for one in plan["operations"]
        if one["year"] and one["yearly"]
    ]
    later = sum(cents * (2032 - year) for year, cents in yearly)
    assert cells(voted, "Total")[4] == amount(share + later)
    read = [one.extract_text() for one in PdfReader(made / "programme.pdf").pages]
    assert "À confirmer" in read[0]
    assert "Opérations du budget 2027" in read[1]
    assert len(PdfReader(made / f"programme-{INSEE}.pdf").pages) == 1
    assert "99999" in refused(home, "report", "--commune", "99999").err


def compared(home: Path) -> None:
    """Read what each commune gets: it adds up to what the plan says."""
    plan = json.loads(run(home, "show", "--json"))
    found = json.loads(run(home, "equity", "--json"))
    assert found["groups"] == []
    (own,) = found["communes"]
    paid = [paid for one in plan["operations"] for paid in one["paid"]]
    assert own["placed"] == sum(one["cents"] for one in paid)
    helped = [one["cents"] for one in paid if one["payer"].startswith("syndicat:")]
    assert own["helped"] == sum(helped) > 0
    assert own["need"] > own["placed"]
    told = run(home, "equity")
    assert "Courvaux-sur-Ombre" in told
    assert "deux groupes de 5 communes" in told


def cells(text: str, head: str) -> list[str]:
    """Return the cells of the first row that begins so."""
    row = next(one for one in text.splitlines() if one.startswith(f"| {head} |"))
    return [one.strip() for one in row.strip("|").split("|")]


def amount(cents: int) -> str:
    return euros_and_cents(cents) if cents % 100 else euros(cents // 100)


def test_the_page_of_a_commune_names_no_other(home: Path, tmp_path: Path) -> None:
    with Workspace.open(home) as made:
        board = board_of(opened(made))
        whys = ("comme à NOIRVAUX", "Courvaux-sur-Ombre l'a voté")
        locks = {
            name: YearLock(year=2027, by="le comité", why=why)
            for name, why in zip(board.names, whys, strict=False)
        }
        imposed = dict.fromkeys(locks, Placement(2027, Imposed(), 1, {PAID: 1_00}))
        board = replace(
            board,
            record=replace(board.record, locks=locks),
            schedule=replace(
                board.schedule,
                placements={**imposed, **board.schedule.placements, **imposed},
            ),
        )
        page = programme.commune_paper(board, INSEE, date(2026, 9, 1)).document
        for out in (0, 1, 5):
            paper = programme.commune_paper(
                crowded(board, out), INSEE, date(2026, 9, 1)
            )
            place = tmp_path / str(out)
            files = [*write_paper(paper, place, [Format("md"), Format("pdf")])]
            assert not [one for one in files if one.warning]
            read = PdfReader(place / f"programme-{INSEE}.pdf").pages
            assert len(read) == 1, out
            text = (place / f"programme-{INSEE}.md").read_text()
            found = re.search(r"Et (\d+) autres opérations", text)
            assert found
            rest = int(found[1])
            assert 30 - rest >= 2
            row = next(one for one in text.splitlines() if "autres opérations" in one)
            assert f"{amount(rest * 480_00)}, plus {amount(rest * 30_00)}" in row
            own = text.partition("Ses opérations")[2]
            assert cells(own, "Total")[2] == amount(30 * 480_00)
    assert page.markdown.count("motif au programme.") == 1
    assert "noirvaux" not in page.markdown.lower()
    assert typeset("Courvaux-sur-Ombre l'a voté.") in page.markdown


def test_a_commune_that_only_shares_has_its_page(home: Path, tmp_path: Path) -> None:
    with Workspace.open(home) as made:
        import_file(made, "effectifs", territory().effectifs)
    run(home, "envelope", "syndicat", "2027", "9000")
    shared = ("--once", "3000", "--points", "2")
    both = ("--commune", INSEE, "--commune", OTHER)
    run(home, "share", "Fibre entre Courvaux-sur-Ombre et Noirvaux", *shared, *both)
    run(home, "share", "Prêt de valises", *shared, *both)
    run(home, "report", "--commune", OTHER, "--format", "md", "--out", str(tmp_path))
    page = (tmp_path / f"programme-plan/programme-{OTHER}.md").read_text()
    assert typeset("Noirvaux : programme") in page
    assert "Courvaux" not in page
    assert typeset("Prêt de valises") in page
    assert "nommée au programme" in page
    found = json.loads(run(home, "equity", "--json"))["communes"]
    parts = {one["insee"]: one["helped"] for one in found}
    assert parts[OTHER] > 0
    plan = json.loads(run(home, "show", "--json"))
    paid = [paid for one in plan["operations"] for paid in one["paid"]]
    ours = [one["cents"] for one in paid if one["payer"].startswith("syndicat:")]
    assert sum(parts.values()) == sum(ours)


def test_the_last_line_of_a_commune_is_not_a_count_of_one(home: Path) -> None:
    with Workspace.open(home) as made:
        board = board_of(opened(made))
        pages = [
            programme.commune_paper(crowded(board, 0, many), INSEE, date(2026, 9, 1))
            for many in range(4, 16)
        ]
    texts = [page.document.markdown for page in pages]
    assert not [text for text in texts if "Et 1 autre" in text]
    assert any("| Au programme. |" in text for text in texts)


def crowded(board: Board, left_out: int, many: int = 30) -> Board:
    """Return a programme with many operations of one commune, and some left out."""
    one = next(iter(board.names))
    placed = {
        f"{one}{at}": Placement(
            board.programme.years[at % 5],
            Waited(board.programme.years[0], Lack(PAID, 12_345_00, 480_00)),
            at,
            {PAID: 480_00},
            30_00,
        )
        for at in range(many)
    }
    out = Waited(board.programme.years[-1], Lack(PAID, 12_345_00, 480_00))
    left = {
        f"{one}{at}": Placement(None, out, at, {})
        for at in range(many, many + left_out)
    }
    names = dict.fromkeys(placed | left, board.names[one]._replace(is_open=True))
    terms = board.programme
    model = terms.operations[0]
    operations = tuple(replace(model, id=name) for name in names)
    schedule = replace(
        board.schedule,
        placements=placed | left,
        terms=replace(terms, operations=operations),
    )
    candidates = dict.fromkeys(names, board.gathered.candidates[one])
    gathered = replace(board.gathered, candidates=candidates)
    record = replace(board.record, shared={})
    return replace(
        board, names=names, schedule=schedule, gathered=gathered, record=record
    )


def follow_through(home: Path) -> None:
    # An order has its real price, which the programme then counts.
    assert "--price" in refused(home, "step", WIRING, "commandee").err
    run(home, "step", WIRING, "commandee", "--price", "1026")
    assert states(home)[WIRING] == (FollowUpState.COMMANDEE, 2030, 102_600)
    assert sum(one["cents"] for one in shown(home)[WIRING]["paid"]) == 102_600
    joint = ("--price", "prise_rj45", "--discount", "0.1", "--from", "2027")
    run(home, "group", "Prises", *joint, "--until", "2031")
    assert sum(one["cents"] for one in shown(home)[WIRING]["paid"]) == 102_600
    # What is done has spent its budget: no other operation takes its money.
    run(home, "step", WIRING, "faite")
    assert states(home)[WIRING] == (FollowUpState.FAITE, 2030, 102_600)
    assert shown(home)[WIRING]["words"].startswith("Faite le")
    assert sum(one["cents"] for one in shown(home)[WIRING]["paid"]) == 102_600
    assert "décidée" in refused(home, *IMPOSED).err
    run(home, "step", WIRING, "ecartee", "--why", "les classes ferment")
    assert WIRING not in shown(home)
    assert "Arrête le programme : " in run(home, "log")
    assert "changé depuis l'arrêté. Voyez" in run(home, "show")
    assert " 2030 → hors" in run(home, "revise")
    found = json.loads(run(home, "revise", "--refonte", "--json"))
    moved = {one["operation"].partition("/")[2]: one for one in found["least"]["moved"]}
    assert (moved[WIRING]["before"], moved[WIRING]["after"]) == (2030, None)


def states(home: Path) -> dict[str, tuple[FollowUpState, int, int]]:
    with Workspace.open(home) as made:
        steps = steps_standing(audited(made))
        return {name: (one.state, one.year, one.cents) for name, one in steps.items()}


def test_what_is_wrong_is_said_and_nothing_is_written(home: Path) -> None:
    taken = refused(home, "new", "plan", "--first", "2027", "--siren", "200000172").err
    assert "diag programme show --programme plan" in " ".join(taken.split())
    assert "Pas d'opération" in refused(home, "why", "peindre-les-murs").err
    assert "Plusieurs" not in run(home, "why", f"{SCHOOL}/{WIFI}")
    assert "n'est pas un payeur" in refused(home, "envelope", "x", "2027", "1").err
    assert "montant" in refused(home, "envelope", "syndicat", "2027", "beaucoup").err
    assert "2040" in refused(home, "what-if", WIFI, "--year", "2040").err
    assert "avis" in refused(home, "decide", "pilotage", "adopte", "--on", PAST).err
    joint = ("--price", "bornes", "--discount", "0.1", "--from", "2028")
    grouped = run(home, "group", "Bornes", *joint, "--until", "2029")
    assert "n'achète encore « bornes »" in grouped
    free = ("group", "Bornes", "--price", "bornes", "--discount", "1", "--from", "2028")
    assert "Remise" in refused(home, *free, "--until", "2029").err
    assert "ferme après" in refused(home, "group", "B", *joint, "--until", "2027").err
    ours = ("--commune", "syndicat")
    assert "code INSEE" in refused(home, "share", "Lien", "--once", "1", *ours).err
    assert "Poids d'un élève" in refused(home, "rights", "--pupil=-1").err
    huge = refused(home, "envelope", "syndicat", "2027", "9" * 14).err
    assert "milliards" in huge
    assert "2028:5" in refused(home, "variant", "V", "--lower", "9" * 5000 + ":5").err
    assert "aucune décision" in refused(home, "adopt", "--decision", "Z-1").err
    assert "part du syndicat" in refused(home, "split", "--syndicat", "3").err.lower()


def test_the_rule_of_rights_is_kept_as_it_is_typed(home: Path, tmp_path: Path) -> None:
    copied = Path(copytree(home, tmp_path / "home"))
    ips = ("--ips-below", "90", "--ips-step", "0.01")
    run(copied, "rights", "--pupil", "2", *ips, "--why", "selon l'IPS")
    with Workspace.open(copied) as made:
        rule = opened(made).record().rights
    weights = {"school": "30", "pupil": "2", "rural": "0"}
    ips_rule = {"below": "90", "step": "0.01"}
    kept = {**weights, "ips": ips_rule, "why": "selon l'IPS"}
    assert rule == RightsRule.model_validate(kept)


def test_an_order_gives_its_price_back_where_it_buys_one_article(
    home: Path, tmp_path: Path
) -> None:
    copied = Path(copytree(home, tmp_path / "home"))
    with Workspace.open(copied) as made:
        found = board_of(opened(made)).gathered.candidates
    alone = [one for one in found.values() if len(one.priced) == 1]
    several = [
        one for one in found.values() if sum(not each.yearly for each in one.priced) > 1
    ]
    one = next(one for one in alone if not one.priced[0].yearly)
    line = one.priced[0]
    assert "Aucune commande" in run(copied, "prices")
    step = ("commandee", "--on", PAST, "--price")
    run(copied, "step", f"{one.school}/{one.actions[0]}", *step, "1200")
    other = several[0]
    run(copied, "step", f"{other.school}/{other.actions[0]}", *step, "900")
    told = run(copied, "prices", "--out", str(tmp_path / "prix.csv"))
    assert "1 commande de plusieurs articles" in told
    unit = 1200 * 100 * line.bare / line.cents / line.many
    assert f"{line.price} : {euros_and_cents(unit)} HT" in told
    assert "Courvaux-sur-Ombre, 1er février 2024" in told
    assert (
        "existe déjà"
        in refused(copied, "prices", "--out", str(tmp_path / "prix.csv")).err
    )
    read = diag(copied, "import", "prix", str(tmp_path / "prix.csv"), "--dry-run")
    assert "1 changée" in read.out, read.out + read.err
    assert line.price in read.out
    assert "refusée" not in read.out
