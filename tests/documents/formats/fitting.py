"""How each page of sheets was fitted: told inside the PDF itself, compiled once."""

import io
import json

import pypdf

from diag.documents.formats.pdf import _compiler, _sheet_style, _style

_TOLD = """
#context pdf.attach("fit.json", bytes(json.encode(query(<fit>).map(it => it.value))))
"""

Fitted = list[dict[str, int | bool]]


def fitted(body: str) -> tuple[Fitted, bytes]:
    """Return the form that each page of a body took, and the PDF."""
    source = f"{_style()}{_sheet_style()}\n#show: styled\n{body}{_TOLD}".encode()
    made = bytes(_compiler().compile(input=source))
    (told,) = pypdf.PdfReader(io.BytesIO(made)).attachments["fit.json"]
    found: Fitted = json.loads(told)
    return found, made
