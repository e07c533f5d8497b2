SIDE = "inner"
