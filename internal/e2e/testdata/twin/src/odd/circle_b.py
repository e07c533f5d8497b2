from odd import circle_a as a
