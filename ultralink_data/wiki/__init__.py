"""Articles: MediaWiki dumps and texts that somebody extracted, to clean pages.

A dump, JSONL or Parquet comes in; `Page` rows go to grounding.
"""
