"""Courses of wagtail-lms, on the same site, as facts and completions of the core: one way, and without its tables'
keys in ours. See README.md."""
