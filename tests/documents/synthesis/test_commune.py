"""A commune's synthesis: sums that meet the schools' own, votes that are their own."""

import re

from hypothesis import given

from diag.assess.words import added
from diag.documents.document import parser
from diag.documents.synthesis import commune_synthesis
from diag.model.enums import Audience, AuditStatus
from diag.words.sentences import number, typeset
from tests.documents.builders import ORDINARY, facts
from tests.documents.formats.test_literals import HOSTILE
from tests.documents.reading import markdown, text_of
from tests.documents.synthesis.gatherings import (
    KEPT,
    LAVOIR,
    MOULIN,
    OPEN,
    PRE,
    extract,
    gathering,
    of,
    ordinary,
    school,
)
from tests.examples import examples


def votes(text: str) -> list[str]:
    return re.findall(r"^\| \d+ \| (.+) \|$", text, re.MULTILINE)


def test_the_total_is_the_sum_of_the_schools_own_budgets() -> None:
    reports = [of(ORDINARY, MOULIN), of(KEPT, LAVOIR)]
    whole = added(one.budget.total for one in reports)
    text = commune_synthesis(
        gathering(extract(ORDINARY, MOULIN), extract(KEPT, LAVOIR))
    ).markdown

    assert f"{whole} TTC (soit" in text
    for one in reports:
        assert str(one.budget.total) in markdown(one, Audience.MAIRIE)
        assert str(one.budget.total) in text


def test_what_is_to_be_confirmed_is_counted_alike_wherever_it_is_told() -> None:
    """A free action raises no total: the line of totals and the row leave it out."""
    text = commune_synthesis(gathering()).markdown
    told = {
        *re.findall(r"(\d+)\sactions? à confirmer", text),
        *re.findall(r"comptées seulement dans le haut de ce total\s: (\d+)", text),
    }
    assert len(told) == 1


def test_votes_of_every_school_are_there_with_their_own_amounts() -> None:
    """The filter is free and the wires are small: neither takes a vote."""
    found = gathering()
    rows = votes(commune_synthesis(found).markdown)

    assert len(rows) == sum(len(one.votes.votes) for one in found.extracts) == 1
    (row,) = rows
    assert row.startswith(
        "École élémentaire du Moulin | **Raccorder l’école à la fibre"
    )
    (vote,) = found.extracts[0].votes.votes
    gross, net = number(vote.spent.gross), number(vote.spent.net)
    assert f"| {gross} | à demander | – | {net} |" in row


def test_the_sums_of_schools_are_those_of_their_lists() -> None:
    found = gathering()
    text = commune_synthesis(found).markdown
    gross = sum(one.votes.gross for one in found.extracts)
    assert f"| Ensemble, trois budgets | {number(gross)} |" in text


def test_nothing_that_a_sensitive_fact_speaks_through_is_named() -> None:
    text = commune_synthesis(gathering()).markdown
    assert "ots de passe" not in text
    assert "ranger" not in text.lower()


def test_what_is_only_to_be_checked_is_not_told_to_fail() -> None:
    text = commune_synthesis(
        gathering(extract(OPEN, PRE, AuditStatus.EN_COURS))
    ).markdown
    assert "> **Ce que la loi demande**" in text
    assert "pas encore respecté**" not in text


def test_a_single_school_has_nothing_in_common_to_tell() -> None:
    text = commune_synthesis(gathering(extract(ORDINARY, MOULIN))).markdown
    assert "Une seule école est auditée" in text
    assert "provisoire" not in text.lower()


def test_two_schools_of_one_name_are_told_apart() -> None:
    same = school("9990010F", MOULIN.name)
    text = commune_synthesis(
        gathering(extract(ORDINARY, MOULIN), extract(KEPT, same))
    ).markdown
    assert "École élémentaire du Moulin (9990001W)" in text
    assert "École élémentaire du Moulin (9990010F)" in text


def test_an_audit_where_nothing_was_said_is_not_begun() -> None:
    assert not extract(facts(), PRE, AuditStatus.EN_COURS).begun
    assert all(one.begun for one in ordinary())


@examples(40)
@given(HOSTILE)
def test_a_hostile_name_comes_out_letter_for_letter(text: str) -> None:
    words = " ".join("".join(one for one in text if one.isprintable()).split())
    name = f"x{words}x".replace("\u00a0", "")
    told = gathering(
        extract(ORDINARY, school("9990010F", name)),
        extract(KEPT, LAVOIR),
        missing=(name,),
    )
    tokens = parser().parse(commune_synthesis(told).markdown)
    assert not [
        one for one in tokens if one.type in {"html_block", "fence", "code_block"}
    ]
    shown = "".join(text_of(tokens).split())
    expected = "".join(typeset(told.name_of(told.extracts[0])).split())
    assert shown.count(expected.replace("\u202f", "")) >= 2
