"""A store below one folder of a POSIX file system: for a host that has no database, and an example of one that has."""
