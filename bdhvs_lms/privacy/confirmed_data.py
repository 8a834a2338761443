"""Personal data of official confirmations: the act stays without a name, what VNeID says of the person
goes (ADR 94)."""

from __future__ import annotations

from typing import Any

from django.apps import apps

from bdhvs_lms.learners.api import Learner, without_name
from bdhvs_lms.privacy.held import Held, TableData, user_ids

ACT = (
    "An official act, needed for counts that were reported: number and day of a document. Without the name its "
    "certificate says that it can no longer be checked."
)
STAFF = "An official act; it names an account that erasure empties and closes, and who signed without the name."


class ConfirmingData(TableData):
    key = "bdhvs_lms.confirming"
    tables = (
        Held("bdhvs_lms.ConfirmationAct", "confirmations__learner", "learner", ACT),
        Held("bdhvs_lms.ConfirmationAct", "by", "user", STAFF),
        Held("bdhvs_lms.Confirmation", "learner", "learner", ACT),
        Held("bdhvs_lms.ConfirmationRevocation", "confirmation__learner", "learner", f"{ACT} The reason goes."),
        Held("bdhvs_lms.ConfirmationRevocation", "by", "user", STAFF),
        Held("bdhvs_lms.ConfirmationProposal", "learner", "learner", ""),
        # Of others it stays: only who proposed them is taken out.
        Held("bdhvs_lms.ConfirmationProposal", "by", "user", ""),
        Held("bdhvs_lms.ConfirmationProposal", "refused_by", "user", ""),
        Held("bdhvs_lms.VneidConfirmation", "learner", "learner", ""),
        # What the person entered about others is the others': only who it was is taken out.
        Held("bdhvs_lms.VneidConfirmation", "entered_by", "user", ""),
    )

    def erase(self, learner: Learner) -> int:
        proposals: Any = apps.get_model("bdhvs_lms.ConfirmationProposal")._default_manager
        proposed, _by_model = proposals.filter(learner=learner).delete()
        for name in ("by", "refused_by"):
            proposed += proposals.filter(**{f"{name}__in": user_ids(learner)}).update(**{name: None})
        # Plain managers, because the tables' own refuse every change.
        outside: Any = apps.get_model("bdhvs_lms.VneidConfirmation")._base_manager
        rows, _by_model = outside.filter(learner=learner).delete()
        rows += outside.filter(entered_by__in=user_ids(learner)).update(entered_by=None)
        revoked = apps.get_model("bdhvs_lms.ConfirmationRevocation")._base_manager.exclude(reason="")
        rows += revoked.filter(confirmation__learner=learner).update(reason="")
        return int(proposed + rows) + _forget_signer(learner)


def _forget_signer(learner: Learner) -> int:
    """Remove the name of a signer who is a learner and erased as such; the position stays."""
    person: Any = apps.get_model("bdhvs_lms.Person")._default_manager.filter(learner=learner).first()
    if person is None:
        return 0
    acts, changed = apps.get_model("bdhvs_lms.ConfirmationAct")._base_manager.exclude(signer=""), 0
    for signer in acts.order_by().values_list("signer", flat=True).distinct():
        rest = without_name(signer, person.full_name)
        if rest != signer:
            changed += acts.filter(signer=signer).update(signer=rest)
    return int(changed)
