"""Lists read from what officials keep them in: CSV and XLSX.

`tables` reads a file into records, `cells` reads what a cell says, `importer` is the one importer (preview, then all
rows or none). Each part that has lists says the columns and rules of its own.
"""
