// Package model holds what Buzón knows, free of how it is fetched, stored or
// shown: identifiers, entities, the rows that lists show, and the pure rules
// on them (display names, merging of a message that comes again, matching).
//
// Contract: nothing here does input or output, starts a goroutine or keeps
// state. Values are safe to copy. Entities carry GORM tags because the store
// maps them directly; every time is UTC, in the unit that its type names.
package model
