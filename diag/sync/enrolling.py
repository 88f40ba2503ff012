"""Being let in by a hub: one string, checked, and what to keep of the answer."""

from pathlib import Path

from diag.model.text import clean_line
from diag.sync.enrolments import Enrolment, keep_enrolment
from diag.sync.http import HttpOffice
from diag.sync.protocol import Enrolling, check_versions
from diag.sync.trust import fetch_authority, read_invitation, trust_in


def enrol(
    folder: Path, text: str, device: str, author: str = "", sign_key: str = ""
) -> Enrolment:
    """Enrol a workspace at the hub of an invitation, and keep what it gives.

    `sign_key`: public key by which the hub will know this device's bundles.

    Raises:
        DiagError: when the string is no invitation, the hub does not answer, is
            another one or of another version, or refuses.
    """
    invited = read_invitation(text)
    authority = fetch_authority(invited)
    office = HttpOffice(invited.url, trust_in(authority))
    try:
        hello = office.hello()
        check_versions(hello)
        given = office.enrol(
            Enrolling(
                code=invited.code,
                device=device[:200],
                author=author,
                sign_key=sign_key,
            )
        )
    finally:
        office.close()
    enrolment = Enrolment(
        hub=hello.hub,
        name=clean_line(hello.name) or invited.url,
        url=invited.url,
        authority=authority,
        token=given.token,
        expires=given.expires,
        device=given.device,
        territories=given.territories,
        right=given.right,
        key=hello.key,
    )
    keep_enrolment(folder, enrolment)
    return enrolment
