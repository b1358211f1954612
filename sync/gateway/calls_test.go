package gateway_test

import (
	"context"
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/gateway"
)

// TestRequests holds each call's request, letter by letter.
func TestRequests(t *testing.T) {
	yes := true
	send := func(content gateway.Content, o gateway.SendOptions) func(context.Context, *gateway.Client) error {
		return func(ctx context.Context, c *gateway.Client) error {
			_, err := c.SendMessage(ctx, "s1", "34600@c.us", content, o)
			return err
		}
	}
	const plain = `"options":{"linkPreview":true,"sendSeen":false,"parseVCards":false}`
	const chat = `{"chatId":"34600@c.us"}`
	const message = `{"chatId":"34600111222@c.us","messageId":"3EB0"`
	type C = *gateway.Client
	for name, tc := range map[string]struct {
		make   func(context.Context, C) error
		method string
		path   string
		body   string
	}{
		"getClassInfo": {func(x context.Context, c C) error { _, err := c.ClassInfo(x, "s1"); return err }, "GET", "/client/getClassInfo/s1", ""},
		"getState":     {func(x context.Context, c C) error { _, err := c.State(x, "s1"); return err }, "GET", "/client/getState/s1", ""},
		"contacts":     {func(x context.Context, c C) error { _, err := c.Contacts(x, "s1", nil); return err }, "GET", "/client/getContacts/s1", ""},
		"chats":        {func(x context.Context, c C) error { _, err := c.Chats(x, "s1", nil); return err }, "GET", "/client/getChats/s1", ""},
		"chats since": {func(x context.Context, c C) error {
			_, err := c.ChatsSince(x, "s1", gateway.ChatsFilter{Since: 1700000000}, nil)
			return err
		}, "POST", "/client/getChats/s1", `{"searchOptions":{"since":1700000000}}`},
		"chats unread": {func(x context.Context, c C) error {
			_, err := c.ChatsSince(x, "s1", gateway.ChatsFilter{Unread: true}, nil)
			return err
		}, "POST", "/client/getChats/s1", `{"searchOptions":{"unread":true}}`},
		"chat":          {func(x context.Context, c C) error { _, err := c.ChatByID(x, "s1", "34600@c.us"); return err }, "POST", "/client/getChatById/s1", chat},
		"group":         {func(x context.Context, c C) error { _, err := c.GroupInfo(x, "s1", "1@g.us"); return err }, "POST", "/groupChat/getClassInfo/s1", `{"chatId":"1@g.us"}`},
		"contact":       {func(x context.Context, c C) error { _, err := c.ContactByID(x, "s1", "34600@c.us"); return err }, "POST", "/client/getContactById/s1", `{"contactId":"34600@c.us"}`},
		"picture":       {func(x context.Context, c C) error { _, err := c.ProfilePicURL(x, "s1", "34600@c.us"); return err }, "POST", "/client/getProfilePicUrl/s1", `{"contactId":"34600@c.us"}`},
		"about":         {func(x context.Context, c C) error { _, err := c.About(x, "s1", "34600@c.us"); return err }, "POST", "/contact/getAbout/s1", `{"contactId":"34600@c.us"}`},
		"block":         {func(x context.Context, c C) error { return c.Block(x, "s1", "34600@c.us") }, "POST", "/contact/block/s1", `{"contactId":"34600@c.us"}`},
		"unblock":       {func(x context.Context, c C) error { return c.Unblock(x, "s1", "34600@c.us") }, "POST", "/contact/unblock/s1", `{"contactId":"34600@c.us"}`},
		"common groups": {func(x context.Context, c C) error { _, err := c.CommonGroups(x, "s1", "34600@c.us"); return err }, "POST", "/client/getCommonGroups/s1", `{"contactId":"34600@c.us"}`},
		"number":        {func(x context.Context, c C) error { _, err := c.NumberID(x, "s1", "34600"); return err }, "POST", "/client/getNumberId/s1", `{"number":"34600"}`},
		"lid and phone": {func(x context.Context, c C) error {
			_, err := c.ContactLidAndPhone(x, "s1", []string{"1@lid"})
			return err
		}, "POST", "/client/getContactLidAndPhone/s1", `{"userIds":["1@lid"]}`},
		"labels":           {func(x context.Context, c C) error { _, err := c.Labels(x, "s1"); return err }, "POST", "/client/getLabels/s1", `{}`},
		"chat labels":      {func(x context.Context, c C) error { _, err := c.ChatLabels(x, "s1", "34600@c.us"); return err }, "POST", "/client/getChatLabels/s1", chat},
		"chats of a label": {func(x context.Context, c C) error { _, err := c.ChatsByLabel(x, "s1", "4", nil); return err }, "POST", "/client/getChatsByLabelId/s1", `{"labelId":"4"}`},
		"pairing code":     {func(x context.Context, c C) error { _, err := c.RequestPairingCode(x, "s1", "34600111222"); return err }, "POST", "/session/requestPairingCode/s1", `{"phoneNumber":"34600111222","showNotification":true}`},
		"stop":             {func(x context.Context, c C) error { return c.Stop(x, "s1") }, "GET", "/session/stop/s1", ""},
		"restart":          {func(x context.Context, c C) error { return c.Restart(x, "s1") }, "GET", "/session/restart/s1", ""},
		"terminate":        {func(x context.Context, c C) error { return c.Terminate(x, "s1") }, "GET", "/session/terminate/s1", ""},
		"start":            {func(x context.Context, c C) error { return c.StartSession(x, "s1") }, "GET", "/session/start/s1", ""},
		"version":          {func(x context.Context, c C) error { _, err := c.WWebVersion(x, "s1"); return err }, "GET", "/client/getWWebVersion/s1", ""},
		"seen":             {func(x context.Context, c C) error { return c.SendSeen(x, "s1", "34600@c.us") }, "POST", "/client/sendSeen/s1", chat},
		"mark unread":      {func(x context.Context, c C) error { return c.MarkUnread(x, "s1", "34600@c.us") }, "POST", "/client/markChatUnread/s1", chat},
		"archive":          {func(x context.Context, c C) error { _, err := c.Archive(x, "s1", "34600@c.us"); return err }, "POST", "/client/archiveChat/s1", chat},
		"unarchive":        {func(x context.Context, c C) error { _, err := c.Unarchive(x, "s1", "34600@c.us"); return err }, "POST", "/client/unarchiveChat/s1", chat},
		"pin":              {func(x context.Context, c C) error { return c.Pin(x, "s1", "34600@c.us") }, "POST", "/client/pinChat/s1", chat},
		"unpin":            {func(x context.Context, c C) error { _, err := c.Unpin(x, "s1", "34600@c.us"); return err }, "POST", "/client/unpinChat/s1", chat},
		"mute for ever":    {func(x context.Context, c C) error { return c.Mute(x, "s1", "34600@c.us", time.Time{}) }, "POST", "/client/muteChat/s1", chat},
		"unmute":           {func(x context.Context, c C) error { return c.Unmute(x, "s1", "34600@c.us") }, "POST", "/client/unmuteChat/s1", chat},
		"sync history":     {func(x context.Context, c C) error { _, err := c.SyncHistory(x, "s1", "34600@c.us"); return err }, "POST", "/client/syncHistory/s1", chat},
		"typing":           {func(x context.Context, c C) error { return c.SendTyping(x, "s1", "34600@c.us") }, "POST", "/chat/sendStateTyping/s1", chat},
		"clear state":      {func(x context.Context, c C) error { return c.ClearState(x, "s1", "34600@c.us") }, "POST", "/chat/clearState/s1", chat},
		"fetch": {func(x context.Context, c C) error {
			_, err := c.FetchMessages(x, "s1", "34600@c.us", gateway.FetchOptions{Limit: 50}, nil)
			return err
		}, "POST", "/chat/fetchMessages/s1", `{"chatId":"34600@c.us","searchOptions":{"limit":50}}`},
		"fetch all options": {func(x context.Context, c C) error {
			_, err := c.FetchMessages(x, "s1", "34600@c.us", gateway.FetchOptions{Limit: 5, FromMe: &yes, Since: 7, MessageID: "3A"}, nil)
			return err
		}, "POST", "/chat/fetchMessages/s1", `{"chatId":"34600@c.us","searchOptions":{"limit":5,"fromMe":true,"since":7,"messageId":"3A"}}`},
		"message":   {func(x context.Context, c C) error { _, err := c.MessageByRef(x, "s1", ref); return err }, "POST", "/message/getClassInfo/s1", message + `}`},
		"media":     {func(x context.Context, c C) error { _, err := c.DownloadMedia(x, "s1", ref); return err }, "POST", "/message/downloadMedia/s1", message + `}`},
		"reactions": {func(x context.Context, c C) error { _, err := c.Reactions(x, "s1", ref); return err }, "POST", "/message/getReactions/s1", message + `}`},
		"react":     {func(x context.Context, c C) error { return c.React(x, "s1", ref, "👍") }, "POST", "/message/react/s1", message + `,"reaction":"👍"}`},
		"unreact":   {func(x context.Context, c C) error { return c.React(x, "s1", ref, "") }, "POST", "/message/react/s1", message + `,"reaction":""}`},
		"forward":   {func(x context.Context, c C) error { return c.Forward(x, "s1", ref, "2@g.us") }, "POST", "/message/forward/s1", message + `,"destinationChatId":"2@g.us"}`},
		"delete":    {func(x context.Context, c C) error { return c.DeleteMessage(x, "s1", ref, false) }, "POST", "/message/delete/s1", message + `,"everyone":false}`},
		"edit":      {func(x context.Context, c C) error { _, err := c.EditMessage(x, "s1", ref, "ya"); return err }, "POST", "/message/edit/s1", message + `,"content":"ya"}`},
		"star":      {func(x context.Context, c C) error { return c.Star(x, "s1", ref) }, "POST", "/message/star/s1", message + `}`},
		"unstar":    {func(x context.Context, c C) error { return c.Unstar(x, "s1", ref) }, "POST", "/message/unstar/s1", message + `}`},
		"send text": {send(gateway.Text("<hola> & \"ñ\" 🥐"), gateway.SendOptions{}), "POST", "/client/sendMessage/s1",
			`{"chatId":"34600@c.us","contentType":"string","content":"<hola> & \"ñ\" 🥐",` + plain + `}`},
		"send all options": {send(gateway.Text("x"), gateway.SendOptions{QuotedMessageID: "q", Mentions: []string{"1@c.us"}, NoLinkPreview: true, SendSeen: true}), "POST", "/client/sendMessage/s1",
			`{"chatId":"34600@c.us","contentType":"string","content":"x","options":{"quotedMessageId":"q","mentions":["1@c.us"],"linkPreview":false,"sendSeen":true,"parseVCards":false}}`},
		"send file": {send(fileOf("image/png", "a.png", []byte("hello")), gateway.SendOptions{Caption: "pan", SendMediaAsDocument: true}), "POST", "/client/sendMessage/s1",
			`{"chatId":"34600@c.us","contentType":"MessageMedia","content":{"mimetype":"image/png","data":"aGVsbG8=","filename":"a.png","filesize":5},"options":{"caption":"pan","linkPreview":true,"sendSeen":false,"parseVCards":false,"sendMediaAsDocument":true}}`},
		"send place": {send(gateway.Location{Latitude: 40.4, Longitude: -3.7}, gateway.SendOptions{}), "POST", "/client/sendMessage/s1",
			`{"chatId":"34600@c.us","contentType":"Location","content":{"latitude":40.4,"longitude":-3.7},` + plain + `}`},
		"send named place": {send(gateway.Location{Latitude: 1, Longitude: 2, Name: "Horno"}, gateway.SendOptions{}), "POST", "/client/sendMessage/s1",
			`{"chatId":"34600@c.us","contentType":"Location","content":{"latitude":1,"longitude":2,"description":{"name":"Horno"}},` + plain + `}`},
		"send contact": {send(gateway.ContactCard{ContactID: "34611@c.us"}, gateway.SendOptions{}), "POST", "/client/sendMessage/s1",
			`{"chatId":"34600@c.us","contentType":"Contact","content":{"contactId":"34611@c.us"},` + plain + `}`},
		"send poll": {send(gateway.Poll{Question: "¿Pan?", Options: []string{"sí", "no"}}, gateway.SendOptions{}), "POST", "/client/sendMessage/s1",
			`{"chatId":"34600@c.us","contentType":"Poll","content":{"pollName":"¿Pan?","pollOptions":["sí","no"],"options":{"allowMultipleAnswers":false}},` + plain + `}`},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFake(t)
			f.on("", reply(200, `{"success":true}`))
			_ = tc.make(t.Context(), f.client(t)) // many rightly complain about the bare answer
			got := f.last(t)
			require.Equal(t, tc.method+" "+tc.path, got.method+" "+got.path)
			require.Equal(t, tc.body, got.body)
		})
	}
}

func TestGenerationsDiffer(t *testing.T) {
	until := time.Unix(1_800_000_000, 0)
	for generation, want := range map[gateway.Generation]struct{ mute, reply string }{
		gateway.GenerationA: {`{"chatId":"c","unmuteDate":1800000000}`,
			`{"chatId":"34600111222@c.us","messageId":"3EB0","content":"ok","contentType":"string","options":{"linkPreview":true,"sendSeen":false,"parseVCards":false}}`},
		gateway.GenerationC: {`{"chatId":"c","unmuteDate":1800000000000}`,
			`{"chatId":"34600111222@c.us","messageId":"3EB0","content":"ok","destinationChatId":"34600111222@c.us","options":{"linkPreview":true,"sendSeen":false,"parseVCards":false}}`},
	} {
		t.Run(string(generation), func(t *testing.T) {
			f := newFake(t)
			f.on("/ping", reply(200, `{"success":true,"message":"pong"}`))
			if generation == gateway.GenerationA {
				f.on("/session/getSessions", reply(200, `{"success":true,"result":[]}`))
			}
			f.on("/client/muteChat/s1", reply(200, `{"success":true}`))
			f.on("/message/reply/s1", reply(200, `{"success":true,"repliedMessage":{"id":{"id":"R1","remote":"c","fromMe":true}}}`))
			c := f.client(t)
			require.NoError(t, c.Mute(t.Context(), "s1", "c", until))
			require.Equal(t, want.mute, f.last(t).body)
			got, err := c.Reply(t.Context(), "s1", ref, gateway.Text("ok"), gateway.SendOptions{})
			require.NoError(t, err)
			require.Equal(t, "R1", got.Message.ID.Short)
			require.Equal(t, want.reply, f.last(t).body)
			_, err = c.Reply(t.Context(), "s1", ref, gateway.Poll{}, gateway.SendOptions{})
			require.Equal(t, generation == gateway.GenerationC, gateway.KindOf(err) == gateway.KindRefused && gateway.NotSent(err))
		})
	}
	// Nothing is sent while the generation is unknown.
	f := newFake(t)
	f.on("", reply(500, failure("x")))
	_, err := f.client(t).Reply(t.Context(), "s1", ref, gateway.Text("x"), gateway.SendOptions{})
	requireKind(t, gateway.KindServer, err)
	require.Zero(t, f.count("/message/reply/s1"))
}

func TestResultStates(t *testing.T) {
	f := newFake(t)
	c := f.client(t)
	answer := func(result string) { f.on("", reply(200, `{"success":true,"result":`+result+`}`)) }

	answer("true")
	require.NoError(t, c.Pin(t.Context(), "s1", "c"))
	require.NoError(t, c.SendSeen(t.Context(), "s1", "c"))
	archived, err := c.Archive(t.Context(), "s1", "c")
	require.NoError(t, err)
	require.True(t, archived)

	answer("false")
	requireKind(t, gateway.KindRefused, c.Pin(t.Context(), "s1", "c"))
	requireKind(t, gateway.KindNotFound, c.SendSeen(t.Context(), "s1", "c"))
	requireKind(t, gateway.KindRefused, c.Block(t.Context(), "s1", "g"))
	archived, err = c.Unarchive(t.Context(), "s1", "c")
	require.NoError(t, err, "false is the new state")
	require.False(t, archived)
	pinned, err := c.Unpin(t.Context(), "s1", "c")
	require.NoError(t, err)
	require.False(t, pinned)

	f.on("", reply(200, `{"success":true}`))
	require.NoError(t, c.Pin(t.Context(), "s1", "c"), "a missing result is no refusal")
	archived, err = c.Archive(t.Context(), "s1", "c")
	require.NoError(t, err)
	require.True(t, archived)
}

func TestSmallAnswers(t *testing.T) {
	f := newFake(t)
	c := f.client(t)
	ctx := t.Context()

	f.on("", reply(200, `{"success":true,"sessionInfo":{"pushname":"Horno","wid":{"server":"c.us","user":"34600","_serialized":"34600@c.us"},"me":{"server":"c.us","user":"34600"},"platform":"smba"}}`))
	account, err := c.ClassInfo(ctx, "s1")
	require.NoError(t, err)
	require.Equal(t, &gateway.Account{ID: gateway.ID{Server: "c.us", User: "34600", Serialized: "34600@c.us"}, PushName: "Horno", Platform: "smba"}, account)
	f.on("", reply(200, `{"success":true}`))
	_, err = c.ClassInfo(ctx, "s1")
	requireKind(t, gateway.KindNotReady, err)

	url, err := c.ProfilePicURL(ctx, "s1", "c")
	require.NoError(t, err, "no picture is no error")
	require.Empty(t, url)
	f.on("", reply(200, `{"success":true,"result":null}`))
	url, err = c.ProfilePicURL(ctx, "s1", "c")
	require.NoError(t, err)
	require.Empty(t, url)
	_, err = c.NumberID(ctx, "s1", "34600")
	requireKind(t, gateway.KindNotOnWhatsApp, err)

	f.on("", reply(200, `{"success":true,"result":{"server":"lid","user":"99","_serialized":"99@lid"}}`))
	id, err := c.NumberID(ctx, "s1", "34600")
	require.NoError(t, err)
	require.Equal(t, "99@lid", id.Serialized)

	f.on("", reply(200, `{"success":true,"data":[{"lid":"1@lid","pn":"34@c.us"},{"lid":"2@lid"},{},null,{"pn":{"server":"c.us","user":"5"}}]}`))
	pairs, err := c.ContactLidAndPhone(ctx, "s1", nil)
	require.NoError(t, err)
	require.Equal(t, []gateway.LidPhone{{Lid: "1@lid", Phone: "34@c.us"}, {Lid: "2@lid"}, {}, {}, {Phone: "5@c.us"}}, pairs)

	f.on("", reply(200, `{"success":true,"labels":[{"id":"1","name":"Nuevo","hexColor":"#ff0000"},{"id":7,"name":null},null]}`))
	labels, err := c.Labels(ctx, "s1")
	require.NoError(t, err)
	require.Equal(t, []gateway.Label{{ID: "1", Name: "Nuevo", HexColor: "#ff0000"}, {ID: "7"}}, labels)

	f.on("", reply(200, `{"success":true,"result":["a",null,3,"b"]}`))
	names, err := c.Sessions(ctx)
	require.NoError(t, err)
	require.Equal(t, []string{"a", "3", "b"}, names)

	f.on("", reply(200, `{"success":true,"groups":[{"server":"g.us","user":"1"},"2@g.us",null]}`))
	groups, err := c.CommonGroups(ctx, "s1", "c")
	require.NoError(t, err)
	require.Equal(t, []gateway.ID{{Server: "g.us", User: "1", Serialized: "1@g.us"}, {Server: "g.us", User: "2", Serialized: "2@g.us"}}, groups)

	f.on("", reply(200, `{"success":true,"message":null}`))
	_, err = c.EditMessage(ctx, "s1", ref, "x")
	requireKind(t, gateway.KindRefused, err)
	_, err = c.MessageByRef(ctx, "s1", ref)
	requireKind(t, gateway.KindMalformed, err)

	f.on("", reply(200, `{"success":true,"result":[{"id":"👍","hasReactionByMe":true,"senders":[{"msgId":{"id":"3A","remote":"c@c.us","fromMe":true},"reaction":"👍","senderId":"9@c.us","timestamp":1700000000.5}]}]}`))
	lists, err := c.Reactions(ctx, "s1", ref)
	require.NoError(t, err)
	require.Equal(t, "👍", lists[0].Emoji)
	require.True(t, lists[0].ByMe)
	require.Equal(t, "3A", lists[0].Senders[0].Target.Short)
	require.InDelta(t, 1700000000.5, lists[0].Senders[0].Timestamp, 0)
}

func TestChatsOfALabel(t *testing.T) {
	f := newFake(t)
	c := f.client(t)
	for name, tc := range map[string]struct {
		answer string
		want   []string
		report gateway.ListReport
	}{
		"chats":    {`{"success":true,"chats":[{"name":"Ana","id":{"server":"c.us","user":"34600","_serialized":"34600@c.us"}},{"id":{"server":"g.us","user":"1","$1":"1@g.us"},"groupMetadata":{"id":9}}]}`, []string{"34600@c.us", "1@g.us"}, gateway.ListReport{Items: 2}},
		"an empty": {`{"success":true,"chats":[]}`, nil, gateway.ListReport{}},
		"a null":   {`{"success":true,"chats":null}`, nil, gateway.ListReport{Missing: true}},
		"none":     {`{"success":true}`, nil, gateway.ListReport{Missing: true}},
	} {
		t.Run(name, func(t *testing.T) {
			f.on("", reply(200, tc.answer))
			var got []string
			report, err := c.ChatsByLabel(t.Context(), "s1", "4", func(id *gateway.ID) error {
				got = append(got, id.Serialized)
				return nil
			})
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.report, report)
		})
	}
	f.on("", reply(200, `{"success":true,"chats":[null,7,{"id":5},{"name":"x"},{"id":{"_serialized":"34600@c.us"}}]}`))
	report, err := c.ChatsByLabel(t.Context(), "s1", "4", func(*gateway.ID) error { return nil })
	require.NoError(t, err)
	require.Equal(t, 1, report.Items)
	require.Equal(t, 4, report.Bad)
}

func TestSendAnswers(t *testing.T) {
	for body, want := range map[string]string{
		`{"success":true,"message":{"id":{"fromMe":true,"remote":"c@c.us","id":"3EB0","_serialized":"true_c@c.us_3EB0"},"ack":1}}`: "3EB0",
		`{"success":true,"message":{"id":{"fromMe":true,"remote":"c@c.us","$1":"true_c@c.us_3EB1"}}}`:                              "3EB1",
		`{"success":true}`:                       "",
		`{"success":true,"message":null}`:        "",
		`{"success":true,"message":{}}`:          "",
		`{"success":true,"message":"delivered"}`: "",
		`{"success":true,"message":{"id":[}}}`:   "",
	} {
		f := newFake(t)
		f.on("", reply(http.StatusOK, body))
		got, err := f.client(t).SendMessage(t.Context(), "s1", "c@c.us", gateway.Text("x"), gateway.SendOptions{})
		require.NoError(t, err, body)
		if want == "" {
			require.Nil(t, got.Message, body)
		} else {
			require.Equal(t, want, got.Message.ID.Short)
		}
	}
}
