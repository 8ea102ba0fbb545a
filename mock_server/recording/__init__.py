"""Recordings: HAR and journal lines read and written without keys, what they show of a profile, and a scenario made of one."""
