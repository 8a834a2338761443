"""Pages of the admin: editors' contents and their chooser, operators' libraries and waiting packages."""
