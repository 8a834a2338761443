"""xAPI statements as plain Python: vocabulary, ids, validation, comparison, redaction. No Django here."""
