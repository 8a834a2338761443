"""A yes to keeping learning data, as a form brings it (`bdhvs_lms/includes/consent.html`): one's own, a guardian's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from bdhvs_lms.audit.api import ConsentText
from bdhvs_lms.campaign.api import about_site
from bdhvs_lms.conf import app_settings
from bdhvs_lms.learners.consent import Consenting
from bdhvs_lms.learners.guardians import clean_guardian
from bdhvs_lms.learners.models import Guardian

__all__ = ["ConsentAnswer", "ConsentAsked", "Reason", "ask_for_consent"]

OWN, GUARDIAN = "id_consent", "id_guardian_consent"
_FIELDS = {"guardian": "id_guardian_name", "guardian_phone": "id_guardian_phone", "relation": "id_guardian_relation"}


class Reason(str):
    """Text of what is wrong, with the id of the field that it is about."""

    anchor: str

    def __new__(cls, words: str, anchor: str = OWN) -> Reason:
        made = super().__new__(cls, words)
        made.anchor = anchor
        return made


@dataclass(frozen=True)
class ConsentAsked:
    """Question of the page. `text`: None is the text that is shipped. `named`: the guardian is on record already."""

    version: str
    who: Consenting
    text: ConsentText | None
    named: bool = False

    @property
    def shown(self) -> str:
        """Return what the form brings back: the version, with a digest of who keeps the data and how long where that is
        said.
        A yes to another agency or period is no yes to this one."""
        about = about_site()
        facts = (about.agency, about.address, about.phone, app_settings.KEEP_DAYS)
        return f"{self.version} {sha256(repr(facts).encode()).hexdigest()[:12]}" if any(facts) else self.version

    @property
    def relations(self) -> list[tuple[str, str]]:
        return [(str(value), str(label)) for value, label in Guardian.Relation.choices]


def ask_for_consent() -> Reason:
    return Reason(_("Agree that your learning data is kept. Without your consent, nothing can be recorded."))


class ConsentAnswer:
    """Answer of a form to what its page asked. `reasons`: why it is no yes, empty: it is one; `guardian`: who stands
    for the child, to be written down, as `name_guardian` takes it."""

    def __init__(self, data: Mapping[str, Any], asked: ConsentAsked) -> None:
        self.asked = asked
        self.guardian: dict[str, str] | None = None
        self.reasons: list[Reason] = []
        if asked.who.own and not data.get("consent"):
            words = _("Tick the box to agree. Without your consent, no learning data can be kept.")
            self.reasons.append(Reason(words))
        if asked.who.guardian:
            self._read_guardian(data)
        # A yes to another version of the text than the one in force is no yes to this one.
        if not self.reasons and data.get("text_version") != asked.shown:
            anchor = OWN if asked.who.own else GUARDIAN
            self.reasons.append(Reason(_("The text has changed. Read it again and agree."), anchor))

    def _read_guardian(self, data: Mapping[str, Any]) -> None:
        """Read in the order of the page: who it is, then the tick."""
        if not self.asked.named:
            self._read_who(data)
        if not data.get("guardian_consent"):
            words = _("Under 16, a parent or guardian has to agree too. Ask them to tick this box.")
            self.reasons.append(Reason(words, GUARDIAN))

    def _read_who(self, data: Mapping[str, Any]) -> None:
        typed = {
            "full_name": str(data.get("guardian_name", "")),
            "phone": str(data.get("guardian_phone", "")),
            "relation": str(data.get("guardian_relation", "")),
        }
        if not typed["full_name"].strip():
            self.reasons.append(Reason(_("Enter the full name of the parent or guardian."), _FIELDS["guardian"]))
            return
        try:
            clean_guardian(**typed)
        except ValidationError as wrong:
            for field, messages in wrong.message_dict.items():
                self.reasons += [Reason(words, _FIELDS[field]) for words in messages]
        else:
            self.guardian = typed
