"""SVG and XML in content: allowed when nothing in them would run, load a page or change itself into what does.

H5P up to core API 1.26 allowed both and looked into neither. A browser runs what stands before a mistake in a file, so
one that is not well-formed is refused, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from xml.parsers import expat

from h5p_python_adapter.findings import Broken

__all__ = ["check_drawing"]

# Elements of SVG and HTML that run, hold a page, send something or change what addresses mean. <foreignObject> is let
# through, because diagrams are full of it: what stands in it is looked at like the rest. XSLT comes in by instructions.
_ELEMENTS = frozenset(
    "script handler listener iframe frame frameset fencedframe portal embed object applet base meta link form".split()  # noqa: SIM905
)
# Elements that give another one's attribute a value.
_ANIMATIONS = {"set", "animate", "animatemotion", "animatetransform", "animatecolor"}
_ADDRESSES = {"href", "src", "action", "formaction", "data", "values", "to", "from", "by"}
_RUNNING = re.compile(
    r"(?:javascript|vbscript|data:(?:text/html|application/xhtml|text/xml|application/xml))", re.IGNORECASE
)
# What browsers drop from an address before they read its scheme.
_DROPPED = re.compile(r"[\x00-\x20]+")
# Entities as Illustrator writes them name namespaces; with these many characters they cannot blow a file up.
_LONGEST_ENTITY, _MOST_WITH_ENTITIES = 200, 512 * 1024
_DEEPEST = 1000


class _Active(Exception):
    pass


def check_drawing(pieces: Iterable[bytes], size: int, file: str) -> None:
    """Raise Broken for 'active-drawing' or 'unreadable-drawing'. ``size`` in bytes, unpacked."""
    parser = expat.ParserCreate()
    parser.buffer_text = False
    depth = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal depth
        depth += 1
        if depth > _DEEPEST:
            raise _Active(f"> {_DEEPEST} × <{_local(name)}>")
        local = _local(name)
        if local in _ELEMENTS:
            raise _Active(f"<{local}>")
        for attribute, value in attributes.items():
            _check_attribute(local, _local(attribute), value)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1

    def instruction(target: str, data: str) -> None:
        # The only one that browsers act on; drawing programs leave others behind (xpacket).
        if target.lower() == "xml-stylesheet":
            raise _Active(f"<?{target}?>")

    def entity(
        name: str, parameter: int, value: str | None, base: object, system: object, public: object, *_: object
    ) -> None:
        # An entity from elsewhere has no value; one with markup in it would add elements.
        if parameter or value is None or len(value) > _LONGEST_ENTITY or any(sign in value for sign in "<&%"):
            raise _Active(f"<!ENTITY {name}>")
        if size > _MOST_WITH_ENTITIES:
            raise _Active("entities in a large file")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.ProcessingInstructionHandler = instruction
    parser.EntityDeclHandler = entity
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except _Active as found:
        raise Broken("active-drawing", file, detail=str(found)) from None
    except expat.ExpatError as error:
        place = {"line": error.lineno, "column": error.offset + 1}
        raise Broken("unreadable-drawing", file, detail="line %(line)s, column %(column)s", **place) from None
    except (ValueError, LookupError):
        raise Broken("unreadable-drawing", file, detail="its encoding is unknown") from None


def _local(name: str) -> str:
    return name.rpartition(":")[2].lower()


def _check_attribute(element: str, name: str, value: str) -> None:
    if name.startswith("on"):
        raise _Active(f"{name}=")
    if element in _ANIMATIONS and name == "attributename":
        target = _local(value.strip())
        if target == "href" or target.startswith("on"):
            raise _Active(f'<{element} attributeName="{target}">')
    if element == "use" and name == "href" and _DROPPED.sub("", value).lower().startswith("data:"):
        raise _Active(f"<{element} {name}=")
    if name in _ADDRESSES and _RUNNING.search(_DROPPED.sub("", value)):
        raise _Active(f"{name}=")
