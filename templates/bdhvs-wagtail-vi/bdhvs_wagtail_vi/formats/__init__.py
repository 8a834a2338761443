"""How days, times and numbers are written and read on a Vietnamese site, whichever language its pages are in.

For FORMAT_MODULE_PATH. Django's own Vietnamese has no way to read a day: 03/04/2026 would be taken for 4 March. Both
languages put the day first, because the same person uses both, and one setting of Wagtail serves all languages.
"""
