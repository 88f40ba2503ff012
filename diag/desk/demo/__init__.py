"""The demonstration: an invented territory, three schools, the same bytes each time."""

from diag.desk.demo.demonstration import Demonstration, demonstrate

__all__ = ["Demonstration", "demonstrate"]
