"""Grading again with corrected keys: a preview of the changes, then for each person marks, feedback and statements at
once."""
