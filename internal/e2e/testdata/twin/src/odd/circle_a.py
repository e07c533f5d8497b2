from odd import circle_b as b
