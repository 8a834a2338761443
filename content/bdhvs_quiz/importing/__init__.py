"""Questions from files: read by a format, looked at by an editor, written in one transaction or not at all."""
