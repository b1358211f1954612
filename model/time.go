package model

import "time"

// Stamp is an instant: milliseconds since 1970 in UTC. Zero means unknown or never.
type Stamp int64

// StampOf returns the stamp of a time; the zero time gives the zero stamp.
func StampOf(t time.Time) Stamp {
	if t.IsZero() {
		return 0
	}
	return Stamp(t.UnixMilli())
}

// StampUnix returns the stamp of unix seconds; zero and negative seconds are unknown.
func StampUnix(seconds int64) Stamp {
	const last = 253402300799
	if seconds <= 0 || seconds > last {
		return 0
	}
	return Stamp(seconds * 1000)
}

// The unix seconds between which WhatsApp is used, whatever the clock here says.
const (
	firstSecond = 1_230_768_000 // 2009-01-01
	lastSecond  = 4_102_444_800 // 2100-01-01
)

// PossibleSecond tells whether something can have been said in WhatsApp at that
// unix second, by anybody's clock. Others are no times, or not in seconds.
func PossibleSecond(seconds int64) bool { return seconds >= firstSecond && seconds < lastSecond }

// PlausibleSecond tells the same by the clock here: nothing was said after tomorrow.
func PlausibleSecond(seconds int64, now Stamp) bool {
	return PossibleSecond(seconds) && seconds <= now.Unix()+86_400
}

// IsZero tells whether the instant is unknown.
func (s Stamp) IsZero() bool { return s == 0 }

// Time returns the instant in UTC; the zero stamp gives the zero time.
func (s Stamp) Time() time.Time {
	if s == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(s)).UTC()
}

// Unix returns whole seconds since 1970.
func (s Stamp) Unix() int64 { return int64(s) / 1000 }
