"""Words that no command can take: refused in a sentence, never as unexpected."""

import os
import threading
from pathlib import Path

import pytest

from tests.audit.builders import SCHOOL, started, workspace
from tests.cli.running import command, diag
from tests.terminal.terminal import Terminal


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "home"
    with workspace(folder) as made:
        started(made)
    return folder


@pytest.mark.parametrize(
    ("words", "stdin", "why"),
    [
        (("outbox", "retry", "9" * 30), "", "Pas de message n° 999"),
        (("restore", ""), "", "ne nomme aucune copie"),
        (("audit", "export", "--force", SCHOOL, ""), "", "est un dossier"),
        (("encrypt", "--key", "passphrase"), "\udcff\n", "pas un texte UTF-8"),
    ],
)
def test_what_cannot_be_taken_is_refused(
    home: Path, words: tuple[str, ...], stdin: str, why: str
) -> None:
    run = diag(home, *words, stdin=stdin)

    assert run.code == 1
    assert why in run.err
    assert "inattendue" not in run.err


@pytest.mark.skipif(os.name != "posix", reason="Windows has no such pipes")
@pytest.mark.parametrize(
    "words",
    [
        ("audit", "import"),
        ("audit", "import-evidence", SCHOOL),
        ("questionnaire", SCHOOL, "--from"),
        ("outbox", "settings", "--host", "smtp.example", "--ca-file"),
        ("atlas", "pages", "--outline"),
        ("bundle", "import"),
        ("decrypt", "--yes", "--identity"),
    ],
    ids=lambda words: words[0] + words[1],
)
def test_a_pipe_in_the_place_of_a_file_is_never_waited_for(
    home: Path, words: tuple[str, ...]
) -> None:
    pipe = home.parent / "tuyau"
    os.mkfifo(pipe)
    asked = threading.Thread(target=lambda: os.close(os.open(pipe, os.O_WRONLY)))
    asked.start()

    run = diag(home, *words, str(pipe))

    is_untouched = asked.is_alive()
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    asked.join()  # it may come to the pipe only now: somebody stays there
    os.close(reader)
    assert is_untouched
    assert run.code in {1, 2}
    assert "inattendue" not in run.err


def test_a_passphrase_file_that_is_no_text_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = home.parent / "phrase.txt"
    file.write_bytes(b"ch\xe9ne agrafe pile")
    monkeypatch.setenv("DIAG_PASSPHRASE_FILE", str(file))

    run = diag(home, "encrypt", "--key", "passphrase", "--yes")

    assert run.code == 1
    assert "phrase.txt : le fichier de la phrase de passe n'est pas" in run.err


def test_a_passphrase_typed_in_another_encoding_is_refused(home: Path) -> None:
    """On a terminal set to Latin-1: « é » is no UTF-8."""
    words = command("encrypt", "--key", "passphrase", "--yes")
    with Terminal(words, home, (160, 24)) as terminal:
        terminal.wait_for(lambda: terminal.shows("retenir"), "the question")
        os.write(terminal.master, b"ch\xe9ne agrafe\n")
        terminal.wait_for(lambda: terminal.shows("caractère illisible"), "why")
        assert terminal.wait_for_end() == 1
        assert not terminal.shows("inattendue")
