"""Personal data of retests: who was drawn stays, without a name: the numbers of the sample rest on it (ADR 104)."""

from __future__ import annotations

from bdhvs_lms.privacy.held import Held, TableData

DRAWN = "A draw by chance, of an opaque row: numbers that were reported rest on it, and the draw is checked by it."
STAFF = "A fact about how a retest was carried out; it names an account that erasure empties and closes."


class RetestData(TableData):
    key = "bdhvs_lms.retest"
    tables = (
        Held("bdhvs_lms.RetestMember", "learner", "learner", DRAWN),
        Held("bdhvs_lms.RetestAbsence", "member__learner", "learner", DRAWN),
        Held("bdhvs_lms.RetestSample", "drawn_by", "user", STAFF),
        Held("bdhvs_lms.RetestAbsence", "noted_by", "user", STAFF),
        Held("bdhvs_lms.RetestClosing", "closed_by", "user", STAFF),
    )
