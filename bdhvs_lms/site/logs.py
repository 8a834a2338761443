"""What the log says of a visitor's fault."""

import logging


class VisitorsFaults(logging.Filter):
    """One line for a request that was refused, without the traceback that Django adds: the fault is not in the code,
    and anybody could fill the log with them. Errors (500) keep theirs."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.name.startswith(("django.request", "django.security")) and record.levelno < logging.ERROR:
            record.exc_info = record.exc_text = None
        return True
