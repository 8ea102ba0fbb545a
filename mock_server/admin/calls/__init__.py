"""The calls of the admin interface: each takes what was sent and returns what is answered."""
