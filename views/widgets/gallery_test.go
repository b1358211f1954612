package widgets_test

import (
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"github.com/xappiens/buzon/model"
	apptheme "github.com/xappiens/buzon/resources/theme"
	"github.com/xappiens/buzon/views/viewtest"
	"github.com/xappiens/buzon/views/widgets"
)

func stamp(minutesAgo int64) model.Stamp {
	return model.StampOf(viewtest.Start()) - model.Stamp(minutesAgo*60_000)
}

// conversations are rows with everything that a row can show.
func conversations() []model.ConversationRow {
	person := func(n int64, name, text string) model.ConversationRow {
		return model.ConversationRow{
			ID: model.ConversationID(n), JID: "34600111222@c.us", Kind: model.KindPerson, Name: name,
			LastAt: stamp(n * 50), LastType: model.TypeChat, LastText: text,
		}
	}
	rows := []model.ConversationRow{
		person(1, "Ana García", "Thanks, see you tomorrow"),
		person(2, "Suppliers of flour and everything else that a bakery needs", "invoice.pdf with a rather long name that cannot fit here"),
		person(3, "Juan", "On my way"),
		person(30, "Lucía", "A quiet one"),
		person(60, "مطعم الأمل", "شكرا، أراك غدا"),
		person(5000, "", "Old"),
		person(500_000, "Mute and archived", "Nobody hears this"),
	}
	rows[0].LastFromMe, rows[0].LastAck, rows[0].Pinned = true, model.AckRead, true
	rows[0].JID = "34600111333@c.us"
	rows[1].Kind, rows[1].LastAuthor, rows[1].Unread, rows[1].LastType = model.KindGroup, "Juan", 3, model.TypeDocument
	rows[1].JID = "1203630250@g.us"
	rows[2].Draft, rows[2].Unread, rows[2].MutedUntil = "I will bring the bread", 120, model.MutedForever
	rows[3].MarkedUnread = true
	rows[4].LastFromMe, rows[4].LastAck = true, model.AckDevice
	rows[5].LastFromMe, rows[5].LastType, rows[5].LastText, rows[5].LastAck = true, model.TypeVoice, "", model.AckPending
	rows[6].MutedUntil, rows[6].Archived, rows[6].Unread = model.MutedForever, true, 1
	return rows
}

func contacts() []model.ContactRow {
	return []model.ContactRow{
		{ID: 1, JID: "34600111333@c.us", DisplayName: "Ana García", Phone: "34600111333", PushName: "Anita"},
		{ID: 2, JID: "34600111444@c.us", DisplayName: "Harinas del Sur, Sociedad Limitada y Compañía", Phone: "34600111444", IsBusiness: true},
		{ID: 3, JID: "34600111555@c.us", DisplayName: "+34 600 11 15 55", Phone: "34600111555"},
		{ID: 4, JID: "123456789@lid", DisplayName: "🥖 Pan", IsBusiness: true},
	}
}

// onGround puts an object on the background of the theme, as a window does.
func onGround(variant string, o fyne.CanvasObject) fyne.CanvasObject {
	v := theme.VariantLight
	if variant == "dark" {
		v = theme.VariantDark
	}
	return container.NewStack(canvas.NewRectangle(apptheme.New(variant).Color(theme.ColorNameBackground, v)), container.NewPadded(o))
}

func TestGallery(t *testing.T) {
	for _, variant := range []string{"light", "dark"} {
		for _, lang := range []string{"en", "es"} {
			b := viewtest.NewTestContext(t, viewtest.Language(lang), viewtest.Variant(variant))
			list := container.NewVBox()
			for i, row := range conversations() {
				r := widgets.NewConversationRow(b.Context)
				r.Set(row)
				r.SetSelected(i == 1)
				list.Add(r)
			}
			people := container.NewVBox()
			for _, row := range contacts() {
				r := widgets.NewContactRow(b.Context)
				r.Set(row)
				people.Add(r)
			}
			signs := container.NewVBox()
			for i, s := range []widgets.Status{widgets.StatusOff, widgets.StatusGood, widgets.StatusBusy, widgets.StatusWaiting, widgets.StatusBad} {
				d := widgets.NewStatusDot()
				d.Set(s, []string{"Stopped", "Connected +34 699 99 99 99", "Connecting", "Waiting for the phone", "Broken"}[i])
				signs.Add(d)
			}
			ticks := container.NewHBox()
			for a := model.AckError; a <= model.AckPlayed; a++ {
				k := widgets.NewTicks(28)
				k.Set(a)
				ticks.Add(k)
			}
			search := widgets.NewSearchEntry(b.Context, "Search…")
			search.SetText("flour")
			icons := container.NewGridWrap(fyne.NewSquareSize(36))
			for _, name := range allIcons() {
				icons.Add(widgets.NewIconButton(b.Context, apptheme.Icon(name), string(name), nil))
			}
			right := container.NewVBox(search, people, signs, ticks, icons,
				container.NewHBox(widget.NewButton("Button", nil), &widget.Button{Text: "High", Importance: widget.HighImportance}, &widget.Button{Text: "Danger", Importance: widget.DangerImportance}, widget.NewCheck("Check", nil)))
			box := container.NewGridWithColumns(2, list, right)
			viewtest.Capture(t, "widgets-"+lang, onGround(variant, box), fyne.NewSize(760, 640), variant)
		}
	}
}

func allIcons() []apptheme.IconName {
	return []apptheme.IconName{
		apptheme.IconAbout, apptheme.IconActivity, apptheme.IconAdd, apptheme.IconArchive, apptheme.IconAttach, apptheme.IconBack,
		apptheme.IconBusiness, apptheme.IconChat, apptheme.IconCheck, apptheme.IconClock, apptheme.IconClose, apptheme.IconConnect,
		apptheme.IconContacts, apptheme.IconCopy, apptheme.IconDisconnect, apptheme.IconDown, apptheme.IconEmpty, apptheme.IconGroup,
		apptheme.IconLink, apptheme.IconLogout, apptheme.IconMedia, apptheme.IconMore, apptheme.IconMute, apptheme.IconPerson,
		apptheme.IconPhone, apptheme.IconPin, apptheme.IconQR, apptheme.IconRead, apptheme.IconRefresh, apptheme.IconSearch,
		apptheme.IconSend, apptheme.IconSession, apptheme.IconSettings, apptheme.IconSync, apptheme.IconUnarchive, apptheme.IconUnread,
		apptheme.IconWarning, apptheme.IconCallIn, apptheme.IconCallOut, apptheme.IconDownload, apptheme.IconFile, apptheme.IconMic, apptheme.IconMusic,
		apptheme.IconPause, apptheme.IconPlace, apptheme.IconPlay, apptheme.IconPoll, apptheme.IconVideo,
	}
}
