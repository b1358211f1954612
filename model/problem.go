package model

// ProblemKind classes an error by what an owner can do about it. Each kind has
// two sentences in the translations: problem.<kind>.why and problem.<kind>.do.
type ProblemKind string

// The kinds of problem.
const (
	ProblemNotConfigured   ProblemKind = "not_configured"  // no address yet
	ProblemDisabled        ProblemKind = "disabled"        // the enabled switch is off
	ProblemUnreachable     ProblemKind = "unreachable"     // no connection to the gateway
	ProblemTLS             ProblemKind = "tls"             // its certificate is not trusted
	ProblemTimeout         ProblemKind = "timeout"         // no answer in time
	ProblemCanceled        ProblemKind = "canceled"        // the owner stopped it
	ProblemNotGateway      ProblemKind = "not_gateway"     // something else answers there
	ProblemUnauthorized    ProblemKind = "unauthorized"    // wrong or missing key
	ProblemSessionName     ProblemKind = "session_name"    // not a name the gateway accepts
	ProblemAlreadyExists   ProblemKind = "already_exists"  // the session is started already
	ProblemStartFailed     ProblemKind = "start_failed"    // the gateway could not start the session
	ProblemSessionStopped  ProblemKind = "session_stopped" // the gateway does not hold it
	ProblemNotConnected    ProblemKind = "not_connected"   // it waits for a phone
	ProblemSessionBroken   ProblemKind = "session_broken"  // it needs a restart
	ProblemNotReady        ProblemKind = "not_ready"       // connected, still loading
	ProblemUnsupported     ProblemKind = "unsupported"     // this gateway version cannot do it
	ProblemNotOnWhatsApp   ProblemKind = "not_on_whatsapp" // the number has no account
	ProblemInvalidChat     ProblemKind = "invalid_chat"    // not a usable address
	ProblemNotFound        ProblemKind = "not_found"       // it is not there any more
	ProblemTooLarge        ProblemKind = "too_large"       // more than is accepted
	ProblemRateLimited     ProblemKind = "rate_limited"    // asked to wait
	ProblemServer          ProblemKind = "server"          // the gateway failed (5xx)
	ProblemMalformed       ProblemKind = "malformed"       // an answer that makes no sense
	ProblemRedirected      ProblemKind = "redirected"      // sent to another host
	ProblemRefused         ProblemKind = "refused"         // WhatsApp or the gateway said no
	ProblemMediaGone       ProblemKind = "media_gone"      // the phone must upload it again
	ProblemUnknownOutcome  ProblemKind = "unknown_outcome" // may or may not have been sent
	ProblemDiskFull        ProblemKind = "disk_full"
	ProblemReadOnly        ProblemKind = "read_only"   // the store cannot be written
	ProblemStoreNewer      ProblemKind = "store_newer" // written by a newer Buzón
	ProblemStoreCorrupt    ProblemKind = "store_corrupt"
	ProblemStoreMissing    ProblemKind = "store_missing"     // it is not where it was
	ProblemStoreForeign    ProblemKind = "store_foreign"     // a file of another program lies there
	ProblemDiskFailed      ProblemKind = "disk_failed"       // the disk could not read or write
	ProblemBackupDamaged   ProblemKind = "backup_damaged"    // not what was written
	ProblemBackupNewer     ProblemKind = "backup_newer"      // written by a newer Buzón
	ProblemNotBackup       ProblemKind = "not_backup"        // some other file
	ProblemStore           ProblemKind = "store"             // any other failure of the store
	ProblemAlreadyRunning  ProblemKind = "already_running"   // a second Buzón on the same data
	ProblemBusy            ProblemKind = "busy"              // the same work is running already
	ProblemSettingsInvalid ProblemKind = "settings_invalid"  // the settings file makes no sense
	ProblemSettingsWrite   ProblemKind = "settings_write"    // the settings could not be saved
	ProblemKeyring         ProblemKind = "keyring"           // the system's keyring is locked
	ProblemOtherAccount    ProblemKind = "other_account"     // another phone was paired under the same name
	ProblemInvalidInput    ProblemKind = "invalid_input"     // what was typed cannot be used
	ProblemMediaTooLarge   ProblemKind = "media_too_large"   // the file of a message is larger than is ever fetched
	ProblemPictureTooLarge ProblemKind = "picture_too_large" // more pixels than are ever decoded
	ProblemNotStored       ProblemKind = "not_stored"        // the file of a message is not here yet
	ProblemNoClipboard     ProblemKind = "no_clipboard"      // the system takes no picture to its clipboard
	ProblemFileExists      ProblemKind = "file_exists"       // a file would have been replaced
	ProblemNoSound         ProblemKind = "no_sound"          // no sound system or no device
	ProblemSoundFormat     ProblemKind = "sound_format"      // a sound that is not decoded here
	ProblemPinLimit        ProblemKind = "pin_limit"         // three conversations are pinned already
	ProblemBlockedInPart   ProblemKind = "blocked_in_part"   // of a person with several identifiers only some were blocked or unblocked
	ProblemEditRefused     ProblemKind = "edit_refused"      // only own texts of the last minutes can be changed
	ProblemOnlyForMe       ProblemKind = "only_for_me"       // deleted on own devices alone, though for all was asked
	ProblemTooFarBack      ProblemKind = "too_far_back"      // the gateway finds only the newest messages
	ProblemInternal        ProblemKind = "internal"          // a fault of Buzón
)

// ProblemKinds returns every kind; a test holds the translations against it.
func ProblemKinds() []ProblemKind {
	return []ProblemKind{
		ProblemNotConfigured, ProblemDisabled, ProblemUnreachable, ProblemTLS, ProblemTimeout, ProblemCanceled,
		ProblemNotGateway, ProblemUnauthorized, ProblemSessionName, ProblemAlreadyExists, ProblemStartFailed,
		ProblemSessionStopped, ProblemNotConnected, ProblemSessionBroken, ProblemNotReady, ProblemUnsupported,
		ProblemNotOnWhatsApp, ProblemInvalidChat, ProblemNotFound, ProblemTooLarge, ProblemRateLimited, ProblemServer,
		ProblemMalformed, ProblemRedirected, ProblemRefused, ProblemMediaGone, ProblemUnknownOutcome, ProblemDiskFull,
		ProblemReadOnly, ProblemStoreNewer, ProblemStoreCorrupt, ProblemStoreMissing, ProblemStoreForeign, ProblemDiskFailed, ProblemBackupDamaged, ProblemBackupNewer, ProblemNotBackup, ProblemStore, ProblemAlreadyRunning, ProblemBusy,
		ProblemSettingsInvalid, ProblemSettingsWrite, ProblemKeyring, ProblemOtherAccount, ProblemInvalidInput,
		ProblemMediaTooLarge, ProblemPictureTooLarge, ProblemNotStored, ProblemFileExists, ProblemNoClipboard, ProblemNoSound, ProblemSoundFormat,
		ProblemPinLimit, ProblemBlockedInPart, ProblemEditRefused, ProblemOnlyForMe, ProblemTooFarBack, ProblemInternal,
	}
}

// Problem is an error in an owner's terms: what failed and why. Detail is the
// raw text behind "Details"; it holds no secret.
type Problem struct {
	Kind   ProblemKind
	Said   string // the gateway's own sentence, "" when it said nothing useful
	Detail string
}

// KeyPlace says where the API key is kept.
type KeyPlace struct {
	Kind KeyPlaceKind `json:"kind"`
	Path string       `json:"path,omitempty"` // of the file, when it is in one
}

// KeyPlaceKind is a sort of place for the API key.
type KeyPlaceKind string

// The places, in the order in which they are looked at.
const (
	KeyNone        KeyPlaceKind = "none"
	KeyEnvironment KeyPlaceKind = "environment"
	KeyKeyring     KeyPlaceKind = "keyring"
	KeyFile        KeyPlaceKind = "file"
)
