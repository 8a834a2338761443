"""Codes on certificates: 80 random bits, in letters and digits that are read out and typed without a mistake."""

from __future__ import annotations

import secrets

from bdhvs_lms.base.api import without_marks
from bdhvs_lms.competency.confirming.models import CODE_LENGTH

# 32 of them, without I, L, O and U, of which three look like digits (Crockford's base 32).
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_READ_AS = str.maketrans({"I": "1", "L": "1", "O": "0"})


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _place in range(CODE_LENGTH))


def shown(code: str) -> str:
    """Format the code in groups of four: “7K3M-9QXT-4HWD-2PNR”."""
    return "-".join(code[at : at + 4] for at in range(0, len(code), 4))


def typed(text: str) -> str:
    """Return the code that somebody typed, in whatever case and with whatever between; empty: it can be none."""
    letters = "".join(sign for sign in without_marks(text[:120]).upper() if sign.isalnum()).translate(_READ_AS)
    return letters if len(letters) == CODE_LENGTH and set(letters) <= set(ALPHABET) else ""
