"""Questions as files for other systems. Plugins bring the formats and get plain data."""
