"""Categories of rows and problems by rules over their text: operations, steps, topics, culture.

Rows of a dataset and the texts of benchmark problems come in; the name of a category goes out.
"""
