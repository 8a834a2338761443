"""`bdhvs import_organisations`: agencies, schools, enterprises and co-operatives from a CSV or XLSX file."""

from bdhvs_lms.management.importing import ImportCommand


class Command(ImportCommand):
    kind = "organisations"
    help = "Import agencies, schools, enterprises and co-operatives from a file: all rows, or none."
