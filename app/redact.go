package app

import (
	"encoding/json"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"
)

const (
	hiddenKey   = "(key)"
	hiddenPhone = "(number)"
	hiddenUser  = "(id)"
	hiddenText  = "(hidden)"

	// minSecret is the shortest secret that is looked for: replacing one or two
	// characters would spoil every line and protect nothing.
	minSecret = 3
)

// Redactor takes out of a text what must not leave Buzón: the secrets that it
// was told, and always credentials in addresses, identifiers and phone numbers.
// The zero value is ready; every method may be called from any goroutine.
type Redactor struct {
	mu      sync.RWMutex
	secrets []string // every written form, longest first
}

// Hide makes the redactor know a secret for as long as it lives. A key that was
// replaced stays known: a late line may still speak of it.
func (r *Redactor) Hide(secret string) {
	secret = strings.TrimSpace(secret)
	if utf8.RuneCountInString(secret) < minSecret {
		return
	}
	forms := []string{
		secret, url.QueryEscape(secret), url.PathEscape(secret),
		strings.Trim(strconv.Quote(secret), `"`), strings.Trim(strconv.QuoteToASCII(secret), `"`),
	}
	if quoted, err := json.Marshal(secret); err == nil {
		forms = append(forms, strings.Trim(string(quoted), `"`))
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, f := range forms {
		if f != "" && !slices.Contains(r.secrets, f) {
			r.secrets = append(r.secrets, f)
		}
	}
	slices.SortFunc(r.secrets, func(a, b string) int { return len(b) - len(a) })
}

// Secrets returns the text without secrets and without credentials in addresses.
func (r *Redactor) Secrets(text string) string {
	r.mu.RLock()
	for _, s := range r.secrets {
		text = strings.ReplaceAll(text, s, hiddenKey)
	}
	r.mu.RUnlock()
	text = userinfoPattern.ReplaceAllString(text, "${1}"+hiddenText+"@")
	return headerPattern.ReplaceAllString(text, "${1}"+hiddenKey)
}

// Text returns the text without secrets, identifiers and phone numbers.
func (r *Redactor) Text(text string) string {
	return redactPersonal(r.Secrets(text))
}

var (
	userinfoPattern = regexp.MustCompile(`([A-Za-z][A-Za-z0-9+.-]*://)[^\s/?#"]+@`)
	headerPattern   = regexp.MustCompile(`(?i)(x-api-key["']?\s*[:=]\s*["'\[]*)[^\s"'\],}\[]+`)
	jidPattern      = regexp.MustCompile(`[^\s@"'<>(),;=/\\\[\]{}]+@(c\.us|g\.us|lid|s\.whatsapp\.net|newsletter|broadcast)\b`)

	// numberPattern finds dates and addresses first, which stay, and then seven
	// or more digits with what people write between them.
	numberPattern = regexp.MustCompile(`(\b\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?\b)` +
		`|(\b\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}(?::\d{1,5})?\b)` +
		`|\+?\(?\p{Nd}(?:[\s\x{a0}\x{2009}\x{202f}().\-\x{2010}-\x{2015}]{0,3}\p{Nd}){6,}`)
)

// redactPersonal hides identifiers and phone numbers; needing no secret, it
// works where no redactor is at hand.
func redactPersonal(text string) string {
	text = jidPattern.ReplaceAllString(text, hiddenUser+"@$1")
	return numberPattern.ReplaceAllStringFunc(text, func(m string) string {
		if sub := numberPattern.FindStringSubmatch(m); len(sub) == 3 && (sub[1] == m || sub[2] == m) {
			return m
		}
		return hiddenPhone
	})
}
