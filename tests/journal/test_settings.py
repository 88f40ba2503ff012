from diag.journal.journal import Journal
from diag.journal.settings import get_setting, put_setting


def test_a_setting_is_kept_and_replaced(journal: Journal) -> None:
    assert get_setting(journal, "équipe") is None
    assert get_setting(journal, "équipe", "personne") == "personne"
    put_setting(journal, "équipe", {"nom": "Vallombre", "jours": [1, 2]})
    assert get_setting(journal, "équipe") == {"nom": "Vallombre", "jours": [1, 2]}
    put_setting(journal, "équipe", False)
    assert get_setting(journal, "équipe", True) is False
