def main():
    return "odd"
