"""A Markdown document as a PDF: tagged, archivable, its Markdown attached."""

from diag.reports.pdf.typeset import Printed, pictured, printed

__all__ = ["Printed", "pictured", "printed"]
