package model

import (
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

// maxPlaceText is the longest text that may name a place, in bytes.
const maxPlaceText = 4096

var (
	// placePair is a latitude and a longitude in degrees, as people write them and as
	// most links to maps hold them.
	placePair = regexp.MustCompile(`(-?\d{1,3}(?:\.\d+)?)\s*[,/;]\s*\+?(-?\d{1,3}(?:\.\d+)?)`)
	// placeData are those of a place in links of Google, beside those of the view.
	placeData = regexp.MustCompile(`!3d(-?\d{1,3}\.\d+)!4d(-?\d{1,3}\.\d+)`)
	// placeView are those that the map shows: behind "@" or the zoom.
	placeView = regexp.MustCompile(`(?:@|map=\d+(?:\.\d+)?/)(-?\d{1,3}\.\d+)[,/](-?\d{1,3}\.\d+)`)
)

// ParsePlace reads a latitude and a longitude in degrees from what was typed or
// pasted: "41.9253, -4.0228", a geo: address, or a link to a map that holds them.
// Short links hold none: false then.
func ParsePlace(text string) (latitude, longitude float64, ok bool) {
	text = strings.TrimSpace(text)
	if len(text) > maxPlaceText {
		return 0, 0, false
	}
	if rest, is := strings.CutPrefix(strings.ToLower(text), "geo:"); is {
		return placeOf(placePair.FindStringSubmatch(rest))
	}
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" {
		m := placePair.FindStringSubmatch(text)
		if m == nil || strings.Trim(strings.Replace(text, m[0], "", 1), " ()+") != "" { // a sentence is no place
			return 0, 0, false
		}
		return placeOf(m)
	}
	whole := u.Path + "#" + u.Fragment
	if m := placeData.FindStringSubmatch(whole); m != nil {
		return placeOf(m)
	}
	q := u.Query()
	if m := []string{"", q.Get("mlat"), q.Get("mlon")}; m[1] != "" {
		return placeOf(m)
	}
	for _, key := range []string{"q", "query", "ll", "destination", "center", "coordinate", "sll"} {
		if m := placePair.FindStringSubmatch(q.Get(key)); m != nil {
			return placeOf(m)
		}
	}
	return placeOf(placeView.FindStringSubmatch(whole))
}

func placeOf(m []string) (latitude, longitude float64, ok bool) {
	if len(m) < 3 {
		return 0, 0, false
	}
	latitude, err := strconv.ParseFloat(m[1], 64)
	if err != nil || latitude < -90 || latitude > 90 {
		return 0, 0, false
	}
	longitude, err = strconv.ParseFloat(m[2], 64)
	if err != nil || longitude < -180 || longitude > 180 {
		return 0, 0, false
	}
	return latitude, longitude, true
}
