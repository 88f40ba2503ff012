"""Every past schema of the file, with rows as they were written then.

To add a migration: append its name and the rows that its tables then hold.
"""

from hashlib import sha256

from diag.journal.revision import compose
from tests.journal.worlds import AUDITS, fields_of

ANSWER = compose(
    {
        **fields_of(AUDITS[0], "place/x/q/y", "set", 0),
        "at": 0,
        "lam": 1,
        "parents": [],
        "value": {"state": "known", "value": "été"},
    },
    bytes(8),
)

ROWS: dict[str, dict[str, tuple[object, ...]]] = {
    "m001_journal": {
        "audit": (1, AUDITS[0]),
        "rev": (1, ANSWER.subject, ANSWER.key, 1, ANSWER.line.decode(), 0),
        "head": (1, ANSWER.subject, ANSWER.key, "set", "{}", 1, 0, "u0", "laptop-u0"),
        "parent": (1, ANSWER.subject, bytes(32)),
        "tally": (1, 1, 1, ANSWER.key),
        "erased": (1, bytes(32), bytes(32)),
        "quarantine": (bytes(32), "?", "illisible", None),
        "sync_state": ("hub", 1, 12),
        "setting": ("workspace", "{}"),
        "edition": (sha256(b"{}").hexdigest(), "{}"),
        "judged": (1, ANSWER.key, "ab" * 32, "1", 0, 0, "atteint"),
        "score": (1, "ensemble", "", 0, "in", "1/2", "3/4", "1/1"),
        "finding": (1, 0, "c", "", "d", "t", "blocking", "in", 0, 3, None),
        "advice": (
            *(1, 1, "r", "t", "d", "commune", "fires", "open"),
            *("1/1", None, 100, None, None, None, "0/1"),
        ),
        "commune": ("99901", "Vallombre", "999", 800, "", "", "", "99000", ""),
        "town_hall": ("99901", "Vallombre", "mairie@example.org", "", "2026-01-01"),
        "import_log": (1, "annuaire", "a.csv", "ab" * 32, 0, 1, 0, 0, 0, ""),
    },
    "m002_outbox": {
        "outbox": (
            *(1, "<a@example.org>", AUDITS[0], "{}", "moi@example.org", "Rapport"),
            *(b"Subject: Rapport", "waiting", 1, 0, 0, 0, "injoignable"),
        ),
    },
    "m003_sync_mark": {"sync_state": ("hub", 1, 12, 7)},
    "m004_bundles": {
        "bundle": ("2026-11-25-camille-ab12cd", bytes(32), 0, None, "{}"),
        "brought": ("2026-11-25-camille-ab12cd", 1, ANSWER.subject, ANSWER.key),
    },
    "m005_named_subjects": {},
    "m006_places_judge": {},
    "m007_sums": {
        "tally": (1, 1, 1, ANSWER.key, bytes(20)),
        "judged": (1, ANSWER.key, "ab" * 32, "2", 0, 0, "atteint", bytes(16), None),
        "skeleton": (1, bytes(32), bytes(16)),
        "proof": ("setting", bytes(16)),
    },
    "m008_opaque": {"opaque": (bytes(32), AUDITS[0], "{}")},
    "m009_seals": {
        "card": ("ab" * 32, "u-1", 0, 0, "", ""),
        "relayed": (bytes(32), "u-2"),
        "sealing": (1, bytes(32)),
    },
    "m010_holdings": {
        "own_sum": (1, 1, ANSWER.key, bytes(16)),
        "hub_row": ("hub", AUDITS[0], 1, 0, bytes(16)),
    },
    "m011_access": {
        "access": ("99901", "Valbrise", 300, 290, "2026-03-31", "", "2027-01-31"),
    },
    "m012_withheld": {"withheld": (bytes(32), AUDITS[0], "2026-11-25-camille-ab12cd")},
}
