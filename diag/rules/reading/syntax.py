"""The YAML parser's complaints, told in French to someone who writes no code."""

from diag.rules.problem import Problem

_QUOTE = "Mettez tout le texte entre guillemets doubles"


_EACH = "Mettez chaque règle et chaque texte entre guillemets doubles"


_INDENT = "Vérifiez les retraits, et mettez les textes entre guillemets doubles"


_EXPLANATIONS: tuple[tuple[str, str, str], ...] = (
    (
        "tab character",
        "une tabulation sert de retrait",
        "Remplacez-la par des espaces",
    ),
    (
        "mapping values are not allowed",
        "« : » inattendu : texte sans guillemets, ou retrait qui ne s'aligne pas",
        f"{_QUOTE}, ou alignez la clé sur ses voisines",
    ),
    (
        "did not find expected ',' or '}'",
        "« { » n'est pas fermée, ou une règle sans guillemets y est coupée",
        f"{_EACH}, puis fermez par « }} »",
    ),
    (
        "did not find expected ',' or ']'",
        "« [ » n'est pas fermé, ou un texte sans guillemets y est coupé",
        f"{_EACH}, puis fermez par « ] »",
    ),
    (
        "did not find expected key",
        "une clé était attendue ici : guillemet fermé trop tôt, ou mauvais retrait",
        f"{_QUOTE} (« ' » est permis dedans), et alignez les clés",
    ),
    (
        "did not find expected '-'",
        "un élément de liste était attendu ici",
        "Commencez par « - », aligné sur les éléments précédents",
    ),
    (
        "could not find expected ':'",
        "il manque « : » après une clé",
        "Écrivez « clé: valeur », avec une espace après le deux-points",
    ),
    (
        "found unexpected end of stream",
        "un guillemet ouvert n'est jamais fermé",
        "Fermez le guillemet",
    ),
    (
        "unknown escape character",
        "« \\ » est suivi d'un caractère qu'il ne peut pas précéder",
        "Doublez la barre oblique inverse (« \\\\ ») ou supprimez-la",
    ),
    (
        "comment or line break",
        "un texte suit « | » ou « > » sur la même ligne",
        "Passez à la ligne après « | » ou « > »",
    ),
)


def syntax_problem(
    file: str, text: str, complaint: str, line: int, column: int
) -> Problem:
    """Return the parser's complaint at a line and column counted from 0."""
    if "cannot start any token" in complaint:
        message, remedy = _bad_start(_character(text, line, column))
    else:
        message, remedy = next(
            ((said, do) for sign, said, do in _EXPLANATIONS if sign in complaint),
            ("la mise en forme YAML est incorrecte ici", _INDENT),
        )
    return Problem(file, line + 1, "", message, f"{remedy}.")


def control_character_problem(file: str, text: str) -> Problem:
    """Return the problem of a text that holds a character YAML forbids."""
    position = next((i for i, char in enumerate(text) if not _readable(char)), 0)
    line = text.count("\n", 0, position) + 1
    message = "le fichier contient un caractère de contrôle invisible"
    return Problem(file, line, "", message, "Supprimez-le, ou retapez la ligne.")


def _bad_start(character: str) -> tuple[str, str]:
    if character == "\t":
        return "une tabulation sert de retrait", "Remplacez-la par des espaces"
    return f"un texte ne peut pas commencer par « {character} »", _QUOTE


def _character(text: str, line: int, column: int) -> str:
    lines = text.split("\n")
    row = lines[line] if line < len(lines) else ""
    return row[column : column + 1]


def _readable(char: str) -> bool:
    return char in "\t\n\r\x85" or char.isprintable() or char >= "\xa0"
