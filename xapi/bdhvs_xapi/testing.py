"""The conformance kit of transports: what every one must do, as tests that its author subclasses::

    from bdhvs_xapi.testing import TransportConformance

    class FileConforms(TransportConformance, TestCase):
        transport = FileTransport

        def destination(self): ...
        def dead_end(self): ...
        def arrived(self): ...

It needs no database, and runs under pytest and under ``manage.py test`` alike.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, ClassVar
from uuid import UUID, uuid4

from bdhvs_xapi.outbox.registry import faults, transports
from bdhvs_xapi.outbox.transport import Answer, Blob, Check, Destination, Outcome, Outgoing, Transport
from bdhvs_xapi.statements.validate import encode

__all__ = ["TransportConformance"]

if TYPE_CHECKING:
    from unittest import TestCase as Mixin
else:
    Mixin = object


class TransportConformance(Mixin):
    """Give the class, a destination that works, what arrived there, and a destination where nobody answers."""

    transport: ClassVar[type[Transport]]

    def destination(self) -> Destination:
        """One that takes everything; empty at the beginning of each test."""
        raise NotImplementedError

    def dead_end(self) -> Destination:
        """One that cannot be reached."""
        raise NotImplementedError

    def arrived(self) -> list[UUID]:
        """The ids of the statements that ``destination()`` has, one entry for each that it counts."""
        raise NotImplementedError

    def outgoing(self) -> Outgoing:
        """A valid statement with an attachment whose data is at hand."""
        data = b"\r\n--\x00\xff"
        sha2 = hashlib.sha256(data).hexdigest()
        statement_id = uuid4()
        body = encode(
            {
                "id": str(statement_id),
                "actor": {"account": {"homePage": "https://lms.example.org", "name": str(uuid4())}},
                "verb": {"id": "http://adlnet.gov/expapi/verbs/experienced"},
                "object": {"id": "https://lms.example.org/lesson/1"},
                "timestamp": "2025-11-15T08:30:00.000Z",
                "attachments": [
                    {
                        "usageType": "https://lms.example.org/scan",
                        "display": {"en": "A scan"},
                        "contentType": "application/octet-stream",
                        "length": len(data),
                        "sha2": sha2,
                        "fileUrl": "https://lms.example.org/scan/1",
                    }
                ],
            }
        )
        return Outgoing(statement_id, body, {sha2: Blob("application/octet-stream", data)})

    def test_it_is_registered_and_complete(self) -> None:
        self.assertEqual(faults(self.transport), [])
        self.assertIs(transports().get(self.transport.key), self.transport)

    def test_a_good_destination_has_no_faults(self) -> None:
        self.assertEqual(list(self.transport.faults(self.destination())), [])

    def test_a_batch_arrives_and_each_statement_has_its_result(self) -> None:
        batch = [self.outgoing() for _ in range(3)]
        answer = self._send(self.destination(), batch)
        self.assertIsNone(answer.trouble)
        self.assertEqual([result.outcome for result in answer.results], [Outcome.DELIVERED] * 3)
        self.assertEqual(sorted(self.arrived()), sorted(item.statement_id for item in batch))

    def test_what_is_sent_twice_is_there_once(self) -> None:
        """A sender that died after sending sends again: a destination that counted both would be wrong for good."""
        destination, batch = self.destination(), [self.outgoing()]
        for _ in range(2):
            answer = self._send(destination, batch)
            self.assertEqual([result.outcome for result in answer.results], [Outcome.DELIVERED])
        self.assertEqual(self.arrived(), [batch[0].statement_id])

    def test_asking_leaves_nothing_behind(self) -> None:
        with self.transport(self.destination()) as transport:
            found = transport.check()
        self.assertIsInstance(found, Check)
        self.assertTrue(found.reachable, found.reason)
        self.assertEqual(self.arrived(), [])

    def test_where_nobody_answers_everything_waits_with_a_reason(self) -> None:
        batch = [self.outgoing() for _ in range(2)]
        answer = self._send(self.dead_end(), batch)
        self.assertEqual([result.outcome for result in answer.results], [Outcome.LATER] * 2)
        self.assertTrue(answer.trouble is not None and answer.trouble.reason)
        with self.transport(self.dead_end()) as transport:
            found = transport.check()
        self.assertFalse(found.reachable)
        self.assertTrue(found.reason)

    def test_closing_twice_does_no_harm(self) -> None:
        transport = self.transport(self.destination())
        transport.check()
        transport.close()
        transport.close()

    def _send(self, destination: Destination, batch: list[Outgoing]) -> Answer:
        with self.transport(destination) as transport:
            answer = transport.send(batch)
        self.assertEqual(len(answer.results), len(batch), "One result for each statement of the batch.")
        return answer
