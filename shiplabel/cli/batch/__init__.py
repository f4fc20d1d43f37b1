"""``shiplabel batch``: a day's labels from a sheet, each row through the steps of any label."""
