"""A recommendation that one can act on: what it costs, by when, unlike any other."""

from collections.abc import Iterator

from diag.rules.loaded import Loaded
from diag.rules.problem import Problem


def action_problems(loaded: Loaded) -> Iterator[Problem]:
    """Yield what keeps a reader from acting on a recommendation."""
    titles: dict[tuple[str, str], str] = {}
    for each in loaded.draft.recommendations.values():
        item = loaded.item("recommendations", each.id)
        if not each.prices and not each.effort:
            yield item.problem(
                (),
                "elle ne dit ni prix ni temps de travail",
                'Ajoutez « prices », ou « effort: {days: "1"} » si rien ne s\'achète.',
                "warning",
            )
        if not each.delay:
            yield item.problem(
                (),
                "elle ne dit pas pour quand",
                "Ajoutez « delay », par exemple « delay: P6M ».",
                "warning",
            )
        for audience, wording in each.wording.items():
            twin = titles.setdefault((audience, wording.title.casefold()), each.id)
            if twin != each.id:
                yield item.problem(
                    ("wording", str(audience), "title"),
                    f"« wording.{audience}.title » : le même titre que « {twin} »",
                    "Dites ce qui les distingue : le lecteur les croira identiques.",
                    "warning",
                )
