"""An edition of the older method, and the one that takes its place."""

from pathlib import Path

import pytest

from diag.audit import compare, snapshot
from diag.audit.compare import keep_judged
from diag.audit.follow import add_step
from diag.audit.session import AuditSession
from diag.checklist import load
from diag.checklist.edition import ENGINE
from diag.journal import changes
from diag.model.audit import Answer, FollowUp, Value
from diag.model.enums import Audience, FollowUpState, State
from diag.workspace.workspace import Workspace
from tests.audit.builders import started
from tests.audit.small_edition import ship
from tests.audit.two_editions import (
    HEAD,
    PLACES,
    boolean,
    choice,
    counted,
    criterion,
    domain,
)

RULE = """\
  - id: registre-tenu
    title: "Registre"
    kind: compliance
    conforms_at: 1
    nature: loi
    law: {text: "Loi du registre"}
    binds: [ecole]
    weight: 1
    place: ecole
    levels: {1: "registre"}
    why: "Parce que."
    sources: [metier]
"""


def action(ident: str, cures: str, sets: str, title: str, below: int = 2) -> str:
    """Return an action that buys one thing and cures a criterion."""
    return f"""\
  - id: {ident}
    when: {{criterion: {cures}, below: {below}}}
    owner: commune
    buys: [{{item: poste, use: {ident}}}]
    effect: {{{sets}}}
    wording:
      mairie: {{title: "{title}", why: "Trop vieux.", decision: "Voter."}}
      equipe: {{title: "{title}", why: "Trop vieux.", meanwhile: "Patienter."}}
      academie: {{title: "{title}", why: "Trop vieux."}}
      technique: {{title: "{title}", how: "Acheter."}}
    done_when: "C'est fait."
    sources: [metier]
"""


PRICES = """\
prices:
  - {id: poste, label: "Poste", unit: poste, as_of: 2026, minimum: "100",
     typical: "200", maximum: "300", lifetime: P5Y}
"""

OLD = {
    "edition.yaml": HEAD.format(version="2026.1", retired=""),
    "lieux.yaml": PLACES,
    "prix.yaml": PRICES,
    "essai.yaml": domain(
        [
            boolean("vieux", "Matériel récent", "better: up"),
            boolean("wifi", "Wi-Fi", "better: up"),
            boolean("projet", "Wi-Fi voulu"),
            boolean("registre", "Registre tenu", "better: up"),
            choice("support", "Support", "cuivre", "fibre"),
            counted("maitres", "Maîtres", "maître"),
            counted("formes", "Maîtres formés", "maître"),
        ],
        [
            criterion("retire", "vieux"),
            criterion("sans-fil", "wifi"),
            criterion("voulu", "projet"),
            criterion("liaison", "support == 'fibre'"),
            criterion("formation", "formes >= maitres"),
            RULE,
        ],
        "recommendations:\n"
        + action("renouveler", "retire", "vieux: true", "Renouveler")
        + action("couvrir", "sans-fil", "wifi: true", "Couvrir")
        + action("tenir", "registre-tenu", "registre: true", "Tenir le registre", 1),
    ),
}

NEW = {
    "edition.yaml": HEAD.format(
        version="2027.1",
        retired="{id: vieux, by: recent}, {id: retire, by: neuf}, "
        "{id: renouveler, by: remplacer}, {id: support, by: debit}, {id: couvrir}",
    ),
    "lieux.yaml": PLACES,
    "prix.yaml": PRICES,
    "essai.yaml": domain(
        [
            boolean("recent", "Matériel récent", "better: up"),
            boolean("wifi", "Wi-Fi", "better: up"),
            boolean("projet", "Wi-Fi voulu", "void: true"),
            boolean("registre", "Registre tenu", "better: up"),
            counted("debit", "Débit", "Mbit/s"),
            counted("maitres", "Maîtres", "maître"),
            counted("formes", "Maîtres formés", "maître", "at_most: maitres"),
        ],
        [
            criterion("neuf", "recent"),
            criterion("sans-fil", "wifi"),
            criterion("voulu", "projet"),
            criterion("liaison", "debit >= 30"),
            criterion("formation", "formes >= maitres"),
            RULE,
        ],
        "recommendations:\n"
        + action("remplacer", "neuf", "recent: true", "Remplacer")
        + action("tenir", "registre-tenu", "registre: true", "Tenir le registre", 1),
    ),
}


def engine(monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """Have this version be one whose method has that number."""
    monkeypatch.setattr(load, "ENGINE", number)
    monkeypatch.setattr(compare, "ENGINE", str(number))
    monkeypatch.setattr(snapshot, "ENGINE", number)


ANSWERS: dict[str, Value] = {
    "vieux": False,
    "wifi": False,
    "registre": False,
    "support": "fibre",
    "maitres": 6,
    "formes": 30,
}
"""What the older method took, a part above its whole included."""


def older_audited(
    desk: Workspace, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> AuditSession:
    """Return an audit answered, followed up and judged by the older method."""
    engine(monkeypatch, 1)
    ship(folder, monkeypatch, OLD)
    session = started(desk)
    audit, root = session.audit.id, session.facts.root
    said = {one: Answer(State.KNOWN, value) for one, value in ANSWERS.items()}
    said["projet"] = Answer(State.NOT_APPLICABLE, reason="voté au conseil")
    session.record(*(changes.answered(audit, root, *one) for one in said.items()))
    for recommendation in ("renouveler", "couvrir"):
        step = FollowUp(recommendation=recommendation, state=FollowUpState.DECIDEE)
        add_step(session, step)
    session.record(
        changes.ranked(audit, "renouveler", 1),
        changes.reworded(audit, "renouveler", Audience.MAIRIE, {"title": "Rajeunir"}),
    )
    keep_judged(session)
    return session


def newer_came(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have this version be what it is, with the edition that takes the place."""
    engine(monkeypatch, ENGINE)
    ship(folder, monkeypatch, NEW)
