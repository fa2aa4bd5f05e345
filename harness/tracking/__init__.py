"""What a training measures, told to TensorBoard, Weights & Biases and MLflow while it goes on."""
