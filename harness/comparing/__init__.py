"""What `compare` is given, of whatever origin, as sides that can be paired problem by problem.

Input: record files, folders of records, results of lm-eval with samples, files of bare samples.
Output: sides with their runs, and what was left out while they were read.
"""
