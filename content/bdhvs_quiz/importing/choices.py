"""An editor's ticks and texts on the pages of a preview so far. Plain JSON between the pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from bdhvs_lms.base.api import row_number
from bdhvs_quiz.importing.duplicates import Twin
from bdhvs_quiz.importing.planning import Planned

MAX_ALT = 250


@dataclass
class Choices:
    twins: dict[int, Twin] = field(default_factory=dict)
    """Which questions of the file are there already, as the editor was told."""
    left_out: set[int] = field(default_factory=set)
    alts: dict[int, str] = field(default_factory=dict)
    publish: bool = True
    own: bool = False
    """Whether the file's own categories are made below the chosen one."""
    into: int | None = None
    """Number of the page that the questions go into beside the bank: a quiz, or what a new one stands below."""

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> Choices:
        return cls(
            {int(index): Twin(**twin) for index, twin in data.get("twins", {}).items()},
            set(data.get("left_out", ())),
            {int(place): text for place, text in data.get("alts", {}).items()},
            data.get("publish", True),
            data.get("own", False),
            data.get("into"),
        )

    def to_json(self) -> dict[str, Any]:
        return {
            "twins": {str(index): {"pk": twin.pk, "place": twin.place} for index, twin in self.twins.items()},
            "left_out": sorted(self.left_out),
            "alts": {str(place): text for place, text in self.alts.items()},
            "publish": self.publish,
            "own": self.own,
            "into": self.into,
        }

    def known_now(self, twins: Mapping[int, Twin]) -> list[int]:
        """Return the questions that came into the bank since; leave them out from now on, until ticked again."""
        fresh = [index for index, twin in twins.items() if twin.pk is not None and index not in self.twins]
        self.twins = dict(twins)
        self.left_out |= set(fresh)
        return fresh

    def take_from(self, posted: Any, shown: Iterable[Planned], places: Collection[int]) -> None:
        """Read what a page says about the questions shown on it; `places` of files whose description was asked for."""
        ticked = set(posted.getlist("take"))
        for each in shown:
            (self.left_out.discard if str(each.index) in ticked else self.left_out.add)(each.index)
        for place in places:
            if (text := posted.get(f"alt-{place}")) is not None:
                self.alts[place] = " ".join(text.split())[:MAX_ALT]
        self.publish = "publish" in posted
        self.own = "own" in posted
        self.into = row_number(posted.get("into", "")) or None
