"""Tables, readers, measures and the two SQL engines; knows nothing of schemes."""
