"""What page-validation finds wrong with a PDF, less what it misreads."""

import io

import page
import pypdf

_MISREAD = "PDFA3A-STREAM-LENGTH-001"
"""Raised of a sound stream whose last byte is a carriage return, before a line feed."""


def failures(pdf: bytes, profile: str) -> list[str]:
    """Return the messages of the rules that a PDF breaks."""
    found = page.validate_pdf_bytes(pdf, profile=profile).failures
    return [
        one.message
        for one in found
        if one.rule_id != _MISREAD or not _lengths_hold(pdf)
    ]


def _lengths_hold(pdf: bytes) -> bool:
    """Say whether every stream ends where it says: pypdf reads the whole file so."""
    reader = pypdf.PdfReader(io.BytesIO(pdf), strict=True)
    places = [at for table in reader.xref.values() for at in table.values()]
    for at in places:
        head = pdf[at : pdf.find(b"stream", at) + 8]
        if b"endobj" in head or b"/Length " not in head:
            continue
        length = int(head.partition(b"/Length ")[2].split()[0].split(b"/")[0])
        start = at + head.index(b"stream") + 6
        start += 2 if pdf[start : start + 2] == b"\r\n" else 1
        end = pdf[start + length : start + length + 12]
        if not end.lstrip(b"\r\n").startswith(b"endstream"):
            return False
    return bool(places)
