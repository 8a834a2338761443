"""Readings: the numbers of one month, frozen with their files, and the report that is signed. Decision 96."""
