print("heavy is loaded")

VALUE = 1
