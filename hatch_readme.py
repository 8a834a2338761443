"""The README as an index shows it, and the project's addresses: made when a distribution of `bdhvs-lms` is built.

An index has neither this tree's files nor its pictures. With an address of the repository (pyproject.toml,
`tool.hatch.metadata.hooks.custom`) links and pictures lead there; without one links are their words, and pictures are
left out.
"""

import re
from pathlib import Path
from typing import Any

from hatchling.metadata.plugin.interface import MetadataHookInterface

_IMAGE = re.compile(r'<img\b[^>]*\bsrc="(?!https?:)([^"]*)"[^>]*>')
_LINK = re.compile(r"\[([^\]]*)\]\((?!https?:|#)([^)\s]*)\)")


def readme_for_an_index(text: str, links: str = "", pictures: str = "") -> str:
    """``links`` and ``pictures`` are what stands before a path of this tree; empty: there is no such address."""
    if pictures:
        text = _IMAGE.sub(lambda found: found[0].replace(f'src="{found[1]}"', f'src="{pictures}{found[1]}"'), text)
    else:
        text = re.sub(r"\n{3,}", "\n\n", re.sub(rf"{_IMAGE.pattern} *", "", text))
    return _LINK.sub(rf"[\1]({links}\2)" if links else r"\1", text)


class MetadataHook(MetadataHookInterface):
    PLUGIN_NAME = "custom"

    def update(self, metadata: dict[str, Any]) -> None:
        links, pictures = (
            self.config.get(name, "").format(version=metadata["version"]) for name in ("links", "pictures")
        )
        text = (Path(self.root) / "README.md").read_text(encoding="utf-8")
        metadata["readme"] = {
            "content-type": "text/markdown",
            "text": readme_for_an_index(text, links, pictures),
        }
        repository = self.config.get("repository", "")
        metadata["urls"] = {"Repository": repository} if repository else {}
