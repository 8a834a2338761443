"""`bdhvs import_figures`: figures of other bodies, with day and source from a CSV or XLSX file."""

from bdhvs_lms.management.importing import ImportCommand


class Command(ImportCommand):
    kind = "figures"
    help = "Import figures of other bodies, with day and source from a file: all rows, or none."
