"""Checks that look at one answer, alone or with its question. Pure."""
