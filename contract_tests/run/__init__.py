"""One run: plan within a budget, run the checks, collect the results."""
