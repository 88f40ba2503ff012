"""What every document has: its cover, scores, contacts, last line, what changed since.

An option that was supposed stands apart, as a hypothesis.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from functools import partial

from diag.assess.results import Score
from diag.assess.spread import declined
from diag.assess.words import (
    filled_words,
    is_printable,
    printed_cell,
    score_cell,
)
from diag.audit.compare import AuditsCompared, describe_comparables
from diag.audit.findings import DangerReport, DangerSeen, danger_seen
from diag.audit.report import Report, once
from diag.audit.suppose import Option
from diag.documents.blocks import (
    PAGE_BREAK,
    Md,
    Pair,
    bold,
    box,
    bullets,
    definitions,
    sections,
    table,
    written,
)
from diag.documents.document import Meta
from diag.documents.drawings import Bar, draw_scores
from diag.model.enums import Provenance, Socle, Standing, State
from diag.model.text import Bounds
from diag.words.dates import describe_day, long_date
from diag.words.sentences import (
    counted,
    displayed,
    in_cell,
    in_words,
    is_printed,
    listed,
    of,
    percent,
    phone_number,
    sentence,
    uncapitalised,
)
from diag.words.vocabulary import (
    LEVELS_EXPLAINED,
    PROVENANCES_COUNTED,
    SOCLE_SENTENCES,
    SUBJECT_CODES,
    UNSCORED,
)
from diag.workspace.charter import Issuer

MISSING = 2
"""At most so many missing conditions named, the others counted."""

PLACES_NAMED = 4
"""At most so many places named where one lacks, the others counted."""

DANGER = "Danger constaté, à faire cesser sans attendre"
"""Above what threatens people."""

SCORE_COLUMN = "Score sur 100"
"""Header of the scores, in every document."""

EXAMINED = "Examiné à"
"""Header of how much of the examination is settled."""

Cell = Callable[[Score], str]
"""Words a score in a column: `printed_cell`, but in the technical annex."""


def build_meta(report: Report, title: str) -> Meta:
    """Return what a document of an audit is, as data."""
    return Meta(
        title=title,
        author=issued_by(report.author, report.office),
        day=report.date,
        version=version(report),
        provisional=report.provisional,
        running=running_line(report),
    )


def running_line(report: Report) -> str:
    """Return what stands at the foot of every page."""
    state = "provisoire" if report.provisional else "définitif"
    if report.is_unsealed:
        state = report.standing
    return f"Document {state}, {long_date(report.date)} · {version(report)}"


def view(report: Report, meta: Meta) -> dict[str, object]:
    """Return what every template may print."""
    overall = report.assessment.overall
    return {
        "report": report,
        "page_break": PAGE_BREAK,
        "running_line": meta.running_line,
        "visit": visit_words(report),
        "scored": is_printable(overall),
        "score": printed_words(overall),
        "against": against(report.progress),
        "compared": describe_comparables(report.comparables)
        if report.comparables
        else "",
        "completeness": percent(overall.completeness),
        "socle": socle_words(report),
        "levels": LEVELS_EXPLAINED,
        "answered": answered(report),
    }


def cover(report: Report, reader: str) -> Md:
    """Return the block about what this document is, of what and from whom."""
    commune = report.commune.name if report.commune else report.about.commune
    return definitions((
        ("Commune", commune),
        (SUBJECT_CODES[report.about.kind], report.about.code),
        ("Destinataire", reader),
        ("Visite", listed([describe_day(visit.date) for visit in report.visits])),
        ("Date", long_date(report.date)),
        ("Auteur", issued_by(report.author, report.office)),
        ("Version", version(report)),
        ("Statut", report.status_words),
    ))


def issued_by(author: str, office: Issuer) -> str:
    """Return who wrote a document, and for whom: « Camille Perrin, Vallombre »."""
    return ", ".join(filter(None, (author, office.name)))


def version(report: Report) -> str:
    """Return the edition of the checklists and the mark of the audit."""
    mark = f", empreinte {report.digest[:12]}" if report.digest else ""
    return f"grilles {report.checklist.version}{mark}"


def printed_words(score: Score) -> str:
    """Return « entre 47 et 61 sur 100 », or « examiné à 37 % » when it is too wide."""
    return score_words(score) if is_printable(score) else filled_words(score)


def score_words(score: Score) -> str:
    """Return « entre 47 et 61 sur 100 », however wide, or « sans objet »."""
    if score.bounds is None:
        return "sans objet"
    doubt = " (peut-être sans objet)" if score.standing is Standing.MAYBE else ""
    return f"{in_words(score.bounds)} sur 100{doubt}"


def socle_words(report: Report) -> str:
    """Return whether everything indispensable holds, and what surely is missing."""
    socle = report.assessment.socle
    said = SOCLE_SENTENCES[socle]
    if socle not in {Socle.NON_ATTEINT, Socle.ATTEINT_SAUF}:
        return said
    missing = []
    for one in report.assessment.criteria.values():
        if not one.socle or one.socle.high is not socle:
            continue
        # Where it surely lacks; what is not judged at places lacks altogether.
        failing = [
            report.place_name(each.place)
            for each in one.verdicts
            if not one.alone and each.standing is Standing.IN and each.high < 1
        ]
        at = f" : {listed(failing, PLACES_NAMED)}" if failing else ""
        missing.append(f"« {one.criterion.title} »{at}")
    rest = len(missing) - MISSING
    more = [f"{rest} autre{'s' * (rest > 1)}"] if rest > 0 else []
    return f"{said} ({listed([*missing[:MISSING], *more])})."


def dangers_found(report: Report) -> tuple[str, ...]:
    """Return each danger to bodies: its places, what it is, to whom it was reported."""
    found = dangers_seen(report).items()
    return tuple(
        f"{listed(at, len(at))} : {uncapitalised(str(seen))}" for seen, at in found
    )


def dangers_seen(report: Report) -> dict[DangerSeen, list[str]]:
    """Return the places of dangers, by what was seen and to whom it was reported."""
    found: dict[DangerSeen, list[str]] = {}
    for one in report.assessment.dangers:
        at_root = one.place == report.facts.root
        where = report.it if at_root else report.place_name(one.place)
        seen = danger_seen(report, report.observations, one)
        found.setdefault(seen, []).append(where)
    return found


def dangers_in_brief(report: Report) -> Iterator[tuple[str, str]]:
    """Give the same for a page of several schools: places, and one kind of danger."""
    kinds: dict[DangerSeen, list[tuple[str, DangerReport]]] = {}
    for one in report.assessment.dangers:
        seen = danger_seen(report, report.observations, one)
        kind = seen._replace(reported=DangerReport())
        at = report.place_name(one.place)
        kinds.setdefault(kind, []).append((at, seen.reported))
    for kind, found in kinds.items():
        # Places reported alike follow one another.
        ways = list(dict.fromkeys(reported for _, reported in found))
        names = [at for way in ways for at, reported in found if reported == way]
        how = ways[0].words if len(ways) == 1 else _REPORTED_APART
        yield listed(names, len(names)), f"{kind.words} {how}"


_REPORTED_APART = "Signalements, salle par salle : document de l'école."


def dangers_box(report: Report) -> Md:
    """Return what is to be read before everything; empty without a danger."""
    return box("CAUTION", DANGER, bullets(dangers_found(report)))


def domain_table(
    report: Report, cell: Cell = printed_cell, *, beside: bool = False
) -> Md:
    """Return each domain's score, and how much of it is settled.

    With the half of the comparable schools `beside`, where enough of them are known.
    """
    halves = report.comparables.domains if beside and report.comparables else {}
    bars = []
    for result in report.assessment.domains:
        score, title, span = result.score, result.domain.title, None
        shown, complete = "sans objet", percent(score.completeness)
        if score.bounds is not None:
            shown = cell(score)
            span = share_of(score.bounds) if shown == score_cell(score) else None
        elif result.only_complies:
            shown, complete = UNSCORED, "–"
        cells = [shown, complete]
        if halves:
            half, others = halves.get(result.domain.id), "trop peu d'écoles"
            if half:
                others = in_cell(half) if is_printed(half) else "trop différentes"
            cells.append(others)
        bars.append(Bar(title, tuple(cells), span))
    more = ("Écoles comparables, la moitié",) if halves else ()
    columns = ("Domaine", SCORE_COLUMN, EXAMINED, *more)
    caption = "Score de chaque domaine, et part examinée"
    return sections((
        drawn_scores(caption, columns, bars),
        _declined(report),
    ))


def drawn_scores(caption: str, columns: Sequence[str], bars: Sequence[Bar]) -> Md:
    """Return scores as a table, and as the bars that show all of it."""
    rows = ((bar.label, *bar.cells) for bar in bars)
    return table(caption, columns, rows, draw=partial(draw_scores, columns, bars))


def share_of(bounds: Bounds) -> tuple[Fraction, Fraction]:
    """Return the bounds of a score as a bar spans them: rounded as they are printed."""
    low, high = displayed(bounds)
    return Fraction(low, 100), Fraction(high, 100)


@once
def _declined(report: Report) -> Md:
    """Return what was declared sans objet, each with its reason: no score counts it."""
    by_domain = declined(report.facts, report.checklist)
    said = [
        one
        for result in report.assessment.domains
        for one in by_domain.get(result.domain.id, ())
    ]
    if not said:
        return Md("")
    return sections((
        Md(bold("Hors des scores, par choix ou par nature")),
        bullets(said),
    ))


def option_section(option: Option | None, cell: Cell = printed_cell) -> Md:
    """Return the whole section, its title included; nothing without an option."""
    if option is None:
        return Md("")
    title = f"Option : {option.name} (hypothèse)"
    beside = ("Aujourd'hui", "Avec l'option")
    lead = (
        "Cette partie est une hypothèse : rien n'en a été relevé sur place. Les "
        "scores, les actions et les budgets du reste du document n'en tiennent pas "
        "compte."
    )
    return sections((
        Md(f"## {written(title)}"),
        written(lead),
        written("Nous avons supposé :"),
        bullets(one[:1].upper() + one[1:] for one in option.supposed),
        table(
            "Scores sur 100, hypothèse comprise",
            ("Domaine", *beside),
            [(title, cell(then), cell(now)) for title, then, now in option.scores],
        ),
        table("Dépense encore à décider, TTC", ("Dépense", *beside), option.costs),
        table(
            "Actions supposées faites, ou devenues inutiles",
            ("Action", "Coût"),
            option.resolved,
        ),
        table("Actions que cette option ajouterait", ("Action", "Coût"), option.new),
    ))


def since(
    progress: AuditsCompared | None, *, named: int, cell: Cell = printed_cell
) -> Md:
    """Return what changed, `named` criteria at most by name in each list.

    Nothing of a first audit.
    """
    if progress is None:
        return Md("")
    moved = [
        one
        for one in progress.domains
        if one.moved or (progress.method_changed and one.method_changed)
    ]
    rows = [
        (
            one.title,
            cell(one.before) if one.before else "n'existait pas",
            *((cell(one.again),) if progress.method_changed else ()),
            cell(one.now),
        )
        for one in (*moved, progress.overall)
    ]
    again = ("Rejugé aujourd'hui",) if progress.method_changed else ()
    columns = ("Domaine", progress.campaign, *again, "Maintenant")
    apart = {one.id for one in (*progress.better, *progress.worse)}
    method = [one for one in progress.judged_otherwise if one.id not in apart]
    lead = (
        f"Depuis l'audit de la campagne {progress.campaign}, les grilles sont les "
        "mêmes : ce qui change vient des faits."
    )
    if progress.method_changed:
        lead = (
            f"Depuis l'audit de la campagne {progress.campaign}, les grilles ont "
            "changé. Nous avons rejugé l'ancien audit avec celles d'aujourd'hui : un "
            "changement de méthode n'est pas un progrès."
        )
    return sections((
        written(lead),
        table("Scores sur 100, alors et maintenant", columns, rows),
        *(
            Md(f"{bold(title)} {written(sentence(listed(titles, named)))}")
            for title, some in (
                ("Mieux :", progress.better),
                ("Moins bien :", progress.worse),
                ("Jugé autrement par les nouvelles grilles :", method),
            )
            if (titles := [f"« {one.title} »" for one in some])
        ),
        written(_then_words(progress)),
    ))


def against(progress: AuditsCompared | None) -> str:
    """Return « contre 31 en 2025-2026 », judged alike, and the method if it changed.

    Nothing where that score was too little known to be printed.
    """
    if progress is None:
        return ""
    then = progress.overall.again
    if then.bounds is None or not is_printable(then):
        return ""
    alike = ", rejugé par les grilles d'aujourd'hui" if progress.method_changed else ""
    return f"contre {in_words(then.bounds)} en {progress.campaign}{alike}"


def _then_words(progress: AuditsCompared) -> str:
    """Return how many actions proposed then are needless, stay, or are not known to."""
    settled, lasting, unsure = progress.settled, progress.lasting, progress.to_confirm
    if not (settled or unsure):
        return "Les actions proposées alors restent à faire." if lasting else ""
    if not (lasting or unsure):
        return "Plus aucune action proposée alors n'est nécessaire."
    told = (
        (settled, "n'est plus nécessaire", "ne sont plus nécessaires"),
        (lasting, "reste à faire", "restent à faire"),
        (unsure, "reste à vérifier", "restent à vérifier"),
    )
    parts = [counted(many, *words) for many, *words in told if many]
    return f"Des actions proposées alors, {listed(parts)}."


def contacts(report: Report) -> Md:
    """Return whom to write to, as a list."""
    return definitions(contact_pairs(report))


def contact_pairs(report: Report) -> list[Pair]:
    """Return whom to write to, and how old that knowledge is."""
    school, hall, office = report.about.school, report.town_hall, report.office
    pairs: list[Pair] = [
        (office.name, _reach(report.author, phone_number(office.phone), office.email)),
    ]
    if school:
        reach = _reach(report.about.name, phone_number(school.phone), school.email)
        pairs.append(("École", reach))
    if hall:
        dated = f"adresse relevée le {describe_day(hall.source_date)}"
        known = hall.email and hall.source_date
        is_named = hall.name.lower().startswith("mairie")
        pairs.append((
            hall.name if is_named else f"Mairie {of(hall.name)}",
            _reach(hall.email or hall.problem, dated * bool(known)),
        ))
    if school and school.circonscription:
        pairs.append(("Éducation nationale", school.circonscription))
    return pairs


def visit_words(report: Report) -> str:
    """Return « à la suite de la visite du 12 mars 2026 », or of no visit yet."""
    days = [describe_day(visit.date) for visit in report.visits]
    if not days:
        return f"avant toute visite {report.of_it}, à partir de ce qui est déjà connu"
    visits = "de la visite" if len(days) == 1 else "des visites"
    return f"à la suite {visits} du {listed(days)}"


@once
def answered(report: Report) -> str:
    """Return how the facts became known: « 31 mesurées, 40 constatées… »."""
    heads = [head for told in report.facts.answers.values() for head in told]
    known = Counter(head.provenance for head in heads if head.state is State.KNOWN)
    counts = [
        f"{known[one]} {PROVENANCES_COUNTED[one][known[one] > 1]}"
        for one in Provenance
        if known[one]
    ]
    if not counts:
        return "Aucune réponse n'a encore été recueillie."
    return f"Réponses recueillies : {listed(counts)}."


def _reach(*parts: str) -> str:
    return " · ".join(part for part in parts if part)


# A document explains each acronym it uses, and only those.
TERMS = {
    "AAF": "annuaire de l'académie, d'où viennent les comptes",
    "ADSL": "accès à Internet par la ligne en cuivre, lent et bientôt arrêté",
    "AGEC": "loi de 2020 contre le gaspillage et pour le réemploi",
    "AIPD": "étude des risques d'un traitement de données personnelles",
    "ALPI": "syndicat du numérique des Landes",
    "AVICCA": "association des collectivités engagées dans le numérique",
    "BAES": "bloc d'éclairage de secours",
    "BCD": "bibliothèque et centre documentaire de l'école",
    "CARMO": "cadre national pour les appareils mobiles des élèves",
    "CCTP": "cahier technique d'un marché public",
    "CNFPT": "centre de formation des agents des communes",
    "CNIL": "autorité qui veille aux données personnelles",
    "CPC": "conseiller pédagogique de circonscription",
    "CPL": "réseau qui passe par les fils électriques, peu fiable",
    "CRCN": "cadre national des compétences numériques des élèves",
    "DASEN": "directeur académique des services de l'Éducation nationale",
    "DEEE": "déchets d'équipements électriques et électroniques",
    "DETR": "dotation de l'État pour l'équipement des territoires ruraux",
    "DHCP": "service qui donne son adresse à chaque appareil",
    "DNS": "annuaire qui traduit un nom de site en adresse, et sert souvent à filtrer",
    "DoH": "résolution de noms chiffrée, qui peut contourner un filtre",
    "DPD": "délégué à la protection des données",
    "DRANE": "service académique du numérique éducatif",
    "DSDEN": "services départementaux de l'Éducation nationale",
    "DSIL": "dotation de l'État de soutien à l'investissement local",
    "EAP": "connexion au Wi-Fi par un compte propre à chacun",
    "EduConnect": "compte unique des familles pour les services de l'école",
    "ENI": "écran numérique interactif",
    "ENT": "espace numérique de travail : cahier de textes, messagerie, documents",
    "EPCI": "intercommunalité",
    "ERP": "établissement qui reçoit du public, soumis à des règles de sécurité",
    "ERUN": "enseignant référent aux usages du numérique",
    "FCTVA": "fonds qui rend à la commune une part de sa TVA",
    "FTTE": "fibre pour les entreprises, dépannage garanti",
    "FTTH": "fibre jusqu'au bâtiment, offre courante",
    "FTTO": "fibre dédiée à un seul site, dépannage garanti",
    "GAR": "accès protégé des élèves aux ressources numériques",
    "GFU": "réseau de fibre réservé à un groupe, une commune par exemple",
    "GHz": "gigahertz : la bande radio d'un Wi-Fi",
    "GTI": "garantie de temps d'intervention après une panne",
    "GTR": "garantie de temps de rétablissement après une panne",
    "HDMI": "prise vidéo courante d'un écran ou d'un projecteur",
    "HT": "hors taxes",
    "IA": "intelligence artificielle",
    "IEN": "inspecteur de l'Éducation nationale de la circonscription",
    "INSEE": "institut national de la statistique, qui numérote les communes",
    "IP": "adresse d'un appareil sur le réseau",
    "IPS": "indice de position sociale des élèves",
    "IPv4": "adresses courantes des appareils sur Internet",
    "IPv6": "adresses récentes des appareils sur Internet",
    "LAN": "réseau local, celui de l'école",
    "LED": "éclairage ou source de lumière économe",
    "LSU": "livret scolaire de l'élève, en ligne",
    "MAC": "numéro d'un appareil sur le réseau",
    "Mbit/s": "mégabits par seconde : la vitesse d'un accès à Internet",
    "MDM": "logiciel qui gère à distance des tablettes",
    "MFP": "imprimante qui numérise aussi",
    "MHz": "mégahertz : la largeur d'un canal Wi-Fi",
    "NAS": "boîtier de stockage partagé sur le réseau",
    "NF": "norme française",
    "OM4": "catégorie d'une fibre entre deux baies",
    "ONDE": "fichier national des élèves du premier degré",
    "OS": "système d'exploitation d'un ordinateur",
    "PC": "ordinateur",
    "PoE": "alimentation d'un appareil par son câble réseau",
    "PPMS": "plan de mise en sûreté de l'école face aux risques",
    "PrimTux": "système libre fait pour l'école primaire",
    "RASED": "réseau d'aides aux élèves en difficulté",
    "REP": "réseau d'éducation prioritaire",
    "RGAA": "référentiel d'accessibilité des services publics en ligne",
    "RGPD": "règlement européen sur les données personnelles",
    "RJ11": "prise téléphonique",
    "RJ45": "prise réseau murale",
    "RPI": "regroupement pédagogique de plusieurs communes",
    "SDET": "cadre national des espaces numériques de travail",
    "SSD": "disque rapide d'un ordinateur",
    "SSID": "nom d'un réseau Wi-Fi",
    "TBI": "tableau blanc interactif",
    "THD": "très haut débit",
    "TNI": "tableau numérique interactif",
    "TPM": "puce de sécurité que Windows 11 exige",
    "TTC": "toutes taxes comprises",
    "TVA": "taxe sur la valeur ajoutée",
    "UAI": "numéro officiel d'une école",
    "ULIS": "unité d'enseignement pour élèves en situation de handicap",
    "UPE2A": "unité pour élèves arrivant d'un autre pays",
    "URL": "adresse d'une page",
    "USB": "prise d'un ordinateur pour clés et appareils",
    "VA": "voltampère : la puissance d'un onduleur",
    "VDSL": "accès à Internet par la ligne en cuivre, un peu plus rapide",
    "VGA": "ancienne prise vidéo",
    "VLAN": "réseau séparé d'un autre sur les mêmes câbles",
    "VPI": "vidéoprojecteur interactif",
    "VPN": "liaison protégée à distance",
    "WEP": "ancienne protection du Wi-Fi, à ne plus employer",
    "WPA": "protection d'un réseau Wi-Fi",
    "WPA2": "protection d'un réseau Wi-Fi",
    "WPA3": "protection récente d'un réseau Wi-Fi",
}
"""Term → what it means, in words of every day."""


def terms_in(text: str) -> tuple[str, ...]:
    """Return the terms of the glossary that a text uses, each a word of its own.

    Ten times faster than telling the words of a long document apart.
    """
    found = []
    for term in TERMS:
        at = text.find(term)
        while at >= 0:
            end = at + len(term)
            if not text[at - 1 : at].isalnum() and not text[end : end + 1].isalnum():
                found.append(term)
                break
            at = text.find(term, end)
    return tuple(sorted(found))


def glossary(text: str) -> Md:
    """Return the definitions of the terms that a text uses."""
    return definitions((term, TERMS[term]) for term in terms_in(text))
