package widgets

import (
	"net/url"
	"strings"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"golang.org/x/net/idna"
)

// richText is a text and how its parts are formatted.
type richText struct {
	text string
	runs []run // in order, from the beginning on; none: all of it as it is
}

// run is formatting from a byte on, up to the next run.
type run struct {
	from int
	runLook
}

// runLook is how a part of a text is drawn.
type runLook struct {
	bold, italic, mono bool
	strike             bool
	link               string
}

// over returns the style of a run within a text of a style.
func (r *run) over(style fyne.TextStyle) fyne.TextStyle {
	if r == nil {
		return style
	}
	style.Bold = style.Bold || r.bold
	style.Italic = style.Italic || r.italic
	if r.mono { // the toolkit has one monospaced font
		style.Monospace, style.Bold, style.Italic = true, false, false
	}
	return style
}

const (
	maxLink    = 2048 // bytes
	maxMention = 20   // digits
)

// parseRich finds formatting, links and mentions. clean is done to the names
// that are put in.
func parseRich(text string, o RichOptions, clean func(string) string) richText {
	if !strings.ContainsAny(text, "*_~`@") && !strings.Contains(text, "://") && !containsWWW(text) {
		return richText{text: text}
	}
	p := richParser{mentions: o.Mentions, clean: clean}
	p.out.Grow(len(text))
	rest := text
	for {
		before, block, after, ok := cutBlock(rest)
		p.lines(before)
		if !ok {
			break
		}
		p.write(block, runLook{mono: true})
		rest = after
	}
	out := richText{text: p.out.String(), runs: p.runs}
	if len(out.runs) == 1 && out.runs[0].runLook == (runLook{}) {
		out.runs = nil
	}
	return out
}

func containsWWW(s string) bool {
	return strings.Contains(s, "www.") || strings.Contains(s, "WWW.") || strings.Contains(s, "Www.")
}

// cutBlock finds text between two triple backquotes, over lines.
func cutBlock(s string) (before, block, after string, ok bool) {
	const fence = "```"
	before, rest, ok := strings.Cut(s, fence)
	if !ok {
		return s, "", "", false
	}
	block, after, ok = strings.Cut(rest, fence)
	if !ok || strings.TrimSpace(block) == "" {
		return s, "", "", false
	}
	return before, strings.Trim(block, "\n"), after, true
}

type richParser struct {
	mentions map[string]Mention
	clean    func(string) string
	out      strings.Builder
	runs     []run
}

func (p *richParser) write(s string, l runLook) {
	if s == "" {
		return
	}
	if n := len(p.runs); n == 0 || p.runs[n-1].runLook != l {
		p.runs = append(p.runs, run{p.out.Len(), l})
	}
	p.out.WriteString(s)
}

// lines formats line by line: marks do not reach over the end of one.
func (p *richParser) lines(s string) {
	for s != "" {
		line, rest, more := strings.Cut(s, "\n")
		p.line(line, runLook{}, -1)
		if more {
			p.write("\n", runLook{})
		}
		s = rest
	}
}

// line formats a line, or the part of one between two marks; prev is the
// character before it, negative at the beginning.
func (p *richParser) line(s string, l runLook, prev rune) {
	var hopeless [utf8.RuneSelf]bool // marks that nothing ends any more
	from := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			prev, i = r, i+n
			continue
		}
		if !wordy(prev) {
			if k := p.atWord(s, i, from, l); k > 0 {
				i += k
				from, prev = i, 'a'
				continue
			}
		}
		if inner, ok := marked(l, c); ok && !wordy(prev) && !hopeless[c] {
			end := closing(s, i)
			if end > 0 {
				p.write(s[from:i], l)
				if c == '`' {
					p.write(s[i+1:end], inner)
				} else {
					p.line(s[i+1:end], inner, rune(c))
				}
				i = end + 1
				from, prev = i, rune(c)
				continue
			}
			hopeless[c] = end < 0
		}
		prev = rune(c)
		i++
	}
	p.write(s[from:], l)
}

// atWord writes a link or a mention that begins at a byte, and what stands
// before it, and returns its bytes; zero when there is none.
func (p *richParser) atWord(s string, i, from int, l runLook) int {
	switch s[i] {
	case 'h', 'H', 'w', 'W':
		n, target := findLink(s[i:])
		if n == 0 {
			return 0
		}
		p.write(s[from:i], l)
		l.link = target // empty: what looked like a link is passed over as a whole
		p.write(s[i:i+n], l)
		return n
	case '@':
		n := 1
		for i+n < len(s) && s[i+n] >= '0' && s[i+n] <= '9' {
			n++
		}
		m, ok := p.mentions[s[i+1:i+n]]
		if n == 1 || n > 1+maxMention || !ok || m.Name == "" {
			return 0
		}
		p.write(s[from:i], l)
		l.link = "mention:" + m.JID
		p.write("@"+strings.ReplaceAll(p.clean(m.Name), "\n", " "), l)
		return n
	}
	return 0
}

// marked returns the look between two marks of formatting.
func marked(l runLook, c byte) (runLook, bool) {
	switch c {
	case '*':
		ok := !l.bold
		l.bold = true
		return l, ok
	case '_':
		ok := !l.italic
		l.italic = true
		return l, ok
	case '~':
		ok := !l.strike
		l.strike = true
		return l, ok
	case '`':
		ok := !l.mono
		l.mono = true
		return l, ok
	}
	return l, false
}

// closing returns where the mark at i is ended; negative when no other mark of
// its kind could be either, zero when this one begins nothing.
func closing(s string, i int) int {
	c := s[i]
	first, n := utf8.DecodeRuneInString(s[i+1:])
	if n == 0 {
		return -1
	}
	if isSpace(first) || first == rune(c) {
		return 0
	}
	for j := i + 1 + n; j < len(s); j++ {
		if s[j] != c || s[j-1] == ' ' || s[j-1] == '\t' {
			continue
		}
		next, n := utf8.DecodeRuneInString(s[j+1:])
		if n == 0 || !wordy(next) {
			return j
		}
	}
	return -1
}

// wordy tells whether a character is part of a word, beside which a mark is just a sign.
func wordy(r rune) bool {
	if r < utf8.RuneSelf {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z'
	}
	return unicode.IsLetter(r) || unicode.IsDigit(r)
}

// findLink returns the bytes of what looks like a link at the beginning of a
// text, and where it leads, which is empty when it is none. It begins with http://, https:// or www., names a host with a dot, and
// no user: "https://bank.es@evil.example" is not what it looks like. A host in
// other letters than Latin ones is given in its ASCII form, so that what is
// shown before opening cannot be mistaken for another.
func findLink(s string) (int, string) {
	scheme := ""
	switch {
	case prefixFold(s, "https://"):
		scheme = "https://"
	case prefixFold(s, "http://"):
		scheme = "http://"
	case prefixFold(s, "www."):
	default:
		return 0, ""
	}
	n := linkLen(s)
	if n <= len(scheme) {
		return 0, ""
	}
	target := s[:n]
	if scheme == "" {
		target = "https://" + target
	} else {
		target = scheme + target[len(scheme):]
	}
	u, err := url.Parse(target)
	if err != nil || u.User != nil || u.Host == "" {
		return n, ""
	}
	host, err := idna.Lookup.ToASCII(u.Hostname())
	if err != nil || !strings.Contains(strings.Trim(host, "."), ".") {
		return n, ""
	}
	if port := u.Port(); port != "" {
		host += ":" + port
	}
	u.Host = host
	return n, u.String()
}

func prefixFold(s, prefix string) bool {
	return len(s) > len(prefix) && strings.EqualFold(s[:len(prefix)], prefix)
}

// endsLink tells whether a character cannot be part of a link.
func endsLink(r rune) bool {
	return isSpace(r) || r < ' ' || strings.ContainsRune("<>\"`{}|\\^«»“”", r) || unseen(r) || r >= 0x3000 && r <= 0x303f || r >= 0xff00 && r <= 0xffef
}

// linkLen returns the bytes of a link without the punctuation of the sentence
// around it.
func linkLen(s string) int {
	end := strings.IndexFunc(s[:min(len(s), maxLink)], endsLink)
	if end < 0 {
		end = len(strings.ToValidUTF8(s[:min(len(s), maxLink)], ""))
	}
	s = s[:end]
	for s != "" {
		last := s[len(s)-1]
		switch {
		case strings.IndexByte(".,;:!?'*_~", last) >= 0:
		case last == ')' && strings.Count(s, "(") < strings.Count(s, ")"):
		case last == ']' && strings.Count(s, "[") < strings.Count(s, "]"):
		default:
			r, n := utf8.DecodeLastRuneInString(s)
			if strings.ContainsRune("…’،؛؟।", r) {
				s = s[:len(s)-n]
				continue
			}
			return len(s)
		}
		s = s[:len(s)-1]
	}
	return 0
}
