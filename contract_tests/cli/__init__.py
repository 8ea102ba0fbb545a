"""The command `lsq-contract`."""
