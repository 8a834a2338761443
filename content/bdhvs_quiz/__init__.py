"""Question bank, quizzes, attempts."""
