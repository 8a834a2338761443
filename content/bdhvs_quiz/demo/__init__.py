"""Demonstration data: one course, one class, and what its people did, through the same actions that pages call."""
