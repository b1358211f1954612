package theme_test

import (
	"image/color"
	"math"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/resources"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// contrast is the ratio of WCAG 2 between two opaque colours.
func contrast(a, b color.Color) float64 {
	la, lb := luminance(a), luminance(b)
	return (math.Max(la, lb) + 0.05) / (math.Min(la, lb) + 0.05)
}

func luminance(c color.Color) float64 {
	r, g, b, _ := c.RGBA()
	lin := func(v uint32) float64 {
		s := float64(v) / 0xffff
		if s <= 0.04045 {
			return s / 12.92
		}
		return math.Pow((s+0.055)/1.055, 2.4)
	}
	return 0.2126*lin(r) + 0.7152*lin(g) + 0.0722*lin(b)
}

// over draws a colour that may be transparent over an opaque one.
func over(top, under color.Color) color.Color {
	t := color.NRGBAModel.Convert(top).(color.NRGBA)
	u := color.NRGBAModel.Convert(under).(color.NRGBA)
	mix := func(x, y uint8) uint8 { return uint8((int(x)*int(t.A) + int(y)*(255-int(t.A))) / 255) }
	return color.NRGBA{mix(t.R, u.R), mix(t.G, u.G), mix(t.B, u.B), 255}
}

func TestTextReachesItsContrastInBothVariants(t *testing.T) {
	type name = fyne.ThemeColorName
	grounds := []name{theme.ColorNameBackground, theme.ColorNameSelection, theme.ColorNameInputBackground, theme.ColorNameMenuBackground,
		theme.ColorNameOverlayBackground, theme.ColorNameHeaderBackground, apptheme.ColorNameRail}
	pairs := map[name][]name{
		theme.ColorNameForeground:          append(grounds, theme.ColorNameButton),
		theme.ColorNamePlaceHolder:         {theme.ColorNameInputBackground, theme.ColorNameBackground, theme.ColorNameOverlayBackground},
		theme.ColorNameDisabled:            {theme.ColorNameBackground, theme.ColorNameInputBackground},
		theme.ColorNameHyperlink:           {theme.ColorNameBackground, theme.ColorNameOverlayBackground},
		theme.ColorNamePrimary:             {theme.ColorNameBackground, theme.ColorNameSelection, theme.ColorNameOverlayBackground, apptheme.ColorNameRail},
		theme.ColorNameError:               {theme.ColorNameBackground, theme.ColorNameOverlayBackground, apptheme.ColorNameBubbleOut},
		theme.ColorNameWarning:             {theme.ColorNameBackground, theme.ColorNameOverlayBackground},
		theme.ColorNameSuccess:             {theme.ColorNameBackground, theme.ColorNameOverlayBackground},
		theme.ColorNameForegroundOnPrimary: {theme.ColorNamePrimary},
		theme.ColorNameForegroundOnError:   {theme.ColorNameError},
		theme.ColorNameForegroundOnSuccess: {theme.ColorNameSuccess},
		theme.ColorNameForegroundOnWarning: {theme.ColorNameWarning},
		apptheme.ColorNameOnBubbleIn:       {apptheme.ColorNameBubbleIn, apptheme.ColorNameLit},
		apptheme.ColorNameOnBubbleOut:      {apptheme.ColorNameBubbleOut, apptheme.ColorNameLit},
		apptheme.ColorNameBubbleMeta:       {apptheme.ColorNameBubbleIn, apptheme.ColorNameBubbleOut},
		apptheme.ColorNameOnNotice:         {apptheme.ColorNameNotice},
		apptheme.ColorNameTick:             {theme.ColorNameBackground, theme.ColorNameSelection, apptheme.ColorNameBubbleOut},
		apptheme.ColorNameTickRead:         {theme.ColorNameBackground, theme.ColorNameSelection, apptheme.ColorNameBubbleOut},
		apptheme.ColorNameOnBadge:          {apptheme.ColorNameBadge},
		apptheme.ColorNameOnBadgeQuiet:     {apptheme.ColorNameBadgeQuiet},
		apptheme.ColorNameMuted:            {theme.ColorNameBackground, theme.ColorNameSelection, theme.ColorNameOverlayBackground, apptheme.ColorNameRail},
		apptheme.ColorNameDraft:            {theme.ColorNameBackground, theme.ColorNameSelection},
		apptheme.ColorNameOnTip:            {apptheme.ColorNameTip},
	}
	for variant, v := range test.KnownThemeVariants() {
		th := apptheme.New(apptheme.VariantSystem)
		for text, on := range pairs {
			for _, ground := range on {
				for state, tint := range map[string]name{"": "", "hover": theme.ColorNameHover} {
					under := th.Color(ground, v)
					if tint != "" {
						under = over(th.Color(tint, v), under)
					}
					got := contrast(th.Color(text, v), under)
					require.GreaterOrEqual(t, got, 4.5, "%s: %s on %s %s has %.2f", variant, text, ground, state, got)
				}
			}
		}
	}
}

func TestEveryColorOfFyneIsDefined(t *testing.T) {
	test.NewTempApp(t)
	for variant := range test.KnownThemeVariants() {
		test.AssertAllColorNamesDefined(t, apptheme.New(variant), variant)
	}
}

func TestVariantsAreFixedOrFollowTheSystem(t *testing.T) {
	ground := func(setting string, v fyne.ThemeVariant) color.Color {
		return apptheme.New(setting).Color(theme.ColorNameBackground, v)
	}
	light, dark := ground("system", theme.VariantLight), ground("system", theme.VariantDark)
	require.NotEqual(t, light, dark)
	require.Equal(t, light, ground("light", theme.VariantDark))
	require.Equal(t, dark, ground("dark", theme.VariantLight))
	require.Equal(t, dark, ground("nonsense", theme.VariantDark))
}

func TestEveryIconIsDrawnAndFollowsTheTheme(t *testing.T) {
	require.NotEmpty(t, resources.IconNames())
	for _, name := range resources.IconNames() {
		svg, err := resources.Icon(name)
		require.NoError(t, err)
		require.True(t, strings.HasPrefix(string(svg), "<svg "), name)
		if name == "buzon" {
			continue
		}
		require.NotContains(t, string(svg), "stroke", "%s: Fyne recolours fills only", name)
		res := apptheme.Icon(apptheme.IconName(name))
		require.NotEqual(t, theme.BrokenImageIcon().Name(), res.Name(), name)
		_, themed := res.(fyne.ThemedResource)
		require.True(t, themed, name)
	}
	require.Equal(t, theme.BrokenImageIcon().Name(), apptheme.Icon("no-such-icon").Name())
	require.NotEqual(t, theme.BrokenImageIcon().Name(), apptheme.AppIcon().Name())
}
