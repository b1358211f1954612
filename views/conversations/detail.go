package conversations

import (
	"context"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/app/event"
	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/ui"
	"github.com/xappiens/buzon/views/widgets"
)

// detailPane is the right side: the conversation that was chosen.
type detailPane struct {
	ctx      *ui.Context
	svc      Service
	marks    *marker
	drafts   *drafts
	asks     bool // there is a list of sessions to ask
	past     History
	people   People // nil: under which identifiers somebody is known is not shown
	onEscape func()
	onOpened func() // another conversation is shown

	life   context.Context // of the activation, nil while not active
	shown  context.Context // of the conversation within it
	cancel context.CancelFunc
	id     model.ConversationID // zero: none was chosen
	loaded bool
	missed bool // while it was loading something happened
	conv   model.Conversation
	group  *model.Group
	thread *thread

	busy     bool         // messages are being read
	again    bool         // something changed meanwhile
	next     func()       // what the owner asked for meanwhile
	toEnd    bool         // show the end once they are read
	fetching bool         // the gateway is being asked for the newest
	fetched  bool         // it was asked since the conversation was opened
	failed   *failedFetch // nil: none, or it was made up for
	revived  int          // how often the session was seen to become connected

	target model.MessageID // that the conversation is opened around, zero: its end
	unread model.MessageID // the first one that was unread when it was opened, zero: none

	keys bool // the messages get the keyboard once they are there

	sessions []model.Session
	known    bool // sessions were read

	sending    string // the text that is being stored to be sent
	stored     string // the draft as it is stored
	restoring  bool
	draftTimer func()

	finder  *findBar // nil: nothing can be searched
	files   *files
	ledger  *ledgerView
	out     *outgoing
	actor   *actor
	head    *header
	banner  *banner
	list    *widgets.MessageList
	states  *widgets.StateView
	compose *compose
	blocked *widget.Label
	none    *widgets.EmptyState
	pane    *fyne.Container
	body    *fyne.Container
}

func newDetailPane(ctx *ui.Context, svc Service, marks *marker, o Options) *detailPane {
	d := &detailPane{
		ctx: ctx, svc: svc, marks: marks, drafts: &drafts{ctx: ctx, svc: svc}, asks: o.Sessions != nil, past: o.History, people: o.People,
		thread: newThread(), onEscape: func() {}, onOpened: func() {}, draftTimer: func() {},
		head: newHeader(ctx), banner: newBanner(ctx), list: widgets.NewMessageList(ctx),
	}
	d.head.onMark = d.mark
	d.head.extra = func() []*fyne.MenuItem {
		items := d.actor.conversationItems()
		if who := d.personItem(); who != nil {
			items = append([]*fyne.MenuItem{who}, items...)
		}
		return items
	}
	if o.OnGallery != nil {
		d.head.onGallery = func() { o.OnGallery(d.id) }
	}
	d.head.onSync = func() { d.fetch(fetchAsked) }
	d.list.OnNearTop = d.nearTop
	d.list.OnNearBottom = d.loadNewer
	d.list.OnNewest = d.newest
	d.list.OnAction = d.act
	d.list.OnMenu = d.menu
	d.list.OnDay = func(widgets.ItemID) { d.pickDay() }
	d.head.onDay = d.pickDay
	d.compose = newCompose(d, o)
	d.list.OnKey = d.listKey
	d.blocked = widget.NewLabelWithStyle("", fyne.TextAlignCenter, fyne.TextStyle{Italic: true})
	d.blocked.Wrapping = fyne.TextWrapWord
	d.blocked.Hide()
	d.states = widgets.NewStateView(ctx, d.list)
	d.none = widgets.NewEmptyState(widgets.Empty{
		Icon:  apptheme.Icon(apptheme.IconChat),
		Title: ctx.T("conversations.none.title"), Text: ctx.T("conversations.none.text"),
	})
	top := container.NewVBox(d.head.body, widget.NewSeparator())
	if o.Finder != nil {
		d.finder = newFindBar(ctx, o.Finder, d)
		d.head.onFind = d.find
		top.Add(d.finder.body)
	}
	d.files = newFiles(ctx, o, d)
	d.ledger = newLedgerView(ctx, o.Ledger, d)
	d.head.setSign(d.ledger.sign, d.ledger.open)
	d.out = newOutgoing(ctx, o, d)
	d.actor = newActor(ctx, o, d)
	top.Add(d.files.sound.bar)
	top.Add(d.banner.body)
	bottom := container.NewPadded(container.NewStack(d.compose.body, d.blocked))
	d.pane = container.NewBorder(top, bottom, nil, nil, container.NewStack(d.states, d.compose.people.body))
	d.pane.Hide()
	d.body = container.NewStack(d.none, d.pane)
	return d
}

func (d *detailPane) activate(life context.Context) {
	d.life = life
	if d.id == 0 {
		return
	}
	d.begin()
	if d.loaded {
		d.reread()
	} else {
		d.load()
	}
}

func (d *detailPane) deactivate() {
	d.leave()
	d.life = nil
}

// begin starts the time in which answers for the conversation are wanted.
func (d *detailPane) begin() {
	d.shown, d.cancel = context.WithCancel(d.life)
	d.busy, d.again, d.toEnd, d.fetched = false, false, false, false
	d.sending, d.next = "", nil
	d.compose.updateBusy()
	d.setFetching(false)
	switch d.thread.older { // nobody waits for these answers any more
	case olderLoading:
		d.thread.older = olderStored
	case olderAsking:
		d.thread.older = olderRemote
	}
}

// leave ends it, and stores the draft.
func (d *detailPane) leave() {
	d.files.leave()
	d.out.leave()
	if d.id != 0 {
		d.compose.typing.stop()
		d.storeDraft()
	}
	if d.cancel != nil {
		d.cancel()
		d.cancel = nil
	}
}

// open shows a conversation.
func (d *detailPane) open(id model.ConversationID) {
	if id == d.id && d.loaded {
		return
	}
	d.openAt(id, 0)
}

// begun shows a conversation of which nothing is read yet.
func (d *detailPane) begun(id model.ConversationID, at model.MessageID) {
	d.leave()
	d.sending = ""
	d.target, d.unread, d.keys = at, 0, false
	d.light(nil)
	if d.finder != nil {
		d.finder.hide()
	}
	d.id, d.loaded, d.group = id, false, nil
	d.onOpened()
	d.compose.show(id)
	d.ledger.begun()
	d.conv = model.Conversation{Kind: model.KindPerson}
	d.head.set(&d.conv, nil)
	d.thread = newThread()
	d.restore("")
	d.failed = nil
	d.banner.hide()
	d.list.Reset(nil, false)
	d.none.Hide()
	d.pane.Show()
	if d.life != nil {
		d.begin()
		d.load()
	}
}

// write moves the keyboard to where a message is written.
func (d *detailPane) write() {
	if d.id != 0 && d.compose.body.Visible() {
		d.compose.composer.Focus()
	}
}

// opening is what is read of a conversation at once.
type opening struct {
	conv   model.Conversation
	group  *model.Group
	page   page
	unread model.MessageID // the first unread message, zero when there is none
	outbox []model.OutboxRow
	held   *ledgerRead // nil: not known
}

// load reads the conversation from the store.
func (d *detailPane) load() {
	d.states.ShowLoading()
	d.missed = false
	id, at := d.id, d.target
	d.ctx.LoadSoon(d.shown, func(ctx context.Context) func() {
		o, err := d.readOpening(ctx, id, at)
		return func() {
			if err != nil {
				d.states.ShowError("action.load_messages", err, d.load)
				return
			}
			d.opened(o)
		}
	})
}

// readOpening reads a conversation with its messages around at; with zero,
// those at its end, or those around the first unread one where the end does not
// hold it.
func (d *detailPane) readOpening(ctx context.Context, id model.ConversationID, at model.MessageID) (o opening, err error) {
	if o, err = d.readAround(ctx, id); err != nil {
		return o, err
	}
	if o.conv.Unread > 0 {
		if o.unread, err = d.svc.FirstUnread(ctx, id); err != nil {
			return o, err
		}
	}
	if at == 0 {
		o.page, err = d.readEnd(ctx, id)
		if err != nil || o.unread == 0 || o.page.holds(o.unread) {
			return o, err
		}
		at = o.unread
	}
	o.page, err = d.readPage(ctx, id, at)
	return o, err
}

// readAround reads all but the messages.
func (d *detailPane) readAround(ctx context.Context, id model.ConversationID) (o opening, err error) {
	if o.conv, err = d.svc.Get(ctx, id); err != nil {
		return o, err
	}
	if o.conv.Kind == model.KindGroup {
		if g, err := d.svc.Group(ctx, id); err == nil { // a group of which nothing is known yet is no failure
			o.group = &g
		}
	}
	if d.out.svc != nil {
		if o.outbox, err = d.out.svc.List(ctx, model.OutboxQuery{Conversation: id, Limit: mostOutgoing}); err != nil {
			return o, err
		}
	}
	o.held = d.ledger.read(ctx, id) // before the messages: what is filled meanwhile is told by an event
	return o, nil
}

// opened shows what was read.
func (d *detailPane) opened(o opening) {
	d.loaded = true
	d.unread = o.unread
	d.take(o)
	if d.compose.composer.Text() == "" {
		d.restore(o.conv.Draft)
	}
	d.stored = o.conv.Draft
	d.showPage(o.page, d.target)
	d.actor.load()
	d.fetchOnOpen()
	if d.missed {
		d.reread()
	}
}

// take shows what was read besides the messages.
func (d *detailPane) take(o opening) {
	d.conv, d.group, d.thread.outbox = o.conv, o.group, o.outbox
	d.head.set(&d.conv, d.group)
	d.ledger.took(o.held)
	why := d.whyBlocked()
	if d.blocked.Text != why {
		d.blocked.SetText(why)
	}
	setVisible(d.blocked, why != "")
	setVisible(d.compose.body, why == "")
}

// whyBlocked says why nothing can be written here; "" when it can.
func (d *detailPane) whyBlocked() string {
	switch d.conv.Kind {
	case model.KindStatus, model.KindBroadcast, model.KindChannel:
		return d.ctx.T("conversations.blocked.kind")
	}
	if d.conv.ReadOnly {
		return d.ctx.T("conversations.blocked.read_only")
	}
	return ""
}

func (d *detailPane) items() []widgets.Item {
	return d.thread.items(d.writer(), !d.online(), d.out.sent, d.ledger.seamRow)
}

func (d *detailPane) writer() *writer {
	w := &writer{ctx: d.ctx, held: d.message, group: d.conv.Kind == model.KindGroup, names: map[model.JID]string{}}
	if d.group != nil {
		for _, p := range d.group.Participants {
			for _, jid := range append([]model.JID{p.JID}, p.IDs...) {
				w.called(jid, p.Name)
				if p.IsMe {
					w.names[jid] = d.ctx.T("conversations.you")
				}
			}
		}
	}
	for i := range d.thread.rows {
		w.learn(&d.thread.rows[i])
	}
	if d.conv.Kind == model.KindPerson {
		w.partner, w.partnerID = conversationName(d.ctx, &d.conv), d.conv.JID
		w.names[d.conv.JID], w.names[d.conv.PersonJID()] = w.partner, w.partner
	}
	if s := d.session(); s != nil && s.JID != "" {
		w.names[s.JID] = d.ctx.T("conversations.you")
	}
	return w
}

// showMessages shows the list, or that there is nothing in it.
func (d *detailPane) showMessages() {
	if len(d.thread.rows) == 0 && len(d.thread.outbox) == 0 {
		d.states.ShowEmpty(widgets.Empty{
			Icon: apptheme.Icon(apptheme.IconChat), Title: d.ctx.T("conversations.empty.messages.title"), Text: d.ctx.T("conversations.empty.messages.text"),
			Action: d.ctx.T("conversations.sync_messages"), Tapped: func() { d.fetch(fetchAsked) },
		})
		return
	}
	if d.states.State() != widgets.StateData {
		d.states.ShowData()
	}
}

// follow reads again what an event says has changed.
func (d *detailPane) follow(b event.Batch) {
	if d.id == 0 || d.life == nil {
		return
	}
	if !d.loaded { // what is being read may be from before, and which others belong to it is not known yet
		d.missed = d.missed || len(b.Messages)+len(b.Outbox)+len(b.Conversations)+len(b.Contacts)+len(b.Ledger) > 0
		return
	}
	d.files.follow(b)
	d.out.follow(b)
	if d.concerns(b.Outbox) || b.Sessions.Has(d.conv.SessionID) || b.Settings {
		d.actor.load()
	}
	if d.concerns(b.Messages) || d.concerns(b.Outbox) || b.Conversations.Has(d.conv.SessionID) || b.Contacts.Has(d.conv.SessionID) {
		d.reread()
	} else if b.Ledger.Has(d.conv.SessionID) {
		d.ledger.show()
	}
}

// concerns tells whether the conversation, or another one with the same person of
// which something is shown, is among some.
func (d *detailPane) concerns(ids event.Set[model.ConversationID]) bool {
	if len(ids) == 0 || ids.Has(d.id) {
		return len(ids) > 0
	}
	for i := range d.thread.rows {
		if ids.Has(d.thread.rows[i].ConversationID) {
			return true
		}
	}
	for i := range d.thread.outbox {
		if ids.Has(d.thread.outbox[i].ConversationID) {
			return true
		}
	}
	return false
}

func (d *detailPane) setSessions(held []model.Session) {
	before := d.online()
	d.sessions, d.known = held, true
	if d.id == 0 || !d.loaded || d.life == nil {
		return
	}
	if before != d.online() {
		d.reread() // why messages wait to be sent has changed, too
	}
	if !before && d.online() {
		d.revived++
	}
	d.fetchOnOpen()
	d.fetchFailed()
}

func (d *detailPane) session() *model.Session {
	for i := range d.sessions {
		if d.sessions[i].ID == d.conv.SessionID {
			return &d.sessions[i]
		}
	}
	return nil
}

// online tells whether the gateway can be asked about the conversation.
func (d *detailPane) online() bool {
	if !d.asks {
		return true
	}
	s := d.session()
	return s != nil && s.State == model.StateConnected
}

// mark changes the conversation.
func (d *detailPane) mark(m mark) {
	if d.life == nil || !d.loaded {
		return
	}
	d.marks.apply(d.shown, d.id, m, func(err error) {
		if err != nil {
			d.banner.show(m.action(), err, func() { d.mark(m) })
			return
		}
		d.reread()
	})
}
