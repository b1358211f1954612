package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"

	"github.com/xappiens/buzon/resources/fonts"
)

// The names of the colours that are Buzón's own.
const (
	ColorNameBubbleIn     fyne.ThemeColorName = "buzonBubbleIn"     // background of a received message
	ColorNameBubbleOut    fyne.ThemeColorName = "buzonBubbleOut"    // background of an own message
	ColorNameOnBubbleIn   fyne.ThemeColorName = "buzonOnBubbleIn"   // text on ColorNameBubbleIn
	ColorNameOnBubbleOut  fyne.ThemeColorName = "buzonOnBubbleOut"  // text on ColorNameBubbleOut
	ColorNameBubbleMeta   fyne.ThemeColorName = "buzonBubbleMeta"   // time and quiet text on either bubble
	ColorNameNotice       fyne.ThemeColorName = "buzonNotice"       // background of a line about the conversation
	ColorNameOnNotice     fyne.ThemeColorName = "buzonOnNotice"     // text on ColorNameNotice
	ColorNameTick         fyne.ThemeColorName = "buzonTick"         // ticks of a message that is on its way
	ColorNameTickRead     fyne.ThemeColorName = "buzonTickRead"     // ticks of a message that was read
	ColorNameBadge        fyne.ThemeColorName = "buzonBadge"        // background of the count of unread messages
	ColorNameOnBadge      fyne.ThemeColorName = "buzonOnBadge"      // text on ColorNameBadge
	ColorNameBadgeQuiet   fyne.ThemeColorName = "buzonBadgeQuiet"   // background of the count in a mute conversation
	ColorNameOnBadgeQuiet fyne.ThemeColorName = "buzonOnBadgeQuiet" // text on ColorNameBadgeQuiet
	ColorNameMuted        fyne.ThemeColorName = "buzonMuted"        // secondary text on the background
	ColorNameDraft        fyne.ThemeColorName = "buzonDraft"        // the word "Draft"
	ColorNameRail         fyne.ThemeColorName = "buzonRail"         // background of the navigation rail
	ColorNameOnAvatar     fyne.ThemeColorName = "buzonOnAvatar"     // initials on the discs of avatars, which are dark in every variant
	ColorNameLit          fyne.ThemeColorName = "buzonLit"          // behind words that were searched for
	ColorNameTip          fyne.ThemeColorName = "buzonTip"          // background of toasts and hints
	ColorNameOnTip        fyne.ThemeColorName = "buzonOnTip"        // text on ColorNameTip
)

// The variants that settings name.
const (
	VariantSystem = "system"
	VariantLight  = "light"
	VariantDark   = "dark"
)

// Theme is the look of Buzón.
type Theme struct{ variant string }

var _ fyne.Theme = Theme{}

// New returns the theme; variant is "light", "dark" or anything else to follow the system.
func New(variant string) Theme { return Theme{variant: variant} }

// Color returns a colour of the theme.
func (t Theme) Color(name fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	switch t.variant {
	case VariantLight:
		v = theme.VariantLight
	case VariantDark:
		v = theme.VariantDark
	}
	p := &light
	if v == theme.VariantDark {
		p = &dark
	}
	if c, ok := p.named(name); ok {
		return c
	}
	return theme.DefaultTheme().Color(name, v)
}

// regular draws the scripts of the world. Fyne's own faces draw the other
// styles; they know Latin, Greek and Cyrillic letters.
var regular = fyne.NewStaticResource("Buzon-Regular.ttf", fonts.Regular())

// Font returns the font of a style.
func (t Theme) Font(s fyne.TextStyle) fyne.Resource {
	if s.Bold || s.Italic || s.Monospace || s.Symbol {
		return theme.DefaultTheme().Font(s)
	}
	return regular
}

// ScriptFont returns the font for texts of a script, nil for those that the
// theme's own fonts draw.
func ScriptFont(s fonts.Script) fyne.Resource {
	if s == 0 {
		return nil
	}
	return scriptFont(s)
}

// scriptFont is a font by its script: equal ones are one font to the toolkit.
type scriptFont fonts.Script

// Name implements fyne.Resource.
func (s scriptFont) Name() string { return "Buzon-" + fonts.Script(s).Name() + ".ttf" }

// Content implements fyne.Resource.
func (s scriptFont) Content() []byte { return fonts.Shaped(fonts.Script(s)) }

// Icon returns Fyne's icon of that name.
func (t Theme) Icon(n fyne.ThemeIconName) fyne.Resource { return theme.DefaultTheme().Icon(n) }

// Size returns a measure in device-independent pixels.
func (t Theme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameInputRadius, theme.SizeNameSelectionRadius:
		return 8
	case theme.SizeNameHeadingText:
		return 22
	case theme.SizeNameSubHeadingText:
		return 17
	case theme.SizeNameCaptionText:
		return 12
	case theme.SizeNameScrollBarSmall:
		return 4
	default:
		return theme.DefaultTheme().Size(n)
	}
}
