"""Fitted measures: statistics of the base become parameters, parameters become one score per distinct history, scores become
columns. The only place where engine and models meet; knows no scheme."""
