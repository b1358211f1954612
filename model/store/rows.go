package store

import (
	"encoding/json"
	"strconv"
	"strings"

	"gorm.io/gorm"
)

// insertRows is how many rows one INSERT carries. More is slower: the driver
// compiles a statement for every execution, and time grows faster than its size.
const insertRows = 100

// insertAll runs head + VALUES + tail for rows of width values each, a hundred
// rows at a time. args holds the values of all rows.
func insertAll(tx *gorm.DB, head string, width int, tail string, args []any) error {
	var statement string
	held := 0 // rows that statement is made for
	for len(args) > 0 {
		n := min(len(args)/width, insertRows)
		if n != held {
			statement, held = head+" VALUES "+placeholders(n, width)+tail, n
		}
		if err := exec(tx, statement, args[:n*width]...); err != nil {
			return err
		}
		args = args[n*width:]
	}
	return nil
}

// placeholders returns (?,?),(?,?) for that many rows and values.
func placeholders(rows, width int) string {
	row := "(" + strings.Repeat("?,", width-1) + "?)"
	return strings.Repeat(row+",", rows-1) + row
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
