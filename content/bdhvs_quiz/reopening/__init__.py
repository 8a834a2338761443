"""An attempt that was handed in is opened again by a teacher of the learner's class, with a reason."""
