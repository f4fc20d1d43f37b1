"""The only place that knows Typer, rich and questionary."""
