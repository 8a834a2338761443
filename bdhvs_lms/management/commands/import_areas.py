"""`bdhvs import_areas`: villages and residential groups from a CSV or XLSX file."""

from bdhvs_lms.management.importing import ImportCommand


class Command(ImportCommand):
    kind = "areas"
    help = "Import villages and residential groups from a file: all rows, or none."
