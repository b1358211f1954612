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
	var list []Phone
	add := func(s string) {
		if v := Phone(s); v.Valid() && v != p && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	s := string(p)
	switch {
	case strings.HasPrefix(s, "55") && len(s) == 13 && s[4] == '9' && s[5] >= '6':
		add(s[:4] + s[5:])
	case strings.HasPrefix(s, "55") && len(s) == 12 && s[4] >= '6':
		add(s[:4] + "9" + s[4:])
	case strings.HasPrefix(s, "521") && len(s) == 13:
		add("52" + s[3:])
	case strings.HasPrefix(s, "52") && len(s) == 12:
		add("521" + s[2:])
	case strings.HasPrefix(s, "549") && len(s) == 13:
		add("54" + s[3:])
		for area := 2; area <= 4; area++ { // the 15 stood behind the area code
			add("54" + s[3:3+area] + "15" + s[3+area:])
		}
	case strings.HasPrefix(s, "54") && len(s) == 12:
		add("549" + s[2:])
	case strings.HasPrefix(s, "54") && len(s) == 14:
		for area := 2; area <= 4; area++ {
			if s[2+area:4+area] == "15" {
				add("549" + s[2:2+area] + s[4+area:])
			}
		}
	case strings.HasPrefix(s, "390"):
		add("39" + s[3:])
	case strings.HasPrefix(s, "39") && s[2] != '3':
		add("390" + s[2:])
	}
	return list
}

// MayBeSamePhone tells whether two numbers may be one, see PhoneVariants.
func MayBeSamePhone(a, b Phone) bool {
	return a != b && (slices.Contains(PhoneVariants(a), b) || slices.Contains(PhoneVariants(b), a))
}
