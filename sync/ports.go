package sync

import (
	"context"
	"time"

	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// Gateway is what the engine asks of the gateway; *gateway.Client implements it.
type Gateway interface {
	Generation(ctx context.Context) (gateway.Generation, error)
	ServerTime() (there, here time.Time)
	StartSession(ctx context.Context, session string) error
	SessionStatus(ctx context.Context, session string) (gateway.Status, error)
	QR(ctx context.Context, session string) (gateway.QRAnswer, error)
	RequestPairingCode(ctx context.Context, session, phone string) (string, error)
	Restart(ctx context.Context, session string) error
	Stop(ctx context.Context, session string) error
	Terminate(ctx context.Context, session string) error
	ClassInfo(ctx context.Context, session string) (*gateway.Account, error)
	Labels(ctx context.Context, session string) ([]gateway.Label, error)
	ChatsByLabel(ctx context.Context, session, labelID string, fn func(*gateway.ID) error) (gateway.ListReport, error)

	Contacts(ctx context.Context, session string, fn func(*gateway.Contact) error) (gateway.ListReport, error)
	ContactByID(ctx context.Context, session, contactID string) (*gateway.Contact, error)
	ContactLidAndPhone(ctx context.Context, session string, ids []string) ([]gateway.LidPhone, error)
	About(ctx context.Context, session, contactID string) (string, error)
	ProfilePicURL(ctx context.Context, session, contactID string) (string, error)
	DownloadProfilePic(ctx context.Context, address string) ([]byte, string, error)

	Chats(ctx context.Context, session string, fn func(*gateway.Chat) error) (gateway.ListReport, error)
	ChatsSince(ctx context.Context, session string, f gateway.ChatsFilter, fn func(*gateway.Chat) error) (gateway.ListReport, error)
	ChatByID(ctx context.Context, session, chatID string) (*gateway.Chat, error)
	SendSeen(ctx context.Context, session, chatID string) error
	MarkUnread(ctx context.Context, session, chatID string) error
	Archive(ctx context.Context, session, chatID string) (bool, error)
	Unarchive(ctx context.Context, session, chatID string) (bool, error)
	Pin(ctx context.Context, session, chatID string) error
	Unpin(ctx context.Context, session, chatID string) (bool, error)
	Mute(ctx context.Context, session, chatID string, until time.Time) error
	Unmute(ctx context.Context, session, chatID string) error

	FetchMessages(ctx context.Context, session, chatID string, o gateway.FetchOptions, fn func(*gateway.Message) error) (gateway.ListReport, error)
	SendTyping(ctx context.Context, session, chatID string) error
	ClearState(ctx context.Context, session, chatID string) error
	AddOrRemoveLabels(ctx context.Context, session string, labelIDs, chatIDs []string) error
	Block(ctx context.Context, session, contactID string) error
	Unblock(ctx context.Context, session, contactID string) error
	NumberID(ctx context.Context, session, number string) (gateway.ID, error)

	Listen(ctx context.Context, session string, fn func(gateway.Event)) error
	SyncHistory(ctx context.Context, session, chatID string) (bool, error)
	DownloadMediaTo(ctx context.Context, session string, ref gateway.MessageRef, limit int64, target gateway.MediaTarget) (gateway.MediaInfo, error)
	Reactions(ctx context.Context, session string, ref gateway.MessageRef) ([]gateway.ReactionList, error)
	PollVotes(ctx context.Context, session string, ref gateway.MessageRef) ([]gateway.Vote, error)
	SendMessage(ctx context.Context, session, chatID string, content gateway.Content, o gateway.SendOptions) (gateway.SendResult, error)
	Forward(ctx context.Context, session string, ref gateway.MessageRef, toChatID string) error
	MessageByRef(ctx context.Context, session string, ref gateway.MessageRef) (*gateway.Message, error)
	React(ctx context.Context, session string, ref gateway.MessageRef, emoji string) error
	EditMessage(ctx context.Context, session string, ref gateway.MessageRef, text string) (*gateway.Message, error)
	DeleteMessage(ctx context.Context, session string, ref gateway.MessageRef, everyone bool) error
	Star(ctx context.Context, session string, ref gateway.MessageRef) error
	Unstar(ctx context.Context, session string, ref gateway.MessageRef) error
}

// Store is what the engine asks of the store; *store.Store implements it. Each
// method is one transaction.
type Store interface {
	Sessions(ctx context.Context) ([]model.Session, error)
	Session(ctx context.Context, id model.SessionID) (model.Session, error)
	UpdateSession(ctx context.Context, id model.SessionID, change func(*model.Session)) (model.Session, bool, error)

	ContactIndex(ctx context.Context, id model.SessionID) (map[model.JID]model.ContactEntry, error)
	SaveContacts(ctx context.Context, id model.SessionID, contacts []model.Contact, now model.Stamp) error
	MarkContactsNotSeen(ctx context.Context, ids []model.ContactID, at model.Stamp) error
	MarkContactsSeen(ctx context.Context, ids []model.ContactID) error
	Contact(ctx context.Context, id model.ContactID) (model.ContactDetail, error)
	SaveContactDetails(ctx context.Context, id model.ContactID, about, business string, at model.Stamp) error
	LookupsDue(ctx context.Context, id model.SessionID, now model.Stamp, limit model.LookupLimit) ([]model.JID, error)
	ConfirmLookups(ctx context.Context, id model.SessionID, at model.Stamp) error
	SaveLookups(ctx context.Context, id model.SessionID, asked []model.JID, at model.Stamp) error
	Thread(ctx context.Context, id model.ConversationID) ([]model.ConversationID, error)
	SaveIdentities(ctx context.Context, identities []model.Identity) (changed bool, err error)
	AvatarsDue(ctx context.Context, id model.SessionID, askedBefore model.Stamp, limit int) ([]model.AvatarDue, error)
	SaveAvatar(ctx context.Context, due model.AvatarDue, hash string, at model.Stamp, failed bool) error

	ConversationIndex(ctx context.Context, id model.SessionID) (map[model.JID]model.ConversationEntry, error)
	SaveConversations(ctx context.Context, id model.SessionID, in []model.ConversationIn, now model.Stamp) error
	MarkConversationsNotSeen(ctx context.Context, ids []model.ConversationID, at model.Stamp) error
	MarkConversationsSeen(ctx context.Context, ids []model.ConversationID) error
	Conversation(ctx context.Context, id model.ConversationID) (model.Conversation, error)
	ConversationByJID(ctx context.Context, id model.SessionID, jid model.JID) (model.Conversation, error)
	EnsureConversation(ctx context.Context, id model.SessionID, jid model.JID, name string, now model.Stamp) (model.Conversation, error)
	UpdateConversation(ctx context.Context, id model.ConversationID, change func(*model.Conversation)) (bool, error)
	ConversationsToFetch(ctx context.Context, id model.SessionID, limit int) ([]model.ConversationID, error)
	ConversationIDs(ctx context.Context, id model.SessionID) ([]model.ConversationID, error)
	SaveLabels(ctx context.Context, id model.SessionID, labels []model.Label) (model.Counts, error)
	SaveLabelled(ctx context.Context, id model.SessionID, wireID string, jids []model.JID, whole bool) (changed bool, err error)

	Gaps(ctx context.Context, id model.ConversationID) ([]model.Gap, error)
	NoteGaps(ctx context.Context, id model.ConversationID, outcome model.FetchEnd, now model.Stamp) (bool, error)
	ToReconcile(ctx context.Context, id model.SessionID, moved, before model.Stamp) ([]model.ConversationID, error)
	ToFetchWhole(ctx context.Context, id model.SessionID, run model.Stamp) ([]model.ConversationID, error)
	LedgerJob(ctx context.Context, id model.SessionID, kind model.LedgerJobKind) (model.LedgerJob, error)
	SaveLedgerJob(ctx context.Context, job model.LedgerJob) (model.LedgerJob, error)

	SaveMessages(ctx context.Context, batches []model.MessageBatch, now model.Stamp) ([]model.BatchResult, error)
	Messages(ctx context.Context, q model.MessageQuery) ([]model.MessageRow, error)
	UpdateLiveReport(ctx context.Context, id model.SessionID, change func(model.LiveReport) model.LiveReport) error
	UnsentMessages(ctx context.Context, id model.SessionID, from, to int64, limit int) ([]model.ConversationID, int, error)
	MessageByShortID(ctx context.Context, id model.ConversationID, fromMe bool, short model.ShortID) (model.MessageRow, error)
	MessageHeld(ctx context.Context, id model.ConversationID, fromMe bool, short model.ShortID) (bool, error)

	Message(ctx context.Context, id model.MessageID) (model.MessageRow, error)
	SaveReactions(ctx context.Context, id model.MessageID, reactions []model.Reaction) (changed bool, err error)
	SavePollVotes(ctx context.Context, id model.MessageID, votes []model.PollVote) (changed bool, err error)

	RecoverMedia(ctx context.Context, id model.SessionID, now model.Stamp) (int, error)
	MediaWanted(ctx context.Context, q model.MediaWish) ([]model.MediaRef, error)
	MediaRef(ctx context.Context, id model.MessageID) (model.MediaRef, error)
	UpdateMedia(ctx context.Context, id model.MessageID, now model.Stamp, change func(*model.Media)) (model.Media, bool, error)

	OutboxItem(ctx context.Context, id model.OutboxID) (model.OutboxItem, error)
	OutboxByState(ctx context.Context, id model.SessionID, states ...model.OutboxState) ([]model.OutboxItem, error)
	ClaimOutbox(ctx context.Context, id model.OutboxID, now model.Stamp, excluded string) (model.OutboxItem, bool, error)
	FinishOutbox(ctx context.Context, id model.OutboxID, o model.OutboxOutcome, now model.Stamp) error
	NextOutbox(ctx context.Context, id model.SessionID, messages bool) (item model.OutboxItem, ok bool, err error)
	RequeueOutbox(ctx context.Context, id model.OutboxID, now model.Stamp) error
	AskOutbox(ctx context.Context, id model.OutboxID) error
	LookedOutbox(ctx context.Context, id model.OutboxID, now model.Stamp, notFound bool) error
	PaceAt(ctx context.Context, id model.SessionID, now model.Stamp, gap time.Duration, limits ...model.PaceLimit) (model.Stamp, error)
	OwnMessages(ctx context.Context, id model.ConversationID, since int64, limit int) ([]model.MessageRow, error)
	UnknownOutbox(ctx context.Context, id model.ConversationID) ([]model.OutboxItem, error)
	AnsweredSends(ctx context.Context, id model.SessionID, limit int) ([]model.AnsweredSend, error)
	ReturnOutbox(ctx context.Context, id model.OutboxID, kind, said string) error
	RecoverOutbox(ctx context.Context, id model.SessionID, now model.Stamp) (int, error)

	AddAction(ctx context.Context, item model.OutboxItem, p model.OutboxPayload) (model.OutboxItem, error)
	AddOutbox(ctx context.Context, item model.OutboxItem) (model.OutboxItem, error)
	SaveStar(ctx context.Context, id model.MessageID, on bool) error
	SaveOwnReaction(ctx context.Context, id model.MessageID, emoji string, at model.Stamp) error
	Labels(ctx context.Context, id model.SessionID) ([]model.Label, error)
	Reach(ctx context.Context, id model.ConversationID) (people, chats []model.JID, err error)

	AddActivity(ctx context.Context, a model.Activity) error
}
