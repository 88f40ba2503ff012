"""Which probes a person runs together: one key, one series."""

from diag.model.measure import MeasureSeries
from diag.probes.access import AccessProbe
from diag.probes.context import ReadConnection
from diag.probes.filtering import TryFilter
from diag.probes.latency import FEW_TRIES, LatencyProbe, NamesProbe
from diag.probes.lists import MeasureLists
from diag.probes.probe import Probe
from diag.probes.services import ReachServices
from diag.probes.throughput import ThroughputProbe
from diag.probes.wifi import HearWifi


def probes_of(
    series: MeasureSeries, lists: MeasureLists, *, said_off: bool = False
) -> tuple[Probe, ...]:
    """Return the probes of a series, in the order in which they run.

    `said_off`: somebody declared the Wi-Fi of the room off.
    """
    match series:
        case MeasureSeries.QUICK:
            return (
                ReadConnection(),
                NamesProbe(),
                AccessProbe(),
                LatencyProbe(),
                ReachServices(lists.services),
                TryFilter(lists.basket),
            )
        case MeasureSeries.LINE:
            return (ThroughputProbe(),)
        case MeasureSeries.ROOM:
            return (HearWifi(said_off=said_off), LatencyProbe(FEW_TRIES))
