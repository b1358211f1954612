package fonts

import (
	"embed"
	"unicode"
)

//go:embed shaped/*.ttf
var shapedFiles embed.FS

// Script is a script whose letters change beside each other, so that it takes
// rules to draw it, and with them a font of its own. The zero Script is all
// others, which Regular draws.
type Script uint8

type script struct {
	name   string // of the file in shaped
	ranges *unicode.RangeTable
}

// scripts returns the scripts that have a font; a Script is its place plus one.
func scripts() [25]script {
	return [...]script{
		{"Arabic", unicode.Arabic},
		{"Devanagari", unicode.Devanagari},
		{"Bengali", unicode.Bengali},
		{"Tamil", unicode.Tamil},
		{"Telugu", unicode.Telugu},
		{"Gujarati", unicode.Gujarati},
		{"Thai", unicode.Thai},
		{"Kannada", unicode.Kannada},
		{"Malayalam", unicode.Malayalam},
		{"Gurmukhi", unicode.Gurmukhi},
		{"Sinhala", unicode.Sinhala},
		{"Khmer", unicode.Khmer},
		{"Lao", unicode.Lao},
		{"Myanmar", unicode.Myanmar},
		{"Oriya", unicode.Oriya},
		{"Tibetan", unicode.Tibetan},
		{"Thaana", unicode.Thaana},
		{"Syriac", unicode.Syriac},
		{"NKo", unicode.Nko},
		{"Adlam", unicode.Adlam},
		{"Hebrew", unicode.Hebrew},
		{"Javanese", unicode.Javanese},
		{"Balinese", unicode.Balinese},
		{"Sundanese", unicode.Sundanese},
		{"MeeteiMayek", unicode.Meetei_Mayek},
	}
}

// ScriptOf returns the script of a character. Signs that scripts share, such as
// digits, spaces and punctuation, have none.
func ScriptOf(r rune) Script {
	if r < 0x590 || r >= 0x2000 && r < 0xa8e0 && (r < 0xa980 || r >= 0xa9e0) || r >= 0xac00 && r < 0xfb1d {
		return 0
	}
	for i, s := range scripts() {
		if unicode.Is(s.ranges, r) {
			return Script(i + 1)
		}
	}
	return 0
}

// Name returns the name of a script, "" for the zero Script.
func (s Script) Name() string {
	list := scripts()
	if s == 0 || int(s) > len(list) {
		return ""
	}
	return list[s-1].name
}

// Shaped returns the font of a script as an OpenType file, nil for the zero
// Script. It must not be changed.
func Shaped(s Script) []byte {
	name := s.Name()
	if name == "" {
		return nil
	}
	data, err := shapedFiles.ReadFile("shaped/" + name + ".ttf")
	if err != nil {
		return nil // a test holds that there is one for each
	}
	return data
}
