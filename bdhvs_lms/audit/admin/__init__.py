"""Consent texts, for operators; `bdhvs_lms.wagtail_hooks` puts them into the menu."""
