"""ralph-malph as a local record store that keeps its statements in a file. Run by the Python of `.venv-peers`.

Its backend for files begins a new file with every batch, and refuses when there is one already; it can append, but
has no setting that says so.
"""

import sys

import uvicorn
from ralph.backends.data.base import BaseOperationType
from ralph.backends.data.fs import FSDataBackend

FSDataBackend.default_operation_type = BaseOperationType.APPEND
uvicorn.run("ralph.api:app", host="127.0.0.1", port=int(sys.argv[1]), log_level="info")
