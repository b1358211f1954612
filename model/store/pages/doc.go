// Package pages reads the rows of a SQLite file without SQLite, as far as the
// file can still be read (https://www.sqlite.org/fileformat2.html). It is for
// files that are damaged: what makes no sense is skipped and counted, nothing
// that a file says is believed without a check, no chain is followed twice, and
// the file is never written.
package pages
