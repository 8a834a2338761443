"""What pages weigh."""

from __future__ import annotations

from typing import Any

UPLOADED = ("/media/", "/documents/")


class Wire:
    """What the page's requests weigh on the wire, uploaded media apart."""

    def __init__(self, page: Any, origin: str) -> None:
        self.origin = origin
        # Before anything is listened to: what the page still loads is told at once.
        self.requests = self.bytes = 0
        self.addresses: dict[str, str] = {}
        self.documents: list[str] = []
        self.strangers: list[str] = []
        self.session = page.context.new_cdp_session(page)
        self.session.send("Network.enable")
        self.session.on("Network.requestWillBeSent", self._sent)
        self.session.on("Network.loadingFinished", self._finished)
        self.empty()

    def empty(self) -> None:
        """Forget what was counted, and let the browser forget what it keeps."""
        self.session.send("Network.clearBrowserCache")
        self.addresses.clear()
        self.documents.clear()
        self.requests = self.bytes = 0

    def _sent(self, event: dict[str, Any]) -> None:
        url = event["request"]["url"]
        if url.startswith(("data:", "blob:")):
            return
        self.addresses[event["requestId"]] = url.removeprefix(self.origin)
        if not url.startswith(f"{self.origin}/"):
            self.strangers.append(url)
        elif not self.addresses[event["requestId"]].startswith(UPLOADED):
            self.requests += 1
            if event.get("type") == "Document":
                self.documents.append(self.addresses[event["requestId"]])

    def _finished(self, event: dict[str, Any]) -> None:
        if not self.addresses.get(event["requestId"], "/media/").startswith(UPLOADED):
            self.bytes += int(event["encodedDataLength"])
