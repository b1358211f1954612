#!/usr/bin/env python3
"""Makes the fonts that Buzón embeds for the scripts of the world: Buzon-Regular.ttf
and one font in shaped/ for each script whose letters change beside each other.

A theme of Fyne gives one font per style, so fonts are merged: Noto Sans and its
fonts for other scripts (SIL Open Font License 1.1, see LICENSE-noto) and Droid
Sans Fallback for Chinese, Japanese and Korean (Apache License 2.0, see
LICENSE-droid). Only the letters are merged. Fyne prepares every rule for the
shapes of letters anew for each word that it draws; with the rules of all scripts
in one font that takes 5 ms a word, with those of Noto Sans alone 0.04 ms. So
the rules stay in the fonts of shaped/, which are used for their script only.
On Debian 12:

    apt-get install python3-fonttools
    apt-get download fonts-noto-core fonts-noto-mono fonts-droid-fallback
    for d in *.deb; do dpkg -x "$d" x; done
    python3 make.py x/usr/share/fonts .

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
SHAPED = """SansArabic SansDevanagari SansBengali SansTamil SansTelugu SansGujarati SansThai SansKannada SansMalayalam
SansGurmukhi SansSinhala SansKhmer SansLao SansMyanmar SansOriya SerifTibetan SansThaana SansSyriac SansNKo SansAdlam SansHebrew
SansJavanese SansBalinese SansSundanese SansMeeteiMayek""".split()
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
    subsetted(font, codes | (SHARED & set(font.getBestCmap()) if have else SHARED), ["*"])
    if have:  # shared signs come from the first font
        for table in font["cmap"].tables:
            for c in SHARED & have:
                table.cmap.pop(c, None)
    font.save(target)
    print(os.path.basename(path), len(codes), len(font.getGlyphOrder()), os.path.getsize(target), flush=True)
    return codes


def subsetted(font, codes, features=None):
    options = subset.Options(hinting=False, glyph_names=False, notdef_outline=True, legacy_kern=False)
    if features:
        options.layout_features = features
    options.drop_tables += ["vhea", "vmtx", "MATH", "DSIG", "meta", "STAT"]
    s = subset.Subsetter(options)
    s.populate(unicodes=codes)
    s.subset(font)
    if font["head"].unitsPerEm != 1000:
        scale_upem(font, 1000)


def metrics(font, first):
    """Makes lines as high as those of Noto Sans alone."""
    for a in ("ascent", "descent", "lineGap"):
        setattr(font["hhea"], a, getattr(first["hhea"], a))
    for a in ("sTypoAscender", "sTypoDescender", "sTypoLineGap", "usWinAscent", "usWinDescent"):
        setattr(font["OS/2"], a, getattr(first["OS/2"], a))


def rename(font, name):
    for record in font["name"].names:
        if record.nameID in (1, 3, 4, 6, 16):
            record.string = name


def shaped(root, folder, first):
    """Writes the font of each script whose letters change beside each other."""
    os.makedirs(folder, exist_ok=True)
    for name in SHAPED:
        font = TTFont(f"{root}/truetype/noto/Noto{name}-Regular.ttf")
        codes = {c for c in font.getBestCmap() if c in SHARED or c > 0x2FF and not 0xE000 <= c <= 0xF8FF}
        subsetted(font, codes)
        metrics(font, first)
        script = name.removeprefix("Sans").removeprefix("Serif")
        rename(font, "Buzon " + script)
        font["post"].formatType = 3
        font.save(f"{folder}/{script}.ttf")
        rules = sum(len(font[t].table.LookupList.Lookup) for t in ("GSUB", "GPOS") if t in font and font[t].table.LookupList)
        print(script, len(codes), rules, "rules", os.path.getsize(f"{folder}/{script}.ttf"), flush=True)


def main(root, folder):
    with tempfile.TemporaryDirectory() as tmp:
        have, parts = set(), []
        for name in NOTO + ["Droid"]:
            path = f"{root}/truetype/noto/Noto{name}-Regular.ttf"
            if name == "Droid":
                path = f"{root}-droid-fallback/truetype/DroidSansFallback.ttf"
            part = f"{tmp}/{len(parts):02}.ttf"
            have |= reduce(path, part, have, plain=name != "Sans")
            parts.append(part)
        options = Options()
        options.drop_tables = ["vhea", "vmtx", "MATH"]
        font = Merger(options=options).merge(parts)
        first = TTFont(parts[0])
        metrics(font, first)
        font["post"].formatType = 3
        rename(font, "Buzon")
        font.save(f"{folder}/Buzon-Regular.ttf")
        print(len(font.getGlyphOrder()), "glyphs,", len(font.getBestCmap()), "characters")
        shaped(root, f"{folder}/shaped", first)


main(*sys.argv[1:])
