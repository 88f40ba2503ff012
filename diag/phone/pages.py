"""The pages that a telephone opens: small, theirs alone, nothing fetched elsewhere."""

from functools import cache
from html import escape
from pathlib import Path
from secrets import token_urlsafe
from typing import NamedTuple

from diag.answers.fields import script, style

_HERE = Path(__file__).parent


class PhonePage(NamedTuple):
    """A page, and the headings that bind it."""

    body: bytes
    headers: dict[str, str]


class PhoneSheet(NamedTuple):
    """A questionnaire as a telephone shows it."""

    title: str
    intro: str
    fields: str
    """Its questions, already as HTML."""
    marks: str
    """What its answers are sent back with, already as attributes."""


_PHOTOS = """<h1>Photos de l'audit</h1>
<p>Vont à&nbsp;: <b id="ici">…</b></p>
<input type="file" id="p" accept="image/*" capture="environment">
<label class="b" for="p">Prendre une photo</label>
<input type="file" id="g" accept="image/*" multiple>
<label class="b s" for="g">Choisir dans le téléphone</label>
<form id="f"><label>Dire un mot<textarea id="m" rows="2" maxlength="2000"></textarea>
</label><button class="s">Envoyer ce mot</button></form>
<p id="etat" role="status"></p>
<p><small>Ni élèves, ni noms, ni mots de passe affichés. Le lieu et l'heure exacte sont
ôtés des photos.</small></p>"""

_CODE = """<h1>Le code à six chiffres</h1>
<form method="post"><p><label>Il est sur l'écran de l'ordinateur
<input type="text" name="c" inputmode="numeric" autocomplete="off" maxlength="6">
</label></p><button>Entrer</button></form>"""


def photos_page() -> PhonePage:
    """Return the page that takes photos and words."""
    return _page("Photos de l'audit", _PHOTOS, _own("photos.js"), "connect-src 'self'")


def sheet_page(sheet: PhoneSheet) -> PhonePage:
    """Return the page of a questionnaire."""
    body = (
        f"<h1>{escape(sheet.title)}</h1><p><small>{escape(sheet.intro)}</small></p>"
        f'<p id="etat" role="status"></p><form id="form" {sheet.marks}>'
        f"{sheet.fields}<button>Envoyer</button></form>"
    )
    js = script() + _own("sheet.js")
    return _page(sheet.title, body, js, "connect-src 'self'", style())


def code_page() -> PhonePage:
    """Return the page where the digits are typed by hand."""
    return _page("Code", _CODE, "", "form-action 'self'", style())


def _page(title: str, body: str, js: str, allowed: str, more: str = "") -> PhonePage:
    """Return a page that may run its own script, and reach this computer alone."""
    nonce = token_urlsafe(12)
    run = f'<script nonce="{nonce}">{js}</script>' if js else ""
    html = (
        '<!doctype html><html lang="fr"><meta charset="utf-8"><meta name="viewport" '
        f'content="width=device-width,initial-scale=1"><title>{escape(title)}</title>'
        f'<style nonce="{nonce}">{more}{_own("page.css")}</style>'
        f"<main>{body}</main>{run}</html>"
    )
    closed = "" if "form-action" in allowed else "form-action 'none'; "
    policy = (
        f"default-src 'none'; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; "
        f"img-src blob:; base-uri 'none'; frame-ancestors 'none'; {closed}{allowed}"
    )
    return PhonePage(html.encode(), {"Content-Security-Policy": policy, **ALWAYS})


ALWAYS = {
    "Cache-Control": "no-store",
    "Content-Type": "text/html; charset=utf-8",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}
"""Headings of every page."""


@cache
def _own(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
