"""Reads over core tables only: no plugin is called, so old reports open when a plugin is gone."""
