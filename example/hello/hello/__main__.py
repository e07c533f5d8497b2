import sys


def main():
    version = ".".join(map(str, sys.version_info[:3]))
    print(f"Hello from Python {version}, inside of {sys.executable}")


if __name__ == "__main__":
    main()
