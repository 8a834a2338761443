"""Word files (.docx), opened safely and read in the order of their text."""
