"""What everything else stands on: errors, texts in three languages, exact money, the calendar, fingerprints."""
