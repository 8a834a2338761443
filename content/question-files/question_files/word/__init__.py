"""Word documents with questions."""
