"""A name in a list is accented, and belongs to one school."""

from diag.desk.territory.school_names import names_shown
from diag.model.territory import School


def school(uai: str, name: str, insee: str) -> School:
    return School(uai=uai, name=name, insee=insee, commune="Valbrune")


def test_names_get_their_accent_and_homonyms_of_a_commune_their_code() -> None:
    listed = (
        school("9990001A", "Ecole primaire", "99001"),
        school("9990002B", "Ecole primaire", "99001"),
        school("9990003C", "Ecole primaire", "99002"),
        school("9990004D", "ECOLE DU MOULIN", "99001"),
    )

    assert names_shown(listed) == {
        "9990001A": "École primaire (9990001A)",
        "9990002B": "École primaire (9990002B)",
        "9990003C": "École primaire",
        "9990004D": "ÉCOLE DU MOULIN",
    }
