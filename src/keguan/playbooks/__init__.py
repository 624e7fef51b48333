"""What to do for a class: playbooks as data, and the dated actions a run calls for; knows no web, no files of orders."""
