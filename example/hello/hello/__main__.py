import platform
import sys


def main():
    print(f"Hello from Python {platform.python_version()}, inside of {sys.executable}")


if __name__ == "__main__":
    main()
