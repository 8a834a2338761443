"""A rule of evidence as what a learner has to do, in plain words. Officials read `rules.sentence`, which is exact."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from bdhvs_lms.competency.rules import MEANS

# From this trust on a machine's marking is not enough.
OBSERVED, CONFIRMED = 2, 3


def advice(tree: Mapping[str, Any]) -> str:
    """Return words that follow "Still missing:", such as 'pass a quiz on this site'. In the active language."""
    for word, joint in (("all", _("; and ")), ("any", _("; or "))):
        if word in tree:
            return joint.join(advice(branch) for branch in tree[word])
    if "n_of" in tree:
        parts = "; ".join(advice(branch) for branch in tree["of"])
        return _("at least %(n)s of these: %(parts)s") % {"n": tree["n_of"], "parts": parts}
    if "presence" in tree:
        return ngettext("read or attend once", "read or attend %(n)s times", tree["presence"]) % {"n": tree["presence"]}
    return _leaf(tree)


def _leaf(tree: Mapping[str, Any]) -> str:
    # "best" needs no words: one good piece of work is enough either way.
    parts = [_what(tree)]
    if tree["pick"] in MEANS:
        percent = (Decimal(str(tree["min_scaled"])) * 100).normalize()
        text = (
            _("reach a mean of at least %(percent)s%% over the first attempt at each")
            if tree["pick"] == "firsts"
            else _("reach a mean of at least %(percent)s%%, in which newer results weigh more")
        )
        parts.append(text % {"percent": f"{percent:f}"})
    elif "min_scaled" in tree:
        percent = (Decimal(str(tree["min_scaled"])) * 100).normalize()
        parts.append(_("with a score of at least %(percent)s%%") % {"percent": f"{percent:f}"})
    if tree.get("trust", 0) == OBSERVED:
        parts.append(_("with a teacher or observer present"))
    elif tree.get("trust", 0) >= CONFIRMED:
        parts.append(_("and have it officially confirmed"))
    if tree["pick"] == "latest":
        parts.append(_("the last attempt counts"))
    if "within_days" in tree:
        parts.append(
            ngettext("within %(n)s day", "within %(n)s days", tree["within_days"]) % {"n": tree["within_days"]}
        )
    return ", ".join(parts)


def _what(tree: Mapping[str, Any]) -> str:
    times, trust = tree.get("times", 1), tree.get("trust", 0)
    if tree["pick"] == "firsts":
        text = _("complete a quiz") if times == 1 else _("complete %(n)s different quizzes")
    elif not tree.get("passed"):
        text = _("complete a quiz") if times == 1 else ngettext("complete %(n)s quiz", "complete %(n)s quizzes", times)
    elif times == 1:
        text = _("pass a quiz")
    elif tree.get("distinct"):
        text = ngettext("pass %(n)s different quiz", "pass %(n)s different quizzes", times)
    else:
        text = ngettext("pass a quiz %(n)s time", "pass a quiz %(n)s times", times)
    text %= {"n": times}
    # What the system has to grade is done here; what somebody observes may be done anywhere.
    return _("%(what)s on this site") % {"what": text} if trust == 1 else text
