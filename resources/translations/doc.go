// Package translations holds every text that people read, in each language.
//
// Contract: one JSON file per area and language, named <area>.<lang>.json, so
// that each area of the program owns its texts. Keys are dotted and begin with
// the name of the area. A value is a sentence, or an object of plural forms
// ("one", "other"); {{.Name}} stands for a value that the caller gives. The
// package draws nothing and imports nothing of the rest of the program, so the
// command line and the window use it alike. A Printer is safe for concurrent
// use and never changes.
package translations
