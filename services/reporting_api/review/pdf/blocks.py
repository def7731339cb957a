"""An officer's Markdown as a tree for the typesetter: data to it, never markup, so that no text can command it."""

from collections.abc import Iterator, Sequence
from typing import Literal, TypedDict

from markdown_it.tree import SyntaxTreeNode

from services.reporting_api.texts.markdown import parse


class Node(TypedDict, total=False):
    """A part of the text: what it is, what it holds, and for some a number or an address."""

    kind: str
    text: str
    nodes: "list[Node]"
    level: int
    start: int
    href: str


_HOLDING: dict[str, Literal["paragraph", "quote", "bullets", "item", "strong", "emphasis"]] = {
    "paragraph": "paragraph",
    "blockquote": "quote",
    "bullet_list": "bullets",
    "list_item": "item",
    "strong": "strong",
    "em": "emphasis",
}
_TEXTS = {"text": "text", "code_inline": "code", "code_block": "code_block", "fence": "code_block"}
_BREAKS = {"softbreak": " ", "hardbreak": "\n"}


def blocks_of(markdown: str) -> list[Node]:
    """The text's blocks; headings stand below their chapter's, which is of level 1."""
    return _nodes(SyntaxTreeNode(parse(markdown)).children)


def _nodes(children: Sequence[SyntaxTreeNode]) -> list[Node]:
    return [node for child in children for node in _node(child)]


def _node(child: SyntaxTreeNode) -> Iterator[Node]:
    if child.type in _TEXTS:
        yield {"kind": _TEXTS[child.type], "text": child.content}
    elif child.type in _BREAKS:
        yield {"kind": "text", "text": _BREAKS[child.type]}
    elif child.type == "inline":
        yield from _nodes(child.children)
    elif child.type == "hr":
        yield {"kind": "rule"}
    else:
        yield from _holding(child, _nodes(child.children))


def _holding(child: SyntaxTreeNode, nodes: list[Node]) -> Iterator[Node]:
    if not nodes:
        return
    if child.type == "heading":
        yield {"kind": "heading", "level": int(child.tag[1]) - 1, "nodes": nodes}
    elif child.type == "ordered_list":
        yield {"kind": "numbered", "start": int(child.attrs.get("start", 1)), "nodes": nodes}
    elif child.type == "link" and not str(child.attrs["href"]).startswith("#"):
        yield {"kind": "link", "href": str(child.attrs["href"]), "nodes": nodes}
    elif child.type in _HOLDING:
        yield {"kind": _HOLDING[child.type], "nodes": nodes}
    else:
        yield from nodes
