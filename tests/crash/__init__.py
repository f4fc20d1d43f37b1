"""Proof of the promise: the real program killed at every touch of the outside, and faced with every fault."""
