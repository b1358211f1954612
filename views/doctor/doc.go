// Package doctor is the screen that looks at everything between this computer and
// the gateway and says what works, what does not, and what to do.
package doctor
