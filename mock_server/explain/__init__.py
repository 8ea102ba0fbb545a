"""Why a user's date looks as it does, step by step. No Flask here."""
