//! The words by which private numbers are known: what a number is the number of, and currencies.
//!
//! In the languages that people write to companies in most. A language that is missing here loses the words only: mail
//! addresses, phone numbers, cards and bank accounts are known by their form.

use std::{collections::HashSet, sync::LazyLock};

type Words = LazyLock<HashSet<&'static str>>;

macro_rules! words {
    ($words:literal) => {
        LazyLock::new(|| $words.split_whitespace().collect())
    };
}

/// Words after which a code is somebody's own, in lower case: English, German, French, the other Romance languages, Dutch,
/// Polish, Turkish, Russian, Greek, Arabic, Hebrew.
pub(super) static REFERENCE_WORDS: Words = words!(
    "order booking reservation ticket invoice customer account reference ref pnr parcel tracking contract policy
     bestellung bestellnummer buchung buchungsnummer rechnung auftrag kundennummer vertrag
     commande réservation facture client compte dossier contrat billet colis référence
     pedido reserva factura fatura cliente cuenta conta contrato billete bilhete referencia referência
     ordine prenotazione fattura conto contratto biglietto pratica
     bestelling bestelnummer boeking factuur klantnummer rekening
     zamówienie zamówienia rezerwacja rezerwacji faktura faktury klienta konto konta umowa umowy
     sipariş rezervasyon müşteri hesap sözleşme
     заказ заказа бронь брони бронирования счёт счет счёта счета договор договора билет билета клиента
     παραγγελία παραγγελίας κράτηση κράτησης λογαριασμός λογαριασμού τιμολόγιο τιμολογίου
     طلب الطلب حجز الحجز فاتورة الفاتورة حساب الحساب
     הזמנה ההזמנה חשבון החשבון חשבונית"
);

/// Words that may stand between.
pub(super) static LINKING_WORDS: Words = words!(
    "number no nr code id is nummer lautet ist your reference num numéro número numero de est es номер numer αριθμός
     رقم رقمه هو מספר"
);

pub(super) static CURRENCY_WORDS: Words = words!(
    "eur usd gbp chf euro euros dollar dollars pound pounds franken francs yen rupees reais lira tl zł złotych kr kronor
     kroner руб рубль рубля рублей грн гривен ευρώ ريال درهم دينار جنيه דולר שקל שקלים יורו"
);

pub(super) const CURRENCY_SIGNS: [char; 13] = ['€', '$', '£', '¥', '￥', '₹', '₽', '₺', '₴', '₪', '₩', '฿', '₫'];

/// Where words are not set apart: what a number is the number of, right before it.
pub(super) static UNSPACED_REFERENCES: Words = words!(
    "订单号 订单 訂單號 訂單 预订号 预订 客户号 账号 帳號 发票号 单号 注文番号 予約番号 会員番号 お客様番号 口座番号
     หมายเลขคำสั่งซื้อ เลขที่คำสั่งซื้อ หมายเลขการจอง เลขบัญชี"
);

/// And currencies, right behind it.
pub(super) const UNSPACED_CURRENCIES: [&str; 6] = ["元", "円", "圆", "圓", "원", "บาท"];
