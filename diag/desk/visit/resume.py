"""Where one was in each school's visit, so that it resumes at the very question."""

from diag.desk.session import Session
from diag.desk.visit.walk import Key, Walk
from diag.journal.settings import get_setting, jot_setting
from diag.model.enums import Provenance


def keep_place(session: Session, key: Key) -> None:
    """Remember where one is; nothing is written when nothing moved.

    It outlives the program, however it ends, and the disk is not waited for.
    """
    journal = session.workspace.journal
    kept = get_setting(journal, _name(session))
    stays = isinstance(kept, list) and kept[:2] == [*key]
    if stays and kept_key(session) == key:
        return
    jot_setting(journal, _name(session), [*key, session.workspace.world.clock()])


def kept_key(session: Session) -> Key | None:
    """Return where one was last; None when nobody knows, or one answered since.

    After a power cut the last answer is the surer memory: it was committed.
    """
    kept = get_setting(session.workspace.journal, _name(session))
    last = _last_answer(session)
    match kept:
        case [str(place), str(question), int(at)] if not last or at >= last[0]:
            return place, question
    return None


def kept_place(session: Session, walk: Walk) -> Key | None:
    """Return where to resume: where one was, or after what was answered since."""
    kept = kept_key(session)
    if kept and walk.stop(kept):
        return kept
    last = _last_answer(session)
    if last:
        following = walk.left_after(last[1])
        return following.key if following else last[1]
    return None


def _name(session: Session) -> str:
    return f"visit.{session.audit.id}"


def _last_answer(session: Session) -> tuple[int, Key] | None:
    device = session.workspace.settings.device
    given = [
        (head.at, key)
        for key, heads in session.facts.answers.items()
        for head in heads
        if head.device == device and head.provenance is not Provenance.IMPORTED
    ]
    return max(given, default=None)
