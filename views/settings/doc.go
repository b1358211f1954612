// Package settings is the screen with the owner's choices: the gateway and its
// key, syncing, appearance, writing, the country of national numbers, and where
// Buzón keeps things on this computer.
//
// Contract: every exported method runs on the UI goroutine. The form holds a
// copy; nothing is in force before Save. An edit of the settings file from
// outside is shown at once, or offered when the form holds unsaved changes. The
// API key is only ever written here, never read back or shown.
package settings
