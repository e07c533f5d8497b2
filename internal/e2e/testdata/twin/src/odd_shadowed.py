HERE = "root"
