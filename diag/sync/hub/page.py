"""`/supervision`: a page made here, without script, for who reviews.

A device with the right `review` asks for a ticket; its person's browser shows it once,
within a minute, and then a cookie for a working day.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape
from typing import Final

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from diag.model.enums import AuditStatus
from diag.sync.hub.door import Caller
from diag.sync.hub.http import answer, find_caller, find_hub, write_json
from diag.sync.hub.supervision import CONTESTED, HubView, SeenAudit, look
from diag.sync.protocol import ProblemError
from diag.words.dates import day_words, time_words
from diag.words.sentences import counted, number
from diag.words.vocabulary import STATUSES, UNSEALED

PATH: Final = "/supervision"
COOKIE: Final = "__Host-diag"
"""Sent to this host alone, over TLS: a browser enforces what its name promises."""

_HOURS = 8
_STATES = {str(status): words for status, words in STATUSES.items()}
_STATES[CONTESTED] = "deux états contraires"
_DEVICE_STATES = {
    "open": "",
    "silent": "muet",
    "revoked": "révoqué",
    "cloned": "copié, arrêté",
}
_RIGHTS = {
    "read": "lit",
    "write": "écrit",
    "review": "relit",
    "admin": "administre",
}

_STYLE = """
:root{color-scheme:light dark}
body{font:1rem/1.5 system-ui,sans-serif;margin:0 auto;max-width:70rem;padding:1rem;
background:#fdfcf9;color:#1d1d1b}
h1{font-size:1.5rem}h2{font-size:1.2rem;margin-top:2rem}
.table{margin:1rem 0;overflow-x:auto}
table{border-collapse:collapse;width:100%}
caption{font-weight:600;padding:.25rem 0;text-align:left}
th,td{border-bottom:1px solid #8a8780;padding:.35rem .75rem .35rem 0;text-align:left;
vertical-align:top}
.alerts{border-left:.3rem solid #a3250f;padding-left:2rem}
button{font:inherit;padding:.4rem .8rem}
@media(prefers-color-scheme:dark){body{background:#1b1b1a;color:#f1efe9}
.alerts{border-color:#ff9b85}}
"""
_MARK = b64encode(sha256(_STYLE.encode()).digest()).decode()
_HEADERS = {
    "cache-control": "no-store",
    "content-security-policy": f"default-src 'none'; style-src 'sha256-{_MARK}'; "
    "frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


async def give_ticket(request: Request) -> Response:
    """Give what opens the page once, to a device that reviews."""
    caller = find_caller(request)
    ticket = await run_in_threadpool(find_hub(request).door.give_ticket, caller)
    return answer(request, write_json({"path": f"{PATH}?ticket={ticket}"}), status=201)


async def supervise(request: Request) -> Response:
    """Show the page: to a cookie, to a ticket once, to a program with a token."""
    hub = find_hub(request)
    if ticket := request.query_params.get("ticket", ""):
        session = await run_in_threadpool(hub.door.open_page, ticket)
        if not session:
            return _refuse()
        entered = RedirectResponse(PATH, 303, _HEADERS)
        options = {"secure": True, "httponly": True, "samesite": "strict"}
        entered.set_cookie(COOKIE, session, max_age=_HOURS * 3600, **options)  # type: ignore[arg-type] # starlette's literals
        return entered
    caller = await _find_visitor(request)
    if caller is None:
        return _refuse()
    scopes = await run_in_threadpool(hub.door.supervised, caller)
    folder = hub.files.folder.parent
    seen = await run_in_threadpool(look, hub, folder, scopes)
    await run_in_threadpool(hub.door.record_reading, caller)
    if "application/json" in request.headers.get("accept", ""):
        return answer(request, write_json(seen.fields()))
    content = render(seen).encode()
    return answer(request, content, media_type="text/html", headers=_HEADERS)


async def leave(request: Request) -> Response:
    """End what the cookie opens."""
    session = request.cookies.get(COOKIE, "")
    await run_in_threadpool(find_hub(request).door.close_page, session)
    left = Response(_page("Session fermée", ["<p>À bientôt.</p>"]), 200, _HEADERS)
    left.headers["content-type"] = "text/html; charset=utf-8"
    left.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict")
    return left


async def _find_visitor(request: Request) -> Caller | None:
    """Return who reads: a browser that was let in, or a program that reviews."""
    if session := request.cookies.get(COOKIE, ""):
        door = find_hub(request).door
        return await run_in_threadpool(door.find_visitor, session)
    return find_caller(request) if "authorization" in request.headers else None


def _refuse() -> Response:
    problem = ProblemError("token-revoked")
    text = (
        "<p>Cette page s'ouvre d'un poste inscrit qui a le droit de relire : "
        "<code>diag sync page</code>. L'adresse donnée sert une fois, une minute.</p>"
    )
    content = _page("Accès refusé", [f"<p>{escape(problem.title)}</p>", text])
    headers = {**_HEADERS, "content-type": "text/html; charset=utf-8"}
    return Response(content, 401, headers)


ROUTES = (
    Route("/v1/page", give_ticket, methods=["POST"]),
    Route(PATH, supervise),
    Route(PATH, leave, methods=["POST"]),
)


def render(seen: HubView) -> str:
    """Return the page."""
    return _page(f"Supervision — {seen.hub}", _sections(seen))


def _page(title: str, parts: Iterable[str]) -> str:
    return (
        '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        f"<title>{escape(title)}</title><style>{_STYLE}</style></head>"
        f"<body><main><h1>{escape(title)}</h1>{''.join(parts)}</main></body></html>"
    )


def _sections(seen: HubView) -> Iterator[str]:
    when = time_words(seen.at)
    yield f"<p>État du {when}. Ce que le serveur a reçu, sans le juger.</p>"
    yield "<h2>À voir</h2>"
    alerts = "".join(f"<li>{escape(one)}</li>" for one in seen.alerts)
    yield f'<ul class="alerts">{alerts}</ul>' if alerts else "<p>Rien.</p>"
    yield "<h2>Audits</h2>"
    if seen.unread:
        left = counted(seen.unread, "audit n'est pas lu", "audits ne sont pas lus")
        yield f"<p>{left} encore en entier : rechargez cette page.</p>"
    many = counted(len(seen.audits), "audit")
    yield f"<p>{many}. {escape(_states_words(seen.audits))}</p>"
    yield _table(
        "À relire, le plus ancien d'abord",
        ("École ou commune", "Soumis le", "Par"),
        [
            (one.code, day_words(one.since), seen.person(one.author))
            for one in seen.waiting
        ],
    )
    yield _table(
        "Descellés : écrits depuis leur signature",
        ("École ou commune", "Commune", "Modifications", "Par", "Depuis le"),
        [
            (
                one.code,
                one.insee or one.department,
                str(one.unsealed) if one.unsealed > 0 else "",
                ", ".join(map(seen.person, one.unsealed_by)),
                day_words(one.unsealed_at) if one.unsealed_at else "",
            )
            for one in seen.unsealed
        ],
    )
    yield _table(
        "Conflits à trancher",
        ("École ou commune", "Commune", "Conflits", "Dernier envoi"),
        [
            (
                one.code,
                one.insee or one.department,
                str(one.conflicts),
                time_words(one.last_at),
            )
            for one in seen.contested
        ],
    )
    yield _table(
        "Qui se dit où",
        ("École ou commune", "Commune", "Personne", "Jusqu'au"),
        [
            (
                one.code,
                one.insee or one.department,
                seen.person(who.name),
                day_words(who.until),
            )
            for one in seen.audits
            for who in one.people
        ],
    )
    active = sorted(seen.audits, key=lambda one: -one.last_at)
    yield _table(
        "Touchés dans les sept jours",
        ("École ou commune", "Commune", "État", "Lignes", "Dernier envoi"),
        [
            (
                one.code,
                one.insee or one.department,
                _state_words(one),
                str(one.recent),
                time_words(one.last_at),
            )
            for one in active
            if one.recent
        ],
    )
    yield _table(
        "Par commune", ("Commune", "Audits", "États", "Dernier envoi"), _communes(seen)
    )
    yield _table(
        "Effacements demandés, qui attendent une autre personne",
        ("École ou commune", "Demandé par", "Le"),
        [
            (one.code, seen.person(one.author), day_words(one.asked_at))
            for one in seen.asks
        ],
    )
    yield "<h2>Personnes et postes</h2>"
    yield _table(
        "Postes inscrits",
        (
            *("N°", "Personne", "Poste", "Territoire", "Droit", "Dernier appel"),
            *("En attente", "diag", "État"),
        ),
        [
            (
                str(one.number),
                one.person or "(effacé)",
                one.name,
                ", ".join(map(_territory, one.territories)),
                _RIGHTS.get(one.right, one.right),
                time_words(one.seen_at) if one.seen_at else "jamais",
                counted(one.pending, "modification") if one.pending else "",
                one.app,
                _DEVICE_STATES[one.state],
            )
            for one in seen.devices
        ],
    )
    yield "<h2>Serveur</h2>"
    copied = time_words(seen.copied_at) if seen.copied_at else "aucune"
    held = counted(seen.revisions, "modification")
    room = f"{number(seen.free // 2**20)} Mo libres"
    yield f"<p>{held} ; {room} ; dernière copie vérifiée : {copied}.</p>"
    yield (
        f'<form method="post" action="{PATH}"><button>Fermer la session</button></form>'
    )


def _territory(name: str) -> str:
    where, _, right = name.partition("=")
    place = "tout" if where == "*" else where
    return f"{place} ({_RIGHTS[right]})" if right in _RIGHTS else place


def _state_words(one: SeenAudit) -> str:
    """Return where an audit stands: « descellé » for one accepted and changed since."""
    word = _STATES.get(one.status, one.status)
    if not one.unsealed:
        return word
    return UNSEALED if one.status == AuditStatus.ACCEPTE else f"{word}, {UNSEALED}"


def _communes(seen: HubView) -> list[tuple[str, ...]]:
    places: dict[str, list[SeenAudit]] = {}
    for one in seen.audits:
        places.setdefault(one.insee or one.department, []).append(one)
    return [
        (
            place,
            str(len(audits)),
            _states_words(audits),
            time_words(max(one.last_at for one in audits)),
        )
        for place, audits in sorted(places.items())
    ]


def _states_words(audits: Iterable[SeenAudit]) -> str:
    """Return « 2 en cours, 1 soumis »."""
    states = Counter(map(_state_words, audits))
    return ", ".join(f"{many} {word}" for word, many in sorted(states.items()))


def _table(caption: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    if not rows:
        return f"<p>{escape(caption)} : aucun.</p>"
    head = "".join(f'<th scope="col">{escape(each)}</th>' for each in heads)
    body = "".join(
        f"<tr>{''.join(f'<td>{escape(each)}</td>' for each in row)}</tr>"
        for row in rows
    )
    name = escape(caption)
    return (
        f'<div class="table" role="region" tabindex="0" aria-label="{name}"><table>'
        f"<caption>{name}</caption><thead><tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )
