package widgets

import (
	"reflect"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
)

// Content is what one row of a MessageList shows: a bubble, or for the other
// kinds of row just Text and Actions. Every text is ready to be read. Fields
// that are empty are left out. What was handed to a list is never changed.
type Content struct {
	Own      bool
	Lead     bool   // the first of a series: a little more space above, and the author
	Author   string // groups only
	AuthorID string // chooses the author's colour
	Mark     string // a quiet line above, such as "Forwarded"
	Quote    *Quote
	Card     *Card // what is not text, nil for a plain text
	Text     string
	Names    map[string]Mention // by the user part of an id, for the mentions in Text
	Quiet    bool               // Text says something about the message; it is no message itself
	Meta     string             // time and marks
	HasAck   bool
	Ack      model.Ack
	Chips    []Chip // reactions
	Status   string // what became of an outgoing message
	Alarm    bool   // Status is bad news
	Actions  []Action
	Main     string // the action of Enter; "" for none
}

// Quote is the message that is answered. Tapping it is ActionQuote.
type Quote struct {
	Author   string
	AuthorID string // chooses the author's colour; "" for the owner's own
	Text     string
	Icon     apptheme.IconName // of what was no text
}

// Chip is one reaction.
type Chip struct {
	Emoji string
	Count int
	Mine  bool
	Faint bool // it is on its way
}

// Action is something that a row offers. Of the actions below, those that end
// with a colon carry an argument.
type Action struct {
	ID   string
	Text string
}

// The actions that rows have by themselves, as they come to MessageList.OnAction.
const (
	ActionShowMore  = "show_more" // carried out by the list
	ActionLink      = "link:"     // an http or https address follows
	ActionMention   = "mention:"  // an id follows, such as 34600111222@c.us
	ActionQuote     = "quote"     // show the message that is answered
	ActionPlay      = "play"      // play, or pause what is being played
	ActionSeek      = "seek:"     // play from a share of the length on, 0 to 1
	ActionDownload  = "download"  // also to try again
	ActionCancel    = "cancel"    // stop the download
	ActionOpen      = "open"      // show the picture or the file
	ActionSave      = "save"      // put the file somewhere
	ActionMap       = "map"       // show the place on a map
	ActionCard      = "card:"     // save a contact card; its number from 0 follows
	ActionVersions  = "versions"  // show earlier texts
	ActionReactions = "reactions" // show who reacted
	ActionVotes     = "votes"     // show who voted
	ActionDetails   = "details"   // show all that is known of the message
	ActionSender    = "sender"    // the author's name was tapped
)

// CardKind is how a Card is drawn.
type CardKind uint8

// The kinds of card.
const (
	CardPlain    CardKind = iota // icon, title and detail
	CardPicture                  // a picture as wide as its shape allows
	CardVideo                    // a picture with its length and a play sign
	CardSticker                  // a picture without a ground
	CardVoice                    // play button, wave and length
	CardAudio                    // play button, bar, name and length
	CardDocument                 // the kind of the file, its name and what is known of it
	CardPlace                    // a drawn map with a pin
	CardContacts                 // Entries with their numbers
	CardPoll                     // Entries with bars
	CardCall                     // a sign, in which direction, how long
	CardOffer                    // an invitation, order or product
)

// Card is the part of a bubble that is not text.
type Card struct {
	Kind    CardKind
	Icon    apptheme.IconName
	Title   string
	Detail  string
	Badge   string // kind of a document, such as "PDF"; at most four letters are shown
	Picture string // what is asked of the loader of SetPictures; "" for none
	Width   int    // of the picture in pixels, for its shape; 0 when unknown
	Height  int
	Length  string // of sound and video, such as "0:12"
	Size    string // of the file, such as "1.4 MB"
	State   model.MediaState
	Why     string // what is said of a file that is gone or failed
	Seed    string // chooses the shape of a wave or map, always the same one
	Bad     bool   // Icon is bad news, such as a missed call
	Entries []Entry
}

// Entry is one line of a poll or one person of contact cards.
type Entry struct {
	Title  string
	Detail string
	Share  float32 // of the votes, 0 to 1
	Count  string  // how many votes, "" when that is not known
	Mine   bool
	Action Action
}

// Equal tells whether two contents look the same.
func (c *Content) Equal(o *Content) bool { return c == o || reflect.DeepEqual(c, o) }

// Progress is what of a row changes many times a second: see MessageList.SetProgress.
type Progress struct {
	Busy     bool    // the file is on its way
	Out      bool    // it goes out: there is nothing to cancel
	Done     float32 // share of it that is here, 0 to 1; negative when unknown
	Playing  bool
	Played   float32 // share of the length, 0 to 1
	Position string  // such as "0:07"
}
