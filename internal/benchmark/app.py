"""A program of the usual kind: some 140 modules, and little work."""

import argparse
import asyncio
import dataclasses
import json
import logging
import pathlib
import re
import subprocess
import urllib.request


@dataclasses.dataclass
class Answer:
    text: str
    words: int


async def answer(text):
    await asyncio.sleep(0)
    return Answer(text, len(re.findall(r"\w+", text)))


parser = argparse.ArgumentParser()
parser.add_argument("text", nargs="*", default=["to be or not to be"])
options = parser.parse_args()
logging.basicConfig(level=logging.WARNING)
logging.debug("%s in %s", subprocess.PIPE, pathlib.Path("."))
print(json.dumps(dataclasses.asdict(asyncio.run(answer(" ".join(options.text))))))
assert urllib.request.Request("http://localhost").host == "localhost"
