"""A questionnaire: a printed page, and the same as a page of the web; kept when made.

How long a question is on paper is reckoned here, so that the page that holds them is
the same on a machine that cannot typeset. What is written there was declared, whoever
types it.

The page of the web opens from a disk or an attachment, and is filled off line. It
fetches nothing, sends nothing, and may run no script but its own: whoever fills it
mails back the file that it saves.
"""

from base64 import b64encode
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from hashlib import sha256
from html import escape
from pathlib import Path
from urllib.parse import quote

from diag.answers.answer_type import SHORT_BLANK
from diag.answers.types import (
    TYPES,
    can_ask,
    field_in_row,
    fields_script,
    fields_style,
    fieldset,
    unit_words,
)
from diag.assess.questions import next_questions, relevant_questions
from diag.audit.forms import FORMAT, PURCHASES, VERSION
from diag.audit.memory import Neighbours
from diag.audit.session import AuditSession
from diag.documents.blocks import (
    Md,
    bold,
    definitions,
    one_line,
    sections,
    table,
    written,
)
from diag.documents.document import Document, Meta
from diag.documents.formats import Format
from diag.documents.formats.pdf import drawable
from diag.documents.write import Paper, WrittenFile, write_paper
from diag.journal import changes
from diag.journal.records import questionnaires_of
from diag.model.audit import Questionnaire
from diag.model.checklist import Checklist, PaperForm, Question
from diag.model.enums import AuditStatus, Kind, Moment, PlaceKind, Provenance, State
from diag.model.errors import DiagError
from diag.model.text import accented, clean_line, fold
from diag.rules.language import parse_rule
from diag.words.sentences import phone_number, typeset
from diag.workspace.disk import write_whole

_BOX = "☐\u00a0"
_BETWEEN = "\u00a0\u00a0 "

_NOTHING = "Rien de cela"
"""A box for none of several boxes: left empty, nobody knows why."""

_NONE = "aucun"
"""Id of a choice that means it already."""

PRIVACY = (
    "Vos réponses ne servent qu'à l'audit de l'école et portent la mention "
    "« déclaré ». N'écrivez aucun nom d'élève ou de collègue, aucun mot de passe. "
    "Une fois saisi, ce {support} est détruit."
)
"""What becomes of the answers; the support is a « papier », or a « fichier »."""

_PRIVACY = PRIVACY.format(support="papier")

_SIGNS = 82
"""Signs that a line of the page surely holds, whoever prints it."""

_WIDE = frozenset("…%@—")
"""Signs as wide as capitals."""

_UNBROKEN = 60
"""The longest label that is never cut."""

_COVER_SIGNS = 20
"""The same, in a column under the title."""

_LINES = 64
"""Lines that the page holds under its title, the gaps between questions counted."""

_GAP = 0.5
"""Between two questions, in lines."""

_REST_SIGNS = 170
"""How much may be written of the questions that found no room."""

_NAME_SIGNS = 70
"""The longest label named among them."""


@dataclass(frozen=True, slots=True)
class QuestionnairePage:
    """Everything printed but the questions."""

    title: str
    school: str
    campaign: str
    back_to: str
    """Whom to return it to."""
    reach: str
    """How to reach him; empty when nobody knows."""
    advice: str
    """What this reader must know before he answers."""
    code: str
    """What finds the numbers again."""


def fitting(
    page: QuestionnairePage, first: Sequence[Question], order: Sequence[str]
) -> tuple[Question, ...]:
    """Return the questions that one page holds: chosen in the order of `first`.

    They are printed in the order of their ids in `order`.
    """
    cover = (page.school, page.campaign, page.back_to, page.reach)
    texts = (page.title * 2, page.advice, "x" * (_REST_SIGNS + _NAME_SIGNS))
    room = (
        _LINES
        - max(_lines(one, _COVER_SIGNS) for one in cover)
        - sum(_lines(one) + _GAP for one in texts)
        - _lines(_PRIVACY)
        - 1
    )
    kept = list[Question]()
    for question in first:
        height = _lines(_text(question)) + _lines(_blank(question)) + _GAP
        if height <= room:
            room -= height
            kept.append(question)
    return tuple(sorted(kept, key=lambda one: order.index(one.id)))


def questionnaire(
    meta: Meta,
    page: QuestionnairePage,
    questions: Sequence[Question],
    left: Sequence[Question],
    columns: Sequence[Question] = (),
) -> Document:
    """Return the page: same questions, same bytes; `left` found no room.

    `columns` are asked of each purchase, in a table of blank rows.
    """
    meta = replace(meta, running=f"{page.title} · {page.school} · code {page.code}")
    asked = []
    for number, question in enumerate(questions, 1):
        start = f"{number}. "
        margin = "\n" + " " * len(start)
        blank = written(_blank(question))
        asked.append(f"{start}{bold(_text(question))}\\{margin}{blank}")
    # A row to fill for each purchase of devices.
    heads = ["Modèle", *(one_line(question.label) for question in columns)]
    rows = [[SHORT_BLANK for _ in heads] for _ in range(_PURCHASES * bool(columns))]
    parts = (
        Md(f"# {written(page.title)}"),
        definitions((
            ("École", page.school),
            ("Campagne", page.campaign),
            ("À rendre à", page.back_to),
            ("Contact", page.reach),
        )),
        written(page.advice),
        table("Un achat par ligne", heads, rows),
        Md("\n\n".join(asked)),
        written(_PRIVACY),
        written(_rest(left)),
        meta.running_line,
    )
    return Document(meta=meta, markdown=sections(parts) + "\n")


def _text(question: Question) -> str:
    return one_line(question.ask or question.label)


def _blank(question: Question) -> str:
    """Return where the answer is written; what the words leave vague is named."""
    kind = TYPES[question.type]
    if kind.has_choices:
        several = kind.is_several
        labels = [choice.label for choice in question.choices]
        if several and all(choice.id != _NONE for choice in question.choices):
            labels.append(_NOTHING)
        # A label stays on the line of its box, unless it is long.
        boxes = (
            _BOX + (label.replace(" ", "\u00a0") if len(label) <= _UNBROKEN else label)
            for label in map(one_line, labels)
        )
        return ("Plusieurs possibles : " if several else "") + _BETWEEN.join(boxes)
    name = f"{one_line(question.label)} : " if question.ask else ""
    if offered := kind.options(question):
        return name + _BETWEEN.join(_BOX + label for _, label, _ in offered)
    return f"{name}{kind.blank} {one_line(unit_words(question.unit))}".rstrip()


def _rest(left: Sequence[Question]) -> str:
    """Return what was not asked, named as far as a line goes."""
    if not left:
        return ""
    told = ""
    for rank, question in enumerate(left):
        name = drawable(one_line(question.label))
        if _width(name) > _NAME_SIGNS:
            name = f"{name[: _NAME_SIGNS // 2]}…"
        longer = f"{told}, {name}" if told else name
        if told and _width(longer) > _REST_SIGNS:
            more = len(left) - rank
            return f"À voir ensemble : {told}, et {more} autre{'s' * (more > 1)}."
        told = longer
    return f"À voir ensemble : {told}."


def _width(text: str) -> int:
    """Return the room a text takes, in common signs: capitals and dots take more."""
    return len(text) + sum(sign.isupper() or sign in _WIDE for sign in text)


def _lines(text: str, signs: int = _SIGNS) -> int:
    """Return how many lines a text takes, a sign that no font draws as its code."""
    lines, here = 1, 0
    for word in drawable(one_line(text)).split(" "):
        width = _width(word)
        if here and here + 1 + width > signs:
            lines, here = lines + 1, 0
        here += width + bool(here)
        lines, here = lines + here // (signs + 1), here % (signs + 1)
    return lines


# What is printed is kept in the audit, so that its numbers mean the same on any laptop,
# whatever was answered meanwhile.
WHOM = {
    "direction": "Questionnaire à la direction",
    "equipe": "Questionnaire à l'équipe enseignante",
}
"""Who fills one, and how it is called."""

_ADVICE = {
    "direction": "Cochez ou écrivez ce que vous savez, et laissez vide le reste : "
    "nous le verrons ensemble lors de la visite.",
    "equipe": "Cochez ou écrivez ce que vous savez, et laissez vide le reste. "
    "Une fiche pour l'équipe suffit, remplie ensemble. Si plusieurs fiches reviennent "
    "et diffèrent, l'ingénieur retient une réponse avec vous et note l'écart.",
}

_EVERY = 10_000
_CODE = 8

_PURCHASES = 4
"""Rows of the table of purchases: an inventory, if any, comes instead."""


def title_of(checklist: Checklist, whom: str) -> str:
    """Return how somebody's page is called."""
    form = _form_of(checklist, whom)
    return form.title if form else WHOM.get(whom, whom)


def _form_of(checklist: Checklist, whom: str) -> PaperForm | None:
    return next((one for one in checklist.forms.values() if one.whom == whom), None)


def compose(
    session: AuditSession, whom: str, day: date | None = None
) -> tuple[Paper, Questionnaire]:
    """Return the page of questions for somebody, and what its numbers mean.

    A form holds its own lines, in their order, on as many pages as they take.

    Raises:
        DiagError: when it is no school, nothing is left to ask, or the audit is closed.
    """
    if session.status is AuditStatus.CLOS:
        raise DiagError(
            f"L'audit « {session.about.title} » ({session.audit.campaign}) est clos : "
            "rien n'y est plus demandé. Rouvrez-le, ou commencez l'audit suivant.",
            command=f"diag audit status {session.about.ref} --set en_cours",
        )
    form = _form_of(session.checklist, whom)
    if form is None and whom not in WHOM:
        raise DiagError(
            "Les grilles de cet audit n'ont pas ce formulaire. Passez à la dernière "
            "édition.",
            command=f"diag audit upgrade {session.about.ref}",
        )
    if form is None and session.about.kind is not PlaceKind.ECOLE:
        raise DiagError(
            "Ce questionnaire est celui d'une école : donnez un UAI. Pour "
            f"{session.about.name}, menez la visite.",
            command=f"diag visit {session.about.ref} --text",
        )
    session.check_method()
    name = title_of(session.checklist, whom)
    page = page_of(session, whom, "0" * _CODE)
    asked: tuple[Question, ...]
    if form is not None:
        asked, left = tuple(_on_form(session, form)), list[Question]()
    else:
        wanted = _by_use(session, whom)
        asked = fitting(page, wanted, list(session.checklist.questions))
        left = [question for question in wanted if question not in asked]
    if not asked:
        raise DiagError(
            f"{name} : rien à demander, tout ce qui s'y déclare est déjà connu."
        )
    on = day or session.workspace.world.today()
    idents = tuple(question.id for question in asked)
    marked = "\n".join((session.audit.id, session.edition, whom, *idents))
    printed = Questionnaire(
        id=sha256(marked.encode("utf-8")).hexdigest()[:_CODE],
        whom=whom,
        questions=idents,
        on=on.isoformat(),
    )
    meta = Meta(title=f"{name} — {session.about.name}", author=_author(session), day=on)
    page = replace(page, code=printed.id)
    columns = columns_of(session, whom)
    document = questionnaire(meta, page, asked, left, columns)
    return Paper(f"questionnaire-{whom}", document), printed


def _on_form(session: AuditSession, form: PaperForm) -> Iterator[Question]:
    """Yield what a form still asks, in the order of its lines.

    It lists all that it may ask: nobody answers a paper twice, and what it holds blank
    betrays nothing.
    """
    facts, checklist = session.facts, session.checklist
    asked = {
        each.question.id: each
        for each in relevant_questions(facts, checklist, facts.root)
    }
    for name in form.questions:
        each = asked.get(name)
        if each is not None and not each.is_settled and len(each.heads) <= 1:
            yield each.question


def columns_of(session: AuditSession, whom: str) -> tuple[Question, ...]:
    """Return what is asked of each purchase; a commune has none of its own."""
    form = _form_of(session.checklist, whom)
    if form is None or session.about.kind is not PlaceKind.ECOLE:
        return ()
    known = session.checklist.questions
    return tuple(known[name] for name in form.columns if name in known)


def keep(session: AuditSession, printed: Questionnaire) -> None:
    """Keep what the numbers of a page mean; kept last already, nothing is written."""
    known = [one for one in printed_in(session) if one.whom == printed.whom]
    if known[-1:] != [printed]:
        session.record(changes.questioned(session.audit.id, printed))


def printed_in(session: AuditSession) -> tuple[Questionnaire, ...]:
    """Return the questionnaires printed in an audit, the last one last."""
    return questionnaires_of(session.workspace.journal, session.audit.id)


def printed_for(session: AuditSession, whom: str, code: str = "") -> Questionnaire:
    """Return the last page printed for somebody, or the one that bears a code.

    Raises:
        DiagError: when there is none; names those that were printed.
    """
    known = [one for one in printed_in(session) if one.whom == whom]
    wanted = code.strip().casefold()
    found = [one for one in known if not wanted or one.id == wanted]
    if found:
        return found[-1]
    if not known:
        raise DiagError(
            "Aucun questionnaire n'a été imprimé pour cette école. Écrivez-le.",
            command=f"diag questionnaire {session.about.ref} --for {whom}",
        )
    codes = ", ".join(f"{one.id} ({one.on})" for one in known)
    raise DiagError(
        f"Code « {code[:20]} » inconnu : il est au pied de la page. Imprimés : {codes}."
    )


def _by_use(session: AuditSession, whom: str) -> list[Question]:
    """Return what he can declare and nobody knows, what matters most first.

    What no criterion reads is left to the visit: the page is short. Two answers that
    differ are settled by a person who saw both. A paper is left on a desk and sent by
    mail: what is sensitive is asked face to face, and what is looked at in the school
    is seen there.
    """
    facts, checklist = session.facts, session.checklist
    # The rank of the gravest kind of criterion that reads each question.
    kinds, weight = tuple(Kind), dict[str, int]()
    for criterion in checklist.criteria.values():
        rank = kinds.index(criterion.kind)
        for rule in filter(None, (criterion.applicable, *criterion.levels.values())):
            for name in parse_rule(rule).every_name:
                weight[name] = min(rank, weight.get(name, rank))
    asked = {
        each.question.id: each.question
        for each in relevant_questions(facts, checklist, facts.root)
        if each.question.id in weight
        and each.question.whom == whom
        and each.question.moment is not Moment.TOUR
        and each.relevant is True
        and not each.is_settled
        and len(each.heads) <= 1
        and Provenance.DECLARED in each.question.provenance
        and not TYPES[each.question.type].is_photo
        and not each.question.sensitive
    }
    ranked = next_questions(facts, checklist, _EVERY)
    useful = [each.question.id for each in ranked if each.question.id in asked]
    order = {ident: at for at, ident in enumerate(dict.fromkeys([*useful, *asked]))}
    return sorted(asked.values(), key=lambda one: (weight[one.id], order[one.id]))


def page_of(session: AuditSession, whom: str, code: str) -> QuestionnairePage:
    """Return everything printed on somebody's page but its questions."""
    settings = session.workspace.settings
    form = _form_of(session.checklist, whom)
    reach = filter(None, (phone_number(settings.phone), settings.email))
    return QuestionnairePage(
        title=title_of(session.checklist, whom),
        school=f"{accented(session.about.title)} ({session.about.code})",
        campaign=session.audit.campaign,
        back_to=_author(session),
        reach=", ".join(reach),
        advice=form.intro if form else _ADVICE[whom],
        code=code,
    )


def _author(session: AuditSession) -> str:
    settings = session.workspace.settings
    named: Iterator[str] = filter(
        None, (settings.name_of(settings.author), settings.syndicat)
    )
    return ", ".join(named)


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
