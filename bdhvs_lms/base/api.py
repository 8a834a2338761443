"""Tools that every part needs and none owns: the clock, days, text, files, permission checks.

Commands ask it before the app registry is full, too: the base class of append-only tables is in `append_only`.
"""

from bdhvs_lms.base.acting import act_once, post_once
from bdhvs_lms.base.addresses import worded_path, worded_re_path
from bdhvs_lms.base.clock import AHEAD, now
from bdhvs_lms.base.collation import name_order, sortable_name
from bdhvs_lms.base.compiled import Compiled
from bdhvs_lms.base.data_files import AnyLine, AnyName, Code, Line, Misfit, Name, Text, fit, read_json
from bdhvs_lms.base.days import CALENDAR, day_of, end_of_day, start_of_day
from bdhvs_lms.base.files import byte_range, file_part
from bdhvs_lms.base.forms import DayField, Refusing
from bdhvs_lms.base.importing import cells
from bdhvs_lms.base.importing.cells import MOST_PEOPLE
from bdhvs_lms.base.importing.importer import (
    Column,
    Finding,
    Importer,
    Planned,
    Preview,
    Record,
    Refused,
    apply_import,
    preview_import,
)
from bdhvs_lms.base.mail import MAIL_ERRORS, mail_connection
from bdhvs_lms.base.pdf import (
    PDF_BASE,
    PdfMissing,
    fitting_pdf,
    pdf_of,
    pdf_offer,
    pdf_refused,
    pdf_response,
    seconds_elsewhere,
    why_no_pdf,
)
from bdhvs_lms.base.permissions import allowed, require
from bdhvs_lms.base.qr import qr_svg
from bdhvs_lms.base.text import (
    account_name,
    digits,
    guarded,
    has_marks,
    language_of,
    one_line,
    row_number,
    several_lines,
    tone_equal,
    without_marks,
)
from bdhvs_lms.base.web import (
    SeeOther,
    cookie_name,
    drop_cookie,
    empty_lines,
    keep_cookie,
    kept_cookie,
    next_address,
    read_and_send,
    wants_json,
)
from bdhvs_lms.base.words import format_day, format_number, in_language, is_vietnamese, language_name
from question_files.folding import fold, nfc, normalized

__all__ = [
    "AHEAD",
    "CALENDAR",
    "MAIL_ERRORS",
    "MOST_PEOPLE",
    "PDF_BASE",
    "PdfMissing",
    "Column",
    "Compiled",
    "Finding",
    "Importer",
    "Planned",
    "Preview",
    "Record",
    "Refused",
    "DayField",
    "Refusing",
    "apply_import",
    "cells",
    "preview_import",
    "AnyLine",
    "AnyName",
    "Code",
    "Line",
    "Misfit",
    "Name",
    "Text",
    "SeeOther",
    "account_name",
    "act_once",
    "allowed",
    "byte_range",
    "day_of",
    "digits",
    "end_of_day",
    "start_of_day",
    "file_part",
    "fit",
    "fitting_pdf",
    "fold",
    "format_day",
    "format_number",
    "guarded",
    "has_marks",
    "in_language",
    "is_vietnamese",
    "cookie_name",
    "drop_cookie",
    "keep_cookie",
    "empty_lines",
    "kept_cookie",
    "language_name",
    "language_of",
    "mail_connection",
    "name_order",
    "next_address",
    "post_once",
    "nfc",
    "normalized",
    "now",
    "pdf_of",
    "pdf_offer",
    "pdf_refused",
    "pdf_response",
    "qr_svg",
    "read_and_send",
    "one_line",
    "read_json",
    "require",
    "row_number",
    "seconds_elsewhere",
    "several_lines",
    "sortable_name",
    "tone_equal",
    "wants_json",
    "worded_path",
    "worded_re_path",
    "without_marks",
    "why_no_pdf",
]
