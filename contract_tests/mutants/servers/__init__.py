"""Servers that are wrong in one small way each."""
