"""Searches a criterion's facts for levels it never gives and levels that fall.

What is said is certain: a level called out of reach is, and a fall comes with a case.
Where the search cannot tell, it says nothing.
"""

from diag.rules.search.problems import levels_of, problems_of
from diag.rules.search.quantities import may_count

__all__ = ["levels_of", "may_count", "problems_of"]
