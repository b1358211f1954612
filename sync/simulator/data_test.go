package simulator_test

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/xappiens/buzon/sync/simulator"
)

func medium() simulator.Config {
	return simulator.Config{Seed: 7, Contacts: 400, Conversations: 150, Messages: 5000}
}

// walk fetches everything as a perfect client does and compares it with the truth.
func walk(t *testing.T, s *simulator.Server) simulator.Truth {
	t.Helper()
	var got simulator.Truth
	seen := map[string]bool{}
	for _, c := range member[[]obj](t, get(t, s, "/client/getContacts/s1"), "contacts") {
		got.ContactEntries++
		id := at(c, "id", "_serialized").(string)
		if seen[id] {
			continue
		}
		seen[id] = true
		got.Contacts++
		switch {
		case c["isGroup"] == true:
			got.ContactGroups++
			continue
		case strings.HasSuffix(id, "@lid"):
			got.ContactLIDs++
		}
		got.ContactPeople++
	}
	for _, c := range member[[]obj](t, get(t, s, "/client/getChats/s1"), "chats") {
		walkChat(t, s, c, &got)
	}
	return got
}

func walkChat(t *testing.T, s *simulator.Server, c obj, got *simulator.Truth) {
	t.Helper()
	id := at(c, "id", "_serialized").(string)
	count := func(n *int, is bool) {
		if is {
			*n++
		}
	}
	got.Conversations++
	unread := int(c["unreadCount"].(float64))
	got.Unread += max(unread, 0)
	count(&got.Groups, c["isGroup"] == true)
	count(&got.Broadcasts, strings.HasSuffix(id, "@broadcast"))
	count(&got.UnreadConversations, unread != 0)
	count(&got.MarkedUnread, unread == -1)
	count(&got.Archived, c["archived"] == true)
	count(&got.Pinned, c["pinned"] == true)
	count(&got.Muted, c["isMuted"] == true)
	messages := fetch(t, s, id, obj{"limit": 100_000})
	got.Messages += len(messages)
	count(&got.Empty, len(messages) == 0)
	unique := map[string]bool{}
	var held []simulator.TruthMessage
	for i, m := range messages {
		held = append(held, simulator.TruthMessage{
			FromMe: m["fromMe"] == true, ID: at(m, "id", "id").(string), Type: m["type"].(string), Body: m["body"].(string),
			Timestamp: int64(m["timestamp"].(float64)), Ack: int(m["ack"].(float64)),
		})
		unique[fmt.Sprint(m["fromMe"], held[i].ID)] = true
		count(&got.MessagesSent, held[i].FromMe)
		count(&got.MessagesReceived, !held[i].FromMe)
		if i > 0 && held[i].Timestamp < held[i-1].Timestamp {
			require.Fail(t, "not oldest first", id)
		}
	}
	require.Equal(t, slices.Collect(s.TruthMessages("s1", id)), held)
	require.Len(t, unique, len(messages), "identities are unique")
}

func TestTruthIsWhatAWalkFinds(t *testing.T) {
	for name, cfg := range map[string]simulator.Config{
		"medium": medium(), "empty": {}, "one": {Contacts: 1, Conversations: 1, Messages: 1}, "bakery": {Business: true, Language: "es"},
		"tail": {Contacts: 0, Conversations: 60, Messages: 10}, "contacts only": {Contacts: 70},
	} {
		t.Run(name, func(t *testing.T) {
			s := started(t, cfg)
			require.Equal(t, s.Truth("s1"), walk(t, s))
			if !cfg.Business {
				require.Equal(t, cfg.Messages, s.Truth().Messages)
				require.Equal(t, cfg.Conversations, s.Truth().Conversations)
				require.Equal(t, cfg.Contacts+2, s.Truth().ContactPeople)
			}
		})
	}
}

func TestTruthFollowsChanges(t *testing.T) {
	cfg := medium()
	cfg.Now = newClock().Now
	s := started(t, cfg)
	chat := conversation(t, s, person)
	phone := s.Phone("s1")
	m, err := phone.Receive(chat.ID, "hola")
	require.NoError(t, err)
	_, err = phone.Receive("34600999888@c.us", "a stranger")
	require.NoError(t, err)
	_, err = phone.SendFromPhone(chat.ID, "written on the phone")
	require.NoError(t, err)
	require.NoError(t, phone.Edit(m, "hola, edited"))
	require.NoError(t, phone.Archive(chat.ID, true))
	require.NoError(t, phone.Pin(chat.ID, true))
	old := fetch(t, s, chat.ID, obj{"limit": 9})
	gone := at(old[0], "id", "id")
	require.Equal(t, `{"success":true}`, post(t, s, "/message/delete/s1", obj{"chatId": chat.ID, "messageId": gone}).Body.String())
	want := s.Truth("s1")
	require.Equal(t, 5000+3-1, want.Messages)
	require.Equal(t, want, walk(t, s))
}

func TestSameSeedSameBytes(t *testing.T) {
	paths := []string{"/client/getContacts/s1", "/client/getChats/s1", "/client/getClassInfo/s1"}
	a, b := started(t, medium()), started(t, medium())
	other := medium()
	other.Seed = 8
	c := started(t, other)
	get(t, a, "/session/start/s2")
	for _, path := range paths {
		require.Equal(t, get(t, a, path).Body.String(), get(t, b, path).Body.String())
		require.NotEqual(t, get(t, a, path).Body.String(), get(t, c, path).Body.String())
		require.NotEqual(t, get(t, a, path).Body.String(), get(t, a, strings.Replace(path, "/s1", "/s2", 1)).Body.String())
	}
	chat := conversation(t, a, person)
	body := obj{"chatId": chat.ID, "searchOptions": obj{"limit": 500}}
	require.Equal(t, post(t, a, "/chat/fetchMessages/s1", body).Body.String(), post(t, b, "/chat/fetchMessages/s1", body).Body.String())
	one, two := a.Truth("s1"), a.Truth("s2")
	one.MessagesSent, two.MessagesSent = 0, 0
	require.Equal(t, one, two, "sessions share the shape")
}

func TestFetchMessages(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, person)
	require.Len(t, fetch(t, s, chat.ID, nil), 1, "without a limit: what is in memory")
	require.Len(t, member[[]obj](t, post(t, s, "/chat/fetchMessages/s1", obj{"chatId": chat.ID, "limit": 30}), "messages"), 1, "a limit outside searchOptions does nothing")
	list := fetch(t, s, chat.ID, obj{"limit": 30})
	require.Len(t, list, 30)
	all := fetch(t, s, chat.ID, obj{"limit": chat.Messages + 100})
	require.Len(t, all, chat.Messages, "fewer than asked is normal")
	require.Equal(t, list, all[len(all)-30:], "the newest")
	require.Len(t, fetch(t, s, chat.ID, nil), chat.Messages, "what was loaded stays in memory")

	since := int64(all[len(all)-10]["timestamp"].(float64))
	for _, m := range fetch(t, s, chat.ID, obj{"limit": 1000, "since": since}) {
		require.GreaterOrEqual(t, int64(m["timestamp"].(float64)), since)
	}
	own := fetch(t, s, chat.ID, obj{"limit": 5, "fromMe": true})
	require.Len(t, own, 5)
	for _, m := range own {
		require.Equal(t, true, m["fromMe"])
	}
	id := at(all[3], "id", "id")
	require.Equal(t, all[3:4], fetch(t, s, chat.ID, obj{"limit": 1, "messageId": id}))
	found := member[obj](t, post(t, s, "/message/getClassInfo/s1", obj{"chatId": chat.ID, "messageId": id}), "message")
	require.Equal(t, all[3], found)
	serialized := at(all[3], "id", "_serialized")
	require.Equal(t, http.StatusInternalServerError, post(t, s, "/message/getClassInfo/s1", obj{"chatId": chat.ID, "messageId": serialized}).Code, "only the short id is known")
}

func TestLocalHistoryGrows(t *testing.T) {
	cfg := medium()
	cfg.LocalHistory = 20
	s := started(t, cfg)
	chat := conversation(t, s, person)
	require.Len(t, fetch(t, s, chat.ID, obj{"limit": 1000}), 20)
	require.True(t, member[bool](t, post(t, s, "/client/syncHistory/s1", obj{"chatId": chat.ID}), "result"))
	require.Len(t, fetch(t, s, chat.ID, obj{"limit": 1000}), 40)
	for range 1 + chat.Messages/20 {
		post(t, s, "/chat/syncHistory/s1", obj{"chatId": chat.ID})
	}
	require.False(t, member[bool](t, post(t, s, "/chat/syncHistory/s1", obj{"chatId": chat.ID}), "result"))
	require.Len(t, fetch(t, s, chat.ID, obj{"limit": 100_000}), chat.Messages)
}

func TestChatsSinceAndUnread(t *testing.T) {
	s := started(t, medium())
	all := member[[]obj](t, get(t, s, "/client/getChats/s1"), "chats")
	require.Equal(t, true, all[0]["pinned"], "pinned first")
	since := all[40]["timestamp"].(float64)
	some := member[[]obj](t, post(t, s, "/client/getChats/s1", obj{"searchOptions": obj{"since": since}}), "chats")
	require.Less(t, len(some), len(all))
	for _, c := range some {
		require.GreaterOrEqual(t, c["timestamp"], since)
	}
	unread := member[[]obj](t, post(t, s, "/client/getChats/s1", obj{"searchOptions": obj{"unread": true}}), "chats")
	require.Len(t, unread, s.Truth("s1").UnreadConversations)
}

// TestTraps looks for every trap that contract §9 and §10 name.
func TestTraps(t *testing.T) {
	s := started(t, medium())
	found := map[string]bool{}
	byID := map[string]int{}
	for _, c := range member[[]obj](t, get(t, s, "/client/getContacts/s1"), "contacts") {
		id := at(c, "id", "_serialized").(string)
		byID[id]++
		name, has := c["name"]
		found["name missing"] = found["name missing"] || !has
		found["name null"] = found["name null"] || has && name == nil
		found["name empty"] = found["name empty"] || name == ""
		found["contact lid"] = found["contact lid"] || strings.HasSuffix(id, "@lid")
		found["number differs"] = found["number differs"] || c["number"] != at(c, "id", "user")
		found["same id twice"] = found["same id twice"] || byID[id] == 2
		found["business"] = found["business"] || c["isBusiness"] == true
	}
	for _, c := range member[[]obj](t, get(t, s, "/client/getChats/s1"), "chats") {
		id := at(c, "id", "_serialized").(string)
		stamp, has := c["timestamp"]
		found["timestamp missing"] = found["timestamp missing"] || !has
		found["timestamp null"] = found["timestamp null"] || has && stamp == nil
		found["unread -1"] = found["unread -1"] || c["unreadCount"] == -1.0
		found["muted for ever"] = found["muted for ever"] || c["muteExpiration"] == -1.0
		found["no last message"] = found["no last message"] || c["lastMessage"] == nil
		found["gp2 newer"] = found["gp2 newer"] || at(c, "lastMessage", "type") == "gp2" && at(c, "lastMessage", "timestamp").(float64) > stamp.(float64)
		found["status"] = found["status"] || id == "status@broadcast"
		found["announcements"] = found["announcements"] || id == "0@c.us"
		found["list"] = found["list"] || strings.HasSuffix(id, "@broadcast") && id != "status@broadcast"
		found["chat lid"] = found["chat lid"] || strings.HasSuffix(id, "@lid") && byID[id] == 0
		found["old group id"] = found["old group id"] || strings.Contains(id, "-")
		found["name with no-break space"] = found["name with no-break space"] || strings.Contains(fmt.Sprint(c["name"]), "\u00a0")
		found["group first"] = found["group first"] || c["groupMetadata"] != nil
		require.NotContains(t, id, "@newsletter")
		if strings.Contains(id, "-") {
			require.NotEmpty(t, fetch(t, s, id, obj{"limit": 5}))
		}
		messageTraps(t, fetch(t, s, id, obj{"limit": 400}), found)
	}
	for _, name := range []string{
		"name missing", "name null", "name empty", "contact lid", "number differs", "same id twice", "business", "timestamp missing", "timestamp null", "unread -1",
		"muted for ever", "no last message", "gp2 newer", "status", "announcements", "list", "chat lid", "old group id", "name with no-break space", "group first",
		"image", "video", "audio", "ptt", "document", "sticker", "location", "vcard", "multi_vcard", "poll_creation", "revoked", "call_log", "ciphertext",
		"groups_v4_invite", "album", "order", "product", "newkind_2027", "base64 body", "out", "in", "quoted", "mention text", "mention object", "links", "edited",
		"forwarded", "starred", "reaction", "ephemeral", "duration text", "author lid", "participant object", "participant text", "arabic", "hebrew", "cjk", "thai", "hindi", "new emoji", "equal seconds",
	} {
		require.True(t, found[name], name)
	}
}

func messageTraps(t *testing.T, list []obj, found map[string]bool) {
	t.Helper()
	set := func(name string, is bool) { found[name] = found[name] || is }
	for i, m := range list {
		body := m["body"].(string)
		set(m["type"].(string), true)
		set("base64 body", m["type"] == "image" && m["hasMedia"] == false && strings.HasPrefix(body, "/9j/"))
		set(fmt.Sprint(at(m, "id", "self")), true)
		set("quoted", m["hasQuotedMsg"] == true && at(m, "_data", "quotedStanzaID") != nil)
		for _, id := range m["mentionedIds"].([]any) {
			_, text := id.(string)
			set("mention text", text)
			set("mention object", !text)
		}
		links, _ := m["links"].([]any)
		set("links", len(links) > 0)
		set("edited", m["latestEditSenderTimestampMs"] != nil)
		set("forwarded", m["isForwarded"] == true)
		set("starred", m["isStarred"] == true)
		set("reaction", m["hasReaction"] == true)
		set("ephemeral", m["isEphemeral"] == true)
		_, text := m["duration"].(string)
		set("duration text", text)
		set("author lid", strings.HasSuffix(fmt.Sprint(m["author"]), "@lid"))
		_, text = at(m, "id", "participant").(string)
		set("participant text", text)
		_, object := at(m, "id", "participant").(obj)
		set("participant object", object)
		for name, part := range map[string]string{"arabic": "شكرا", "hebrew": "שלום", "cjk": "请问", "thai": "พรุ่ง", "hindi": "सुबह", "new emoji": "🫠"} {
			set(name, strings.Contains(body, part))
		}
		set("equal seconds", i > 0 && m["timestamp"] == list[i-1]["timestamp"])
		require.NotNil(t, m["_data"])
	}
}

func TestRawObjectHasItsSize(t *testing.T) {
	cfg := medium()
	cfg.DataSize = 6000
	s := started(t, cfg)
	chat := conversation(t, s, person)
	n := post(t, s, "/chat/fetchMessages/s1", obj{"chatId": chat.ID, "searchOptions": obj{"limit": 10}}).Body.Len()
	require.Greater(t, n, 10*6000)
	require.Less(t, n, 10*9000)
}

func TestSerializedIDDiffers(t *testing.T) {
	s := started(t, medium())
	differ := 0
	for _, c := range member[[]obj](t, get(t, s, "/client/getChats/s1"), "chats") {
		if c["isGroup"] != true || at(c, "lastMessage", "type") == nil || at(c, "lastMessage", "type") == "gp2" {
			continue
		}
		last := fetch(t, s, at(c, "id", "_serialized").(string), nil)[0]
		require.Equal(t, at(last, "id", "id"), at(c, "lastMessage", "id", "id"))
		if at(last, "id", "_serialized") != at(c, "lastMessage", "id", "_serialized") {
			differ++
		}
	}
	require.Positive(t, differ)
}

func TestDollarIDs(t *testing.T) {
	cfg := medium()
	cfg.DollarIDs = true
	s := started(t, cfg)
	chat := conversation(t, s, person)
	m := fetch(t, s, chat.ID, nil)[0]
	require.Nil(t, at(m, "id", "_serialized"))
	require.Equal(t, fmt.Sprintf("%v_%s_%v", m["fromMe"], chat.ID, at(m, "id", "id")), at(m, "id", "$1"))
}

func TestProfilePictures(t *testing.T) {
	s := started(t, medium())
	with, without := 0, 0
	var url string
	for id := range s.TruthContacts("s1") {
		if strings.HasSuffix(id, "@g.us") {
			continue
		}
		w := post(t, s, "/client/getProfilePicUrl/s1", obj{"contactId": id})
		require.Equal(t, http.StatusOK, w.Code)
		if w.Body.String() == `{"success":true}` {
			without++
			require.Equal(t, `{"success":true,"result":null}`, post(t, s, "/contact/getProfilePicUrl/s1", obj{"contactId": id}).Body.String())
			continue
		}
		with++
		url = member[string](t, w, "result")
	}
	require.Greater(t, with, without)
	require.Greater(t, without, with/4)
	w := get(t, s, url)
	require.Equal(t, http.StatusOK, w.Code)
	require.Equal(t, "image/png", w.Header().Get("Content-Type"))
	require.Equal(t, http.StatusNotFound, get(t, s, "/__media/avatar/zz.png").Code)
}

func TestMedia(t *testing.T) {
	s := started(t, medium())
	chat := conversation(t, s, person)
	kinds := map[string]int{}
	for _, m := range fetch(t, s, chat.ID, obj{"limit": 1000}) {
		if m["mediaKey"] == nil && at(m, "_data", "mimetype") == nil {
			continue
		}
		kind := fmt.Sprint(m["type"], m["hasMedia"])
		if kinds[kind]++; kinds[kind] > 3 {
			continue
		}
		w := post(t, s, "/message/downloadMedia/s1", obj{"chatId": chat.ID, "messageId": at(m, "id", "id")})
		if m["hasMedia"] == false {
			require.Equal(t, `{"success":true}`, w.Body.String())
			continue
		}
		if at(m, "_data", "isViewOnce") == true {
			continue
		}
		media := member[obj](t, w, "messageMedia")
		data, err := base64.StdEncoding.DecodeString(media["data"].(string))
		require.NoError(t, err)
		require.InDelta(t, len(data), media["filesize"], 0)
		require.InDelta(t, len(data), at(m, "_data", "size"), 0)
		raw := post(t, s, "/message/downloadMediaAsData/s1", obj{"chatId": chat.ID, "messageId": at(m, "id", "id")})
		require.Equal(t, data, raw.Body.Bytes())
		require.Equal(t, media["mimetype"], raw.Header().Get("Content-Type"))
	}
	require.GreaterOrEqual(t, len(kinds), 6)
}

func TestBigSizesHoldLittle(t *testing.T) {
	s := started(t, simulator.Config{Contacts: simulator.MaxContacts, Conversations: simulator.MaxConversations, Messages: simulator.MaxMessages, Epoch: time.Unix(1_780_000_000, 0)})
	total, biggest := 0, simulator.TruthConversation{}
	for c := range s.TruthConversations("s1") {
		total += c.Messages
		if c.Messages > biggest.Messages {
			biggest = c
		}
	}
	require.Equal(t, simulator.MaxMessages, total)
	require.Greater(t, biggest.Messages, 50_000)
	list := fetch(t, s, biggest.ID, obj{"limit": 20})
	require.Len(t, list, 20)
	require.InDelta(t, 1_780_000_000, list[19]["timestamp"], 0)
	_, err := simulator.New(simulator.Config{Messages: simulator.MaxMessages + 1})
	require.ErrorContains(t, err, "messages 1000001: want 0 to 1000000")
}
