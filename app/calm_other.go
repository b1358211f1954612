//go:build !linux

package app

// calmly runs f; only Linux has a priority for single threads that is easily set.
func calmly(f func()) { f() }
