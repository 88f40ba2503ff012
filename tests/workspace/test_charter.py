"""A syndicat's charter: in each form, each fault told, nothing hostile shown."""

import io
import zipfile
from pathlib import Path

import pytest
from PIL import Image

from diag.audit.report import report_of
from diag.audit.session import AuditSession
from diag.documents.formats import Format
from diag.documents.templates import build_document
from diag.documents.write import write_reports
from diag.model.enums import READERS, Audience
from diag.workspace.charter import (
    ACCENT,
    READABLE,
    SHIPPED_LOOK,
    WHITE,
    charter_of,
    contrast,
    pale,
)
from diag.workspace.editions import current
from tests.audit.pictures import png_claiming
from tests.audit.small_edition import ship

SVG = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20">'
    '<metadata><x/></metadata><rect width="40" height="20" fill="#7a1f4b"/></svg>'
)
ACCENTED = 'accent: "#7A1F4B"\n'


def overlay(session: AuditSession) -> Path:
    folder = session.workspace.folder / "overlay"
    folder.mkdir(exist_ok=True)
    return folder


def charter(folder: Path, text: str) -> None:
    (folder / "charte.yaml").write_text(text, encoding="utf-8")


def logo(folder: Path, name: str) -> None:
    if name.endswith(".svg"):
        (folder / name).write_text(SVG, encoding="utf-8")
    else:
        Image.new("RGB", (300, 100), "#7a1f4b").save(folder / name)


def test_the_contrasts_are_those_of_wcag() -> None:
    assert contrast("#000000", WHITE) == pytest.approx(21)
    assert contrast("#767676", WHITE) == pytest.approx(4.54, abs=0.01)
    assert contrast(WHITE, "#777777") < READABLE
    assert contrast(ACCENT, pale(ACCENT)) > READABLE


@pytest.mark.parametrize(
    ("file", "audiences"),
    [
        pytest.param("logo.png", (Audience.ACADEMIE,), marks=pytest.mark.long),
        pytest.param("logo.png", READERS, marks=pytest.mark.long),
        ("logo.jpg", (Audience.MAIRIE,)),  # a picture too, kept as a PNG
        ("logo.svg", (Audience.EQUIPE,)),
    ],
)
def test_four_documents_in_four_forms_bear_the_charter(
    session: AuditSession, tmp_path: Path, file: str, audiences: tuple[Audience, ...]
) -> None:
    folder = overlay(session)
    logo(folder, file)
    charter(
        folder,
        f"{ACCENTED}logo: {file}\nlogo_alt: 'Blason <du> syndicat'\n"
        "name: Syndicat du *Val*\ncontact: |\n  Lundi & mardi\n  <b>9 h</b>\n"
        'closing: "Merci !"\n',
    )
    made = list(write_reports(report_of(session), audiences, tmp_path / "un"))
    assert [one.warning for one in made if one.warning] == []
    assert len(made) == len(audiences) * len(Format)
    list(write_reports(report_of(session), audiences[:1], tmp_path / "deux"))
    for form in Format:
        name = f"{audiences[0]}.{form}"
        once = (tmp_path / "un" / name).read_bytes()
        assert once == (tmp_path / "deux" / name).read_bytes(), name
    for audience in audiences:
        text = (tmp_path / "un" / f"{audience}.md").read_text(encoding="utf-8")
        assert "\\<b>9\u00a0h\\</b>" in text
        assert "Syndicat du \\*Val\\*" in text
        assert "Merci\u202f!\n\n*Document provisoire" in text
        page = (tmp_path / "un" / f"{audience}.html").read_text(encoding="utf-8")
        assert "--accent: #7a1f4b" in page
        assert ACCENT not in page.partition("</style>")[0]
        assert 'alt="Blason &lt;du&gt; syndicat" src="data:image/' in page
        with zipfile.ZipFile(tmp_path / "un" / f"{audience}.odt") as package:
            kept = f"Pictures/logo.{'svg' if file.endswith('svg') else 'png'}"
            assert kept in package.namelist()
            assert "#7a1f4b" in package.read("styles.xml").decode()
            assert "Blason &lt;du&gt; syndicat" in package.read("content.xml").decode()


def test_a_charter_is_no_checklist(
    session: AuditSession, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ship(tmp_path / "livrees", monkeypatch)
    before = current(session.workspace)
    charter(overlay(session), ACCENTED)
    assert current(session.workspace) == before
    (overlay(session) / "local.yaml").write_text(
        'prices:\n  - {id: x, typical: "1"}\n', encoding="utf-8"
    )
    assert "charte.yaml" not in current(session.workspace).notice


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('name: A\naccent: "#ffcc00"\n', "ligne 2, accent : #ffcc00 se lit mal"),
        ('accent: "#777777"\n', "contraste de 4,0 pour 1"),
        ("accent: rouge\n", 'ainsi : "#1a5c6b"'),
        ('accent: "#1a5c6b; } * { display: none"\n', 'ainsi : "#1a5c6b"'),
        ("accent: [1]\n", "un texte est attendu"),
        ("couleur: x\n", "clé inconnue"),
        (f"closing: {'a' * 2000}\n", "plus de 1000 signes"),
        ("accent: &a x\n", "charte.yaml:1"),
        ("{", "charte.yaml:"),
        ("logo: absent.png\n", "fichier introuvable"),
        ("logo: ../secret.png\n", "donnez le nom d'un fichier"),
        ("logo: /etc/passwd\n", ".png, .jpg ou .svg"),
        ("logo: texte.png\n", "pas une image lisible"),
        ("logo: bombe.png\n", "millions de pixels"),
        ("logo: vraie-bombe.png\n", "millions de pixels"),
        ("logo: ligne.png\n", "trop allongé"),
    ],
)
def test_each_fault_is_told_and_the_shipped_look_serves(
    tmp_path: Path, text: str, said: str
) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "secret.png")
    folder = tmp_path / "overlay"
    folder.mkdir()
    (folder / "texte.png").write_text("Bonjour", encoding="utf-8")
    png_claiming(folder / "bombe.png", 9000, 9000)
    png_claiming(folder / "vraie-bombe.png", 100_000, 100_000)
    Image.new("RGB", (900, 2)).save(folder / "ligne.png")
    charter(folder, text)
    house = charter_of(folder)
    assert any(said in one for one in house.notices), house.notices
    assert house.look == SHIPPED_LOOK


def test_a_link_that_leaves_the_overlay_is_no_logo(tmp_path: Path) -> None:
    Image.new("RGB", (9, 9)).save(tmp_path / "secret.png")
    folder = tmp_path / "overlay"
    folder.mkdir()
    (folder / "logo.png").symlink_to(tmp_path / "secret.png")
    charter(folder, "logo: logo.png\n")
    assert charter_of(folder).look.logo is None


def test_nothing_of_the_file_survives_in_a_logo(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0110] = "Secret 42"
    Image.new("RGB", (1800, 600)).save(tmp_path / "logo.jpg", exif=exif)
    charter(tmp_path, "logo: logo.jpg\n")
    kept = charter_of(tmp_path).look.logo
    assert kept is not None
    assert b"Secret 42" not in kept.data
    assert Image.open(io.BytesIO(kept.data)).size == (900, 300)


HEAD = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9" {}>{}</svg>'


@pytest.mark.parametrize(
    "hostile",
    [
        '<!DOCTYPE svg [<!ENTITY a "b">]>' + HEAD.format("", "&a;"),
        HEAD.format("", "<script>alert(1)</script>"),
        HEAD.format("", '<image href="file:///etc/passwd"/>'),
        HEAD.format("", '<use href="#a"/>'),
        HEAD.format("", "<foreignObject/>"),
        HEAD.format("", "<style>@import url(http://x)</style>"),
        HEAD.format("", '<path fill="url(http://x/#a)"/>'),
        HEAD.format("", '<path style="fill:u\\72l(http://x)"/>'),
        HEAD.format("", '<linearGradient href="http://x#a"/>'),
        HEAD.format("", '<path stroke-dasharray="0.00001"/>'),
        HEAD.format("", "<text>Mot</text>"),
        HEAD.format("", "<g>" * 60 + "</g>" * 60),
        HEAD.format("", "<g/>" * 6000),
        HEAD.format("", "<g>"),
        HEAD.replace("0 0 9 9", "0 0 0 9").format("", ""),
        HEAD.replace("0 0 9 9", "0 0 1e9 9").format("", ""),
        "<html/>",
        "",
    ],
)
def test_a_drawing_that_reaches_out_runs_or_grows_is_refused(
    tmp_path: Path, hostile: str
) -> None:
    (tmp_path / "logo.svg").write_text(hostile, encoding="utf-8")
    charter(tmp_path, "logo: logo.svg\n")
    house = charter_of(tmp_path)
    assert house.look.logo is None
    assert "« logo.svg » : " in house.notices[0]


def test_what_runs_in_a_drawing_is_left_out(tmp_path: Path) -> None:
    text = HEAD.format('onload="alert(1)"', '<g onclick="alert(2)" fill="red"/>')
    (tmp_path / "logo.svg").write_text(text, encoding="utf-8")
    charter(tmp_path, "logo: logo.svg\n")
    kept = charter_of(tmp_path).look.logo
    assert kept is not None
    assert b"alert" not in kept.data
    assert b'<g fill="red">' in kept.data


def test_a_template_that_fails_is_told_with_the_files_written(
    session: AuditSession, tmp_path: Path
) -> None:
    folder = overlay(session) / "modeles"
    folder.mkdir()
    (folder / "mairie.md.jinja").write_text("{{ rien }}", encoding="utf-8")
    (folder / "autre.md.jinja").write_text("", encoding="utf-8")
    made = list(write_reports(report_of(session), READERS, tmp_path, [Format.MARKDOWN]))
    assert len([one for one in made if one.path]) == len(READERS)
    told = [one.warning for one in made if one.warning]
    assert "overlay/modeles/mairie.md.jinja, ligne 1" in told[0]
    assert all("autre.md.jinja : aucun modèle livré" in one for one in told)


@pytest.mark.parametrize(
    "drawing",
    [
        HEAD.format('width="9" height="9"', "").replace("0 0 9 9", "a b 9 9"),
        HEAD.format("", '<path d="pas un tracé" transform="non"/>'),
        HEAD.format("", '<rect width="-1" height="NaN" fill="rien"/>'),
        HEAD.format("", '<g clip-path="url(#absent)"/><g id="a"/><g id="a"/>'),
        HEAD.replace("0 0 9 9", "-5 -5 9,5 9").format("", ""),
        HEAD.format('width="20mm" height="10mm"', "").replace("viewBox", "x"),
    ],
)
def test_a_clumsy_drawing_never_stops_a_pdf(
    session: AuditSession, drawing: str
) -> None:
    folder = overlay(session)
    (folder / "logo.svg").write_text(drawing, encoding="utf-8")
    charter(folder, "logo: logo.svg\n")
    report = report_of(session)
    content, warning = build_document(report, Audience.EQUIPE).write(Format.PDF)
    assert content.startswith(b"%PDF")
    assert warning == ""
