"""Charts as declarative specs: one file each, data and words in, an Altair chart out. No file, no page."""
