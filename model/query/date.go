package query

import (
	"strconv"
	"strings"
	"time"
	"unicode"
)

// ReadDate reads a day, month or year as owners of English and Spanish type it:
// 2026-11-24, 24/11/2026, 24-11, 11/24/2026 where it can be nothing else, 2026,
// 11/2026, 24 nov, "24 de noviembre de 2026", november, today, ayer. Where the
// year is missing it is the last such day that is not in the future.
func ReadDate(text string, now time.Time) (Range, bool) {
	const longest = 40 // bytes
	if len(text) > longest {
		return Range{}, false
	}
	text = fold(text)
	switch text {
	case "today", "hoy":
		return dayOf(now.Year(), now.Month(), now.Day(), now.Location()), true
	case "yesterday", "ayer":
		return dayOf(now.Year(), now.Month(), now.Day()-1, now.Location()), true
	}
	parts, ok := dateParts(text)
	if !ok {
		return Range{}, false
	}
	return assemble(parts, now)
}

// datePart is a number, or a month that was named.
type datePart struct {
	number int
	digits int
	month  bool
}

// dateParts splits a date at what is neither letter nor digit, and between the two.
func dateParts(text string) ([]datePart, bool) {
	var parts []datePart
	for len(text) > 0 {
		r := rune(text[0])
		isPart := unicode.IsDigit
		switch {
		case unicode.IsDigit(r):
		case r >= 'a' && r <= 'z':
			isPart = func(r rune) bool { return r >= 'a' && r <= 'z' }
		case strings.ContainsRune("-/. ,", r):
			text = text[1:]
			continue
		default:
			return nil, false
		}
		end := strings.IndexFunc(text, func(r rune) bool { return !isPart(r) })
		if end < 0 {
			end = len(text)
		}
		word := text[:end]
		text = text[end:]
		switch month := monthNamed(word); {
		case month != 0:
			parts = append(parts, datePart{number: int(month), month: true})
		case word == "de" || word == "del" || word == "of":
		default:
			n, err := strconv.Atoi(word)
			if err != nil {
				return nil, false
			}
			parts = append(parts, datePart{number: n, digits: len(word)})
		}
	}
	return parts, len(parts) > 0 && len(parts) <= 3
}

// monthNamed returns the month of an English or Spanish name or its beginning of
// three letters or more, zero for none.
func monthNamed(word string) time.Month {
	if len(word) < 3 {
		return 0
	}
	names := []string{
		"january enero", "february febrero", "march marzo", "april abril", "may mayo", "june junio", "july julio",
		"august agosto", "september septiembre setiembre sept", "october octubre", "november noviembre", "december diciembre",
	}
	for i, line := range names {
		for _, name := range strings.Fields(line) {
			if strings.HasPrefix(name, word) {
				return time.Month(i + 1)
			}
		}
	}
	return 0
}

// assemble makes a range of one to three parts.
func assemble(p []datePart, now time.Time) (Range, bool) {
	year := func(i int) bool { return !p[i].month && p[i].digits == 4 }
	loc := now.Location()
	switch len(p) {
	case 1:
		if year(0) {
			return span(p[0].number, 1, 1, 1, 0, 0, loc)
		}
		if p[0].month {
			return latest(now, func(y int) (Range, bool) { return span(y, p[0].number, 1, 0, 1, 0, loc) })
		}
	case 2:
		switch {
		case year(0):
			return span(p[0].number, p[1].number, 1, 0, 1, 0, loc)
		case year(1):
			return span(p[1].number, p[0].number, 1, 0, 1, 0, loc)
		}
		day, month := order(p[0], p[1])
		return latest(now, func(y int) (Range, bool) { return span(y, month, day, 0, 0, 1, loc) })
	case 3:
		if year(0) {
			return span(p[0].number, p[1].number, p[2].number, 0, 0, 1, loc)
		}
		y := p[2].number
		switch {
		case p[2].month:
			return Range{}, false
		case p[2].digits == 2:
			y += 2000
		case p[2].digits != 4:
			return Range{}, false
		}
		day, month := order(p[0], p[1])
		return span(y, month, day, 0, 0, 1, loc)
	}
	return Range{}, false
}

// order tells which of two parts is the day: the first, unless that cannot be.
func order(a, b datePart) (day, month int) {
	if a.month || !b.month && b.number > 12 {
		return b.number, a.number
	}
	return a.number, b.number
}

// latest tries this year and those before, and returns the last range that has begun.
func latest(now time.Time, of func(year int) (Range, bool)) (Range, bool) {
	for back := range 5 { // 29 February comes every four years, mostly
		if r, ok := of(now.Year() - back); ok && !r.Since.After(now) {
			return r, true
		}
	}
	return Range{}, false
}

// span returns the range that begins on a day and is so many years, months and
// days long; false when there is no such day.
func span(year, month, day, years, months, days int, loc *time.Location) (Range, bool) {
	if year < 1970 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 {
		return Range{}, false
	}
	// In UTC, because somewhere there is a day that does not begin at midnight.
	if d := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC); d.Day() != day {
		return Range{}, false
	}
	return Range{time.Date(year, time.Month(month), day, 0, 0, 0, 0, loc), time.Date(year+years, time.Month(month+months), day+days, 0, 0, 0, 0, loc)}, true
}

// dayOf returns the range of a day; one beyond the end of a month counts on.
func dayOf(year int, month time.Month, day int, loc *time.Location) Range {
	return Range{time.Date(year, month, day, 0, 0, 0, 0, loc), time.Date(year, month, day+1, 0, 0, 0, 0, loc)}
}
