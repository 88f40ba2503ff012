"""A programme lives in the journal as an audit does: it syncs, merges, disagrees."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from diag.audit.session import listed
from diag.journal import subjects
from diag.journal.journal import Journal
from diag.journal.records import follow_ups_of
from diag.journal.school_lines import campaigns_of, stages
from diag.model.audit import FollowUp
from diag.model.enums import BudgetSection, FollowUpState, Outcome
from diag.model.errors import DiagError
from diag.model.programme import (
    AdoptedPart,
    Adoption,
    BodyDecision,
    CostSplit,
    ProgrammeFrame,
    YearEnvelope,
    YearLock,
)
from diag.office.bundles import export
from diag.programme.assembling import adopted_in, board_of, payer_sums
from diag.programme.container import Container, create, opened
from diag.programme.history import log_of
from diag.programme.operations import Contender, Contenders
from diag.programme.setting import envelopes_in
from diag.programme.terms import INVESTMENT, Article, Operation, Purse
from diag.programme.words import effect_words
from diag.workspace.workspace import Workspace
from tests.audit.builders import started, workspace
from tests.cli.running import diag
from tests.sync.offices import NearOffice, exchanged, hub_in, let_in

SIREN = "200000172"
FRAME = ProgrammeFrame(first=2027, campaigns=("2026-2027",))
PAYER = f"syndicat:{SIREN}"
ENVELOPE = subjects.programme(
    subjects.ENVELOPES, PAYER, "2027", str(BudgetSection.INVESTISSEMENT)
)
LOCK = subjects.programme(subjects.LOCKS, "audit", "cabler")
PURSE = Purse(PAYER, INVESTMENT), 2027


@pytest.fixture
def anne(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "anne", author="anne") as made:
        yield made


@pytest.fixture
def bruno(tmp_path: Path) -> Iterator[Workspace]:
    with workspace(tmp_path / "bruno", author="bruno", seed=2) as made:
        yield made


def envelope(container: Container, euros: int) -> None:
    value = YearEnvelope(cents=euros * 100, source="DOB")
    container.write(container.draft(ENVELOPE, value))


def lock(container: Container, year: int) -> None:
    value = YearLock(year=year, by="le maire", why="deux classes de plus")
    container.write(container.draft(LOCK, value))


def bring(here: Journal, there: Journal) -> None:
    for one in there.manifest():
        here.ingest(there.lines(one.audit))


def test_what_two_people_write_apart_is_shown_and_settled_by_writing_it_again(
    anne: Workspace, bruno: Workspace, tmp_path: Path
) -> None:
    hers = create(anne, "2027-2031", FRAME, SIREN)
    with pytest.raises(DiagError, match="existe déjà"):
        create(anne, "2027-2031", FRAME, SIREN)
    bring(bruno.journal, anne.journal)
    his = opened(bruno)
    assert (his.audit, his.slug) == (hers.audit, "2027-2031")
    envelope(hers, 100_000)
    lock(hers, 2027)
    envelope(his, 90_000)
    lock(his, 2028)
    # By way of a hub that knows nothing of programmes, in either order.
    with hub_in(tmp_path / "hub") as hub:
        token = let_in(hub)
        for each in (anne, bruno, anne):
            exchanged(each.journal, NearOffice(hub, token))
    assert anne.journal.manifest() == bruno.journal.manifest()
    for each in (anne, bruno):
        found = opened(each)
        assert set(found.contested) == {ENVELOPE, LOCK}
        record = found.record()
        assert record.envelopes[PURSE].cents == 90_000_00
        assert record.locks == {}
    settled = opened(anne)
    lock(settled, 2028)
    envelope(settled.reopened(), 95_000)
    bring(bruno.journal, anne.journal)
    record = opened(bruno).record()
    assert not opened(bruno).contested
    assert record.envelopes[PURSE].cents == 95_000_00
    assert record.locks["audit/cabler"].year == 2028


def test_a_variant_changes_only_what_it_names_and_copies_nothing(
    anne: Workspace,
) -> None:
    made = create(anne, "2027-2031", FRAME, SIREN)
    envelope(made, 100_000)
    split = subjects.programme(subjects.SPLITS, "*")
    made.write(made.draft(split, CostSplit(syndicat="0.4")))
    variant = subjects.programme(subjects.VARIANTS, ident := made.fresh())
    made.write(made.draft(variant, {"name": "Moins", "why": "prudence"}))
    made = made.reopened()
    made.write(made.varied(ident, {ENVELOPE: {"cents": 1_00}, split: None}))
    made = made.reopened()
    envelope(made, 120_000)
    made = made.reopened()
    assert made.record().envelopes[PURSE].cents == 120_000_00
    varied = made.record(made.variant_named("moins"))
    assert varied.envelopes[PURSE].cents == 1_00
    assert (made.record().splits["*"].syndicat, dict(varied.splits)) == ("0.4", {})
    with pytest.raises(DiagError, match="« Moins »"):
        made.variant_named("plus")
    with pytest.raises(DiagError, match="Pas de variante"):
        made.variant_named(" ")
    twin = subjects.programme(subjects.VARIANTS, made.fresh())
    made.write(made.draft(twin, {"name": "moins"}))
    made = made.reopened()
    with pytest.raises(DiagError, match=f"Plusieurs .* {ident[:8]}"):
        made.variant_named("Moins")
    assert made.variant_named(ident[:8]) == ident


def test_a_variant_of_the_frame_follows_what_it_does_not_change(
    anne: Workspace,
) -> None:
    made = create(anne, "2027-2031", FRAME, SIREN)
    variant = subjects.programme(subjects.VARIANTS, ident := made.fresh())
    sets = {"programme/frame": {"socle_first": False}}
    made.write(made.draft(variant, {"name": "Par euro", "sets": sets}))
    made.write(made.draft("programme/frame", FRAME.model_copy(update={"years": 3})))
    frame = made.reopened().record(ident).frame
    assert frame is not None
    assert (frame.years, frame.socle_first) == (3, False)


def adopted(made: Container, ident: str, decision: str, **years: int) -> None:
    """Write what a decision adopted."""
    subject = subjects.programme(subjects.ADOPTIONS, ident)
    part = subjects.programme(subjects.ADOPTIONS, ident, "0")
    placed = {
        f"{at:05} a/{name}": year for at, (name, year) in enumerate(years.items())
    }
    made.write(
        made.draft(part, AdoptedPart(years=placed)),
        made.draft(subject, Adoption(decision=decision, inputs="", parts=1)),
    )


def test_the_log_says_in_order_what_each_decision_moved(anne: Workspace) -> None:
    made = create(anne, "2027-2031", FRAME, SIREN)
    # Two of one day: the later written counts last, whatever their ids.
    for ident, on in (("z", "2024-02-01"), ("b", "2024-02-01"), ("a", "2024-01-05")):
        subject = subjects.programme(subjects.DECISIONS, ident)
        made.write(
            made.draft(subject, BodyDecision(body=PAYER, on=on, outcome=Outcome.ADOPTE))
        )
    adopted(made, "1", "a", cabler=2027, bornes=2028)
    adopted(made, "2", "z", cabler=2028, ecrans=2027)
    adopted(made, "3", "b", cabler=2028, ecrans=2027)
    subject = subjects.programme(subjects.LOCKS, "a", "cabler")
    value = YearLock(year=2028, by="le comité", why="avis", decision="z")
    made.write(made.draft(subject, value))
    made = made.reopened()
    found = list(log_of(made))
    assert [one.ident for one in found] == ["a", "z", "b"]
    assert [one.moved for one in found] == [
        (("a/cabler", None, 2027), ("a/bornes", None, 2028)),
        (("a/cabler", 2027, 2028), ("a/ecrans", None, 2027), ("a/bornes", 2028, None)),
        (),
    ]
    assert [one.locks for one in found] == [(), ("a/cabler",), ()]
    assert list(effect_words(found[1])) == [
        "Arrête le programme : 1 opération entre, 1 change d'année, 1 sort.",
        "Impose l'année de 1 opération.",
    ]
    assert list(effect_words(found[2])) == ["Arrête le programme : rien ne change."]
    last = adopted_in(made, made.record())
    assert last is not None
    assert last.years == {"a/cabler": 2028, "a/ecrans": 2027}


def test_a_part_that_cannot_be_read_is_a_part_that_has_not_come(
    anne: Workspace,
) -> None:
    made = create(anne, "2027-2031", FRAME, SIREN)
    adoption = Adoption(decision="D-1", inputs="", parts=1)
    whole = subjects.programme(subjects.ADOPTIONS, "a")
    part = subjects.programme(subjects.ADOPTIONS, "a", "0")
    made.write(made.draft(whole, adoption), made.draft(part, {"years": "2027"}))
    made = made.reopened()
    assert adopted_in(made, made.record()) is None
    made.write(made.draft(part, AdoptedPart(years={"00001 audit/cabler": 2028})))
    made = made.reopened()
    found = adopted_in(made, made.record())
    assert found is not None
    assert found.years == {"audit/cabler": 2028}


def contender(name: str, step: FollowUp | None = None, needs: str = "") -> Contender:
    return Contender(
        operation=Operation(
            id=f"audit/{name}",
            commune="commune:99903",
            lines=(Article(INVESTMENT, 100_00),),
            needs=(f"audit/{needs}",) if needs else (),
        ),
        title=name,
        where="École",
        school="9990148G",
        audit="audit",
        actions=(name,),
        priced=(),
        is_open=False,
        is_estimated=False,
        step=step,
    )


def test_the_money_of_a_commune_that_is_asked_for_nothing_is_told(
    anne: Workspace,
) -> None:
    """It merged with another, under whose code its school is now: its money waits."""
    made = create(anne, "2027-2031", FRAME, SIREN)
    purse = subjects.programme(
        subjects.ENVELOPES, "commune:99913", "2027", str(INVESTMENT)
    )
    made.write(made.draft(purse, YearEnvelope(cents=1_000_00)))
    board = board_of(made.reopened(), known=Contenders({}, (), (), {}))
    (found,) = payer_sums(board)
    assert (found.payer, found.asked) == ("commune:99913", 0)
    assert found.planned > 0


def test_what_an_earlier_budget_pays_keeps_nothing_waiting(anne: Workspace) -> None:
    made = create(anne, "2027-2031", FRAME, SIREN)
    purse = subjects.programme(
        subjects.ENVELOPES, "commune:99903", "2027", str(INVESTMENT)
    )
    made.write(made.draft(purse, YearEnvelope(cents=1_000_00)))
    ordered = FollowUp(
        recommendation="cabler", state=FollowUpState.COMMANDEE, year=2026
    )
    both = (contender("cabler", ordered), contender("bornes", needs="cabler"))
    known = Contenders({one.operation.id: one for one in both}, (), (), {"99903": ""})
    board = board_of(made.reopened(), known=known)
    assert board.schedule.years == {"audit/bornes": 2027}
    assert board.payer_name("commune:99903") == "99903"  # no school here names it


def test_a_programme_is_no_audit_and_leaves_with_all_of_them(
    anne: Workspace, tmp_path: Path
) -> None:
    session = started(anne)
    made = create(anne, "2027-2031", FRAME, SIREN)
    assert [one.audit.id for one in listed(anne)] == [session.audit.id]
    assert [one.audit for one in stages(anne.journal)] == [session.audit.id]
    assert campaigns_of(anne.journal) == (session.audit.campaign,)
    assert follow_ups_of(anne.journal, made.audit.id) == ()
    written = export(anne, None, [], tmp_path / "tout.diag")
    assert set(written.sums) == {session.audit.id, made.audit.id}


def test_what_differs_is_told_with_who_wrote_it_and_one_word_settles_it(
    anne: Workspace, bruno: Workspace
) -> None:
    hers = create(anne, "2027-2031", FRAME, SIREN)
    bring(bruno.journal, anne.journal)
    envelope(hers, 100_000)
    envelope(opened(bruno), 90_000)
    bring(anne.journal, bruno.journal)
    home = anne.folder
    anne.close()
    told = diag(home, "conflicts").out
    assert "l'enveloppe 2027, syndicat (investissement)" in told
    unknown = "quelqu'un d'inconnu ici (bruno)"
    assert f"90 000 €, hypothèse · DOB ({unknown})" in plain_spaces(told)
    found = json.loads(diag(home, "programme", "settle", "--json").out)
    ident, values = found[0]["id"], found[0]["values"]
    letter = "AB"[[one["author"] for one in values].index("bruno")]
    assert "choisissez" in diag(home, "programme", "settle", ident, "Z").err
    assert "d'aucun conflit" in diag(home, "programme", "settle", "zz", "A").err
    done = diag(home, "programme", "settle", ident, letter)
    assert "Tranché" in done.out
    assert "Aucun conflit." in diag(home, "conflicts").out
    with Workspace.open(home) as again:
        assert opened(again).record().envelopes[PURSE].cents == 90_000_00


def plain_spaces(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def test_a_table_of_envelopes_gives_its_rows_and_says_why_of_each_bad_one(
    anne: Workspace, tmp_path: Path
) -> None:
    table = tmp_path / "enveloppes.csv"
    table.write_text(
        "code;année;section;montant;vote;source\n"
        f"{SIREN};2027;investissement;1 500,50;oui;BP\n"
        f"{SIREN};l'an prochain;investissement;10;;\n"
        f"{SIREN};2028;marbre;10;;\n"
        f"{SIREN};2028;investissement;beaucoup;;\n"
        f"{SIREN};2028;investissement;10;;\n"
    )
    rows = list(envelopes_in(create(anne, "2027-2031", FRAME, SIREN), table))
    first, *bad, last = rows
    assert (first.line, first.subject, first.problem) == (2, ENVELOPE, "")
    assert first.value == YearEnvelope(cents=150_050, state="vote", source="BP")
    assert last.value == YearEnvelope(cents=1_000, source="enveloppes.csv")
    assert [one.line for one in bad] == [3, 4, 5]
    assert not any(one.subject or one.value for one in bad)
    assert bad[0].problem == "« l'an prochain » n'est pas une année."
    assert "marbre" in bad[1].problem
    assert "beaucoup" in bad[2].problem
