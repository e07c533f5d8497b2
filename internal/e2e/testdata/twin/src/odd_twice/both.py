HIDDEN = True
