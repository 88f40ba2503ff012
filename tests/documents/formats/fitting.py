"""How each page of sheets was fitted: told inside the PDF itself, compiled once."""

import io
import json

import pypdf

from diag.documents.formats.pdf import _compiler, _sheet_style, _style

_TOLD = """
#context pdf.attach("fit.json", bytes(json.encode(query(<fit>).map(it => it.value))))
"""

Fitted = list[dict[str, int | bool]]


_BY_HALVES = "first-of(forms, "


def fitted(body: str, *, in_order: bool = False) -> tuple[Fitted, bytes]:
    """Return the form that each page of a body took, and the PDF.

    Forms are tried by halves, as documents do, or one after the other `in_order`.
    """
    style = _sheet_style()
    assert style.count(_BY_HALVES) == 1
    if in_order:
        style = style.replace(_BY_HALVES, "forms.position(")
    source = f"{_style()}{style}\n#show: styled\n{body}{_TOLD}".encode()
    made = bytes(_compiler().compile(input=source))
    (told,) = pypdf.PdfReader(io.BytesIO(made)).attachments["fit.json"]
    found: Fitted = json.loads(told)
    return found, made
