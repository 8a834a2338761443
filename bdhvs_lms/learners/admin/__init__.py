"""Target groups with their ages, and people, for operators; `bdhvs_lms.wagtail_hooks` puts them into the menu."""
