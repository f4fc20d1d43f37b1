"""The same purchases through other programs' libraries, each in its own environment, against one server."""
