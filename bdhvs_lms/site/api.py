"""Public interface of the ready site: closed. Nothing imports a project; apps are named in its settings as strings."""

__all__: list[str] = []
