from odd.circle_c import C
D = 1
