from __future__ import annotations

import struct
from pathlib import Path

import pytest

from scripts import page_screenshots, screenshots

LARGEST = 500_000


def size_of(png: bytes) -> tuple[int, int]:
    """Width and height from the header of a PNG."""
    assert png.startswith(b"\x89PNG")
    width, height = struct.unpack(">II", png[16:24])
    return width, height


@pytest.mark.parametrize("picture", screenshots.PICTURES, ids=lambda picture: picture.name)
def test_the_pictures_of_the_readme_are_there_in_their_size_and_light_to_load(picture):
    data = (screenshots.IMAGES / picture.name).read_bytes()
    assert size_of(data) == (picture.width, picture.height)
    assert len(data) < LARGEST


@pytest.mark.parametrize("shot", page_screenshots.SHOTS, ids=lambda shot: shot.name)
def test_the_pictures_of_the_pages_are_there_and_the_documentation_shows_them(shot):
    data = (screenshots.IMAGES / shot.name).read_bytes()
    assert size_of(data) == (shot.width, shot.height)
    assert len(data) < LARGEST
    assert shot.name in (screenshots.IMAGES.parent / "pages.md").read_text(encoding="utf-8")


def test_pictures_are_taken_of_a_vintage_folder(pages, browser, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(screenshots, "IMAGES", tmp_path / "images")
    (tmp_path / "report.html").write_bytes(pages["plain"].read_bytes())
    screenshots.main([str(tmp_path)])
    for picture in screenshots.PICTURES:
        assert size_of((tmp_path / "images" / picture.name).read_bytes()) == (picture.width, picture.height)


def test_a_folder_without_a_report_is_named(tmp_path: Path):
    with pytest.raises(SystemExit, match="does not exist"):
        screenshots.main([str(tmp_path)])
