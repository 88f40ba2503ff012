"""Names of files: whatever a name holds, any system takes them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from diag.documents.atlas import document_path
from diag.documents.atlas.pages import commune_path, to_root
from diag.documents.atlas.school import school_path, slug
from diag.model.enums import Audience

PATH = re.compile(r"[a-z]+/(?:[a-z0-9-]+/)?[a-z0-9-]+\.[a-z]+")


@given(st.text(), st.text())
def test_any_name_makes_a_path_of_letters_digits_and_hyphens(
    name: str, code: str
) -> None:
    for path in (
        school_path(name, code),
        commune_path(name, code),
        document_path(f"{name}:{code}", Audience.MAIRIE, "pdf"),
    ):
        assert PATH.fullmatch(path)
        assert len(path) < 140


def test_names_read_well() -> None:
    assert school_path("École Jules-Ferry", "9990001W") == (
        "ecoles/ecole-jules-ferry-9990001w.html"
    )
    assert slug("L'Œuvre", "2A004") == "l-oeuvre-2a004"
    assert slug("../..", "") == "sans-nom"
    assert document_path("commune:99903", Audience.TECHNIQUE, "odt") == (
        "documents/commune-99903/annexe-technique-commune-99903.odt"
    )


def test_every_page_leads_back_to_the_root() -> None:
    assert to_root("index.html") == ""
    assert to_root("ecoles/a.html") == "../"
