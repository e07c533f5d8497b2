"""An installed package."""


def capital(name):
    return name[:1].upper() + name[1:]
