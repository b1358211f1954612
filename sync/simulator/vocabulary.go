package simulator

import "strings"

// vocabulary is the text that generated accounts are made of.
type vocabulary struct {
	ownName, ownAbout, listName string
	first, last, companies      []string
	groups, abouts              []string
	opening, middle, closing    []string
	foreignNames, foreign       []string
	emoji                       []string
	labels                      []string
}

func newVocabulary(language string) *vocabulary {
	v := englishWords()
	if language == "es" {
		v = spanishWords()
	}
	v.foreignNames = []string{
		"محمد الفاسي", "فاطمة الزهراء", "דוד לוי", "נועה כהן", "王小明", "佐藤 花子", "김민수",
		"राहुल शर्मा", "สมชาย ใจดี", "Ольга Иванова", "Zoë O’Connor", "🌸 Lucía 🌸", "👩🏽‍🍳 Chef", "I\u00f1aki\u00a0Goñi",
	}
	v.foreign = []string{
		"مرحبا، هل المحل مفتوح غدا؟ أريد طلب كعكة لـ 12 شخصا", "شكرا جزيلا 🙏", "שלום, אפשר להזמין חלה ליום שישי?", "תודה רבה! נתראה ב-10:30",
		"你好,请问明天可以送货吗?", "ありがとうございます。明日の朝、取りに行きます🙇", "안녕하세요, 주문 확인 부탁드립니다",
		"नमस्ते, क्या कल सुबह ब्रेड मिलेगी?", "สวัสดีค่ะ พรุ่งนี้เปิดกี่โมงคะ", "Здравствуйте, заказ готов?",
		"abc \u202eright to left override\u202c def", "e\u0301 is not é, and ﬁ is one letter", "Order #12: السعر 45 € (with delivery)",
	}
	v.emoji = []string{
		"🫠", "🥹🥹", "🟢", "👍🏽", "👩🏿‍🍳", "👨‍👩‍👧‍👦", "🏴󠁧󠁢󠁳󠁣󠁴󠁿", "🇪🇸🇲🇽", "1️⃣2️⃣#️⃣", "❤️‍🔥", "🙏🏻 🎂🎉", "🫶🏾", "🧑‍🦽‍➡️", "😂😂😂😂",
	}
	return v
}

func pick(list []string, h uint64) string { return list[h%uint64(len(list))] }

// name gives a full and a first name; about one in twelve is in another script.
func (v *vocabulary) name(h uint64) (full, first string) {
	if h>>40%12 == 0 {
		full = pick(v.foreignNames, h)
		first, _, _ = strings.Cut(full, " ")
		return full, first
	}
	first = pick(v.first, h)
	full = first + " " + pick(v.last, h>>12)
	if h>>30%3 != 0 {
		full += " " + pick(v.last, h>>22)
	}
	return full, first
}

func (v *vocabulary) company(h uint64) string {
	return pick(v.companies, h>>7) + " " + pick(v.last, h>>13)
}
func (v *vocabulary) about(h uint64) string { return pick(v.abouts, h>>9) }
func (v *vocabulary) group(h uint64) string {
	return pick(v.groups, h>>5) + " " + pick(v.last, h>>25)
}

// text gives the body of an ordinary message.
func (v *vocabulary) text(h uint64) string {
	switch h % 32 {
	case 0, 1:
		return pick(v.foreign, h>>6)
	case 2:
		return pick(v.emoji, h>>6)
	case 3:
		return pick(v.closing, h>>6)
	case 4:
		return pick(v.opening, h>>6) + "\n\n*" + pick(v.middle, h>>12) + "*\n_" + pick(v.middle, h>>18) + "_\n~" + pick(v.closing, h>>24) + "~ ```x = 1```"
	case 5:
		return strings.Repeat(pick(v.middle, h>>6)+" ", 12) + pick(v.closing, h>>12)
	}
	s := pick(v.opening, h>>6) + " " + pick(v.middle, h>>12)
	if h>>50%3 == 0 {
		s += " " + pick(v.middle, h>>18)
	}
	if h>>52%4 == 0 {
		s += " " + pick(v.closing, h>>24)
	}
	if h>>54%8 == 0 {
		s += " " + pick(v.emoji, h>>30)
	}
	return s
}

func spanishWords() *vocabulary {
	return &vocabulary{
		ownName: "Empresa de prueba", ownAbout: "Disponible de 9:00 a 18:00", listName: "Clientela habitual",
		labels: []string{"Nuevo cliente", "Nuevo pedido", "Pago pendiente", "Pagado", "Pedido finalizado"},
		first: []string{
			"Ana", "Luis", "María", "José", "Carmen", "Javier", "Lucía", "Antonio", "Laura", "Manuel", "Elena", "Pablo", "Sofía", "Diego", "Marta", "Álvaro",
			"Núria", "Íñigo", "Rocío", "Hugo", "Inés", "Óscar", "Paula", "Raúl", "Irene", "Sergio", "Alba", "Rubén", "Noelia", "Ángel", "Beatriz", "Iván",
		},
		last: []string{
			"García", "Fernández", "López", "Martínez", "Sánchez", "Pérez", "Gómez", "Martín", "Jiménez", "Ruiz", "Hernández", "Díaz", "Moreno", "Muñoz", "Álvarez",
			"Romero", "Alonso", "Gutiérrez", "Navarro", "Torres", "Domínguez", "Vázquez", "Ramos", "Gil", "Ramírez", "Serrano", "Blanco", "Molina", "Núñez", "Ibáñez",
		},
		companies: []string{"Talleres", "Ferretería", "Transportes", "Floristería", "Librería", "Gestoría", "Construcciones", "Clínica"},
		groups:    []string{"Pedidos", "Familia", "Vecinos", "Equipo", "Proveedores", "Reparto", "Fútbol", "Obra"},
		abouts:    []string{"Disponible", "Ocupado", "En el trabajo", "¡Hola! Estoy usando WhatsApp.", "Solo urgencias", "🌊☀️", "La vida es un suspiro", "Lunes a viernes, 8–15 h"},
		opening: []string{
			"Buenos días,", "Hola,", "Buenas tardes,", "Perdona,", "Oye,", "Una cosa:", "Al final", "Te cuento:", "¿Sabes si", "Como te dije,", "Mira,", "Por cierto,", "Acabo de ver que", "Me dicen que",
		},
		middle: []string{
			"el pedido de mañana ya está listo", "la factura 2041 está pendiente", "llegaremos sobre las diez y media", "necesito dos cajas más", "el camión sale a las siete",
			"¿podemos cambiar la cita al jueves?", "te he enviado el presupuesto por correo", "falta la dirección de entrega", "el cliente pregunta por el precio", "hemos recibido el pago de 145,50 €",
			"mañana cerramos a mediodía", "la niña cumple seis años el sábado", "he dejado las llaves en la tienda", "¿me mandas la ubicación?", "se ha estropeado la máquina otra vez",
			"hay que pedir más papel", "el técnico viene el martes", "no queda del modelo azul", "lo recogemos esta tarde", "está a nombre de mi hermana", "el albarán no coincide", "son 3 kg y medio",
		},
		closing: []string{"Gracias.", "Un saludo.", "De acuerdo.", "Perfecto, hasta luego.", "Sí", "No hace falta.", "Vale", "Ya te digo algo.", "¡Qué bien!", "Sin problema."},
	}
}

func englishWords() *vocabulary {
	return &vocabulary{
		ownName: "Test Company", ownAbout: "Open 9:00 to 18:00", listName: "Regular customers",
		labels: []string{"New customer", "New order", "Pending payment", "Paid", "Order complete"},
		first: []string{
			"Anna", "Luke", "Mary", "Joseph", "Carmen", "James", "Lucy", "Anthony", "Laura", "Martin", "Helen", "Paul", "Sophie", "Daniel", "Martha", "Alan",
			"Nora", "Ian", "Rose", "Hugh", "Agnes", "Oscar", "Paula", "Ralph", "Irene", "Simon", "Alba", "Reuben", "Noelle", "Angus", "Beatrice", "Ivan",
		},
		last: []string{
			"Smith", "Jones", "Taylor", "Brown", "Williams", "Wilson", "Johnson", "Davies", "Patel", "Wright", "Walker", "White", "Edwards", "Green", "Hall",
			"Wood", "Harris", "Clarke", "Jackson", "Turner", "Hill", "Cooper", "Ward", "Morris", "Moore", "Lee", "King", "Baker", "Morgan", "Allen",
		},
		companies: []string{"Garage", "Hardware", "Transport", "Flowers", "Books", "Accounting", "Builders", "Clinic"},
		groups:    []string{"Orders", "Family", "Neighbours", "Team", "Suppliers", "Delivery", "Football", "Site"},
		abouts:    []string{"Available", "Busy", "At work", "Hey there! I am using WhatsApp.", "Urgent calls only", "🌊☀️", "Life is short", "Monday to Friday, 8 to 15"},
		opening: []string{
			"Good morning,", "Hello,", "Good afternoon,", "Sorry,", "Hi,", "One thing:", "In the end", "So you know:", "Do you know if", "As I said,", "Look,", "By the way,", "I just saw that", "They tell me that",
		},
		middle: []string{
			"tomorrow's order is ready", "invoice 2041 is still open", "we will be there at half past ten", "I need two more boxes", "the lorry leaves at seven",
			"can we move the appointment to Thursday?", "I sent you the quote by mail", "the delivery address is missing", "the customer asks for the price", "we got the payment of £145.50",
			"we close at noon tomorrow", "the girl turns six on Saturday", "I left the keys in the shop", "can you send me the location?", "the machine broke down again",
			"we have to order more paper", "the technician comes on Tuesday", "the blue one is sold out", "we will pick it up this afternoon", "it is in my sister's name", "the delivery note does not match", "it is 3 and a half kg",
		},
		closing: []string{"Thanks.", "Kind regards.", "All right.", "Perfect, see you later.", "Yes", "No need.", "OK", "I'll let you know.", "How nice!", "No problem."},
	}
}
