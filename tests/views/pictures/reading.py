"""Pictures as an XML parser reads them."""

from __future__ import annotations

from xml.etree import ElementTree

NAMES = "{http://www.w3.org/2000/svg}"


def read(picture: str) -> ElementTree.Element:
    """The picture's root."""
    return ElementTree.fromstring(picture)  # noqa: S314, we have just made it


def words(picture: ElementTree.Element) -> list[str]:
    """The texts that it shows."""
    return [each.text or "" for each in picture.iter(f"{NAMES}text")]


def titles(picture: ElementTree.Element, look: str = "") -> list[str]:
    """What marks of that look say to who points at them."""
    inside = picture.iterfind(".//*[@class]")
    marks = (each for each in inside if not look or look in each.attrib["class"].split(" "))
    return [title for each in marks if (title := each.findtext(f"{NAMES}title"))]


def told(picture: ElementTree.Element, look: str, unit: str) -> dict[str, int]:
    """The numbers in these titles, so many of `unit` by name."""
    found = {}
    for title in titles(picture, look):
        name, _, amount = title.rpartition(": ")
        if amount.endswith(f" {unit}"):
            found[name] = int(amount.removesuffix(f" {unit}").lstrip("≥≈ ").replace(",", ""))
    return found
