"""Documents sent: the account, the messages, the server that takes them."""
