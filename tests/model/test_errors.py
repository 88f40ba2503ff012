from diag.model.errors import DiagError


def test_the_prompt_adds_the_command_and_the_screens_do_not() -> None:
    refusal = DiagError("Audit inconnu. Voyez la liste.", command="diag audit list")
    assert str(refusal) == "Audit inconnu. Voyez la liste."
    assert refusal.at_prompt() == "Audit inconnu. Voyez la liste : diag audit list."


def test_without_a_command_both_say_the_same() -> None:
    assert DiagError("Le disque est plein.").at_prompt() == "Le disque est plein."
