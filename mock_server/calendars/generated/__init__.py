"""Generated calendars: one for every address, a pure function of seed and address."""
