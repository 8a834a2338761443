"""Questions as files for other systems. Formats come from plugins; what they get is plain data."""
