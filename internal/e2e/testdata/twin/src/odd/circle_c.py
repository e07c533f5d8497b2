from odd.circle_d import D
C = 1
