# -*- coding: latin-1 -*-
TEXT = "äöü"
