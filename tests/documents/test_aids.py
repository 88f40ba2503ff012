"""Aids as numbers: a range beside the net, from a syndicat's rows; else to be asked."""

import re
from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from diag.assess.plan import Action
from diag.assess.terms import AidRate, aid_rates, aided
from diag.audit.follow import move
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.upgrade import preview, upgrade
from diag.audit.votes import votes_of
from diag.documents.drafts import DraftKind, drafted
from diag.documents.parts.votes import EuroSpan, headline_of, votes_shown
from diag.documents.sheet import sheet_of
from diag.documents.templates import build_document
from diag.model.checklist import Aid, AidState, Finance
from diag.model.enums import Audience, AuditStatus, BudgetSection, FinanceTopic, Trade
from diag.model.votes import DecisionList
from diag.office.imports import import_own_table
from diag.words.sentences import NBSP, NNBSP
from tests.audit.audited import audited, audited_workspace
from tests.shipped import shipped

AIDS = """\
aids:
  - {id: part-du-syndicat, title: Part du syndicat, state: open, applicant: la commune,
     conditions: Adhérer au syndicat., ask: le syndicat, as_of: 2026-10-12,
     source: metier}
"""
RATES = """\
identifiant;sujet;règle;ce qu'elle dit;section;taux bas;taux haut;plafond;aide;\
métiers;jusqu'à;information de;source
taux-du-syndicat;aide;Part du syndicat;Délibération du 12 octobre 2026.;\
investissement;30;50;;part-du-syndicat;;31/12/2027;12/10/2026;metier
taux-detr;aide;Taux voté par la commission;Arrêté de l'année.;\
investissement;20;40;3000;detr;reseau;31/12/2026;01/11/2026;metier
"""


@pytest.fixture(scope="module")
def closed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[AuditSession]:
    folder = tmp_path_factory.mktemp("aided")
    with audited_workspace(folder / "desk") as made:
        made.overlay.mkdir()
        (made.overlay / "import-aides.yaml").write_text(AIDS, encoding="utf-8")
        file = folder / "taux.csv"
        file.write_text(RATES, encoding="utf-8")
        told = import_own_table(made, "finances", file)
        assert not told.is_refused, told.lines
        session = audited(made)
        upgrade(session, preview(session))
        move(session, AuditStatus.CLOS)
        yield session


@pytest.fixture(scope="module")
def votes(closed: AuditSession) -> DecisionList:
    return votes_of(report_of(closed))


def plain(text: str) -> str:
    return text.replace(NBSP, " ").replace(NNBSP, " ").replace("**", "")


GOLDEN = [
    (2, "part-du-syndicat", 140, 40, 70),
    (4, "part-du-syndicat", 4000, 1200, 2000),
    (6, "part-du-syndicat", 2000, 600, 1000),
    (6, "detr", 540, 100, 210),
    (7, "part-du-syndicat", 1435, 430, 710),
    (8, "part-du-syndicat", 2500, 750, 1250),
    (10, "part-du-syndicat", 600, 180, 300),
    (12, "part-du-syndicat", 1145, 340, 570),
    (12, "detr", 1145, 220, 340),  # 40 % would be 458, and leave less than a fifth
]
"""Vote, scheme, euros before tax that it may pay a part of, the least, the most."""


def test_golden_numbers_of_the_demonstration(votes: DecisionList) -> None:
    found = [
        (one.number, each.scheme, each.base, each.low, each.high)
        for one in votes.votes
        for each in (one.aid.shares if one.aid else ())
    ]
    assert found == GOLDEN


def test_what_is_printed_adds_up_and_nothing_is_subtracted(
    closed: AuditSession, votes: DecisionList
) -> None:
    """Rows make the headline; the net is that of no aid; the commune keeps its part."""
    bare = DecisionList.model_validate({
        **votes.model_dump(),
        "votes": [one.model_copy(update={"aid": None}) for one in votes.votes],
    })
    assert (votes.net, votes.gross) == (bare.net, bare.gross)
    for one in votes.votes:
        for aid in [one.aid] if one.aid else []:
            assert 0 <= aid.low <= aid.high
            invested = max(each.base for each in aid.shares)
            assert aid.high <= Fraction(80, 100) * (invested + 1)
            assert aid.high <= one.spent.net
    (shown,) = votes_shown(report_of(closed))
    head = headline_of([shown])
    low, high = (
        sum(getattr(one, each) for one in votes.aids) for each in ("low", "high")
    )
    assert head.aid is not None
    assert abs(head.aid.low - low) < 100
    assert abs(head.aid.high - high) < 100
    assert head.left == EuroSpan(head.net - head.aid.high, head.net - head.aid.low)
    detr = [
        each.high for one in votes.aids for each in one.shares if each.scheme == "detr"
    ]
    assert sum(detr) <= 3000  # its ceiling, for the whole school


def test_every_paper_prints_the_same_range_beside_the_same_net(
    closed: AuditSession, votes: DecisionList
) -> None:
    made, about = closed.workspace, closed.about
    (shown,) = votes_shown(report_of(closed))
    head = headline_of([shown])
    mairie = plain(build_document(report_of(closed), Audience.MAIRIE).markdown)
    papers = {
        kind: plain(drafted(made, kind, about.ref).paper.document.markdown)
        for kind in (DraftKind.NOTE, DraftKind.DELIBERATION, DraftKind.APPLICATION)
    }
    said = plain(f"Aides, si elles sont accordées : {head.aid} ; il resterait alors")
    for text in (mairie, papers[DraftKind.NOTE], papers[DraftKind.APPLICATION]):
        assert said.replace("'", "’") in text.replace("'", "’")
        assert text.count(", si elle est accordée |") >= len(votes.aids)
    for one in votes.votes:
        if one.aid:
            span = plain(str(EuroSpan(one.aid.low, one.aid.high)))
            words = f"aide, si elle est accordée : {span}"
            assert words in papers[DraftKind.DELIBERATION]
    council = papers[DraftKind.DELIBERATION]
    assert re.search(r"les aides possibles \(Part du syndicat et .*\(DETR\)\)", council)
    assert "Aucun devis n’est signé avant l’accusé" in council.replace("'", "’")
    page: Any = sheet_of(report_of(closed).public)
    assert page["head"]["aid"] == str(head.aid)
    assert "Ne signez aucun devis avant l’accusé" in mairie.replace("'", "’")
    assert "30 à 50 % (investissement hors taxes), jusqu" in mairie
    assert "selon le syndicat, 12 octobre 2026" in mairie


def test_the_plan_that_finances_the_application_adds_up(
    closed: AuditSession, votes: DecisionList
) -> None:
    """What is invested before tax is what the aids may pay, and what is left."""
    kind, about = DraftKind.APPLICATION, closed.about
    text = plain(drafted(closed.workspace, kind, about.ref).paper.document.markdown)
    cells = [line.split(" | ") for line in text.splitlines()]
    rows = [
        int(one[1].strip(" |").replace(" ", ""))
        for one in cells
        if len(one) == 2 and one[0].startswith(("| Vote ", "| Ensemble"))
    ]
    assert sum(rows[:-1]) == rows[-1] == 11_820
    syndicat, commune = (
        [int(re.sub(r"\D", "", each)) for each in one[1].split(" à ")]
        for one in cells
        if one[0] in {"| Part du syndicat", "| Part de la commune"}
    )
    state = [
        sum(getattr(each, end) for one in votes.aids for each in one.shares
            if each.scheme == "detr")
        for end in ("low", "high")
    ]  # fmt: skip
    assert commune[0] + syndicat[1] + state[1] == 11_820
    assert commune[1] + syndicat[0] + state[0] == 11_820
    assert commune[0] >= 11_820 * 20 // 100
    assert "Au moins 20 % du total des financements publics" in text


def test_no_shipped_row_gives_a_rate_and_all_is_to_be_asked(tmp_path: Path) -> None:
    assert [one.id for one in shipped().finances.values() if one.aid] == []
    with audited_workspace(tmp_path / "desk") as made:
        told = report_of(audited(made))
        assert votes_of(told).aids == ()
        text = plain(build_document(told, Audience.MAIRIE).markdown)
    assert "Aides : à demander" in text
    assert "si elle est accordée" not in text


AID = Aid(
    id="part",
    title="Part du syndicat",
    state=AidState.OPEN,
    applicant="la commune",
    conditions="Adhérer.",
    ask="le syndicat",
    as_of="2026",
)
RULE = Finance(
    id="taux",
    topic=FinanceTopic.AIDE,
    title="Taux",
    says="Délibération.",
    section=BudgetSection.INVESTISSEMENT,
    percent=30,
    at_most=50,
    aid="part",
    until="2027-12-31",
    since="2026-10-12",
    as_of="2026-10",
)


@pytest.mark.parametrize(
    ("change", "day", "counts"),
    [
        ({}, "2027-12-31", True),
        ({}, "2028-01-01", False),
        ({}, "2026-10-11", False),  # not adopted yet
        ({"until": ""}, "2027-01-01", False),
        ({"percent": None}, "2027-01-01", False),
        ({"aid": "autre"}, "2027-01-01", False),
    ],
)
def test_a_rate_counts_while_it_is_known_to_hold(
    change: dict[str, object], day: str, *, counts: bool
) -> None:
    checklist = shipped().model_copy(
        update={
            "aids": {"part": AID},
            "finances": {"taux": RULE.model_copy(update=change)},
        }
    )
    found = aid_rates(checklist, date.fromisoformat(day), "999", 900)
    assert bool(found) is counts


def test_a_scheme_that_does_not_serve_the_commune_counts_for_nothing() -> None:
    for aid in (
        AID.model_copy(update={"state": AidState.CLOSED}),
        AID.model_copy(update={"departments": ("033",)}),
        AID.model_copy(update={"max_population": 800}),
    ):
        checklist = shipped().model_copy(
            update={"aids": {"part": aid}, "finances": {"taux": RULE}}
        )
        assert not aid_rates(checklist, date(2027, 1, 1), "999", 900)


percents = st.integers(1, 100)
ceilings = st.none() | st.integers(0, 2_000_000)
drawn_rates = st.lists(
    st.tuples(percents, percents, ceilings, st.booleans()), max_size=4
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(drawn_rates)
def test_whatever_the_rates_the_commune_keeps_its_part(
    closed: AuditSession, rates: list[tuple[int, int, int | None, bool]]
) -> None:
    """All the schemes leave it a fifth, each stays under its ceiling, and serves."""
    actions = actions_of(closed)
    known = [
        AidRate(
            AID.model_copy(update={"id": f"a{at}"}),
            RULE.model_copy(
                update={
                    "id": f"r{at}",
                    "percent": min(low, high),
                    "at_most": max(low, high),
                    "euros": most,
                    "trades": (Trade.RESEAU,) if some else (),
                }
            ),
        )
        for at, (low, high, most, some) in enumerate(rates)
    ]
    asked = [([one], 2026) for one in actions]
    found = list(aided(asked, known, shipped(), (2026, 2027, 2028), date(2026, 11, 28)))

    spent = dict.fromkeys((one.aid.id for one in known), 0)
    for aid, action in zip(found, actions, strict=True):
        for share in aid.shares if aid else ():
            assert 0 <= share.low <= share.high
            assert share.low % 10 == share.high % 10 == 0
            spent[share.scheme] += share.high
        invested = sum(
            Fraction(line.ht.low) * (3 if line.price.yearly else 1)
            for line in action.advice.cost.digital.lines
            if line.price.section is BudgetSection.INVESTISSEMENT
        )
        assert (aid.high if aid else 0) * 100 <= Fraction(80, 100) * invested
    for scheme, rule in known:
        if rule.euros is not None:
            assert spent[scheme.id] * 100 <= rule.euros
    served = {
        share.scheme
        for aid, action in zip(found, actions, strict=True)
        if action.advice.recommendation.trade is not Trade.RESEAU
        for share in (aid.shares if aid else ())
    }
    assert not served & {one.aid.id for one in known if one.rule.trades}


@cache
def actions_of(closed: AuditSession) -> tuple[Action, ...]:
    return report_of(closed).public.plan.actions


def test_the_closing_keeps_the_range_whatever_the_table_becomes(
    closed: AuditSession, votes: DecisionList
) -> None:
    for kind in ("aides", "finances"):
        (closed.workspace.folder / "overlay" / f"import-{kind}.yaml").unlink()
    assert votes_of(report_of(closed)).aids == votes.aids
