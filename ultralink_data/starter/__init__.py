"""The starter set: parallel problems and chats written for this project, in five languages.

Texts and a seed come in; dialogues go to training, problems to `tasks.benchmarks`.
"""
