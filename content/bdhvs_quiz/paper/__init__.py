"""Quizzes on paper: printed for a class, keyed in by its teacher, graded and recorded as every attempt is."""
