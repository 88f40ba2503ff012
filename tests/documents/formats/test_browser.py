"""Every document as a page, in a real browser, on a telephone and on a desk.

One start of the browser looks at them all.
"""

from collections.abc import Mapping
from pathlib import Path

import pytest

from diag.audit.answer import NewAnswer, record_answer
from diag.audit.follow import move
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.documents.document import Document
from diag.documents.drafts import DraftKind, drafted
from diag.documents.formats.html import write_html
from diag.documents.parts.votes import KNOW_FIRST
from diag.documents.programme import (
    committee_paper,
    commune_paper,
    programme_deliberation,
    programme_paper,
)
from diag.documents.questionnaire import compose
from diag.documents.synthesis import synthesis
from diag.documents.templates import build_document
from diag.journal import subjects
from diag.model.enums import Audience, AuditStatus
from diag.model.programme import CostSplit, ProgrammeFrame, YearEnvelope
from diag.programme.assembling import board_of
from diag.programme.container import create
from diag.programme.setting import envelope_subject
from diag.programme.terms import INVESTMENT, RUNNING, Purse
from diag.workspace.workspace import Workspace
from tests.audit.audited import audited, audited_workspace, next_campaign
from tests.audit.builders import DAY
from tests.documents.browser import SeenPage, looked_at

pytestmark = pytest.mark.long

PHONE, DESK = 390, 1280
LABELS = 9
"""On a card of a vote: number, object, four amounts, section, sitting, boxes."""

Seen = Mapping[tuple[str, int], SeenPage]


def pages_of(session: AuditSession) -> dict[str, str]:
    """Return every document that an audit of a school gives, as a page."""
    made, uai = session.workspace, session.about.ref
    report = report_of(session)
    insee = session.about.school.insee if session.about.school else ""
    scopes = (f"commune:{insee}", "territoire")
    documents = {
        **{str(one): build_document(report, one) for one in Audience},
        **{one: synthesis(made, one)[0].document for one in scopes},
        **{str(one): drafted(made, one, uai).paper.document for one in DraftKind},
        "questionnaire": compose(next_campaign(made), "commune")[0].document,
    }
    documents |= programme_of(made, insee)
    return {name: write_html(one)[0].decode() for name, one in documents.items()}


def programme_of(made: Workspace, insee: str) -> dict[str, Document]:
    """Return the documents of a programme where a commune and the syndicat pay."""
    frame = ProgrammeFrame(first=2027, campaigns=(made.campaign,))
    container = create(made, "plan", frame, "200000172")
    rich = YearEnvelope(cents=9_000_00, carry=True)
    payers = (str(container.audit.subject), f"commune:{insee}")
    container.write(
        container.draft(
            subjects.programme(subjects.SPLITS, "*"), CostSplit(syndicat="0.4")
        ),
        *(
            container.draft(envelope_subject(Purse(payer, section), 2027), rich)
            for payer in payers
            for section in (INVESTMENT, RUNNING)
        ),
    )
    board = board_of(container.reopened())
    return {
        "programme": programme_paper(board, DAY).document,
        "page de la commune": commune_paper(board, insee, DAY).document,
        "dossier": committee_paper(board, DAY).document,
        "délibération": programme_deliberation(board, DAY).document,
    }


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    with audited_workspace(tmp_path_factory.mktemp("pages") / "desk") as made:
        session = audited(made)
        record_answer(session, NewAnswer("nb_eleves", "66"))
        move(session, AuditStatus.CLOS)
        return pages_of(session)


@pytest.fixture(scope="module")
def seen(pages: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Seen:
    return looked_at(pages, tmp_path_factory.mktemp("vues"), (PHONE, DESK))


def test_axe_finds_nothing(seen: Seen) -> None:
    wrong = {at: one.violations for at, one in seen.items() if one.violations}
    assert wrong == {}


def test_nothing_is_wider_than_a_telephone_nor_scrolls_sideways(seen: Seen) -> None:
    for (name, width), one in seen.items():
        assert one.wide <= width, name
        if width == PHONE:
            assert one.scrolled == 0, name
            assert all(end <= PHONE for end in one.drawings), name


def test_a_vote_is_a_card_with_every_label(seen: Seen, pages: dict[str, str]) -> None:
    assert KNOW_FIRST not in pages["mairie"]
    cards = [one for one in seen["mairie", PHONE].cards if '"N°' in "".join(one)]
    assert cards
    for labels in cards:
        assert len(labels) == LABELS
        assert "none" not in labels
    assert seen["mairie", DESK].cards == []


def test_the_browser_would_find_what_is_wrong(
    pages: dict[str, str], tmp_path: Path
) -> None:
    """The proof's own proof, at the width that is asked."""
    source = pages["equipe"].replace("--soft: #55636d", "--soft: #c5ccd0")
    broad = source.replace("</main>", "<p style='width: 700px'>x</p></main>")
    found = looked_at({"x": broad}, tmp_path, (PHONE,))["x", PHONE]
    assert {rule for rule, _ in found.violations} == {"color-contrast"}
    assert found.wide > PHONE
