"""The starter set: parallel problems and chats written for this project, in five languages."""
