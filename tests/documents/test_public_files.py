"""Non-interference: any sensitive answer changed, no byte of a public file changes.

Every document and form, draft, synthesis, table, page of the atlas, the message too.
The technician's copies bear the mark of the whole audit, and are read as Markdown
without it; a PDF is read as what Typst makes it of, the same bytes of the same source.
Each reading of what is public, taken away, is noticed.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest

from diag.audit import report as reporting
from diag.audit.answer import NewAnswer, record_answer, record_note
from diag.audit.follow import add_step, move
from diag.audit.remarks import Remarks, remarks_of
from diag.audit.report import Report, report_of
from diag.audit.session import AuditSession
from diag.documents import drafts
from diag.documents.atlas import write_atlas
from diag.documents.document import Document
from diag.documents.drafts import DraftKind, drafted
from diag.documents.formats import Format
from diag.documents.mail import letter
from diag.documents.synthesis import synthesis
from diag.documents.tables import answers, chosen, write_map
from diag.documents.tables.answers import Answers, answers_of, write_answers
from diag.documents.tables.basket import write_basket
from diag.documents.tables.glpi import write_glpi
from diag.documents.tables.tickets import write_tickets
from diag.documents.templates import build_document
from diag.model.audit import FollowUp
from diag.model.enums import (
    READERS,
    WORKING_READER,
    AuditStatus,
    FollowUpState,
    QuestionType,
    State,
)
from diag.workspace.settings import changed_settings
from diag.workspace.workspace import Workspace, fixed_world
from tests.audit.audited import audited, audited_workspace
from tests.audit.builders import DAY
from tests.documents.reading import parts_of
from tests.examples import cases

MARKDOWN = (Format.MARKDOWN,)
TELLING = (Format.MARKDOWN, Format.PDF)
"""Its words, and all that a document holds; the atlas writes HTML."""


def other_answers(session: AuditSession) -> int:
    """Change every sensitive answer, and note something; return how many."""
    changed = 0
    for question in session.checklist.questions.values():
        if not question.sensitive:
            continue
        answer = session.facts.answer(session.facts.root, question.id)
        value: object = None
        match question.type:
            case QuestionType.BOOLEAN:
                value = answer is None or answer.value is not True
            case QuestionType.CHOICE:
                first, *_, last = (one.id for one in question.choices)
                value = last if answer is None or answer.value != last else first
            case QuestionType.INTEGER:
                value = 9 if answer is None or answer.value != 9 else 8
            case _:
                continue
        asked = NewAnswer(question.id, value, state=State.KNOWN, sure=True)
        record_answer(session, asked)
        changed += 1
    record_note(session, "mots_de_passe", "Xylophone")
    told = report_of(session)
    ident = next(one.id for one in told.plan if told.is_reserved(one.id))
    decided = FollowUpState.DECIDEE
    add_step(session, FollowUp(recommendation=ident, state=decided, why="Quetsche"))
    return changed


def _documents(
    session: AuditSession, _folder: Path, forms: tuple[Format, ...]
) -> Iterator[tuple[str, bytes]]:
    report = report_of(session, session.workspace.world.today())
    for audience in READERS:
        read = report.read_by(audience)
        document = build_document(report, audience)
        if audience is WORKING_READER:
            text = document.markdown.replace(report.digest, "")
            yield f"{audience}.md", text.replace(report.digest[:12], "").encode()
            continue
        yield f"{audience}.eml", repr(letter(read, audience, ["a.pdf"])).encode()
        for form in forms:
            yield f"{audience}.{form}", _written(document, form)


def _papers(
    session: AuditSession, _folder: Path, forms: tuple[Format, ...]
) -> Iterator[tuple[str, bytes]]:
    made, about = session.workspace, session.about
    scopes, day = (f"commune:{about.insee}", "territoire"), made.world.today()
    papers = {
        **{str(kind): drafted(made, kind, about.ref, day).paper for kind in DraftKind},
        **{scope.partition(":")[0]: synthesis(made, scope, day)[0] for scope in scopes},
    }
    for name, paper in papers.items():
        for form in forms:
            yield f"{name}.{form}", _written(paper.document, form)


def _written(document: Document, form: Format) -> bytes:
    if form is Format.PDF:
        return repr(parts_of(document)).encode()
    return document.write(form)[0]


def _atlas(
    session: AuditSession, folder: Path, _forms: tuple[Format, ...]
) -> Iterator[tuple[str, bytes]]:
    atlas = folder / "atlas"
    write_atlas(session.workspace, atlas, "syndicat", _quiet, forms=[Format.HTML])
    for path in sorted(atlas.rglob("*")):
        if path.is_file() and "technique" not in path.name:
            yield f"{path.relative_to(folder)}", path.read_bytes()


def _tables(
    session: AuditSession, folder: Path, _forms: tuple[Format, ...]
) -> Iterator[tuple[str, bytes]]:
    made = session.workspace
    picked, day = chosen(made, [session.about.ref]), made.world.today()
    writers: dict[str, Callable[[Path], object]] = {
        "panier": lambda at: write_basket(picked, at, ("csv", "xlsx"), day, _quiet),
        "tickets": lambda at: write_tickets(
            picked, at, ("csv", "xlsx", "md"), day, _quiet
        ),
        "reponses": lambda at: write_answers(
            picked, at, ("csv", "xlsx", "json"), day, _quiet
        ),
        "carte": lambda at: write_map(made, picked, at, _quiet, territory=True),
        "glpi": lambda at: write_glpi(picked, at, day, _quiet),
    }
    for name, write in writers.items():
        write(folder / name)
        for path in sorted((folder / name).rglob("*")):
            yield f"{name}/{path.name}", path.read_bytes()


Part = Callable[[AuditSession, Path, tuple[Format, ...]], Iterator[tuple[str, bytes]]]
PARTS: tuple[Part, ...] = (_documents, _papers, _tables, _atlas)
"""Each gives public files of an audit, with their names."""


def _quiet(done: int, total: int) -> None:
    assert done <= total


class Sides:
    """The same audit closed twice, its sensitive answers apart."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._run = folder, 0
        self._desks = [folder / "one", folder / "other"]
        for rank, desk in enumerate(self._desks):
            with audited_workspace(desk) as made:
                settings = changed_settings(made.settings, reserved_per_class=300)
                made.keep_settings(settings)
                session = audited(made)
                if rank:
                    assert other_answers(session) > 15
                move(session, AuditStatus.CLOS)

    def differing(
        self, forms: tuple[Format, ...], parts: Iterable[Part] = PARTS
    ) -> Iterator[str]:
        """Give the files that are not the same on both sides."""
        self._run += 1
        one, other = self._desks
        with (
            Workspace.open(one, fixed_world(DAY, seed=7)) as here,
            Workspace.open(other, fixed_world(DAY, seed=7)) as there,
        ):
            sides = [
                (audited(made), self._folder / f"{self._run}-{at}")
                for at, made in enumerate((here, there))
            ]
            for part in parts:
                # One side after the other: what its files share is worked out once.
                pairs = (list(part(*side, forms)) for side in sides)
                for (name, mine), (same, theirs) in zip(*pairs, strict=True):
                    assert name == same
                    if mine != theirs:
                        yield name


@pytest.fixture(scope="module")
def sides(tmp_path_factory: pytest.TempPathFactory) -> Sides:
    return Sides(tmp_path_factory.mktemp("sides"))


@pytest.mark.parametrize(
    "forms", [TELLING, pytest.param(tuple(Format), marks=pytest.mark.long)]
)
def test_no_byte_of_a_public_file_says_what_is_sensitive(
    sides: Sides, forms: tuple[Format, ...]
) -> None:
    assert list(sides.differing(forms)) == []


def whole_drafts(session: AuditSession, day: Any = None) -> Report:
    return report_of(session.reopen(), day)


def whole_answers(report: Report, **asked: bool) -> Answers:
    return answers_of(report, **asked | {"sensitive": True})


def whole_remarks(session: AuditSession) -> Remarks:
    return remarks_of(session.reopen())


WHOLE: dict[str, tuple[Part, object, str, object]] = {
    "the report that everyone reads": (
        _documents,
        Report,
        "public",
        property(lambda self: self),
    ),
    "the reading of a reader": (_documents, Report, "read_by", lambda self, _: self),
    "the mark of what is public": (
        _documents,
        reporting,
        "public_digest",
        lambda session, _: session.digest,
    ),
    "what was written of what is reserved": (
        _documents,
        reporting,
        "remarks_of",
        whole_remarks,
    ),
    "the audit that a draft reads": (_papers, drafts, "report_of", whole_drafts),
    "the rows that a table keeps": (_tables, answers, "answers_of", whole_answers),
}


@pytest.mark.parametrize(
    "taken",
    cases(WHOLE, "the report that everyone reads"),
)
def test_a_public_reading_taken_away_is_noticed(
    sides: Sides, taken: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    part, owner, name, whole = WHOLE[taken]
    monkeypatch.setattr(owner, name, whole)
    assert next(sides.differing(MARKDOWN, [part]), None)
