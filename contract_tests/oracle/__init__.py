"""The oracle: an independent, slow, obviously right answer; imports nothing that it judges."""
