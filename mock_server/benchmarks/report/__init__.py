"""What the benchmark found, as numbers, text and picture; and which goals were met."""
