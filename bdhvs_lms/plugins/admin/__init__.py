"""The plugin contract's pages in the admin."""
