package theme

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// palette is the set of colours of one variant.
type palette map[fyne.ThemeColorName]color.NRGBA

func (p *palette) named(n fyne.ThemeColorName) (color.NRGBA, bool) {
	c, ok := (*p)[n]
	return c, ok
}

func rgb(v uint32) color.NRGBA {
	return color.NRGBA{R: uint8(v >> 16), G: uint8(v >> 8), B: uint8(v), A: 0xff}
}

func rgba(v uint32, a uint8) color.NRGBA {
	c := rgb(v)
	c.A = a
	return c
}

// light is warm paper with a deep teal accent.
var light = palette{
	theme.ColorNameBackground:          rgb(0xfbfaf7),
	theme.ColorNameButton:              rgb(0xecebe5),
	theme.ColorNameDisabledButton:      rgb(0xf1f0ec),
	theme.ColorNameDisabled:            rgb(0x656966),
	theme.ColorNameError:               rgb(0xb3261e),
	theme.ColorNameFocus:               rgba(0x0a665c, 0x55),
	theme.ColorNameForeground:          rgb(0x1d2321),
	theme.ColorNameForegroundOnError:   rgb(0xffffff),
	theme.ColorNameForegroundOnPrimary: rgb(0xffffff),
	theme.ColorNameForegroundOnSuccess: rgb(0xffffff),
	theme.ColorNameForegroundOnWarning: rgb(0xffffff),
	theme.ColorNameHeaderBackground:    rgb(0xf3f2ed),
	theme.ColorNameHover:               rgba(0x1d2321, 0x12),
	theme.ColorNameHyperlink:           rgb(0x0a665c),
	theme.ColorNameInputBackground:     rgb(0xffffff),
	theme.ColorNameInputBorder:         rgb(0xb9b9b1),
	theme.ColorNameMenuBackground:      rgb(0xffffff),
	theme.ColorNameOverlayBackground:   rgb(0xffffff),
	theme.ColorNamePlaceHolder:         rgb(0x626663),
	theme.ColorNamePressed:             rgba(0x1d2321, 0x22),
	theme.ColorNamePrimary:             rgb(0x0a665c),
	theme.ColorNameScrollBar:           rgba(0x1d2321, 0x66),
	theme.ColorNameScrollBarBackground: rgba(0x1d2321, 0x12),
	theme.ColorNameSelection:           rgb(0xd9ece8),
	theme.ColorNameSeparator:           rgb(0xe4e2db),
	theme.ColorNameShadow:              rgba(0x000000, 0x1f),
	theme.ColorNameSuccess:             rgb(0x2a6b2f),
	theme.ColorNameWarning:             rgb(0x8a5200),
	ColorNameBubbleIn:                  rgb(0xefede6),
	ColorNameBubbleOut:                 rgb(0xd5ebe6),
	ColorNameOnBubbleIn:                rgb(0x1d2321),
	ColorNameOnBubbleOut:               rgb(0x15302c),
	ColorNameBubbleMeta:                rgb(0x4f5652),
	ColorNameNotice:                    rgb(0xf6ead0),
	ColorNameOnNotice:                  rgb(0x54431b),
	ColorNameTick:                      rgb(0x565d59),
	ColorNameTickRead:                  rgb(0x075690),
	ColorNameBadge:                     rgb(0x0a665c),
	ColorNameOnBadge:                   rgb(0xffffff),
	ColorNameBadgeQuiet:                rgb(0x626a66),
	ColorNameOnBadgeQuiet:              rgb(0xffffff),
	ColorNameMuted:                     rgb(0x565c59),
	ColorNameDraft:                     rgb(0xa6321f),
	ColorNameRail:                      rgb(0xf0eee7),
	ColorNameOnAvatar:                  rgb(0xffffff),
	ColorNameLit:                       rgb(0xffdf7e),
	ColorNameTip:                       rgb(0x2a3230),
	ColorNameOnTip:                     rgb(0xf5f4f0),
}

// dark is charcoal with a soft green accent.
var dark = palette{
	theme.ColorNameBackground:          rgb(0x161a19),
	theme.ColorNameButton:              rgb(0x2a302e),
	theme.ColorNameDisabledButton:      rgb(0x222726),
	theme.ColorNameDisabled:            rgb(0x9ca39f),
	theme.ColorNameError:               rgb(0xff9a91),
	theme.ColorNameFocus:               rgba(0x62c9b8, 0x66),
	theme.ColorNameForeground:          rgb(0xe9ece9),
	theme.ColorNameForegroundOnError:   rgb(0x3a0906),
	theme.ColorNameForegroundOnPrimary: rgb(0x06231f),
	theme.ColorNameForegroundOnSuccess: rgb(0x0b2a0d),
	theme.ColorNameForegroundOnWarning: rgb(0x332000),
	theme.ColorNameHeaderBackground:    rgb(0x1d2221),
	theme.ColorNameHover:               rgba(0xffffff, 0x0f),
	theme.ColorNameHyperlink:           rgb(0x62c9b8),
	theme.ColorNameInputBackground:     rgb(0x1f2524),
	theme.ColorNameInputBorder:         rgb(0x4a524f),
	theme.ColorNameMenuBackground:      rgb(0x232928),
	theme.ColorNameOverlayBackground:   rgb(0x202625),
	theme.ColorNamePlaceHolder:         rgb(0xa0a7a3),
	theme.ColorNamePressed:             rgba(0xffffff, 0x22),
	theme.ColorNamePrimary:             rgb(0x62c9b8),
	theme.ColorNameScrollBar:           rgba(0xffffff, 0x66),
	theme.ColorNameScrollBarBackground: rgba(0xffffff, 0x0f),
	theme.ColorNameSelection:           rgb(0x1b3935),
	theme.ColorNameSeparator:           rgb(0x2d3331),
	theme.ColorNameShadow:              rgba(0x000000, 0x88),
	theme.ColorNameSuccess:             rgb(0x8fd694),
	theme.ColorNameWarning:             rgb(0xf2b84b),
	ColorNameBubbleIn:                  rgb(0x262c2b),
	ColorNameBubbleOut:                 rgb(0x143d37),
	ColorNameOnBubbleIn:                rgb(0xe9ece9),
	ColorNameOnBubbleOut:               rgb(0xe6f4f1),
	ColorNameBubbleMeta:                rgb(0xb3bbb7),
	ColorNameNotice:                    rgb(0x37301d),
	ColorNameOnNotice:                  rgb(0xf0dfb4),
	ColorNameTick:                      rgb(0xb0b8b4),
	ColorNameTickRead:                  rgb(0x7cc7ff),
	ColorNameBadge:                     rgb(0x62c9b8),
	ColorNameOnBadge:                   rgb(0x06231f),
	ColorNameBadgeQuiet:                rgb(0x9aa39f),
	ColorNameOnBadgeQuiet:              rgb(0x14191a),
	ColorNameMuted:                     rgb(0xb0b7b3),
	ColorNameDraft:                     rgb(0xffaa99),
	ColorNameRail:                      rgb(0x111514),
	ColorNameOnAvatar:                  rgb(0xffffff),
	ColorNameLit:                       rgb(0x7a5a00),
	ColorNameTip:                       rgb(0xe4e8e5),
	ColorNameOnTip:                     rgb(0x1a1f1d),
}
