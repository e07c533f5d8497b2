def run(): return "runs"
