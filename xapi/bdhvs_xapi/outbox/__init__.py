"""What still has to reach another learning record store: one row per target and statement."""
