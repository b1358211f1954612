// Package theme is the look of Buzón: its colours in light and dark, its sizes
// and its icons.
//
// Contract: a theme never changes after New. Text colours reach a contrast of
// 4.5:1 on every background that they are meant for, in both variants; a test
// measures it. Colours that Fyne does not know have names of their own here
// and are looked up like Fyne's, with theme.Color.
package theme
