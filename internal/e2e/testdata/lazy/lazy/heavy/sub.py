print("heavy.sub is loaded")

VALUE = 2
