"""The clerk's side of a label: questions, keys and tables in a terminal."""
