package translations

import (
	"strconv"
	"strings"
)

// Bytes returns a size such as "1.5 MB" as the language writes it; "" when it is
// not known.
func (p *Printer) Bytes(n int64) string {
	if n <= 0 {
		return ""
	}
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	value, unit := float64(n), ""
	for _, unit = range []string{"kB", "MB", "GB", "TB"} {
		value /= 1000
		if value < 999.5 {
			break
		}
	}
	digits := 0
	if value < 9.95 {
		digits = 1
	}
	number := strconv.FormatFloat(value, 'f', digits, 64)
	if p.lang != Fallback {
		number = strings.Replace(number, ".", ",", 1)
	}
	return number + " " + unit
}
