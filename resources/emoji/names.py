#!/usr/bin/env python3
"""Makes names.pack, the names by which emoji are found.

They are the short names and key words of the Unicode CLDR (Unicode License V3,
see LICENSE.names) as the npm package emojibase-data 17.0.0 (MIT) carries them:

    npm pack emojibase-data@17.0.0 && tar xzf emojibase-data-17.0.0.tgz
    python3 names.py package names.pack

The file is deflated text, a line for an emoji in the order of Unicode: its
group (a digit), "+" when it has skin tones or "-", the sequence, and per
language (English, Spanish) its name and, behind a "|", key words that the name
does not hold.
"""
import json, sys, zlib

# Groups of Unicode; 2 is components, which nobody sends alone.
GROUPS = {0: 0, 1: 1, 3: 2, 4: 3, 5: 4, 6: 5, 7: 6, 8: 7, 9: 8}


def named(e):
    label = e["label"].replace("\t", " ")
    more = [t for t in e.get("tags", []) if t not in label]
    return label + "|" + " ".join(more)


def main(package, out):
    langs = [json.load(open(f"{package}/{lang}/data.json")) for lang in ("en", "es")]
    spanish = {e["hexcode"]: e for e in langs[1]}
    lines = []
    for e in sorted((e for e in langs[0] if e.get("group") in GROUPS), key=lambda e: e["order"]):
        tones = "+" if any("tone" in s and not isinstance(s["tone"], list) for s in e.get("skins", [])) else "-"
        lines.append("\t".join([str(GROUPS[e["group"]]) + tones, e["emoji"], named(e), named(spanish[e["hexcode"]])]))
    z = zlib.compressobj(9, zlib.DEFLATED, -15)
    data = z.compress(("\n".join(lines) + "\n").encode()) + z.flush()
    open(out, "wb").write(data)
    print(len(lines), "emoji,", len(data), "bytes")


main(*sys.argv[1:])
