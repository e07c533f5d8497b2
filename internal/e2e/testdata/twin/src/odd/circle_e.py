import odd.circle_f
E = 1
