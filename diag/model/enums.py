"""The closed lists of words that everything is filed under.

They stand apart from the nouns that use them, so that a list of schools is read
without pydantic, which costs as much as the screen that shows it.
"""

from enum import StrEnum


class PlaceKind(StrEnum):
    """The kinds of places, from the widest to the smallest."""

    SYNDICAT = "syndicat"
    COMMUNE = "commune"
    ECOLE = "ecole"
    BATIMENT = "batiment"
    SALLE = "salle"
    LOT = "lot"


class Audience(StrEnum):
    """To whom a report speaks."""

    MAIRIE = "mairie"
    EQUIPE = "equipe"
    ACADEMIE = "academie"
    TECHNIQUE = "technique"
    RESERVE = "reserve"

    @property
    def votes(self) -> bool:
        """Whether it is the council's: it decides and pays."""
        return self is Audience.MAIRIE

    @property
    def teaches(self) -> bool:
        """Whether it is the school's own."""
        return self is Audience.EQUIPE

    @property
    def oversees(self) -> bool:
        """Whether it is of the national education, above the school."""
        return self is Audience.ACADEMIE

    @property
    def reads_reserved(self) -> bool:
        """Whether its document prints what a sensitive answer speaks through.

        It is handed over: no message carries it, no other document knows of it.
        """
        return self is Audience.RESERVE

    @property
    def reads_every_place(self) -> bool:
        """Whether a sentence to it names all the places, however many."""
        return self in {Audience.TECHNIQUE, Audience.RESERVE}


READERS = tuple(one for one in Audience if not one.reads_reserved)
"""Whom a recommendation has words for; who gets a document unless asked otherwise."""

USUAL_READER = Audience.MAIRIE
"""Whose words screens and lists print."""

WORKING_READER = Audience.TECHNIQUE
"""Whose words the auditor reads while at work: nothing is hidden from them."""


class AuditStatus(StrEnum):
    """Where an audit stands; anything but `clos` prints « provisoire »."""

    EN_COURS = "en_cours"
    SOUMIS = "soumis"
    ACCEPTE = "accepte"
    RETOURNE = "retourne"
    CLOS = "clos"


UNDER_WAY = frozenset({AuditStatus.EN_COURS, AuditStatus.RETOURNE})
"""An audit that is visited: its minutes are counted, lists may still propose."""


class QuestionType(StrEnum):
    """How a fact is typed."""

    CHOICE = "choice"
    CHOICES = "choices"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    DATE = "date"
    TEXT = "text"
    PHOTO = "photo"


class Kind(StrEnum):
    """How a criterion weighs."""

    COMPLIANCE = "compliance"
    """A law, or what the ministry asks: an alert, never averaged."""
    BLOCKING = "blocking"
    """Without it the rest is useless: part of the socle."""
    IMPROVEMENT = "improvement"


class Nature(StrEnum):
    """What a criterion rests on: only the first two can be broken."""

    LOI = "loi"
    """A law or a regulation, the Union's included."""
    CONSIGNE = "consigne"
    """What the ministry asks: a circulaire, a frame of reference."""
    SECURITE = "securite"
    """The safety of people, as it was seen."""
    AIDE = "aide"
    """A condition of a subsidy."""
    RECOMMANDATION = "recommandation"
    """What an authority advises."""
    USAGE = "usage"
    """What the trade knows."""

    @property
    def binds(self) -> bool:
        """Whether it is a rule, that one respects or breaks."""
        return self in {Nature.LOI, Nature.CONSIGNE}


class Party(StrEnum):
    """Who must respect a rule."""

    COMMUNE = "commune"
    ECOLE = "ecole"
    ACADEMIE = "academie"
    SYNDICAT = "syndicat"
    EDITEUR = "editeur"


class Direction(StrEnum):
    """In which direction a fact gets better."""

    UP = "up"
    DOWN = "down"


class Profile(StrEnum):
    """What a visit asks: each asks what the one before asks, and more."""

    SHORT = "short"
    """Half an hour: the law, and what the rest needs."""
    STANDARD = "standard"
    """Up to an hour and a half."""
    FULL = "full"
    """Everything."""

    def asks(self, question: "Profile") -> bool:
        """Say whether a visit this long asks a question of that profile."""
        if self is Profile.FULL:
            return True
        order = tuple(Profile)
        return order.index(question) <= order.index(self)

    @property
    def minutes(self) -> int:
        """The minutes that it stood for, when a length was chosen by its name."""
        return _MINUTES[self]

    @classmethod
    def within(cls, minutes: int) -> "Profile":
        """Return what a visit of so many minutes asks."""
        if minutes >= _MINUTES[cls.FULL]:
            return cls.FULL
        return cls.STANDARD if minutes >= _MINUTES[cls.STANDARD] else cls.SHORT


_MINUTES = {Profile.SHORT: 30, Profile.STANDARD: 45, Profile.FULL: 90}


class WithoutYear(StrEnum):
    """Which day a day and a month alone stand for."""

    PAST = "past"
    COMING = "coming"


class Moment(StrEnum):
    """When a fact is collected, and where one stands then."""

    IMPORT = "import"
    BUREAU = "bureau"
    MAIRIE = "mairie"
    PRESTATAIRE = "prestataire"
    COULOIR = "couloir"
    """With the head teacher, standing, on the day of the visit."""
    TOUR = "tour"
    COFFRET = "coffret"
    DIRECTION = "direction"
    """On the questionnaire that the head teacher fills."""
    EQUIPE = "equipe"
    ESSAIS = "essais"
    COMMUNE = "commune"
    SYNDICAT = "syndicat"


class Owner(StrEnum):
    """Who acts."""

    COMMUNE = "commune"
    SYNDICAT = "syndicat"
    ECOLE = "ecole"
    ACADEMIE = "academie"
    PRESTATAIRE = "prestataire"


class BudgetSection(StrEnum):
    """Under which section of its budget a commune pays for something."""

    INVESTISSEMENT = "investissement"
    FONCTIONNEMENT = "fonctionnement"
    TRAVAUX = "travaux"
    """Works on the building: an investment, outside the digital budget."""
    A_CONFIRMER = "a_confirmer"
    """The accountant says: nothing read gives one, or two are possible."""


class FinanceTopic(StrEnum):
    """What a dated rule of local finances is about."""

    SECTION = "section"
    FCTVA = "fctva"
    CALENDRIER = "calendrier"
    AIDE = "aide"
    ACHAT = "achat"


class Milestone(StrEnum):
    """What happens on a day of every year that a council works towards."""

    BESOINS = "besoins"
    """Last day on which needs of the next budget are settled."""
    DEBAT = "debat"
    """When the council talks over where its budget goes."""
    PROJET = "projet"
    """Last day on which the council is handed the budget to vote."""
    BUDGET = "budget"
    """Last day on which a budget is voted."""
    AIDE = "aide"
    """When applications for aid are taken, or were."""
    TRAVAUX = "travaux"
    """When the rooms are empty."""


class Trade(StrEnum):
    """Whose craft an action takes."""

    ELECTRICITE = "electricite"
    RESEAU = "reseau"
    SALLES = "salles"
    APPAREILS = "appareils"
    SERVICES = "services"
    FORMATION = "formation"


class State(StrEnum):
    """How far a fact is known; exists for every question, beside its value."""

    KNOWN = "known"
    UNKNOWN = "unknown"
    NOT_APPLICABLE = "not_applicable"
    REFUSED = "refused"


class Provenance(StrEnum):
    """How a fact became known."""

    MEASURED = "measured"
    OBSERVED = "observed"
    DECLARED = "declared"
    IMPORTED = "imported"
    CARRIED = "carried"
    """From the previous audit, confirmed « toujours vrai »."""


class ProposalSource(StrEnum):
    """Where a proposed answer comes from."""

    FORM = "form"
    """A form that came back as a file."""
    PHONE = "phone"
    """A sheet filled on a phone, in the school."""
    IMPORT = "import"
    MEASURE = "measure"


class Standing(StrEnum):
    """Whether something applies."""

    IN = "in"
    MAYBE = "maybe"
    OUT = "out"
    """Sans objet."""


class Compliance(StrEnum):
    """What a compliance criterion gives; never averaged."""

    CONFORME = "conforme"
    NON_CONFORME = "non_conforme"
    A_VERIFIER = "a_verifier"
    SANS_OBJET = "sans_objet"


class Socle(StrEnum):
    """Whether everything blocking holds."""

    ATTEINT = "atteint"
    ATTEINT_SAUF = "atteint_sauf"
    """Enough of the places hold; those that do not are named."""
    NON_ATTEINT = "non_atteint"
    INDETERMINE = "indetermine"
    SANS_OBJET = "sans_objet"


class Trigger(StrEnum):
    """How sure a recommendation is."""

    FIRES = "fires"
    TO_CONFIRM = "to_confirm"
    """The criterion may stand too low: outside totals."""


class Gate(StrEnum):
    """Whether what must come first holds."""

    OPEN = "open"
    CHECK_FIRST = "check_first"
    """A prerequisite is unknown: « à vérifier d'abord »."""
    WAITS = "waits"
    """A prerequisite fails: conditionnelle."""


class FollowUpState(StrEnum):
    """What became of a recommendation."""

    PROPOSEE = "proposee"
    DECIDEE = "decidee"
    FINANCEE = "financee"
    COMMANDEE = "commandee"
    FAITE = "faite"
    VERIFIEE = "verifiee"
    ECARTEE = "ecartee"


class Decision(StrEnum):
    """What a council decided of a vote."""

    OUI = "oui"
    NON = "non"
    AJOURNE = "ajourne"


class Aside(StrEnum):
    """Why an action takes no vote of the council."""

    DANGER = "danger"
    """To be stopped on receipt."""
    FREE = "free"
    """It costs nothing."""
    SMALL = "small"
    """A small expense: open credits pay it."""
    INCLUDED = "included"
    """Another action pays for all of it."""
    DECIDED = "decided"
    """It was decided already."""
    OTHERS = "others"
    """The council has no part in it."""
    RESERVE = "reserve"
    """A flat sum for what no public page may name."""


class Pending(StrEnum):
    """Why what falls short cannot be voted yet."""

    QUANTITY = "quantity"
    """Nobody knows how many."""
    PRICE = "price"
    """The highest price is far above the lowest."""
    WORKS = "works"
    """Works on the building, outside the digital budget."""
    LATER = "later"
    """After the three budgets."""
    TO_CONFIRM = "to_confirm"
    """A check comes first."""
    CLOSED = "closed"
    """Done or set aside, and still found."""
    NO_ACTION = "no_action"
    """Nothing in the checklists cures it as it stands."""


class Outcome(StrEnum):
    """What a body decided."""

    ADOPTE = "adopte"
    AJOURNE = "ajourne"
    REJETE = "rejete"
    AVIS = "avis"


class Participant(StrEnum):
    """In what role somebody speaks."""

    ELU = "elu"
    DIRECTION = "direction"
    ENSEIGNANT = "enseignant"
    PARENT = "parent"
    ELEVE = "eleve"
    AGENT = "agent"
    ACADEMIE = "academie"
    AUTRE = "autre"
