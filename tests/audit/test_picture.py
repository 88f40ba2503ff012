"""Whatever is sent: a small clean picture comes out, or a sentence."""

import os
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest
from PIL import Image

from diag.workspace import picture
from diag.workspace.picture import MAX_SIDE, PictureError, read_picture
from tests.audit.pictures import SECRET, jpeg, opened, png_claiming


def test_nothing_that_the_phone_wrote_survives(tmp_path: Path) -> None:
    read = read_picture(jpeg(tmp_path / "IMG_1.jpg"))

    assert SECRET not in read.data
    assert b"Exif" not in read.data
    kept = opened(read.data)
    assert set(kept.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert not kept.getexif()
    assert read.taken_at == "2026-10-05T09:41:00"
    assert read.name == "IMG_1"


def test_a_large_picture_is_reduced_and_a_small_one_is_not(tmp_path: Path) -> None:
    large = read_picture(jpeg(tmp_path / "a.jpg", (4000, 3000)))
    small = read_picture(jpeg(tmp_path / "b.jpg", (640, 480)))

    assert (large.width, large.height) == (MAX_SIDE, MAX_SIDE * 3 // 4)
    assert (small.width, small.height) == (640, 480)


def test_a_picture_on_its_side_is_turned(tmp_path: Path) -> None:
    read = read_picture(jpeg(tmp_path / "a.jpg", (640, 480), turned=True))

    assert (read.width, read.height) == (480, 640)


def test_a_transparent_drawing_gets_a_white_ground(tmp_path: Path) -> None:
    Image.new("RGBA", (10, 10), (0, 0, 0, 0)).save(tmp_path / "plan.png")

    kept = opened(read_picture(tmp_path / "plan.png").data).convert("RGB")

    assert kept.getpixel((5, 5)) == (255, 255, 255)


@pytest.mark.parametrize("ending", ["bmp", "gif", "tif", "webp", "png"])
def test_a_picture_of_any_common_format_is_read(tmp_path: Path, ending: str) -> None:
    """A BMP, a GIF and a TIFF that were whole were told damaged."""
    Image.new("RGB", (40, 30), (200, 10, 10)).save(tmp_path / f"mur.{ending}")

    kept = opened(read_picture(tmp_path / f"mur.{ending}").data).convert("RGB")

    assert kept.size == (40, 30)
    red, green, blue = kept.getpixel((20, 15))  # type: ignore[misc]
    assert red > 180
    assert max(green, blue) < 40


@pytest.mark.parametrize("side", [7_100, 9_000, 30_000])
def test_a_bomb_is_refused_before_it_is_decoded(tmp_path: Path, side: int) -> None:
    path = png_claiming(tmp_path / "bombe.png", side, side)

    with pytest.raises(PictureError, match=r"bombe\.png.*millions de pixels"):
        read_picture(path)


def test_a_file_cut_at_any_byte_is_refused_or_read_never_worse(tmp_path: Path) -> None:
    whole = jpeg(tmp_path / "a.jpg", (64, 48)).read_bytes()
    chance = Random(1)
    path = tmp_path / "b.jpg"
    for _ in range(60):
        broken = bytearray(whole[: chance.randint(0, len(whole))])
        for _ in range(chance.randint(0, 3) if broken else 0):
            broken[chance.randrange(len(broken))] = chance.randrange(256)
        path.write_bytes(broken)
        with suppress(PictureError):
            assert opened(read_picture(path).data).size


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.txt", b"bonjour", "pas une image lisible"),
        ("a.jpg", b"", "pas une image lisible"),
        ("a.heic", b"\0\0\0\x24ftypheic\0\0\0\0mif1", "Le plus compatible"),
        ("a.jpg", b"\0\0\0\x24ftypheic\0\0\0\0mif1", "Le plus compatible"),
        ("a.heic", b"\0\0\0\x24ftyphevc\0\0\0\0msf1", "Le plus compatible"),
        ("a.avif", b"\0\0\0\x20ftypavif\0\0\0\0", "AVIF n'est pas lu"),
        ("a.jxl", b"\0\0\0\x0cJXL \r\n\x87\n", "JPEG XL n'est pas lu"),
        ("a.jpg", b"\0\0\0\x18ftypmp42\0\0\0\0", "une vidéo"),
        ("a.gif", b"GIF89a", "pas une image lisible"),
    ],
)
def test_what_is_no_picture_gets_a_sentence(
    tmp_path: Path, name: str, content: bytes, said: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(PictureError, match=said):
        read_picture(tmp_path / name)


def test_an_absent_file_a_folder_and_an_impossible_path_get_a_sentence(
    tmp_path: Path,
) -> None:
    for path, said in (
        (tmp_path / "absent.jpg", "introuvable"),
        (tmp_path, "c'est un dossier"),
        (tmp_path / ("x" * 5000), "introuvable|impossible"),
        (tmp_path / "a\0b", "introuvable|impossible"),
    ):
        with pytest.raises(PictureError, match=said):
            read_picture(path)


def test_a_file_that_is_too_large_is_not_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(picture, "MAX_BYTES", 2**20)
    (tmp_path / "film.jpg").write_bytes(b"x" * (2**20 + 1))

    with pytest.raises(PictureError, match=r"film\.jpg : 1 Mo, 1 admis"):
        read_picture(tmp_path / "film.jpg")


def test_a_name_in_another_encoding_is_shown_and_kept(tmp_path: Path) -> None:
    try:
        path = jpeg(tmp_path / os.fsdecode(b"\xe9cole.jpg"))
    except OSError:
        pytest.skip("this system refuses such a name")

    assert read_picture(path).name == "?cole"
    path.write_bytes(b"x")
    with pytest.raises(PictureError, match=r"\?cole\.jpg"):
        read_picture(path)
