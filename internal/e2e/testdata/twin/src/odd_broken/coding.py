# coding: nonsense
A = 1
