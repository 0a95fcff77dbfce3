"""Attacks on the product, whose counts and seeds stand in docs/reliability.md."""
