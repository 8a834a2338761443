"""Excel sheets with questions, and tables as CSV."""
