"""Categories of rows and problems by rules over their text: operations, steps, topics, culture."""
