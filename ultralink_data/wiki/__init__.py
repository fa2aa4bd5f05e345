"""Articles: clean pages from MediaWiki dumps or already extracted texts.

A dump, JSONL or Parquet comes in; `Page` rows go to grounding.
"""
