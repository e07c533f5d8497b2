TEXT = "böm"
LINE = 2
