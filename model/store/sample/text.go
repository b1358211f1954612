package sample

import (
	"math/rand/v2"
	"strings"
)

// text returns a message of about a dozen words; a few are much longer, and a
// few are of another script.
func (g *generator) text() string {
	n := 2 + g.rng.IntN(16)
	switch r := g.rng.IntN(1000); {
	case r < 8:
		n = 100 + g.rng.IntN(300)
	case r < 60:
		return g.far(pick(g, scripts))
	}
	text := g.sentence(n)
	switch {
	case g.oneIn(9):
		text += " " + pick(g, emoji)
	case g.oneIn(150):
		text = strings.Repeat(pick(g, emoji), 1+g.rng.IntN(3))
	case g.oneIn(60):
		text += "\n" + g.sentence(4) + "\n" + g.sentence(3)
	}
	return text
}

// sentence returns n words.
func (g *generator) sentence(n int) string {
	var b strings.Builder
	for i := range n {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(g.words[g.zipf.Uint64()])
	}
	return b.String()
}

// script is a way of writing, with some words of it.
type script struct {
	words []string
	space string
}

// far returns a sentence of another script.
func (g *generator) far(s script) string {
	n := 3 + g.rng.IntN(9)
	list := make([]string, n)
	for i := range list {
		list[i] = pick(g, s.words)
	}
	return strings.Join(list, s.space)
}

// Vocabulary makes n distinct words: everyday ones of Spanish and English first,
// then as many as are missing out of syllables.
func Vocabulary(rng *rand.Rand, n int) []string {
	syllables := []string{
		"ba", "ce", "di", "fo", "gu", "la", "mé", "ni", "pó", "ru", "sá", "te", "vi", "zo", "ño", "an", "el", "ir", "os", "un",
		"pra", "tre", "blí", "clo", "gru", "ción", "mente", "dad", "cha", "que",
	}
	words := make([]string, 0, n)
	seen := make(map[string]bool, n)
	add := func(w string) {
		if !seen[w] && len(words) < n {
			seen[w] = true
			words = append(words, w)
		}
	}
	for _, w := range strings.Fields(everyday) {
		add(w)
	}
	for len(words) < n {
		var b strings.Builder
		for range 2 + min(3, len(words)/1000+rng.IntN(3)) {
			b.WriteString(syllables[rng.IntN(len(syllables))])
		}
		add(b.String())
	}
	return words
}
