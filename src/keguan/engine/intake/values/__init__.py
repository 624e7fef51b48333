"""How one column is read: decided from a sample of its values, said in SQL, verified on the whole column."""
