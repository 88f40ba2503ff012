"""Who works here, as typed: what cannot be read is refused in French."""

import pytest

from diag.model.errors import DiagError
from diag.workspace.settings import first_settings


@pytest.mark.parametrize(
    ("author", "told"),
    [
        (" ", "nom est vide"),
        ("Jos\udce9", "caractère illisible"),
        ("x" * 20_001, "texte trop long"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused_in_a_sentence(
    author: str, told: str
) -> None:
    with pytest.raises(DiagError, match=told):
        first_settings(author, syndicat="V", campaign="2026-2027")


def test_other_settings_are_refused_in_the_same_words() -> None:
    with pytest.raises(DiagError, match="caractère illisible"):
        first_settings("A B", syndicat="V\udcff", campaign="2026-2027")
