import odd.circle_e
F = odd.circle_e.E
