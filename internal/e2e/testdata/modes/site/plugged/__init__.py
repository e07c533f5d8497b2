from modes.checks import main
