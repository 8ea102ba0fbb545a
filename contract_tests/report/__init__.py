"""A finished run as text for the terminal and as files: judges nothing."""
