#!/usr/bin/env python3
"""Makes emoji.pack, the pictures of emoji that Buzón embeds.

The pictures are those of the font Noto Color Emoji (SIL Open Font License 1.1,
see LICENSE), as the npm package @fontsource/noto-color-emoji 5.3.2 carries it.
On Debian 12:

    apt-get install npm python3-fonttools python3-brotli python3-pil \\
        librsvg2-bin libharfbuzz-bin pngquant
    npm pack @fontsource/noto-color-emoji@5.3.2 emojibase-data@17.0.0
    for t in *.tgz; do mkdir -p "${t%%-[0-9]*}" && tar xzf "$t" -C "${t%%-[0-9]*}"; done
    python3 make.py fontsource-noto-color-emoji/package emojibase-data/package emoji.pack

emojibase-data (MIT) only gives the list of sequences, to which those that the
font knows by itself are added; nothing of it is stored.

The file: "emoji1\\n", the side of a picture in pixels (1 byte), the length of
the index (4 bytes, big endian), the index, the strips. A strip holds the
pictures of one emoji in all skin tones, one above the other, in one palette:
the number of colours less one (1 byte), the colours (RGBA, not premultiplied),
and the pixels as raw deflate, one byte each. Alike pictures beside each other
make the whole a third of what single files are. The index, deflated: per strip
its length in bytes (4), the number of sequences (2), and per sequence its
length (1) and UTF-8 text without variation selectors. Sequences stand in the
order of their pictures.
"""
import concurrent.futures, io, json, os, re, struct, subprocess, sys, tempfile, zlib
import xml.etree.ElementTree as ET
from fontTools.ttLib import TTFont
from PIL import Image

SIDE = 72
DRAWN = 288  # rendered at this size, then reduced: edges come out cleaner
BOX = (0, -950, 1275, 1200)  # the place of a glyph in the units of the font
TONES = range(0x1F3FB, 0x1F400)
XLINK = "{http://www.w3.org/1999/xlink}href"
ET.register_namespace("", "http://www.w3.org/2000/svg")
ET.register_namespace("xlink", "http://www.w3.org/1999/xlink")


def sequences(font, listed):
    """All sequences that may have a picture, without variation selectors."""
    found = set()
    for entry in listed:
        for e in [entry] + entry.get("skins", []):
            found.add(tuple(int(h, 16) for h in e["hexcode"].split("-")))
    back = {}
    for code, name in font.getBestCmap().items():
        back.setdefault(name, code)
        if code > 0x203B and code not in (0x20E3, 0xFE0F) and code < 0xE0000:
            found.add((code,))
    for lookup in font["GSUB"].table.LookupList.Lookup:
        for sub in lookup.SubTable:
            sub = getattr(sub, "ExtSubTable", sub)
            for first, ligatures in getattr(sub, "ligatures", {}).items():
                for lig in ligatures:
                    names = [first] + lig.Component
                    if all(n in back for n in names):
                        found.add(tuple(back[n] for n in names))
    clean = {tuple(c for c in s if c != 0xFE0F) for s in found}
    return {s for s in clean if s and not (len(s) == 1 and (s[0] < 0x80 or 0x1F1E6 <= s[0] <= 0x1F1FF))}


def glyphs(path, seqs):
    """The glyph that the font draws for each sequence that it knows."""
    known, seqs = {}, sorted(seqs)
    for variant in (lambda s: s, qualified):
        rest = [s for s in seqs if s not in known]
        text = "\n".join("".join(map(chr, variant(s))) for s in rest)
        out = subprocess.run(["hb-shape", "--no-glyph-names", "--no-positions", "--no-clusters", "--remove-default-ignorables", path],
                             input=text, capture_output=True, text=True, check=True).stdout.splitlines()
        assert len(out) == len(rest), (len(out), len(rest))
        for s, names in zip(rest, out):
            if re.fullmatch(r"\[[1-9]\d*\]", names):
                known[s] = int(names[1:-1])
    return known


def qualified(s):
    """The sequence with the variation selector that some fonts want before a keycap."""
    return (s[0], 0xFE0F) + s[1:] if s[-1] == 0x20E3 else s


def documents(font):
    """A function that gives the picture of a glyph as an SVG document of its own."""
    cache = {}
    docs = font["SVG "].docList

    def parsed(doc):
        if doc.startGlyphID not in cache:
            root = ET.fromstring(doc.data)
            cache[doc.startGlyphID] = root, {e.get("id"): e for e in root.iter() if e.get("id")}
        return cache[doc.startGlyphID]

    def picture(gid):
        doc = next((d for d in docs if d.startGlyphID <= gid <= d.endGlyphID), None)
        if doc is None:
            return None
        _, ids = parsed(doc)
        if f"glyph{gid}" not in ids:
            return None
        defs, todo = {}, [ids[f"glyph{gid}"]]
        while todo:
            for e in todo.pop().iter():
                for name, v in e.attrib.items():
                    for ref in re.findall(r"url\(#([^)]+)\)", v) + ([v[1:]] if name == XLINK else []):
                        if ref not in defs:
                            defs[ref] = ids[ref]
                            todo.append(ids[ref])
        return b"<defs>" + b"".join(map(ET.tostring, defs.values())) + b"</defs>" + ET.tostring(ids[f"glyph{gid}"])
    return picture


def render(pictures):
    """Draws pictures one above the other and reduces each."""
    x, y, w, h = BOX
    side = max(w, h)
    x, y = x - (side - w) // 2, y - (side - h) // 2
    body = b"".join(b'<svg y="%d" width="%d" height="%d" viewBox="%d %d %d %d">%s</svg>'
                    % (DRAWN * i, DRAWN, DRAWN, x, y, side, side, p) for i, p in enumerate(pictures))
    tall = DRAWN * len(pictures)
    svg = (b'<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%d" height="%d">%s</svg>'
           % (DRAWN, tall, body))
    png = subprocess.run(["rsvg-convert", "--unlimited"], input=svg, capture_output=True, check=True).stdout
    drawn = Image.open(io.BytesIO(png)).convert("RGBA").convert("RGBa")
    assert drawn.size == (DRAWN, tall)
    return drawn.resize((SIDE, SIDE * len(pictures)), Image.LANCZOS).convert("RGBA")


def family(s):
    """What sequences of one strip have in common: all but skin tones."""
    base = tuple(c for c in s if c not in TONES)
    return base or s


def deflate(data):
    c = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return c.compress(data) + c.flush()


def strip(tall):
    """One palette and all pixels."""
    raw = io.BytesIO()
    tall.save(raw, "PNG")
    out = subprocess.run(["pngquant", "--nofs", "--speed", "3", "--strip", "256", "-"], input=raw.getvalue(), capture_output=True, check=True).stdout
    small = Image.open(io.BytesIO(out))
    assert small.mode == "P"
    colors = small.getcolors(256)
    rgba = small.convert("RGBA")
    used = sorted(i for _, i in colors)
    at = {}
    for index, color in zip(small.getdata(), rgba.getdata()):
        at[index] = color
    order = {old: new for new, old in enumerate(used)}
    palette = b"".join(bytes(at[i]) for i in used)
    pixels = bytes(order[i] for i in small.getdata())
    return bytes([len(used) - 1]) + palette + deflate(pixels)


def main(fontdir, listdir, target):
    path = os.path.join(fontdir, "files/noto-color-emoji-emoji-400-normal.woff2")
    font = TTFont(path)
    font.flavor = None
    with tempfile.TemporaryDirectory() as tmp:
        plain = os.path.join(tmp, "emoji.ttf")
        font.save(plain)
        with open(os.path.join(listdir, "en/data.json"), encoding="utf-8") as f:
            listed = json.load(f)
        known = glyphs(plain, sequences(font, listed))
    picture = documents(font)
    families = {}
    for s, gid in sorted(known.items()):
        if svg := picture(gid):
            families.setdefault(family(s), []).append((s, svg))
    print(sum(map(len, families.values())), "pictures in", len(families), "strips", flush=True)
    order = sorted(families)

    def one(key):
        return strip(render([svg for _, svg in families[key]]))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        strips = list(pool.map(one, order))  # the programs do the work
    index = b""
    for key, data in zip(order, strips):
        index += struct.pack(">IH", len(data), len(families[key]))
        for s, _ in families[key]:
            text = "".join(map(chr, s)).encode()
            index += bytes([len(text)]) + text
    index = deflate(index)
    with open(target, "wb") as f:
        f.write(b"emoji1\n" + bytes([SIDE]) + struct.pack(">I", len(index)) + index + b"".join(strips))
    print(os.path.getsize(target), "bytes")


main(*sys.argv[1:])
