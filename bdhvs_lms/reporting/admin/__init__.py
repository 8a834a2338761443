"""Pages of reports for operators."""
