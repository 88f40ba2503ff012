"""Documents in every form, each whole; a form that cannot be made is said."""

import builtins
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from diag.assess.questions import Asked, relevant_questions
from diag.audit.answer import record_note
from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.documents.formats import Format
from diag.documents.formats import pdf as typeset
from diag.documents.parts import places
from diag.documents.templates import build_document
from diag.documents.write import draw_report, write_reports
from diag.model.audit import Facts
from diag.model.checklist import Checklist
from diag.model.enums import READERS, Audience
from diag.workspace.settings import changed_settings
from tests.documents.builders import VISIT, changed, report
from tests.documents.reading import markdown
from tests.probes.builders import AUTHORISED


def test_a_document_is_written_in_each_form(
    session: AuditSession, tmp_path: Path
) -> None:
    written = list(
        write_reports(report_of(session), [Audience.MAIRIE], tmp_path / "out")
    )

    assert [one.path for one in written] == [
        tmp_path / "out" / f"mairie.{form}" for form in Format
    ]
    assert not any(one.warning for one in written)
    starts = {one.path.suffix: one.path.read_bytes() for one in written if one.path}
    assert starts[".md"].startswith(b"# Di")
    assert starts[".html"].startswith(b"<!DO")
    assert starts[".pdf"].startswith(b"%PDF")
    assert starts[".odt"].startswith(b"PK\x03\x04")
    assert not list((tmp_path / "out").glob("*.part"))


def test_only_the_forms_asked_are_written(
    session: AuditSession, tmp_path: Path
) -> None:
    list(write_reports(report_of(session), READERS, tmp_path, [Format.ODT]))

    assert sorted(
        path.name for path in tmp_path.glob("*.*") if path.suffix != ".json"
    ) == [
        "academie.odt",
        "equipe.odt",
        "mairie.odt",
        "technique.odt",
    ]


def test_a_machine_without_typst_writes_the_rest_and_says_so(
    session: AuditSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    typeset._typst.cache_clear()
    typeset._compiler.cache_clear()

    def refused(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(typeset, "import_module", refused)
    written = list(write_reports(report_of(session), [Audience.EQUIPE], tmp_path))

    forms = {one.path.suffix for one in written if one.path}
    assert forms == {f".{form}" for form in Format if form is not Format.PDF}
    assert "Windows sur ARM" in next(one.warning for one in written if one.warning)


def test_the_same_report_is_the_same_bytes_in_every_form(session: AuditSession) -> None:
    report = report_of(session)
    for form in Format:
        once, again = (
            build_document(report, Audience.MAIRIE).write(form) for _ in range(2)
        )
        assert once == again


def test_a_report_is_worked_out_once_whichever_session_asks(
    session: AuditSession,
) -> None:
    whole, shown = report_of(session), report_of(session.public())
    assert shown is not whole
    assert report_of(session.reopen()) is whole
    assert report_of(session.reopen().public()) is shown

    desk = session.workspace
    desk.keep_settings(changed_settings(desk.settings, reserved_per_class=300))
    again = report_of(session.reopen())
    assert again is not whole
    record_note(session, "debit_descendant", "Revu.")
    assert report_of(session.reopen()) is not again


def test_documents_are_made_without_a_network(
    session: AuditSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import socket  # noqa: PLC0415 - only to refuse it

    def refused(*_: object, **__: object) -> None:
        raise builtins.ConnectionRefusedError

    monkeypatch.setattr(socket, "socket", refused)
    written = list(write_reports(report_of(session), READERS, tmp_path))
    assert len([one for one in written if one.path]) == len(READERS) * len(Format)


def test_the_pages_of_a_document_can_be_looked_at(session: AuditSession) -> None:
    pages = draw_report(report_of(session), Audience.MAIRIE, 20)

    assert len(pages) > 1
    assert {page[:8] for page in pages} == {b"\x89PNG\r\n\x1a\n"}


def test_two_threads_may_print_at_once(session: AuditSession) -> None:
    report = report_of(session).gathered()

    def printed(_: int) -> bytes:
        return build_document(report, Audience.EQUIPE).write(Format.PDF)[0]

    with ThreadPoolExecutor(4) as pool:
        assert len(set(pool.map(printed, range(8)))) == 1


def test_what_one_document_works_out_serves_the_next(
    session: AuditSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = report_of(session)
    looked: list[Facts] = []

    def relevant(facts: Facts, checklist: Checklist, **asked: Any) -> tuple[Asked, ...]:
        looked.append(facts)
        return relevant_questions(facts, checklist, **asked)

    monkeypatch.setattr(places, "relevant_questions", relevant)

    for audience in READERS:
        build_document(told, audience)

    # The technician's differs from what everyone reads by its mark alone.
    assert len(looked) == 1


def test_a_report_and_what_is_shown_of_it_look_around_once(
    session: AuditSession,
) -> None:
    told = report_of(session)
    looked: list[str] = []
    shown = replace(told.public, look_around=lambda: looked.append(""))
    whole = replace(told, shown=shown, look_around=lambda: looked.append(""))

    assert whole.gathered().comparables is None
    assert len(looked) == 1


def test_who_let_the_line_be_filled_is_told_to_the_technician() -> None:
    measured = VISIT.model_copy(update={"measuring": AUTHORISED})
    told = changed(report(), visits=(measured,))
    words = "débit mesuré avec l’accord de Mme Durand, maire, le 02/09/2026"
    assert words in markdown(told, Audience.TECHNIQUE).replace("\u00a0", " ")
    assert "Durand" not in markdown(told, Audience.EQUIPE)
