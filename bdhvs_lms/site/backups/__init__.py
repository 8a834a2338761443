"""Everything a site holds, in one file: `bdhvs backup`, `bdhvs restore`, `bdhvs move-database`.

`tables` and `kinds` say what a table is and read it, `loading` writes it, `stored` walks the storages, `archive` is the
file, `unfinished` the mark of a restore under way, `serving` the lock that a running server holds.
"""
