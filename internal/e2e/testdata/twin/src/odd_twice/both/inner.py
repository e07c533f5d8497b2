INNER = True
