"""A questionnaire as one page of the web, filled off line, that saves a small file.

It opens from a disk or an attachment. It fetches nothing, sends nothing, and may run
no script but its own: whoever fills it mails back the file that it saves.
"""

from base64 import b64encode
from collections.abc import Collection, Iterator
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import quote

from diag.answers.types import (
    can_ask,
    field_in_row,
    fields_script,
    fields_style,
    fieldset,
)
from diag.audit.forms import FORMAT, PURCHASES, VERSION
from diag.audit.memory import Neighbours
from diag.audit.session import AuditSession
from diag.documents.formats import Format
from diag.documents.questionnaire import (
    PRIVACY,
    columns_of,
    page_of,
)
from diag.documents.write import Paper, WrittenFile, write_paper
from diag.model.audit import Questionnaire
from diag.model.checklist import Question
from diag.model.enums import State
from diag.model.text import clean_line, fold
from diag.words.sentences import typeset
from diag.workspace.disk import write_whole

_HERE = Path(__file__).parent

_PAGE = """<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title} – {school}</title>
<style>{css}</style>
</head>
<body>
<main>
<h1>{title}</h1>
<dl><dt>École</dt><dd>{school}</dd><dt>Campagne</dt><dd>{campaign}</dd>
<dt>À rendre à</dt><dd>{back_to}</dd>{reach}</dl>
<p>{advice}</p>
<ol class="how">
<li>Cochez ou écrivez vos réponses. Cette page ne se connecte à rien&nbsp;: rien ne part
tout seul.</li>
<li>Appuyez sur «&nbsp;Enregistrer mes réponses&nbsp;», en bas. Un petit fichier,
{file}, arrive dans vos téléchargements.</li>
<li>Joignez-le à un courriel{mail}.</li>
</ol>
<noscript><p><strong>Ce navigateur n'exécute pas les scripts&nbsp;: remplissez
plutôt le PDF, et renvoyez-le.</strong></p></noscript>
<form id="form" data-format="{format}" data-version="{version}"
data-subject="{subject}" data-code="{code}" data-file="{file}">
{questions}
{purchases}
<p><label>Votre fonction, sans votre nom (facultatif)
<input type="text" name="by" maxlength="80" autocomplete="off"
placeholder="secrétaire de mairie"></label></p>
<p>{privacy}</p>
<p><button>Enregistrer mes réponses</button></p>
</form>
<p id="said" role="status"></p>
<p><small>Code {code}</small></p>
</main>
<script>{script}</script>
</body>
</html>
"""

_POLICY = (
    "default-src 'none'; style-src '{css}'; script-src '{script}'; "
    "base-uri 'none'; form-action 'none'"
)


def write_questionnaire(
    paper: Paper, page: bytes, folder: Path, formats: Collection[Format] = (*Format,)
) -> Iterator[WrittenFile]:
    """Write a questionnaire in each form; as HTML, `page`, which one fills.

    Raises:
        OSError: when a file cannot be written; those already written stay.
    """
    on_paper = (each for each in formats if each is not Format.HTML)
    yield from write_paper(paper, folder, on_paper)
    if Format.HTML in formats:
        path = folder / f"{paper.stem}.{Format.HTML}"
        write_whole(path, page)
        yield WrittenFile(path)


def write_form(session: AuditSession, printed: Questionnaire) -> bytes:
    """Return the page of a questionnaire: same questions, same bytes.

    What another school of the commune answered is already ticked, and marked.
    """
    page = page_of(session, printed.whom, printed.id)
    known = session.checklist.questions
    asked = [known[one] for one in printed.questions if can_ask(known[one])]
    neighbours = Neighbours(session)
    root = session.facts.places[session.facts.root]
    found = ((one.id, neighbours.of(root, one)) for one in asked)
    believed = {
        ident: (last.answer.value, f"Repris de {last.school} : vérifiez.")
        for ident, last in found
        if last and last.answer.state is State.KNOWN
    }
    columns = columns_of(session, printed.whom)
    email = session.workspace.settings.email
    about = quote(f"{page.title}, {page.school}")
    mailto = f"mailto:{quote(email)}?subject={about}"
    fields = {
        "title": page.title,
        "school": page.school,
        "campaign": page.campaign,
        "back_to": page.back_to,
        "advice": page.advice,
        "privacy": PRIVACY.format(support="fichier"),
    }
    css, js = fields_style() + _own("form.css"), fields_script() + _own("form.js")
    who = fold(page.title).split()[-1] or printed.whom
    return _PAGE.format(
        **{name: escape(typeset(clean_line(text))) for name, text in fields.items()},
        format=FORMAT,
        version=VERSION,
        subject=escape(session.about.ref),
        code=printed.id,
        file=escape(f"reponses-{who}-{session.about.stem}.json"),
        policy=_POLICY.format(css=_hashed(css), script=_hashed(js)),
        css=css,
        script=js,
        reach=f"<dt>Contact</dt><dd>{escape(page.reach)}</dd>" if page.reach else "",
        mail=f' à <a href="{escape(mailto)}">{escape(email)}</a>' if email else "",
        questions="\n".join(
            fieldset(one, rank, *believed.get(one.id, ()))
            for rank, one in enumerate(asked, 1)
        ),
        purchases=_table(columns),
    ).encode("utf-8")


def _table(columns: tuple[Question, ...]) -> str:
    if not columns:
        return ""
    heads = "".join(
        f'<th scope="col">{escape(clean_line(one.label))}</th>' for one in columns
    )
    lines = "\n".join(
        f'<tr><td><input type="text" data-n="{rank}" maxlength="80" '
        f'aria-label="Modèle, achat {rank}"></td>'
        f"{''.join(field_in_row(one, rank) for one in columns)}</tr>"
        for rank in range(1, PURCHASES + 1)
    )
    return (
        '<div class="table"><table><caption>Le matériel, un achat par ligne</caption>'
        f'<thead><tr><th scope="col">Modèle</th>{heads}</tr></thead>'
        f"<tbody>{lines}</tbody></table></div>"
    )


def _own(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _hashed(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode('utf-8')).digest()).decode()}"
