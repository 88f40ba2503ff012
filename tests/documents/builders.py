"""A small school, a small checklist, and reports of them in one line.

Everything is invented: the school stands in a département that does not exist.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any

from diag.assess.judge import assess, public
from diag.audit.remarks import Evidence
from diag.audit.report import NONE, Pictures, Report, build_report
from diag.model.audit import (
    Answer,
    Audit,
    Commune,
    Facts,
    FollowUp,
    Place,
    School,
    Subject,
    TownHall,
    Value,
    Visit,
    audit_id,
    root_place_id,
    school_auditee,
)
from diag.model.checklist import (
    Aspect,
    Below,
    Checklist,
    Choice,
    Criterion,
    Domain,
    Law,
    Level,
    Need,
    Price,
    Question,
    Recommendation,
    RegisteredSource,
    Requirement,
    Step,
    Wording,
)
from diag.model.enums import (
    Audience,
    AuditStatus,
    Direction,
    Kind,
    Nature,
    Owner,
    Party,
    PlaceKind,
    Provenance,
    QuestionType,
    State,
)
from diag.workspace.charter import Issuer

TODAY = date(2026, 3, 12)
ECOLE, SALLE = PlaceKind.ECOLE, PlaceKind.SALLE
SUBJECT = Subject(kind=ECOLE, code="9990001W")
AUDIT = Audit(id=audit_id("2025-2026", SUBJECT), campaign="2025-2026", subject=SUBJECT)
ROOT = root_place_id(AUDIT.id, ECOLE)
OFFICE = Issuer(
    name="Syndicat mixte Vallombre Numérique",
    phone="00 00 00 00 00",
    email="ecoles@vallombre.example",
)
SCHOOL = School(
    uai="9990001W",
    name="École élémentaire du Moulin",
    insee="99901",
    commune="Aubeterre",
    email="ecole.moulin@vallombre.example",
    circonscription="Circonscription de Vallombre-Nord",
)
HALL = TownHall(
    insee="99901",
    name="Mairie d'Aubeterre",
    email="mairie@aubeterre.example",
    source_date="2021-05-01",
)
VISIT = Visit(
    id="v1",
    date="2026-03-09",
    present=("Ana Martin",),
    met=("La directrice",),
    authorisation="Maire, par courrier",
)


def question(
    ident: str,
    kind: QuestionType,
    label: str,
    *,
    place: PlaceKind = ECOLE,
    **more: Any,
) -> Question:
    return Question(
        id=ident, domain="reseau", place=place, type=kind, label=label, **more
    )


QUESTIONS = (
    question("type_salle", QuestionType.CHOICE, "Type de salle", place=SALLE,
        choices=(Choice(id="classe", label="Classe"),
            Choice(id="autre", label="Autre"))),
    question("prises", QuestionType.INTEGER, "Prises réseau", place=SALLE,
        unit="prise", range=(0, 50), whom="salle", better=Direction.UP),
    question("debit", QuestionType.NUMBER, "Débit descendant à la box",
        unit="Mbit/s", range=(0, 10000), ask="Quelle offre avez-vous ?",
        whom="direction", stale_after="P12M", better=Direction.UP),
    question("filtrage", QuestionType.BOOLEAN, "Filtrage en service",
        better=Direction.UP),
    question("projet_ecrit", QuestionType.BOOLEAN, "Projet numérique écrit",
        better=Direction.UP),
    question("mots_de_passe_affiches", QuestionType.INTEGER,
        "Mots de passe affichés", place=SALLE, range=(0, 20), sensitive=True,
        better=Direction.DOWN),
    question("remarque", QuestionType.TEXT, "Remarque libre"),
)  # fmt: skip

CRITERIA = (
    Criterion(id="filtrage-en-service", ref="FIL-01", domain="securite",
        title="Un filtrage protège les élèves", kind=Kind.COMPLIANCE, weight=1,
        place=ECOLE, levels={1: "filtrage"}, conforms_at=1, sources=("S1",),
        nature=Nature.LOI, law=Law(text="Loi n° 1", article="7", read_on="2026-03-02"),
        binds=(Party.COMMUNE, Party.ACADEMIE),
        why="Sans filtrage, un élève peut tomber sur n'importe quelle page."),
    Criterion(id="debit-suffisant", ref="ACC-02", domain="reseau",
        title="Un débit qui suffit à la classe", kind=Kind.BLOCKING, weight=3,
        place=ECOLE, levels={3: "debit >= 100", 2: "debit >= 30", 1: "debit >= 8"},
        why="Une vidéo s'arrête quand le débit manque.", sources=("S1", "metier")),
    Criterion(id="prise-par-classe", ref="LAN-01", domain="reseau",
        title="Deux prises réseau par classe", kind=Kind.BLOCKING, weight=2,
        place=SALLE, applicable="type_salle == 'classe'",
        levels={3: "prises >= 3", 2: "prises >= 2", 1: "prises >= 1"},
        why="Le câble ne tombe pas en panne.", sources=("S2",), aspect="reseau"),
    Criterion(id="projet", ref="GOV-01", domain="projet",
        title="Un projet numérique écrit", kind=Kind.IMPROVEMENT, weight=1,
        place=ECOLE, levels={2: "projet_ecrit"},
        why="L'équipement sert ce qui est prévu en classe.", sources=("S2",)),
    Criterion(id="mots-de-passe-ranges", ref="SEC-06", domain="securite",
        title="Des mots de passe rangés", kind=Kind.IMPROVEMENT, weight=1,
        place=SALLE, levels={2: "mots_de_passe_affiches == 0"},
        why="Un mot de passe affiché ne protège plus.", sources=("S1",), aspect="mots"),
)  # fmt: skip


def wordings(title: str, decision: str = "") -> dict[Audience, Wording]:
    why = f"Pour {title[:1].lower()}{title[1:]}."
    return {
        Audience.MAIRIE: Wording(title=title, why=why, decision=decision),
        Audience.EQUIPE: Wording(
            title=f"{title} à l'école",
            why="Plusieurs classes pourront travailler ensemble.",
            meanwhile="Se relayer.",
        ),
        Audience.ACADEMIE: Wording(title=f"{title} (commune)", why=why),
        Audience.TECHNIQUE: Wording(
            title=f"{title} (technique)",
            how="Traiter {quantite|salle|salles} : {lieux}, avant le {echeance}.",
        ),
    }


def recommendation(
    ident: str, criterion: str, below: Level, title: str, **more: Any
) -> Recommendation:
    defaults: dict[str, Any] = {
        "owner": Owner.COMMUNE,
        "wording": wordings(title, more.pop("decision", "")),
        "done_when": "une visite le constate",
        "sources": ("S1",),
    }
    return Recommendation(
        id=ident,
        domain="reseau",
        when=Below(criterion=criterion, below=below),
        **(defaults | more),
    )


RECOMMENDATIONS = (
    recommendation("filtrer", "filtrage-en-service", 1, "Mettre en place un filtrage",
        decision="Mettre en place un filtrage avant le {echeance}.", delay="P7D"),
    recommendation("fibre", "debit-suffisant", 2, "Raccorder l'école à la fibre",
        decision="Souscrire un abonnement à la fibre ({cout}) avant le {echeance}.",
        buys=(Need(item="acces"), Need(item="abonnement", count="12 * quantite")),
        delay="P6M", effect={"debit": 100}, lifetime="P15Y", effort="0.5",
        steps=(Step(id="a", title="commander"), Step(id="b", title="mesurer"))),
    recommendation("cabler", "prise-par-classe", 2, "Câbler les classes",
        decision="Voter {cout} pour câbler {quantite|salle|salles}.",
        buys=(Need(item="prise", count="2 * quantite"),), effect={"prises": 2}),
    recommendation("equiper", "projet", 2, "Équiper les classes", owner=Owner.SYNDICAT,
        requires=(Requirement(criterion="prise-par-classe", at_least=2, share="1"),),
        buys=(Need(item="ecran", count="2"),), delay="P1Y"),
    recommendation("ecrire", "projet", 2, "Écrire le projet", owner=Owner.ECOLE,
        delay="P3M", effect={"projet_ecrit": True}),
    recommendation("ranger", "mots-de-passe-ranges", 2, "Ranger les mots de passe",
        decision="Changer {quantite|mot de passe|mots de passe} dans {lieux}.",
        delay="P1M", effect={"mots_de_passe_affiches": 0}),
)  # fmt: skip

PRICES = (
    Price(id="acces", label="Mise en service de la fibre", unit="accès", as_of="2025",
        minimum=0, typical=25_000, maximum=50_000),
    Price(id="abonnement", label="Abonnement à la fibre", unit="mois", as_of="2025",
        minimum=4_000, typical=6_000, maximum=8_000, yearly=True),
    Price(id="prise", label="Prise posée", unit="prise", as_of="2016", minimum=6_700,
        typical=9_550, maximum=12_500, source="S2"),
    Price(id="ecran", label="Écran interactif", unit="écran", as_of="2024",
        minimum=150_000, typical=210_050, maximum=300_000, vat="5.5"),
)  # fmt: skip

CHECKLIST = Checklist(
    title="Grille d'essai",
    version="2026.1",
    engine=2,
    domains=(
        Domain(id="reseau", title="Accès et réseau", weight=3),
        Domain(id="securite", title="Sécurité", weight=2),
        Domain(id="projet", title="Projet", weight=1),
    ),
    aspects=(
        Aspect(id="reseau", label="Réseau", short="Rés"),
        Aspect(id="mots", label="Mots de passe", short="Mot"),
    ),
    questions={one.id: one for one in QUESTIONS},
    criteria={one.id: one for one in CRITERIA},
    recommendations={one.id: one for one in RECOMMENDATIONS},
    prices={one.id: one for one in PRICES},
    sources={
        "S1": RegisteredSource(id="S1", grade="A", title="Un texte", date="2018-10"),
        "S2": RegisteredSource(
            id="S2", grade="B", title="Une page", url="https://exemple.fr/a_b"
        ),
    },
)


def known(
    value: Value, provenance: Provenance = Provenance.OBSERVED, author: str = "Ana"
) -> Answer:
    return Answer(State.KNOWN, value, provenance, author=author, at=1_773_000_000_000)


def places(*rooms: str) -> dict[str, Place]:
    root = Place(id=ROOT, kind=ECOLE, parent=None, name=SCHOOL.name)
    inside = (Place(id=one, kind=SALLE, parent=ROOT, name=one) for one in rooms)
    return {one.id: one for one in (root, *inside)}


def facts(
    answers: Mapping[tuple[str, str], Value | Answer | tuple[Answer, ...]]
    | None = None,
    rooms: tuple[str, ...] = (),
    *,
    closed: bool = True,
    notes: Mapping[tuple[str, str], tuple[str, ...]] | None = None,
) -> Facts:
    """Return facts; `ecole` stands for the school's own place."""

    def at(key: tuple[str, str]) -> tuple[str, str]:
        return (ROOT if key[0] == "ecole" else key[0], key[1])

    def heads(said: Value | Answer | tuple[Answer, ...]) -> tuple[Answer, ...]:
        if isinstance(said, Answer):
            return (said,)
        if isinstance(said, tuple) and said and isinstance(said[0], Answer):
            return tuple(one for one in said if isinstance(one, Answer))
        return (known(said),)  # type: ignore[arg-type]  # a value, by elimination

    return Facts(
        root=ROOT,
        places=places(*rooms),
        answers={at(key): heads(said) for key, said in (answers or {}).items()},
        notes={at(key): told for key, told in (notes or {}).items()},
        closed=frozenset({SALLE}) if closed else frozenset(),
        visit_date=date(2026, 3, 9),
    )


ORDINARY = facts(
    {
        ("ecole", "debit"): known("12.5", Provenance.MEASURED),
        ("ecole", "filtrage"): False,
        ("ecole", "projet_ecrit"): False,
        ("CP", "type_salle"): "classe",
        ("CP", "prises"): 1,
        ("CE1", "type_salle"): "classe",
        ("CE1", "prises"): 0,
        ("BCD", "type_salle"): "autre",
        ("CP", "mots_de_passe_affiches"): 2,
        ("CE1", "mots_de_passe_affiches"): 0,
        ("BCD", "mots_de_passe_affiches"): 0,
    },
    ("CP", "CE1", "BCD"),
)


def report(
    told: Facts = ORDINARY,
    checklist: Checklist = CHECKLIST,
    *,
    status: AuditStatus = AuditStatus.EN_COURS,
    school: School = SCHOOL,
    follow_ups: tuple[FollowUp, ...] = (),
    reworded: Mapping[tuple[str, Audience], Wording] | None = None,
    today: date = TODAY,
    evidence: tuple[Evidence, ...] = (),
    pictures: Pictures = NONE,
) -> Report:
    """Return the report of a school, and what everyone may read of it."""
    shown = public(checklist)
    is_whole = shown is not checklist
    return build_report(
        about=school_auditee(school),
        audit=AUDIT,
        facts=told,
        checklist=checklist,
        assessment=assess(told, checklist),
        author="Ana Martin",
        office=OFFICE,
        today=today,
        status=status,
        commune=Commune(insee="99901", name="Aubeterre"),
        town_hall=HALL,
        visits=(VISIT,),
        follow_ups=follow_ups,
        wordings=reworded,
        digest="a1b2c3d4e5f60718293a4b5c6d7e8f90",
        edition="0f1e2d3c4b5a6978",
        evidence=evidence,
        pictures=pictures,
        shown=report(
            told.about(shown.questions),
            shown,
            status=status,
            school=school,
            follow_ups=tuple(
                one for one in follow_ups if one.recommendation in shown.recommendations
            ),
            reworded=reworded,
            today=today,
            evidence=evidence,
            pictures=pictures,
        )
        if is_whole
        else None,
    )


def changed(told: Report, **fields: Any) -> Report:
    """Return a report with other fields, in what everyone may read of it too."""
    shown = told.shown and replace(told.shown, **fields)
    return replace(told, **{"shown": shown, **fields})
