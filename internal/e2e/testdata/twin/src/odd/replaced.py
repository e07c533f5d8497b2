import sys


class Answer:
    answer = 42


sys.modules[__name__] = Answer()
