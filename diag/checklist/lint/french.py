"""The French of a checklist: typography, plain words, sentences that fit."""

import re
from collections.abc import Callable, Iterator

from diag.checklist import Problem
from diag.checklist.loaded import Item, Loaded
from diag.checklist.source import Entries, Items, Node, Scalar
from diag.checklist.symbols import names_of
from diag.model.checklist import (
    Criterion,
    Found,
    Otherwise,
    Question,
    Recommendation,
    Strength,
)
from diag.model.enums import Audience, Kind, PlaceKind
from diag.model.text import fold
from diag.model.votes import TITLE
from diag.words.sentences import either, write_instead

TITLES = frozenset({"label", "title", "plural", "unit"})
"""Keys of texts that take no final period."""

SENTENCES = frozenset({
    *("why", "decision", "meanwhile", "how", "conditions", "what"),
    *("one", "many", "long"),
})
"""Keys of texts that reports print as sentences."""

_NOTES = frozenset({
    *("look", "hint", "ask", "done_when", "note"),
    *("rate", "ceiling", "period", "applicant"),
})
"""Keys of texts that end as their author likes."""

_ENDS = (".", "!", "?", "…", "»", ")")
"""What may end a sentence."""

LONGEST_SENTENCE = 25
"""Words that a sentence for the mairie may have."""

_TYPOGRAPHY: tuple[tuple[re.Pattern[str], str, str], ...] = (
    (re.compile(r"\S  +\S"), "deux espaces de suite", "Gardez-en une."),
    (re.compile(r"\s,"), "une espace avant une virgule", "Supprimez-la."),
    (re.compile(r"\s\.(?:\s|$)"), "une espace avant un point", "Supprimez-la."),
    (re.compile(r"\.\.\."), "trois points", "Écrivez « … »."),
    (re.compile(r'"'), "des guillemets droits dans le texte", "Écrivez « mot »."),
    (
        re.compile(r"[^\s:;!?»][;!?](?:\s|$)|[^\W\d]:\s"),
        "il manque une espace avant « ; », « : », « ! » ou « ? »",
        "Ajoutez-la.",
    ),
    (
        re.compile(r"«\S|\S»"),
        "il manque une espace à l'intérieur de « »",
        "Ajoutez-la.",
    ),
    (
        re.compile(r"^Plus d(?:e |['’])(?!\d|la |une? |deux |trois |quatre )"),
        "lu à voix haute, « plus de » se comprend aussi « davantage de »",
        "Écrivez « Pas de », ou dites ce qui est fait.",
    ),
)

_HEAVY = re.compile(
    r"\bil conviendrait|\bil convient d|\bil y a lieu d|\bforce est de constater"
    r"|\bnonobstant|\bsusmentionnée?s?|\bs'avère|\ben vue d|\bau regard d"
    r"|\bdans le cadre d|\bafférente?s?",
    re.IGNORECASE,
)
"""Turns of phrase that a mayor should not have to decode."""

_ACRONYM = re.compile(
    r"\b(?:AIPD|BAES|CNIL|DETR|DHCP|DNS|DPD|DSIL|ENI|ENT|FTTH|FTTO|GTI|GTR|MDM|NAS|OPNI"
    r"|PoE|PPMS|RGPD|SSID|TBI|TNI|VLAN|VPI|VPN|WPA[23]?)\b"
)
"""Acronyms that the mairie is not expected to know: explained, or replaced."""


def french_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what is badly set in any text, or hard to read for a mairie."""
    for section, ident in loaded.nodes:
        item = loaded.item(section, ident)
        for path, text in texts_of(item.node):
            key = ".".join(path)
            for pattern, fault, remedy in _TYPOGRAPHY:
                if found := pattern.search(text):
                    around = text[max(0, found.start() - 15) : found.end() + 15]
                    message = f"« {key} » : {fault} (…{around}…)"
                    yield item.problem(path, message, remedy, "warning")
            if path[-1] in TITLES and text.endswith(".") and not text.endswith("etc."):
                message = f"« {key} » : un titre finit par un point"
                yield item.problem(path, message, "Retirez-le.", "warning")
            if path[-1] in SENTENCES and not text.endswith(_ENDS):
                message = f"« {key} » : il manque le point final"
                yield item.problem(path, message, "Ajoutez-le.", "warning")
            if path[:2] == ("wording", "mairie") or section == "aids":
                yield from _plain_words(item, path, text)


def texts_of(
    node: Node, path: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield the French texts under a node, with their path."""
    if isinstance(node, Items):
        for rank, child in enumerate(node.nodes):
            yield from texts_of(child, (*path, str(rank)))
    elif isinstance(node, Entries):
        for key, child in node.nodes.items():
            yield from texts_of(child, (*path, key))
    elif isinstance(node, Scalar) and path:
        stays = path[-2:] == ("otherwise", "short")
        if stays or path[-1] in TITLES | SENTENCES | _NOTES:
            yield path, node.text.strip()


def _plain_words(item: Item, path: tuple[str, ...], text: str) -> Iterator[Problem]:
    key = ".".join(path)
    for sentence in re.split(r"(?<=[.!?…])\s+", text):
        words = len(re.findall(r"[\w'’-]+", sentence))
        if words > LONGEST_SENTENCE:
            yield item.problem(
                path,
                f"« {key} » : une phrase de {words} mots (« {sentence[:30]}… »)",
                f"Coupez-la : {LONGEST_SENTENCE} mots au plus.",
                "warning",
            )
    for heavy in _HEAVY.findall(text):
        yield item.problem(
            path,
            f"« {key} » : « {heavy} » alourdit la phrase",
            "Dites simplement qui fait quoi.",
            "warning",
        )
    for acronym in sorted(set(_ACRONYM.findall(text))):
        if not re.search(rf"\({acronym}\)|{acronym} \(", text):
            yield item.problem(
                path,
                f"« {key} » : le sigle {acronym} n'est pas expliqué",
                f"Écrivez « {acronym} (…) » ou un mot courant.",
                "warning",
            )


_BOUND = (
    r"\bobligée?s?\b|\bcontrainte?s? (?:de|d['’])"
    r"|\b(?:est|sont|ser(?:a|ont|ait|aient)|reste(?:nt)?) tenue?s? (?:de|d['’]|à)"
    r"|\btenue?s? d['’]acheter|\bobligation (?:d['’]achat|d['’]acheter)"
    r"|\b(?:doi(?:t|vent)|devr(?:a|ont|ait|aient)) "
    r"(?:voter|payer|acheter|financer|fournir|prendre en charge)\b"
)

_OBLIGATION = re.compile(_BOUND, re.IGNORECASE)
"""No text obliges a commune to buy: it decides."""

_COMMUNE_OBLIGED = re.compile(
    r"\b(?:communes?|mairies?|municipalités?|maires?|conseil municipal|conseils "
    rf"municipaux|collectivités?)\b[^.;:!?]{{0,40}}?(?:{_BOUND})",
    re.IGNORECASE,
)
"""The same, to any other audience."""


def obligation_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what obliges a commune to buy."""
    for recommendation in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", recommendation.id)
        texts = [
            *wording_texts(recommendation),
            *((("steps",), step.title) for step in recommendation.steps),
            (("done_when",), recommendation.done_when),
        ]
        for path, text in texts:
            is_council = path[0] == "wording" and Audience(path[1]).votes
            pattern = _OBLIGATION if is_council else _COMMUNE_OBLIGED
            yield from _found(item, path, text, pattern)
    for criterion in loaded.draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        for key in ("title", "why"):
            yield from _found(item, (key,), getattr(criterion, key), _COMMUNE_OBLIGED)


def _found(
    item: Item, path: tuple[str, ...], text: str, pattern: re.Pattern[str]
) -> Iterator[Problem]:
    found = pattern.search(text)
    if found:
        yield item.problem(
            path,
            f"« {'.'.join(path)} » : « {found.group()} », or aucun texte n'oblige une "
            "commune à acheter du numérique",
            "Dites ce que la loi prévoit et sa source, ou proposez.",
        )


# Proper names of sources are not read, nor acronyms, nor what an author lists in
# `mots.txt`: the words of the trade.
ALLOWED_FILE = "mots.txt"
"""Where a folder of checklists lists its own words, one a line."""

Knows = Callable[[str], bool]
"""Whether a word is French."""

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_PLACEHOLDER = re.compile(r"\{[^{}|]*\}")
_AGREED = re.compile(r"\{[^{}|]*\|([^{}|]*)\|([^{}]*)\}")
_CODE = re.compile(r"https?://\S+|\S+@\S+|\S*[_\d]\S*|\b\w+\.\w+\b")
_ELIDED = re.compile(r"^(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)['’](?=\w)", re.IGNORECASE)


def spelling_problems(
    loaded: Loaded, knows: Knows, allowed: frozenset[str] = frozenset()
) -> Iterator[Problem]:
    """Yield each unknown word once, where it is first read."""
    asked: dict[str, bool] = {}
    for section, ident in loaded.nodes:
        if section == "sources":
            continue
        item = loaded.item(section, ident)
        for path, text in texts_of(item.node):
            for word in words_of(text):
                if word not in asked:
                    asked[word] = word.casefold() in allowed or knows(word)
                    if not asked[word]:
                        yield item.problem(
                            path,
                            f"« {'.'.join(path)} » : « {word} » n'est pas au "
                            "dictionnaire",
                            f"Corrigez-le, ou ajoutez-le à {ALLOWED_FILE}.",
                            "warning",
                        )


def words_of(text: str) -> Iterator[str]:
    """Yield the words to look up: no placeholder, code, acronym nor elided letter."""
    plain = _AGREED.sub(r" \1 \2 ", text)
    plain = _CODE.sub(" ", _PLACEHOLDER.sub(" ", plain))
    for found in _WORD.findall(plain):
        word = _ELIDED.sub("", found).replace("’", "'")
        if len(word) > 1 and not word.isupper():
            yield word


def allowed_words(text: str) -> frozenset[str]:
    """Return the words of an allow-list: one a line, `#` begins a comment."""
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return frozenset(line.casefold() for line in lines if line)


PLACEHOLDERS = ("quantite", "cout", "lieux", "echeance")
"""What a wording may leave to be filled; `{quantite|salle|salles}` for a plural."""

_PROMISE = re.compile(
    r"\b(?:aurez|aura|ont|a|avez) droit\b"
    r"|\bser(?:a|ont) (?:versée?|accordée?|payée?)s?\b"
    r"|\bgaranti(?:e|s|es|t)?\b|\bautomatique(?:ment)?\b",
    re.IGNORECASE,
)
"""A scheme is dated, never promised: whoever pays decides."""

_PLURAL = re.compile(r"\w+\|[^|{}]+\|[^|{}]+")

_ILL_FILLED = (
    (
        re.compile(r"\{quantite\}\s*\{quantite\|"),
        "le nombre s'écrirait deux fois",
        "{quantite|salle|salles} écrit déjà « 3 salles » : retirez {quantite}.",
    ),
    (
        re.compile(r"(?<!\ble )\{echeance\}", re.IGNORECASE),
        "{echeance} est un jour",
        "Écrivez « avant le {echeance} ».",
    ),
)
"""What a blank would make of a sentence; what is wrong, what to do."""


def wording_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield wordings that cannot be filled, or that promise."""
    for recommendation in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", recommendation.id)
        for path, text in wording_texts(recommendation):
            where = f"« {'.'.join(path)} »"
            filled = re.findall(r"\{([^{}]*)\}", text)
            if re.search(r"[{}]", re.sub(r"\{[^{}]*\}", "", text)):
                yield item.problem(
                    path, f"{where} : accolade seule", "Fermez-la, ou supprimez-la."
                )
            for name in filled:
                known = name.split("|")[0] if _PLURAL.fullmatch(name) else name
                is_counted = known == "n" and "otherwise" in path
                if known not in PLACEHOLDERS and not is_counted:
                    remedy = write_instead(
                        known, PLACEHOLDERS, f"Connus : {either(PLACEHOLDERS)}."
                    )
                    yield item.problem(
                        path, f"{where} : « {{{name}}} » est inconnu", remedy
                    )
                elif "|" in name and known not in {"quantite", "n"}:
                    yield item.problem(
                        path,
                        f"{where} : « {{{name}}} » n'est pas un nombre",
                        "Seule la quantité s'accorde : {quantite|salle|salles}.",
                    )
            if "cout" in filled and not recommendation.buys:
                yield item.problem(
                    path,
                    f"{where} : {{cout}} sans prix",
                    "Ajoutez « buys », ou retirez-le.",
                )
            for pattern, fault, remedy in _ILL_FILLED:
                if pattern.search(text):
                    yield item.problem(path, f"{where} : {fault}", remedy)
    yield from _promise_problems(loaded)


def wording_texts(
    recommendation: Recommendation,
) -> Iterator[tuple[tuple[str, ...], str]]:
    """Yield what each audience reads, with its path."""
    for audience, wording in recommendation.wording.items():
        for key, text in wording:
            if isinstance(text, Otherwise):
                for length, words in text:
                    yield ("wording", str(audience), key, length), words
            elif text:
                yield ("wording", str(audience), key), text


def _promise_problems(loaded: Loaded) -> Iterator[Problem]:
    for aid in loaded.draft.aids.values():
        for key in ("title", "conditions", "rate", "ceiling", "period", "note"):
            if found := _PROMISE.search(getattr(aid, key)):
                yield loaded.item("aids", aid.id).problem(
                    (key,),
                    f"« {key} » : « {found.group()} » promet une aide que nul ici ne "
                    "donne",
                    "Dites ce qui a été constaté, et en quelle année.",
                )


LONGEST = 66
"""Characters of a sentence once filled: a line of a page, with its number."""

COLUMN = (2, 11)
"""Lines above a column of a grid, and the characters of each."""

CELL = 6
"""Characters of a choice in a column."""

MOST_ASPECTS, ASPECT = 8, 3
"""Columns of Salles, one a digit; letters at the head of each."""

_STAYS = {"long": 110, "short": 60}
"""Characters of what stays once filled: on a page of votes, then on a crowded one."""

_FILLED = {
    "lieux": "Salle 12",
    "valeur": "1 000",
    "n": "12",
    "total": "120",
}
"""What measures a blank."""

_HEADING = frozenset({Kind.COMPLIANCE, Kind.BLOCKING})
"""Kinds that head a report, as dangers do: one reads what was seen, not a title."""

_BLANKS = {"one": {"lieux", "valeur"}, "many": {"n", "total"}}
_NAMED = frozenset({PlaceKind.BATIMENT, PlaceKind.SALLE, PlaceKind.LOT})


def phrase_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield the sentences and the short words that do not fit."""
    draft = loaded.draft
    dangers = {one.id for one in draft.questions.values() if one.danger}
    for criterion in draft.criteria.values():
        item = loaded.item("criteria", criterion.id)
        heads = criterion.kind in _HEADING or bool(names_of(criterion) & dangers)
        if criterion.found is None and heads:
            yield item.problem(
                ("kind",),
                "sans « found », le rapport ne dit pas ce que l'on y a vu",
                f"Ajoutez « found » : un fait vu sur place, {LONGEST} signes au plus.",
                "warning",
            )
        for name in ("found", "strength"):
            phrase = getattr(criterion, name)
            if phrase:
                yield from _sentence_problems(item, name, phrase, criterion)
        yield from _level_problems(item, criterion)
    yield from _aspect_problems(loaded)
    for question in draft.questions.values():
        item = loaded.item("questions", question.id)
        yield from _grid_problems(item, question)
    questions = draft.questions.values()
    labels = [fold(each.label) for each in questions]
    labels += [fold(one.label) for each in questions for one in each.choices]
    for synonym in draft.synonyms:
        for words in synonym.means:
            folded = fold(words)
            if not any(folded in label for label in labels):
                yield loaded.item("synonyms", synonym.id).problem(
                    ("means",),
                    f"« {words} » n'est dans aucun libellé",
                    "Recopiez un bout du libellé d'une question ou d'un choix.",
                )
    for action in draft.recommendations.values():
        item = loaded.item("recommendations", action.id)
        yield from _vote_problems(item, action)


def _sentence_problems(
    item: Item, name: str, phrase: Found | Strength, criterion: Criterion
) -> Iterator[Problem]:
    for key, known in _BLANKS.items():
        text = getattr(phrase, key)
        blanks = set(re.findall(r"\{([^{}]*)\}", text))
        for blank in sorted(blanks - known):
            yield item.problem(
                (name, key),
                f"« {name}.{key} » : {{{blank}}} ne se remplit pas ici",
                f"Connus : {', '.join(f'{{{one}}}' for one in sorted(known))}.",
            )
        filled = re.sub(r"\{([^{}]*)\}", lambda blank: _FILLED.get(blank[1], ""), text)
        if len(filled) > LONGEST:
            yield item.problem(
                (name, key),
                f"« {name}.{key} » fait {len(filled)} signes une fois remplie, pour "
                f"{LONGEST}",
                "Raccourcissez-la : c'est une ligne d'une page.",
            )
    if ("{valeur}" in phrase.one) is not bool(phrase.value):
        yield item.problem(
            (name,),
            f"« {name} » : {{valeur}} et « value » vont ensemble",
            "Ajoutez l'autre, ou retirez celui-là.",
        )
    if ("{lieux}" in phrase.one) is not (criterion.place in _NAMED):
        yield item.problem(
            (name, "one"),
            f"« {name}.one » : {{lieux}} se dit d'une salle ou d'un lot, et là "
            "seulement",
            "Ajoutez {lieux}, ou retirez-le.",
        )


def _level_problems(item: Item, criterion: Criterion) -> Iterator[Problem]:
    """Yield sentences that would be printed where they are not true, or never."""
    found, strength = criterion.found, criterion.strength
    is_rule = criterion.kind is Kind.COMPLIANCE
    if found and is_rule and found.below != criterion.conforms_at:
        yield item.problem(
            ("found", "below"),
            f"« found » vaut sous {found.below}, et la règle est respectée à partir "
            f"de {criterion.conforms_at}",
            f"Écrivez une phrase vraie partout sous {criterion.conforms_at}, et là "
            "seulement.",
        )
    if strength and strength.at_least not in criterion.levels:
        yield item.problem(
            ("strength", "at_least"),
            f"« strength » vaut à partir de {strength.at_least}, un niveau sans règle",
            f"Niveaux du critère : {', '.join(map(str, sorted(criterion.levels)))}.",
        )
    if found and strength and strength.at_least < found.below:
        yield item.problem(
            ("strength", "at_least"),
            f"au niveau {strength.at_least}, « found » et « strength » seraient vraies "
            "toutes les deux",
            f"Écrivez au moins {found.below}, ou baissez « found.below ».",
        )


def _aspect_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield a criterion in no column of Salles; columns too wide, or alike."""
    aspects = loaded.draft.aspects
    known, shorts = [one.id for one in aspects], [one.short for one in aspects]
    for criterion in loaded.draft.criteria.values():
        named = criterion.aspect
        if named and named not in known:
            message = f"aspect « {named} » inconnu"
        elif known and not named and criterion.place is PlaceKind.SALLE:
            message = "un critère de salle sans aspect ne se voit pas dans Salles"
        else:
            continue
        item = loaded.item("criteria", criterion.id)
        fix = f"Déclarez-le dans lieux.yaml, ou écrivez : {', '.join(known)}."
        yield item.problem(("aspect",), message, fix)
    for rank, one in enumerate(aspects, 1):
        if rank > MOST_ASPECTS:
            message = f"{rank}e aspect : {MOST_ASPECTS} au plus"
        elif len(one.short) > ASPECT:
            message = f"« {one.short} » fait plus de {ASPECT} lettres"
        elif shorts.count(one.short) > 1:
            message = f"« {one.short} » se lit de deux aspects"
        else:
            continue
        item = loaded.item("aspects", one.id)
        yield item.problem(("short",), message, "Abrégez ou regroupez.")


def _grid_problems(item: Item, question: Question) -> Iterator[Problem]:
    lines, (most, longest) = question.heading, COLUMN
    if len(lines) > most or any(len(line) > longest for line in lines):
        yield item.problem(
            ("short",),
            f"« short » : {most} lignes de {longest} signes au plus",
            "Séparez les lignes par « / », ou abrégez.",
        )
    written = [choice.short for choice in question.choices if choice.short]
    for short in sorted(set(written)):
        if len(short) > CELL:
            message = f"« {short} » fait plus de {CELL} signes"
        elif written.count(short) > 1:
            message = f"« {short} » se lit de deux choix"
        else:
            continue
        yield item.problem(("choices",), message, "Abrégez autrement.")


def _vote_problems(item: Item, action: Recommendation) -> Iterator[Problem]:
    """Yield what does not fit on a page of votes: a title, what stays otherwise."""
    for audience, words in action.wording.items():
        path = ("wording", str(audience))
        filled = len(_AGREED.sub(r"12 \2", words.title))
        if words.decision and filled > TITLE:
            yield item.problem(
                (*path, "title"),
                f"« title » fait {filled} signes une fois rempli, pour {TITLE}",
                "Raccourcissez-le : c'est le titre d'un vote.",
                "warning",
            )
        if words.decision and words.otherwise is None:
            yield item.problem(
                (*path, "decision"),
                "une décision sans « otherwise » : rien à lire après « Sinon : »",
                "Ajoutez « otherwise » : un fait compté ou daté, en long et en court.",
                "warning",
            )
        for key, text in words.otherwise or ():
            where = (*path, "otherwise", key)
            if text[:1] != text[:1].lower():
                yield item.problem(
                    where,
                    "se lit après « Sinon : » : pas de majuscule",
                    "Commencez par une minuscule.",
                )
            filled = len(_AGREED.sub(r"12 \2", text))
            if filled > _STAYS[key]:
                yield item.problem(
                    where,
                    f"« otherwise.{key} » fait {filled} signes une fois remplie, pour "
                    f"{_STAYS[key]}",
                    "Gardez un seul fait.",
                )
