"""The only place that knows HTTP: the ShipStation API V2."""
