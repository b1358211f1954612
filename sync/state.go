package sync

import (
	"github.com/xappiens/buzon/model"
	"github.com/xappiens/buzon/sync/gateway"
)

// brokenState tells whether a state of WhatsApp Web does not mend itself
// (contract §4.3, last rows of the table, and §4.4).
func brokenState(state string) bool {
	switch state {
	case "CONFLICT", "PROXYBLOCK", "UNLAUNCHED", "SMB_TOS_BLOCK", "TOS_BLOCK", "DEPRECATED_VERSION", "DEPRECATED":
		return true
	}
	return false
}

// stateOf maps what the gateway says to what an owner can do (contract §4.3).
// hasQR says whether it gives a QR; launching whether a start or restart of ours
// is in flight, settling whether one has just ended: then a session that is not
// in memory yet, or whose page is still loading, is on its way and not lost.
func stateOf(st gateway.Status, hasQR, launching, settling bool) model.SessionState {
	switch {
	case st.Success && (st.State == "CONNECTED" || st.Message == "session_connected"):
		return model.StateConnected
	case st.Message == "session_not_found":
		if launching || settling {
			return model.StateConnecting
		}
		return model.StateStopped
	case st.Message == "session_not_connected":
		switch {
		case hasQR:
			return model.StateWaitingQR
		case brokenState(st.State):
			return model.StateBroken
		default:
			return model.StateConnecting
		}
	case launching:
		return model.StateConnecting
	case settling && !pageGone(st.Message):
		return model.StateConnecting // asked while the page was loading
	default:
		return model.StateBroken
	}
}

// pageGone tells whether the gateway says for certain that there is no page that
// answers; any other text may come of one that is loading (contract §4.3).
func pageGone(message string) bool {
	return message == "browser tab closed" || message == "session closed"
}

// mayHaveQR tells whether asking for the QR makes sense: after pairing,
// generation C goes on answering an old one, also while the phone is out of
// reach (contract §4.1, §4.3).
func mayHaveQR(st gateway.Status) bool {
	waiting := st.State == "" || st.State == "UNPAIRED" || st.State == "UNPAIRED_IDLE"
	return !st.Success && st.Message == "session_not_connected" && waiting
}
