"""Reopening of an attempt that was handed in, by a teacher of the learner's class, with a reason."""
