"""Worlds on paper: described in a file instead of seen, and an arm that never errs. For plans without a simulator."""
