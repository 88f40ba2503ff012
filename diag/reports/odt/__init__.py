"""A Markdown document as an ODT: what a secretary opens, corrects and signs."""

from diag.reports.odt.package import odt

__all__ = ["odt"]
