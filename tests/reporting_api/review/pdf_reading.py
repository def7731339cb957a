"""Reading a PDF as a screen reader does: the tree of its tags, each with its text in the order of reading."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

_CODES = re.compile(rb"<([0-9A-Fa-f]+)>")


@dataclass
class Tag:
    """A structure element: its type, its own text and its elements in order."""

    kind: str
    alt: str | None
    language: str | None
    scope: str | None
    kids: list["Tag | str"] = field(default_factory=list)

    @property
    def text(self) -> str:
        """All that is read aloud of it."""
        return "".join(kid if isinstance(kid, str) else kid.text for kid in self.kids)

    def all(self, *kinds: str) -> Iterator["Tag"]:
        """The elements of the kinds in it, in the order of reading."""
        for kid in self.kids:
            if isinstance(kid, Tag):
                if kid.kind in kinds:
                    yield kid
                yield from kid.all(*kinds)


def read_tags(pdf: pikepdf.Pdf) -> Tag:
    """The tree, from its root."""
    texts = {page.objgen: _texts(page) for page in pdf.pages}
    return _tag(pdf.Root.StructTreeRoot, texts, None)


def printed(page: pikepdf.Page) -> str:
    """All texts on the page, with those that are not read aloud."""
    return " ".join(_texts(page, is_all=True).values())


def flat(text: str) -> str:
    """Text without what differs by where its lines end."""
    return re.sub(r"\s+", " ", re.sub("[\u00ad\u2060]", "", text)).strip()


def _tag(element: pikepdf.Object, texts: dict[Any, dict[int, str]], page: Any) -> Tag:
    page = element.Pg.objgen if "/Pg" in element else page
    attributes = element.get("/A", pikepdf.Dictionary())
    listed = attributes if isinstance(attributes, pikepdf.Array) else [attributes]
    scope = next((str(it.Scope) for it in listed if "/Scope" in it), None)
    tag = Tag(str(element.get("/S", "/Root")).removeprefix("/"), _text(element, "/Alt"), _text(element, "/Lang"), scope)
    kids = element.get("/K", pikepdf.Array())
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, int):
            tag.kids.append(texts[page].get(int(kid), ""))
        elif isinstance(kid, pikepdf.Dictionary) and "/MCID" in kid:
            where = kid.Pg.objgen if "/Pg" in kid else page
            tag.kids.append(texts[where].get(int(kid.MCID), ""))
        elif isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            tag.kids.append(_tag(kid, texts, page))
    return tag


def _text(element: pikepdf.Object, name: str) -> str | None:
    return str(element[name]) if name in element else None


def _texts(page: pikepdf.Page, *, is_all: bool = False) -> dict[int, str]:
    """The page's texts by the number of their marked content; those without one, where wanted, as one text before."""
    fonts = {name: _characters(font) for name, font in page.Resources.get("/Font", {}).items()}
    found: dict[int, str] = {}
    marks: list[int | None] = []
    font: dict[int, str] = {}
    for instruction in pikepdf.parse_content_stream(page):
        operands: Any = instruction.operands
        name = str(instruction.operator)
        if name in ("BDC", "BMC"):
            properties: Any = operands[1] if name == "BDC" else {}
            has_number = isinstance(properties, pikepdf.Dictionary) and "/MCID" in properties
            marks.append(int(properties.MCID) if has_number else None)
        elif name == "EMC":
            marks.pop()
        elif name == "Tf":
            font = fonts[str(operands[0])]
        elif name in ("Tj", "TJ"):
            number = next((it for it in reversed(marks) if it is not None), -1 if is_all else None)
            if number is not None:
                found[number] = found.get(number, "") + _shown(operands[0], font)
    return found


def _shown(operand: Any, font: dict[int, str]) -> str:
    strings = (
        [it for it in operand if isinstance(it, pikepdf.String)] if isinstance(operand, pikepdf.Array) else [operand]
    )
    data = b"".join(bytes(it) for it in strings)
    return "".join(font.get(int.from_bytes(data[at : at + 2]), "\ufffd") for at in range(0, len(data), 2))


def _characters(font: pikepdf.Object) -> dict[int, str]:
    """What each glyph stands for, by the font's own table."""
    table = font.ToUnicode.read_bytes()
    found: dict[int, str] = {}
    for block in re.findall(rb"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        codes = _CODES.findall(block)
        for code, value in zip(codes[::2], codes[1::2], strict=True):
            found[int(code, 16)] = bytes.fromhex(value.decode()).decode("utf-16-be")
    for block in re.findall(rb"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        codes = _CODES.findall(block)
        for first, last, value in zip(codes[::3], codes[1::3], codes[2::3], strict=True):
            start = bytes.fromhex(value.decode()).decode("utf-16-be")
            for offset in range(int(last, 16) - int(first, 16) + 1):
                found[int(first, 16) + offset] = start[:-1] + chr(ord(start[-1]) + offset)
    return found
