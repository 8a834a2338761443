"""The demonstration: courses, classes, and what made-up people did, through the same actions that pages call."""
