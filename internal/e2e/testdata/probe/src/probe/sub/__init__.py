from .. import CONSTANT as ABOVE
