"""A process that adds patches to a folder: started by test_store.py, told to go by a line on its standard input.

Arguments: the folder, what to do, the patches in their order.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from typing import BinaryIO

from adapter_tests.having import Having, made
from h5p_python_adapter.filesystem.libraries import FolderLibraries
from h5p_python_adapter.records import FileFacts, LibraryFacts


def patched(patch: int) -> tuple[LibraryFacts, dict[str, bytes]]:
    files = {f"scripts/{n}.js": f"// {patch}.{n}\n".encode() * 500 for n in range(30)}
    return made("Race 1.0", patch=patch, js=files)


def stopped(facts: LibraryFacts, having: Having) -> Iterator[tuple[str, FileFacts, BinaryIO]]:
    """Half of the files; then the process is gone as if killed."""
    for count, row in enumerate(having.library_files(facts.id)):
        if count == len(facts.files) // 2:
            os._exit(9)
        yield row


def main(root: str, way: str, *patches: str) -> None:
    store = FolderLibraries(root)
    sys.stdout.write("ready\n")
    sys.stdout.flush()
    sys.stdin.readline()
    for patch in patches:
        facts, files = patched(int(patch))
        having = Having((facts, files))
        if way == "stopped":
            store.add_files(facts, lambda facts=facts, having=having: stopped(facts, having))  # type: ignore[misc]
        added = store.add(having, facts.id)
        sys.stdout.write(f"{patch} {added.weighed.value} {added.there.patch}\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
