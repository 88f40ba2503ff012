"""A programme opened: found by its name, written in the journal as an audit is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any
from uuid import UUID

from diag.journal import changes, subjects
from diag.journal.revision import Json, NewRevision, Revision, dumps
from diag.model.audit import Audit, Auditee, audit_id
from diag.model.base import Noun
from diag.model.codes import PROGRAMMES, is_campaign
from diag.model.errors import DiagError
from diag.model.programme import ProgrammeFrame, Variant
from diag.programme.record import FRAME, Record, Stated, contested, record_of, stated_in
from diag.workspace.subjects import programmes, syndicat_auditee
from diag.workspace.workspace import Workspace


@dataclass(frozen=True)
class Container:
    """One programme of one syndicat, and what stands in it when it was opened."""

    workspace: Workspace
    audit: Audit
    about: Auditee
    """The syndicat."""

    @property
    def slug(self) -> str:
        """How commands name it."""
        return self.audit.campaign.removeprefix(PROGRAMMES)

    @cached_property
    def stated(self) -> Mapping[str, Stated]:
        """What people wrote, by subject."""
        return stated_in(self.workspace.journal, self.audit.id)

    @property
    def contested(self) -> Mapping[str, Stated]:
        """What people wrote apart and nobody has settled yet."""
        return contested(self.stated)

    def record(self, variant: str = "") -> Record:
        """Return what stands, as the variant of that id has it."""
        if variant not in self._records:
            self._records[variant] = record_of(self.stated, variant)
        return self._records[variant]

    @cached_property
    def _records(self) -> dict[str, Record]:
        """What was read already, by variant: 1,200 envelopes take 29 ms."""
        return {}

    @property
    def inputs(self) -> str:
        """SHA-256 of all that stands, to know whether it changed since."""
        kept = {
            name: list(one.values)
            for name, one in self.stated.items()
            if not name.startswith((subjects.ADOPTIONS, subjects.DECISIONS))
        }
        return sha256(dumps(kept).encode()).hexdigest()

    def reopened(self) -> "Container":
        """Return the same programme, read anew."""
        return Container(self.workspace, self.audit, self.about)

    def write(self, *drafts: NewRevision) -> tuple[Revision, ...]:
        """Write several things in one durable commit.

        Raises:
            DiagError: when nothing could be written.
        """
        journal = self.workspace.journal
        return journal.write_many(drafts, self.workspace.origin)

    def draft(
        self, subject: str, value: Noun | Mapping[str, Any] | None
    ) -> NewRevision:
        """Return a change of one subject, not written; None takes it away."""
        if value is None:
            return NewRevision(self.audit.id, subject, op="del")
        kept: Json = dict(value) if isinstance(value, Mapping) else plain(value)
        return NewRevision(self.audit.id, subject, kept)

    def fresh(self) -> str:
        """Return the id of something new."""
        nonce = self.workspace.world.nonce
        return str(UUID(bytes=nonce() + nonce(), version=4))

    def variant_named(self, name: str) -> str:
        """Return the id of a variant, by its name or the start of its id.

        Raises:
            DiagError: none has it, or several do.
        """
        if not name:
            return ""
        known = self.record().variants
        wanted = name.strip().casefold()
        found = [name for name, one in known.items() if one.name.casefold() == wanted]
        found = found or [name for name in known if wanted and name.startswith(wanted)]
        if len(found) == 1:
            return found[0]
        if found:
            idents = ", ".join(one[:8] for one in found)
            raise DiagError(f"Plusieurs variantes « {name[:40]} » : {idents}.")
        shown = ", ".join(f"« {one.name} »" for one in known.values()) or "aucune"
        raise DiagError(f"Pas de variante « {name[:40]} ». Il y a : {shown}.")

    def varied(self, variant: str, changed: Mapping[str, Json]) -> NewRevision:
        """Return a draft that lays more changes over the programme, in a variant."""
        known = self.record().variants[variant]
        sets = {**known.sets, **changed}
        return self.draft(
            subjects.programme(subjects.VARIANTS, variant),
            Variant(name=known.name, why=known.why, sets=sets),
        )


def plain(noun: Noun) -> dict[str, Json]:
    """Return a noun as the journal keeps it: what is usual is left out."""
    found: dict[str, Json] = noun.model_dump(
        mode="json", by_alias=True, exclude_defaults=True
    )
    return found


def create(
    workspace: Workspace, slug: str, frame: ProgrammeFrame, siren: str = ""
) -> Container:
    """Open a new programme of a syndicat; one's own without a SIREN.

    Raises:
        DiagError: a bad name, an unknown syndicat, or it is there already.
    """
    campaign = f"{PROGRAMMES}{slug}"
    if not is_campaign(campaign):
        raise DiagError(
            f"« {slug[:40]} » ne peut pas nommer un programme : minuscules, chiffres "
            "et tirets, 30 caractères au plus. Par exemple : 2027-2031.",
            about="name",
        )
    if not (siren or workspace.settings.siren):
        raise DiagError(
            "Un programme est celui d'un syndicat, et le SIREN du vôtre n'est pas "
            "encore connu. Donnez-le.",
            command=f"diag programme new {slug} --first {frame.first} --siren SIREN",
        )
    about = syndicat_auditee(workspace, siren)
    ident = audit_id(campaign, about.subject)
    audit = Audit(id=ident, campaign=campaign, subject=about.subject)
    made = Container(workspace, audit, about)
    if made.stated:
        raise DiagError(
            f"Le programme {slug} existe déjà. Voyez-le.",
            command=f"diag programme show --programme {slug}",
        )
    made.write(changes.opened(ident, campaign, about.subject), made.draft(FRAME, frame))
    return made.reopened()


def opened(workspace: Workspace, slug: str = "") -> Container:
    """Return a programme by its name; the only one, when none is given.

    Raises:
        DiagError: there is none of that name, or several and none is named.
    """
    known = all_of(workspace)
    found = [one for one in known if slug in {"", one.slug}]
    if len(found) == 1:
        found[0].workspace.journal.check(found[0].audit.id)
        return found[0]
    if not known:
        raise DiagError(
            "Aucun programme pluriannuel ici. Ouvrez-en un.",
            command="diag programme new 2027-2031 --first 2027",
        )
    names = ", ".join(one.slug for one in known)
    raise DiagError(
        f"Pas de programme « {slug[:40]} ». Il y a : {names}."
        if slug
        else f"Plusieurs programmes : {names}. Nommez-en un : --programme NOM."
    )


def all_of(workspace: Workspace) -> Sequence[Container]:
    """Return every programme here, in the order in which they came."""
    return [
        Container(workspace, one, syndicat_auditee(workspace, one.subject.code))
        for one in programmes(workspace.journal)
    ]
