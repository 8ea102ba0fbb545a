"""The command `lsq-mock`: words to settings, results to text."""
