"""What the H5P adapter costs and saves: checking packages, one copy of each library, order of loading, joined files.

    python benchmarks/h5p.py                   40 packages made here, in a temporary folder; no database, no Django

``--packages N`` how many (default 40). They are made after what real ones are like: 5 to 14 of 24 libraries each, most
of them the same ones, with scripts, styles, fonts and translations of usual sizes, and some media. Each cost stands
beside a floor of the same run: the least that anybody does with these bytes. CPU of one process, and where it waits
for the disk, wall time.
"""

from __future__ import annotations

import argparse
import hashlib
import io
import json
import platform
import random
import statistics
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT / "content")]

from h5p_python_adapter import (  # noqa: E402
    FolderLibraries,  # noqa: E402
    LibraryId,  # noqa: E402
    bundles,  # noqa: E402
    closure,  # noqa: E402
    inspect,
    opened,
)

WORDS = "H5P function prototype return var this options params container trigger attach score answer feedback".split()


def script(dice: random.Random, size: int) -> bytes:
    """JavaScript that runs, as compressible as code is."""
    lines = ["var H5P = H5P || {};"]
    length = 0
    while length < size:
        name = f"{dice.choice(WORDS)}_{dice.randrange(9999)}"
        lines.append(f"(function () {{ var {name} = '{' '.join(dice.choices(WORDS, k=9))}'; }})();")
        length += len(lines[-1])
    return "\n".join(lines).encode()


def sheet(dice: random.Random, size: int) -> bytes:
    rules: list[str] = ["@font-face { font-family: x; src: url('../fonts/x.woff2') format('woff2'); }"]
    length = 0
    while length < size:
        name = f".h5p-{dice.choice(WORDS)}-{dice.randrange(9999)} > .h5p-{dice.choice(WORDS)}"
        background = f'#{dice.randrange(16**6):06x} url("../images/x.png") no-repeat'
        rules.append(f"{name} {{ margin: {dice.randrange(40)}px; background: {background}; }}")
        length += len(rules[-1])
    return "\n".join(rules).encode()


def library(number: int) -> tuple[LibraryId, dict[str, bytes]]:
    """The same bytes for the same number. Libraries need up to three of those before them, the first few above all."""
    dice = random.Random(number)
    id = LibraryId(f"H5P.Made{number:02}", 1, dice.randrange(20))
    needs = sorted({dice.randrange(min(number, 6)) for _ in range(3)}) if number else []
    wanted = [known(need) for need in needs]
    about = {
        "title": id.machine_name, "machineName": id.machine_name, "majorVersion": 1, "minorVersion": id.minor,
        "patchVersion": 3, "runnable": 1, "preloadedJs": [{"path": "scripts/a.js"}, {"path": "scripts/b.js"}],
        "preloadedCss": [{"path": "styles/a.css"}],
        "preloadedDependencies": [
            {"machineName": each.machine_name, "majorVersion": 1, "minorVersion": each.minor} for each in wanted
        ],
    }  # fmt: skip
    files = {
        "library.json": json.dumps(about).encode(),
        "semantics.json": json.dumps([{"name": word, "type": "text", "label": word} for word in WORDS] * 8).encode(),
        "scripts/a.js": script(dice, dice.choice((8_000, 30_000, 90_000))),
        "scripts/b.js": script(dice, dice.choice((2_000, 12_000))),
        "styles/a.css": sheet(dice, dice.choice((3_000, 15_000, 40_000))),
        "fonts/x.woff2": dice.randbytes(dice.choice((0, 20_000, 70_000))),
        "images/x.png": b"\x89PNG\r\n\x1a\n" + dice.randbytes(4_000),
    }
    for language in ("ar", "de", "es", "fr", "it", "nl", "pt", "vi"):
        files[f"language/{language}.json"] = json.dumps({"semantics": [{"label": word} for word in WORDS] * 8}).encode()
    return id, files


def known(number: int) -> LibraryId:
    return LibraryId(f"H5P.Made{number:02}", 1, random.Random(number).randrange(20))


def package(number: int) -> bytes:
    """A package, deflated as its authors do."""
    dice = random.Random(10_000 + number)
    chosen = {dice.randrange(6, 24) for _ in range(dice.randint(2, 5))}
    brought: dict[int, dict[str, bytes]] = {}
    ahead = sorted(chosen)
    while ahead:
        each = ahead.pop()
        if each not in brought:
            _id, brought[each] = library(each)
            needs = json.loads(brought[each]["library.json"])["preloadedDependencies"]
            ahead += [int(need["machineName"][-2:]) for need in needs]
    main = known(max(chosen))
    parts = [
        {
            "library": str(known(each)),
            "params": {"text": " ".join(dice.choices(WORDS, k=60))},
            "subContentId": f"{each}",
        }
        for each in sorted(chosen)
    ]
    named = [
        {"machineName": known(n).machine_name, "majorVersion": 1, "minorVersion": known(n).minor}
        for n in sorted(brought)
    ]
    h5p = {"title": f"Made {number}", "language": "vi", "mainLibrary": main.machine_name, "embedTypes": ["iframe"],
           "license": "U", "preloadedDependencies": named}  # fmt: skip
    into = io.BytesIO()
    with zipfile.ZipFile(into, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("h5p.json", json.dumps(h5p))
        archive.writestr("content/content.json", json.dumps({"parts": parts}))
        archive.writestr("content/images/a.jpg", b"\xff\xd8\xff\xe0" + dice.randbytes(dice.choice((50_000, 400_000))))
        for each, files in brought.items():
            for path, data in files.items():
                archive.writestr(f"{known(each).folder}/{path}", data)
    return into.getvalue()


def timed(what: Callable[[], Any], clock: Callable[[], float] = time.process_time) -> tuple[float, Any]:
    started = clock()
    result = what()
    return (clock() - started) * 1000, result


def floor(data: bytes) -> int:
    """Unpacking and hashing every file: bytes."""
    total = 0
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        for name in archive.namelist():
            piece = archive.read(name)
            hashlib.sha256(piece).hexdigest()
            total += len(piece)
    return total


def row(name: str, *cells: str) -> None:
    print(f"  {name:<46}" + "".join(f"{cell:>16}" for cell in cells))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--packages", type=int, default=40)
    count = parser.parse_args().packages
    made = [package(number) for number in range(count)]

    with tempfile.TemporaryDirectory() as folder:
        store = FolderLibraries(folder)
        checks, floors, adds, orders, joins, plain = [], [], [], [], [], []
        unpacked = content = js = css = 0
        shares: list[int] = []
        folders = files = 0
        for data in made:
            floor_ms, size = timed(lambda data=data: floor(data))
            check_ms, report = timed(lambda data=data: inspect(io.BytesIO(data)))
            assert report.ok, report.findings
            unpacked += size
            floors.append(floor_ms / size * 2**20)
            checks.append(check_ms / size * 2**20)
            facts = report.package
            content += sum(file.size for file in facts.content.values())
            with opened(io.BytesIO(data), report=report) as package_:
                add_ms, added = timed(
                    lambda p=package_, f=facts: [store.add(p, each.id) for each in f.libraries], time.perf_counter
                )
            adds.append(add_ms)
            shares.append(sum(each.weighed.installs for each in added))
            order_ms, loaded = timed(lambda f=facts: closure(f.main, f.params, store))
            orders.append(order_ms)

            def address(id: LibraryId, path: str) -> str:
                return f"/h5p/thu-vien/{id.folder}/{path}"

            join_ms, joined = timed(lambda loaded=loaded: bundles(loaded, store, address))
            joins.append(join_ms)
            plain_ms, _bytes = timed(
                lambda joined=joined: b";\n".join(
                    store.open(*each).read() for each in (*joined.scripts, *joined.styles)
                )
            )
            plain.append(plain_ms)
            folders += len(facts.libraries)
            files = max(files, len(joined.scripts) + len(joined.styles))
            js, css = max(js, len(joined.js)), max(css, len(joined.css))
        kept = sum(store.sizes().values())
        libraries = sum(1 for _ in store.libraries())

    print(f"{count} packages made here · Python {platform.python_version()} · one process · temporary folder on disk\n")
    row("", "packages", "kept", "saved")
    row(
        "libraries, MB unpacked",
        f"{(unpacked - content) / 1e6:.1f}",
        f"{kept / 1e6:.1f}",
        f"{1 - kept / (unpacked - content):.0%}",
    )
    row("library folders", f"{folders}", f"{libraries}", "")
    row("content, MB (nothing to share)", f"{content / 1e6:.1f}", f"{content / 1e6:.1f}", "")
    print()
    row("", "ms, median", "ms, slowest", "floor, median")
    row(
        "checking, for each MB unpacked",
        f"{statistics.median(checks):.1f}",
        f"{max(checks):.1f}",
        f"{statistics.median(floors):.1f}",
    )
    news = [ms for ms, new in zip(adds, shares, strict=True) if new]
    olds = [ms for ms, new in zip(adds, shares, strict=True) if not new]
    row(
        "keeping a package's libraries, some new (wall)",
        f"{statistics.median(news):.1f}" if news else "-",
        f"{max(news):.1f}" if news else "-",
        "",
    )
    row(
        "the same, all there already (wall)",
        f"{statistics.median(olds):.1f}" if olds else "-",
        f"{max(olds):.1f}" if olds else "-",
        "",
    )
    row("order of loading", f"{statistics.median(orders):.1f}", f"{max(orders):.1f}", "")
    row(
        "joined scripts and styles",
        f"{statistics.median(joins):.1f}",
        f"{max(joins):.1f}",
        f"{statistics.median(plain):.1f}",
    )
    print("\nfloors: unpacking and hashing every file; reading and joining without a look.")
    print(f"Largest join: {js / 1e3:.0f} kB of scripts, {css / 1e3:.0f} kB of styles, {files} files.")
    print("A package's facts are read from disk anew each time; a site keeps joined files by what is in them.")


if __name__ == "__main__":
    main()
