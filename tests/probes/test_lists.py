"""The syndicat's lists are followed, or refused with the line that is wrong."""

from pathlib import Path

import pytest

from diag.checklist import shipped_checklists
from diag.checklist.load import load_checklists
from diag.checklist.overlay import MEASURES
from diag.probes import FilterBasket, MeasureLists, SchoolService, measure_lists
from diag.workspace.editions import has_changes

WHOLE = """
mire: "https://mire.example.fr"
services:
  - {name: "ENT", url: "https://ent.example.fr/"}
  - {name: "Pix", url: "https://pix.example.fr"}
filtering:
  approved_by: "Syndicat et DANE"
  approved_on: "2026-09-01"
  control: ["www.example.fr", "www.example.org"]
  categories:
    - {name: "Jeux d'argent", hosts: ["a.example", "b.example", "c.example"]}
  resolver: "192.0.2.53"
  doh: "https://doh.example.fr/dns-query"
"""


def read(folder: Path, text: str) -> MeasureLists:
    path = folder / MEASURES
    path.write_text(text, encoding="utf-8")
    return measure_lists(path)


def test_lists_are_read_whole(tmp_path: Path) -> None:
    lists = read(tmp_path, WHOLE)
    assert lists.notices == ()
    assert lists.mire == "https://mire.example.fr"
    assert lists.services == (
        SchoolService("ENT", "https://ent.example.fr/"),
        SchoolService("Pix", "https://pix.example.fr"),
    )
    basket = lists.basket
    assert (basket.approved_by, basket.resolver) == ("Syndicat et DANE", "192.0.2.53")
    assert basket.categories[0].hosts == ("a.example", "b.example", "c.example")
    assert measure_lists(tmp_path / "absent.yaml") == MeasureLists()


def test_sites_that_nobody_answers_for_are_not_tried(tmp_path: Path) -> None:
    lists = read(tmp_path, WHOLE.replace('  approved_by: "Syndicat et DANE"\n', ""))
    assert lists.basket == FilterBasket()
    assert "qui a validé" in lists.notices[0]
    assert "ligne 7" in lists.notices[0]


def test_what_cannot_be_followed_is_named_with_its_line(tmp_path: Path) -> None:
    text = (
        WHOLE
        .replace("https://ent.example.fr/", "http://ent.example.fr/")
        .replace("https://pix.example.fr", "https://192.0.2.1:8443/")
        .replace('"c.example"', '"c.example/page"')
        .replace("resolver", "resolveur")
    )
    lists = read(tmp_path, text)
    assert lists.services == ()
    assert lists.basket.categories == ()
    told = "\n".join(lists.notices)
    for line in ("ligne 4", "ligne 5", "ligne 11", "resolveur : clé inconnue"):
        assert line in told


HOSTILE = [
    "",
    "[",
    "services: 1",
    "services: [1, [2], {}]",
    "filtering: []",
    "filtering: {approved_by: a, approved_on: '2026-01-01', control: {}}",
    "filtering: {approved_by: a, approved_on: '2026-01-01', categories: [{hosts: 1}]}",
    "services: &a [*a]",
    "\x00",
    "services: [{name: [a], url: {b: c}}]",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_is_read_or_refused(tmp_path: Path, text: str) -> None:
    lists = read(tmp_path, text)
    assert lists.services == ()
    assert lists.basket.categories == ()


def test_the_lists_are_no_checklist_of_the_overlay(tmp_path: Path) -> None:
    read(tmp_path, WHOLE)
    assert not has_changes(tmp_path)
    loaded = load_checklists(shipped_checklists(), tmp_path)
    assert not [one for one in loaded.problems if MEASURES in str(one)]


def test_a_resolver_is_an_address(tmp_path: Path) -> None:
    lists = read(tmp_path, WHOLE.replace("192.0.2.53", "dns.example.fr"))
    assert "« dns.example.fr » n'est pas une adresse IP" in lists.notices[0]
    assert lists.basket.resolver == FilterBasket().resolver
