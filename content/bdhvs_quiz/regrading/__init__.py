"""Grading again with corrected keys: what would change, then for each person marks, feedback and statements at once."""
