package model_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestQuietHours(t *testing.T) {
	madrid, err := time.LoadLocation("Europe/Madrid")
	require.NoError(t, err)
	at := func(text string) time.Time {
		when, err := time.ParseInLocation("2006-01-02 15:04", text, madrid)
		require.NoError(t, err)
		return when
	}
	for _, c := range []struct {
		name, from, to, days string
		quiet, loud          []string
	}{
		{
			"within a day", "13:00", "15:30", "",
			[]string{"2026-11-23 13:00", "2026-11-23 15:29"}, []string{"2026-11-23 12:59", "2026-11-23 15:30", "2026-11-23 03:00"},
		},
		{
			"over midnight", "22:00", "08:00", "",
			[]string{"2026-11-23 22:00", "2026-11-23 23:59", "2026-11-24 00:00", "2026-11-24 07:59"}, []string{"2026-11-23 21:59", "2026-11-24 08:00"},
		},
		{
			"the night of Friday ends on Saturday", "22:00", "08:00", "mon tue wed thu fri",
			[]string{"2026-11-27 23:00", "2026-11-28 07:00"}, []string{"2026-11-28 23:00", "2026-11-29 07:00", "2026-11-30 07:00"},
		},
		{
			"the night of Sunday ends on Monday", "22:00", "08:00", "sun",
			[]string{"2026-11-29 22:30", "2026-11-30 02:00"}, []string{"2026-11-29 07:00", "2026-11-30 22:30"},
		},
		{"whole days", "00:00", "00:00", "sat sun", []string{"2026-11-28 00:00", "2026-11-29 23:59"}, []string{"2026-11-27 23:59", "2026-11-30 00:00"}},
		{
			"the wall's clock counts where it is put back", "02:00", "03:00", "",
			[]string{"2026-10-25 02:30", "2026-03-28 02:30"}, []string{"2026-10-25 03:00", "2026-03-29 03:30"},
		},
	} {
		s := model.DefaultSettings()
		s.QuietHours, s.QuietFrom, s.QuietTo, s.QuietDays = true, c.from, c.to, c.days
		require.Empty(t, s.Validate(), c.name)
		for _, when := range c.quiet {
			require.True(t, s.Quiet(at(when)), "%s: %s", c.name, when)
		}
		for _, when := range c.loud {
			require.False(t, s.Quiet(at(when)), "%s: %s", c.name, when)
		}
		s.QuietHours = false
		require.False(t, s.Quiet(at(c.quiet[0])), "%s, switched off", c.name)
	}
}

func TestSettingsOnNotificationsAreChecked(t *testing.T) {
	for _, c := range []struct {
		change func(*model.Settings)
		field  string
	}{
		{func(s *model.Settings) { s.NotifyContent = "all" }, "notify_content"},
		{func(s *model.Settings) { s.NotifyPausedUntil = "tomorrow" }, "notify_paused_until"},
		{func(s *model.Settings) { s.QuietFrom = "8:00" }, "quiet_from"},
		{func(s *model.Settings) { s.QuietTo = "24:00" }, "quiet_to"},
		{func(s *model.Settings) { s.QuietTo = "" }, "quiet_to"},
		{func(s *model.Settings) { s.QuietDays = "mon lunes" }, "quiet_days"},
		{func(s *model.Settings) { s.NotifyMuted = "shop" }, "notify_muted"},
		{func(s *model.Settings) { s.NotifyMuted = "shop/34600111222" }, "notify_muted"},
		{func(s *model.Settings) { s.NotifyMuted = strings.Repeat("shop/34600111222@c.us ", 5000) }, "notify_muted"},
	} {
		s := model.DefaultSettings()
		c.change(&s)
		wrong := s.Validate()
		require.Len(t, wrong, 1, c.field)
		require.Equal(t, c.field, wrong[0].Field)
	}
	s := model.DefaultSettings()
	s.NotifyPausedUntil, s.QuietDays = "2026-11-24T08:00:00+01:00", "sat sun"
	require.Empty(t, s.Validate())
	require.Equal(t, int64(1795503600), s.NotifyPause().Unix())
}

func TestAConversationIsSilencedOnThisComputer(t *testing.T) {
	const ana, group = model.JID("34600111222@c.us"), model.JID("34600111222-1600000000@g.us")
	s := model.DefaultSettings()
	require.True(t, s.NotifiesFrom("shop", ana))
	s = s.WithNotifiesFrom("shop", ana, false).WithNotifiesFrom("shop", ana, false).WithNotifiesFrom("shop", group, false)
	require.Empty(t, s.Validate())
	require.False(t, s.NotifiesFrom("shop", ana))
	require.False(t, s.NotifiesFrom("shop", group))
	require.True(t, s.NotifiesFrom("home", ana), "the same person in another session")
	s = s.WithNotifiesFrom("shop", ana, true)
	require.Equal(t, "shop/34600111222-1600000000@g.us", s.NotifyMuted)
	require.True(t, s.NotifiesFrom("shop", ana))
}
