"""Where a user's days come from: written calendars, generated ones, public holidays and time zones."""
