"""What `diag measure` wrote, read again with no more trust than any other file."""

from collections.abc import Iterator
from typing import Any

from diag.imports.evidence.reading import (
    EvidenceRead,
    EvidenceRefusedError,
    entry_of,
    json_documents,
)
from diag.model.measure import (
    FORMAT,
    SAID_OFF,
    VERSION,
    MeasuredFigure,
    MeasureFile,
    Measurement,
    MeasureRun,
    MeasureStatus,
    run_check,
)


def read_measures(raw: bytes) -> EvidenceRead:
    """Read a run of our own.

    Raises:
        EvidenceRefusedError: damaged, cut, or of a later version.
    """
    return evidence_of_run(read_run(raw))


def read_run(raw: bytes) -> MeasureRun:
    """Return a run as it was written.

    Raises:
        EvidenceRefusedError: as for `read_measures`.
    """
    documents, is_whole = json_documents(raw)
    document: Any = documents[0]
    version = entry_of(document).get("version")
    if isinstance(version, int) and version > VERSION:
        raise EvidenceRefusedError(
            "Ces mesures viennent d'une version plus récente de diag. Mettez celle-ci "
            "à jour pour les lire."
        )
    try:
        file = MeasureFile.model_validate(document)
        is_whole = is_whole and run_check(entry_of(document)["run"]) == file.check
    except ValueError as error:
        raise _damaged() from error
    if not is_whole or len(documents) > 1:
        raise _damaged()
    return file.run


def _damaged() -> EvidenceRefusedError:
    return EvidenceRefusedError(
        f"Ce fichier « {FORMAT} » est coupé ou abîmé : rien n'en est lu. Refaites la "
        "mesure, ou reprenez le fichier d'origine."
    )


def evidence_of_run(run: MeasureRun) -> EvidenceRead:
    """Return what a run holds, as any tool's file holds it."""
    remarks = [
        f"{one.key} : {one.why}"
        for one in run.measurements
        if one.why and one.status is not MeasureStatus.OK
    ]
    if run.is_cut:
        remarks.append("Arrêtée avant la fin : ce qui était mesuré est gardé.")
    return EvidenceRead(
        tool="Mesures de diag",
        on=run.started_at.date().isoformat(),
        figures=tuple(_figures(run.measurements)),
        networks=run.heard,
        people=(signed.by, signed.told) if (signed := run.authorisation) else (),
        remarks=tuple(remarks),
        is_telling=all(one.key != SAID_OFF for one in run.measurements),
    )


def _figures(measurements: tuple[Measurement, ...]) -> Iterator[MeasuredFigure]:
    for one in measurements:
        if one.value is None or one.status not in _WORTH:
            continue
        yield MeasuredFigure(
            key=one.key,
            value=one.value,
            confidence=one.confidence,
            reasons=one.reasons,
            at=one.started_at,
            is_controlled=one.is_controlled,
        )


_WORTH = {MeasureStatus.OK, MeasureStatus.PARTIAL}
