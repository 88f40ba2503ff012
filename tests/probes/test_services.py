"""Services are asked politely, both ways, and what fails is named."""

from diag.model.measure import MeasureStatus
from diag.probes import ProbeFinding, SchoolService, Setting
from diag.probes.host import Page
from diag.probes.mire import mire_at
from diag.probes.services import PROXY, AccessProbe, ReachServices
from tests.probes.fake_host import ISSUED, FakeHost

ENT, PIX = "https://ent.example/", "https://pix.example/"
PROBE = ReachServices((SchoolService("ENT", ENT), SchoolService("Pix", PIX)))
GOOD = Page(200, seconds=0.08, issuer=ISSUED)


async def found_by(host: FakeHost) -> list[ProbeFinding]:
    return [one async for one in PROBE.run(Setting(host))]


def only(found: list[ProbeFinding], key: str, method: str = "") -> list[ProbeFinding]:
    return [one for one in found if one.key == key and method in {"", one.method}]


async def test_each_service_answers_or_is_named_with_its_reason() -> None:
    host = FakeHost(pages={ENT: GOOD, PIX: Page(problem="name")})
    found = await found_by(host)
    (count,) = only(found, "services.joignables")
    assert (count.value, count.stats["n"], count.why) == (1, 2, "Sans réponse : Pix.")
    pix = next(one for one in only(found, "services.joignable") if one.target == "Pix")
    assert pix.value is False
    assert "ne se résout pas" in pix.why
    assert {one.key for one in found} <= {*PROBE.produces}
    assert sorted(host.asked) == [f"HEAD {ENT}", f"HEAD {PIX}"]


async def test_a_server_that_knows_no_head_is_asked_for_its_page() -> None:
    host = FakeHost(pages={ENT: Page(405, issuer=ISSUED), PIX: GOOD})
    await found_by(host)
    assert f"GET {ENT}" in host.asked
    assert f"GET {PIX}" not in host.asked


async def test_the_proxy_and_the_direct_way_are_two_answers() -> None:
    host = FakeHost(
        pages={ENT: GOOD, PIX: GOOD},
        through_proxy={ENT: GOOD, PIX: Page(problem="proxy")},
        proxy="http://proxy.test:3128",
    )
    found = await found_by(host)
    assert only(found, "services.joignables", "direct")[0].value == 2
    assert only(found, "services.joignables", "proxy")[0].value == 1
    assert PROBE.plan(Setting(host)).packets == 8


async def test_a_file_that_chooses_the_proxy_is_not_followed_and_that_is_said() -> None:
    pages = {ENT: GOOD, PIX: GOOD}
    (count,) = only(await found_by(FakeHost(pages=pages)), "services.joignables")
    assert count.doubts == ()
    host = FakeHost(pages=pages, has_file=True)
    (count,) = only(await found_by(host), "services.joignables")
    assert "PAC" in count.doubts[0]
    mire = mire_at("mire.test")
    got = [one async for one in AccessProbe().run(Setting(host, mire))]
    (proxy,) = only(got, PROXY)
    assert "PAC" in proxy.why


async def test_a_signer_of_everything_is_an_inspection() -> None:
    seen = Page(200, issuer="Pare-feu académique")
    (found,) = only(
        await found_by(FakeHost(pages={ENT: seen, PIX: seen})), "services.inspection"
    )
    assert found.value is True
    assert "Pare-feu académique" in found.why
    (found,) = only(
        await found_by(FakeHost(pages={ENT: GOOD, PIX: GOOD})), "services.inspection"
    )
    assert found.value is False
    (found,) = only(await found_by(FakeHost()), "services.inspection")
    assert found.status is MeasureStatus.INCONCLUSIVE


def test_without_a_list_it_says_who_writes_it() -> None:
    words = ReachServices(()).missing(Setting(FakeHost()))
    assert "overlay/mesures.yaml" in words
    assert not PROBE.missing(Setting(FakeHost()))
