"""The resources that only answer: about, activities, agents (xAPI 1.0.3 Part Three, 2.4, 2.5, 2.8)."""

from __future__ import annotations

from typing import Any, Final

from django.http import HttpResponse
from msgspec import UNSET

from bdhvs_xapi.lrs import parameters
from bdhvs_xapi.lrs.answers import answer, json_answer
from bdhvs_xapi.lrs.calls import Call
from bdhvs_xapi.lrs.credentials import Scope
from bdhvs_xapi.statements.validate import encode
from bdhvs_xapi.statements.vocabulary import ObjectType
from bdhvs_xapi.store.definitions import canonical_activity

_VERSIONS: Final = ("1.0.0", "1.0.1", "1.0.2", "1.0.3", "2.0.0")


class About:
    """Which versions there are; for everybody."""

    def get(self, call: Call) -> HttpResponse:
        call.allow()
        return json_answer({"version": _VERSIONS})


class Activities:
    """What is known about an activity. It comes from everybody's statements, so "mine" is not enough to read it."""

    def get(self, call: Call) -> HttpResponse:
        call.require(Scope.STATEMENTS_READ, Scope.ALL_READ)
        call.allow("activityId")
        parameters.required(call, "activityId")
        iri = parameters.iri(call, "activityId")
        known = canonical_activity(iri or "", using=call.using)
        # 2.5: an Activity is answered whether or not it is known.
        # encode(): numbers of extensions keep their digits.
        return answer(encode(known or {"objectType": ObjectType.ACTIVITY, "id": iri}))


class Agents:
    """A Person made of what was asked for: the store keeps no names and joins no identities (2.4)."""

    def get(self, call: Call) -> HttpResponse:
        call.require(Scope.STATEMENTS_READ_MINE, Scope.STATEMENTS_READ, Scope.STATE, Scope.PROFILE, Scope.ALL_READ)
        call.allow("agent")
        parameters.required(call, "agent")
        agent = parameters.agent(call, groups=False)
        person: dict[str, Any] = {"objectType": "Person"}
        for name in ("name", "mbox", "mbox_sha1sum", "openid", "account"):
            value = getattr(agent, name)
            if value is not UNSET:
                person[name] = [value]
        return json_answer(person)
