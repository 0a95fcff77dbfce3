"""Hostile cells by sink."""

SINKS = {}
