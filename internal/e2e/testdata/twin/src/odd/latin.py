# -*- coding: latin-1 -*-
TEXT = "äö"
