"""A filter is tried with a control: what the site itself answered is never a block."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diag.model.measure import MeasureStatus
from diag.probes import FilterBasket, FilterCategory, ProbeFinding, Setting
from diag.probes.filtering import (
    BLOCKED,
    ENGINES,
    BothAnswers,
    NameVerdict,
    TryFilter,
    category_verdict,
    is_forced,
    same_targets,
    verdict_of,
)
from diag.probes.host import NameAnswer, Page
from tests.probes.fake_host import ISSUED, FakeHost

OUT, NEAR = "192.0.2.53", "192.168.1.1"
PUBLIC = NameAnswer(("93.184.216.34",), "NOERROR", 20.0)
SUNK = NameAnswer(("192.168.44.1",), "NOERROR", 0.1)
GONE = NameAnswer((), "NXDOMAIN", 1.0)
SITE = Page(200, issuer=ISSUED)
BETS = ("a.example", "b.example", "c.example")
BASKET = FilterBasket(
    "Syndicat",
    "2026-09-01",
    ("www.example", "info.example"),
    (FilterCategory("Jeux d'argent", BETS),),
    OUT,
    "https://doh.example/dns-query",
)
PROBE = TryFilter(BASKET)


def tried(
    page: Page, near: NameAnswer = PUBLIC, outside: NameAnswer = PUBLIC
) -> tuple[Page, BothAnswers]:
    return page, BothAnswers(near, outside)


@pytest.mark.parametrize(
    ("seen", "verdict"),
    [
        (tried(SITE), NameVerdict.OPEN),
        (tried(Page(403, issuer=ISSUED)), NameVerdict.OPEN),
        (
            tried(Page(301, headers={"location": "https://else.example"})),
            NameVerdict.OPEN,
        ),
        (tried(Page(problem="timeout"), SUNK), NameVerdict.NAME),
        (tried(Page(200, issuer="Box"), SUNK), NameVerdict.NAME),
        (tried(Page(problem="name"), GONE), NameVerdict.NAME),
        (tried(Page(problem="name"), GONE, GONE), NameVerdict.UNKNOWN),
        (
            tried(Page(problem="name"), NameAnswer(("0.0.0.0",), "NOERROR")),
            NameVerdict.NAME,
        ),
        (tried(Page(403, issuer="Pare-feu")), NameVerdict.PAGE),
        (tried(Page(451)), NameVerdict.PAGE),
        (tried(Page(problem="proxy")), NameVerdict.PAGE),
        (tried(Page(problem="tls")), NameVerdict.PAGE),
        (tried(Page(problem="reset")), NameVerdict.CUT),
        (tried(Page(problem="timeout")), NameVerdict.CUT),
        (
            tried(Page(problem="timeout"), NameAnswer(), NameAnswer()),
            NameVerdict.UNKNOWN,
        ),
        (tried(Page(problem="other")), NameVerdict.UNKNOWN),
    ],
)
def test_what_came_back_is_told_apart(
    seen: tuple[Page, BothAnswers], verdict: NameVerdict
) -> None:
    assert verdict_of(*seen) is verdict


def test_a_page_where_several_sites_are_sent_is_a_block_page() -> None:
    sent = Page(302, headers={"location": "https://blocage.ecole.test/?u=1"})
    own = Page(301, headers={"location": "https://www.a.example/"})
    common = same_targets([("a.example", sent), ("b.test", sent), ("www.example", own)])
    assert common == {"blocage.ecole.test"}
    assert verdict_of(*tried(sent), common) is NameVerdict.PAGE
    assert verdict_of(*tried(own), common) is NameVerdict.OPEN


VERDICTS = st.sampled_from(NameVerdict)


@given(st.lists(VERDICTS, min_size=3, max_size=3), st.lists(VERDICTS, max_size=3))
def test_nothing_is_concluded_without_control(
    seen: list[NameVerdict], control: list[NameVerdict]
) -> None:
    is_blocked, why = category_verdict(seen, control)
    reachable = control.count(NameVerdict.OPEN)
    if reachable < 2:
        assert is_blocked is None
    if is_blocked:
        assert sum(one in BLOCKED for one in seen) >= 2
    if is_blocked is False:
        assert seen.count(NameVerdict.OPEN) >= 2
    assert bool(why) == (is_blocked is None)


def school(**more: object) -> FakeHost:
    """Return a school whose resolver blocks bets, and whose other sites answer."""
    hosts = (*BASKET.control, *BETS)
    names = {(OUT, one): PUBLIC for one in hosts}
    names |= {(NEAR, one): PUBLIC for one in BASKET.control}
    names |= {(NEAR, one): SUNK for one in BETS}
    host = FakeHost(
        pages={f"https://{one}/": SITE for one in BASKET.control}, names=names
    )
    return replace(host, **more)  # type: ignore[arg-type]


async def found_by(host: FakeHost) -> dict[str, ProbeFinding]:
    found = [one async for one in PROBE.run(Setting(host))]
    assert {one.key for one in found} <= {*PROBE.produces}
    return {f"{one.key} {one.method}".strip(): one for one in found}


async def test_a_resolver_outside_that_a_school_closes_is_not_waited_for() -> None:
    host = school()
    closed = {key: one for key, one in host.names.items() if key[0] != OUT}
    host = replace(host, names=closed)
    found = await found_by(host)
    assert sum(line.startswith(f"{OUT} ") for line in host.asked) == 3, "2 s each"
    assert found["filtrage.categorie direct"].value is True
    assert found["filtrage.safesearch"].status is MeasureStatus.INCONCLUSIVE


async def test_a_category_is_blocked_and_its_sites_are_counted() -> None:
    host = school()
    found = await found_by(host)
    category = found["filtrage.categorie direct"]
    assert (category.value, category.target) == (True, "Jeux d'argent")
    assert found["filtrage.adresses_testees"].value == 3
    assert found["filtrage.adresses_bloquees"].value == 3
    assert {line.split()[0] for line in host.asked if "https" in line} <= {
        "HEAD",
        "GET",
    }
    asked = [line for line in host.asked if line.startswith("GET")]
    assert asked == [f"GET {BASKET.doh}?dns=AAABAAABAAAAAAAAB2V4YW1wbGUDb3JnAAABAAE"]


async def test_without_control_nothing_is_counted() -> None:
    found = await found_by(school(pages={}))
    assert found["filtrage.categorie direct"].status is MeasureStatus.INCONCLUSIVE
    assert "témoins" in found["filtrage.categorie direct"].why
    assert "filtrage.adresses_bloquees" not in found


async def test_a_filter_of_the_browser_only_is_seen_by_the_difference() -> None:
    sites = {f"https://{one}/": SITE for one in (*BASKET.control, *BETS)}
    names = {
        (server, one): PUBLIC
        for one in (*BASKET.control, *BETS)
        for server in (NEAR, OUT)
    }
    by_proxy = {**sites, **{f"https://{one}/": Page(problem="proxy") for one in BETS}}
    host = school(
        pages=sites, names=names, through_proxy=by_proxy, proxy="http://proxy.test:1"
    )
    found = await found_by(host)
    assert found["filtrage.categorie direct"].value is False
    assert found["filtrage.categorie proxy"].value is True
    assert found["filtrage.adresses_bloquees"].value == 3, "as a browser goes"
    assert found["filtrage.contournable"].value is True
    assert "sans le proxy" in found["filtrage.contournable"].why


async def test_another_resolver_goes_round_the_filter() -> None:
    found = await found_by(school())
    way = found["filtrage.contournable"]
    assert way.value is True
    assert "3 noms bloqués se résolvent par 192.0.2.53" in way.why
    blind = {key: one for key, one in school().names.items() if key[0] == NEAR}
    found = await found_by(school(names=blind))
    assert found["filtrage.contournable"].value is False
    doh = Page(200, headers={"content-type": "application/dns-message"})
    pages = {
        **school().pages,
        f"{BASKET.doh}?dns=AAABAAABAAAAAAAAB2V4YW1wbGUDb3JnAAABAAE": doh,
    }
    found = await found_by(school(names=blind, pages=pages))
    assert found["filtrage.contournable"].value is True
    assert "DoH" in found["filtrage.contournable"].why


async def test_forced_safe_search_is_seen_by_its_address() -> None:
    strict = NameAnswer(("216.239.38.120",), "NOERROR")
    names = dict(school().names)
    for engine, forcing in ENGINES.items():
        names |= {(OUT, forcing): strict, (OUT, engine): PUBLIC, (NEAR, engine): PUBLIC}
    names[NEAR, "www.google.com"] = strict
    found = await found_by(school(names=names))
    safe = found["filtrage.safesearch"]
    assert (safe.value, safe.stats["n"]) == (1, 4)
    assert "www.bing.com" in safe.why
    found = await found_by(school())
    assert found["filtrage.safesearch"].status is MeasureStatus.INCONCLUSIVE


def test_an_engine_that_is_strict_everywhere_shows_nothing() -> None:
    assert is_forced(["1"], ["1"], ["2"]) is True
    assert is_forced(["2"], ["1"], ["2"]) is False
    assert is_forced(["1"], ["1"], ["1"]) is None
    assert is_forced([], ["1"], ["2"]) is None


def test_nothing_is_tried_unless_the_basket_has_its_control() -> None:
    lone = replace(BASKET, control=("www.example",))
    assert "témoins" in TryFilter(lone).missing(Setting(FakeHost()))
    assert not PROBE.missing(Setting(FakeHost()))
    plan = PROBE.plan(Setting(school()))
    assert plan.targets == (*BASKET.control, *BETS)
    assert plan.packets == 5 + 10 + 12
