"""shiplabel: buy ShipStation labels from a terminal, each one at most once."""

__version__ = "0.1.0"
