"""What classifying costs beside the least that any answer needs: one group-by per customer."""
