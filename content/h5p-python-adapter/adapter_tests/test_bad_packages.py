"""Every bad package is refused, with the right code, file and rule; in little memory, and nothing is left on disk."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from adapter_tests import building
from adapter_tests.bad_packages import BAD, Bad, entries
from adapter_tests.raw import Raw, raw_zip
from h5p_python_adapter import inspect
from h5p_python_adapter.vocabulary import CLAUSES

ROOT = Path(__file__).resolve().parents[1]
MIB = 1 << 20


def test_the_corpus_is_large_and_knows_every_error() -> None:
    assert len(BAD) == len({bad.name for bad in BAD}) >= 200
    errors = {code for code, clause in CLAUSES.items() if clause.severity == "error"}
    # Of a package larger than 200 MB, which test_inspecting.py makes small by another limit.
    assert errors - {bad.code for bad in BAD} == {"package-too-large"}
    assert {bad.code: bad.rule for bad in BAD} == {code: CLAUSES[code].rule for code in errors - {"package-too-large"}}


def what_is_wrong_with(bad: Bad) -> list[str]:
    """Say in which way a package is not refused as it has to be."""
    report = inspect(io.BytesIO(bad.make()))
    errors = [(finding.code, finding.file, finding.rule) for finding in report.findings if finding.severity == "error"]
    said = json.loads(json.dumps(report.to_json()))["findings"]
    asked = {
        "is accepted": report.ok or report.package is not None,
        f"{(bad.code, bad.file, bad.rule)} is not among {errors}": (bad.code, bad.file, bad.rule) not in errors,
        f"one thing is wrong, and {len(errors)} are said": len(errors) > 9,
        f"no words: {said}": not all(one["message"] and "%(" not in one["message"] for one in said),
    }
    return [words for words, wrong in asked.items() if wrong]


def test_each_is_refused_with_code_file_and_rule() -> None:
    assert {bad.name: wrong for bad in BAD if (wrong := what_is_wrong_with(bad))} == {}


# One process for all of them, so that what is not given back adds up. It reads the high-water mark of its own address
# space: getrusage() would count what the parent had.
MEASURE = """
import json, sys
from pathlib import Path
from h5p_python_adapter import inspect

def memory(name):
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) * 1024

inspect(Path(sys.argv[3]))
idle = memory("RssAnon")
Path("/proc/self/clear_refs").write_text("5")
before = memory("VmHWM")
peaks, accepted = {}, []
for path in [*sorted(Path(sys.argv[1]).iterdir()), Path(sys.argv[2])]:
    Path("/proc/self/clear_refs").write_text("5")
    if inspect(path).ok:
        accepted.append(path.name)
    peaks[path.name] = memory("VmHWM") - before
print(json.dumps({"idle": idle, "peaks": peaks, "accepted": accepted}))
"""


def everything_at_its_limit() -> bytes:
    """Names, values, a long text with a rare character, a drawing's attributes: what fills memory most, together."""
    face = "\N{GRINNING FACE}"
    values = ",".join(f'"{number}":{number}.5' for number in range(195_000))
    listed = entries()
    for entry in listed:
        if entry.name == "content/content.json":
            entry.data = f'{{{values},"":"{face}{"a" * 1_500_000}"}}'.encode()
    listed += [Raw(f"content/{number:05}/{face * 60}/{face * 55}.txt") for number in range(9_990)]
    attributes = " ".join(f'a{number}=""' for number in range(300_000))
    return raw_zip([*listed, Raw("content/a.svg", f"<svg {attributes}/>".encode())])


@pytest.mark.skipif(not Path("/proc/self/clear_refs").exists(), reason="memory is measured by Linux")
def test_memory_and_disk(tmp_path: Path) -> None:
    corpus, temporary = tmp_path / "corpus", tmp_path / "temporary"
    good, largest = tmp_path / "good.h5p", tmp_path / "largest.h5p"
    corpus.mkdir()
    temporary.mkdir()
    for number, bad in enumerate(BAD):
        (corpus / f"{number:03}.h5p").write_bytes(bad.make())
    good.write_bytes(building.package())
    largest.write_bytes(everything_at_its_limit())
    before = {path.name: path.stat().st_size for path in tmp_path.rglob("*")}
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, corpus, largest, good],
        cwd=temporary,
        env={"PATH": os.environ["PATH"], "TMPDIR": str(temporary), "PYTHONPATH": str(ROOT)},
        capture_output=True, text=True, timeout=120, check=True,
    )  # fmt: skip
    result = json.loads(done.stdout)
    assert result["accepted"] == [largest.name]
    assert len(result["peaks"]) == len(BAD) + 1
    # 120 MiB for the one that is accepted, and 11 for the worst that is not.
    assert result["peaks"].pop(largest.name) < 150 * MIB
    worst = max(result["peaks"], key=lambda name: result["peaks"][name])
    assert result["peaks"][worst] < 50 * MIB, BAD[int(worst[:3])].name
    assert {path.name: path.stat().st_size for path in tmp_path.rglob("*")} == before, "nothing is left on disk"
