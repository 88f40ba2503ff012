from click.testing import CliRunner

from diag.cli import diag, speak_french


def test_without_a_command_and_without_a_terminal_the_help_is_printed() -> None:
    speak_french()
    run = CliRunner().invoke(diag, [])

    assert run.exit_code == 0
    told = " ".join(run.output.split())
    assert "Sans commande, sur un terminal : ouvre les écrans." in told
