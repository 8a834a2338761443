"""The insert-only tables of statements and the queries over them."""
