"""State, activity profile, agent profile: the document resources (xAPI 1.0.3 Part Three, 2.2, 2.3, 2.6, 2.7, 3.1)."""

from __future__ import annotations

from typing import Final

import msgspec
from django.http import HttpResponse

from bdhvs_xapi.conf import app_settings
from bdhvs_xapi.lrs import parameters
from bdhvs_xapi.lrs.answers import answer, json_answer, no_content
from bdhvs_xapi.lrs.calls import Call
from bdhvs_xapi.lrs.credentials import Scope
from bdhvs_xapi.lrs.errors import Refused, bad
from bdhvs_xapi.statements.agents import agent_key
from bdhvs_xapi.statements.canonical import decode_exact
from bdhvs_xapi.statements.values import MEDIA_TYPE
from bdhvs_xapi.statements.versions import Version
from bdhvs_xapi.store import documents
from bdhvs_xapi.store.documents import JSON, Check, Document, DocumentTooLarge, Kind, NotMergeable, Place

_ID: Final = {Kind.STATE: "stateId", Kind.ACTIVITY_PROFILE: "profileId", Kind.AGENT_PROFILE: "profileId"}
_SCOPE: Final = {Kind.STATE: Scope.STATE, Kind.ACTIVITY_PROFILE: Scope.PROFILE, Kind.AGENT_PROFILE: Scope.PROFILE}
_PLACE: Final = {
    Kind.STATE: ("activityId", "agent", "registration"),
    Kind.ACTIVITY_PROFILE: ("activityId",),
    Kind.AGENT_PROFILE: ("agent",),
}
_ANY_TYPE: Final = "application/octet-stream"
_CONFLICT: Final = (
    "there is a document already: GET it to check its current state, then repeat the request with its ETag in If-Match"
)


class Documents:
    """One of the three resources: a method for each method."""

    def __init__(self, kind: Kind) -> None:
        self.kind = kind

    def get(self, call: Call) -> HttpResponse:
        call.require(_SCOPE[self.kind], Scope.ALL_READ)
        call.allow(*_PLACE[self.kind], _ID[self.kind], "since")
        place = self._place(call)
        since = parameters.instant(call, "since")
        name = parameters.document_id(call, _ID[self.kind])
        if name is None:
            found, modified = documents.ids(place, since=since, using=call.using)
            return json_answer(found, modified=modified)
        if since is not None and call.version is Version.V2:
            # IEEE 9274.1.1, 4.1.6.2: one asks for one document or for the ids since then; 1.0.3 says nothing.
            raise bad("since", f"not together with {_ID[self.kind]}")
        document = documents.read(place, name, using=call.using)
        if document is None:
            raise Refused(404, "no such document")
        return answer(
            document.content, content_type=document.content_type, etag=document.etag, modified=document.updated
        )

    def put(self, call: Call) -> HttpResponse:
        return self._write(call, merge=False)

    def post(self, call: Call) -> HttpResponse:
        return self._write(call, merge=True)

    def delete(self, call: Call) -> HttpResponse:
        call.require(_SCOPE[self.kind])
        lists = self.kind is Kind.STATE
        call.allow(*_PLACE[self.kind], _ID[self.kind], *(("since",) if lists else ()))
        place = self._place(call)
        since = parameters.instant(call, "since")
        name = parameters.document_id(call, _ID[self.kind])
        if name is not None:
            documents.delete(place, name, check=_precondition(call, self.kind), using=call.using)
        elif lists:
            documents.delete_all(place, since=since, using=call.using)
        else:
            raise bad(_ID[self.kind], "required")
        return no_content()

    def _write(self, call: Call, *, merge: bool) -> HttpResponse:
        call.require(_SCOPE[self.kind])
        call.allow(*_PLACE[self.kind], _ID[self.kind])
        place = self._place(call)
        name = parameters.document_id(call, _ID[self.kind])
        if name is None:
            raise bad(_ID[self.kind], "required")
        content_type = call.content_type.strip() or _ANY_TYPE
        if not MEDIA_TYPE.fullmatch(content_type) or len(content_type) > 255 or not content_type.isprintable():
            raise bad("Content-Type", "expected a media type of at most 255 characters")
        content = call.body()
        if call.media_type == JSON:
            _must_be_json(content)
        try:
            documents.write(
                place,
                name,
                content_type=content_type,
                content=content,
                at=call.at,
                check=_precondition(call, self.kind),
                merge=merge,
                most=min(app_settings.MAX_DOCUMENT, app_settings.MAX_BODY),
                using=call.using,
            )
        except NotMergeable as error:
            raise Refused(400, str(error)) from None
        except DocumentTooLarge as error:
            raise Refused(413, str(error)) from None
        return no_content()

    def _place(self, call: Call) -> Place:
        activity = agent = None
        for name in _PLACE[self.kind]:
            if name != "registration":
                parameters.required(call, name)
        if "activityId" in _PLACE[self.kind]:
            activity = parameters.iri(call, "activityId")
        if "agent" in _PLACE[self.kind]:
            found = parameters.agent(call)
            agent = None if found is None else agent_key(found)
        return Place(self.kind, activity, agent, parameters.uuid(call, "registration"))


def _must_be_json(content: bytes) -> None:
    try:
        decode_exact(content)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise Refused(400, f"the content is not what Content-Type {JSON} says: {error}") from None


def _precondition(call: Call, kind: Kind) -> Check:
    """What 3.1 asks of the headers, as a check of what is there.

    Without If-Match and If-None-Match a PUT must not overwrite a profile: 409. For a new one 1.0.3 says that clients
    MUST send one of them (3.1.s3.b1), so a request without is bad: 400; 2.0 asks for none. State is exempt in 1.0.3 and
    is not in 2.0 (IEEE 9274.1.1, 4.1.4).
    """
    if_match, if_none_match = call.header("IF_MATCH").strip(), call.header("IF_NONE_MATCH").strip()

    def check(there: Document | None) -> None:
        if if_match and not (there is not None and _names(if_match, there.etag)):
            raise Refused(412, "If-Match does not name the ETag of the document that is there")
        if if_none_match and there is not None and _names(if_none_match, there.etag):
            raise Refused(412, "If-None-Match names the document that is there")
        if if_match or if_none_match or call.method != "PUT":
            return
        if there is not None and (kind is not Kind.STATE or call.version is Version.V2):
            raise Refused(409, _CONFLICT)
        if kind is not Kind.STATE and call.version is Version.V1:
            raise Refused(400, "If-Match or If-None-Match is required: If-None-Match: * to make a new document")

    return check


def _names(header: str, etag: str) -> bool:
    """Whether a list of entity tags (RFC 9110, 13.1) holds ``etag``; ``*`` names whatever is there.

    A weak tag never matches: a document is replaced byte by byte. Clients that forget the quotes are understood.
    """
    return header == "*" or etag in {tag.strip().strip('"') for tag in header.split(",")}
