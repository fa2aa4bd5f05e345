"""The one client of OpenAI-compatible endpoints: requests, retries, cache, budget, batches.

Stages and the judge hand in chat requests; replies with their usage and cost come back.
"""
