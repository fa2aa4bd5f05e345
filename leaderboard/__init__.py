"""Run records, and the table object from which all output is rendered.

Input: records from `harness`. Output: tables for the terminal, files and pages.
"""
