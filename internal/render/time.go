package render

import (
	"fmt"
	"time"
)

// Relative returns how far t is from now, in the largest unit that fits: "3 days ago", "in 2 hours". Less than a minute,
// either way, is "just now", because clocks differ. The zero time is "never".
func Relative(t, now time.Time) string {
	if t.IsZero() {
		return "never"
	}
	d := now.Sub(t)
	if d.Abs() < time.Minute {
		return "just now"
	}
	if d < 0 {
		return "in " + span(d.Abs())
	}
	return span(d) + " ago"
}

// span rounds down: what happened 23 hours and 59 minutes ago was not a day ago.
func span(d time.Duration) string {
	const day = 24 * time.Hour
	switch {
	case d < time.Hour:
		return count(d/time.Minute, "minute")
	case d < day:
		return count(d/time.Hour, "hour")
	case d < 30*day:
		return count(d/day, "day")
	case d < 365*day:
		return count(d/(30*day), "month")
	}
	return count(d/(365*day), "year")
}

func count(n time.Duration, unit string) string {
	if n == 1 {
		return "1 " + unit
	}
	return fmt.Sprintf("%d %ss", n, unit)
}
