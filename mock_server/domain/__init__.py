"""The domain: pure values and one algorithm. No framework, no JSON, no clock, no chance, no files."""
