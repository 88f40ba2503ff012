"""The words that several forms read: identifiers, closed lists, small numbers."""

from typing import Annotated

from diag.checklist.fields import one_of, whole, word
from diag.model.checklist import AidState
from diag.model.enums import (
    BudgetSection,
    FinanceTopic,
    Kind,
    Moment,
    Nature,
    Owner,
    Party,
    PlaceKind,
    Profile,
    Provenance,
    QuestionType,
    Trade,
)

Name = Annotated[str, word("name", r"[a-z][a-z0-9_]*")]  # read by rules: no hyphen
Slug = Annotated[str, word("slug", r"[a-z][a-z0-9-]*")]
ChoiceId = Annotated[str, word("choice_id", r"[a-z0-9][a-z0-9_-]*")]
SourceId = Annotated[str, word("source", r"[A-Za-z][A-Za-z0-9-]*")]
AnyId = Annotated[str, word("ident", r"[a-z][a-z0-9_-]*")]
Ref = Annotated[str, word("ref", "[A-Z][A-Z0-9]{2}-[0-9]{2}[a-z]?")]
Department = Annotated[str, word("department", r"[0-9]{3}|02[AB]")]

Duration = Annotated[
    str, word("duration", r"P(?=[0-9])([0-9]+Y)?([0-9]+M)?([0-9]+W)?([0-9]+D)?")
]

Day = Annotated[str, word("date", r"[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?")]
LevelKey = Annotated[str, word("level", "[123]")]
Reached = Annotated[int, whole(1, 3)]
Weight = Annotated[int, whole(1, 100)]
OptionalWeight = Annotated[int, whole(0, 100)]
PlaceWord = Annotated[PlaceKind, one_of(*PlaceKind)]
QuestionTypeWord = Annotated[QuestionType, one_of(*QuestionType)]
KindWord = Annotated[Kind, one_of(*Kind)]
NatureWord = Annotated[Nature, one_of(*Nature)]
PartyWord = Annotated[Party, one_of(*Party)]
OwnerWord = Annotated[Owner, one_of(*Owner)]
TradeWord = Annotated[Trade, one_of(*Trade)]
ProfileWord = Annotated[Profile, one_of(*Profile)]
MomentWord = Annotated[Moment, one_of(*Moment)]
Whom = Annotated[
    str,
    one_of(
        *("direction", "baie", "salle", "lot", "equipe", "commune", "syndicat"),
        *("prestataire", "bureau", "fichier"),
    ),
]
Seconds = Annotated[int, whole(0, 3600)]
ProvenanceWord = Annotated[Provenance, one_of(*Provenance)]
SectionWord = Annotated[BudgetSection, one_of(*BudgetSection)]
FinanceTopicWord = Annotated[FinanceTopic, one_of(*FinanceTopic)]
AidStateWord = Annotated[AidState, one_of(*AidState)]
