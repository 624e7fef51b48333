"""The public Python API: a book remembers a business's sources and makes runs of them."""
