"""The record store for operators; `bdhvs_lms.wagtail_hooks` puts it into the menu."""
