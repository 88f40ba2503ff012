"""A name in a list is accented, and belongs to one school."""

from pathlib import Path

from diag.journal.school_lines import names_shown
from diag.model.audit import School, school_auditee
from diag.workspace.subjects import title_shown
from tests.audit.builders import SCHOOL, workspace


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


def test_an_audit_in_a_list_bears_its_code_when_the_directory_has_a_namesake(
    tmp_path: Path,
) -> None:
    """Only one of the two is in the list: its title alone would not say which."""
    with workspace(tmp_path) as made:
        here = made.territory.school(SCHOOL)
        assert here is not None
        about = school_auditee(here)
        assert title_shown(made.territory, about) == about.title

        twin = {"name": here.name, "insee": here.insee, "commune": here.commune}
        made.territory.put_schools([{"uai": "9990999X", **twin}])

        assert title_shown(made.territory, about) == f"{about.title} ({SCHOOL})"
