package sample

import "strings"

// everyday are frequent words of Spanish and English, the most frequent first.
const everyday = `de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ya
the to and you i of in is for it hola gracias si está me te nos muy bien hoy mañana buenos días tardes noches vale ok
are on that this have we be your can will not at me my please thanks hello good morning today tomorrow
pedido factura pago precio pan tienda envío entrega recogida hora semana lunes martes miércoles jueves viernes sábado domingo
order invoice payment price bread shop delivery pickup time week monday tuesday wednesday thursday friday saturday sunday
cuando dónde quién qué cómo puedo puede podemos quiero quería necesito tengo tiene hay sin sobre entre hasta desde
when how where who what could would need want have there without about between until from
casa calle camión harina azúcar leche huevos café té tarta cumpleaños boda fiesta niños grande pequeño mediano kilo docena
house street truck flour sugar milk eggs coffee tea cake birthday wedding party children large small dozen box
perfecto genial claro seguro además también siempre nunca después antes ahora luego entonces porque aunque
perfect great sure also always never later before now then because although
señor señora cliente proveedor cuenta banco transferencia tarjeta efectivo recibo número teléfono dirección correo
customer supplier account bank transfer card cash receipt number phone address mail
abierto cerrado horario vacaciones reunión oficina almacén albarán presupuesto descuento oferta nuevo nueva última
open closed holiday meeting office warehouse note quote discount offer new last`

var (
	firstNames = strings.Fields(`Ana María Carmen Lucía Paula Elena Sofía Marta Laura Irene José Antonio Manuel Juan David Javier
		Daniel Pablo Álvaro Sergio Íñigo Óscar Begoña Núria Jordi Emma Olivia Amelia Jack Harry George Noah Chloe Zoë Björn Ève`)
	lastNames = strings.Fields(`García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Martín Jiménez Ruiz Hernández
		Díaz Moreno Muñoz Álvarez Romero Alonso Gutiérrez Núñez Ibáñez Peña Castro Ortega Delgado Smith Jones Taylor Brown Müller Øster`)
	companies  = strings.Fields("Panadería Talleres Ferretería Farmacia Transportes Librería Floristería Clínica Restaurante Café Studio Market")
	groupNames = strings.Fields("Equipo Familia Proveedores Reparto Obrador Clase Vecinos Viaje Tienda Team Family Suppliers Deliveries Club")
	places     = []string{"Plaza Mayor", "Estación de Atocha", "Mercado Central", "Calle del Pan 7", "Town Hall", "Harbour"}
	documents  = strings.Fields("factura albarán presupuesto contrato catálogo invoice quote menu")
	farNames   = []string{"王小明", "李娜", "佐藤さくら", "田中太郎", "สมชาย ใจดี", "محمد علي", "فاطمة حسن", "משה כהן", "Дмитрий Иванов", "Ольга Петрова", "김민준", "राहुल शर्मा", "Γιώργος Παππάς"}
	emoji      = []string{"😀", "😂", "👍", "🙏", "❤️", "🎉", "🥐", "🍞", "👍🏽", "👩🏾‍🍳", "👨‍👩‍👧‍👦", "🇪🇸", "🇲🇽", "1️⃣", "🫠", "🫡", "🪿", "🫨", "✅", "⏰", "🏳️‍🌈"}
	scripts    = []script{
		{strings.Fields("明天 你好 谢谢 面包 订单 上午 下午 见面 送货 发票 价格 多少 可以 我们 店 请 今天 蛋糕 生日 快乐 没问题"), ""},
		{strings.Fields("ありがとう ございます 明日 パン ください 注文 お願いします ケーキ 誕生日 時間 です ます 配達 おはよう こんにちは"), ""},
		{strings.Fields("สวัสดี ขอบคุณ พรุ่งนี้ ขนมปัง ครับ ค่ะ วันนี้ ราคา เท่าไหร่ สั่ง เค้ก วันเกิด ร้าน เปิด"), ""},
		{strings.Fields("مرحبا شكرا غدا خبز من فضلك اليوم السعر كم طلب كعكة عيد ميلاد سعيد المحل مفتوح"), " "},
		{strings.Fields("नमस्ते धन्यवाद कल रोटी कृपया आज कीमत कितनी ऑर्डर केक जन्मदिन मुबारक दुकान खुली"), " "},
		{strings.Fields("שלום תודה מחר לחם בבקשה היום מחיר כמה הזמנה עוגה יום הולדת שמח חנות פתוחה"), " "},
		{strings.Fields("здравствуйте спасибо завтра хлеб пожалуйста сегодня цена сколько заказ торт магазин открыт"), " "},
		{strings.Fields("안녕하세요 감사합니다 내일 빵 주문 오늘 가격 얼마 케이크 생일 가게 배달"), " "},
	}
)
