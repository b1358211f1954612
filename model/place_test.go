package model_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/model"
)

func TestPlacesAreReadFromCoordinatesAndLinks(t *testing.T) {
	for _, text := range []string{
		"41.9253, -4.0228", " 41.9253,-4.0228 ", "(41.9253; -4.0228)", "geo:41.9253,-4.0228?z=17",
		"https://www.google.com/maps/@41.9253,-4.0228,17z", "https://maps.google.com/?q=41.9253,-4.0228",
		"https://www.google.com/maps/place/Pan/@40.0,-3.0,15z/data=!4m6!3m5!8m2!3d41.9253!4d-4.0228",
		"https://www.openstreetmap.org/?mlat=41.9253&mlon=-4.0228#map=12/40.1/-3.2",
		"https://www.openstreetmap.org/#map=17/41.9253/-4.0228", "https://maps.apple.com/?ll=41.9253,-4.0228&z=3",
	} {
		lat, lon, ok := model.ParsePlace(text)
		require.True(t, ok, text)
		require.InDelta(t, 41.9253, lat, 1e-9, text)
		require.InDelta(t, -4.0228, lon, 1e-9, text)
	}
	for _, text := range []string{
		"", "Valladolid", "91, 4", "41.9, 181", "41.9253", "https://maps.app.goo.gl/abc", "javascript:41.1,2.2",
		"see you at 10,30 or so", strings.Repeat("1", 5000) + ",2",
	} {
		_, _, ok := model.ParsePlace(text)
		require.False(t, ok, text)
	}
}
