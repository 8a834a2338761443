"""Pages of official confirmation: lists to confirm from, certificates, and the page on which anybody checks one."""
