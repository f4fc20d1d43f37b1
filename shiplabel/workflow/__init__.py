"""The heart: what may happen next to a session and to a purchase. No input or output of its own."""
