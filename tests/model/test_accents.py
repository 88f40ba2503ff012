from diag.model.text import accented


def test_an_official_name_gets_its_accent_back() -> None:
    assert accented("Ecole primaire Ecollet") == "École primaire Ecollet"
    assert accented("ECOLE DU MOULIN") == "ÉCOLE DU MOULIN"
    assert accented("École du Moulin") == "École du Moulin"
