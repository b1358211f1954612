package model

// CheckStatus is how a check of the doctor ended.
type CheckStatus string

// The outcomes of a check; each is a text doctor.status.<word>.
//
//translations:doctor.status.*
const (
	CheckOK      CheckStatus = "ok"
	CheckWarning CheckStatus = "warning" // works, with something that an owner should know
	CheckFailed  CheckStatus = "failed"
	CheckSkipped CheckStatus = "skipped" // an earlier failure, or a choice, makes it pointless
)

// Check is the result of looking at one thing between here and the gateway.
type Check struct {
	Name       string      `json:"name"` // stable word; its title is the text doctor.check.<name>
	Status     CheckStatus `json:"status"`
	Subject    string      `json:"subject,omitempty"` // the session that it is about, where it is about one
	Detail     string      `json:"detail,omitempty"`  // facts in no language, such as an address; no secret
	Reason     string      `json:"reason,omitempty"`  // what a program said of it, in its own words: for a report, not for the page; no secret
	Says       string      `json:"-"`                 // key of the sentence that says what is wrong, "" where that of Cure says it
	Count      int         `json:"-"`                 // the number in that sentence, where it has one
	Cure       string      `json:"-"`                 // key of the text that says what to do, "" when nothing is to be done
	DurationMS int64       `json:"duration_ms"`
}
