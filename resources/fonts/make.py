#!/usr/bin/env python3
"""Makes Buzon-Regular.ttf, the font that Buzón embeds for the scripts of the world.

A theme of Fyne gives one font per style, so fonts are merged: Noto Sans and its
fonts for other scripts (SIL Open Font License 1.1, see LICENSE-noto) and Droid
Sans Fallback for Chinese, Japanese and Korean (Apache License 2.0, see
LICENSE-droid). On Debian 12:

    apt-get install python3-fonttools
    apt-get download fonts-noto-core fonts-noto-mono fonts-droid-fallback
    for d in *.deb; do dpkg -x "$d" x; done
    python3 make.py x/usr/share/fonts Buzon-Regular.ttf

Each font gives only the characters that those before it lack.
"""
import os, sys, tempfile
from collections import Counter
from fontTools import subset
from fontTools.merge import Merger, Options
from fontTools.pens.recordingPen import DecomposingRecordingPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont
from fontTools.ttLib.scaleUpem import scale_upem

NOTO = """Sans SansArabic SansHebrew SansDevanagari SansBengali SansTamil SansTelugu SansGujarati SansThai
SansEthiopic SansGeorgian SansArmenian SansKannada SansMalayalam SansGurmukhi SansSinhala SansKhmer SansLao SansMyanmar
SansOriya SerifTibetan SansThaana SansSyriac SansNKo SansAdlam SansTifinagh SansCherokee SansCanadianAboriginal
SansOlChiki SansLisu SansJavanese SansBalinese SansSundanese SansMeeteiMayek SansCoptic SansRunic
SansSymbols SansSymbols2 SansMath SansMono""".split()
# Signs of which nobody writes messages: alchemy, dominoes, ancient coins and vessels.
UNUSED = [(0x10000, 0x102FF), (0x1D100, 0x1D24F), (0x1F030, 0x1F0FF), (0x1F700, 0x1F7FF), (0x1FB00, 0x1FBFF)]
SHARED = {0x20, 0xA0, 0x25CC, 0x200B, 0x200C, 0x200D, 0x2060}  # what shaping asks of every font


def wanted(font, have):
    cmap = set(font.getBestCmap())
    return {c for c in cmap if c not in have and not 0xE000 <= c <= 0xF8FF and not any(a <= c <= b for a, b in UNUSED)}


def flatten(font):
    """Draws glyphs out that have a part of their own: a font holds 65,535 glyphs, parts included."""
    glyf, mapped = font["glyf"], set(font.getBestCmap().values())
    uses = Counter(c.glyphName for n in mapped if glyf[n].isComposite() for c in glyf[n].components)
    shapes, drawn = font.getGlyphSet(), {}
    for name in sorted(mapped):
        if glyf[name].isComposite() and any(uses[c.glyphName] == 1 and c.glyphName not in mapped for c in glyf[name].components):
            pen, recording = TTGlyphPen(None), DecomposingRecordingPen(shapes)
            shapes[name].draw(recording)
            recording.replay(pen)
            drawn[name] = pen.glyph()
    for name, glyph in drawn.items():
        glyf[name] = glyph


def reduce(path, target, have, plain=False):
    font = TTFont(path)
    codes = wanted(font, have)
    if plain:
        for table in ("GSUB", "GPOS", "GDEF", "vhea", "vmtx", "fpgm", "prep", "cvt "):
            if table in font:
                del font[table]
        flatten(font)
    options = subset.Options(hinting=False, glyph_names=False, notdef_outline=True, legacy_kern=False, layout_features=["*"])
    options.drop_tables += ["vhea", "vmtx", "MATH", "DSIG", "meta", "STAT"]
    s = subset.Subsetter(options)
    s.populate(unicodes=codes | (SHARED & set(font.getBestCmap()) if have else SHARED))
    s.subset(font)
    if font["head"].unitsPerEm != 1000:
        scale_upem(font, 1000)
    if have:  # shared signs come from the first font
        for table in font["cmap"].tables:
            for c in SHARED & have:
                table.cmap.pop(c, None)
    font.save(target)
    print(os.path.basename(path), len(codes), len(font.getGlyphOrder()), os.path.getsize(target), flush=True)
    return codes


def main(root, target):
    with tempfile.TemporaryDirectory() as tmp:
        have, parts = set(), []
        for name in NOTO + ["Droid"]:
            path = f"{root}/truetype/noto/Noto{name}-Regular.ttf"
            if name == "Droid":
                path = f"{root}-droid-fallback/truetype/DroidSansFallback.ttf"
            part = f"{tmp}/{len(parts):02}.ttf"
            have |= reduce(path, part, have, plain=name in ("Droid", "SansSymbols", "SansSymbols2", "SansMath", "SansMono"))
            parts.append(part)
        options = Options()
        options.drop_tables = ["vhea", "vmtx", "MATH"]
        font = Merger(options=options).merge(parts)
        first = TTFont(parts[0])
        for a in ("ascent", "descent", "lineGap"):  # lines as high as those of Noto Sans alone
            setattr(font["hhea"], a, getattr(first["hhea"], a))
        for a in ("sTypoAscender", "sTypoDescender", "sTypoLineGap", "usWinAscent", "usWinDescent"):
            setattr(font["OS/2"], a, getattr(first["OS/2"], a))
        font["post"].formatType = 3
        for record in font["name"].names:
            if record.nameID in (1, 3, 4, 6, 16):
                record.string = "Buzon"
        font.save(target)
        print(len(font.getGlyphOrder()), "glyphs,", len(font.getBestCmap()), "characters,", os.path.getsize(target), "bytes")


main(*sys.argv[1:])
