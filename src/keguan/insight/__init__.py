"""Questions asked of a finished run: one file per question, answered from the run folder alone, nothing about looks."""
