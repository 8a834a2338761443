"""Run in processes of their own, beside a serving site: what the race test needs to be made and to be counted."""

from __future__ import annotations

import json
import sys
from collections import Counter

from django.urls import reverse

from bdhvs_h5p.attempts.tokens import issue
from bdhvs_h5p.models import H5PAttempt, H5PStep
from bdhvs_lms.progress.api import results_of
from bdhvs_lms.tracking.api import check
from bdhvs_xapi import api as xapi
from tests.bdhvs_content import pages
from tests.bdhvs_h5p.playing import Playing


def build() -> None:
    """An activity with a pass mark, an attempt, and a token for each of three renderings of its page."""
    play = Playing(values={"pass_percent": 75})
    attempt = play.open()
    told = {
        "session": {name: morsel.value for name, morsel in play.client.cookies.items()},
        "page": play.page.url,
        "begin": reverse("bdhvs_h5p:begin", args=[play.key]),
        "statements": reverse("bdhvs_h5p:statements", args=[attempt.uuid]),
        "tokens": [issue(attempt, at=pages.AT) for _ in range(3)],
    }
    sys.stdout.write("TOLD" + json.dumps(told) + "\n")


def count() -> None:
    """What the races left behind; prints one JSON line."""
    first = H5PAttempt.objects.order_by("number").first()
    assert first is not None
    said = Counter(fact.verb.rsplit("/", 1)[1] for fact in xapi.facts(registration=first.uuid))
    result = results_of(first.learner, [first.activity_key])[first.activity_key]
    told = {
        "attempts": H5PAttempt.objects.count(),
        "open": H5PAttempt.objects.filter(ended_received_at=None).count(),
        "in a row": list(H5PStep.objects.filter(attempt=first).order_by("seq").values_list("seq", flat=True))
        == list(range(1, first.steps_kept + 1)),
        "said": dict(said),
        "best": [str(first.best_scaled), str(result.best_scaled)],
        "passed": first.success,
        "differences": [str(difference) for difference in check()],
    }
    sys.stdout.write("TOLD" + json.dumps(told) + "\n")
