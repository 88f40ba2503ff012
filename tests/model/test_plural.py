import pytest

from diag.model.plural import counted


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 école"), (1, "1 école"), (2, "2 écoles")]
)
def test_plurals_start_at_two(number: int, said: str) -> None:
    assert counted(number, "école") == said


def test_a_plural_that_takes_more_than_an_s_is_given() -> None:
    assert counted(3, "lieu", "lieux") == "3 lieux"
    assert counted(1, "pièce jointe", "pièces jointes") == "1 pièce jointe"
