package emoji

import (
	"bytes"
	"compress/flate"
	_ "embed" // the names
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

//go:embed names.pack
var namesPack []byte

// Groups is how many groups there are, numbered from 0 in the order of Unicode:
// faces, people, animals, food, places, activities, objects, symbols, flags.
const Groups = 9

// Name is an emoji with what it is called.
type Name struct {
	Seq     string
	Group   int
	Tones   bool   // it exists in other skin tones, see Tones
	English string // short name of the Unicode CLDR
	Spanish string

	words []string // folded, of all names and key words
	first int      // how many of them belong to the names
}

// In returns what the emoji is called in a language, "es" or another one.
func (n *Name) In(lang string) string {
	if lang == "es" {
		return n.Spanish
	}
	return n.English
}

// maxNames bounds the list of names when it is unpacked, in bytes.
const maxNames = 1 << 20

// All returns all emoji that have a picture, in the order of Unicode. The list
// must not be changed. The first call takes some milliseconds.
var All = sync.OnceValue(func() []Name {
	text, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(namesPack)), maxNames))
	if err != nil { // the file is part of the program, and a test reads it
		return nil
	}
	var list []Name
	for line := range strings.Lines(string(text)) {
		fields := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(fields) != 4 || len(fields[0]) != 2 {
			continue
		}
		n := Name{Seq: fields[1], Group: int(fields[0][0] - '0'), Tones: fields[0][1] == '+'}
		if n.Group < 0 || n.Group >= Groups || !has(n.Seq) {
			continue
		}
		english, moreEnglish, _ := strings.Cut(fields[2], "|")
		spanish, moreSpanish, _ := strings.Cut(fields[3], "|")
		n.English, n.Spanish = english, spanish
		n.words = strings.FieldsFunc(fold(english+" "+spanish), apart)
		n.first = len(n.words)
		n.words = append(n.words, strings.FieldsFunc(fold(moreEnglish+" "+moreSpanish), apart)...)
		list = append(list, n)
	}
	return list
})

// has tells whether a sequence has a picture of its own.
func has(seq string) bool {
	s := opened()
	if n, _ := s.match(seq); n > 0 && n+tail(seq[n:]) == len(seq) {
		return true
	}
	_, ok := s.places[seq]
	return ok
}

// Find returns the emoji whose names or key words, in English or Spanish, begin
// with all words of a text; those that are called so come first. An empty text
// finds nothing.
func Find(text string) []Name {
	wanted := strings.FieldsFunc(fold(text), apart)
	if len(wanted) == 0 {
		return nil
	}
	var named, meant []Name
	all := All()
	for i := range all {
		n := &all[i]
		switch {
		case holds(n.words[:n.first], wanted):
			named = append(named, *n)
		case holds(n.words, wanted):
			meant = append(meant, *n)
		}
	}
	return append(named, meant...)
}

func holds(words, wanted []string) bool {
	return !slices.ContainsFunc(wanted, func(w string) bool {
		return !slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, w) })
	})
}

func apart(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }

// fold makes small letters without accents of a text.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return unicode.ToLower(r)
	}, norm.NFD.String(s))
}

// Tones returns an emoji in its five skin tones, from light to dark; nothing
// when it has none.
func Tones(seq string) []string {
	first := []rune(seq)
	if len(first) == 0 {
		return nil
	}
	var list []string
	for tone := rune(0x1f3fb); tone <= 0x1f3ff; tone++ {
		rest := strings.TrimPrefix(string(first[1:]), string(emojiStyle))
		if toned := string(first[0]) + string(tone) + rest; has(toned) {
			list = append(list, toned)
		}
	}
	return list
}
