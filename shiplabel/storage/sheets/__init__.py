"""Sheets in and out: order files as the world makes them, and the files that a batch leaves behind."""
