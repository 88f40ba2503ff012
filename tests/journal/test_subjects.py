import pytest

from diag.journal import subjects
from diag.journal.subjects import (
    AnswerTopic,
    ApartTopic,
    AuditTopic,
    ClosedTopic,
    DispatchTopic,
    ErasureTopic,
    FlagTopic,
    FloorTopic,
    FollowTopic,
    NoteTopic,
    OtherTopic,
    OwnTopic,
    PhotoTopic,
    PlaceTopic,
    ProposalTopic,
    QuestionnaireTopic,
    RankTopic,
    SameTopic,
    Topic,
    VisitTopic,
    WordingTopic,
)
from diag.model.enums import Audience, PlaceKind

PLACE = "00000000-0000-4000-8000-000000000001"
OTHER = "00000000-0000-4000-8000-000000000000"
HASH = "ab" * 32


@pytest.mark.parametrize(
    ("subject", "topic"),
    [
        (subjects.place(PLACE), PlaceTopic(PLACE)),
        (subjects.answer(PLACE, "nb"), AnswerTopic(PLACE, "nb")),
        (subjects.note(PLACE, "nb"), NoteTopic(PLACE, "nb")),
        (subjects.flag(PLACE, "nb"), FlagTopic(PLACE, "nb")),
        (subjects.same(PLACE), SameTopic(PLACE)),
        (subjects.apart(PLACE, OTHER), ApartTopic(OTHER, PLACE)),
        (subjects.apart(OTHER, PLACE), ApartTopic(OTHER, PLACE)),
        (subjects.closed(PlaceKind.SALLE), ClosedTopic(PlaceKind.SALLE)),
        (subjects.FLOOR, FloorTopic()),
        (subjects.visit(PLACE), VisitTopic(PLACE)),
        (subjects.photo(PLACE), PhotoTopic(PLACE)),
        (subjects.follow("cabler"), FollowTopic("cabler", None)),
        (subjects.follow("cabler", PLACE), FollowTopic("cabler", PLACE)),
        (
            subjects.wording("cabler", Audience.MAIRIE),
            WordingTopic("cabler", None, Audience.MAIRIE),
        ),
        (
            subjects.wording("cabler", Audience.MAIRIE, PLACE),
            WordingTopic("cabler", PLACE, Audience.MAIRIE),
        ),
        (subjects.rank("cabler"), RankTopic("cabler")),
        (subjects.own(PLACE), OwnTopic(PLACE)),
        (subjects.dispatch(PLACE), DispatchTopic(PLACE)),
        (subjects.questionnaire("0123abcd"), QuestionnaireTopic("0123abcd")),
        (subjects.proposal("0b"), ProposalTopic("0b")),
        (subjects.erasure(HASH), ErasureTopic(HASH)),
        (subjects.EDITION, AuditTopic("edition")),
        (subjects.STATUS, AuditTopic("status")),
        (subjects.SUBJECT, AuditTopic("subject")),
        (subjects.CLAIM, AuditTopic("claim")),
    ],
)
def test_a_subject_that_is_built_is_read_back(subject: str, topic: Topic) -> None:
    assert subjects.parse(subject) == topic


@pytest.mark.parametrize(
    "subject",
    [
        "",
        "place",
        "place/x/q",
        "place/x/q/y/note/encore",
        "places/jardin/closed",
        "rec/cabler",
        "rec/cabler/wording/voisin",
        "rec/cabler/x/wording/voisin",
        "audit/later",
        "photo",
        "photo/x/y",
    ],
)
def test_what_this_version_does_not_know_is_left_whole(subject: str) -> None:
    assert subjects.parse(subject) == OtherTopic(subject)


def test_the_bounds_of_a_prefix_hold_what_stands_under_it_and_nothing_else() -> None:
    low, high = subjects.inside("rec")
    assert low <= "rec/a" < high
    assert not low <= "rec" < high
    assert not low <= "record/a" < high
