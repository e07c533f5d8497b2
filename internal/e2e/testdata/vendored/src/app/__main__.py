print("vendored")
