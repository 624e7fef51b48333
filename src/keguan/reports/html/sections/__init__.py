"""One file per section of the report; each takes the page and gives its section, or None when there is nothing to say."""
