"""What every stage of dataset building shares: outcomes, the journal, the driver, asking a model.

Rows come from the previous artefact; accepted rows, rejects and a manifest are written.
"""
