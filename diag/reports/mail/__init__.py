"""A report as a message: its words, its headers, its very bytes."""

from diag.reports.mail.letter import Letter, letter
from diag.reports.mail.message import Attachment, Mail, as_sent, composed

__all__ = ["Attachment", "Letter", "Mail", "as_sent", "composed", "letter"]
