"""All schemes over all tables of the example company."""
