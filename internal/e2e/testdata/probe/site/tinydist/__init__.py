def main():
    return "tiny"
