"""A program: the first of some documents that is one page as a PDF file, by WeasyPrint, in a process of its own.

Before each file comes a line of JSON. At its input: {"pages": [HTML, …], "styles": CSS, "base": address}. At its
output: {"file": address} for what a document names, which is answered by {"length": bytes} and as many bytes, or by
{"length": null} where there is no such file; at last {"length": bytes} and the PDF file. It reads nothing itself, waits
behind whatever else the server does, and imports nothing of ours.
"""

import json
import mimetypes
import os
import resource
import sys
from typing import Any, BinaryIO
from urllib.parse import urlsplit

# Of address space, of which the libraries take 300 MB; a paper's hundred pages make 150 MB more.
MEMORY, SECONDS = 1024 * 1024 * 1024, 60
# A tenth of what a page gets beside it.
BEHIND = 10


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.nice(BEHIND)


def _main(asked: BinaryIO, output: BinaryIO) -> None:
    # Once the process is bounded; optional.
    from weasyprint import CSS, HTML  # type: ignore[import-untyped]
    from weasyprint.text.fonts import FontConfiguration  # type: ignore[import-untyped]
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # type: ignore[import-untyped]

    def write(words: dict[str, Any], content: bytes = b"") -> None:
        output.write(json.dumps(words).encode() + b"\n" + content)
        output.flush()

    class SiteFiles(URLFetcher):
        def fetch(self, url: str, headers: Any = None) -> Any:
            write({"file": url})
            length = json.loads(asked.readline())["length"]
            if length is None:
                raise ValueError(f"Not a file of this site: {url}")
            kind = mimetypes.guess_type(urlsplit(url).path)[0] or "application/octet-stream"
            return URLFetcherResponse(url, asked.read(length), {"Content-Type": kind})

    work = json.loads(asked.readline())
    fonts, fetcher = FontConfiguration(), SiteFiles(allowed_protocols=())
    styles = CSS(string=work["styles"], font_config=fonts, url_fetcher=fetcher, base_url=work["base"])
    best = None
    for html in work["pages"]:
        page = HTML(string=html, base_url=work["base"], url_fetcher=fetcher)
        made = page.render(stylesheets=[styles], font_config=fonts)
        if best is None or len(made.pages) < len(best.pages):
            best = made
        if len(best.pages) == 1:
            break
    content = best.write_pdf() if best else b""
    write({"length": len(content)}, content)


if __name__ == "__main__":
    _bound()
    _output = os.fdopen(os.dup(1), "wb")
    # What a library prints is no part of the file.
    os.dup2(2, 1)
    _main(sys.stdin.buffer, _output)
