package simulator

import (
	"strconv"
	"unicode/utf8"
)

// The appenders write JSON by hand: answers of a hundred megabytes must not make the
// simulator the slow side of a benchmark. Members start with their comma.

func appendString(b []byte, s string, after ...byte) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c != '"' && c != '\\' && c < utf8.RuneSelf {
			i++
			continue
		}
		if c >= utf8.RuneSelf {
			r, size := utf8.DecodeRuneInString(s[i:])
			if r == utf8.RuneError && size == 1 {
				b = append(append(b, s[start:i]...), "\ufffd"...)
				start = i + 1
			}
			i += size
			continue
		}
		b = appendEscaped(append(b, s[start:i]...), c)
		i++
		start = i
	}
	b = append(b, s[start:]...)
	b = append(b, '"')
	return append(b, after...)
}

func appendEscaped(b []byte, c byte) []byte {
	const hex = "0123456789abcdef"
	switch c {
	case '"', '\\':
		return append(b, '\\', c)
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	case '\b':
		return append(b, '\\', 'b')
	case '\f':
		return append(b, '\\', 'f')
	}
	return append(b, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
}

func appendName(b []byte, name string) []byte {
	b = append(b, ',', '"')
	b = append(b, name...)
	return append(b, '"', ':')
}

func appendText(b []byte, name, s string) []byte { return appendString(appendName(b, name), s) }

// appendField leaves a missing member out and writes null for a null one.
func appendField(b []byte, name string, f field) []byte {
	switch f.state {
	case fieldPresent:
		return appendText(b, name, f.text)
	case fieldNull:
		return append(appendName(b, name), "null"...)
	}
	return b
}

func appendInt(b []byte, name string, n int64) []byte {
	return strconv.AppendInt(appendName(b, name), n, 10)
}

func appendBool(b []byte, name string, v bool) []byte {
	return strconv.AppendBool(appendName(b, name), v)
}

func appendFloat(b []byte, name string, v float64) []byte {
	return strconv.AppendFloat(appendName(b, name), v, 'f', -1, 64)
}

// appendID writes the text form of a wid in quotes.
func appendID(b []byte, w wid) []byte {
	b = append(b, '"')
	b = append(b, w.user...)
	b = append(b, '@')
	b = append(b, w.server...)
	return append(b, '"')
}

// appendWID writes the object form of a wid.
func appendWID(b []byte, w wid) []byte {
	b = append(b, `{"server":"`...)
	b = append(b, w.server...)
	b = append(b, `","user":"`...)
	b = append(b, w.user...)
	b = append(b, `","_serialized":`...)
	return append(appendID(b, w), '}')
}

// appendWIDs writes an array of objects or of texts.
func appendWIDs(b []byte, list []wid, objects bool) []byte {
	b = append(b, '[')
	for i, w := range list {
		if i > 0 {
			b = append(b, ',')
		}
		if objects {
			b = appendWID(b, w)
		} else {
			b = appendID(b, w)
		}
	}
	return append(b, ']')
}
