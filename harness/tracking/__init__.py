"""What a training measures, told to TensorBoard, Weights & Biases and MLflow while it goes on.

Input: the files of steps that a training writes. Output: numbers by name, as each tracker has them.
"""
