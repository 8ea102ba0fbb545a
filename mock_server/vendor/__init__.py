"""Vendor bytes to values and back: the only package that spells the vendor's names."""
