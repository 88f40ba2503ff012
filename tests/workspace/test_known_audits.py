from diag.audit import session as audits
from diag.audit.session import AuditSession
from diag.journal.facts import open_audit
from diag.workspace.subjects import audits as known

BAD = "x/../../../../pwned"


def test_an_audit_whose_campaign_names_a_folder_elsewhere_is_not_listed(
    session: AuditSession,
) -> None:
    workspace = session.workspace
    open_audit(workspace.journal, BAD, session.audit.subject, workspace.origin)

    assert known(workspace.journal) == (session.audit,)
    assert [one.audit for one in audits.listed(workspace)] == [session.audit]
