"""Requests, papers, the access log, copies and erasures, for operators; `bdhvs_lms.wagtail_hooks` has the menu."""
