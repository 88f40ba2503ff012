"""Templates of one's own: escaped, bounded, fenced in; the shipped one if they fail."""

from dataclasses import replace

import pytest

from diag.audit.report import Report
from diag.documents.sandbox import (
    MAX_OUTPUT,
    MAX_STEPS,
    OwnTemplateError,
    own_text,
)
from diag.model.enums import Audience
from diag.workspace.charter import SHIPPED, House, Issuer
from tests.documents.builders import changed, report
from tests.documents.reading import html, markdown

NAME = "mairie.md.jinja"


def own(source: str, **context: object) -> str:
    return own_text(((NAME, source),), NAME, context)


def refusal(source: str, **context: object) -> str:
    with pytest.raises(OwnTemplateError) as refused:
        own(source, **context)
    return str(refused.value)


def with_own(source: str, name: str = NAME) -> Report:
    house = House(templates=((name, source),))
    return changed(report(), office=Issuer("Syndicat", house=house))


@pytest.mark.parametrize("audience", Audience)
def test_the_shipped_templates_say_the_same_in_the_sandbox(audience: Audience) -> None:
    shipped = tuple(
        (path.name, path.read_text(encoding="utf-8"))
        for path in sorted(SHIPPED.iterdir())
    )
    usual = report()
    office = replace(usual.office, house=House(templates=shipped))
    assert markdown(replace(usual, office=office), audience) == markdown(
        usual, audience
    )
    assert office.house.refused == {}


def test_text_that_people_typed_stays_escaped() -> None:
    assert own("{{ x }}", x="<b> *a* [b](c)") == "\\<b> \\*a\\* \\[b\\](c)"
    assert own("{{ x ~ '!' }}", x="*a*") == "\\*a\\*!"
    assert own("{{ x|upper }}", x="*a") == "\\*A"


@pytest.mark.parametrize(
    "hostile",
    [
        "{{ ''.__class__.__mro__ }}",
        "{{ x['__class__'] }}",
        "{{ report.about.parse_raw('x', content_type='pickle', allow_pickle=True) }}",
        "{{ report.look_back() }}",
        "{% set blank = report.gathered %}{{ blank() }}",
        "{{ report.facts }}",
        "{{ report['facts'] }}",
        "{{ report.about }}",
        "{{ report.about.model_copy }}",
        "{{ report }}",
        "{{ cycler('a') }}",
        "{{ range(10) }}",
        "{{ x|safe }}",
        "{{ x|attr('format') }}",
        "{{ x|map('upper') }}",
        "{{ x.format(1) }}",
        "{{ x|join(x) }}",
        "{{ " + "x ~ " * 30 + "x }}",
        "{{ " + "(x ~ x) ~ " * 15 + "x }}",
        "{{ " + "x + " * 30 + "x }}",
        "{{ 'a' * 10000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ '%9999999999d' % 1 }}",
        "{% set x = x ~ x %}{{ x }}",
        "{% set x = [x, x] %}{{ x }}",
        "{% for y in [x ~ x] %}{{ y }}{% endfor %}",
        "{% for y in (x, x) %}{{ y }}{% endfor %}",
        "{% for y in x|join(x) %}{{ y }}{% endfor %}",
        "{% macro a(b) %}{{ b }}{{ b }}{% endmacro %}",
        "{% set x %}{{ x }}{{ x }}{% endset %}",
        "{% filter upper %}a{% endfilter %}",
        "{% extends 'technique.md.jinja' %}",
        "{% import 'technique.md.jinja' as t %}",
        "{% include x %}",
        "{% include '/etc/passwd' %}",
        "{% include '../../../etc/passwd' %}",
        "{% include 'mairie.md.jinja' %}",
        "{{ inconnu }}",
        "{{ x.inconnu }}",
        "{% if %}",
        "{{",
        "{{ " + "(" * 2000 + "x" + ")" * 2000 + " }}",
    ],
)
def test_a_hostile_template_is_refused_with_its_file(hostile: str) -> None:
    told = refusal("Bonjour\n" + hostile, x="aa", report=report())
    assert told.startswith("overlay/modeles/mairie.md.jinja, ligne "), told


def test_the_line_at_fault_is_named() -> None:
    told = refusal("Un\n\n{{ inconnu }}\n")
    assert told == (
        "overlay/modeles/mairie.md.jinja, ligne 3 : "
        "ce nom n'existe pas ('inconnu' is undefined)."
    )
    assert "ligne 2 : " in refusal("Un\n{{ x|safe }}\n", x="a")


def test_loops_within_loops_come_to_an_end() -> None:
    deep = "{% for a in x %}" * 6 + "{% endfor %}" * 6
    assert f"plus de {MAX_STEPS} tours" in refusal(deep, x="a" * 100)


def test_what_is_written_is_bounded() -> None:
    told = refusal("{% for a in x %}{{ y }}{% endfor %}", x="a" * 1000, y="b" * 9000)
    assert f"plus de {MAX_OUTPUT} signes" in told


def test_templates_that_include_each_other_come_to_an_end() -> None:
    pair = (
        (NAME, "{% include 'option.md.jinja' %}" * 2),
        ("option.md.jinja", "{% for a in x %}{% include 'fin.md.jinja' %}{% endfor %}"),
        ("fin.md.jinja", "{% for a in x %}{% include 'note.md.jinja' %}{% endfor %}"),
        ("note.md.jinja", ""),
    )
    with pytest.raises(OwnTemplateError, match="tours"):
        own_text(pair, NAME, {"x": "a" * 1000})


def test_a_template_that_fails_leaves_its_place_to_the_shipped_one() -> None:
    told = with_own("# Bonjour\n\n{{ rien }}\n")
    assert markdown(told, Audience.MAIRIE) == markdown(
        changed(told, office=Issuer("Syndicat")), Audience.MAIRIE
    )
    said = told.office.house.explain(Audience.MAIRIE)
    assert "overlay/modeles/mairie.md.jinja, ligne 3" in said
    assert said.endswith("Le modèle livré a servi à sa place.")
    assert told.office.house.explain(Audience.EQUIPE) == ""


def test_a_template_may_not_hide_that_a_document_is_provisional() -> None:
    text = markdown(with_own("# Bonjour\n"), Audience.MAIRIE)
    assert text.startswith("# Bonjour\n")
    assert "provisoire" in text.rstrip().rsplit("\n", 1)[-1]
    bare = markdown(with_own("Fin.\n", "fin.md.jinja"), Audience.MAIRIE)
    assert bare.rstrip().rsplit("\n", 1)[-1].startswith("*Document provisoire")


def test_the_prose_of_a_template_gets_its_french_spaces() -> None:
    assert own("Attention !") == "Attention\u202f!"


def test_the_template_at_fault_is_named_even_when_another_includes_it() -> None:
    pair = (
        (NAME, "Un\n{% include 'option.md.jinja' %}\n"),
        ("option.md.jinja", "Un\n\n{{ report.facts }}\n"),
    )
    with pytest.raises(OwnTemplateError) as refused:
        own_text(pair, NAME, {"report": report()})
    assert str(refused.value) == (
        "overlay/modeles/option.md.jinja, ligne 3 : "
        "« facts » n'est pas lisible dans un modèle."
    )


@pytest.mark.parametrize(
    "place",
    [
        "http://x.example/a.png",
        "//x.example/a.png",
        "/etc/passwd",
        "logo.png",
        "data:,",
    ],
)
def test_a_template_shows_no_picture_from_elsewhere(place: str) -> None:
    page = html(own(f"# A\n\n![mot]({place})\n\n<img src='{place}'>\n"), "A")
    assert "<img" not in page
    assert "mot" in page
