"""Everybody reads the same votes: the mayor, the council, who gets the message."""

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest

from diag.audit.follow import add_step, move
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.audit.votes import votes_of
from diag.documents.drafts import DraftKind, drafted
from diag.documents.drafts.school import application
from diag.documents.mail import letter
from diag.documents.parts.votes import (
    BALLOT,
    awaited,
    became_lines,
    danger_words,
    headline_of,
    money_line,
    nature_words,
    rounded,
    votes_shown,
)
from diag.documents.sheet import head_of
from diag.documents.synthesis import synthesis
from diag.documents.templates import build_document
from diag.model.audit import FollowUp
from diag.model.enums import Aside, Audience, AuditStatus, FollowUpState
from diag.model.votes import ActionNumber, Spent, Vote, YearSpent
from diag.words.sentences import NBSP, NNBSP, number, typeset, uncapitalised
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.audited import audited, closed_workspace
from tests.audit.builders import DAY
from tests.documents.formats.test_whole_schools import told
from tests.goldens.golden import NAMES

PAPERS = (
    DraftKind.NOTE,
    DraftKind.DELIBERATION,
    DraftKind.APPLICATION,
    DraftKind.MINUTES,
)


NO_DANGER = {"e-mail", str(DraftKind.DELIBERATION), str(DraftKind.APPLICATION)}
"""Papers that do not say what is done without a vote."""


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Give what a council read the day that the audit was closed."""
    with closed_workspace(tmp_path_factory.mktemp("closed")) as made:
        return outputs(audited(made))


@pytest.fixture
def session(tmp_path: Path) -> Iterator[AuditSession]:
    with closed_workspace(tmp_path / "desk") as made:
        yield audited(made)


def to_the_mayor(session: AuditSession) -> str:
    return plain(build_document(report_of(session), Audience.MAIRIE).markdown)


def outputs(session: AuditSession) -> dict[str, str]:
    """Return the text of everything that a council reads of an audit."""
    made, about = session.workspace, session.about
    report = report_of(session.public())
    texts = {
        "mairie": to_the_mayor(session),
        "e-mail": letter(report, Audience.MAIRIE, ["a.pdf"]).text,
        "synthèse": synthesis(made, f"commune:{about.insee}")[0].document.markdown,
    }
    texts |= {
        str(kind): drafted(made, kind, about.ref).paper.document.markdown
        for kind in PAPERS
    }
    return {name: plain(text) for name, text in texts.items()}


def plain(text: str) -> str:
    return typeset(text).replace(NBSP, " ").replace(NNBSP, " ").replace("**", "")


COUNTED = re.compile(r"(?<![\w’'-])\d+(?![\w%])")


@pytest.mark.parametrize("name", NAMES)
def test_what_a_title_counts_is_what_its_price_counts(name: str) -> None:
    """« Poser 5 prises » was priced for 8: near the board, and at the ceiling."""
    report = told(name).public
    for vote in votes_of(report).votes:
        for ident in vote.actions:
            action = report.plan.action(ident)
            assert action
            lines = action.advice.cost.digital.lines
            many = {line.quantity.low for line in lines} | {len(action.advice.places)}
            title = report.title(action)
            assert {int(one) for one in COUNTED.findall(title)} <= many, title


def test_the_same_votes_are_read_by_everybody(
    session: AuditSession, before: dict[str, str]
) -> None:
    """Same set, same order, same words, same amounts."""
    votes = votes_of(report_of(session)).votes
    assert len(votes) == 12
    (danger,) = map(plain, danger_words(votes_shown(report_of(session))))
    assert "340 € TTC" in danger
    for name, text in before.items():
        if name not in NO_DANGER:
            assert danger in text, name
        starts = [text.index(plain(vote.title)) for vote in votes]
        assert starts == sorted(starts), name
        for vote, start, end in zip(
            votes, starts, [*starts[1:], starts[-1] + 600], strict=True
        ):
            check(vote, text[start:end], name)


def check(vote: Vote, said: str, name: str) -> None:
    spent = vote.spent
    for amount in (spent.gross, spent.net):
        assert re.search(rf"(?<!\d){plain(number(amount))}(?!\d)", said), name
    assert plain(vote.session) in said, name
    if name != "e-mail":
        for also in vote.also:  # no object is voted unnamed
            assert plain(uncapitalised(also)) in said, name
        assert plain(nature_words(vote)) in said, name
        assert plain(vote.otherwise.long.rstrip(".")) in said, name


def test_what_is_voted_is_ticked_once_it_is_frozen(session: AuditSession) -> None:
    page = to_the_mayor(session)
    assert page.count(BALLOT.replace(NBSP, " ")) == 12
    move(session, AuditStatus.EN_COURS)
    assert "☐" not in to_the_mayor(session)


def test_who_gives_an_aid_votes_nothing(session: AuditSession) -> None:
    """The dossier has the votes and their numbers, and no box."""
    text = application(report_of(session).public, "Dossier", "").markdown
    assert "| N° | Ce qui est soumis au vote" in text
    assert "A12" in text
    assert BALLOT not in text


def test_a_closed_audit_prints_the_same_bytes_a_year_later(
    tmp_path: Path, before: dict[str, str]
) -> None:
    closed_workspace(tmp_path / "desk").close()
    later = fixed_world(DAY + timedelta(days=365), seed=5)
    with Workspace.open(tmp_path / "desk", later) as made:
        after = outputs(audited(made))

    assert after == before


def test_a_step_noted_since_moves_no_row(session: AuditSession) -> None:
    before = to_the_mayor(session)
    for ident in votes_of(report_of(session)).votes[0].actions:
        add_step(session, FollowUp(recommendation=ident, state=FollowUpState.FAITE))
    after = to_the_mayor(session)

    assert rows(after) == rows(before)


def rows(text: str) -> list[str]:
    return re.findall(r"^\| \d+ \| .*$", text.partition("\n***\n")[0], re.MULTILINE)


def test_a_headline_rounds_its_parts_then_subtracts(session: AuditSession) -> None:
    assert (rounded(24_180), rounded(2_334), rounded(340)) == (24_200, 2_330, 340)
    found = headline_of(votes_shown(report_of(session)))
    assert (found.gross, found.fctva) == (24_200, 2_320)
    assert found.net == 24_200 - 2_320
    page = to_the_mayor(session)
    assert (
        f"Reste à la commune, sans aucune aide : {plain(number(found.net))} €." in page
    )
    # As on paper; where it prints the foot's own sum, it says nothing of it.
    assert "Arrondi du total en bas du tableau ; selon" in page
    (shown,) = votes_shown(report_of(session))
    alone = shown.votes.model_copy(
        update={"votes": shown.votes.votes[1:2], "aside": ()}
    )
    assert "Arrondi" not in money_line((replace(shown, votes=alone),))
    assert "au moins 0" not in page


def test_a_fctva_that_is_nothing_is_told_from_one_that_nobody_can_reckon(
    session: AuditSession,
) -> None:
    (shown,) = votes_shown(report_of(session))
    voted = shown.votes.votes[0]

    def none_words(**year: int) -> object:
        spent = Spent(years=(YearSpent(year=2027, **year),))
        only = {"votes": (voted.model_copy(update={"spent": spent}),), "aside": ()}
        alone = shown.votes.model_copy(update=only)
        head = head_of(replace(shown, votes=alone))
        assert isinstance(head, dict)
        return head["none"]

    assert none_words(fon=500) == "aucun"
    assert none_words(inv=500) == "à calculer"


def test_a_day_that_has_passed_is_not_asked_for(session: AuditSession) -> None:
    """« Le premier avant le 5 novembre », in a synthesis printed on the 28th."""
    votes = votes_shown(report_of(session).public)
    first = min(one.due for one in votes[0].votes.votes if one.due)
    day = date.fromisoformat(first)
    assert "le premier avant le" in awaited(votes, day)
    late = awaited(votes, day + timedelta(days=1))
    assert "le premier était attendu avant le" in late


def test_a_danger_that_waits_says_since_when_on_page_one(
    session: AuditSession,
) -> None:
    (shown,) = votes_shown(report_of(session))
    (line,) = [one for one in shown.votes.aside if one.why is Aside.DANGER]
    (ident,) = line.actions
    waits = "signalé le 5 octobre 2026, non traité depuis 406 jours"
    given = ActionNumber(number=1, first="2026-10-05", became=waits)
    kept = shown.votes.model_copy(update={"numbers": {ident: given}})
    (act,) = danger_words((replace(shown, votes=kept),))
    assert plain(act).endswith(
        " € TTC. Signalé le 5 octobre 2026, non traité depuis 406 jours."
    )


def test_a_fate_is_told_once_for_all_the_actions_that_share_it(
    session: AuditSession,
) -> None:
    """Ninety lines alike hid the two that the council had voted."""
    fates = {4: "voté le 12 janvier 2027, pas encore fait", 9: "nouveau"}
    waits = "signalé le 5 octobre 2026, non traité depuis 406 jours"
    numbers = {
        f"action-{n}": ActionNumber(
            number=n, first="2026-10-05", became=fates.get(n, waits)
        )
        for n in (1, 2, 4, 5, 6, 7, 8, 9, *range(11, 40, 2))
    }
    (shown,) = votes_shown(report_of(session))
    later = replace(shown, votes=shown.votes.model_copy(update={"numbers": numbers}))
    odd = ", ".join(f"A{n}" for n in range(11, 39, 2))  # none of them uncounted
    assert [*became_lines((later,))] == [
        f"S{waits[1:]} : A1, A2, A5 à A8, {odd} et A39.",
        "Voté le 12 janvier 2027, pas encore fait : A4.",
    ]
