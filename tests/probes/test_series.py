"""Every measure that a key may give has its French words."""

from dataclasses import replace

from diag.audit.evidence import measured_label, measured_value
from diag.model.measure import MeasureContext, MeasureSeries
from diag.probes import MeasureLists, Risk, Setting
from diag.probes.line import LatencyProbe
from diag.probes.mire import mire_at
from diag.probes.run import probes_of
from diag.words.vocabulary import MEASURED
from tests.probes.builders import measured
from tests.probes.fake_host import FakeHost


def test_every_measure_has_its_words() -> None:
    probes = [one for each in MeasureSeries for one in probes_of(each, MeasureLists())]
    produced = {key for one in probes for key in one.produces}
    assert produced <= MEASURED.keys()
    assert MEASURED.keys() - produced == {"wifi.dit_eteint"}


def test_only_the_series_of_the_line_fills_it() -> None:
    for series in MeasureSeries:
        risks = {one.risk for one in probes_of(series, MeasureLists())}
        assert (Risk.LOAD in risks) == (series is MeasureSeries.LINE)


def test_by_cable_a_room_has_no_latency_of_its_own() -> None:
    room = Setting(FakeHost(), mire_at("mire.test"), room="Classe CP")
    wired = replace(room, context=MeasureContext(is_wired=True))
    assert not LatencyProbe().missing(room)
    assert "en Wi-Fi" in LatencyProbe().missing(wired)
    assert not LatencyProbe().missing(replace(wired, room=""))


def test_a_measure_is_read_by_people() -> None:
    assert measured_value(measured(value=48.27)) == "48,27\u00a0Mbit/s"
    assert (
        measured_value(measured(value=None, status="inconclusive")) == "non concluant"
    )
    assert measured_value(measured(key="poste.vpn", value=None, unit="")) == "mesuré"
    ent = measured(key="services.joignable", unit="", target="ENT", method="proxy")
    assert measured_label(ent) == "Service joignable : ENT (proxy)"
    assert measured_label(measured(key="wifi.latence", unit="ms")) == "Latence"
