package model

import "time"

// SalvagePhase is a step of a salvage.
type SalvagePhase string

// The steps of a salvage, in their order.
const (
	SalvageReading SalvagePhase = "reading" // the damaged file, page by page
	SalvageLooking SalvagePhase = "looking" // for rows whose way is broken, and for what is lost
	SalvageFilling SalvagePhase = "filling" // what a backup still has
	SalvageIndex   SalvagePhase = "index"   // the full-text index is built
	SalvageCheck   SalvagePhase = "check"   // the new file is verified
	SalvageInPlace SalvagePhase = "in_place"
)

// SalvageProgress is how far a salvage is.
type SalvageProgress struct {
	Phase SalvagePhase `json:"phase"`
	Done  int64        `json:"done"` // pages
	Total int64        `json:"total"`
	Rows  int64        `json:"rows"` // recovered so far
}

// SalvagedTable is what became of one table.
type SalvagedTable struct {
	Name      string `json:"name"`
	Recovered int64  `json:"recovered"`
	Lost      int64  `json:"lost"`      // known to have been there, by an index of the file
	FromCopy  int64  `json:"from_copy"` // filled in from a backup; not in Lost any more
}

// SalvageReport is what a salvage recovered and what it did not.
type SalvageReport struct {
	At            Stamp           `json:"at"`
	Schema        int             `json:"schema"` // version of the damaged file
	Pages         int             `json:"pages"`
	BrokenPages   int             `json:"broken_pages"`
	BrokenRows    int             `json:"broken_rows"`
	Tables        []SalvagedTable `json:"tables"`
	Recreated     int64           `json:"recreated"`      // conversations of recovered messages, made anew
	Dropped       int64           `json:"dropped"`        // rows that belonged to something lost
	Asks          int64           `json:"asks"`           // outgoing messages whose fate is now unknown
	Guessed       bool            `json:"guessed"`        // rows were told by their shape; deleted ones may be back
	SetAside      string          `json:"set_aside"`      // where the damaged file lies now
	Backup        string          `json:"backup"`         // the backup that filled in what was lost, "" for none
	DurationMS    int64           `json:"duration_ms"`    //
	RecoveredRows int64           `json:"recovered_rows"` // of all tables
	LostRows      int64           `json:"lost_rows"`
}

// StoreCheck is how a check of the store ended.
type StoreCheck string

// The outcomes of a check.
const (
	StoreGood      StoreCheck = "good"
	StoreDamaged   StoreCheck = "damaged"
	StoreUnchecked StoreCheck = "failed" // the check could not be done
)

// StoreTrouble is what is wrong with the store or its disk, the gravest first.
type StoreTrouble string

// The troubles.
const (
	TroubleNone     StoreTrouble = ""
	TroubleDamaged  StoreTrouble = "damaged"   // it must be repaired
	TroubleFull     StoreTrouble = "full"      // the last write found no space
	TroubleReadOnly StoreTrouble = "read_only" // the last write was not allowed
	TroubleDisk     StoreTrouble = "disk"      // the last write failed on the disk
	TroubleLow      StoreTrouble = "low"       // little space is left
)

// StoreHealth is what is known of the store and of what protects it.
type StoreHealth struct {
	Trouble     StoreTrouble `json:"trouble"`
	Free        int64        `json:"free"` // bytes left on the disk of the data; -1 unknown
	CheckedAt   Stamp        `json:"checked_at"`
	Check       StoreCheck   `json:"check,omitempty"`
	BackupAt    Stamp        `json:"backup_at"` // of the newest good backup made here
	BackupFile  string       `json:"backup_file,omitempty"`
	BackupSize  int64        `json:"backup_size"`
	BackupError string       `json:"backup_error,omitempty"` // kind of why the last one failed
	Working     string       `json:"working,omitempty"`      // "check" or "backup" while one runs
}

// BackupContent is what a backup holds, as its manifest says.
type BackupContent struct {
	Format    int              `json:"format"`
	Program   string           `json:"program"` // version of Buzón that wrote it
	Schema    int              `json:"schema"`
	CreatedAt time.Time        `json:"created_at"`
	Counts    map[string]int64 `json:"counts"` // rows of each table
	NewestAt  Stamp            `json:"newest_at"`
	Media     int              `json:"media"` // files of messages, 0 when they were left out
	WithMedia bool             `json:"with_media"`
	Size      int64            `json:"size"` // of all members, unpacked
}

// BackupReport is the outcome of writing or verifying a backup.
type BackupReport struct {
	File     string        `json:"file"`
	Bytes    int64         `json:"bytes"`
	Content  BackupContent `json:"content"`
	Verified bool          `json:"verified"`
	Missing  int           `json:"missing_media"` // files of messages that could not be read
}

// RestorePreview is what restoring a backup would do.
type RestorePreview struct {
	Backup  BackupReport     `json:"backup"`
	Here    map[string]int64 `json:"here"` // rows that are here now; nil when nothing can be read
	HereAt  Stamp            `json:"here_newest_at"`
	Older   bool             `json:"older"`   // messages are here that the backup does not have
	Migrate bool             `json:"migrate"` // it is of an older version and will be brought up to date
}

// BackupProgress is how far writing, verifying or restoring is; Total zero: not known.
type BackupProgress struct {
	Step  string `json:"step"` // "copy", "pack", "hash", "unpack", "check"
	Done  int64  `json:"done"` // bytes
	Total int64  `json:"total"`
}
