"""Sending label files to printers: CUPS, raw sockets, the system viewer."""
