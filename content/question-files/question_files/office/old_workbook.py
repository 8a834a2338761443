"""A program: the first sheet with rows of a workbook at its input, as lines of JSON: [number, cells].

The library that reads old workbooks (.xls) and OpenDocument (.ods) builds all cells up to the last one, and ends its
process where the memory does not suffice. Imports nothing of ours: it starts in some 20 ms. A day is written as
{"date": …}. Ends with 3 for a file that cannot be read, with 4 where a password is asked for.
"""

import io
import json
import resource
import sys
from datetime import date, datetime, time, timedelta

MEMORY, SECONDS = 192 * 1024 * 1024, 2
MOST_TEXT = 20_000_000


def _bound() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 1))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _written(cell: object) -> object:
    if isinstance(cell, datetime | date):
        return {"date": cell.isoformat()}
    return str(cell) if isinstance(cell, time | timedelta) else cell


def _main() -> int:
    # Once the process is bounded.
    from python_calamine import CalamineError, CalamineWorkbook, PasswordError

    length = 0
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(sys.stdin.buffer.read()))
        for name in workbook.sheet_names:
            found = False
            for number, row in enumerate(workbook.get_sheet_by_name(name).to_python(skip_empty_area=False), start=1):
                while row and row[-1] == "":
                    row.pop()
                if row:
                    found = True
                    length += sum(len(cell) for cell in row if isinstance(cell, str))
                    if length > MOST_TEXT:
                        return 5
                    json.dump([number, [_written(cell) for cell in row]], sys.stdout)
                    sys.stdout.write("\n")
            if found:
                break
    except PasswordError:
        return 4
    except CalamineError:
        return 3
    return 0


if __name__ == "__main__":
    _bound()
    sys.exit(_main())
