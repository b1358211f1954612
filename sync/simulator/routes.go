package simulator

import "strings"

// routes is the table of calls, by method and path in lower case.
func routes() map[string]route {
	table := map[string]route{}
	add := func(name string, rt route) { table[strings.ToLower(name)] = rt }
	both := func(name string, f func(*call)) { add(name, route{named: true, guard: true, handle: f}) }
	onlyA := func(name string, f func(*call)) { add(name, route{named: true, guard: true, onlyA: true, handle: f}) }

	sessionRoutes(add)
	add("GET /client/getState", route{named: true, handle: getState})
	for name, f := range map[string]func(*call){
		"GET /client/getClassInfo": getClassInfo, "GET /client/getContacts": getContacts, "GET /client/getChats": getChats,
		"GET /client/getWWebVersion": getVersion, "POST /client/getChatById": getChat, "POST /client/getContactById": getContact,
		"POST /client/getProfilePicUrl": getPicture, "POST /client/getLabels": getLabels, "POST /client/getChatLabels": getChatLabels,
		"POST /client/addOrRemoveLabels": setLabels, "POST /client/getLabelById": getLabel, "POST /client/getChatsByLabelId": getChatsByLabel,
		"POST /client/sendSeen": sendSeen, "POST /client/markChatUnread": markUnread, "POST /client/archiveChat": archiveChat,
		"POST /client/unarchiveChat": archiveChat, "POST /client/pinChat": pinChat, "POST /client/unpinChat": pinChat,
		"POST /client/muteChat": muteChat, "POST /client/unmuteChat": unmuteChat, "POST /client/getNumberId": getNumberID,
		"POST /client/isRegisteredUser": isRegistered, "POST /client/getCommonGroups": commonGroups,
		"POST /client/getBlockedContacts": getBlocked, "POST /client/searchMessages": searchMessages,
		"POST /client/sendPresenceAvailable": sendPresence, "POST /client/sendPresenceUnavailable": sendPresence,
		"POST /client/getFormattedNumber": formattedNumber,
		"POST /chat/getClassInfo":         getChat, "POST /chat/fetchMessages": fetchMessages, "POST /chat/getContact": chatContact,
		"POST /chat/sendStateTyping": chatState, "POST /chat/sendStateRecording": chatState, "POST /chat/clearState": chatState,
		"POST /chat/sendSeen": sendSeen, "POST /chat/markUnread": markUnread,
		"POST /message/getClassInfo": messageInfo, "POST /message/downloadMedia": downloadMedia, "POST /message/getInfo": deliveryInfo, "POST /message/getQuotedMessage": getQuoted,
		"POST /contact/getClassInfo": getContact, "POST /contact/getAbout": getAbout, "POST /contact/getProfilePicUrl": getPicture,
		"POST /contact/block": block, "POST /contact/unblock": block, "POST /contact/getChat": contactChat,
		"POST /contact/getFormattedNumber": formattedNumber,
		"POST /groupChat/getClassInfo":     getGroup, "POST /groupChat/getInviteCode": getInviteCode,
	} {
		both(name, f)
	}
	for name, f := range map[string]func(*call){
		"POST /client/getChats": getChats, "POST /client/getContactLidAndPhone": lidAndPhone, "POST /client/syncHistory": syncHistory,
		"POST /chat/syncHistory": syncHistory, "POST /chat/getLabels": getChatLabelsOf, "POST /chat/changeLabels": setLabels, "POST /message/downloadMediaAsData": downloadAsData,
		"POST /message/getReactions": getReactions, "POST /message/getPollVotes": pollVotes, "POST /contact/getCommonGroups": commonGroups,
	} {
		onlyA(name, f)
	}
	for name, rt := range map[string]route{
		"POST /message/react": {handle: reactTo}, "POST /message/delete": {handle: deleteMessage}, "POST /message/edit": {handle: editMessage, onlyA: true},
		"POST /message/star": {handle: star}, "POST /message/unstar": {handle: star},
	} {
		rt.named, rt.guard, rt.act = true, true, true
		add(name, rt)
	}
	add("POST /client/sendMessage", route{named: true, guard: true, send: true, handle: sendMessage})
	add("POST /message/forward", route{named: true, guard: true, send: true, handle: forward})
	add("POST /message/reply", route{named: true, guard: true, send: true, handle: reply})
	return table
}

func sessionRoutes(add func(string, route)) {
	add("GET /session/getSessions", route{onlyA: true, handle: getSessions})
	add("GET /session/start", route{named: true, handle: startSession})
	add("GET /session/status", route{named: true, handle: sessionStatus})
	add("GET /session/qr", route{named: true, handle: sessionQR})
	add("GET /session/qr/image", route{named: true, handle: sessionQRImage})
	add("POST /session/requestPairingCode", route{named: true, onlyA: true, handle: requestPairingCode})
	add("GET /session/restart", route{named: true, handle: restartSession})
	add("GET /session/stop", route{named: true, onlyA: true, handle: stopSession})
	add("GET /session/terminate", route{named: true, handle: terminateSession})
	add("GET /session/terminateInactive", route{handle: terminateMany})
	add("GET /session/terminateAll", route{handle: terminateMany})
}
