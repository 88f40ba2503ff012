"""Runs and probes as tests need them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime

from diag.model.measure import (
    Authorisation,
    MeasureContext,
    Measurement,
    MeasureRun,
)
from diag.probes import Probe, ProbeFinding, ProbePlan, Risk, Setting

AUTHORISED = Authorisation(
    by="Mme Durand",
    role="maire",
    on="2026-09-02",
    scope="débit de l'accès, école du Bourg, le matin",
    told="M. Petit, par téléphone",
)
NOON = datetime(2026, 9, 8, 12, tzinfo=UTC)
DOWN, UP = "internet.debit_descendant", "internet.debit_montant"


def measured(
    key: str = DOWN, value: float | None = 48.2, **given: object
) -> Measurement:
    """Return a measurement of a line."""
    words = {
        "unit": "Mbit/s",
        "probe": "debit",
        "probe_version": "1",
        "started_at": NOON,
        "ended_at": NOON,
        **given,
    }
    return Measurement.model_validate({"key": key, "value": value, **words})


def run_of(*measurements: Measurement, **given: object) -> MeasureRun:
    """Return a run of them."""
    words = {
        "program": "diag 0",
        "subject": "ecole:0950001A",
        "started_at": NOON,
        "server": "http://mire.test/",
        "authorisation": AUTHORISED,
        "context": MeasureContext(is_wired=True, link_mbit=1000),
        **given,
    }
    return MeasureRun.model_validate({"measurements": measurements, **words})


@dataclass
class GivingProbe(Probe):
    """A probe that gives what it is told to, then perhaps stops or never ends."""

    gives: tuple[ProbeFinding, ...] = ()
    fails: BaseException | None = None
    endless: bool = False
    risk: Risk = Risk.REQUESTS
    seconds: float = 5.0
    lacks: str = ""
    name: str = "essai"
    version: str = "1"
    title: str = "Essai"
    produces: tuple[str, ...] = ("internet.essai",)

    def missing(self, setting: Setting) -> str:
        return self.lacks

    def plan(self, setting: Setting) -> ProbePlan:
        return ProbePlan(seconds=self.seconds)

    async def run(self, setting: Setting) -> AsyncGenerator[ProbeFinding, None]:
        import asyncio  # noqa: PLC0415

        for one in self.gives:
            yield one
        if self.fails:
            raise self.fails
        if self.endless:
            await asyncio.Event().wait()
