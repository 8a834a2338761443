"""Lists of the commune, read from what officials keep them in: CSV and XLSX.

`tables` reads a file into records, `cells` reads what a cell says, `places` finds the area that is meant, `base` is the
one importer (preview, then all rows or none); one module for each kind of list says its columns and its rules.
"""
