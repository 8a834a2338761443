"""Lists of people as villages, schools and offices keep them.

`headings` finds the table on a sheet that has titles above and signatures below, `duplicates` who is on record already,
`people` says what each line comes to.
"""
