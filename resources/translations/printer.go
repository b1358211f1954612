package translations

import (
	"embed"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"golang.org/x/text/language"
)

//go:embed *.json
var files embed.FS

// Data are the values that a sentence mentions.
type Data map[string]any

// Fallback is the language that is used where a better one is not known.
const Fallback = "en"

// Languages returns the languages that Buzón speaks.
func Languages() []string { return []string{"es", "en"} }

// FromEnvironment returns the language that the environment asks for: "es"
// when LC_ALL, LC_MESSAGES or LANG (the first one set) begins with es, else "en".
func FromEnvironment() string {
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := os.Getenv(name); v != "" {
			if strings.HasPrefix(strings.ToLower(v), "es") {
				return "es"
			}
			return Fallback
		}
	}
	return Fallback
}

// Printer turns keys into sentences of one language.
type Printer struct {
	lang   string
	loc    *i18n.Localizer
	plain  map[string]string // sentences without values, ready to return
	values map[string]bool   // keys whose sentence mentions values or has plural forms
}

// New returns the printer of a language; any language that is not one of
// Languages gives English. It fails only when a file that was built in is broken.
func New(lang string) (*Printer, error) {
	if !slices.Contains(Languages(), lang) {
		lang = Fallback
	}
	return load(files, lang)
}

func load(from fs.FS, lang string) (*Printer, error) {
	names, err := fs.Glob(from, "*."+lang+".json")
	if err != nil {
		return nil, fmt.Errorf("list the texts of %q: %w", lang, err)
	}
	tag, err := language.Parse(lang)
	if err != nil {
		return nil, fmt.Errorf("language %q: %w", lang, err)
	}
	bundle := i18n.NewBundle(tag)
	bundle.RegisterUnmarshalFunc("json", json.Unmarshal)
	p := &Printer{lang: lang, plain: map[string]string{}, values: map[string]bool{}}
	for _, name := range names {
		file, err := bundle.LoadMessageFileFS(from, name)
		if err != nil {
			return nil, fmt.Errorf("read the texts of %s: %w", name, err)
		}
		for _, m := range file.Messages {
			if m.One == "" && m.Many == "" && !strings.Contains(m.Other, "{{") {
				p.plain[m.ID] = m.Other
			} else {
				p.values[m.ID] = true
			}
		}
	}
	p.loc = i18n.NewLocalizer(bundle, lang)
	return p, nil
}

// Lang returns the language of the printer.
func (p *Printer) Lang() string { return p.lang }

// Has tells whether there is a sentence for the key.
func (p *Printer) Has(key string) bool {
	if p.values[key] {
		return true
	}
	_, ok := p.plain[key]
	return ok
}

// T returns the sentence of a key, with the values of data filled in. A key
// without a sentence is returned as it is.
func (p *Printer) T(key string, data ...Data) string {
	if s, ok := p.plain[key]; ok {
		return s
	}
	return p.localize(key, &i18n.LocalizeConfig{MessageID: key, TemplateData: merged(data)})
}

// N returns the sentence of a key in the plural form for n, which the sentence
// may mention as {{.Count}}. A caller that wants n written in another way
// gives its own "Count".
func (p *Printer) N(key string, n int, data ...Data) string {
	if s, ok := p.plain[key]; ok {
		return s
	}
	values := merged(data)
	if _, ok := values["Count"]; !ok {
		values["Count"] = n
	}
	return p.localize(key, &i18n.LocalizeConfig{MessageID: key, TemplateData: values, PluralCount: n})
}

func (p *Printer) localize(key string, c *i18n.LocalizeConfig) string {
	if !p.values[key] {
		return key
	}
	s, err := p.loc.Localize(c)
	if err != nil {
		return key
	}
	return s
}

func merged(data []Data) map[string]any {
	values := map[string]any{}
	for _, d := range data {
		for k, v := range d {
			values[k] = v
		}
	}
	return values
}
