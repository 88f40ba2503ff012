from dataclasses import replace

import pytest

from diag.journal import changes
from diag.journal.attachments import is_named
from diag.journal.journal import Journal
from diag.journal.records import photos_of
from diag.journal.revision import Json, Origin
from diag.model.audit import Photo
from tests.journal.builders import AUDIT, ROOT, apart, person, room


def photo(number: int, **fields: object) -> Photo:
    told = {
        "id": room(number).id,
        "sha": f"{number:064x}",
        "original": "0" * 64,
        "place": ROOT,
        "mime": "image/jpeg",
        "size": 12,
        **fields,
    }
    return Photo.model_validate(told)


def test_photos_come_back_whole_in_the_order_in_which_they_were_joined(
    journal: Journal, author: Origin
) -> None:
    second, first = photo(1, caption="Baie", question="q"), photo(2)
    for one in (first, second, first.model_copy(update={"caption": "Porte"})):
        journal.write(changes.photographed(AUDIT.id, one), author)

    assert [each.caption for each in photos_of(journal, AUDIT.id)] == ["Porte", "Baie"]


def test_a_photo_removed_by_one_and_captioned_by_another_is_kept(
    journal: Journal, author: Origin
) -> None:
    joined = journal.write(changes.photographed(AUDIT.id, photo(1)), author)
    other = person("u02")
    removal = changes.unphotographed(AUDIT.id, photo(1).id)
    told = photo(1, caption="Baie")
    apart(journal, removal, author, joined.id)
    apart(journal, changes.photographed(AUDIT.id, told), other, joined.id)

    assert photos_of(journal, AUDIT.id) == (told,)


@pytest.mark.parametrize(
    "value", ["x", {}, {"sha": "../../x"}, {"sha": "0" * 64, "size": "lourd"}]
)
def test_what_cannot_be_read_as_a_photo_is_none(
    journal: Journal, author: Origin, value: Json
) -> None:
    draft = replace(changes.photographed(AUDIT.id, photo(1)), value=value)
    journal.write(draft, author)

    assert photos_of(journal, AUDIT.id) == ()


def test_a_blob_is_named_until_every_revision_that_names_it_is_erased(
    journal: Journal, author: Origin
) -> None:
    joined = journal.write(changes.photographed(AUDIT.id, photo(1)), author)
    journal.write(changes.unphotographed(AUDIT.id, photo(1).id), author)
    assert is_named(journal, photo(1).sha)

    journal.write(changes.erased(AUDIT.id, joined.id, "x"), author)

    assert not is_named(journal, photo(1).sha)
