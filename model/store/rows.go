package store

import (
	"encoding/json"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// insertRows is how many rows one INSERT carries.
const insertRows = 100

// insertAll runs head + VALUES + tail for rows of width values each, a hundred
// rows at a time. args holds the values of all rows.
//
// Numbers, truth values and empty texts are written into the statement, because
// the driver compiles it for every execution anyway, and the time that it takes
// to bind parameters grows with the square of their number.
func insertAll(tx *gorm.DB, head string, width int, tail string, args []any) error {
	var b strings.Builder
	for len(args) > 0 {
		n := min(len(args), insertRows*width)
		b.Reset()
		b.WriteString(head)
		b.WriteString(" VALUES ")
		bound := make([]any, 0, n/2)
		for i, arg := range args[:n] {
			switch {
			case i == 0:
				b.WriteByte('(')
			case i%width == 0:
				b.WriteString("),(")
			default:
				b.WriteByte(',')
			}
			if !writeLiteral(&b, arg) {
				b.WriteByte('?')
				bound = append(bound, arg)
			}
		}
		b.WriteByte(')')
		b.WriteString(tail)
		if err := exec(tx, b.String(), bound...); err != nil {
			return err
		}
		args = args[n:]
	}
	return nil
}

// writeLiteral writes a value that can hold no SQL; it returns false for any other.
func writeLiteral(b *strings.Builder, value any) bool {
	switch v := value.(type) {
	case int64:
		var digits [20]byte
		b.Write(strconv.AppendInt(digits[:0], v, 10))
	case bool:
		if v {
			b.WriteByte('1')
		} else {
			b.WriteByte('0')
		}
	case string:
		if v != "" {
			return false
		}
		b.WriteString("''")
	default:
		return false
	}
	return true
}

// jsonNumbers writes keys as a JSON array: one parameter for json_each, however
// many keys there are.
func jsonNumbers[T ~int64](ids []T) string {
	b := make([]byte, 0, 2+12*len(ids))
	b = append(b, '[')
	for i, id := range ids {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendInt(b, int64(id), 10)
	}
	return string(append(b, ']'))
}

// jsonTexts writes texts as a JSON array for json_each.
func jsonTexts[T ~string](texts []T) (string, error) {
	b, err := json.Marshal(texts)
	return string(b), err
}
