package model

import (
	"slices"
	"strings"
)

// PhoneVariants returns other numbers that may reach the same person, because a
// country writes its mobile numbers in two ways: Brazil with and without a ninth
// digit, Mexico with and without a 1, Argentina with and without a 9 (in place of
// the 15 of national numbers), Italy with a zero that belongs to the number. They
// only ever suggest: another person can have each of them.
func PhoneVariants(p Phone) []Phone {
	s := string(p)
	var ways []string
	switch {
	case strings.HasPrefix(s, "55"):
		ways = brazil(s)
	case strings.HasPrefix(s, "52"):
		ways = mexico(s)
	case strings.HasPrefix(s, "54"):
		ways = argentina(s)
	case strings.HasPrefix(s, "390"):
		ways = []string{"39" + s[3:]}
	case strings.HasPrefix(s, "39") && len(s) > 2 && s[2] != '3':
		ways = []string{"390" + s[2:]}
	}
	var list []Phone
	for _, way := range ways {
		if v := Phone(way); v.Valid() && v != p && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

func brazil(s string) []string {
	switch {
	case len(s) == 13 && s[4] == '9' && s[5] >= '6':
		return []string{s[:4] + s[5:]}
	case len(s) == 12 && s[4] >= '6':
		return []string{s[:4] + "9" + s[4:]}
	}
	return nil
}

func mexico(s string) []string {
	switch {
	case strings.HasPrefix(s, "521") && len(s) == 13:
		return []string{"52" + s[3:]}
	case len(s) == 12:
		return []string{"521" + s[2:]}
	}
	return nil
}

// argentina knows that the 15 of national numbers stands behind the area code, of
// two to four digits.
func argentina(s string) (ways []string) {
	switch {
	case strings.HasPrefix(s, "549") && len(s) == 13:
		ways = append(ways, "54"+s[3:])
		for area := 2; area <= 4; area++ {
			ways = append(ways, "54"+s[3:3+area]+"15"+s[3+area:])
		}
	case len(s) == 12:
		ways = append(ways, "549"+s[2:])
	case len(s) == 14:
		for area := 2; area <= 4; area++ {
			if s[2+area:4+area] == "15" {
				ways = append(ways, "549"+s[2:2+area]+s[4+area:])
			}
		}
	}
	return ways
}

// MayBeSamePhone tells whether two numbers may be one, see PhoneVariants.
func MayBeSamePhone(a, b Phone) bool {
	return a != b && (slices.Contains(PhoneVariants(a), b) || slices.Contains(PhoneVariants(b), a))
}
