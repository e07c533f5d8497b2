A = 1

B = 2

class C:
    """ab"""
