package query

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// operator is an operator with its names and values. The first name and the
// first word of a value in each language are the ones that are proposed.
type operator struct {
	field  Field
	names  map[string][]string // by language
	values []value             // nil: any value
}

// value is one of the fixed values of an operator.
type value struct {
	name  string
	words map[string][]string
}

// languages are those that the operators have names in.
func languages() []string { return []string{"en", "es"} }

func words(en, es string) map[string][]string {
	return map[string][]string{"en": strings.Fields(en), "es": strings.Fields(es)}
}

// operators returns all of them, in the order in which they are proposed.
func operators() []operator {
	return []operator{
		{field: From, names: words("from", "de")},
		{field: In, names: words("in", "en")},
		{field: Before, names: words("before", "antes")},
		{field: After, names: words("after", "después")},
		{field: On, names: words("on", "el")},
		{field: Has, names: words("has", "tiene"), values: []value{
			{Image, words("image images photo photos picture", "imagen imágenes foto fotos")},
			{Video, words("video videos", "vídeo vídeos")},
			{Audio, words("audio audios voice", "audio audios voz")},
			{Document, words("document documents file files", "documento documentos archivo archivos")},
			{Link, words("link links url", "enlace enlaces")},
			{Location, words("location locations place", "ubicación ubicaciones lugar")},
		}},
		{field: Is, names: words("is", "es"), values: []value{
			{Unread, words("unread", "no-leído no-leída no-leídos noleído no_leído sin-leer")},
			{Starred, words("starred", "destacado destacada destacados")},
			{Mine, words("mine", "mío mía míos mías")},
			{Group, words("group groups", "grupo grupos")},
			{Archived, words("archived", "archivado archivada archivados")},
		}},
	}
}

// operatorNamed returns the operator of a name, nil when there is none.
func operatorNamed(name string) *operator {
	const longest = len("despue\u0301s")
	if name == "" || len(name) > longest {
		return nil
	}
	name = fold(name)
	for _, o := range operators() {
		for _, names := range o.names {
			for _, n := range names {
				if fold(n) == name {
					return &o
				}
			}
		}
	}
	return nil
}

// IsOperator tells whether a name, without its colon, is that of an operator.
func IsOperator(name string) bool { return operatorNamed(name) != nil }

// read returns the value that a word stands for.
func (o *operator) read(word string) (string, bool) {
	word = strings.ReplaceAll(fold(word), " ", "-")
	for _, v := range o.values {
		for _, words := range v.words {
			for _, w := range words {
				if fold(w) == word {
					return v.name, true
				}
			}
		}
	}
	return "", false
}

// isMe tells whether a value of from: is oneself.
func isMe(value string) bool {
	switch fold(value) {
	case "me", "yo", "mi":
		return true
	}
	return false
}

// fold makes words comparable: lower case, without accents.
func fold(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(strings.ToLower(s)))
}
