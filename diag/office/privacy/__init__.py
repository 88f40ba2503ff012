"""Personal data: the register, what is erased, what is encrypted."""
