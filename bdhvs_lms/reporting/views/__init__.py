"""Views of the read-only pages, one module for each kind of reader."""
