"""How many examples a test of its own number tries, by the profile of Hypothesis that runs."""

from hypothesis import settings


def examples(in_ci: int) -> int:
    """Return that number in CI; elsewhere the same share of it as the profile's examples are of CI's, and at least two."""
    return max(2, in_ci * settings().max_examples // settings.get_profile("ci").max_examples)
