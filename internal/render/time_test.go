package render

import (
	"testing"
	"time"
)

func TestRelative(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	tests := []struct {
		ago  time.Duration
		want string
	}{
		{0, "just now"},
		{59 * time.Second, "just now"},
		{-59 * time.Second, "just now"},
		{time.Minute, "1 minute ago"},
		{59*time.Minute + 59*time.Second, "59 minutes ago"},
		{time.Hour, "1 hour ago"},
		{-2 * time.Hour, "in 2 hours"},
		{day - time.Second, "23 hours ago"},
		{day, "1 day ago"},
		{3 * day, "3 days ago"},
		{-day, "in 1 day"},
		{29 * day, "29 days ago"},
		{30 * day, "1 month ago"},
		{364 * day, "12 months ago"},
		{365 * day, "1 year ago"},
		{-800 * day, "in 2 years"},
	}
	for _, test := range tests {
		if got := Relative(now.Add(-test.ago), now); got != test.want {
			t.Errorf("%v ago: %q, want %q", test.ago, got, test.want)
		}
	}
	if got := Relative(time.Time{}, now); got != "never" {
		t.Errorf("zero time: %q", got)
	}
}
