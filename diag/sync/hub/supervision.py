"""What a supervisor sees of the office's work, as the hub has it, and its page.

The hub reads the few lines that show how far each audit is; no answer is among them,
and nothing is judged. `/supervision` is made here, without script: a device with the
right `review` asks for a ticket; its person's browser shows it once, within a minute,
and then a cookie for a working day.
"""

from base64 import b64encode
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from html import escape
from pathlib import Path
from shutil import disk_usage
from typing import Any, Final, NamedTuple

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from diag.journal import subjects
from diag.journal.revision import Revision
from diag.model.enums import AuditStatus
from diag.sync.exchange import CLOCK_DOUBT
from diag.sync.hub.copies import LastCopy
from diag.sync.hub.http import answer, find_caller, find_hub, write_json
from diag.sync.hub.hub import AuditReading, Hub
from diag.sync.hub.store import Store
from diag.sync.hub.tables import EVERYWHERE, AuditLife, Heard
from diag.sync.protocol import ProblemError
from diag.words.dates import day_words, gap_words, time_words
from diag.words.sentences import counted, number, person_words
from diag.words.vocabulary import STATUSES, UNSEALED

DAY = 24 * 3600 * 1000
WEEK = 7 * DAY

SILENT = 30 * DAY
"""Milliseconds after which a device that does not call is named."""

ROOM = 2**30
"""Free bytes under which a disk is reported as almost full."""

COPY_AGE = 2 * 3600 * 1000
"""Milliseconds after which the last copy is old: there is one each hour."""

CONTESTED = "contested"
"""The state of an audit to which two people gave two."""

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
_RIGHTS = {"read": "lit", "write": "écrit", "review": "relit", "admin": "administre"}

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


class SeenDevice(NamedTuple):
    """A device, as it is shown."""

    number: int
    person: str
    name: str
    territories: tuple[str, ...]
    right: str
    enrolled_at: int
    seen_at: int
    """0: it has not called since."""
    state: str
    """`open`, `silent`, `revoked` or `cloned`."""
    app: str
    """Version of its diag, at its last call; empty when it did not say."""
    pending: int
    """Lines that waited there, after those that it gave then."""
    gap: int
    """Seconds by which its clock was ahead, to the minute."""


class SeenAudit(NamedTuple):
    """An audit, as far as its life goes."""

    audit: str
    kind: str
    code: str
    insee: str
    department: str
    status: str
    """A status, or `contested` where two stand."""
    since: int
    """When the hub received that; 0: nobody did."""
    author: str
    """Whose it is, by name as far as it is known."""
    lines: int
    recent: int
    """Lines received in the last seven days."""
    last_at: int
    unsealed: int
    """Lines written since it was accepted or closed; -1: how many is not known."""
    unsealed_by: tuple[str, ...]
    unsealed_at: int
    """When the first was; 0: not known, or none was."""
    conflicts: int
    """What people said apart and nobody settled."""
    people: tuple["SeenPerson", ...]
    """Who said they are on it, and are still."""

    @property
    def place(self) -> str:
        """Return its commune, or its department."""
        return self.insee or self.department


class SeenPerson(NamedTuple):
    """Somebody on an audit."""

    name: str
    until: int


class SeenAsk(NamedTuple):
    """An erasure that waits for another person."""

    audit: str
    code: str
    author: str
    asked_at: int


class HubView(NamedTuple):
    """All of it, in the territory of who looks."""

    hub: str
    at: int
    devices: tuple[SeenDevice, ...]
    audits: tuple[SeenAudit, ...]
    asks: tuple[SeenAsk, ...]
    free: int
    """Free bytes of the hub's disk."""
    revisions: int
    copied_at: int
    """When the last copy was made and checked; 0: none was."""
    unread: int
    """Audits whose lines were not read yet: neither conflicts nor what unseals them."""
    names: frozenset[str]
    """Of the people that are known here: the others go by their labels."""

    def person(self, name: str) -> str:
        """Return a person's name, or that nobody here knows whose the label is."""
        return name if name in self.names else person_words(name, {})

    @property
    def by_status(self) -> dict[str, int]:
        """Return how many audits are where."""
        return dict(Counter(one.status for one in self.audits))

    @property
    def waiting(self) -> tuple[SeenAudit, ...]:
        """Return the audits that wait for a review, the first submitted first."""
        found = [one for one in self.audits if one.status == AuditStatus.SOUMIS]
        return tuple(sorted(found, key=lambda one: one.since))

    @property
    def unsealed(self) -> tuple[SeenAudit, ...]:
        """Return the audits written in since they were signed, oldest first."""
        found = [one for one in self.audits if one.unsealed]
        return tuple(sorted(found, key=lambda one: one.unsealed_at))

    @property
    def contested(self) -> tuple[SeenAudit, ...]:
        """Return the audits that hold conflicts, those that hold most first."""
        found = [one for one in self.audits if one.conflicts]
        return tuple(sorted(found, key=lambda one: -one.conflicts))

    @property
    def alerts(self) -> tuple[str, ...]:
        """Return what calls for somebody, in French."""
        found = []
        for one in self.devices:
            who = f"{one.person or '(effacé)'}, {one.name} (n° {one.number})"
            if one.state == "cloned":
                found.append(f"Deux copies de ce poste ont appelé : {who}.")
            elif one.state == "silent":
                last = day_words(one.seen_at or one.enrolled_at)
                found.append(f"Ce poste n'a pas appelé depuis le {last} : {who}.")
            elif one.state == "open" and abs(one.gap) > CLOCK_DOUBT // 1_000:
                way = "avance" if one.gap > 0 else "retarde"
                gap = gap_words(abs(one.gap) // 60)
                found.append(f"L'horloge de ce poste {way} de {gap} : {who}.")
        if not self.copied_at:
            found.append("Aucune copie du serveur n'a été faite.")
        elif self.at - self.copied_at > COPY_AGE:
            when = time_words(self.copied_at)
            found.append(f"La dernière copie du serveur est du {when}.")
        if self.free < ROOM:
            found.append(f"Le disque du serveur n'a plus que {self.free // 2**20} Mo.")
        if self.unsealed:
            many = counted(len(self.unsealed), "audit")
            found.append(f"{many} : écrit depuis la signature, à accepter de nouveau.")
        contested = [one for one in self.audits if one.status == CONTESTED]
        if contested:
            many = counted(len(contested), "audit")
            found.append(f"{many} : deux états contraires, à trancher sur un poste.")
        return tuple(found)

    def fields(self) -> dict[str, Any]:
        """Return all of it for a program."""
        fields = self._asdict()
        del fields["names"]
        return {
            **fields,
            "devices": [one._asdict() for one in self.devices],
            "audits": [
                {**one._asdict(), "people": [who._asdict() for who in one.people]}
                for one in self.audits
            ],
            "asks": [one._asdict() for one in self.asks],
            "by_status": self.by_status,
            "alerts": self.alerts,
        }


def look(hub: Hub, folder: Path, scopes: Collection[str]) -> HubView:
    """Return what a hub has in these territories; `folder`: where it lives."""
    store, at = hub.store, hub.clock()
    devices = (one for one in store.devices() if one.person and one.author)
    names = {one.author: one.person for one in devices}
    lives, telling = store.lives(scopes, at - WEEK), store.telling(scopes)
    last, read = LastCopy.read(folder), hub.reader.read(lives)
    audits, asks = list[SeenAudit](), list[SeenAsk]()
    for life in lives:
        told = telling.get(life.audit, [])
        reading = read.get(life.audit, AuditReading())
        audits.append(_see_audit(life, told, reading, names, at))
        done = {rev.erases for rev, _ in told if rev.erases}
        stops = [one.value for one, _ in told if one.subject.startswith(subjects.STOPS)]
        stopped = {str(one.get("ask")) for one in stops if isinstance(one, dict)}
        for rev, asked_at in told:
            head, _, target = rev.subject.partition("/")
            if head == subjects.ASKS and target not in done and rev.id not in stopped:
                who = names.get(rev.author, rev.author)
                asks.append(SeenAsk(life.audit, life.code, who, asked_at))
    return HubView(
        hub=hub.name,
        at=at,
        devices=tuple(_devices(store, scopes, at)),
        audits=tuple(audits),
        asks=tuple(asks),
        free=disk_usage(folder).free,
        revisions=sum(one.lines for one in lives),
        copied_at=last.at if last else 0,
        unread=len(lives) - len(read),
        names=frozenset(names.values()),
    )


_Telling = Collection[tuple[Revision, int]]


def _see_audit(
    life: AuditLife,
    telling: _Telling,
    read: AuditReading,
    names: dict[str, str],
    at: int,
) -> SeenAudit:
    status, since, author = status_of(telling)
    changed = read.since
    who = changed.authors if changed else ()
    return SeenAudit(
        **life._asdict(),
        status=status,
        since=since,
        author=names.get(author, author),
        unsealed=(changed.lines or -1) if changed else 0,
        unsealed_by=tuple(names.get(one, one) for one in who),
        unsealed_at=changed.at if changed else 0,
        conflicts=read.conflicts,
        people=tuple(
            SeenPerson(names.get(one.author, one.author), one.until)
            for one in read.claims
            if one.until > at
        ),
    )


def _devices(store: Store, scopes: Collection[str], at: int) -> Iterator[SeenDevice]:
    cloned, known, heard = store.cloned(), store.people(scopes), store.heard()
    near = {*scopes, EVERYWHERE}
    for one in store.devices():
        if EVERYWHERE in scopes or one.scopes() & near or one.author in known:
            state = "open"
            if one.id in cloned:
                state = "cloned"
            elif one.revoked_at:
                state = "revoked"
            elif at - max(one.seen_at, one.enrolled_at) > SILENT:
                state = "silent"
            yield SeenDevice(
                number=one.id,
                person=one.person,
                name=one.name,
                territories=one.territories,
                right=one.right,
                enrolled_at=one.enrolled_at,
                seen_at=one.seen_at,
                state=state,
                **heard.get(one.id, Heard())._asdict(),
            )


def status_of(telling: _Telling) -> tuple[str, int, str]:
    """Return where an audit stands, since when, and who reported it."""
    lines = [(rev, at) for rev, at in telling if rev.subject == subjects.STATUS]
    named = {parent for rev, _ in lines for parent in rev.parents}
    heads = [(rev, at) for rev, at in lines if rev.id not in named]
    if not heads:
        return AuditStatus.EN_COURS, 0, ""
    values = [rev.value for rev, _ in heads]
    states = {str(one.get("status")) for one in values if isinstance(one, dict)}
    last, at = max(heads, key=lambda each: each[1])
    status = states.pop() if len(states) == 1 else CONTESTED
    return status, at, last.author


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
    caller = None
    if session := request.cookies.get(COOKIE, ""):
        caller = await run_in_threadpool(hub.door.find_visitor, session)
    elif "authorization" in request.headers:
        caller = find_caller(request)
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


def _refuse() -> Response:
    problem = ProblemError("token-revoked")
    text = (
        "<p>Cette page s'ouvre d'un poste inscrit qui a le droit de relire : "
        "<code>diag sync page</code>. L'adresse donnée sert une fois, une minute.</p>"
    )
    content = _page("Accès refusé", [f"<p>{escape(problem.title)}</p>", text])
    headers = {**_HEADERS, "content-type": "text/html; charset=utf-8"}
    return Response(content, 401, headers)


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
                one.place,
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
            (one.code, one.place, str(one.conflicts), time_words(one.last_at))
            for one in seen.contested
        ],
    )
    yield _table(
        "Qui se dit où",
        ("École ou commune", "Commune", "Personne", "Jusqu'au"),
        [
            (one.code, one.place, seen.person(who.name), day_words(who.until))
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
                one.place,
                _state_words(one),
                str(one.recent),
                time_words(one.last_at),
            )
            for one in active
            if one.recent
        ],
    )
    places: dict[str, list[SeenAudit]] = {}
    for one in seen.audits:
        places.setdefault(one.place, []).append(one)
    yield _table(
        "Par commune",
        ("Commune", "Audits", "États", "Dernier envoi"),
        [
            (
                place,
                str(len(audits)),
                _states_words(audits),
                time_words(max(one.last_at for one in audits)),
            )
            for place, audits in sorted(places.items())
        ],
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


ROUTES = (
    Route("/v1/page", give_ticket, methods=["POST"]),
    Route(PATH, supervise),
    Route(PATH, leave, methods=["POST"]),
)
