"""`bdhvs import_denominators`: numbers of people in target groups, with day and source from a CSV or XLSX file."""

from bdhvs_lms.management.importing import ImportCommand


class Command(ImportCommand):
    kind = "denominators"
    help = "Import numbers of people in target groups, with day and source from a file: all rows, or none."
